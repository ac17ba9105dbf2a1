package repo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sort"

	"github.com/plimsoll-dev/plimsoll/internal/repo/pack"
)

// Introductions says for every blob that a ref reaches which commit brought it
// in first, and under which path.
type Introductions struct {
	commits []string // hex, in the order of the log: newest first
	// fromCommits is how many of them are commits. The rest are trees and blobs
	// that a ref names by themselves.
	fromCommits int
	paths       []string
	byBlob      map[objectID]introduction
}

// objectID is an object name in binary, SHA-1 or SHA-256, zero padded.
type objectID [32]byte

type introduction struct{ commit, path uint32 }

// Len is the number of blobs.
func (in *Introductions) Len() int { return len(in.byBlob) }

// Of returns the oldest commit that holds the blob and its path there. For a blob
// that no commit holds it is the tree or blob that a ref names, and the path in
// it, which is "" for the blob itself. Ok is false where no ref reaches the blob.
func (in *Introductions) Of(oid string) (commit, path string, ok bool) {
	id, valid := parseObjectID([]byte(oid))
	at, ok := in.byBlob[id]
	if !valid || !ok {
		return "", "", false
	}
	return in.commits[at.commit], in.paths[at.path], true
}

// Blobs lists the names of all blobs, in hex, sorted.
func (in *Introductions) Blobs(oidLength int) []string {
	blobs := make([]string, 0, len(in.byBlob))
	for id := range in.byBlob {
		blobs = append(blobs, hex.EncodeToString(id[:oidLength/2]))
	}
	sort.Strings(blobs)
	return blobs
}

// Introductions reads the history once; later calls share the result.
func (r *Repo) Introductions(ctx context.Context) (*Introductions, error) { return r.introduced() }

// Ahead begins to read the history that Introductions will be asked for, while
// something else is waited for. What goes wrong is told there.
func (r *Repo) Ahead() { go func() { _, _ = r.introduced() }() }

// readIntroductions finds them in the object store, or asks git where that is
// made in a way that we do not read.
func (r *Repo) readIntroductions(ctx context.Context) (*Introductions, error) {
	in, err := r.readStore(ctx)
	if errors.Is(err, pack.ErrUnsupported) || errors.Is(err, pack.ErrLarge) {
		return r.askIntroductions(ctx)
	}
	if err != nil {
		err = fmt.Errorf("reading the history: %w", err)
	}
	return in, err
}

func (r *Repo) readStore(ctx context.Context) (*Introductions, error) {
	store, err := r.store()
	if err != nil {
		return nil, err
	}
	all, read := newTrees(store), make(chan error, 1)
	go func() {
		if store.Len() > manyObjects {
			read <- all.read(ctx)
		}
		close(read)
	}()
	h, logErr := r.walked()
	if err := <-read; err != nil {
		return nil, err
	}
	if h == nil || ctx.Err() != nil {
		return nil, errors.Join(logErr, ctx.Err())
	}
	work := &introducer{repo: r, log: h.log, trees: all, get: store.NewGetter(), paths: map[string]uint32{}}
	err = errors.Join(work.run(ctx), work.direct(h.starts.others))
	return work.result(), errors.Join(logErr, err)
}

// result makes the tables by commit, path and blob.
func (work *introducer) result() *Introductions {
	blobs := 0
	for _, at := range work.byObject {
		if at.commit != 0 {
			blobs++
		}
	}
	in := &Introductions{paths: work.texts, byBlob: make(map[objectID]introduction, blobs)}
	for i := range work.log.commits {
		in.commits = append(in.commits, work.repo.hexOf(work.log.commits[i].id))
	}
	in.fromCommits = len(in.commits)
	for _, id := range work.others {
		in.commits = append(in.commits, work.repo.hexOf(id))
	}
	for object, at := range work.byObject {
		if at.commit != 0 {
			in.byBlob[objectID(work.trees.id(uint32(object)))] = introduction{at.commit - 1, at.path}
		}
	}
	return in
}

// askIntroductions reads the differences of trees, not of contents: -c shows of
// a merge what it has from none of its parents.
func (r *Repo) askIntroductions(ctx context.Context) (*Introductions, error) {
	in := &Introductions{byBlob: map[objectID]introduction{}}
	paths := map[string]uint32{}
	err := r.stream(ctx, nil, func(out *bufio.Reader) error {
		for {
			line, err := readLine(out)
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := in.add(line, paths); err != nil {
				return err
			}
		}
	}, r.walking("log", "--root", "-c", "--raw", "--no-renames", "--no-abbrev", "--no-show-signature",
		"--no-notes", "--no-color", "--no-ext-diff", "--no-textconv", "--format=%H")...)
	if err != nil {
		return in, fmt.Errorf("reading the history: %w", err)
	}
	return in, nil
}

// readLine reads a line of any length; git quotes line feeds in paths.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return nil, errors.New("a line of the history is longer than 1 MiB")
	}
	if err == io.EOF && len(line) > 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return bytes.TrimSuffix(line, []byte{'\n'}), err
}

// add reads one line: a commit's name, or ":<modes> <objects> <status>\t<path>"
// with as many colons as the commit has parents.
func (in *Introductions) add(line []byte, paths map[string]uint32) error {
	if len(line) == 0 {
		return nil
	}
	if line[0] != ':' {
		in.commits = append(in.commits, string(line))
		return nil
	}
	parents := len(line) - len(bytes.TrimLeft(line, ":"))
	head, path, ok := bytes.Cut(line[parents:], []byte{'\t'})
	fields := bytes.Fields(head)
	if !ok || len(fields) != 2*(parents+1)+1 || len(in.commits) == 0 {
		return fmt.Errorf("reading the history: unexpected line %q", line)
	}
	mode, oid := fields[parents], fields[2*parents+1]
	if string(mode) == "160000" || isZero(oid) {
		return nil // a submodule, or a file that went
	}
	id, ok := parseObjectID(oid)
	if !ok {
		return fmt.Errorf("reading the history: unexpected object name %q", oid)
	}
	n, seen := paths[string(path)]
	if !seen {
		n = uint32(len(in.paths))
		name := unquote(string(path))
		paths[string(path)] = n
		in.paths = append(in.paths, name)
	}
	// The log goes back in time, so the last to write is the oldest.
	in.byBlob[id] = introduction{commit: uint32(len(in.commits) - 1), path: n}
	return nil
}

func isZero(oid []byte) bool { return len(bytes.Trim(oid, "0")) == 0 }

func parseObjectID(text []byte) (id objectID, ok bool) {
	if len(text) != 40 && len(text) != 64 {
		return id, false
	}
	_, err := hex.Decode(id[:], text)
	return id, err == nil
}

// EachBlob calls fn with every blob that a ref reaches, once each, in the order
// of the packs, in which reading is cheapest. wanted, where not nil, says which
// blobs to read. Missing lists the blobs that the history names and this copy
// of the repository lacks.
func (r *Repo) EachBlob(ctx context.Context, wanted func(oid string) bool, fn func(oid string, size int64, content io.Reader) error) (missing []string, err error) {
	in, logErr := r.Introductions(ctx) // where it breaks off, what it gave is still read
	here, order, err := r.blobsHere(ctx, in, wanted)
	if err != nil {
		return nil, errors.Join(logErr, err)
	}
	for id := range in.byBlob {
		if !here[id] {
			missing = append(missing, r.hexOf(pack.ID(id)))
		}
	}
	sort.Strings(missing)
	err = r.batch(ctx, bytes.NewReader(order), func(o object, content io.Reader) error {
		if o.missing || o.kind != "blob" {
			return nil
		}
		return fn(o.oid, o.size, content)
	})
	return missing, errors.Join(logErr, err)
}

// blobsHere lists the blobs of in that are in this copy, and the names of those
// wanted in the order in which git stores them.
func (r *Repo) blobsHere(ctx context.Context, in *Introductions, wanted func(string) bool) (map[objectID]bool, []byte, error) {
	here := make(map[objectID]bool, in.Len())
	var order []byte
	err := r.stream(ctx, nil, func(out *bufio.Reader) error {
		for {
			o, err := readObjectHead(out)
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			id, ok := parseObjectID([]byte(o.oid))
			if _, reachable := in.byBlob[id]; !ok || !reachable {
				continue
			}
			here[id] = true
			if wanted == nil || wanted(o.oid) {
				order = append(append(order, o.oid...), '\n')
			}
		}
	}, "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname) blob 0")
	return here, order, err
}
