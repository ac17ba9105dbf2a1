package repo

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// commitTree is the snapshot of a commit's tree, for a repository without a
// work tree. Contents come from one git process, one at a time.
type commitTree struct {
	files []File
	ctx   context.Context
	repo  *Repo

	mu    sync.Mutex
	cmd   *exec.Cmd
	stdin io.WriteCloser
	out   *bufio.Reader
}

func (r *Repo) commitTree(ctx context.Context, commit string) (*commitTree, error) {
	t := &commitTree{ctx: ctx, repo: r}
	if commit == "" {
		return t, nil
	}
	out, err := r.run(ctx, "ls-tree", "-r", "-z", "--long", "--full-tree", commit)
	if err != nil {
		// Sizes need the blobs, and a partial clone lacks some.
		out, err = r.run(ctx, "ls-tree", "-r", "-z", "--full-tree", commit)
	}
	if err != nil {
		return nil, fmt.Errorf("listing the files of %s: %w", commit, err)
	}
	for entry := range bytes.SplitSeq(out, []byte{0}) {
		if len(entry) == 0 {
			continue
		}
		f, err := parseTreeEntry(string(entry))
		if err != nil {
			return nil, err
		}
		t.files = append(t.files, f)
	}
	sort.Slice(t.files, func(i, j int) bool { return t.files[i].Path < t.files[j].Path })
	return t, nil
}

// parseTreeEntry reads "<mode> <type> <object>[ <size>]\t<path>".
func parseTreeEntry(entry string) (File, error) {
	head, path, ok := strings.Cut(entry, "\t")
	fields := strings.Fields(head)
	if !ok || len(fields) < 3 {
		return File{}, fmt.Errorf("listing the files: unexpected entry %q", entry)
	}
	f := File{Path: path, Mode: modeOf(fields[0]), Digest: "git:" + fields[2], Tracked: true}
	if f.Mode == Regular || f.Mode == Executable {
		f.Blob = fields[2]
	}
	if len(fields) > 3 && fields[3] != "-" {
		f.Size, _ = strconv.ParseInt(fields[3], 10, 64)
	}
	return f, nil
}

func (t *commitTree) Files() []File { return t.files }

// maxObject bounds a file that is read from an object: the one git process can
// serve the next reader only when this one's content is out of the pipe.
const maxObject = 256 << 20

func (t *commitTree) Open(_ context.Context, f File) (io.ReadCloser, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cmd == nil {
		if err := t.start(); err != nil {
			return nil, err
		}
	}
	if _, err := fmt.Fprintln(t.stdin, strings.TrimPrefix(f.Digest, "git:")); err != nil {
		return nil, fmt.Errorf("asking git for %s: %w", f.Path, err)
	}
	o, err := readObjectHead(t.out)
	if err != nil {
		return nil, fmt.Errorf("reading %s from git: %w", f.Path, err)
	}
	if o.missing {
		return nil, fault.New(fault.Missing, FetchHint, "the object %s is not in this copy of the repository", o.oid[:min(len(o.oid), 12)])
	}
	keep := min(o.size, maxObject)
	data := make([]byte, keep)
	if _, err := io.ReadFull(t.out, data); err != nil {
		return nil, fmt.Errorf("reading %s from git: %w", f.Path, err)
	}
	if _, err := io.CopyN(io.Discard, t.out, o.size-keep+1); err != nil {
		return nil, fmt.Errorf("reading %s from git: %w", f.Path, err)
	}
	if keep < o.size {
		return nil, fault.New(fault.TooCostly, "check it in a clone with a work tree", "the file is larger than %d bytes", int64(maxObject))
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (t *commitTree) start() error {
	cmd := command(t.ctx, t.repo.Dir(), "cat-file", "--batch")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return gitError("cat-file", err, "")
	}
	t.cmd, t.stdin, t.out = cmd, stdin, bufio.NewReaderSize(out, 256<<10)
	return nil
}
