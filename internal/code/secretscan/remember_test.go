package secretscan

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
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

// TestGrowing runs the check after each commit with the memo of the runs before.
// What is new is told from the commits that are new, and the result is that of a
// run over everything.
func TestGrowing(t *testing.T) {
	g, state := repotest.New(t), t.TempDir()
	g.Commit("one", map[string]string{"old.env": "TOKEN=" + tokenOf(1) + "\n", "a.txt": "a\n"})
	for i, step := range []struct {
		grows bool
		do    func()
	}{
		{true, func() {
			g.Commit("two\n\n"+tokenOf(2), map[string]string{"old.env": "\n", "b.env": "TOKEN=" + tokenOf(3) + "\n"})
		}},
		{true, func() { g.Commit("the old again", map[string]string{"c.env": "TOKEN=" + tokenOf(1) + "\n"}) }},
		{true, func() { g.Git("tag", "-a", "-m", tokenOf(4), "v1") }},
		{true, func() {
			g.Git("checkout", "-q", "-b", "side")
			g.Commit("side", map[string]string{"side.env": "TOKEN=" + tokenOf(5) + "\n"})
			g.Git("checkout", "-q", "main")
			g.Commit("main", map[string]string{"a.txt": "b\n"})
			g.Git("merge", "-q", "--no-commit", "side")
			g.Commit("merged", map[string]string{"evil.env": "TOKEN=" + tokenOf(6) + "\n"})
		}},
		{false, func() { g.Git("branch", "-D", "side"); g.Git("tag", "-d", "v1") }},
		{false, func() { g.Git("reset", "-q", "--hard", "HEAD~1") }},
	} {
		runWithMemo(t, g.Dir, state)
		before := openRepo(t, g.Dir)
		all, err := before.Messages(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		step.do()
		_, grows := openRepo(t, g.Dir).Grown(t.Context(), before.Extent(), func(oid string) bool { return slices.Contains(all, oid) })
		if grows != step.grows {
			t.Errorf("step %d: grows %v", i, grows)
		}
		got, want := runWithMemo(t, g.Dir, state), checktest.RunRepo(t, New(), g.Dir)
		if diff := cmp.Diff(want.Findings, got.Findings); diff != "" {
			t.Errorf("step %d: findings differ: %s", i, diff)
		}
		if diff := cmp.Diff(want.Observations, got.Observations); diff != "" {
			t.Errorf("step %d: observations differ: %s", i, diff)
		}
	}
}

func openRepo(t *testing.T, dir string) *repo.Repo {
	t.Helper()
	r, err := repo.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
