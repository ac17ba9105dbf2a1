package screen

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"
)

// The terminal's other screen, which leaves what was there before untouched.
const (
	enter = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J"
	leave = "\x1b[?7h\x1b[?25h\x1b[?1049l"
)

// escTime is how long after an escape the rest of a sequence may take.
const escTime = 60 * time.Millisecond

// Run puts the model on the terminal until the user leaves. However it ends, by
// a panic or a signal too, the terminal is as it was.
func Run(ctx context.Context, in, out *os.File, m *Model) error {
	state, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return fmt.Errorf("taking the terminal: %w", err)
	}
	fmt.Fprint(out, enter)
	defer func() {
		fmt.Fprint(out, leave)
		_ = term.Restore(int(in.Fd()), state)
	}()
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, append([]os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}, resizing...)...)
	defer signal.Stop(signals)
	size := func() {
		if w, h, err := term.GetSize(int(out.Fd())); err == nil && w > 0 && h > 0 {
			m.Resize(w, h)
		}
	}
	size()
	return loop(ctx, m, read(in), signals, &painter{out: out}, size)
}

// read hands over what is typed, as it comes; the channel ends with the input.
func read(in io.Reader) <-chan []byte {
	typed := make(chan []byte)
	go func() {
		defer close(typed)
		for {
			buf := make([]byte, 256)
			n, err := in.Read(buf)
			if n > 0 {
				typed <- buf[:n]
			}
			if err != nil {
				return
			}
		}
	}()
	return typed
}

func loop(ctx context.Context, m *Model, typed <-chan []byte, signals <-chan os.Signal, p *painter, size func()) error {
	var rest []byte
	for !m.Done() {
		if err := p.paint(m.View()); err != nil {
			return err
		}
		var late <-chan time.Time
		if len(rest) > 0 {
			late = time.After(escTime)
		}
		select {
		case data, ok := <-typed:
			if !ok {
				return nil
			}
			var keys []string
			keys, rest = decode(append(rest, data...))
			for _, key := range keys {
				m.Update(key)
			}
		case <-late:
			if key := flushed(rest); key != "" {
				m.Update(key)
			}
			rest = nil
		case s := <-signals:
			if !isResize(s) {
				return nil
			}
			size()
			p.last = nil
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

// painter writes the lines that have changed.
type painter struct {
	out  io.Writer
	last []string
}

func (p *painter) paint(lines []string) error {
	var b strings.Builder
	if len(p.last) != len(lines) {
		p.last = make([]string, len(lines))
		b.WriteString("\x1b[0m\x1b[2J")
	}
	for i, line := range lines {
		if line != p.last[i] {
			fmt.Fprintf(&b, "\x1b[%d;1H%s\x1b[0m\x1b[K", i+1, line)
		}
	}
	p.last = append(p.last[:0], lines...)
	if b.Len() == 0 {
		return nil
	}
	_, err := io.WriteString(p.out, b.String())
	return err
}
