package secretscan

import (
	"os"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// BenchmarkHistory examines the history of the repository that
// PLIMSOLL_REPOSITORY names.
func BenchmarkHistory(b *testing.B) {
	dir := os.Getenv("PLIMSOLL_REPOSITORY")
	if dir == "" {
		b.Skip("PLIMSOLL_REPOSITORY names no repository")
	}
	for b.Loop() {
		s := newTestScanner(b)
		r, err := repo.Open(b.Context(), dir)
		if err != nil {
			b.Fatal(err)
		}
		found := newBlobs()
		in, err := r.Introductions(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.eachBlob(b.Context(), nil, r, in, newBlobs(), found); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(found.len()), "blobs")
	}
}
