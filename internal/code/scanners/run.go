package scanners

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/docfile"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

const (
	maxOutput = 256 << 20 // bytes of SARIF that are read of one scanner
	maxStderr = 4 << 20
	outputKey = "{output}"
	folderKey = "{folder}"
)

// output runs the command in dir and returns the SARIF that it wrote or printed,
// and what it complained of.
func (c *command) output(ctx context.Context, dir string) (data []byte, complaints []string, _ error) {
	scratch, err := os.MkdirTemp("", "plimsoll-scan-*")
	if err != nil {
		return nil, nil, fmt.Errorf("making a folder for the results: %w", err)
	}
	defer os.RemoveAll(scratch)
	target := filepath.Join(scratch, "out.sarif")
	args, writes := c.fillIn(scratch, target)
	stdout, said, status, err := c.execute(ctx, dir, args)
	if err != nil {
		return nil, nil, err
	}
	data = stdout
	if writes {
		if c.writes != "" {
			target = filepath.Join(scratch, c.writes)
		}
		if data, err = readOutput(target); err != nil {
			return nil, nil, fmt.Errorf("it ended with exit status %d and wrote no results: %w", status, err)
		}
	}
	if status != 0 && !slices.Contains(c.found, status) {
		return data, nil, fmt.Errorf("it ended with exit status %d", status)
	}
	return data, c.complaintsIn(said), nil
}

// mostComplaints is how many complaints of a scanner are told.
const mostComplaints = 20

// complaintsIn are the lines of a scanner's log that tell of code which it could
// not read, each once.
func (c *command) complaintsIn(log []byte) (all []string) {
	if c.complains == nil {
		return nil
	}
	for line := range bytes.Lines(log) {
		if said := docfile.OneLine(string(c.complains.Find(line)), 300); said != "" && len(all) < mostComplaints && !slices.Contains(all, said) {
			all = append(all, said)
		}
	}
	return all
}

// fillIn puts the paths into the arguments, and says whether there were any.
func (c *command) fillIn(scratch, target string) (args []string, writes bool) {
	for _, arg := range c.args {
		filled := strings.NewReplacer(outputKey, target, folderKey, scratch).Replace(arg)
		writes = writes || filled != arg
		args = append(args, filled)
	}
	return args, writes
}

// execute runs the program and everything that it starts, no longer than its time.
func (c *command) execute(ctx context.Context, dir string, args []string) (stdout, stderr []byte, status int, _ error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.path, args...)
	cmd.Dir, cmd.Env = dir, c.environment()
	out, said := &bounded{left: maxOutput}, &bounded{left: maxStderr}
	cmd.Stdout, cmd.Stderr = out, said
	cmd.WaitDelay = 5 * time.Second // for children that keep the pipes open
	inGroup(cmd)
	err := cmd.Run()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, nil, 0, fault.New(fault.TooCostly, "give it more with `timeout:`, or less to look at", "it was stopped after %s", c.timeout)
	}
	if out.cut {
		return nil, nil, 0, fault.New(fault.TooCostly, "", "it printed more than %d bytes", maxOutput)
	}
	exit, exited := errors.AsType[*exec.ExitError](err)
	switch {
	case err == nil:
		return out.Bytes(), said.Bytes(), 0, nil
	case exited && exit.ExitCode() >= 0 && (exit.ExitCode() == 0 || slices.Contains(c.found, exit.ExitCode())):
		return out.Bytes(), said.Bytes(), exit.ExitCode(), nil
	}
	words := lastWords(said.String())
	if words != "" {
		words = ": " + words
	}
	return nil, nil, 0, fmt.Errorf("%w%s", err, words)
}

// What is told of a program's log: how it begins and, since warnings come first
// and the reason last, how it ends.
const (
	firstWords = 100
	endWords   = 200
)

func lastWords(log string) string {
	all := strings.Join(strings.Fields(log[max(0, len(log)-maxStderr/64):]), " ")
	if runes := []rune(all); len(runes) > firstWords+endWords {
		all = string(runes[:firstWords]) + " … " + string(runes[len(runes)-endWords:])
	}
	return docfile.OneLine(all, firstWords+endWords+10)
}

func readOutput(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, errors.New("there is no such file") // a path of ours says nothing to anybody
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxOutput+1))
	if len(data) > maxOutput {
		return nil, fmt.Errorf("it has more than %d bytes", maxOutput)
	}
	return data, err
}

// bounded keeps the first bytes written to it.
type bounded struct {
	bytes.Buffer
	left int
	cut  bool
}

func (b *bounded) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	b.Buffer.Write(p[:n])
	b.left -= n
	b.cut = b.cut || n < len(p)
	return len(p), nil
}
