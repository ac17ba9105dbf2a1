package repo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// What follows asks git for what pack reads by itself, for object stores that
// are made in a way which that does not know: an index of another version.

func (r *Repo) askCommits(ctx context.Context, fn func(oid string, raw []byte) error) error {
	return r.eachListed(ctx, r.walking("rev-list"), "commit", fn)
}

func (r *Repo) askTags(ctx context.Context, fn func(oid string, raw []byte) error) error {
	refs, err := r.Refs(ctx)
	if err != nil {
		return err
	}
	var list strings.Builder
	for _, ref := range refs {
		if ref.Type == "tag" {
			list.WriteString(ref.OID + "\n")
		}
	}
	only := &rawAnswers{kind: "tag", fn: fn}
	return errors.Join(r.batch(ctx, strings.NewReader(list.String()), only.object), only.err())
}

// eachListed pipes the object names that one git command prints into another
// that prints the objects.
func (r *Repo) eachListed(ctx context.Context, list []string, kind string, fn func(string, []byte) error) error {
	read, write := io.Pipe()
	listErr := make(chan error, 1)
	go func() {
		err := r.stream(ctx, nil, func(out *bufio.Reader) error {
			_, err := io.Copy(write, out)
			return err
		}, list...)
		write.Close()
		listErr <- err
	}()
	only := &rawAnswers{kind: kind, fn: fn}
	err := r.batch(ctx, read, only.object)
	read.Close()
	return errors.Join(err, <-listErr, only.err())
}

// rawAnswers reads objects of one kind whole and passes over the rest.
type rawAnswers struct {
	kind  string
	fn    func(oid string, raw []byte) error
	buf   []byte
	large []string // objects that are too large to be taken into memory
}

func (w *rawAnswers) object(o object, content io.Reader) error {
	if o.missing || o.kind != w.kind {
		return nil
	}
	if o.size > maxCommit {
		w.large = append(w.large, o.oid)
		return nil
	}
	if int64(cap(w.buf)) < o.size {
		w.buf = make([]byte, o.size*2)
	}
	w.buf = w.buf[:o.size]
	if _, err := io.ReadFull(content, w.buf); err != nil {
		return err
	}
	return w.fn(o.oid, w.buf)
}

// err tells of what was too large: a padded message must not keep a commit from
// being examined and nobody know.
func (w *rawAnswers) err() error {
	if len(w.large) == 0 {
		return nil
	}
	return fmt.Errorf("%d %s objects are larger than %d bytes; first %s", len(w.large), w.kind, maxCommit, w.large[0])
}

func (r *Repo) askBlobSizes(ctx context.Context, fn func(oid string, size int64) error) error {
	return r.stream(ctx, nil, func(out *bufio.Reader) error {
		for {
			o, err := readObjectHead(out)
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if o.kind == "blob" {
				if err := fn(o.oid, o.size); err != nil {
					return err
				}
			}
		}
	}, "cat-file", "--batch-all-objects", "--unordered", "--batch-check")
}
