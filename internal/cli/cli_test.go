package cli_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/plimsoll-dev/plimsoll/internal/cli"
	"github.com/plimsoll-dev/plimsoll/internal/release/registry/registrytest"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

func TestMain(m *testing.M) {
	if os.Getenv(asPlimsoll) != "" {
		os.Exit(cli.Main(context.Background(), atFixedTime(cli.System()), os.Args[1:]))
	}
	testscript.Main(m, map[string]func(){
		"plimsoll": func() { os.Exit(cli.Main(context.Background(), atFixedTime(cli.System()), os.Args[1:])) },
	})
}

// atFixedTime lets a script set the clock with PLIMSOLL_TEST_NOW (RFC 3339).
func atFixedTime(app *cli.App) *cli.App {
	if at, err := time.Parse(time.RFC3339, os.Getenv("PLIMSOLL_TEST_NOW")); err == nil {
		app.Clock = func() time.Time { return at }
	}
	return app
}

// TestScripts runs testdata/*.txt: the real command, with its real output and
// exit status, on repositories made in the script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, ".config"))
			env.Setenv("PLIMSOLL_TEST_NOW", "2026-06-01T12:00:00Z")
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			env.Values[orgKey{}] = verifytest.New()
			env.Values[registryKey{}] = &struct{ *registrytest.Registry }{}
			for _, who := range []string{"AUTHOR", "COMMITTER"} {
				env.Setenv("GIT_"+who+"_NAME", "Ada")
				env.Setenv("GIT_"+who+"_EMAIL", "ada@example.org")
				env.Setenv("GIT_"+who+"_DATE", "2026-05-01T12:00:00Z")
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "repo": makeRepo, "fill": fill, "sealed": sealed, "digest": digestOf,
			"organisation": organisation, "prepared": prepared, "registry": inRegistry,
		},
	})
}

// exits runs a command and wants its exit status: exits 2 plimsoll check
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := err.(*exec.ExitError); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit status %d, expected %d", got, want)
	}
}

// makeRepo makes a git repository of a folder and commits what it holds: repo DIR
func makeRepo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: repo DIR")
	}
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	for _, git := range [][]string{{"init", "-q", "-b", "main"}, {"config", "user.name", "Ada"}, {"config", "user.email", "ada@example.org"},
		{"add", "-A"}, {"commit", "-q", "--allow-empty", "-m", "first"}} {
		ts.Check(ts.Exec("git", append([]string{"-C", dir}, git...)...))
	}
}

// fill writes a file of a size in bytes, without an end of line: fill FILE SIZE
func fill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fill FILE SIZE")
	}
	size, err := strconv.Atoi(args[1])
	ts.Check(err)
	file, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer file.Close()
	block := make([]byte, 1<<20)
	for i := range block {
		block[i] = 'a' + byte(i%23)
	}
	for size > 0 {
		n, err := file.Write(block[:min(size, len(block))])
		ts.Check(err)
		size -= n
	}
	ts.Check(file.Sync())
}
