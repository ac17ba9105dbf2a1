package repo

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
)

// TestIntroductionsAreGits compares with what git's own log says, on this
// repository or on the one that PLIMSOLL_REPOSITORY names.
func TestIntroductionsAreGits(t *testing.T) {
	dir := os.Getenv("PLIMSOLL_REPOSITORY")
	if dir == "" {
		dir = filepath.Join("..", "..")
	}
	r, err := Open(t.Context(), dir)
	if err != nil {
		t.Skip(err)
	}
	compareWithGit(t, r)
}

func compareWithGit(t *testing.T, r *Repo) {
	t.Helper()
	want, err := r.askIntroductions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.readStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.byBlob) != len(want.byBlob) || len(got.commits) != len(want.commits) {
		t.Fatalf("%d blobs in %d commits, git has %d in %d", len(got.byBlob), len(got.commits), len(want.byBlob), len(want.commits))
	}
	for i := range want.commits {
		if got.commits[i] != want.commits[i] {
			t.Fatalf("commit %d of the log is %s, git has %s", i, got.commits[i], want.commits[i])
		}
	}
	wrong := 0
	for id, w := range want.byBlob {
		g, ok := got.byBlob[id]
		if !ok || g.commit != w.commit || got.paths[g.path] != want.paths[w.path] {
			if wrong++; wrong < 10 {
				t.Errorf("%x: commit %d %q, git has %d %q", id, g.commit, got.paths[g.path], w.commit, want.paths[w.path])
			}
		}
	}
	t.Logf("%d blobs in %d commits, %d otherwise", len(want.byBlob), len(want.commits), wrong)
}

func BenchmarkIntroductions(b *testing.B) {
	dir := os.Getenv("PLIMSOLL_REPOSITORY")
	if dir == "" {
		b.Skip("PLIMSOLL_REPOSITORY names no repository")
	}
	for b.Loop() {
		r, err := Open(b.Context(), dir)
		if err != nil {
			b.Fatal(err)
		}
		in, err := r.Introductions(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(in.Len()), "blobs")
	}
}

// TestIntroductionsOfRandomHistories has forks, merges and wrong clocks, loose
// and packed.
func TestIntroductionsOfRandomHistories(t *testing.T) {
	lines := []string{"one\n", "two\n", "three\n", "four and more\n"}
	for seed := range uint64(6) {
		g := repotest.New(t)
		if seed%2 == 1 {
			g.Git("config", "fastimport.unpackLimit", "1000000")
		}
		g.Random(seed, 300, lines)
		if seed == 2 {
			g.Git("repack", "-adfq", "--depth=50", "--window=250")
		}
		r, err := Open(t.Context(), g.Dir)
		if err != nil {
			t.Fatal(err)
		}
		compareWithGit(t, r)
	}
}
