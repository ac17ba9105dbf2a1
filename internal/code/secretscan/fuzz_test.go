package secretscan

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// FuzzScan holds that no text makes the engine fail, that matches lie within
// it, and that scanning it in two pieces finds what scanning it at once does.
func FuzzScan(f *testing.F) {
	e, secrets := newTestEngine(f)
	for _, s := range secrets {
		f.Add([]byte(s.Examples.Match[0].Text), uint16(len(s.Examples.Match[0].Text)/2))
	}
	f.Add([]byte("password='\\"), uint16(3))
	f.Add([]byte("a://:@"), uint16(1))
	f.Fuzz(func(t *testing.T, text []byte, at uint16) {
		whole := collect(e, text, 0, len(text))
		for _, m := range whole {
			if m.Start < 0 || m.Start > m.SecretStart || m.SecretStart >= m.SecretEnd || m.SecretEnd > m.End || m.End > len(text) {
				t.Fatalf("%s: offsets out of order: %+v", m.Rule.ID, m)
			}
		}
		cut := min(int(at), len(text))
		pieces := append(collect(e, text, 0, cut), collect(e, text, cut, len(text))...)
		if got, want := list(pieces), list(whole); !slices.Equal(got, want) {
			t.Errorf("in two pieces: %v\nat once: %v", got, want)
		}
	})
}

func collect(e *Engine, text []byte, from, to int) []Match {
	var matches []Match
	e.Scan(text, from, to, func(m Match) { matches = append(matches, m) })
	return matches
}

// list names matches in an order of its own.
func list(matches []Match) []string {
	var names []string
	for _, m := range matches {
		names = append(names, fmt.Sprintf("%d-%d %s at %d", m.SecretStart, m.SecretEnd, m.Rule.ID, m.Anchor))
	}
	slices.Sort(names)
	return names
}

// TestFilterMisses compares the filter with looking for each literal at each
// place, on random compositions of the examples and of pieces of literals.
func TestFilterMisses(t *testing.T) {
	e, secrets := newTestEngine(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		text := []byte(compose(random, e, secrets))
		from := random.IntN(len(text) + 1)
		to := from + random.IntN(len(text)-from+1)
		got := e.filter.find(text, from, to, nil)
		want := naiveHits(e, text, from, to)
		if gotList, wantList := hitList(got), hitList(want); !slices.Equal(gotList, wantList) {
			t.Fatalf("in %q[%d:%d]\ngot  %v\nwant %v", text, from, to, gotList, wantList)
		}
	}
}

func naiveHits(e *Engine, text []byte, from, to int) []hit {
	var hits []hit
	folded := []byte(lower(string(text)))
	for i, l := range e.literals {
		for at := from; at < to; at++ {
			if bytes.HasPrefix(folded[at:], []byte(l.text)) && (at == 0 || !e.filter.guarded[i] || mayPrecede(text[at-1])) {
				hits = append(hits, newHit(at, int32(i)))
			}
		}
	}
	return hits
}

func hitList(hits []hit) []hit {
	hits = slices.Clone(hits)
	slices.Sort(hits)
	return slices.Compact(hits)
}

// compose strings examples together with noise between them.
func compose(random *rand.Rand, e *Engine, secrets []knowledge.Secret) string {
	var b strings.Builder
	for range 1 + random.IntN(12) {
		switch random.IntN(4) {
		case 0:
			b.WriteString(e.literals[random.IntN(len(e.literals))].text)
		case 1:
			for range random.IntN(200) {
				b.WriteByte(byte(' ' + random.IntN(95)))
			}
		default:
			examples := secrets[random.IntN(len(secrets))].Examples.Match
			b.WriteString(examples[random.IntN(len(examples))].Text)
		}
		b.WriteString([]string{"\n", " ", "\r\n", "\t", ";", "\n\n"}[random.IntN(6)])
	}
	return b.String()
}

// TestExpressionsMiss compares what the engine finds around literals with what
// the same expressions find in the whole text, for the forms that are matched by
// expressions alone.
func TestExpressionsMiss(t *testing.T) {
	e, secrets := newTestEngine(t)
	random := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		text := []byte(compose(random, e, secrets))
		found := map[string]bool{}
		for _, m := range collect(e, text, 0, len(text)) {
			found[fmt.Sprintf("%s %d-%d", m.Rule.ID, m.SecretStart, m.SecretEnd)] = true
		}
		for i := range e.rules {
			for _, m := range naiveMatches(&e.rules[i], text) {
				if key := fmt.Sprintf("%s %d-%d", m.Rule.ID, m.SecretStart, m.SecretEnd); !found[key] {
					t.Fatalf("%s is missed in %q", key, text)
				}
			}
		}
	}
}

// naiveMatches runs the expression of r at every place of text at which it matches.
func naiveMatches(r *rule, text []byte) []Match {
	if r.Form != knowledge.TokenForm && r.Form != knowledge.LineForm {
		return nil
	}
	var matches []Match
	x := r.compile()
	places := len(text)
	if r.Form == knowledge.LineForm {
		places = min(places, 1) // the first match is enough, and finding it from every place would not end
	}
	for at := range places {
		if r.Form == knowledge.TokenForm && !slices.ContainsFunc(r.Literals, func(l string) bool { return at+len(l) <= len(text) && equalFold(text[at:at+len(l)], lower(l)) }) {
			continue
		}
		loc := x.pattern.FindSubmatchIndex(text[at:])
		if loc == nil {
			continue
		}
		m := Match{Rule: r.Secret, Start: at + loc[0], End: at + loc[1], SecretStart: at + loc[2*x.group], SecretEnd: at + loc[2*x.group+1]}
		if standsAlone(text, m.Start, m.End) && r.accepts(text, m) {
			matches = append(matches, m)
		}
	}
	return matches
}
