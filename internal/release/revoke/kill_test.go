//go:build unix

package revoke

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/verify"
)

var kills = flag.Int("crash", 16, "how many revocations are killed")

// TestMain is also the process that is killed: the test runs itself.
func TestMain(m *testing.M) {
	if dir := os.Getenv("REVOKE_TEST_DIR"); dir != "" {
		if _, err := Revoke(context.Background(), deskIn(&testing.T{}, dir).taking(os.Getenv("REVOKE_TEST_VERSION")).with(1, 2)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestKill: a revocation that was killed at any moment is completed by running it
// again; the list is the old one or the new one, and the log holds each once.
func TestKill(t *testing.T) {
	o := desk(t)
	hit, span := 0, 200*time.Millisecond
	for i := range *kills {
		version := fmt.Sprintf("1.%d", i)
		if died(t, o.Dir, version, rand.N(span)) {
			hit++
		} else {
			span = max(span*3/4, time.Millisecond)
		}
		if list, err := o.current(); err != nil || list.Version != i && list.Version != i+1 {
			t.Fatalf("after the kill the list is version %d of %d: %v", list.Version, i, err)
		}
		complete(t, o, version)
		wantList(t, o, i+1)
	}
	t.Logf("%d of %d died before their end", hit, *kills)
	if hit == 0 {
		t.Error("no kill came in time")
	}
}

func died(t *testing.T, dir, version string, after time.Duration) bool {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "REVOKE_TEST_DIR="+dir, "REVOKE_TEST_VERSION="+version)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	_ = cmd.Process.Kill() // it may be done
	err = cmd.Wait()
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || err != nil && !status.Signaled() {
		t.Fatalf("revoking %s: %v", version, err)
	}
	return status.Signaled()
}

// complete runs it again, as somebody would who does not know how far it came.
func complete(t *testing.T, o Options, version string) {
	t.Helper()
	list, err := o.current()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(list.Revoked); n > 0 && list.Revoked[n-1].Version == version {
		return
	}
	do(t, o.taking(version).with(1, 2))
}

func wantList(t *testing.T, o Options, version int) {
	t.Helper()
	data, err := os.ReadFile(o.path(record.Revocations))
	if err != nil {
		t.Fatal(err)
	}
	list, err := verify.ReadRevocations(data, o.Trust)
	if err != nil || list.Version != version || len(list.Revoked) != version {
		t.Fatalf("the list is version %d with %d permits, expected %d: %v", list.Version, len(list.Revoked), version, err)
	}
	view, err := o.Log.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for leaf, err := range view.Leaves(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; leaf.Sequence != n {
			t.Errorf("entry %d of the log has the number %d", n-1, leaf.Sequence)
		}
	}
	if n != version {
		t.Errorf("the log has %d entries, expected %d", n, version)
	}
}
