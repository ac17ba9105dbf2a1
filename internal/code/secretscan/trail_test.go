package secretscan

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/repo"
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
	if d := cmp.Diff(whole.found, fast.found); d != "" {
		t.Errorf("sightings: %.4000s", d)
	}
}
