// Package group puts findings together that have one cause, so that people read
// one of them and decide on all.
//
// A group is named by its cause and not by its members: a finding belongs to it
// because of what it is itself, never because it resembles one that resembles
// another. So nothing is chained, the order does not matter, a member more changes
// no name, and a hundred thousand findings cost one pass.
package group

import (
	"path"
	"regexp"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
)

// Assign gives findings that share a cause with another one the group of it, and
// takes it from the others. Those that are fixed count no more.
func Assign(findings []event.Finding) {
	groups := make([]string, len(findings))
	members := map[string]int{}
	for i := range findings {
		if f := &findings[i]; f.State != event.Fixed {
			groups[i] = of(f)
			members[groups[i]]++
		}
	}
	for i := range findings {
		findings[i].Group = ""
		if groups[i] != "" && members[groups[i]] > 1 {
			findings[i].Group = groups[i]
		}
	}
}

// of is the group that a finding would be in, "" where its cause is its own. What
// stands in a test and what ships have no cause in common, and neither have the
// findings of two tools.
func of(f *event.Finding) string {
	kind, cause := causeOf(f)
	if cause == "" {
		return ""
	}
	family := f.Family
	if family == "" {
		family = f.Rule
	}
	class := f.Class
	if class == "" {
		class = string(finding.ClassOf(f.Path))
	}
	return finding.Fingerprint("group", family, f.Tool, class, kind, cause)
}

// secretFamily is how families of credentials begin.
const secretFamily = "secret."

// causeOf is what a finding has in common with others like it, and how one knows.
func causeOf(f *event.Finding) (kind, cause string) {
	if component, _, ok := strings.Cut(f.Message, " has "); ok && vulnerability.MatchString(f.Message) {
		return "component", component
	}
	if strings.HasPrefix(f.Rule, secretFamily) {
		if name := keyName(f); name != "" {
			return "key", name
		}
		if f.Path != "" {
			return "folder", path.Dir(f.Path)
		}
		return "", ""
	}
	if f.Tool != "" {
		if sink := sinkOf(f); sink != "" {
			return "sink", sink
		}
	}
	if f.Code != "" {
		return "code", f.Code
	}
	return "message", f.Message
}

var vulnerability = regexp.MustCompile(`\b(CVE-\d{4}-\d{4,}|GHSA-[0-9a-z-]{14,}|[A-Z]{2,10}-\d{4}-\d+)\b`)

// around gives the parts of the source line around the column.
func around(f *event.Finding) (before, after string) {
	at := f.Column - 1
	if f.SourceColumn > 1 {
		at -= f.SourceColumn - 1
	}
	if f.Source == "" || at < 0 || at > len(f.Source) {
		return "", f.Source
	}
	return f.Source[:at], f.Source[at:]
}

var lastName = regexp.MustCompile(`([A-Za-z_][\w.-]*)["'` + "`" + `\]]*\s*(?::=|=>|[:=])\s*["'` + "`" + `]?$`)

// keyName is what the credential is the value of, in one spelling of it.
func keyName(f *event.Finding) string {
	before, _ := around(f)
	m := lastName.FindStringSubmatch(before)
	if m == nil {
		return ""
	}
	name := m[1][strings.LastIndexByte(m[1], '.')+1:]
	return strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name))
}

var (
	call     = regexp.MustCompile(`([A-Za-z_$][\w$]*(?:(?:\.|::|->)[A-Za-z_$][\w$]*)*)\s*\(`)
	keywords = map[string]bool{"if": true, "for": true, "while": true, "switch": true, "return": true, "func": true, "function": true, "catch": true, "defer": true, "go": true}
)

// sinkOf is the name of what is called at the place: the first call from the
// column on, or else the last one that stands open before it.
func sinkOf(f *event.Finding) string {
	before, after := around(f)
	for _, m := range call.FindAllStringSubmatch(after, 4) {
		if !keywords[m[1]] {
			return lastParts(m[1])
		}
	}
	all := call.FindAllStringSubmatch(before, -1)
	for i := len(all) - 1; i >= 0; i-- {
		if !keywords[all[i][1]] {
			return lastParts(all[i][1])
		}
	}
	return ""
}

// lastParts leaves out what a value happens to be called: s.db.Query is Query of
// some db.
func lastParts(symbol string) string {
	symbol = strings.NewReplacer("::", ".", "->", ".").Replace(symbol)
	parts := strings.Split(symbol, ".")
	return strings.Join(parts[max(0, len(parts)-2):], ".")
}
