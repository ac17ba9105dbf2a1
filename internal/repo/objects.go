package repo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"strconv"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/repo/pack"
)

// stream runs git and hands its output over as it comes. The output must be read
// to its end unless fn returns an error.
func (r *Repo) stream(ctx context.Context, stdin io.Reader, fn func(*bufio.Reader) error, args ...string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := command(ctx, r.Dir(), args...)
	cmd.Stdin = stdin
	var stderr bytes.Buffer
	cmd.Stderr = &limitedBuffer{buf: &stderr, left: 64 << 10}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return gitError(args[0], err, "")
	}
	fnErr := fn(bufio.NewReaderSize(out, 1<<20))
	if fnErr != nil {
		cancel() // git may be waiting to write
	}
	waitErr := cmd.Wait()
	if fnErr != nil && !errors.Is(fnErr, io.ErrUnexpectedEOF) {
		return fnErr
	}
	if _, exited := errors.AsType[*exec.ExitError](waitErr); exited {
		return gitError(args[0], waitErr, stderr.String())
	}
	return errors.Join(fnErr, waitErr)
}

// object is the head of one answer of `git cat-file --batch`.
type object struct {
	oid, kind string
	size      int64
	missing   bool
}

// readObjectHead reads "<oid> <type> <size>" or "<name> missing".
func readObjectHead(r *bufio.Reader) (object, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return object{}, err // io.EOF between objects is the end
	}
	oid, rest, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), " ")
	if rest == "missing" {
		return object{oid: oid, missing: true}, nil
	}
	kind, size, ok := strings.Cut(rest, " ")
	n, err := strconv.ParseInt(size, 10, 64)
	if !ok || err != nil || n < 0 {
		return object{}, fmt.Errorf("reading objects: unexpected answer %q", line)
	}
	return object{oid: oid, kind: kind, size: n}, nil
}

// eachObject reads the answers of a batch to their end. fn need not read all of
// the content it is given.
func eachObject(r *bufio.Reader, fn func(object, io.Reader) error) error {
	for {
		o, err := readObjectHead(r)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if o.missing {
			if err := fn(o, nil); err != nil {
				return err
			}
			continue
		}
		content := &io.LimitedReader{R: r, N: o.size}
		if err := fn(o, content); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, content); err != nil {
			return err
		}
		if _, err := r.Discard(1); err != nil { // the line feed after the content
			return io.ErrUnexpectedEOF
		}
	}
}

// maxCommit bounds a commit or tag object that is taken into memory.
const maxCommit = 4 << 20

// EachCommit calls fn with the exact bytes of every commit that any ref
// reaches, newest first. The bytes are only valid during the call. A missing
// commit, or one of more than maxCommit bytes, is an error that says so, after
// all others were handed over.
func (r *Repo) EachCommit(ctx context.Context, fn func(oid string, raw []byte) error) error {
	h, err := r.walked()
	if errors.Is(err, pack.ErrUnsupported) {
		return r.askCommits(ctx, fn)
	}
	if h == nil {
		return err
	}
	only := &rawOnly{kind: pack.Commit, fn: fn, repo: r}
	return errors.Join(err, only.each(ctx, h.store.NewGetter(), h.named()), only.err())
}

// EachTag calls fn with the exact bytes of every annotated tag that a ref names.
func (r *Repo) EachTag(ctx context.Context, fn func(oid string, raw []byte) error) error {
	store, err := r.store()
	if errors.Is(err, pack.ErrUnsupported) {
		return r.askTags(ctx, fn)
	}
	if err != nil {
		return err
	}
	refs, err := r.Refs(ctx)
	if err != nil {
		return err
	}
	var ids []pack.ID
	for _, ref := range refs {
		if id, ok := pack.ParseID(ref.OID); ok && ref.Type == "tag" {
			ids = append(ids, id)
		}
	}
	only := &rawOnly{kind: pack.Tag, fn: fn, repo: r}
	return errors.Join(only.each(ctx, store.NewGetter(), ids), only.err())
}

// batch answers the object names that names gives, one a line.
func (r *Repo) batch(ctx context.Context, names io.Reader, fn func(object, io.Reader) error) error {
	return r.stream(ctx, names, func(out *bufio.Reader) error { return eachObject(out, fn) },
		"cat-file", "--batch", "--buffer")
}

// rawOnly reads objects of one kind whole and passes over the rest.
type rawOnly struct {
	kind  pack.Kind
	fn    func(oid string, raw []byte) error
	repo  *Repo
	large []string // objects that are too large to be taken into memory
}

// each reads the objects called ids. What is not here is passed over.
func (w *rawOnly) each(ctx context.Context, g *pack.Getter, ids []pack.ID) error {
	var failed error
	for i := range ids {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		kind, raw, err := g.Get(&ids[i])
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case errors.Is(err, pack.ErrLarge), err == nil && kind == w.kind && len(raw) > maxCommit:
			w.large = append(w.large, w.repo.hexOf(ids[i]))
		case err != nil:
			failed = errors.Join(failed, firstOf(failed, err))
		case kind == w.kind:
			if err := w.fn(w.repo.hexOf(ids[i]), raw); err != nil {
				return err
			}
		}
	}
	return failed
}

// err tells of what was too large: a padded message must not keep a commit from
// being examined and nobody know.
func (w *rawOnly) err() error {
	if len(w.large) == 0 {
		return nil
	}
	return fmt.Errorf("%d %s objects are larger than %d bytes; first %s", len(w.large), w.kind, maxCommit, w.large[0])
}

// BlobSizes calls fn with the size in bytes of every blob that is here, whether
// or not a ref reaches it.
func (r *Repo) BlobSizes(ctx context.Context, fn func(oid string, size int64) error) error {
	store, err := r.store()
	if errors.Is(err, pack.ErrUnsupported) {
		return r.askBlobSizes(ctx, fn)
	}
	if err != nil {
		return err
	}
	if err := store.Sizes(pack.Blob, func(id pack.ID, size int64) error { return fn(r.hexOf(id), size) }); err != nil {
		return err
	}
	return store.EachLoose(func(id pack.ID) error {
		if _, packed := store.Find(&id); packed || ctx.Err() != nil {
			return ctx.Err()
		}
		kind, size, err := store.LooseSize(&id)
		if err != nil || kind != pack.Blob {
			return nil // broken objects are told of by those who need them
		}
		return fn(r.hexOf(id), size)
	})
}
