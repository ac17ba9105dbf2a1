package assess_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/report"
)

// BenchmarkRun assesses the repository that PLIMSOLL_BENCH_REPO names, inside
// this process, so that -cpuprofile shows where the time goes.
func BenchmarkRun(b *testing.B) {
	dir := os.Getenv("PLIMSOLL_BENCH_REPO")
	if dir == "" {
		b.Skip("PLIMSOLL_BENCH_REPO names no repository")
	}
	state, keys := b.TempDir(), b.TempDir()
	run := func(b *testing.B) {
		b.Helper()
		_, err := assess.Run(b.Context(), assess.Options{Dir: dir, StateDir: state, KeysDir: keys, Handler: report.Tee()})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			for _, part := range []string{"memo", "evidence", "digests"} {
				if err := os.RemoveAll(filepath.Join(state, part)); err != nil {
					b.Fatal(err)
				}
			}
			b.StartTimer()
			run(b)
		}
	})
	b.Run("second", func(b *testing.B) {
		run(b)
		for b.Loop() {
			run(b)
		}
	})
}
