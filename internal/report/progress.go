package report

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// progressEvery is how often the line is painted at most.
const progressEvery = 100 * time.Millisecond

// Progress shows where a run is in one line of w, the standard error, when that
// is a terminal, and nothing otherwise. The line is erased before any other
// event and at the end: put this handler before the one that writes (see Tee).
func Progress(w io.Writer) event.Handler {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" || !enableEscapes(f) {
		return &progress{w: io.Discard, now: time.Now}
	}
	return &progress{w: w, width: columns(f, true, os.Getenv), now: time.Now}
}

type progress struct {
	w       io.Writer
	width   int // columns; 0 means to show nothing
	now     func() time.Time
	last    time.Time
	painted bool
}

func (p *progress) Handle(e event.Event) error {
	at, ok := e.(*event.Progress)
	if !ok {
		return p.Flush()
	}
	now := p.now()
	if p.width == 0 || now.Sub(p.last) < progressEvery {
		return nil
	}
	p.last, p.painted = now, true
	line := clean.Truncate(clean.Line(at.Check+": "+at.Message), p.width-1, "...")
	_, err := fmt.Fprint(p.w, "\r\x1b[K"+line)
	return err
}

// Flush erases the line.
func (p *progress) Flush() error {
	if !p.painted {
		return nil
	}
	p.painted = false
	_, err := fmt.Fprint(p.w, "\r\x1b[K")
	return err
}
