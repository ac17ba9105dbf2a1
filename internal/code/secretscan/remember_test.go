package secretscan

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// TestRememberingChangesNoResult runs the check after each of several changes
// with the memo of the runs before, and holds the result against a run without.
func TestRememberingChangesNoResult(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	git(t, dir, "init", "-q", "-b", "main")
	steps := []func(){
		func() { commit(t, dir, map[string]string{"old.env": "TOKEN=" + token + "\n", "a.txt": "a\n"}) },
		func() { write(t, dir, "new.yml", "password: "+password+"\n") }, // the work tree alone
		func() { commit(t, dir, map[string]string{"old.env": "TOKEN=${TOKEN}\n"}) },
		func() { // the history goes: what only it held goes too
			git(t, dir, "checkout", "-q", "--orphan", "fresh")
			git(t, dir, "commit", "-q", "-m", "fresh")
			git(t, dir, "branch", "-q", "-D", "main")
		},
	}
	for i, step := range steps {
		step()
		got := runWithMemo(t, dir, state)
		want := checktest.RunRepo(t, New(), dir)
		if diff := cmp.Diff(want.Findings, got.Findings); diff != "" {
			t.Errorf("step %d: findings differ: %s", i, diff)
		}
		if diff := cmp.Diff(want.Observations, got.Observations); diff != "" {
			t.Errorf("step %d: observations differ: %s", i, diff)
		}
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func runWithMemo(t *testing.T, dir, state string) evidence.Record {
	t.Helper()
	r, err := repo.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, _, err := r.Snapshot(t.Context(), state)
	if err != nil {
		t.Fatal(err)
	}
	runner := &check.Runner{
		Subject: &check.Subject{Repo: r, Snapshot: snapshot, AsOf: checktest.Now, StateDir: state},
		Store:   evidence.OpenStore(t.TempDir(), evidence.OpenKeys(t.TempDir())),
		Clock:   func() time.Time { return checktest.Now },
	}
	w := runner.Run(t.Context(), []*check.Check{New()})[0]
	if w.Err != nil {
		t.Fatal(w.Err)
	}
	return w.Evidence.Record
}
