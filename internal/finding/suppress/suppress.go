// Package suppress reads comments in code that say of a finding that it is known.
//
// Behind the sign of a comment stands `plimsoll:ignore`, a rule's id, and
// until=2027-01-31 by=ada reason="the name, not the value". It names one rule,
// its end, who says so and why; of a credential it names the finding, too, so
// that another credential on the line is not covered by it. A comment that is
// not understood silences nothing, and is an error: whoever wrote it believes
// that it does.
package suppress

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Literal begins every such comment, after the comment sign.
const Literal = "plimsoll:ignore"

// Comment is one suppression as it stands in a file.
type Comment struct {
	Path         string
	Line, Column int // of the literal, from 1
	Rule         string
	Finding      string // the first digits of a fingerprint; "" for any finding of the rule
	Until        string
	By           string
	Reason       string
	// Alone says that nothing but the comment stands on its line, so that it is
	// about the line after it.
	Alone bool
}

// longestLine bounds what is looked at of one line, and mostComments what is
// taken from a file.
const (
	longestLine  = 4 << 10
	mostComments = 1000
)

// Find reads the comments of a file's text, and what is wrong with them. Lines
// count from first.
func Find(name string, text []byte, first int) (comments []Comment, faults fault.List) {
	at, line := 0, first
	for len(comments)+len(faults) < mostComments {
		hit := bytes.Index(text[at:], []byte(Literal))
		if hit < 0 {
			break
		}
		hit += at
		line += bytes.Count(text[at:hit], []byte("\n"))
		start := bytes.LastIndexByte(text[:hit], '\n') + 1
		end := len(text)
		if n := bytes.IndexByte(text[hit:], '\n'); n >= 0 {
			end = hit + n
		}
		at = hit + len(Literal)
		if hit-start > longestLine || !inComment(name, text[start:hit]) {
			continue
		}
		c, wrong := parse(strings.TrimRight(string(text[at:min(end, at+longestLine)]), "\r"))
		c.Path, c.Line, c.Column = name, line, hit-start+1
		c.Alone = onlyComment(text[start:hit])
		if wrong != nil {
			source := strings.ToValidUTF8(string(text[start:min(end, start+longestLine)]), "\uFFFD")
			faults = append(faults, fault.At(fault.Config, fault.Place{Path: name, Line: line, Column: c.Column + len(Literal) + wrong.at, Source: source},
				wrong.hint, "this comment silences nothing: %s", wrong.message))
			continue
		}
		comments = append(comments, c)
	}
	return comments, faults
}

// sign is what begins a comment: at the end of the text ahead of the literal.
var sign = regexp.MustCompile(`(#+|//+!?|/\*+|<!--|--|;+|%+|\bREM|\{#|\(\*|^\s*\*)[ \t]*$`)

// inComment says whether what stands ahead of the literal begins a comment. In
// documents only HTML's comments are taken: the rest is about such comments.
func inComment(name string, ahead []byte) bool {
	m := sign.FindSubmatch(ahead)
	if m == nil {
		return false
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".mdx", ".markdown", ".rst", ".adoc", ".html", ".htm", ".xml", ".svg", ".vue":
		return string(m[1]) == "<!--"
	}
	return true
}

func onlyComment(ahead []byte) bool {
	return len(bytes.TrimSpace(sign.ReplaceAll(ahead, nil))) == 0
}

// wrong is a fault at a byte after the literal.
type wrong struct {
	at            int
	hint, message string
}

const form = `write: ` + Literal + ` RULE until=YYYY-MM-DD by=NAME reason="…"`

// ruleForm is how ids of rules look, other tools' among them.
var ruleForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/:@+-]*\.[A-Za-z0-9._/:@+-]+$`)

// printForm is the start of a fingerprint.
var printForm = regexp.MustCompile(`^[0-9a-f]{8,32}$`)

// parse reads what follows the literal on its line.
func parse(text string) (c Comment, w *wrong) {
	rest, at := text, 0
	skip := func() {
		trimmed := strings.TrimLeft(rest, " \t")
		at += len(rest) - len(trimmed)
		rest = trimmed
	}
	if rest != "" && rest[0] != ' ' && rest[0] != '\t' && !closes(rest) {
		return c, &wrong{0, form, "a blank is missing after it"}
	}
	skip()
	word := upTo(rest, " \t")
	if closes(rest) || strings.Contains(word, "=") {
		return c, &wrong{at, form, "it names no rule, and nothing is silenced for all rules"}
	}
	if !ruleForm.MatchString(word) {
		return c, &wrong{at, "`plimsoll explain RULE` knows them; one rule to a comment", fmt.Sprintf("%q is no rule", word)}
	}
	c.Rule = word
	seen := map[string]bool{}
	rest, at = rest[len(word):], at+len(word)
	for skip(); !closes(rest); skip() {
		name, tail, ok := strings.Cut(rest, "=")
		if !ok || strings.ContainsAny(name, " \t\"") {
			return c, &wrong{at, form, fmt.Sprintf("%q is not of the form name=value", upTo(rest, " \t"))}
		}
		value, size, bad := valueOf(tail)
		if bad != "" {
			return c, &wrong{at + len(name) + 1, form, bad}
		}
		if seen[name] {
			return c, &wrong{at, form, fmt.Sprintf("%s is given twice", name)}
		}
		seen[name] = true
		if bad := c.set(name, value); bad != "" {
			return c, &wrong{at, form, bad}
		}
		rest, at = rest[len(name)+1+size:], at+len(name)+1+size
	}
	return c, c.missing(at)
}

// closes says whether nothing, or the end of the comment alone, is left.
func closes(rest string) bool {
	switch strings.TrimSpace(rest) {
	case "", "*/", "-->", "*)", "#}", "%}", "--%>":
		return true
	}
	return false
}

func upTo(s, cut string) string {
	if i := strings.IndexAny(s, cut); i >= 0 {
		return s[:i]
	}
	return s
}

// valueOf reads a word, or text in double quotes.
func valueOf(s string) (value string, size int, bad string) {
	if !strings.HasPrefix(s, `"`) {
		value = upTo(s, " \t")
		if value == "" || strings.ContainsAny(value, `"'`) {
			return "", 0, "a value is missing, or its quotation marks are not where it begins and ends"
		}
		return value, len(value), ""
	}
	end := strings.IndexByte(s[1:], '"')
	if end < 0 {
		return "", 0, "the quotation mark is not closed"
	}
	size = end + 2
	if size < len(s) && s[size] != ' ' && s[size] != '\t' && !closes(s[size:]) {
		return "", 0, "a blank is missing after the closing quotation mark"
	}
	return s[1 : end+1], size, ""
}

func (c *Comment) set(name, value string) string {
	switch name {
	case "until":
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return fmt.Sprintf("%q is no date of the form YYYY-MM-DD", value)
		}
		c.Until = value
	case "by":
		c.By = strings.TrimSpace(value)
	case "reason":
		c.Reason = strings.TrimSpace(value)
	case "finding":
		if !printForm.MatchString(value) {
			return fmt.Sprintf("%q is not the beginning of a fingerprint, at least 8 hex digits", value)
		}
		c.Finding = value
	default:
		return fmt.Sprintf("there is no %q: only until, by, reason and finding", name)
	}
	return ""
}

func (c *Comment) missing(at int) *wrong {
	switch {
	case c.Until == "":
		return &wrong{at, "add until=YYYY-MM-DD, its last day", "it has no end"}
	case c.By == "":
		return &wrong{at, "add by=NAME", "it does not say who answers for it"}
	case utf8.RuneCountInString(c.Reason) < 3:
		return &wrong{at, `add reason="…", for whoever reads it in a year`, "it gives no reason"}
	}
	return nil
}

// About says whether the comment is on a finding's line or the line before it,
// and names its rule and, where it names one, the finding.
func (c *Comment) About(f *event.Finding) bool {
	near := f.Line == c.Line || c.Alone && f.Line == c.Line+1
	return near && f.Commit == "" && f.Path == c.Path && f.Rule == c.Rule && strings.HasPrefix(f.Fingerprint, c.Finding)
}

// Word is the comment as a finding carries it: what is silenced in the code is
// accepted, and never more.
func (c *Comment) Word() *event.Decision {
	return &event.Decision{Verdict: "accepted", Because: c.Reason, By: c.By, Until: c.Until, Scope: "inline"}
}
