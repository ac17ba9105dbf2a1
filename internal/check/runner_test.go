package check_test

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// counter is a check that reports every file that holds "bad" and counts how
// often it was asked about a file.
func counter(calls *atomic.Int64) *check.Check {
	return &check.Check{
		ID: "test.counter", Rules: []knowledge.Rule{{ID: "bad"}}, Inputs: []check.Input{check.Files("work tree", nil)},
		Run: func(ctx context.Context, p *check.Pass) error {
			counts, err := p.EachFile(ctx, "work tree", func(_ context.Context, f repo.File, r io.Reader, item *check.Item) error {
				calls.Add(1)
				data, err := io.ReadAll(r)
				if strings.Contains(string(data), "panic") {
					panic("hostile")
				}
				if strings.Contains(string(data), "bad") {
					item.Report(event.Finding{Rule: "bad", Path: f.Path, Fingerprint: f.Path})
				}
				item.Count("files", 1)
				return err
			})
			p.Observe(event.Observation{What: "files", Count: counts["files"]})
			return err
		},
	}
}

type bench struct {
	dir    string
	runner *check.Runner
}

func newBench(t *testing.T) *bench {
	b := &bench{dir: t.TempDir()}
	b.runner = &check.Runner{
		Store: evidence.OpenStore(filepath.Join(b.dir, "evidence"), evidence.OpenKeys(filepath.Join(b.dir, "keys"))),
		Clock: func() time.Time { return checktest.Now },
	}
	return b
}

func (b *bench) run(t *testing.T, c *check.Check, tree checktest.Tree) check.Word {
	t.Helper()
	b.runner.Subject = &check.Subject{Snapshot: checktest.Snapshot(tree), AsOf: checktest.Now, StateDir: b.dir}
	return b.runner.Run(t.Context(), []*check.Check{c})[0]
}

func TestMemo(t *testing.T) {
	b, tree := newBench(t), checktest.Tree{"a": "good", "b": "bad", "c": "good"}
	var calls atomic.Int64
	first := b.run(t, counter(&calls), tree)
	if first.Err != nil || first.Memo || calls.Load() != 3 {
		t.Fatalf("first run: %+v, %d calls", first, calls.Load())
	}
	second := b.run(t, counter(&calls), tree)
	if !second.Memo || calls.Load() != 3 {
		t.Errorf("second run: memo %v, %d calls", second.Memo, calls.Load())
	}
	if diff := cmp.Diff(first.Evidence, second.Evidence); diff != "" {
		t.Error(diff)
	}
	tree["c"] = "bad now"
	third := b.run(t, counter(&calls), tree)
	if third.Memo || calls.Load() != 4 {
		t.Errorf("after one changed file: memo %v, %d calls in all, expected 4", third.Memo, calls.Load())
	}
	if len(third.Evidence.Findings) != 2 || third.Evidence.Observations[0].Count != 3 {
		t.Errorf("after one changed file: %+v", third.Evidence.Record)
	}
	b.runner.NoMemo = true
	b.run(t, counter(&calls), tree)
	if calls.Load() != 7 {
		t.Errorf("without the memo: %d calls in all, expected 7", calls.Load())
	}
}

func TestAnotherToolOrRuleIsAnotherFunction(t *testing.T) {
	b, tree := newBench(t), checktest.Tree{"a": "good"}
	var calls atomic.Int64
	b.run(t, counter(&calls), tree)
	b.runner.Tool.Digest = "sha256:other"
	b.run(t, counter(&calls), tree)
	c := counter(&calls)
	c.Rules[0].Revision++
	b.run(t, c, tree)
	if calls.Load() != 3 {
		t.Errorf("got %d calls, expected 3", calls.Load())
	}
}

func TestExpiredWordIsAskedAgain(t *testing.T) {
	b := newBench(t)
	calls := 0
	c := &check.Check{ID: "test.expiry", Inputs: []check.Input{check.Files("all", nil)}, Run: func(_ context.Context, p *check.Pass) error {
		calls++
		p.FreshUntil(p.Now().Add(time.Hour))
		return nil
	}}
	tree := checktest.Tree{"a": "x"}
	b.run(t, c, tree)
	b.run(t, c, tree)
	if calls != 1 {
		t.Errorf("within the hour: %d calls", calls)
	}
	b.runner.Subject.AsOf = checktest.Now.Add(2 * time.Hour)
	if w := b.runner.Run(t.Context(), []*check.Check{c})[0]; w.Memo || calls != 2 {
		t.Errorf("after the hour: memo %v, %d calls", w.Memo, calls)
	}
}

// TestWordOfALaterDate: a run for a day to come must not speak for today.
func TestWordOfALaterDate(t *testing.T) {
	b := newBench(t)
	dated := &check.Check{ID: "test.dated", Inputs: []check.Input{check.Files("all", nil)}, Run: func(_ context.Context, p *check.Pass) error {
		if p.Now().Before(checktest.Now.Add(time.Hour)) {
			p.Report(event.Finding{Rule: "early"})
		}
		return nil
	}}
	timeless := counter(new(atomic.Int64))
	run := func(c *check.Check, asOf time.Time) check.Word {
		b.runner.Subject = &check.Subject{Snapshot: checktest.Snapshot(checktest.Tree{"a": "x"}), AsOf: asOf, StateDir: b.dir}
		return b.runner.Run(t.Context(), []*check.Check{c})[0]
	}
	run(dated, checktest.Now.Add(2*time.Hour))
	run(timeless, checktest.Now.Add(2*time.Hour))
	if w := run(dated, checktest.Now); w.Memo || len(w.Evidence.Findings) != 1 {
		t.Errorf("from the memo: %v, %d findings; expected a new call that finds one", w.Memo, len(w.Evidence.Findings))
	}
	if w := run(timeless, checktest.Now); !w.Memo {
		t.Error("a check that goes by no date was called again")
	}
}

// TestPanicIsOneFile: a hostile file costs itself and nothing else, and the
// check is asked again next time.
func TestPanicIsOneFile(t *testing.T) {
	b, tree := newBench(t), checktest.Tree{"a": "bad", "b": "panic", "c": "bad"}
	var calls atomic.Int64
	w := b.run(t, counter(&calls), tree)
	problems := w.Evidence.Problems
	if w.Err != nil || len(w.Evidence.Findings) != 2 || len(problems) != 1 || !problems[0].Incomplete || problems[0].Path != "b" {
		t.Fatalf("got %+v", w)
	}
	if w := b.run(t, counter(&calls), tree); w.Memo || calls.Load() != 4 {
		t.Errorf("an incomplete word was believed: memo %v, %d calls, expected 4", w.Memo, calls.Load())
	}
}

func TestErrorsAndPanicsOfACheckStayItsOwn(t *testing.T) {
	b := newBench(t)
	b.runner.Subject = &check.Subject{Snapshot: checktest.Snapshot(nil), AsOf: checktest.Now}
	words := b.runner.Run(t.Context(), []*check.Check{
		{ID: "test.error", Run: func(context.Context, *check.Pass) error { return errors.New("no") }},
		{ID: "test.panic", Run: func(context.Context, *check.Pass) error { panic("no") }},
		{ID: "test.undeclared", Run: func(_ context.Context, p *check.Pass) error { p.Files("secret"); return nil }},
		{ID: "test.fine", Run: func(context.Context, *check.Pass) error { return nil }},
	})
	for i, wantErr := range []bool{true, true, true, false} {
		if got := words[i].Err != nil; got != wantErr {
			t.Errorf("%s: error %v", words[i].Check.ID, words[i].Err)
		}
	}
}

// TestOrderDoesNotDependOnScheduling runs the same files many times.
func TestOrderDoesNotDependOnScheduling(t *testing.T) {
	tree := checktest.Tree{}
	for i := range 200 {
		tree[strings.Repeat("x", i%17)+string(rune('a'+i%26))+strings.Repeat("y", i/26)] = "bad"
	}
	var calls atomic.Int64
	want := checktest.Run(t, counter(&calls), tree)
	for range 5 {
		if diff := cmp.Diff(want.Findings, checktest.Run(t, counter(&calls), tree).Findings); diff != "" {
			t.Fatal(diff)
		}
	}
}

// TestTwinsAreToldApart: two findings that say the same are two all the same.
func TestTwinsAreToldApart(t *testing.T) {
	twice := &check.Check{ID: "test.twins", Rules: []knowledge.Rule{{ID: "same"}}, Inputs: []check.Input{check.Files("all", nil)}, Run: func(_ context.Context, p *check.Pass) error {
		for _, path := range []string{"b", "a", "c"} {
			p.Report(event.Finding{Rule: "same", Path: path, Fingerprint: "0123"})
		}
		return nil
	}}
	found := checktest.Run(t, twice, checktest.Tree{"a": ""}).Findings
	if found[0].Fingerprint != "0123" || found[1].Fingerprint == "0123" || found[1].Fingerprint == found[2].Fingerprint {
		t.Errorf("got %v", found)
	}
}

// TestRevisionBorrows: another state of the files is examined where it differs
// alone, and neither memo forgets what the other needs.
func TestRevisionBorrows(t *testing.T) {
	b, now, then := newBench(t), checktest.Tree{"a": "good", "b": "bad"}, checktest.Tree{"a": "good", "b": "was bad"}
	var calls atomic.Int64
	run := func(revision string, tree checktest.Tree) check.Word {
		b.runner.Revision = revision
		return b.run(t, counter(&calls), tree)
	}
	run("", now)
	if base := run("abc", then); base.Evidence.Revision != "abc" || calls.Load() != 3 {
		t.Errorf("the base: revision %q, %d calls in all, expected 3", base.Evidence.Revision, calls.Load())
	}
	now["c"] = "good"
	run("", now)
	then["c"] = "good"
	run("def", then)
	if calls.Load() != 4 {
		t.Errorf("after one more file on both sides: %d calls in all, expected 4", calls.Load())
	}
	if item, ok := b.runner.Store.Latest(t.Context(), "test.counter", b.runner.Repository); !ok || item.Revision != "" {
		t.Errorf("the latest evidence is of the revision %q", item.Revision)
	}
}
