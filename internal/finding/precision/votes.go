package precision

import (
	"cmp"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/finding"
)

// vote is what one person said at one time about findings of one rule in one
// class of paths.
type vote struct {
	rule     string
	class    finding.Class
	day, by  string
	verdict  string
	findings int  // how many it is about
	aside    bool // it is about another class of paths than is asked for
}

// right tells whether the findings were: who accepts or fixes one agrees with it.
func (v vote) right() bool { return v.verdict != finding.FalsePositive }

// mass is what a vote on many findings at once counts for at most.
const mass = 3

// weight is sublinear, so that who dismisses a hundred findings at once has
// looked at some of them, and no rule falls by one stroke of a pen.
func (v vote) weight() float64 {
	w := min(1+math.Log2(float64(max(1, v.findings))), mass)
	if v.aside {
		w *= sibling
	}
	return w
}

func (v vote) count() Count {
	if v.right() {
		return Count{Right: v.weight()}
	}
	return Count{Wrong: v.weight()}
}

// occasion is one sitting of one person.
func (v vote) occasion() string { return v.day + " " + v.by }

// votesOf puts decisions together that one person took on one day for one
// reason, in the order of the days.
func votesOf(decisions finding.Decisions) []vote {
	type sitting struct {
		vote
		because string
	}
	n := map[sitting]int{}
	for _, d := range decisions {
		if d.Rule == finding.Unexamined {
			continue // it says nothing of any rule
		}
		if d.Verdict != finding.FalsePositive && d.Verdict != finding.Accepted && d.Verdict != finding.Fix {
			continue
		}
		class := classOf(d.Place)
		if d.Class != "" { // it is about a pattern in such files
			class = finding.Class(d.Class)
		}
		v := vote{rule: d.Rule, class: class, day: d.On, by: d.By, verdict: d.Verdict}
		n[sitting{v, strings.Join(strings.Fields(strings.ToLower(d.Because)), " ")}]++
	}
	votes := make([]vote, 0, len(n))
	for s, count := range n {
		s.findings = count
		votes = append(votes, s.vote)
	}
	slices.SortFunc(votes, func(a, b vote) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.rule, b.rule), cmp.Compare(a.class, b.class),
			cmp.Compare(a.by, b.by), cmp.Compare(a.verdict, b.verdict), cmp.Compare(a.findings, b.findings))
	})
	return votes
}

// placed is "path:line:column in commit abc", the place that a decision names.
var placed = regexp.MustCompile(`^(.+?)(:\d+)*( in commit [0-9a-f]+)?$`)

// classOf is the class of the path that a decision names, none where it names none.
func classOf(place string) finding.Class {
	parts := placed.FindStringSubmatch(strings.TrimSpace(place))
	if parts == nil || strings.HasPrefix(parts[1], "in commit ") {
		return unclassed
	}
	return finding.ClassOf(parts[1])
}

// findings counts the findings behind votes, each as one.
func findings(votes []vote) Count {
	n := Count{}
	for _, v := range votes {
		switch {
		case v.aside:
		case v.right():
			n.Right += float64(v.findings)
		default:
			n.Wrong += float64(v.findings)
		}
	}
	return n
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
