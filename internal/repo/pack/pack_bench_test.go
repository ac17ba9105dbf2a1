package pack

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
)

func BenchmarkWalk(b *testing.B) {
	dir := os.Getenv("PLIMSOLL_REPOSITORY")
	if dir == "" {
		b.Skip("PLIMSOLL_REPOSITORY names no git directory")
	}
	for _, kind := range []Kind{Commit, Tree, Blob} {
		b.Run(kind.String(), func(b *testing.B) {
			for b.Loop() {
				s, err := Open([]string{filepath.Join(dir, "objects")}, 20)
				if err != nil {
					b.Fatal(err)
				}
				var n, size, copied, seams atomic.Int64
				res, err := s.Walk(b.Context(), kind, func(uint32) bool { return true }, func(_ int, o Object, _ any) (any, error) {
					n.Add(1)
					size.Add(int64(len(o.Data)))
					for _, r := range o.Runs {
						copied.Add(int64(r.Len))
					}
					seams.Add(int64(len(o.Runs)))
					return nil, nil
				})
				if err != nil {
					b.Fatal(err)
				}
				s.Close()
				b.ReportMetric(float64(n.Load()), "objects")
				b.ReportMetric(float64(size.Load())/1e6, "MB")
				b.ReportMetric(float64(size.Load()-copied.Load())/1e6, "newMB")
				b.ReportMetric(float64(seams.Load()), "runs")
				if len(res.Faults) > 0 {
					b.Log(len(res.Large), len(res.Faults), res.Faults[0])
				}
			}
		})
	}
}
