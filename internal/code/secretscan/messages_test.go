package secretscan

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
)

// tokenOf makes tokens of GitHub that differ, with right checksums; see token.
func tokenOf(n int) string {
	random := fmt.Sprintf("zQWBuTSOoRi4A9spHcVY5ncnsDk%03d", n)
	sum := make([]byte, 6)
	for i, rest := 5, crc32.ChecksumIEEE([]byte(random)); i >= 0; i, rest = i-1, rest/62 {
		sum[i] = base62[rest%62]
	}
	return "ghp_" + random + string(sum)
}

// TestEverywhere puts a secret into each place of a repository that is no file
// of a branch.
func TestEverywhere(t *testing.T) {
	g := repotest.New(t)
	g.Commit("first", map[string]string{"a": "a\n"})
	told := g.Commit("second\n\nthe key is "+tokenOf(1), map[string]string{"a": "b\n"})
	g.Git("tag", "-a", "-m", "released with "+tokenOf(2), "v1")
	g.Git("notes", "add", "-m", "signed off, "+tokenOf(3))
	for n := 4; n <= 5; n++ {
		g.Write(map[string]string{"a": "stashed " + tokenOf(n) + "\n"})
		g.Git("stash")
	}
	g.Write(map[string]string{"one": "direct " + tokenOf(6) + "\n", "dir/two": "direct " + tokenOf(7) + "\n"})
	blob := g.Git("hash-object", "-w", "one")
	g.Git("update-ref", "refs/blobs/one", blob)
	g.Git("add", "dir")
	tree := g.Git("write-tree")
	g.Git("update-ref", "refs/trees/two", tree)
	g.Git("reset", "-q", "--hard")
	g.Git("clean", "-fdq")
	pointer := "version https://git-lfs.github.com/spec/v1\noid sha256:" + strings.Repeat("0", 64) + "\nsize 1234\n"
	g.Commit("pointer", map[string]string{"model.bin": pointer})
	r := checktest.RunRepo(t, New(), g.Dir)
	var got []string
	for _, f := range r.Findings {
		_, where, _ := strings.Cut(f.Message, "characters)")
		got = append(got, f.Path+where)
		if strings.Contains(where, "message") && f.Commit != told {
			t.Errorf("%s: commit %s, expected %s", f.Message, f.Commit, told)
		}
	}
	slices.Sort(got)
	later := ", in history only: removing it from the tree didn't revoke it"
	want := []string{
		", in an object that a ref names by itself" + later,
		", in the message of the commit " + told[:12],
		", in the message of the tag v1",
		told + later, // the note, which is a file of that name
		"a" + later, "a" + later,
		"dir/two" + later,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	counts := map[string]int64{}
	for _, o := range r.Observations {
		counts[o.What] = o.Count
	}
	for _, where := range []string{"the history", "the work tree"} {
		if n := counts["Git LFS pointers in "+where+", whose content is not in the repository"]; n != 1 {
			t.Errorf("%d pointers in %s", n, where)
		}
	}
}
