package keyring

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/keyring/keeper"
)

const (
	keeperTime = 2 * time.Minute // for one answer: somebody may have to touch a token
	closeTime  = 2 * time.Second // to go when there is nothing left to do
	maxSaid    = 4 << 10         // of standard error
)

// program is a keeper that runs.
type program struct {
	name string
	ask  Passphrase
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	said tail

	turns sync.Mutex // one request at a time
	once  sync.Once
}

// start starts a keeper: without arguments, and at the root of the file system,
// so that it finds nothing of a repository by chance.
func start(ctx context.Context, path string, ask Passphrase) (*program, error) {
	p := &program{name: filepath.Base(path), ask: ask, cmd: exec.CommandContext(ctx, path)}
	p.cmd.Dir = filepath.VolumeName(path) + string(filepath.Separator)
	p.cmd.Stderr = &p.said
	p.cmd.WaitDelay = closeTime
	in, err1 := p.cmd.StdinPipe()
	out, err2 := p.cmd.StdoutPipe()
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fault.Wrap(fault.Usage, err, "install it anew", "starting %s", path)
	}
	p.in, p.out = in, bufio.NewReaderSize(out, keeper.MaxLine)
	return p, nil
}

// exchange asks a keeper for something, and asks for a PIN in between where the
// keeper wants one. After a failure other than one that the keeper tells, nobody
// knows whose turn it is: it is stopped.
func (p *program) exchange(ctx context.Context, r keeper.Request) (keeper.Answer, error) {
	p.turns.Lock()
	defer p.turns.Unlock()
	for asks := 0; ; asks++ {
		a, err := p.turn(ctx, r)
		switch {
		case err != nil:
			p.stop()
			return a, p.failed(err)
		case a.Error != "":
			return a, fault.New(fault.Usage, shown(a.Hint), "%s: %s", p.name, shown(a.Error))
		case a.Ask == "":
			return a, nil
		case asks == keeper.MaxAsks:
			p.stop()
			return a, p.failed(fmt.Errorf("it asks more than %d times", keeper.MaxAsks))
		}
		if r, err = p.answer(a.Ask); err != nil {
			p.stop()
			return a, err
		}
	}
}

// answer asks the person.
func (p *program) answer(what string) (keeper.Request, error) {
	if p.ask == nil {
		return keeper.Request{}, fault.New(fault.Usage, "set PLIMSOLL_PASSPHRASE_FILE, or run it at a terminal", "%s asks for the passphrase of %s, and there is nobody to ask", p.name, shown(what))
	}
	text, err := p.ask(fmt.Sprintf("%s, asked by %s", shown(what), p.name))
	return keeper.Request{Answer: text}, err
}

// turn writes a line and reads one, in bounded time.
func (p *program) turn(ctx context.Context, r keeper.Request) (keeper.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, keeperTime)
	defer cancel()
	type result struct {
		answer keeper.Answer
		err    error
	}
	done := make(chan result, 1) // stopping the program ends what waits for it
	go func() {
		a, err := p.talk(r)
		done <- result{a, err}
	}()
	select {
	case got := <-done:
		return got.answer, got.err
	case <-ctx.Done():
		return keeper.Answer{}, fmt.Errorf("it does not answer: %w", ctx.Err())
	}
}

func (p *program) talk(r keeper.Request) (a keeper.Answer, err error) {
	line, err := json.Marshal(r)
	if err != nil {
		return a, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return a, errors.New("it has ended, or does not listen")
	}
	text, err := p.out.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return a, fmt.Errorf("a line of its has more than %d bytes", keeper.MaxLine)
	case err != nil:
		return a, errors.New("it ended without an answer")
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return a, fmt.Errorf("what it says is no JSON object on a line: %q", shown(string(text)))
	}
	return a, nil
}

// failed tells what went wrong, and what the keeper had to say of it.
func (p *program) failed(err error) error {
	hint := "install it anew, of the version that plimsoll has"
	if said := shown(p.said.String()); said != "" {
		hint = "it said: " + said
	}
	return fault.Wrap(fault.Untrusted, err, hint, "talking with %s", p.name)
}

// close lets the keeper go, and does not wait long.
func (p *program) close() {
	p.once.Do(func() {
		p.in.Close()
		late := time.AfterFunc(closeTime, func() { p.cmd.Process.Kill() })
		defer late.Stop()
		p.cmd.Wait() // how it ends does not matter any more
	})
}

// stop ends the keeper at once.
func (p *program) stop() {
	p.cmd.Process.Kill()
	p.close()
}

// tail keeps the end of what a program writes.
type tail struct {
	mutex sync.Mutex
	text  []byte
}

func (t *tail) Write(more []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.text = append(t.text, more[max(0, len(more)-maxSaid):]...)
	t.text = append([]byte(nil), t.text[max(0, len(t.text)-maxSaid):]...)
	return len(more), nil
}

func (t *tail) String() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return string(t.text)
}
