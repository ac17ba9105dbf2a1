package secretscan

import (
	"context"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/code/unwrap"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
)

// TestVersionsAreWholeTexts holds what is found in versions against what reading
// each whole text gives, on this repository or the one that PLIMSOLL_REPOSITORY
// names.
func TestVersionsAreWholeTexts(t *testing.T) {
	dir := os.Getenv("PLIMSOLL_REPOSITORY")
	if dir == "" {
		dir = filepath.Join("..", "..", "..")
	}
	r, err := repo.Open(t.Context(), dir)
	if err != nil {
		t.Skip(err)
	}
	compareWithWhole(t, r)
}

func compareWithWhole(t *testing.T, r *repo.Repo) {
	t.Helper()
	s := newTestScanner(t)
	fast := newBlobs()
	_, err := r.EachVersion(t.Context(), repo.Versions{
		Version: func(v repo.Version) (any, error) {
			result, kept, err := s.version(v)
			if v.Wanted {
				err = fast.put(v.OID)(result, err)
			}
			return kept, err
		},
		Large: func(oid string, size int64, content io.Reader) error { return fast.put(oid)(s.read(content, size)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	whole := newBlobs()
	_, err = r.EachBlob(t.Context(), nil, func(oid string, size int64, content io.Reader) error {
		return whole.put(oid)(s.read(content, size))
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, found := range whole.found {
		seen += len(found)
	}
	t.Logf("%d blobs, %d sightings in %d", whole.len(), seen, len(whole.found))
	if d := cmp.Diff(whole.sizes, fast.sizes); d != "" {
		t.Errorf("sizes: %.2000s", d)
	}
	if d := cmp.Diff(whole.cut, fast.cut); d != "" {
		t.Errorf("cuts: %.2000s", d)
	}
	if d := cmp.Diff(whole.inside, fast.inside, cmpopts.IgnoreUnexported(unwrap.Walk{})); d != "" {
		t.Errorf("looked into: %.2000s", d)
	}
	if d := cmp.Diff(whole.found, fast.found); d != "" {
		t.Errorf("sightings: %.4000s", d)
	}
}

// TestVersionsOfRandomHistories does it with files that are cut and put together
// anew, so that deltas copy to and from the midst of what is found.
func TestVersionsOfRandomHistories(t *testing.T) {
	_, secrets := newTestEngine(t)
	lines := []string{"package main\n", "\n", "// a comment, long enough to be copied by itself\n", strings.Repeat("filler ", 200) + "\n", "x", "\t}\n",
		"key: " + token + "\n", "password = \"" + password + "\"\n", "export DB_PASSWORD=" + password + "\n", "    ", "\x00binary"}
	env := "TOKEN=" + token + "\nDB_PASSWORD=" + password + "\n"
	encoded := base64Of(env)
	lines = append(lines, "a: "+encoded+"\n", encoded[:40], encoded[40:]+"\n", encoded, encoded[:60]+"\n"+encoded[60:]+"\n", "b = \"0x"+hex.EncodeToString([]byte(env))+"\"\n",
		`x = "`+escapedOf(token)+`"`+"\n", `\x41`, "\\", "%5", "%41%42"+token, "kind: Secret\n", "kind: Se", "cret\ndata:\n", "  password: "+base64Of(password)+"\n",
		base64Of(gzipOf(t, env))+"\n", "abcdefghijklmnopqrstuvwxyz0123456789", "=", "-", "/")
	for i := range secrets {
		for _, e := range secrets[i].Examples.Match[:min(2, len(secrets[i].Examples.Match))] {
			lines = append(lines, e.Text+"\n")
		}
	}
	for seed := range uint64(6) {
		g := repotest.New(t)
		g.Random(seed, 150, lines)
		g.Git("repack", "-adfq", "--depth=50", "--window=250")
		r, err := repo.Open(t.Context(), g.Dir)
		if err != nil {
			t.Fatal(err)
		}
		compareWithWhole(t, r)
	}
}

// TestThorough holds the two ways against each other in a run, and tells of what
// differs.
func TestThorough(t *testing.T) {
	g := repotest.New(t)
	g.Commit("one", map[string]string{"a": "key: " + token + "\n", "b": "b\n"})
	r, err := repo.Open(t.Context(), g.Dir)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, _, err := r.Snapshot(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	got := checktest.RunSubject(t, New(), &check.Subject{Repo: r, Snapshot: snapshot, AsOf: checktest.Now, Thorough: true})
	if len(got.Findings) != 1 || len(got.Problems) != 0 {
		t.Errorf("findings %v, problems %v", got.Findings, got.Problems)
	}
	s, wrong := newTestScanner(t), newBlobs()
	wrong.sizes[g.Git("rev-parse", "HEAD:a")] = 1
	told := checktest.RunSubject(t, &check.Check{ID: "x.y", Run: func(ctx context.Context, p *check.Pass) error { return s.thorough(ctx, p, r, wrong) }},
		&check.Subject{Repo: r, Snapshot: snapshot, AsOf: checktest.Now})
	if len(told.Problems) != 1 || !told.Problems[0].Incomplete || len(wrong.found) != 1 {
		t.Errorf("problems %v; found %v", told.Problems, wrong.found)
	}
}
