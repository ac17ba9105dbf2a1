package repo_test

import (
	"io"
	"os"
	"testing"
)

// BenchmarkHistory reads every blob of the repository that PLIMSOLL_BENCH_REPO
// names, as a check of the whole history does.
func BenchmarkHistory(b *testing.B) {
	dir := os.Getenv("PLIMSOLL_BENCH_REPO")
	if dir == "" {
		b.Skip("PLIMSOLL_BENCH_REPO names no repository")
	}
	for b.Loop() {
		blobs, bytes := 0, int64(0)
		missing, err := open(b, dir).EachBlob(b.Context(), nil, func(_ string, size int64, r io.Reader) error {
			blobs, bytes = blobs+1, bytes+size
			_, err := io.Copy(io.Discard, r)
			return err
		})
		b.Logf("%d blobs, %d MB, %d missing, %v", blobs, bytes>>20, len(missing), err)
	}
}
