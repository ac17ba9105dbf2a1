//go:build linux

package verify_test

import (
	"crypto/sha256"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

// process is what a whole process took.
type process struct {
	wall, cpu time.Duration
	peak      int64 // bytes
}

func measured(b *testing.B, name string, args ...string) process {
	b.Helper()
	cmd := exec.Command(name, args...)
	began := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", name, err, out)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return process{time.Since(began), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), usage.Maxrss << 10}
}

func (p process) best(o process) process {
	if p.wall == 0 {
		return o
	}
	return process{min(p.wall, o.wall), min(p.cpu, o.cpu), max(p.peak, o.peak)}
}

// BenchmarkProcess is the whole of a verification, process and all, beside
// sha256sum on the same file and beside what all processors together can hash
// that read nothing. Read the ratios; the best of all turns counts.
//
//	go test -run '^$' -bench Process -benchtime 5x ./verify
func BenchmarkProcess(b *testing.B) {
	for _, size := range []int64{1 << 20, 1 << 30} {
		name := map[int64]string{1 << 20: "1MiB", 1 << 30: "1GiB"}[size]
		b.Run(name, func(b *testing.B) {
			program, dir := minimalOf(b), b.TempDir()
			path := sealedFile(b, dir, size)
			var ours, theirs process
			var ceiling time.Duration
			for b.Loop() {
				ours = ours.best(measured(b, program, filepath.Join(dir, "trust"), filepath.Join(dir, "bundle"), path))
				theirs = theirs.best(measured(b, "sha256sum", path))
				if took := hashAll(size); ceiling == 0 || took < ceiling {
					ceiling = took
				}
			}
			b.ReportMetric(float64(ours.cpu.Microseconds())/1000, "cpu-ms")
			b.ReportMetric(float64(ours.peak)/(1<<20), "peak-MiB")
			b.ReportMetric(float64(ours.wall)/float64(theirs.wall), "wall/sha256sum")
			b.ReportMetric(float64(ours.cpu)/float64(theirs.cpu), "cpu/sha256sum")
			b.ReportMetric(float64(ceiling)/float64(ours.wall), "of-parallel-rate")
		})
	}
}

func minimalOf(b *testing.B) string {
	b.Helper()
	out := filepath.Join(b.TempDir(), "minimal")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", out, "./testdata/minimal")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, text)
	}
	return out
}

// sealedFile writes a file of noise, and the bundle and the trust file for it.
func sealedFile(b *testing.B, dir string, size int64) string {
	b.Helper()
	path := filepath.Join(dir, "file")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for part, left := noise(1<<20), size; left > 0; left -= int64(len(part)) {
		if _, err := f.Write(part); err != nil {
			b.Fatal(err)
		}
	}
	tree, _, err := verify.BuildTree(f, size, verify.DefaultChunk)
	if err != nil {
		b.Fatal(err)
	}
	o := verifytest.New()
	o.Next(func(d *verify.TrustDocument) { d.Expires = time.Now().AddDate(1, 0, 0) })
	r := o.Release("app", "1.0.0", verifytest.Content{Name: "file", Data: []byte("stands for it"), Size: size, Tree: &tree})
	p := &r.Statement.Predicate
	p.Issued, p.Expires, r.Unlogged = time.Now().Add(-time.Minute).UTC(), time.Now().Add(time.Hour).UTC(), true
	for name, data := range map[string][]byte{"trust": o.TrustFile(), "bundle": r.Bundle()} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return path
}

// hashAll hashes as many bytes as a file has, on all processors, out of their
// nearest caches.
func hashAll(size int64) time.Duration {
	began, workers := time.Now(), runtime.GOMAXPROCS(0)
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			h, buf := sha256.New(), make([]byte, 32<<10)
			for left := size / int64(workers); left > 0; left -= int64(len(buf)) {
				h.Write(buf)
			}
		})
	}
	wait.Wait()
	return time.Since(began)
}
