package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
)

// tenThousand makes a repository of about 10,000 files of real text.
func tenThousand(b *testing.B) string {
	g := repotest.New(b)
	files := goSources(b, 10_000)
	for i, more := 0, goSources(b, 10_000); len(files) < 10_000; i++ {
		for path, text := range more {
			if len(files) < 10_000 {
				files[fmt.Sprintf("copy%d/%s", i, path)] = fmt.Sprintf("// copy %d\n%s", i, text)
			}
		}
	}
	g.Commit("ten thousand files", files)
	return g.Dir
}

func runCheck(b *testing.B, home, dir string) {
	b.Helper()
	cmd := process(b, home, "check", dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() > 1 {
			b.Fatalf("%v\n%s", err, out)
		}
	}
}

// BenchmarkCheck times the whole command on 10,000 files: the first run, the
// second, and one after a single changed file.
func BenchmarkCheck(b *testing.B) {
	dir, home := tenThousand(b), b.TempDir()
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			os.RemoveAll(filepath.Join(dir, ".git", "plimsoll"))
			b.StartTimer()
			runCheck(b, home, dir)
		}
	})
	b.Run("second", func(b *testing.B) {
		runCheck(b, home, dir)
		for b.Loop() {
			runCheck(b, home, dir)
		}
	})
	b.Run("one changed", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			text := fmt.Sprintf("package changed // %d\n", i)
			if err := os.WriteFile(filepath.Join(dir, "changed.go"), []byte(text), 0o644); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			runCheck(b, home, dir)
		}
	})
}

// BenchmarkVersion times the start of the program.
func BenchmarkVersion(b *testing.B) {
	home := b.TempDir()
	for b.Loop() {
		if err := process(b, home, "version").Run(); err != nil {
			b.Fatal(err)
		}
	}
}
