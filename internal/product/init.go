package product

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// judged are the facts that a person should look at and settle. The others are
// written as comments: they are seen anew at every run, and to settle them
// would only hide what changes.
var judged = map[string]bool{"kind": true, "exposure": true, "data": true, "platform": true, "deliverable": true, "identity_provider": true}

const initHead = `# What the product is. Plimsoll inferred the facts below; correct what is wrong.
# A fact given here replaces everything that is inferred under its name, so
# remove a line to have it inferred again. Lines that are comments are what was
# inferred and is looked at anew at every run. To deny one value alone:
#   not: {data: [payment]}
`

const initTail = `
# owners:
#   - name: Ada Example
#     email: ada@example.org
#     role: security

requirements:
  level: 1 # 1 for everything that ships, 2 for most, 3 where much is at stake

gate:
  rule: ` + DefaultGate + `
`

// Init writes the first product.yaml for the facts inferred, or adds to an
// existing one the facts that it neither states, denies nor mentions. What
// stands in the existing file is kept, byte by byte; the error is a list of
// faults when that file cannot be read. Name is the product's, for a new file.
func Init(existing []byte, facts []event.Fact, name string) (proposed []byte, changed bool, err error) {
	if strings.TrimSpace(string(existing)) == "" {
		text := initHead + "name: " + scalar(name) + "\n\nfacts:\n" + factLines(facts, "  ") + initTail
		return []byte(text), true, nil
	}
	p, faults := Load(Path, existing)
	if err := faults.Err(); err != nil {
		return existing, false, err
	}
	fresh := p.unmentioned(facts, string(existing))
	if len(fresh) == 0 {
		return existing, false, nil
	}
	out := insert(string(existing), factLines(fresh, factIndent(string(existing))))
	if _, faults := Load(Path, []byte(out)); len(faults) > 0 {
		return existing, false, fmt.Errorf("adding facts to %s: the file is written in a way that cannot be added to; write facts: as a block", Path)
	}
	return []byte(out), out != string(existing), nil
}

// unmentioned are the facts whose name the file does not give, not even in a
// comment, without the values that it denies.
func (p *Product) unmentioned(facts []event.Fact, text string) []event.Fact {
	var out []event.Fact
	for _, f := range facts {
		if _, given := p.Facts[f.Name]; given || p.denies(f.Name, f.Value) {
			continue
		}
		if regexp.MustCompile(`(?m)^\s*#\s*` + regexp.QuoteMeta(f.Name) + `:`).MatchString(text) {
			continue
		}
		out = append(out, f)
	}
	return out
}

// factLines writes the facts, grouped by name in the order given, each value
// with a comment on where it came from.
func factLines(facts []event.Fact, indent string) string {
	var b strings.Builder
	if len(facts) == 0 {
		return indent + "{}\n"
	}
	settled := 0
	for i := 0; i < len(facts); {
		j := i
		for j < len(facts) && facts[j].Name == facts[i].Name {
			j++
		}
		if judged[facts[i].Name] {
			settled++
		}
		b.WriteString(group(facts[i:j], indent))
		i = j
	}
	if settled == 0 {
		return indent + "{}\n" + b.String()
	}
	return b.String()
}

// group is the lines of one fact.
func group(facts []event.Fact, indent string) string {
	mark := ""
	if !judged[facts[0].Name] {
		mark = "# "
	}
	if facts[0].Name == "exposure" {
		return fmt.Sprintf("%s%s%s: %s # %s\n", indent, mark, facts[0].Name, scalar(facts[0].Value), cleaned(describe(facts[0])))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s%s:\n", indent, mark, facts[0].Name)
	for _, f := range facts {
		fmt.Fprintf(&b, "%s%s  - %s # %s\n", indent, mark, scalar(f.Value), cleaned(describe(f)))
	}
	return b.String()
}

var plainScalar = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._/-]*$`)

// scalar is the text as YAML: plain where that is safe, else in quotes.
func scalar(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n":
	default:
		if plainScalar.MatchString(s) {
			return s
		}
	}
	quoted, err := json.Marshal(cleaned(s))
	if err != nil {
		return `""`
	}
	return string(quoted)
}

// longestComment keeps a comment on one screen, in runes.
const longestComment = 160

// cleaned is text from a repository as one line without control characters.
func cleaned(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
	if r := []rune(s); len(r) > longestComment {
		s = string(r[:longestComment]) + "…"
	}
	return s
}

var (
	factsKey   = regexp.MustCompile(`(?m)^facts:[ \t]*(?:#.*)?$`)
	emptyFacts = regexp.MustCompile(`(?m)^facts:[ \t]*\{[ \t]*\}`)
)

// insert puts lines at the end of the block of facts, or a new block at the
// end of the file.
func insert(text, lines string) string {
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	text = emptyFacts.ReplaceAllString(text, "facts:")
	at := factsKey.FindStringIndex(text)
	if at == nil {
		if strings.HasPrefix(text, "facts:") || strings.Contains(text, "\nfacts:") {
			return text + lines // in one line with braces: refused by the caller, who reads the result
		}
		return text + "\nfacts:\n" + lines
	}
	end := blockEnd(text, at[1])
	body := text[at[0]:end]
	if strings.Contains(lines, "{}\n") && strings.TrimSpace(strings.TrimPrefix(body, "facts:")) != "" {
		lines = strings.Replace(lines, factIndent(text)+"{}\n", "", 1)
	}
	return text[:end] + lines + text[end:]
}

// blockEnd is the offset after the last line that belongs to the block whose
// key ends at from: lines that are indented, comments among them included.
func blockEnd(text string, from int) int {
	end := from + 1
	offset := end
	for line := range strings.Lines(text[end:]) {
		offset += len(line)
		trimmed := strings.TrimSpace(line)
		if trimmed == "" {
			continue
		}
		if line[0] != ' ' && line[0] != '\t' {
			break
		}
		end = offset
	}
	return min(end, len(text))
}

// factIndent is the indentation that the file uses under facts.
func factIndent(text string) string {
	at := factsKey.FindStringIndex(text)
	if at == nil {
		return "  "
	}
	for line := range strings.Lines(text[min(at[1]+1, len(text)):]) {
		trimmed := strings.TrimLeft(line, " ")
		if strings.TrimSpace(trimmed) == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		if n := len(line) - len(trimmed); n > 0 {
			return line[:n]
		}
		break
	}
	return "  "
}
