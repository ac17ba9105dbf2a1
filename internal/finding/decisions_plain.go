package finding

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// heading is the first line of the file that triage writes.
const heading = "# Decisions on findings: written by `plimsoll triage`, read by people, merged by git."

// Encode writes decisions.yaml: an entry is a block of its own lines and stands
// where its fingerprint sorts, so that git merges two people's decisions.
func (ds Decisions) Encode() []byte {
	var b strings.Builder
	b.WriteString(heading + "\n")
	if len(ds) == 0 {
		b.WriteString("decisions: []\n")
		return []byte(b.String())
	}
	b.WriteString("decisions:\n")
	for i := range ds {
		lead := "  - "
		for _, f := range ds[i].fields() {
			if text := f.text(); text != "" {
				b.WriteString(lead + f.name + ": " + text + "\n")
				lead = "    "
			}
		}
	}
	return []byte(b.String())
}

// field is one line of an entry; one of the pointers is set.
type field struct {
	name   string
	words  *string
	number *int
	list   *[]string
}

func (f field) text() string {
	switch {
	case f.number != nil && *f.number != 0:
		return strconv.Itoa(*f.number)
	case f.list != nil && len(*f.list) > 0:
		quoted := make([]string, len(*f.list))
		for i, s := range *f.list {
			quoted[i] = quote(s)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	case f.words != nil && *f.words != "":
		return quote(*f.words)
	}
	return ""
}

// fields are the lines of an entry in their order.
func (d *Decision) fields() []field {
	until := &d.Until
	if d.endless {
		until = new(string)
	}
	return []field{
		{name: "fingerprint", words: &d.Fingerprint}, {name: "rule", words: &d.Rule}, {name: "family", words: &d.Family},
		{name: "revision", number: &d.Revision}, {name: "code", words: &d.Code}, {name: "place", words: &d.Place},
		{name: "scope", words: &d.Scope}, {name: "path", words: &d.Path}, {name: "function", words: &d.Function}, {name: "class", words: &d.Class},
		{name: "paths", list: &d.Paths}, {name: "group", words: &d.Group}, {name: "up-to", words: &d.UpTo}, {name: "covered", words: &d.Covered},
		{name: "verdict", words: &d.Verdict}, {name: "because", words: &d.Because}, {name: "by", words: &d.By}, {name: "owner", words: &d.Owner},
		{name: "on", words: &d.On}, {name: "until", words: until}, {name: "batch", words: &d.Batch},
	}
}

// quote writes a scalar in double quotes. JSON's escapes are YAML's too.
func quote(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xFEFF || r == 0xFFFD {
			return ' '
		}
		return r
	}, s)
	if strings.ContainsAny(s, `\"`) {
		s = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
	}
	return `"` + s + `"`
}

// unquote reads what quote wrote.
func unquote(s string) (string, bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", false
	}
	s = s[1 : len(s)-1]
	if !strings.ContainsAny(s, `\"`) {
		return s, true
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			if i++; i == len(s) || s[i] != '\\' && s[i] != '"' {
				return "", false
			}
		} else if s[i] == '"' {
			return "", false
		}
		b.WriteByte(s[i])
	}
	return b.String(), true
}

var (
	printForm = regexp.MustCompile(`^[0-9a-f]{32}$`)
	dayForm   = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
)

// parsePlain reads a file that is laid out as Encode does it, ten times as fast
// as YAML in general. It says no to everything else and to whatever is wrong:
// then the file is read as YAML, with every fault and its place.
func parsePlain(data []byte) (Decisions, bool) {
	text := string(data)
	if !printableUTF8(text) {
		return nil, false
	}
	ds := make(Decisions, 0, strings.Count(text, "\n  - ")) // never moved, as fields points into it
	var fields []field
	order, number, begun := -1, 0, false // order is that of the last field of the entry
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		number++
		switch {
		case line == heading:
			continue
		case line == "decisions: []" && text == heading+"\n"+line+"\n":
			return nil, true
		case line == "decisions:" && !begun:
			begun = true
			continue
		case !begun || len(line) < 5:
			return nil, false
		}
		if line[:4] == "  - " {
			if len(ds) == cap(ds) {
				return nil, false
			}
			ds, order = append(ds, Decision{line: number}), -1
			fields = ds[len(ds)-1].fields()
		} else if line[:4] != "    " || len(ds) == 0 {
			return nil, false
		}
		name, value, ok := strings.Cut(line[4:], ": ")
		at := order + 1
		for at < len(fields) && fields[at].name != name {
			at++
		}
		if !ok || at == len(fields) || !fields[at].set(value) {
			return nil, false
		}
		order = at
	}
	return ds, len(ds) > 0 && ds.sound()
}

// set reads a value as it is written in the file.
func (f field) set(value string) (ok bool) {
	switch {
	case f.number != nil:
		n, err := strconv.Atoi(value)
		*f.number = n
		return err == nil && n > 0 && strconv.Itoa(n) == value
	case f.list != nil:
		if len(value) < 4 || value[:2] != `["` || value[len(value)-2:] != `"]` {
			return false
		}
		for part := range strings.SplitSeq(value[2:len(value)-2], `", "`) { // which no quoted text has in it
			s, ok := unquote(`"` + part + `"`)
			if !ok || s == "" {
				return false
			}
			*f.list = append(*f.list, s)
		}
		return true
	}
	*f.words, ok = unquote(value)
	return ok && *f.words != ""
}

func printableUTF8(text string) bool {
	for _, r := range text {
		if r < ' ' && r != '\n' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xFEFF || r == 0xFFFD {
			return false
		}
	}
	return true
}

// sound says whether nothing is wrong with the entries; it completes them.
func (ds Decisions) sound() bool {
	seen := make(map[string]bool, len(ds))
	for i := range ds {
		d := &ds[i]
		if !d.schemaHolds() || len(d.check()) > 0 || seen[d.key()] {
			return false
		}
		seen[d.key()] = true
		d.complete()
	}
	return true
}

// schemaHolds is what decisions.schema.json says, which a fuzz test holds it to.
func (d *Decision) schemaHolds() bool {
	scopes := []string{"", ScopePlace, ScopeFunction, ScopePattern, ScopeGroup}
	classes := []string{"", string(Production), string(Test), string(Example), string(Generated), string(Vendored), string(Documentation)}
	return printForm.MatchString(d.Fingerprint) && d.Rule != "" && slices.Contains([]string{FalsePositive, Accepted, Fix}, d.Verdict) && len([]rune(d.Because)) >= 3 && d.By != "" &&
		dayForm.MatchString(d.On) && (d.Until == "" || dayForm.MatchString(d.Until)) && slices.Contains(scopes, d.Scope) && slices.Contains(classes, d.Class) &&
		(d.UpTo == "" || slices.Contains(severityWords(), d.UpTo)) && coveredForm.MatchString(d.Covered)
}

var coveredForm = regexp.MustCompile(`^([0-9a-f]{8}( [0-9a-f]{8})*)?$`)

// Map is the decision as names and values, for other formats to carry.
func (d *Decision) Map() map[string]any {
	m := map[string]any{}
	for _, f := range d.fields() {
		switch {
		case f.number != nil && *f.number != 0:
			m[f.name] = *f.number
		case f.list != nil && len(*f.list) > 0:
			m[f.name] = *f.list
		case f.words != nil && *f.words != "":
			m[f.name] = *f.words
		}
	}
	return m
}

// FromMap reads what Map gave, after a journey through JSON. What is wrong with
// it is an error: nothing is filled in.
func FromMap(m map[string]any) (Decision, error) {
	var d Decision
	for _, f := range d.fields() {
		switch value := m[f.name].(type) {
		case nil:
		case float64:
			if f.number != nil && value == float64(int(value)) {
				*f.number = int(value)
			}
		case string:
			if f.words != nil {
				*f.words = value
			}
		case []any:
			for _, part := range value {
				if s, ok := part.(string); ok && f.list != nil {
					*f.list = append(*f.list, s)
				}
			}
		}
	}
	read, ok := parsePlain(Decisions{d}.Encode())
	if !ok {
		for _, wrong := range d.check() {
			return d, errors.New(wrong.message)
		}
		return d, errors.New("a field of the decision is missing or wrong")
	}
	read[0].line = 0
	return read[0], nil
}
