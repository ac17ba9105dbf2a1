// Package carried finds the ids of requirements that a test carries: in its
// name, in the name of what it stands in, in a tag or in a property.
//
// A test says itself what it proves, so that nobody has to keep a list. But
// names are full of numbers that are no requirement: versions, dates, ports. So
// in running text an id counts only where it can mean nothing else
// ("ASVS-6.3.1", "V6_3_1", "MASVS-STORAGE-1", "PL_CODE_1"); a bare "6.3.1" or an
// id of the organisation's own ("ACME-7") counts only in brackets or in a tag.
// Whoever asks drops the ids that no requirement has.
package carried

import (
	"regexp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Bounds of what is read.
const (
	longestName = 2000 // bytes of a name
	mostIDs     = 50   // in one name
)

// form is one way in which an id is written in running text.
type form struct {
	pattern *regexp.Regexp
	id      func(parts []string) string
	// number says that the form is little more than a number, so that what
	// stands around it has to be looked at more closely.
	number bool
}

// A separator in a name of code is an underscore where the id has something else.
var forms = []form{
	{regexp.MustCompile(`(?i)(?:asvs[ _-]?)?v?5[._]0[._]0[-_]v?(\d{1,2})[._](\d{1,2})[._](\d{1,2})`), asvs, true},
	{regexp.MustCompile(`(?i)asvs[ :_-]{0,2}v?(\d{1,2})[._](\d{1,2})[._](\d{1,2})`), asvs, true},
	{regexp.MustCompile(`V(\d{1,2})([._])(\d{1,2})([._])(\d{1,2})`), func(p []string) string { return asvs([]string{"", p[1], p[3], p[5]}) }, true},
	{regexp.MustCompile(`(?i)masvs[-_]([a-z]{2,12})[-_](\d{1,2})`), func(p []string) string { return "MASVS-" + p[1] + "-" + p[2] }, false},
	{regexp.MustCompile(`(?i)osps[-_]([a-z]{2})[-_](\d{2})[._](\d{2})`), func(p []string) string { return "OSPS-" + p[1] + "-" + p[2] + "." + p[3] }, false},
	{regexp.MustCompile(`(?i)pl[-_](requirements|build|design|code|testing|release|[a-z]{3,8})[-_](\d{1,3})`), func(p []string) string { return "PL-" + p[1] + "-" + p[2] }, false},
}

// asvs is an id of ASVS 5.0.0: "How to reference ASVS requirements". Chapters
// run from 1 to 17.
func asvs(p []string) string {
	for _, n := range p[1:] {
		if n[0] == '0' {
			return ""
		}
	}
	if len(p[1]) == 2 && p[1] > "17" {
		return ""
	}
	return "v5.0.0-" + p[1] + "." + p[2] + "." + p[3]
}

// InName returns the ids in the name of a test, or of what it stands in, in the
// one way in which we write them, sorted, each once.
func InName(name string) []string {
	name = name[:min(len(name), longestName)]
	if !strings.ContainsAny(name, "0123456789") { // as most names
		return nil
	}
	var ids []string
	add := func(id string) {
		if id = knowledge.NormalID(id); id != "" && len(ids) < mostIDs && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, f := range forms {
		for _, at := range f.pattern.FindAllStringSubmatchIndex(name, mostIDs) {
			if f.stands(name, at[0], at[1]) {
				add(f.id(parts(name, at)))
			}
		}
	}
	for _, m := range bracketed.FindAllStringSubmatch(name, mostIDs) {
		for _, id := range InTag(m[1]) {
			add(id)
		}
	}
	for _, m := range tagged.FindAllStringSubmatch(name, mostIDs) {
		for _, id := range InTag(m[1]) {
			add(id)
		}
	}
	slices.Sort(ids)
	return ids
}

func parts(s string, at []int) []string {
	out := make([]string, 0, len(at)/2)
	for i := 0; i+1 < len(at); i += 2 {
		out = append(out, s[at[i]:at[i+1]])
	}
	return out
}

var (
	bracketed = regexp.MustCompile(`\[([^\[\]]{1,200})\]`)
	tagged    = regexp.MustCompile(`(?:^|[\s(,])[@#]([A-Za-z0-9][A-Za-z0-9._:-]{1,60})`)
	// version ends a text after which a number is that of a release.
	version = regexp.MustCompile(`(?i)(upgrade|downgrade|from|to|versions?|release|since|until|before|after|migrat\w*|tls|ssl|http|protocol|schema|format|api|rfc)[ _.-]*$`)
)

// stands tells whether s[from:to] is an id by what is around it: it begins a
// word, in camel case or otherwise, and its last number ends there.
func (f form) stands(s string, from, to int) bool {
	if from > 0 {
		prev, first := s[from-1], s[from]
		camel := lower(prev) && first >= 'A' && first <= 'Z'
		if (letter(prev) || digit(prev)) && !camel {
			return false
		}
		if f.number && prev == '.' {
			return false
		}
	}
	if f.number && s[from] == 'V' && version.MatchString(s[:from]) {
		return false
	}
	rest := s[to:]
	if rest == "" {
		return true
	}
	if digit(rest[0]) || f.number && letter(rest[0]) && lower(rest[0]) {
		return false
	}
	if !f.number {
		return true
	}
	// Another number after it: a version with four parts, or the version of a
	// catalogue that is not ours, "v4.0.3-1.2.5".
	return len(rest) < 2 || strings.IndexByte("._-", rest[0]) < 0 || !digit(rest[1])
}

func letter(c byte) bool { return lower(c) || c >= 'A' && c <= 'Z' }
func lower(c byte) bool  { return c >= 'a' && c <= 'z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }

var (
	bareASVS = regexp.MustCompile(`^(?i:asvs[ :_-]?)?[vV]?(?:5[._]0[._]0[-_][vV]?)?(\d{1,2})[._](\d{1,2})[._](\d{1,2})$`)
	other    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*(?:[-_.:][A-Za-z0-9]+)*[-_.:][0-9]+(?:\.[0-9]+)*[a-z]?$`)
)

// InTag returns the ids in a tag, in a pair of brackets, or in a property that
// names requirements: one, or several with commas or blanks between them. Here
// the short forms and the organisation's own ids count.
func InTag(text string) []string {
	text = text[:min(len(text), longestName)]
	var ids []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t,;|\"'()[]", r) }) {
		id := tag(strings.TrimLeft(word, "@#"))
		if id != "" && len(ids) < mostIDs && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func tag(word string) string {
	if m := bareASVS.FindStringSubmatch(word); m != nil {
		return asvs(m)
	}
	for _, f := range forms {
		if at := f.pattern.FindStringSubmatchIndex(word); at != nil && at[0] == 0 && at[1] == len(word) {
			return knowledge.NormalID(f.id(parts(word, at)))
		}
	}
	if other.MatchString(word) {
		return knowledge.NormalID(word)
	}
	return ""
}

// properties are the names of properties, in lower case, whose values name
// requirements or tags.
var properties = []string{
	"requirement", "requirements", "requirement_id", "requirementid", "requirement-id", "req", "verifies", "covers",
	"tag", "tags", "asvs", "masvs", "osps", "plimsoll", "standard",
}

// InProperty returns the ids in a property of a test: name="requirement"
// value="V6.3.1", and the tags that test runners write down as properties.
func InProperty(name, value string) []string {
	name = strings.ToLower(strings.TrimSpace(name))
	if slices.Contains(properties, name) {
		return InTag(value)
	}
	if strings.HasPrefix(name, "@") { // Cucumber and Playwright: the name is the tag
		return InTag(name)
	}
	return nil
}
