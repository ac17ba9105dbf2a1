package assess

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/release/lockfile"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results"
)

// compare says of every finding what the change did to it, by identity alone,
// and gathers those that are gone. The decisions of now hold for both sides; what
// only the base's own settled is remembered, since taking a decision back is a
// change too.
func (a *assessment) compare(ctx context.Context, now []event.Finding) {
	if a.base == nil || a.base.assessment == nil {
		return
	}
	then := a.base.findings()
	a.describe(then)
	a.base.recall(ctx, then)
	m := &matcher{a: a, left: map[string][]int{}, then: then}
	for i, f := range then {
		if f.State != event.Fixed {
			key := f.Check + "\n" + f.Fingerprint
			m.left[key] = append(m.left[key], i)
		}
	}
	m.ran = toolsOf(a.base.words)
	m.compared, m.blind = a.seen()
	for i := range now {
		if m.compared[now[i].Check] {
			now[i].Change = m.change(ctx, &now[i])
		}
	}
	a.base.fixed = m.gone()
	a.base.settle(a.base.fixed, a.base.looker(ctx).Look)
	for i := range a.base.fixed {
		a.base.fixed[i].State, a.base.fixed[i].Change = event.Fixed, event.Removed
	}
	a.base.settle(then, a.base.looker(ctx).Look)
	a.base.handBack(then)
}

// findings are copies of all that the base's checks found.
func (b *base) findings() []event.Finding {
	var all []event.Finding
	for _, w := range b.words {
		all = append(all, w.Evidence.Findings...)
	}
	return all
}

// handBack puts the findings, decided, into the words that they came from.
func (b *base) handBack(all []event.Finding) {
	for i := range b.words {
		n := len(b.words[i].Evidence.Findings)
		b.words[i].Evidence.Findings, all = all[:n:n], all[n:]
	}
}

// recall finds what the decisions that stood at the base settled there, and the
// comments in its code.
func (b *base) recall(ctx context.Context, then []event.Finding) {
	b.settled, b.silencers = map[string]bool{}, b.comments(ctx)
	own := &assessment{Options: b.Options, subject: b.subject, words: b.words, silencers: b.silencers}
	own.decisions = nil
	if err := own.readDecisions(ctx); err != nil {
		return
	}
	all := slices.Clone(then)
	own.settle(all, own.looker(ctx).Look)
	for _, f := range all {
		if f.State == event.Decided && f.Tool == "" {
			b.settled[f.Fingerprint] = true
		}
	}
}

// seen are the checks whose word is of now, and what each could not look at: ""
// stands for more than one can say.
func (a *assessment) seen() (compared map[string]bool, blind map[string][]string) {
	compared, blind = map[string]bool{}, map[string][]string{}
	for _, w := range a.words {
		compared[w.Check.ID] = w.current && !w.absent
		for _, p := range append(w.Evidence.Problems, w.Problems...) {
			if p.Incomplete {
				blind[w.Check.ID] = append(blind[w.Check.ID], p.Path)
			}
		}
	}
	return compared, blind
}

// toolsOf are the other tools whose results a state of the repository holds.
func toolsOf(words []word) map[string]bool {
	ran := map[string]bool{}
	for _, w := range words {
		for _, o := range w.Evidence.Observations {
			if o.Tool != "" {
				ran[o.Tool] = true
			}
		}
	}
	return ran
}

// matcher pairs the findings of now with those of the base.
type matcher struct {
	a        *assessment
	then     []event.Finding
	left     map[string][]int // of then, not yet paired, by check and fingerprint
	ran      map[string]bool  // tools that the base has results of
	compared map[string]bool
	blind    map[string][]string
	texts    map[string]map[string]bool // lines of the base's files, by path
}

func (m *matcher) change(ctx context.Context, f *event.Finding) event.Change {
	if f.State == event.Fixed {
		return event.Removed
	}
	key := f.Check + "\n" + f.Fingerprint
	if left := m.left[key]; len(left) > 0 {
		at := max(0, slices.IndexFunc(left, func(i int) bool { return m.then[i].Path == f.Path }))
		was := m.then[left[at]]
		m.left[key] = slices.Delete(slices.Clone(left), at, at+1)
		if was.Path == f.Path && was.Line == f.Line && (was.Commit == "") == (f.Commit == "") {
			return event.Unchanged
		}
		return event.Moved
	}
	switch {
	case f.Commit != "" && !m.a.base.brings[f.Commit]:
		return event.Unchanged // another branch or a tag brought it
	case f.Tool != "" && !m.ran[f.Tool] && m.stood(ctx, f):
		return event.Unchanged
	}
	return event.Introduced
}

// gone are the findings of the base that found no partner. Where the check could
// not look now, nobody can say that one is gone.
func (m *matcher) gone() []event.Finding {
	var out []event.Finding
	for i, f := range m.then {
		key := f.Check + "\n" + f.Fingerprint
		blind := m.blind[f.Check]
		if slices.Contains(m.left[key], i) && m.compared[f.Check] && !slices.Contains(blind, "") && !slices.Contains(blind, f.Path) {
			out = append(out, f)
		}
	}
	return out
}

// stood says whether what another tool found was there at the base, for which
// there are no results of that tool: whether the line stood in the file already,
// or for a vulnerable component, whether all dependencies are what they were.
func (m *matcher) stood(ctx context.Context, f *event.Finding) bool {
	if f.Rule == results.Vulnerable || f.Rule == results.Exploitable {
		return slices.Equal(dependencies(m.a.snapshot), dependencies(m.a.base.snapshot))
	}
	now, ok := m.a.file(f.Path)
	if !ok || f.Line == 0 {
		return false
	}
	for _, was := range m.a.base.snapshot.Files() {
		if was.Digest == now.Digest && (was.Mode == repo.Regular || was.Mode == repo.Executable) {
			return true
		}
	}
	was, ok := m.a.base.file(f.Path)
	if !ok {
		return false
	}
	if m.texts == nil {
		m.texts = map[string]map[string]bool{}
	}
	lines, read := m.texts[f.Path]
	if !read {
		lines = map[string]bool{}
		for _, line := range linesOf(ctx, m.a.base.snapshot, was) {
			lines[line] = true
		}
		m.texts[f.Path] = lines
	}
	text := linesOf(ctx, m.a.snapshot, now)
	return f.Line <= len(text) && text[f.Line-1] != "" && lines[text[f.Line-1]]
}

// linesOf are the lines of a file without white space, nil where it is too large.
func linesOf(ctx context.Context, s repo.Snapshot, f repo.File) []string {
	data, err := repo.ReadFile(ctx, s, f, 4<<20)
	if err != nil {
		return nil
	}
	var lines []string
	for line := range bytes.Lines(data) {
		lines = append(lines, strings.Join(strings.Fields(string(line)), ""))
	}
	return lines
}

// dependencies are the digests of the files that say what is depended on.
func dependencies(s repo.Snapshot) []string {
	var all []string
	for _, f := range s.Files() {
		if lockfile.Wants(f.Path) {
			all = append(all, f.Path+" "+f.Digest)
		}
	}
	return all
}
