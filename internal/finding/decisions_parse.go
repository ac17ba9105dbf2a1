package finding

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

// MaxDecisions is the largest decisions.yaml that is read, in bytes; one that is
// not laid out as `plimsoll triage` does it may have a sixteenth of that.
const MaxDecisions = 64 << 20

// ParseDecisions reads decisions.yaml. Every fault is returned, as a fault.List.
func ParseDecisions(path string, data []byte) (Decisions, error) {
	if faults := conflicts(path, data); len(faults) > 0 {
		return nil, faults
	}
	if ds, ok := parsePlain(data); ok {
		return ds, nil
	}
	if len(data) > MaxDecisions/16 {
		return nil, fault.List{fault.At(fault.Config, fault.Place{Path: path}, "write it with `plimsoll triage`, which reads its own layout at any size",
			"the file has %d bytes and is not laid out as `plimsoll triage` does it", len(data))}
	}
	var file struct {
		Decisions Decisions `yaml:"decisions"`
	}
	f, faults := yamlfile.Open(path, data, DecisionsSchema, &file)
	if len(faults) > 0 {
		return nil, faults.Err()
	}
	seen := map[string]bool{}
	for i := range file.Decisions {
		d := &file.Decisions[i]
		pointer := "/decisions/" + strconv.Itoa(i)
		for _, wrong := range d.check() {
			faults = append(faults, f.Fault(pointer+wrong.field, wrong.hint, "%s", wrong.message))
		}
		if seen[d.key()] {
			faults = append(faults, f.Fault(pointer+"/fingerprint", "keep one of the entries", "finding %s is decided twice", d.Fingerprint))
		}
		seen[d.key()] = true
		d.line = f.Place(pointer).Line
		d.complete()
	}
	return file.Decisions, yamlfile.Sorted(faults).Err()
}

// complete fills what an entry may leave out.
func (d *Decision) complete() {
	if d.Scope == ScopePlace {
		d.Scope = ""
	}
	if d.Until == "" {
		on, _ := time.Parse(time.DateOnly, d.On)
		d.Until, d.endless = on.AddDate(1, 0, 0).Format(time.DateOnly), true
	}
}

// wrong is one thing that the schema cannot say.
type wrong struct{ field, hint, message string }

// check says what the schema cannot.
func (d *Decision) check() (all []wrong) {
	add := func(bad bool, field, hint, message string) {
		if bad {
			all = append(all, wrong{field, hint, message})
		}
	}
	for _, date := range []struct{ field, value string }{{"/on", d.On}, {"/until", d.Until}} {
		_, err := time.Parse(time.DateOnly, date.value)
		add(date.value != "" && err != nil, date.field, "write a day of the calendar as YYYY-MM-DD", strconv.Quote(date.value)+" is no date")
	}
	add(d.Verdict == Accepted && d.Until == "", "/verdict", "add `until: YYYY-MM-DD`", "an accepted finding needs a day until which it is accepted")
	add(d.Until != "" && d.Until < d.On, "/until", "the day of the decision comes first", "the decision ends ("+d.Until+") before it begins ("+d.On+")")
	add(d.Rule == Unexamined && (d.Verdict == FalsePositive || d.Wide()), "/verdict", "write `verdict: accepted`, without `scope`",
		"that a file was not looked into can only be accepted, and for that file alone")
	if d.Wide() {
		all = append(all, d.checkWide()...)
	}
	return all
}

func (d *Decision) checkWide() (all []wrong) {
	add := func(bad bool, field, hint, message string) {
		if bad {
			all = append(all, wrong{field, hint, message})
		}
	}
	on, err := time.Parse(time.DateOnly, d.On)
	latest := on.AddDate(0, 0, MaxWideDays).Format(time.DateOnly)
	add(err == nil && (d.Until == "" || d.Until > latest), "/scope", "add `until: `, "+latest+" at the latest",
		"a decision on more than one place stands for "+strconv.Itoa(MaxWideDays)+" days at most")
	add(!slices.Contains(severityWords(), d.UpTo), "/scope", "add `up-to: ` and one of "+strings.Join(severityWords(), ", "),
		"a decision on more than one place says the worst severity that it covers")
	add(d.Scope == ScopeFunction && (d.Path == "" || d.Function == ""), "/scope", "add `path: ` and `function: `", "the function is not named")
	add(d.Scope == ScopePattern && d.Class == "" && len(d.Paths) == 0, "/scope", "add `class: ` or `paths: [ ]`", "the pattern would cover everything")
	add(d.Scope == ScopeGroup && d.Group == "", "/scope", "add `group: `", "the group is not named")
	for i, glob := range d.Paths {
		add(!validGlob(glob), "/paths/"+strconv.Itoa(i), "write for instance **/testdata/** or docs/*.md", strconv.Quote(glob)+" is no pattern of paths")
	}
	return all
}

func severityWords() []string {
	var words []string
	for _, s := range event.Severities {
		words = append(words, string(s))
	}
	return words
}

// conflicts says what a merge has left undone in the file: where, and what each
// side says, so that whoever solves it need not read the markers.
func conflicts(path string, data []byte) (faults fault.List) {
	if !strings.Contains(string(data), "<<<<<<<") && !strings.Contains(string(data), ">>>>>>>") {
		return nil
	}
	lines := strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
	at := func(n int, hint, format string, args ...any) {
		if len(faults) < 60 {
			faults = append(faults, fault.At(fault.Config, fault.Place{Path: path, Line: n, Column: 1, Source: lines[n-1]}, hint, format, args...))
		}
	}
	const how = "keep one entry of each finding, or both where they are on different findings, remove the lines with <<<<<<<, ||||||| , ======= and >>>>>>>, and `git add` the file"
	begin, middle, base := 0, 0, 0
	for i, line := range lines {
		n := i + 1
		switch {
		case marker(line, '<'):
			begin, middle, base = n, 0, 0
		case marker(line, '|') && begin > 0:
			base = n
		case marker(line, '=') && begin > 0:
			middle = n
		case marker(line, '>') && begin > 0 && middle > 0:
			at(begin, how, "a merge conflict that is not solved, in lines %d to %d: no decision of this file counts", begin, n)
			at(begin, "", "one side (%s) says: %s", label(lines[begin-1]), said(lines[begin:cmp.Or(base, middle)-1]))
			at(n, "", "the other side (%s) says: %s", label(line), said(lines[middle:n-1]))
			begin = 0
		case marker(line, '>'):
			at(n, how, "the end of a merge conflict without its beginning: no decision of this file counts")
		}
	}
	if begin > 0 {
		at(begin, how, "the beginning of a merge conflict without its end: no decision of this file counts")
	}
	return faults
}

func marker(line string, c byte) bool {
	return len(line) >= 7 && strings.Count(line[:7], string(c)) == 7 && (len(line) == 7 || line[7] == ' ')
}

func label(line string) string { return cmp.Or(strings.TrimSpace(line[min(len(line), 8):]), "no name") }

// said sums up the lines of one side.
func said(lines []string) string {
	var parts []string
	for _, line := range lines {
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "- "), ": ")
		if ok && slices.Contains([]string{"fingerprint", "rule", "verdict", "because", "by", "until"}, name) && len(parts) < 24 {
			parts = append(parts, name+" "+value)
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}
