package secretscan

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// TestCredData measures recall and precision on the labels of Samsung/CredData.
// CREDDATA names a clone of it, CREDDATA_REPOS a folder with the repositories at
// the commits that were labelled, and CREDDATA_MIRRORS, if set, a folder of git
// mirrors from which those are filled in that are not there yet; see checkOut.
// CREDDATA_IDS limits them by the first digit of their ids; only 0 to 7 may be
// looked at, the others are the judge's. CREDDATA_LIST lists what was "missed",
// what was "wrong", or "all" of both.
//
// Scored is every sighting that a user would be told of, of whatever
// confidence. What stands in tests, examples and documentation counts like all
// else, since the labels count it; in vendored and generated files only kinds
// with a format of their own are told, so only they are counted there, and
// what the labels have there besides is missed.
func TestCredData(t *testing.T) {
	dir, repos := os.Getenv("CREDDATA"), os.Getenv("CREDDATA_REPOS")
	if dir == "" || repos == "" {
		t.Skip("CREDDATA and CREDDATA_REPOS don't name a clone of Samsung/CredData and its repositories; `make creddata` says how")
	}
	ids := os.Getenv("CREDDATA_IDS")
	if ids == "" {
		ids = "01234567"
	}
	if mirrors := os.Getenv("CREDDATA_MIRRORS"); mirrors != "" {
		checkOut(t, dir, mirrors, repos, ids)
	}
	s, err := newScanner(knowledge.Secrets())
	if err != nil {
		t.Fatal(err)
	}
	total := newScore(os.Getenv("CREDDATA_LIST"))
	folders, err := os.ReadDir(repos)
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		id := folder.Name()
		if !folder.IsDir() || id[0] > '7' || strings.IndexByte(ids, id[0]) < 0 {
			continue
		}
		labels := readLabels(t, filepath.Join(dir, "meta", id+".csv"))
		total.repos++
		total.labelled(t, s, filepath.Join(repos, id), labels)
	}
	t.Log("\n" + total.String())
	if total.labels == 0 {
		t.Errorf("no labelled file of CredData lies in %s", repos)
	}
}

// label is one line of CredData's: what lies in some lines of a file, and whether it is a credential.
type label struct {
	first, last int // lines, from 1
	from, to    int // bytes of those lines, from 0; -1 for all
	truth       string
	category    string
	found       bool
}

// readLabels reads the labels of one repository by the ids of its files.
func readLabels(t *testing.T, name string) map[string][]*label {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	column := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	number := func(row []string, name string) int {
		n, err := strconv.Atoi(column(row, name))
		if err != nil {
			return -1
		}
		return n
	}
	labels := map[string][]*label{}
	for _, row := range rows[1:] {
		file := column(row, "FileID")
		labels[file] = append(labels[file], &label{
			number(row, "LineStart"), number(row, "LineEnd"), number(row, "ValueStart"), number(row, "ValueEnd"),
			column(row, "GroundTruth"), column(row, "Category"), false,
		})
	}
	return labels
}

// score is what a run over labelled files gave.
type score struct {
	list                 string
	repos, files, labels int
	categories           map[string]*tally
	classes, rules, both map[string]*verdicts
	all, values          verdicts
	lines                []string
}

// tally counts labels that are credentials.
type tally struct{ found, all int }

// verdicts counts findings: on a line with a credential, on one with labels but
// none, on one whose labels are of doubtful things, on one without labels.
type verdicts struct{ right, wrong, doubtful, unlabelled int }

func newScore(list string) *score {
	return &score{list: list, categories: map[string]*tally{}, classes: map[string]*verdicts{}, rules: map[string]*verdicts{}, both: map[string]*verdicts{}}
}

// labelled scores the files of one repository that have labels.
func (sc *score) labelled(t *testing.T, s *scanner, dir string, labels map[string][]*label) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256([]byte(filepath.ToSlash(rel)))
		of := labels[hex.EncodeToString(sum[:4])]
		if len(of) == 0 {
			return nil
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		result, err := s.read(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return err
		}
		sc.files++
		sc.file(s, filepath.Join(filepath.Base(dir), rel), filepath.ToSlash(rel), data, result.sightings, of)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// file scores one file.
func (sc *score) file(s *scanner, shown, path string, data []byte, sightings []sighting, labels []*label) {
	lines := bytes.Split(bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n")), []byte("\n"))
	for _, g := range sightings {
		if _, ok := s.judge(path, g); ok {
			g.Line += returnsBefore(data, g.Line)
			sc.sighting(shown, path, lines, g, labels)
		}
	}
	for _, l := range labels {
		sc.labels++
		if l.truth != "T" {
			continue
		}
		c := sc.categories[l.category]
		if c == nil {
			c = &tally{}
			sc.categories[l.category] = c
		}
		c.all++
		if l.found {
			c.found++
		} else {
			sc.tell("missed", shown, l.first, l.category, lines)
		}
	}
}

// returnsBefore counts the carriage returns before a line that stand alone: the
// labels count them as ends of lines.
func returnsBefore(data []byte, line int) int {
	n := 0
	for text := range bytes.Lines(data) {
		if line--; line == 0 {
			break
		}
		n += bytes.Count(bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r")), []byte("\r"))
	}
	return n
}

func (sc *score) sighting(shown, path string, lines [][]byte, g sighting, labels []*label) {
	verdict, value := "unlabelled", "unlabelled"
	for _, l := range labels {
		if g.Line < l.first || g.Line > l.last {
			continue
		}
		l.found = true
		verdict = worthier(verdict, l.truth)
		if l.first != l.last || l.from < 0 || l.to < 0 || g.Column-1 < l.to && g.EndColumn-1 > l.from {
			value = worthier(value, l.truth)
		}
	}
	sc.all.count(verdict)
	sc.values.count(value)
	class := string(finding.ClassOf(path))
	count(sc.classes, class, verdict)
	count(sc.both, g.Rule+" in "+class, verdict)
	count(sc.rules, g.Rule, verdict)
	if verdict != "T" {
		sc.tell("wrong", shown, g.Line, verdict+" "+g.Rule, lines)
	}
}

// worthier is the better of two verdicts on a finding.
func worthier(a, b string) string {
	for _, v := range []string{"T", "X", "F"} {
		if a == v || b == v {
			return v
		}
	}
	return a
}

func count(in map[string]*verdicts, key, verdict string) {
	if in[key] == nil {
		in[key] = &verdicts{}
	}
	in[key].count(verdict)
}

func (v *verdicts) count(verdict string) {
	switch verdict {
	case "T":
		v.right++
	case "F":
		v.wrong++
	case "X":
		v.doubtful++
	default:
		v.unlabelled++
	}
}

func (sc *score) tell(what, path string, line int, why string, lines [][]byte) {
	if sc.list != what && sc.list != "all" {
		return
	}
	text := ""
	if line > 0 && line <= len(lines) {
		text = strings.TrimSpace(string(lines[line-1][:min(len(lines[line-1]), 240)]))
	}
	sc.lines = append(sc.lines, fmt.Sprintf("%s\t%s\t%s:%d\t%s", what, why, path, line, text))
}

// apart are the labels of what is no secret by itself; recall is told with and without them.
var apart = []string{"UUID", "Nonce", "Salt", "AWS S3 Bucket", "AWS Client ID"}

func (sc *score) String() string {
	var b strings.Builder
	for _, line := range sc.lines {
		b.WriteString(line + "\n")
	}
	var all, secret tally
	for category, c := range sc.categories {
		all.found, all.all = all.found+c.found, all.all+c.all
		if !slices.Contains(apart, category) {
			secret.found, secret.all = secret.found+c.found, secret.all+c.all
		}
	}
	fmt.Fprintf(&b, "%d repositories, %d files, %d labels, %d of them credentials\n", sc.repos, sc.files, sc.labels, all.all)
	fmt.Fprintf(&b, "recall %s; without %s %s\n", all, strings.Join(apart, ", "), secret)
	fmt.Fprintf(&b, "by line: %s\nby value: %s\n", sc.all, sc.values)
	table(&b, "category", sc.categories, func(c *tally) int { return c.all })
	table(&b, "path class", sc.classes, (*verdicts).all)
	table(&b, "rule", sc.rules, (*verdicts).all)
	table(&b, "rule in path class", sc.both, (*verdicts).all)
	return b.String()
}

func table[V fmt.Stringer](b *strings.Builder, title string, rows map[string]V, weight func(V) int) {
	keys := make([]string, 0, len(rows))
	for key := range rows {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, c string) int {
		if d := weight(rows[c]) - weight(rows[a]); d != 0 {
			return d
		}
		return strings.Compare(a, c)
	})
	fmt.Fprintf(b, "\n%s\n", title)
	for _, key := range keys {
		fmt.Fprintf(b, "  %-40s %s\n", key, rows[key])
	}
}

func (t tally) String() string {
	return fmt.Sprintf("%d of %d (%.3f)", t.found, t.all, share(t.found, t.all))
}

func (v *verdicts) all() int { return v.right + v.wrong + v.doubtful + v.unlabelled }

func (v verdicts) String() string {
	return fmt.Sprintf("%d findings: %d right, %d wrong, %d doubtful, %d unlabelled; precision labelled %.3f, doubtful as wrong %.3f, strict %.3f",
		v.all(), v.right, v.wrong, v.doubtful, v.unlabelled, share(v.right, v.right+v.wrong), share(v.right, v.right+v.wrong+v.doubtful), share(v.right, v.all()))
}

func share(part, whole int) float64 { return float64(part) / float64(max(whole, 1)) }
