//go:build linux

package screen

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// noTerminal skips a test where there are no pseudo-terminals, and fails it where
// CI is set.
func noTerminal(t *testing.T, err error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("pseudo-terminals are needed: %v", err)
	}
	t.Skipf("no pseudo-terminals here: %v", err)
}

// openPTY opens a pseudo-terminal: what a person has, and what the program has.
func openPTY(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		noTerminal(t, err)
	}
	t.Cleanup(func() { person.Close() })
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		noTerminal(t, err)
	}
	n, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		noTerminal(t, err)
	}
	t.Cleanup(func() { program.Close() })
	resize(t, person, 80, 24)
	return person, program
}

func resize(t *testing.T, f *os.File, columns, rows uint16) {
	t.Helper()
	if err := unix.IoctlSetWinsize(int(f.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: columns, Row: rows}); err != nil {
		t.Fatal(err)
	}
}

// watched keeps what the program wrote.
type watched struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (w *watched) follow(f *os.File) {
	buf := make([]byte, 4096)
	for {
		n, err := f.Read(buf)
		w.mu.Lock()
		w.all.Write(buf[:n])
		w.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// waitFor waits until text was written after the first skip bytes, and returns
// how much was written up to then.
func (w *watched) waitFor(t *testing.T, skip int, text string) int {
	t.Helper()
	for range 500 {
		w.mu.Lock()
		out := w.all.String()
		w.mu.Unlock()
		if skip <= len(out) && strings.Contains(out[skip:], text) {
			return len(out)
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%q was not shown; shown was\n%q", text, w.all.String()[skip:])
	return 0
}

func TestAtATerminal(t *testing.T) {
	person, program := openPTY(t)
	before, err := unix.IoctlGetTermios(int(program.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(finds(40)...)
	m := newModel(d)
	var screen watched
	go screen.follow(person)
	done := make(chan error, 1)
	go func() { done <- Run(context.Background(), program, program, m) }()

	at := screen.waitFor(t, 0, "40 open")
	for _, step := range []struct{ keys, want string }{
		{"j\x1b[B", "3/40"},
		{"\r", "the line"},
		{"f", "reason"},
		{"not so", "not so"},
		{"\r", "39 open, 1 decided"},
		{"\x1b", "a010"}, // an escape by itself goes back to the list
		{"u", "40 open, 0 decided"},
		{"/path:a03\r", "10 findings match"},
		{"*afor now\r", "30 open, 10 decided"},
	} {
		if _, err := person.WriteString(step.keys); err != nil {
			t.Fatal(err)
		}
		at = max(0, screen.waitFor(t, at, step.want)-0)
	}
	if got := strings.Count(states(d), "a"); got != 10 {
		t.Errorf("%d findings are accepted, want 10", got)
	}
	resize(t, person, 100, 30)
	if err := syscall.Kill(os.Getpid(), syscall.SIGWINCH); err != nil {
		t.Fatal(err)
	}
	at = screen.waitFor(t, at, "\x1b[30;1H")
	if _, err := person.WriteString("q"); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	screen.waitFor(t, at, leave)
	after, err := unix.IoctlGetTermios(int(program.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	if *after != *before {
		t.Errorf("the terminal was left in another state: %+v, was %+v", after, before)
	}
}

// A panic and a signal give the terminal back, too.
func TestTerminalIsGivenBack(t *testing.T) {
	for _, end := range []string{"panic", "signal", "context"} {
		t.Run(end, func(t *testing.T) {
			person, program := openPTY(t)
			before, _ := unix.IoctlGetTermios(int(program.Fd()), unix.TCGETS)
			var screen watched
			go screen.follow(person)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			m := newModel(newDesk(finds(3)...))
			done := make(chan any, 1)
			go func() {
				defer func() { done <- recover() }()
				_ = Run(ctx, program, program, m)
			}()
			screen.waitFor(t, 0, "3 open")
			switch end {
			case "panic":
				m.book = nil
				_, _ = person.WriteString("\r")
			case "signal":
				_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
			case "context":
				cancel()
			}
			if value := <-done; (value != nil) != (end == "panic") {
				t.Errorf("ended with %v", value)
			}
			screen.waitFor(t, 0, leave)
			if after, _ := unix.IoctlGetTermios(int(program.Fd()), unix.TCGETS); *after != *before {
				t.Error("the terminal was left in another state")
			}
		})
	}
}
