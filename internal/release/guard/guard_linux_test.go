package guard

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

const (
	helper  = "PLIMSOLL_TEST_GUARD" // the program that a child of this test guards
	refused = 77                    // its exit status where it runs nothing
)

func TestMain(m *testing.M) {
	if path := os.Getenv(helper); path != "" {
		os.Exit(guardAndRun(path))
	}
	os.Exit(m.Run())
}

// guardAndRun does in a process of its own what `plimsoll guard` does.
func guardAndRun(path string) int {
	data, err := os.ReadFile(os.Getenv(helper + "_BUNDLE"))
	if err != nil {
		return 2
	}
	b, err := verify.OpenBundle(data, verifytest.New().Trust(), verify.Policy{Now: clock})
	if err != nil {
		return 3
	}
	p, err := Hold(path, b, false)
	if err != nil {
		return refused
	}
	_ = p.Run([]string{path, "argument"}, []string{"SECRET=open"})
	return 4
}

func clock() time.Time { return verifytest.Now }

func bundleOf(t testing.TB, data []byte) (*verify.Bundle, string) {
	t.Helper()
	o := verifytest.New()
	tree, _, err := verify.BuildTree(bytes.NewReader(data), int64(len(data)), 64<<10)
	if err != nil {
		t.Fatal(err)
	}
	bundle := o.Release("app", "1.0.0", verifytest.Content{Name: "app", Data: data, Tree: &tree}).Bundle()
	b, err := verify.OpenBundle(bundle, o.Trust(), verify.Policy{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "app.plimsoll")
	write(t, path, bundle)
	return b, path
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
}

func noise(seed byte, size int) []byte {
	data := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(data)
	return data
}

// swap does to path, until it is stopped, what somebody would who wants other
// bytes to run: put files in its place, and write into the one that is there.
func swap(path string, good, evil []byte) (stop func()) {
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		dice := rand.New(rand.NewPCG(1, 2))
		for {
			select {
			case <-done:
				return
			default:
			}
			switch dice.IntN(5) {
			case 0:
				replace(path, evil)
			case 1:
				scribble(path, evil, dice.IntN(len(evil)))
			case 2:
				_ = os.Truncate(path, int64(dice.IntN(len(good))))
			default:
				replace(path, good)
			}
		}
	})
	return func() { close(done); wait.Wait() }
}

func replace(path string, data []byte) {
	if os.WriteFile(path+".new", data, 0o755) == nil {
		_ = os.Rename(path+".new", path)
	}
}

func scribble(path string, data []byte, from int) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return // it runs, and the system holds it
	}
	defer f.Close()
	_, _ = f.WriteAt(data[from:], int64(from))
}

// TestRace: ten thousand times somebody swaps the program while it is opened,
// copied and verified. What is held is what the permit names, or nothing is.
func TestRace(t *testing.T) {
	n := 10_000
	if testing.Short() {
		n = 500
	}
	good, evil := noise(1, 32<<10), noise(2, 32<<10)
	b, _ := bundleOf(t, good)
	path := filepath.Join(t.TempDir(), "app")
	write(t, path, good)
	stop := swap(path, good, evil)
	defer stop()
	accepted := 0
	for range n {
		p, err := Hold(path, b, false)
		if err != nil {
			if verify.ReasonOf(err) == "" && fault.CodeOf(err) == fault.Internal {
				t.Fatal(err)
			}
			continue
		}
		got, err := io.ReadAll(io.NewSectionReader(p.file, 0, 1<<20))
		if err != nil || !bytes.Equal(got, good) || !p.Permit().Valid() {
			t.Fatalf("other bytes are held: %d of them, %v", len(got), err)
		}
		accepted++
		p.Close()
	}
	if accepted == 0 || accepted == n {
		t.Fatalf("%d of %d were accepted: nobody raced", accepted, n)
	}
	t.Logf("%d of %d were accepted, each with the right bytes", accepted, n)
}

// TestRaceRun is the same with real programs that really run.
func TestRaceRun(t *testing.T) {
	if testing.Short() {
		t.Skip("takes the compiler and 200 processes")
	}
	good, evil := compiled(t, "good"), compiled(t, "evil")
	_, bundle := bundleOf(t, good)
	path := filepath.Join(t.TempDir(), "app")
	write(t, path, good)
	stop := swap(path, good, evil)
	counts := map[int]int{}
	for range 200 {
		counts[run(t, path, bundle)]++
	}
	stop()
	replace(path, good)
	counts[run(t, path, bundle)]++
	if counts[42] == 0 || counts[42]+counts[refused] != 201 {
		t.Errorf("exit statuses: %v; 42 is the right program, 66 the wrong one, %d none", counts, refused)
	}
	t.Logf("exit statuses: %v", counts)
}

func run(t *testing.T, path, bundle string) int {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), helper+"="+path, helper+"_BUNDLE="+bundle)
	err = cmd.Run()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		t.Fatalf("expected an exit status, got %v", err)
	}
	return exit.ExitCode()
}

func compiled(t *testing.T, which string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), which)
	cmd := exec.Command("go", "build", "-ldflags=-s -w -X main.which="+which, "-o", out, "./testdata/exit")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestSealed: what is held cannot be written to, by this process either.
func TestSealed(t *testing.T) {
	data := noise(1, 5000)
	b, _ := bundleOf(t, data)
	path := filepath.Join(t.TempDir(), "app")
	write(t, path, data)
	p, err := Hold(path, b, false)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := p.file.WriteAt([]byte("x"), 0); err == nil {
		t.Error("it was written to")
	}
	if err := p.file.Truncate(10); err == nil {
		t.Error("it was cut")
	}
	if f, err := os.OpenFile("/proc/self/fd/"+strconv.Itoa(int(p.file.Fd())), os.O_RDWR, 0); err == nil {
		if _, err := f.WriteAt([]byte("x"), 0); err == nil {
			t.Error("it was written to through another descriptor")
		}
		f.Close()
	}
}

func TestHoldRefuses(t *testing.T) {
	script := []byte("#!/bin/sh\necho hello\n")
	good := noise(1, 5000)
	b, _ := bundleOf(t, good)
	ofScript, _ := bundleOf(t, script)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write(t, at("app"), good)
	write(t, at("other"), noise(2, 5000))
	write(t, at("large"), noise(2, 6000))
	write(t, at("script"), script)
	write(t, at("plain"), good)
	if err := os.Chmod(at("plain"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		path   string
		bundle *verify.Bundle
		reason verify.Reason
		code   fault.Code
	}{
		{at("other"), b, verify.WrongArtifact, ""},
		{at("large"), b, verify.WrongArtifact, ""},
		{at("script"), ofScript, "", fault.NotThere},
		{at("plain"), b, "", fault.Usage},
		{at("missing"), b, "", fault.NotFound},
		{dir, b, "", fault.Usage},
	}
	for _, direct := range []bool{false, true} {
		if p, err := Hold(at("app"), b, direct); err != nil || !p.Permit().Valid() {
			t.Errorf("the right one: %v", err)
		}
		for _, test := range tests {
			_, err := Hold(test.path, test.bundle, direct)
			if err == nil || verify.ReasonOf(err) != test.reason || test.code != "" && fault.CodeOf(err) != test.code {
				t.Errorf("%s: %v", test.path, err)
			}
		}
	}
}

// TestSecret: it is read from its beginning, as often as wanted, and written to
// by nobody.
func TestSecret(t *testing.T) {
	secret := noise(3, 5000)
	path, err := Secret("DATABASE", secret)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, secret) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	}
	if f, err := os.OpenFile(path, os.O_WRONLY, 0); err == nil {
		if _, err := f.WriteString("x"); err == nil {
			t.Error("it was written to")
		}
		f.Close()
	}
}
