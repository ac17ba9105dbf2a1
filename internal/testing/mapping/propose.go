package mapping

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Found is a test that somebody found, in the sources or in results.
type Found struct {
	Name
	Pattern string // that takes it, and as few others as possible
	Where   string // "auth/login_test.go:12", or the result file
}

// Proposal is a test that may verify a requirement.
type Proposal struct {
	Requirement, Pattern, Where string
	// Reason says what speaks for it.
	Reason string
}

// What makes a proposal well supported. Most tests are about no requirement at
// all, so a wrong proposal is worse than a missing one.
const (
	leastShared = 3    // words in common
	leastCover  = 0.3  // part of the test's words that are in common
	leastLead   = 1.15 // how far the best requirement must be ahead of the next
	mostEach    = 10   // proposals for one requirement
)

// Propose finds tests whose names speak of a requirement, by the words that both
// have in common: rare words count for more than frequent ones. It gives each
// test to one requirement at most, in the order of the requirements.
func Propose(reqs []knowledge.Requirement, tests []Found) []Proposal {
	ix := index(reqs)
	byRequirement := make([][]scored, len(reqs))
	for _, t := range tests {
		if i, s, ok := ix.best(t); ok {
			byRequirement[i] = append(byRequirement[i], s)
		}
	}
	var out []Proposal
	for i, list := range byRequirement {
		slices.SortFunc(list, func(a, b scored) int {
			return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.test.Pattern, b.test.Pattern), cmp.Compare(a.test.Where, b.test.Where))
		})
		for _, s := range first(list) {
			out = append(out, Proposal{Requirement: reqs[i].ID, Pattern: s.test.Pattern, Where: s.test.Where,
				Reason: fmt.Sprintf("its name and the requirement share %s", strings.Join(s.shared, ", "))})
		}
	}
	return out
}

// first are the best of the list, each test once: the sources and the results
// name the same one.
func first(list []scored) []scored {
	var kept []scored
	for _, s := range list {
		if len(kept) == mostEach {
			break
		}
		if !slices.ContainsFunc(kept, func(k scored) bool { return takes(k.test.Pattern, s.test.Name) || takes(s.test.Pattern, k.test.Name) }) {
			kept = append(kept, s)
		}
	}
	return kept
}

func takes(pattern string, n Name) (taken bool) {
	m := NewMatcher()
	m.Add(pattern, 0)
	m.Match(n, func(int) { taken = true })
	return taken
}

// scored is a test held against a requirement.
type scored struct {
	test   Found
	score  float64
	shared []string
}

// words of requirements: which requirements have each, and how rare it is.
type wordIndex struct {
	has    map[string][]int // requirements by word
	title  []map[string]bool
	weight map[string]float64
}

func index(reqs []knowledge.Requirement) wordIndex {
	ix := wordIndex{has: map[string][]int{}, title: make([]map[string]bool, len(reqs)), weight: map[string]float64{}}
	for i, r := range reqs {
		ix.title[i] = map[string]bool{}
		for _, w := range words(r.Title) {
			ix.title[i][w] = true
		}
		for _, w := range distinct(append(words(r.Title), words(r.Statement)...)) {
			ix.has[w] = append(ix.has[w], i)
		}
	}
	for w, list := range ix.has {
		ix.weight[w] = math.Log(1 + float64(len(reqs))/float64(len(list)))
	}
	return ix
}

// best is the requirement that a test most likely is about, if one is likely
// enough.
func (ix wordIndex) best(t Found) (int, scored, bool) {
	said := map[string]string{} // the word by its stem
	own := distinct(eachWord(t.Class+" "+t.Name.Name, func(stem, word string) { said[stem] = word }))
	scores := map[int]*scored{}
	for _, w := range own {
		for _, i := range ix.has[w] {
			if scores[i] == nil {
				scores[i] = &scored{test: t}
			}
			s := scores[i]
			s.shared = append(s.shared, said[w])
			s.score += ix.weight[w]
			if ix.title[i][w] {
				s.score += ix.weight[w]
			}
		}
	}
	first, second := -1, 0.0
	for i, s := range scores {
		switch {
		case first < 0 || s.score > scores[first].score || s.score == scores[first].score && i < first:
			if first >= 0 {
				second = max(second, scores[first].score)
			}
			first = i
		default:
			second = max(second, s.score)
		}
	}
	if first < 0 {
		return 0, scored{}, false
	}
	s := *scores[first]
	return first, s, ix.supported(first, s, len(own)) && s.score >= leastLead*second
}

// supported says whether the words in common are enough.
func (ix wordIndex) supported(i int, s scored, own int) bool {
	inTitle := 0
	for _, w := range s.shared {
		if ix.title[i][stem(w)] {
			inTitle++
		}
	}
	if float64(len(s.shared)) < leastCover*float64(own) {
		return false
	}
	return len(s.shared) >= leastShared && inTitle > 0
}

// idle are words that say nothing of what a test or a requirement is about.
const idle = `
		test tests should must when with without that this from have has been are and the for not any all each every only use uses used using can does
		work works given then return returns check checks call calls make makes new get set add run spec case cases valid value values correct
		correctly product application app component service system method function class object data user users user's their its into one two other
		than also same such which where whose what they them there after before between least most more less documentation defined define error errors fail fails
		failing failed failure message messages send sends sent content contents calling called name names change changes changed changing give gives field fields
		format formats formatted string strings backend frontend configuration config show shows shown last list lists form forms page pages address addresses
		number numbers time times text texts read reads write writes state states result results current unknown kind kinds way place part parts `

func isIdle(w string) bool { return strings.Contains(spacedIdle(), " "+w+" ") }

// spacedIdle is idle with one blank around every word.
var spacedIdle = sync.OnceValue(func() string { return " " + strings.Join(strings.Fields(idle), " ") + " " })

// words are the stems of the words in a name or a sentence: the parts of a name
// in camel case or with underscores, too.
func words(text string) []string { return eachWord(text, func(string, string) {}) }

// eachWord tells fn of every stem and the word that it is of.
func eachWord(text string, fn func(stem, word string)) []string {
	var out []string
	var b strings.Builder
	flush := func() {
		word := strings.ToLower(b.String())
		if w := stem(word); w != "" {
			out = append(out, w)
			fn(w, word)
		}
		b.Reset()
	}
	last := rune(0)
	for _, r := range text {
		switch {
		case !unicode.IsLetter(r):
			flush()
		case unicode.IsUpper(r) && unicode.IsLower(last):
			flush()
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		last = r
	}
	flush()
	return out
}

// stem cuts the endings that English puts on words, as far as that is needed to
// compare them; "" for words that say nothing.
func stem(w string) string {
	if len(w) < 3 || isIdle(w) {
		return ""
	}
	for _, end := range []string{"ations", "ation", "ings", "ing", "ions", "ion", "ies", "ers", "ed", "es", "er", "s", "y", "e"} {
		if rest, ok := strings.CutSuffix(w, end); ok && len(rest) >= 4 {
			return rest
		}
	}
	return w
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
