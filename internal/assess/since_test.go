package assess_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
	"github.com/plimsoll-dev/plimsoll/internal/report"
)

var sinceClock = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// bench assesses one repository again and again with one state folder.
type sinceBench struct {
	t    *testing.T
	dir  string
	opts assess.Options
}

func newSince(t *testing.T, dir string) *sinceBench {
	return &sinceBench{t, dir, assess.Options{Dir: dir, StateDir: t.TempDir(), KeysDir: t.TempDir(), Handler: report.Tee(),
		Clock: func() time.Time { return sinceClock }}}
}

func (b *sinceBench) check(since string) *assess.Result {
	b.t.Helper()
	o := b.opts
	o.Since = since
	r, err := assess.Run(b.t.Context(), o)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// prints are the fingerprints of the findings that keep takes, sorted.
func prints(r *assess.Result, keep func(event.Finding) bool) []string {
	var all []string
	for _, f := range r.Findings {
		if keep(f) {
			all = append(all, f.Check+" "+f.Fingerprint)
		}
	}
	sort.Strings(all)
	return all
}

func any(event.Finding) bool { return true }

func changed(c event.Change) func(event.Finding) bool {
	return func(f event.Finding) bool { return f.Change == c }
}

// history is a small repository that is changed at random.
type history struct {
	*rand.Rand
	*repotest.Repo
	files map[string][]string
	made  int
}

// secret is a line with a credential that no other line has.
func (h *history) secret() string {
	h.made++
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ234567"
	id := make([]byte, 16)
	for i := range id {
		id[i] = letters[h.IntN(len(letters))]
	}
	return fmt.Sprintf("key%d = %q", h.made, "AKIA"+string(id))
}

func (h *history) line() string {
	switch h.IntN(6) {
	case 0, 1:
		return h.secret()
	case 2:
		return "x = 1 # \u202e " + []string{"eno", "owt"}[h.IntN(2)]
	}
	return fmt.Sprintf("line %d", h.IntN(1000))
}

func (h *history) names() []string {
	var all []string
	for name := range h.files {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}

// edit changes one thing: a line in, a line out, a block moved, a file renamed,
// copied, removed, indented, or a document that a product should have.
func (h *history) edit() {
	names := h.names()
	name := names[h.IntN(len(names))]
	text := h.files[name]
	at := h.IntN(len(text) + 1)
	switch h.IntN(9) {
	case 0, 1, 2:
		h.files[name] = slices.Insert(slices.Clone(text), at, h.line())
	case 3:
		if at < len(text) {
			h.files[name] = slices.Delete(slices.Clone(text), at, at+1)
		}
	case 4:
		h.files[name] = append(slices.Clone(text[at:]), text[:at]...)
	case 5:
		h.rename(name, fmt.Sprintf("dir%d/f%d.py", h.IntN(3), h.IntN(100)))
	case 6:
		h.files[fmt.Sprintf("copy%d.py", h.IntN(5))] = text
	case 7:
		for i, line := range text {
			h.files[name][i] = "    " + strings.TrimSpace(line)
		}
	case 8:
		extra := []string{"SECURITY.md", "LICENSE", "CHANGELOG.md", "README.md"}[h.IntN(4)]
		if _, there := h.files[extra]; there {
			delete(h.files, extra)
		} else {
			h.files[extra] = []string{"# Words", "", "one"}
		}
	}
}

func (h *history) rename(from, to string) {
	text := h.files[from]
	delete(h.files, from)
	h.files[to] = text
}

func (h *history) commit(edits int) {
	for range edits {
		h.edit()
	}
	if len(h.files) == 0 {
		h.files["a.py"] = []string{"line"}
	}
	h.Git("rm", "-rq", "--ignore-unmatch", ".")
	files := map[string]string{}
	for name, lines := range h.files {
		files[name] = strings.Join(lines, "\n") + "\n"
	}
	h.Commit("edits", files)
}

// TestChangeAndMainAgree: for random histories, what the full check of main says
// after the merge is what it said before, without what the change fixed and with
// what it introduced, and no finding is told as both.
func TestChangeAndMainAgree(t *testing.T) {
	rounds := uint64(6)
	if testing.Short() {
		rounds = 2
	}
	seen := map[event.Change]int{}
	for seed := range rounds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			h := &history{Rand: rand.New(rand.NewPCG(seed, 7)), Repo: repotest.New(t), files: map[string][]string{"a.py": {"one"}, "b.py": {"two"}}}
			h.commit(8)
			b := newSince(t, h.Dir)
			before := b.check("")
			h.Git("checkout", "-q", "-b", "work")
			for range 1 + h.IntN(3) {
				h.commit(4)
			}
			change := b.check("main")
			h.Git("checkout", "-q", "main")
			h.Git("merge", "-q", "--no-ff", "-m", "merge", "work")
			h.Git("branch", "-D", "work")
			after, again := b.check(""), b.check("HEAD^1")

			want := prints(before, any)
			for _, gone := range prints(change, changed(event.Removed)) {
				i := slices.Index(want, gone)
				if i < 0 {
					t.Fatalf("%s was fixed and never there", gone)
				}
				want = slices.Delete(want, i, i+1)
			}
			want = append(want, prints(change, changed(event.Introduced))...)
			sort.Strings(want)
			if got := prints(after, any); !slices.Equal(got, want) {
				t.Errorf("main after the merge has\n%s\nand the change promised\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			for _, c := range []event.Change{event.Introduced, event.Removed} {
				if got, want := prints(again, changed(c)), prints(change, changed(c)); !slices.Equal(got, want) {
					t.Errorf("%s: %v seen from the merge, %v from the branch", c, got, want)
				}
			}
			for _, f := range change.Findings {
				if f.Change == "" {
					t.Errorf("nothing is said of %s %s", f.Rule, f.Path)
				}
			}
			for c, n := range change.Verdict.Change.Findings {
				seen[c] += n
			}
			if met := change.Exit() == fault.ExitMet; met != (len(change.Verdict.Change.Against) == 0) {
				t.Errorf("exit %d and held against it %v", change.Exit(), change.Verdict.Change.Against)
			}
		})
	}
	for _, c := range []event.Change{event.Introduced, event.Unchanged, event.Moved, event.Removed} {
		if seen[c] == 0 {
			t.Errorf("nothing was %s in %d histories", c, rounds)
		}
	}
}

// TestBaseCostsNothingTwice: the second comparison makes no evidence, of neither
// side, and a base that moved on examines what moved alone.
func TestBaseCostsNothingTwice(t *testing.T) {
	dir := repotest.New(t)
	dir.Commit("one", map[string]string{"a.py": "one\n", "b.py": "two\n"})
	dir.Commit("two", map[string]string{"a.py": "one more\n"})
	b := newSince(t, dir.Dir)
	b.check("HEAD~1")
	first := b.kept()
	b.check("HEAD~1")
	if diff := cmp.Diff(first, b.kept()); diff != "" || len(first) < 5 {
		t.Errorf("of %d files of evidence: %s", len(first), diff)
	}
	r := b.check("")
	for _, f := range r.Findings {
		if f.Change != "" {
			t.Errorf("without a comparison %s is told as %s", f.Rule, f.Change)
		}
	}
	if diff := cmp.Diff(first, b.kept()); diff != "" {
		t.Errorf("the check after it: %s", diff)
	}
}

// kept are the files of evidence and when each was written.
func (b *sinceBench) kept() map[string]time.Time {
	b.t.Helper()
	paths, err := filepath.Glob(filepath.Join(b.opts.StateDir, "evidence", "*", "*.json"))
	if err != nil {
		b.t.Fatal(err)
	}
	at := map[string]time.Time{}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			b.t.Fatal(err)
		}
		at[path] = info.ModTime()
	}
	return at
}

// TestOtherBranchesAreNotTheChange: what another branch holds in its history is
// nothing that this change introduced.
func TestOtherBranchesAreNotTheChange(t *testing.T) {
	h := &history{Rand: rand.New(rand.NewPCG(3, 7)), Repo: repotest.New(t), files: map[string][]string{"a.py": {"one"}}}
	h.commit(0)
	h.Git("checkout", "-q", "-b", "other")
	h.Commit("leak", map[string]string{"leak.env": h.secret() + "\n"})
	h.Git("tag", "-a", "-m", "release", "v2.0.1", "other")
	h.Git("update-ref", "refs/tags/v2.0.2", "v2.0.1") // a tag that says inside that it is another
	h.Git("checkout", "-q", "-b", "work", "main")
	h.Commit("words", map[string]string{"words": "fine\n"})
	r := newSince(t, h.Dir).check("main")
	if got := prints(r, changed(event.Introduced)); len(got) != 0 {
		t.Errorf("the change introduced %v", got)
	}
	if got := prints(r, func(f event.Finding) bool { return f.Rule == "secret.aws-access-key-id" }); len(got) != 1 {
		t.Errorf("the other branch has %v", got)
	}
}
