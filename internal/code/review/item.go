package review

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/requirement"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// The changes that a trigger can ask for.
const (
	added      = "added"
	removed    = "removed"
	changed    = "changed"
	touched    = "touched"
	newer      = "newer"
	fileAdded  = "file-added"
	fileGone   = "file-removed"
	fileTouch  = "file-touched"
	fileBinary = "file-binary"
	fileExec   = "file-executable"
	pastOne    = "finding"
)

var changeWords = []string{added, removed, changed, touched, newer, fileAdded, fileGone, fileTouch, fileBinary, fileExec, pastOne}

// Item is a review item that is ready to be held against changes.
type Item struct {
	knowledge.ReviewItem
	// Own says that it is the organisation's, from the file named.
	Own      string
	triggers []*trigger
}

// trigger is a trigger whose patterns are compiled when they are first used: of
// a hundred items, a change needs a few.
type trigger struct {
	knowledge.ReviewTrigger
	match, unless, inside, notInside, near, notNear, fileHas *pattern
	files, notFiles, without, tree                           *globs

	once       sync.Once
	key, major int // groups of match, -1 for none
	parsed     sync.Once
	literals   []string // one of them is in whatever match takes; nil for unknown
}

// pattern is a regular expression, compiled when it is first used.
type pattern struct {
	text string
	once sync.Once
	re   *regexp.Regexp
	err  error
}

// newPattern is nil for no text.
func newPattern(text string) *pattern {
	if text == "" {
		return nil
	}
	return &pattern{text: strings.Join(strings.Fields(text), " ")}
}

func (p *pattern) compile() (*regexp.Regexp, error) {
	p.once.Do(func() { p.re, p.err = regexp.Compile(p.text) })
	return p.re, p.err
}

// takes is false for a pattern that cannot be compiled; those of the
// organisation were told, and a test compiles our own.
func (p *pattern) takes(s string) bool {
	re, err := p.compile()
	return err == nil && re.MatchString(s)
}

// ready prepares what find needs of the main pattern.
func (t *trigger) ready() (*regexp.Regexp, bool) {
	re, err := t.match.compile()
	if err != nil {
		return nil, false
	}
	t.once.Do(func() { t.key, t.major = re.SubexpIndex("key"), re.SubexpIndex("major") })
	return re, true
}

// mistake is something wrong with an item, at a place in it: a JSON pointer.
type mistake struct{ pointer, message, hint string }

// prepare makes an item ready; what is wrong with it shows when it is used, or
// in mistakes.
func prepare(it knowledge.ReviewItem, sets map[string][]string) Item {
	out := Item{ReviewItem: it}
	for _, t := range it.Triggers {
		out.triggers = append(out.triggers, &trigger{ReviewTrigger: t,
			match: newPattern(t.Match), unless: newPattern(t.Unless), inside: newPattern(t.Inside), notInside: newPattern(t.NotInside),
			near: newPattern(t.Near), notNear: newPattern(t.NotNear), fileHas: newPattern(t.FileHas),
			files: newGlobs(t.Files, sets), notFiles: newGlobs(t.NotFiles, sets), without: newGlobs(t.WithoutChange, sets), tree: newGlobs(t.Tree, sets)})
	}
	return out
}

// mistakes are what is wrong with an item, told together.
func (it Item) mistakes(sets map[string][]string) []mistake {
	var all []mistake
	for i, t := range it.triggers {
		for _, m := range append(append(t.badPatterns(), t.badSets(sets)...), t.sense()...) {
			m.pointer = fmt.Sprintf("/triggers/%d%s", i, m.pointer)
			all = append(all, m)
		}
	}
	for _, e := range []struct{ name, text string }{{"applies", it.Applies}, {"louder", it.Louder}} {
		if e.text == "" || e.text == "true" {
			continue
		}
		if _, err := requirement.Facts().Compile(e.text); err != nil {
			all = append(all, mistake{"/" + e.name, err.Error(), ""})
		}
	}
	return all
}

func (t *trigger) badPatterns() (all []mistake) {
	for _, p := range []struct {
		name string
		p    *pattern
	}{{"match", t.match}, {"unless", t.unless}, {"inside", t.inside}, {"not_inside", t.notInside}, {"near", t.near}, {"not_near", t.notNear}, {"file_has", t.fileHas}} {
		if p.p == nil {
			continue
		}
		if _, err := p.p.compile(); err != nil {
			all = append(all, mistake{"/" + p.name, err.Error(), "patterns are RE2: no lookaround, no backreferences"})
		}
	}
	return all
}

func (t *trigger) badSets(sets map[string][]string) (all []mistake) {
	for _, g := range []struct {
		name  string
		texts []string
	}{{"files", t.Files}, {"not_files", t.NotFiles}, {"without_change", t.WithoutChange}, {"tree", t.Tree}} {
		for i, text := range g.texts {
			if name, isSet := strings.CutPrefix(text, "@"); isSet && sets[name] == nil {
				all = append(all, mistake{fmt.Sprintf("/%s/%d", g.name, i), fmt.Sprintf("there is no set %q", text), "sets are " + strings.Join(names(sets), ", ")})
			}
		}
	}
	return all
}

// sense finds triggers that could never come true.
func (t *trigger) sense() []mistake {
	lines := slices.Contains([]string{added, removed, changed, touched, newer}, t.Change)
	switch {
	case lines && t.Match == "":
		return []mistake{{"/change", t.Change + " needs a pattern: match", "add match:"}}
	case !lines && t.Match != "":
		return []mistake{{"/match", "a pattern says nothing of a whole file", "ask for added, removed, changed or touched"}}
	case t.Change == newer && !(strings.Contains(t.Match, "(?P<key>") && strings.Contains(t.Match, "(?P<major>")):
		return []mistake{{"/match", "newer needs groups called key and major", `write (?P<key>…) and (?P<major>\d+)`}}
	}
	return nil
}

func names(sets map[string][]string) []string {
	var out []string
	for name := range sets {
		out = append(out, "@"+name)
	}
	slices.Sort(out)
	return out
}

// globs are patterns on paths, made into one when they are first used.
type globs struct {
	texts []string
	once  sync.Once
	re    *regexp.Regexp
	known map[string]bool // what was asked before
	mu    sync.Mutex
}

// newGlobs is nil for none. A name with an @ stands for a set.
func newGlobs(texts []string, sets map[string][]string) *globs {
	if len(texts) == 0 {
		return nil
	}
	g := &globs{known: map[string]bool{}}
	for _, text := range texts {
		if name, isSet := strings.CutPrefix(text, "@"); isSet {
			g.texts = append(g.texts, sets[name]...)
		} else {
			g.texts = append(g.texts, text)
		}
	}
	return g
}

// mostKnown bounds the paths that are remembered.
const mostKnown = 4096

func (g *globs) take(name string) bool {
	if g == nil {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if yes, ok := g.known[name]; ok {
		return yes
	}
	g.once.Do(func() { g.re = compileGlobs(g.texts) })
	yes := g.re.MatchString(name)
	if len(g.known) < mostKnown {
		g.known[name] = yes
	}
	return yes
}

func compileGlobs(texts []string) *regexp.Regexp {
	parts := make([]string, len(texts))
	for i, text := range texts {
		parts[i] = globPattern(text)
	}
	re, err := regexp.Compile("(?i)^(?:" + strings.Join(parts, "|") + ")$")
	if err != nil { // bytes that are no UTF-8: such a path is never asked for
		return regexp.MustCompile(`[^\x00-\x{10FFFF}]`)
	}
	return re
}

// globPattern makes a pattern of a glob: * and ? stay in a folder, ** does not,
// braces hold alternatives, letters match in any case. One without a slash is
// held against the name alone.
func globPattern(glob string) string {
	var b strings.Builder
	if !strings.Contains(glob, "/") {
		b.WriteString("(?:.*/)?")
	}
	depth := 0
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; {
		case strings.HasPrefix(glob[i:], "**/"):
			b.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(glob[i:], "**"):
			b.WriteString(".*")
			i++
		case c == '*':
			b.WriteString("[^/]*")
		case c == '?':
			b.WriteString("[^/]")
		case c == '{':
			b.WriteString("(?:")
			depth++
		case c == '}' && depth > 0:
			b.WriteString(")")
			depth--
		case c == ',' && depth > 0:
			b.WriteString("|")
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	return b.String() + strings.Repeat(")", depth)
}

// base are the items that come with the binary.
var base = sync.OnceValues(func() ([]Item, error) {
	list, err := knowledge.ReviewItems()
	if err != nil {
		return nil, err
	}
	sets, err := baseSets()
	if err != nil {
		return nil, err
	}
	items := make([]Item, len(list))
	for i, it := range list {
		items[i] = prepare(it, sets)
	}
	return items, nil
})

func baseSets() (map[string][]string, error) {
	list, err := knowledge.ReviewSets()
	if err != nil {
		return nil, err
	}
	sets := map[string][]string{}
	for _, s := range list {
		sets[s.Name] = s.Files
	}
	return sets, nil
}
