//go:build unix

package seal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/translog"
	"github.com/plimsoll-dev/plimsoll/verify"
)

var kills = flag.Int("crash", 16, "how many sealings are killed")

// steps are where a sealing can be told to die.
var steps = []string{"before-pending", "pending", "before-append", "appended", "before-bundle", "bundle", "done"}

// TestMain is also the process that is killed: the test runs itself.
func TestMain(m *testing.M) {
	if dir := os.Getenv("SEAL_TEST_DIR"); dir != "" {
		os.Exit(victim(dir, os.Getenv("SEAL_TEST_VERSION"), os.Getenv("SEAL_TEST_DIE_AT")))
	}
	os.Exit(m.Run())
}

func victim(dir, version, dieAt string) int {
	t := &testing.T{}
	d := &desk{dir: filepath.Join(dir, "repository"), log: filepath.Join(dir, "log"), now: noon}
	o := d.options(t, version, 1, 2)
	o.step = func(step string) {
		if step == dieAt {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			time.Sleep(time.Minute)
		}
	}
	if _, err := Seal(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// run seals in a process of its own; killed says whether it died of SIGKILL.
func (d *desk) run(t *testing.T, dir, version, dieAt string, after time.Duration) (killed bool) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "SEAL_TEST_DIR="+dir, "SEAL_TEST_VERSION="+version, "SEAL_TEST_DIE_AT="+dieAt)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if after > 0 {
		time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	}
	err = cmd.Wait()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if err != nil && (!ok || exit.ExitCode() != -1) {
		t.Fatalf("%s at %q: %v", version, dieAt, err)
	}
	return err != nil
}

// TestKill kills sealings at every step and at moments in between. After each
// there is the old state or the new one, the log is whole and has only grown,
// and no version has two permits. Sealing again completes it.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	d := newDesk(t, dir)
	seen := translog.NewMemory(filepath.Join(dir, "watched"))
	died := map[string]int{}
	total := 0
	for n := 1; total < *kills; n++ {
		version := "1." + strconv.Itoa(n)
		d.prepare(t, version, nil)
		for _, at := range []string{steps[n%len(steps)], "", steps[(n*3+1)%len(steps)]} {
			after := time.Duration(0)
			if at == "" {
				after = time.Duration(5+rand.IntN(150)) * time.Millisecond
			}
			if d.run(t, dir, version, at, after) {
				died[at]++
				total++
			}
			d.holds(t, seen, n)
		}
		if d.run(t, dir, version, "", 0) {
			t.Fatal("it was killed by somebody else")
		}
		d.sealed(t, version, n)
		d.holds(t, seen, n)
	}
	t.Logf("killed %d times: %v", total, died)
}

// holds checks what must be true after a kill.
func (d *desk) holds(t *testing.T, seen *translog.Memory, n int) {
	t.Helper()
	source, err := translog.NewSource(d.log)
	if err != nil {
		t.Fatal(err)
	}
	log := d.logOptions(t)
	v, err := translog.Look(t.Context(), source, log.Verifier)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := seen.Advance(v, log.Verifier, nil); err != nil {
		t.Fatal(err)
	}
	if size := v.Size(); size != int64(n) && size != int64(n-1) {
		t.Fatalf("the log has %d entries while version %d is sealed", size, n)
	}
	versions := map[string]bool{}
	for leaf, err := range v.Leaves(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if versions[leaf.Version] || leaf.Sequence != int(leaf.Index)+1 {
			t.Fatalf("entry %d is permit %d of %s", leaf.Index, leaf.Sequence, leaf.Version)
		}
		versions[leaf.Version] = true
	}
	for _, name := range bundles(d.dir) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.verify(t, data); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

func (d *desk) sealed(t *testing.T, version string, n int) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(d.dir, record.Dir, version))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if want := []string{version + verify.Extension, "approvals", "attached", "prepared.json"}; fmt.Sprint(names) != fmt.Sprint(want) {
		t.Fatalf("%s holds %v, expected %v", version, names, want)
	}
	if d.size(t) != int64(n) {
		t.Fatalf("the log has %d entries after %d releases", d.size(t), n)
	}
}
