// Package codeowners reads CODEOWNERS files of GitHub and GitLab and says which
// paths have an owner.
//
// A host skips a line that it cannot read, without a word, and the code it was
// about is then merged without its owner's review. So the parser reports every
// such line, and the cover every path that nobody answers for.
package codeowners

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Dialect is the host whose rules a file goes by.
type Dialect int

const (
	GitHub Dialect = iota
	GitLab
)

// Rule is a line that gives paths to owners.
type Rule struct {
	Line, Column int // of the pattern, from 1; columns count bytes
	Pattern      string
	Owners       []string // empty: the paths have no owner from here on
	Section      int      // index into File.Sections
	Exclude      bool     // GitLab's "!pattern"
}

// Section is a part of a GitLab file with its own owners and its own last match.
type Section struct {
	Name     string
	Optional bool
	Owners   []string // of lines that name none
}

// File is a parsed CODEOWNERS file.
type File struct {
	Dialect  Dialect
	Rules    []Rule
	Sections []Section // the first is the nameless one that every file begins with
}

// Fault is a line, or a part of one, that the host does not accept.
type Fault struct {
	Line, Column int
	Owner        string // set where the owner's name is at fault, not the line
	Message, Fix string
}

// MaxSize is the most bytes of a file that GitHub reads.
const MaxSize = 3 << 20

// maxPattern is the most bytes of a pattern: the longest path that systems take.
const maxPattern = 4096

var sectionHead = regexp.MustCompile(`^(\^?)\[([^\]]*)\](?:\[(-?\d+)\])?(.*)$`)

// DialectOf guesses a file's dialect by its path and by its sections, which only
// GitLab has.
func DialectOf(path string, data []byte) Dialect {
	if strings.HasPrefix(path, ".gitlab/") {
		return GitLab
	}
	if strings.HasPrefix(path, ".github/") {
		return GitHub
	}
	for line := range strings.Lines(string(data)) {
		if m := sectionHead.FindStringSubmatch(strings.TrimSpace(line)); m != nil && !strings.HasPrefix(m[4], "/") {
			return GitLab
		}
	}
	return GitHub
}

type parser struct {
	file    File
	section int
	faults  []Fault
}

// Parse reads data and returns the rules that the host would take, and every
// fault in the order of the lines.
func Parse(data []byte, dialect Dialect) (File, []Fault) {
	p := &parser{file: File{Dialect: dialect, Sections: []Section{{}}}}
	text := strings.TrimPrefix(string(data), "\ufeff")
	if dialect == GitHub && len(data) > MaxSize {
		p.faults = append(p.faults, Fault{Line: 1, Column: 1, Message: "the file is larger than 3 MB, so the host ignores all of it",
			Fix: "Join lines with wildcards until the file is below 3 MB."})
		return p.file, p.faults
	}
	n := 0
	for line := range strings.Lines(text) {
		n++
		p.line(n, strings.TrimRight(line, "\r\n"))
	}
	return p.file, p.faults
}

func (p *parser) fault(line, column int, fix, format string, args ...any) {
	p.faults = append(p.faults, Fault{Line: line, Column: column, Message: fmt.Sprintf(format, args...), Fix: fix})
}

func (p *parser) line(n int, text string) {
	words := split(text)
	if len(words) == 0 {
		return
	}
	if !utf8.ValidString(text) {
		p.fault(n, 1, "Save the file as UTF-8.", "the line is not UTF-8")
		return
	}
	if p.file.Dialect == GitLab {
		if m := sectionHead.FindStringSubmatch(strings.TrimSpace(text)); m != nil {
			p.head(n, m)
			return
		}
	}
	rule := Rule{Line: n, Column: words[0].column, Pattern: words[0].text, Section: p.section}
	if p.file.Dialect == GitLab {
		rule.Pattern, rule.Exclude = strings.CutPrefix(rule.Pattern, "!")
	}
	if !p.pattern(rule) {
		return
	}
	owners, ok := p.owners(n, words[1:])
	if !ok && p.file.Dialect == GitHub {
		return // the host skips the whole line
	}
	if rule.Owners = owners; len(owners) == 0 && !rule.Exclude {
		rule.Owners = p.file.Sections[p.section].Owners
	}
	p.file.Rules = append(p.file.Rules, rule)
}

// head begins a section; sections of one name are one section.
func (p *parser) head(n int, m []string) {
	name := strings.TrimSpace(m[2])
	if name == "" {
		p.fault(n, 1, "Give the section a name.", "the section has no name")
	}
	words := split(m[4])
	owners, _ := p.owners(n, words)
	for i, s := range p.file.Sections {
		if i > 0 && strings.EqualFold(s.Name, name) {
			p.section = i
			return
		}
	}
	p.file.Sections = append(p.file.Sections, Section{Name: name, Optional: m[1] != "", Owners: owners})
	p.section = len(p.file.Sections) - 1
}

// pattern reports what the host does not accept in a rule's pattern.
func (p *parser) pattern(r Rule) bool {
	if p.file.Dialect == GitHub {
		switch {
		case strings.HasPrefix(r.Pattern, "!"):
			p.fault(r.Line, r.Column, "Write a later line for the exception, with other owners or none.", "%s: this host knows no negation with !", r.Pattern)
			return false
		case strings.ContainsAny(r.Pattern, "[]"):
			p.fault(r.Line, r.Column, "Write one line for each, or use * and ?.", "%s: this host knows no character ranges with [ ]", r.Pattern)
			return false
		case strings.HasPrefix(r.Pattern, `\#`):
			p.fault(r.Line, r.Column, "Use ? in place of the #.", `%s: this host does not know \# for a pattern that begins with #`, r.Pattern)
			return false
		}
	}
	if looksLikeOwner(r.Pattern) {
		p.fault(r.Line, r.Column, "Begin the line with a path or a pattern; * means everything.", "%s stands where the pattern belongs", r.Pattern)
		return false
	}
	if len(r.Pattern) > maxPattern {
		p.fault(r.Line, r.Column, "Shorten the pattern.", "the pattern is longer than any path")
		return false
	}
	if strings.Contains(r.Pattern, "***") {
		p.fault(r.Line, r.Column, "Use ** for any number of folders.", "%s: *** means nothing", r.Pattern)
		return false
	}
	return true
}

var (
	email = regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@.]+$`)
	// A login on GitHub; enterprise-managed ones have an underscore.
	githubUser = regexp.MustCompile(`^@[A-Za-z0-9](?:[A-Za-z0-9]|-[A-Za-z0-9])*-?(?:_[A-Za-z0-9]+)?(?:\[bot\])?$`)
	githubTeam = regexp.MustCompile(`^@[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_][A-Za-z0-9_.-]*$`)
	gitlabName = regexp.MustCompile(`^@[A-Za-z0-9_.][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_.][A-Za-z0-9_.-]*)*$`)
	gitlabRole = regexp.MustCompile(`^@@(?:developers?|maintainers?|owners?)$`)
)

func looksLikeOwner(word string) bool {
	return strings.HasPrefix(word, "@") && !strings.HasSuffix(word, "/") && strings.Count(word, "/") <= 1 && !strings.ContainsAny(word, "*?.")
}

// owners checks every word; ok is false where one is no owner.
func (p *parser) owners(n int, words []word) (owners []string, ok bool) {
	ok = true
	for _, w := range words {
		if p.isOwner(w.text) {
			owners = append(owners, w.text)
			continue
		}
		ok = false
		consequence := "the host skips the line"
		if p.file.Dialect == GitLab {
			consequence = "the host skips it"
		}
		p.faults = append(p.faults, Fault{Line: n, Column: w.column, Owner: w.text,
			Message: fmt.Sprintf("%q is no owner, so %s", w.text, consequence),
			Fix:     "Write @user, @organisation/team or an e-mail address."})
	}
	return owners, ok
}

func (p *parser) isOwner(text string) bool {
	if email.MatchString(text) && text[0] != '@' {
		return true
	}
	if p.file.Dialect == GitLab {
		return gitlabName.MatchString(text) || gitlabRole.MatchString(text)
	}
	return len(text) <= 1+39+1+100 && (githubUser.MatchString(text) || githubTeam.MatchString(text))
}

// word is a run of a line's text.
type word struct {
	text   string
	column int
}

// split cuts a line at its blanks; a backslash keeps a blank in a word, and a #
// at the start of a word begins a comment.
func split(line string) []word {
	var words []word
	for i := 0; i < len(line); {
		if line[i] == ' ' || line[i] == '\t' {
			i++
			continue
		}
		if line[i] == '#' {
			break
		}
		start := i
		for i < len(line) && line[i] != ' ' && line[i] != '\t' {
			if line[i] == '\\' && i+1 < len(line) {
				i++
			}
			i++
		}
		words = append(words, word{line[start:i], start + 1})
	}
	return words
}
