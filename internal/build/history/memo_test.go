package history_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/build/history"
	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// With a memo every run says what one without says: on the same tree, after a
// changed file, after a changed policy and after a new commit.
func TestMemoChangesNothing(t *testing.T) {
	s := build(t, knowledge.Example{Path: "HISTORY", Text: "commit Eve <eve@example.net>\ntag v1.0.0\n"})
	s.Write(map[string]string{"a.js": "x\n"})
	with := remembering{s, t.TempDir()}
	for _, change := range []struct {
		name string
		do   func()
	}{
		{"first", func() {}},
		{"same again", func() {}},
		{"a file", func() { s.Write(map[string]string{"a.js": "const { a,\u3164} = req.query;\n"}) }},
		{"the policy", func() {
			s.Write(map[string]string{".plimsoll/access.yaml": "people: [{name: Ada, emails: [ada@example.org]}]\nrules: {authors_must_be_listed: true}\n"})
		}},
		{"the policy again", func() {
			s.Write(map[string]string{".plimsoll/access.yaml": "people: [{name: Ada, emails: [ada@example.org]}]\n"})
		}},
		{"a commit", func() { s.step("signature SSH") }},
	} {
		change.do()
		want, got := runDir(t, s.Dir), with.run(t)
		if diff := cmp.Diff(want.Findings, got); diff != "" {
			t.Errorf("after %s: %s", change.name, diff)
		}
	}
}

// remembering runs the check with a memo.
type remembering struct {
	scene
	memo string
}

func (s remembering) run(t *testing.T) []event.Finding {
	t.Helper()
	r, err := repo.Open(t.Context(), s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, _, err := r.Snapshot(t.Context(), s.memo)
	if err != nil {
		t.Fatal(err)
	}
	runner := &check.Runner{
		Subject: &check.Subject{Repo: r, Snapshot: snapshot, AsOf: checktest.Now, StateDir: s.memo},
		Clock:   func() time.Time { return checktest.Now },
		Store:   evidence.OpenStore(t.TempDir(), evidence.OpenKeys(t.TempDir())),
	}
	w := runner.Run(t.Context(), []*check.Check{history.New()})[0]
	if w.Err != nil {
		t.Fatal(w.Err)
	}
	return w.Evidence.Record.Findings
}
