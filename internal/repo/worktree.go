package repo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// workTree is the snapshot of the files as they lie on disk: tracked ones, and
// those that git would offer to add.
type workTree struct {
	root   *os.Root
	files  []File
	sparse map[string]bool  // paths that git was told not to check out
	stamps map[string]stamp // of each file when its digest was taken; sum is empty
	idSize int              // bytes of the names that git gives
}

// Snapshot reads the files under examination: the work tree, or the tree of
// HEAD where the repository is bare. What cannot be read becomes a fault with
// code Incomplete and the rest goes on. StateDir, where not empty, keeps the
// digests of files that have not changed since the last call. Named are globs
// of files that belong to it though git ignores them.
func (r *Repo) Snapshot(ctx context.Context, stateDir string, named ...string) (Snapshot, fault.List, error) {
	if r.root == "" {
		s, err := r.commitTree(ctx, r.head)
		return s, nil, err
	}
	listed, sparse, err := r.list(ctx, named)
	if err != nil {
		return nil, nil, err
	}
	root, err := os.OpenRoot(r.root)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the work tree: %w", err)
	}
	known := loadDigests(stateDir)
	w := &workTree{root: root, sparse: sparse, idSize: r.idSize}
	faults := w.stat(ctx, listed, known)
	known.save(stateDir)
	return w, faults, nil
}

func (w *workTree) Files() []File { return w.files }

// Open refuses a file that is not the one whose digest was taken: what is said
// of it would stand under the wrong digest.
func (w *workTree) Open(_ context.Context, f File) (io.ReadCloser, error) {
	file, err := openRegular(w.root, f.Path)
	if err != nil {
		return nil, err
	}
	was, listed := w.stamps[f.Path] // a file that is read ahead of the listing has none
	info, err := file.Stat()
	if err != nil || listed && stampOf(info) != was {
		file.Close()
		return nil, fault.New(fault.Incomplete, "run it again when nothing writes to the work tree", "%s was changed while it was examined", f.Path)
	}
	return file, nil
}

// openRegular refuses anything but a regular file: opening a named pipe would
// wait for ever, and os.Root alone would follow a link inside the tree.
func openRegular(root *os.Root, path string) (*os.File, error) {
	name := filepath.FromSlash(path)
	info, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	return openSame(root, name, info)
}

var errReplaced = errors.New("it was replaced while it was opened")

// openSame opens the regular file that Lstat told of.
func openSame(root *os.Root, name string, info fs.FileInfo) (*os.File, error) {
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	if now, err := file.Stat(); err != nil || !os.SameFile(info, now) {
		file.Close()
		return nil, errReplaced
	}
	return file, nil
}

// list asks git for the paths, without their state: `git status` would run
// clean filters.
func (r *Repo) list(ctx context.Context, named []string) (files []File, sparse map[string]bool, _ error) {
	var tracked, others, ignored []byte
	var trackedErr, othersErr, ignoredErr error
	var wg sync.WaitGroup
	wg.Go(func() { tracked, trackedErr = r.run(ctx, "ls-files", "-z", "--stage", "-t") })
	wg.Go(func() { others, othersErr = r.run(ctx, "ls-files", "-z", "--others", "--exclude-standard") })
	if len(named) > 0 {
		wg.Go(func() { ignored, ignoredErr = r.run(ctx, listIgnored(named)...) })
	}
	wg.Wait()
	if err := errors.Join(trackedErr, othersErr, ignoredErr); err != nil {
		return nil, nil, fault.Wrap(fault.Incomplete, err, "run `git fsck`; the index may be damaged", "listing the files")
	}
	files, sparse, err := parseStage(tracked)
	if err != nil {
		return nil, nil, err
	}
	for _, listed := range [][]byte{others, ignored} {
		for path := range bytes.SplitSeq(listed, []byte{0}) {
			if len(path) > 0 && path[len(path)-1] != '/' { // a folder: another repository
				files = append(files, File{Path: string(path)})
			}
		}
	}
	sort.Slice(files, func(i, j int) bool { return files[i].Path < files[j].Path })
	return files, sparse, nil
}

func listIgnored(named []string) []string {
	args := []string{"ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--"}
	for _, glob := range named {
		args = append(args, ":(top,glob)"+glob)
	}
	return args
}

// parseStage reads "<tag> <mode> <object> <stage>\t<path>\0" entries.
// Sparse holds the paths that git was told not to check out.
func parseStage(out []byte) (files []File, sparse map[string]bool, _ error) {
	sparse = map[string]bool{}
	for entry := range bytes.SplitSeq(out, []byte{0}) {
		if len(entry) == 0 {
			continue
		}
		head, path, ok := bytes.Cut(entry, []byte{'\t'})
		fields := strings.Fields(string(head))
		if !ok || len(fields) != 4 {
			return nil, nil, fmt.Errorf("listing the files: unexpected entry %q", entry)
		}
		f := File{Path: string(path), Mode: modeOf(fields[1]), Tracked: true}
		if fields[0] == "S" {
			sparse[f.Path] = true
		}
		if f.Mode == Submodule {
			f.Digest = "git:" + fields[2]
		}
		if n := len(files); n > 0 && files[n-1].Path == f.Path {
			continue // the stages of an unmerged path
		}
		files = append(files, f)
	}
	return files, sparse, nil
}

func modeOf(octal string) Mode {
	switch octal {
	case "100755":
		return Executable
	case "120000":
		return Symlink
	case "160000":
		return Submodule
	}
	return Regular
}

// stat fills in sizes, modes and digests, on all cores. A tracked file that is
// not on disk is left out: it is not part of what is examined, and the work tree
// is told as changed. One that git was told to leave out (a sparse checkout) is
// part of the commit all the same, and no change shows.
func (w *workTree) stat(ctx context.Context, listed []File, known *digests) fault.List {
	workers := runtime.GOMAXPROCS(0)
	faults := make([]*fault.Error, len(listed))
	keep := make([]bool, len(listed))
	stamps := make([]stamp, len(listed))
	var wg sync.WaitGroup
	for n := range workers {
		wg.Go(func() {
			hasher, near := newHasher(w.idSize), &nearby{root: w.root}
			defer near.close()
			for i := n; i < len(listed) && ctx.Err() == nil; i += workers {
				keep[i], faults[i] = w.statOne(&listed[i], &stamps[i], known, hasher, near)
			}
		})
	}
	wg.Wait()
	w.stamps = make(map[string]stamp, len(listed))
	var told fault.List
	for i, f := range listed {
		if keep[i] {
			w.stamps[f.Path] = stamps[i]
			w.files = append(w.files, f)
		}
		if faults[i] != nil {
			told = append(told, faults[i])
		}
	}
	return told
}

func (w *workTree) statOne(f *File, at *stamp, known *digests, h *hasher, near *nearby) (keep bool, _ *fault.Error) {
	if f.Mode == Submodule {
		return true, nil
	}
	root, name := near.at(f.Path)
	info, err := root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) && w.sparse[f.Path] {
		return false, notCheckedOut(f.Path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, unreadable(f.Path, err)
	}
	f.Size, *at = info.Size(), stampOf(info)
	switch mode := info.Mode(); {
	case mode&fs.ModeSymlink != 0:
		f.Mode = Symlink
		target, err := root.Readlink(name)
		if err != nil {
			return false, unreadable(f.Path, err)
		}
		f.Digest = DigestOf([]byte(target))
		return true, nil
	case !mode.IsRegular(): // a pipe, a device, a folder where a file was
		return false, nil
	case mode&0o111 != 0:
		f.Mode = Executable
	default:
		f.Mode = Regular
	}
	content, ok := known.lookup(f.Path, info)
	if !ok {
		content = *at
		if err := h.file(root, name, info, &content); err != nil {
			return false, unreadable(f.Path, err)
		}
		known.put(f.Path, content)
	}
	content.tell(f, w.idSize)
	return true, nil
}

func unreadable(path string, err error) *fault.Error {
	return fault.At(fault.Incomplete, fault.Place{Path: path}, "make the file readable, or remove it from the work tree",
		"the file could not be read: %s", cause(err))
}

func notCheckedOut(path string) *fault.Error {
	return fault.At(fault.Incomplete, fault.Place{Path: path}, "run `git sparse-checkout disable`; for one file, `git update-index --no-skip-worktree`",
		"the file is in the index and git was told not to check it out: it was not examined")
}

// cause is an error without the path, which is told beside it.
func cause(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// DigestOf is the digest of bytes at hand: "sha256:<hex>".
func DigestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// ReadFile returns the content of f, at most limit bytes. It returns a
// *fault.Error with code Incomplete where f is larger or cannot be read.
func ReadFile(ctx context.Context, s Snapshot, f File, limit int64) ([]byte, error) {
	r, err := s.Open(ctx, f)
	if err != nil {
		return nil, fault.Wrap(fault.Incomplete, errors.New(cause(err)), "make the file readable", "reading %s", f.Path)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fault.Wrap(fault.Incomplete, errors.New(cause(err)), "", "reading %s", f.Path)
	}
	if int64(len(data)) > limit {
		return nil, fault.New(fault.Incomplete, "split the file", "reading %s: it is larger than %d bytes", f.Path, limit)
	}
	return data, nil
}

func countLines(data []byte) int { return bytes.Count(data, []byte{'\n'}) }
