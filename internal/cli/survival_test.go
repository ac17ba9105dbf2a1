package cli_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

var survivalDir = flag.String("survival", "", "let TestSurvival measure on the clones of terraform, prometheus and rails in this folder")

// releases are those whose findings are followed from one to the next.
var releases = []struct {
	repo string
	tags []string
}{
	{"terraform", strings.Fields("v0.12.0 v0.13.0 v0.14.0 v0.15.0 v1.0.0 v1.1.0 v1.2.0 v1.3.0 v1.4.0 v1.5.0 v1.6.0 v1.7.0 v1.8.0 v1.9.0")},
	{"prometheus", strings.Fields("v2.0.0 v2.5.0 v2.10.0 v2.15.0 v2.20.0 v2.25.0 v2.30.0 v2.35.0 v2.40.0 v2.45.0 v2.50.0 v2.55.0 v3.0.0")},
	{"rails", strings.Fields("v4.2.0 v5.0.0 v5.1.0 v5.2.0 v6.0.0 v6.1.0 v7.0.0 v7.1.0 v7.2.0 v8.0.0")},
}

// TestSurvival measures how many findings keep their identity from release to
// release, and whether another secret in the place of one inherits its identity.
// That a finding persists is found out without any fingerprint: both releases
// have one of the same rule on the same text. The files are those of the tags,
// the tool is the whole command.
//
//	make survival CLONES=/folder/with/terraform,prometheus,rails
func TestSurvival(t *testing.T) {
	if *survivalDir == "" {
		t.Skip("-survival names no folder")
	}
	for _, r := range releases {
		t.Run(r.repo, func(t *testing.T) {
			l := newLab(t, filepath.Join(*survivalDir, r.repo))
			var before []traced
			var sum survived
			for _, tag := range r.tags {
				l.checkout(tag)
				now := l.findings()
				if before != nil {
					sum.add(l.follow(before, now))
				}
				before = now
			}
			t.Logf("%s %s to %s, %d releases: %s", r.repo, r.tags[0], r.tags[len(r.tags)-1], len(r.tags), sum)
			l.checkout(r.tags[len(r.tags)-1])
			t.Logf("%s", l.rewritten(before))
			l.checkout(r.tags[len(r.tags)-1])
			t.Logf("%s", l.replaced(before))
		})
	}
}

// lab is a repository of one commit at a time, with the objects of another.
type lab struct {
	t         *testing.T
	dir, home string
	clone     string
}

func newLab(t *testing.T, clone string) *lab {
	l := &lab{t: t, dir: t.TempDir(), home: t.TempDir(), clone: clone}
	l.git("init", "-q")
	objects := strings.TrimSpace(l.gitIn(clone, "rev-parse", "--path-format=absolute", "--git-path", "objects"))
	if err := os.WriteFile(filepath.Join(l.dir, ".git", "objects", "info", "alternates"), []byte(objects+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *lab) gitIn(dir string, args ...string) string {
	l.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "core.autocrlf=false"}, args...)...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		l.t.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

func (l *lab) git(args ...string) string { return l.gitIn(l.dir, args...) }

// checkout lays out the files of a tag. A clone may lack a large file of a test;
// that one is left out on both sides.
func (l *lab) checkout(tag string) {
	l.t.Helper()
	tree := strings.TrimSpace(l.gitIn(l.clone, "rev-parse", tag+"^{tree}"))
	l.clear()
	l.git("read-tree", tree)
	cmd := exec.Command("git", "checkout-index", "-a", "-f", "-q")
	cmd.Dir = l.dir
	_ = cmd.Run()
	l.commit()
}

func (l *lab) clear() {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != ".git" {
			if err := os.RemoveAll(filepath.Join(l.dir, e.Name())); err != nil {
				l.t.Fatal(err)
			}
		}
	}
}

// commit makes one commit, without a parent, of what lies there.
func (l *lab) commit() {
	l.git("add", "-A", "-f")
	tree := strings.TrimSpace(l.git("write-tree"))
	l.git("update-ref", "HEAD", strings.TrimSpace(l.git("commit-tree", "-m", "release", tree)))
}

// traced is a finding and what its place tells without its fingerprint.
type traced struct {
	Rule, Path, Fingerprint, Source string
	Line, Column                    int
	EndColumn                       int `json:"end_column"`
	text                            string
	hash                            uint64 // of its line, when its release lay there
}

// findings are those with a text in a file: what other tools could name too.
func (l *lab) findings() []traced {
	l.t.Helper()
	var out bytes.Buffer
	cmd := process(l.t, l.home, "check", l.dir, "--only", "code.secrets,build.history,release.basics", "--format", "jsonl")
	cmd.Stdout = &out
	_ = cmd.Run() // the gate is not met
	var all []traced
	ended := false
	for line := range bytes.Lines(out.Bytes()) {
		var f struct {
			Type, Commit string
			traced
		}
		if err := json.Unmarshal(line, &f); err != nil {
			l.t.Fatal(err)
		}
		ended = ended || f.Type == "verdict"
		if f.Type == "finding" && f.Commit == "" && f.Line > 0 && f.Column > 0 {
			if f.text = l.textAt(f.traced); f.text != "" {
				f.hash = lineHash(l.lines(f.Path), f.Line-1)
				all = append(all, f.traced)
			}
		}
	}
	if !ended {
		l.t.Fatalf("the run broke off: %s", out.String())
	}
	return all
}

func (l *lab) lines(name string) []string {
	data, err := os.ReadFile(filepath.Join(l.dir, filepath.FromSlash(name)))
	if err != nil {
		return nil
	}
	return strings.Split(string(data), "\n")
}

// textAt is what stands at a place, white space left out: the line, or for a
// secret the secret, or the beginning of it where it runs over lines.
func (l *lab) textAt(f traced) string {
	lines := l.lines(f.Path)
	if f.Line > len(lines) || f.Column > len(lines[f.Line-1]) {
		return ""
	}
	if !strings.HasPrefix(f.Rule, "secret.") {
		return squeeze(lines[f.Line-1])
	}
	text := lines[f.Line-1][f.Column-1:]
	if f.EndColumn > f.Column && f.EndColumn-f.Column <= len(text) {
		text = text[:f.EndColumn-f.Column]
	}
	if strings.Contains(text, "-----BEGIN") {
		text = strings.Join(lines[f.Line-1:min(len(lines), f.Line+4)], "")
		text = strings.NewReplacer(`\n`, "", `"`, "", "+", "", "'", "", ",", "").Replace(text)
	}
	return squeeze(text)
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// survived counts persisting findings and which names for them persist too.
type survived struct{ persist, print, line, hash, text int }

func (s *survived) add(o survived) {
	s.persist += o.persist
	s.print += o.print
	s.line += o.line
	s.hash += o.hash
	s.text += o.text
}

func (s survived) String() string {
	share := func(n int) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(max(1, s.persist))) }
	return fmt.Sprintf("of %d that persist Plimsoll keeps %s, file and text %s, file and hash of 100 characters %s, file:rule:line %s",
		s.persist, share(s.print), share(s.text), share(s.hash), share(s.line))
}

// follow finds the findings of before among those of now.
func (l *lab) follow(before, now []traced) (s survived) {
	there, prints := map[string]bool{}, map[string]bool{}
	for _, f := range now {
		there[f.Rule+"\n"+f.text], prints[f.Fingerprint] = true, true
	}
	for _, f := range before {
		if !there[f.Rule+"\n"+f.text] {
			continue
		}
		s.persist++
		if prints[f.Fingerprint] {
			s.print++
		} else {
			l.t.Logf("lost: %s %s:%d", f.Rule, f.Path, f.Line)
		}
		line, hash, text := l.places(f)
		s.line, s.hash, s.text = s.line+line, s.hash+hash, s.text+text
	}
	return s
}

// places says which names that go by the place would find f again in the files
// that lie there now: the same line of the same file; a line of the same file
// with the same hash of what follows; the same file with the same text.
func (l *lab) places(f traced) (line, hash, text int) {
	lines := l.lines(f.Path)
	for i := range lines {
		at := f
		at.Line, at.Column, at.EndColumn = i+1, strings.Index(lines[i], "-----BEGIN")+1, 0
		if at.Column == 0 {
			if n := strings.Index(squeeze(lines[i]), f.text); n < 0 {
				continue
			}
		} else if !strings.HasPrefix(l.textAt(at), f.text) {
			continue
		}
		text = 1
		if i+1 == f.Line {
			line = 1
		}
		if lineHash(lines, i) == f.hash {
			hash = 1
		}
	}
	return line, hash, text
}

// lineHash is a hash of the next 100 characters that are no white space, from
// the beginning of a line on, as code scanning of GitHub takes it.
func lineHash(lines []string, at int) uint64 {
	h := fnv.New64a()
	n := 0
	for _, line := range lines[at:] {
		for i := 0; i < len(line) && n < 100; i++ {
			if c := line[i]; c != ' ' && c != '\t' && c != '\r' {
				h.Write([]byte{c})
				n++
			}
		}
		if n >= 100 {
			break
		}
	}
	return h.Sum64()
}

// rewritten puts lines above, indents, renames and moves every file in which
// something was found, and counts the fingerprints that stay.
func (l *lab) rewritten(findings []traced) string {
	done := map[string]bool{}
	for _, f := range findings {
		if done[f.Path] {
			continue
		}
		done[f.Path] = true
		lines := l.lines(f.Path)
		for i, line := range lines {
			if line != "" {
				lines[i] = "  " + line
			}
		}
		dir, name := path.Split(f.Path)
		l.write(path.Join(dir, "moved", "x"+name), "\n\n"+strings.Join(lines, "\n"))
		if err := os.Remove(filepath.Join(l.dir, filepath.FromSlash(f.Path))); err != nil {
			l.t.Fatal(err)
		}
	}
	l.commit()
	kept := map[string]bool{}
	for _, f := range l.findings() {
		kept[f.Fingerprint] = true
	}
	n, secrets := 0, 0
	for _, f := range findings {
		if !strings.HasPrefix(f.Rule, "secret.") {
			continue // CODEOWNERS in another folder is no CODEOWNERS
		}
		secrets++
		if kept[f.Fingerprint] {
			n++
		} else {
			l.t.Logf("lost when moved, indented and renamed: %s %s:%d", f.Rule, f.Path, f.Line)
		}
	}
	return fmt.Sprintf("of %d secrets in files that were moved, indented and renamed %d keep their fingerprint", secrets, n)
}

func (l *lab) write(name, text string) {
	full := filepath.Join(l.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		l.t.Fatal(err)
	}
}

// replaced puts another secret of the same make in the place of every one and
// counts those that have the identity of the one before. Whoever goes by the
// line lets each that is found inherit.
func (l *lab) replaced(findings []traced) string {
	old := map[string]bool{}
	byPath := map[string][]traced{}
	for _, f := range findings {
		old[f.Fingerprint] = true
		if strings.HasPrefix(f.Rule, "secret.") {
			byPath[f.Path] = append(byPath[f.Path], f)
		}
	}
	l.clear()
	places := map[string]bool{}
	n := 0
	for name, list := range byPath {
		l.git("checkout", "-q", "HEAD", "--", name)
		lines := l.lines(name)
		for _, f := range list {
			if another(lines, f) {
				n++
				places[fmt.Sprintf("%s:%d", f.Path, f.Line)] = true
			}
		}
		l.write(name, strings.Join(lines, "\n"))
	}
	l.commit()
	found, inherited := 0, 0
	for _, f := range l.findings() {
		if !places[fmt.Sprintf("%s:%d", f.Path, f.Line)] {
			continue
		}
		found++
		if old[f.Fingerprint] {
			inherited++
			l.t.Errorf("inherited: %s %s:%d", f.Rule, f.Path, f.Line)
		}
	}
	return fmt.Sprintf("of %d secrets put in the place of others %d are found (the rest fails its checksum or its structure) and %d inherit; by file:rule:line %d do", n, found, inherited, found)
}

// another turns the secret into one of the same characters and the same make:
// letters and digits are turned by one within their kind, the first few of a
// token and the frame of a key aside.
func another(lines []string, f traced) bool {
	at := f.Line - 1
	if strings.Contains(lines[at], "-----BEGIN") {
		if at+2 >= len(lines) || strings.Contains(lines[at+2], "-----END") {
			return false
		}
		lines[at+2] = turned(lines[at+2])
		return true
	}
	end := f.EndColumn - 1
	if end > len(lines[at]) || end <= f.Column-1 {
		return false
	}
	from := f.Column - 1 + min(8, (end-f.Column+1)/3)
	lines[at] = lines[at][:from] + turned(lines[at][from:end]) + lines[at][end:]
	return true
}

func turned(s string) string {
	b := []byte(s)
	for i, c := range b {
		if i > 0 && b[i-1] == '\\' {
			continue
		}
		for _, kind := range []string{"abcdef", "ghijklmnopqrstuvwxyz", "ABCDEF", "GHIJKLMNOPQRSTUVWXYZ", "23456789"} {
			if n := strings.IndexByte(kind, c); n >= 0 {
				b[i] = kind[(n+1)%len(kind)]
			}
		}
	}
	return string(b)
}
