package verify

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"time"
)

// FolderFS is a folder of a permit that is verified as it is read: what it lists
// is what the permit names, whatever lies there, and a file gives no byte before
// all of it was hashed, nor one that was changed since. It gives no Permit,
// since nobody knows yet what was never read.
type FolderFS struct {
	root    *os.Root
	entries map[string]*node
}

// node is a file, a link or a folder of the manifest.
type node struct {
	DirEntry
	children []fs.DirEntry // of a folder, by name
	folder   bool
	alone    bool   // a deliverable of its own: nobody says whether it may be run
	tree     *Tree  // of a file whose leaves are known
	leaves   []byte // of tree
}

// FS opens a folder of the permit. The bundle must hold its manifest; where it
// names several folders, dir must be called like one of them. Close it after
// use.
func FS(dir string, b *Bundle) (*FolderFS, error) {
	if err := b.ready(); err != nil {
		return nil, err
	}
	dirs := b.dirs(dir)
	switch {
	case len(dirs) == 0:
		return nil, refuse(WrongArtifact, "opening %s: the permit names no folder", dir)
	case len(dirs) > 1 && path.Base(dirs[0].Name) != path.Base(strings.TrimRight(dir, "/")):
		return nil, refuse(WrongArtifact, "opening %s: the permit names %d folders, none of that name", dir, len(dirs))
	}
	data, ok := b.Attachment(dirs[0].Digest)
	if !ok {
		return nil, refuse(Unsupported, "opening %s: the bundle does not hold its manifest; verify.Dir needs none", dir)
	}
	m, err := ReadManifest(data)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, unreadable(dir, err)
	}
	return &FolderFS{root, nodesOf(m)}, b.Remember()
}

// Close lets the folder go. Files that are open stay open.
func (f *FolderFS) Close() error { return f.root.Close() }

// nodesOf adds the folders that a manifest implies.
func nodesOf(m DirManifest) map[string]*node {
	all := map[string]*node{".": {folder: true}}
	for _, e := range m.Entries {
		n := &node{DirEntry: e}
		for at := e.Path; ; at = path.Dir(at) {
			all[at], n.Path = n, at
			if parent, known := all[path.Dir(at)]; known {
				parent.children = append(parent.children, n)
				break
			}
			n = &node{folder: true, children: []fs.DirEntry{n}}
		}
	}
	for _, n := range all {
		sortByName(n.children)
	}
	return all
}

// Open implements fs.FS. Links are followed as the manifest says.
func (f *FolderFS) Open(name string) (fs.File, error) {
	n, err := f.find("open", name, true)
	if err != nil {
		return nil, err
	}
	if n.folder {
		return &openFolder{n: n}, nil
	}
	file, err := f.open(n)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return file, nil
}

// Stat implements fs.StatFS, from the manifest alone.
func (f *FolderFS) Stat(name string) (fs.FileInfo, error) { return f.find("stat", name, true) }

// Lstat implements fs.ReadLinkFS.
func (f *FolderFS) Lstat(name string) (fs.FileInfo, error) { return f.find("lstat", name, false) }

// ReadLink implements fs.ReadLinkFS.
func (f *FolderFS) ReadLink(name string) (string, error) {
	n, err := f.find("readlink", name, false)
	if err == nil && n.Link == "" {
		err = &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	if err != nil {
		return "", err
	}
	return n.Link, nil
}

// maxLinks are followed in one name, as on Linux.
const maxLinks = 40

// find walks the manifest. Links lead inside, as it was checked.
func (f *FolderFS) find(op, name string, follow bool) (*node, error) {
	wrong := func(err error) (*node, error) { return nil, &fs.PathError{Op: op, Path: name, Err: err} }
	if !fs.ValidPath(name) {
		return wrong(fs.ErrInvalid)
	}
	at, rest := ".", strings.Split(name, "/")
	for links := 0; len(rest) > 0; {
		part := rest[0]
		rest = rest[1:]
		n, ok := f.entries[path.Join(at, part)]
		if !ok {
			return wrong(fs.ErrNotExist)
		}
		if n.Link != "" && (follow || len(rest) > 0) {
			if links++; links > maxLinks {
				return wrong(errors.New("too many links"))
			}
			rest = append(strings.Split(n.Link, "/"), rest...)
			continue
		}
		if !n.folder && len(rest) > 0 {
			return wrong(fs.ErrNotExist)
		}
		at = path.Join(at, part)
	}
	return f.entries[at], nil
}

// open opens a file once and hashes it.
func (f *FolderFS) open(n *node) (fs.File, error) {
	file, s, err := fromRoot(f.root).regular(n.Path)
	if err != nil {
		return nil, err
	}
	if err := n.matches(file, s); err != nil {
		file.Close()
		return nil, err
	}
	if n.tree != nil {
		return n.lazy(file), nil
	}
	var sums sums
	err = sums.both(file, n.DirEntry.Size)
	if err == nil && sums.digest != n.Digest {
		err = refuse(WrongArtifact, "reading %s: it is %s, the permit names %s", n.Path, sums.digest, n.Digest)
	}
	if changed := s.unchanged(file); changed != nil {
		err = changed
	}
	if err != nil {
		file.Close()
		return nil, unreadable(n.Path, err)
	}
	verified := newChunks(file, n.DirEntry.Size, sums.chunk, sums.leaves)
	return &openFile{SectionReader: io.NewSectionReader(verified, 0, n.DirEntry.Size), n: n, file: file}, nil
}

func (n *node) matches(file *os.File, s stamped) error {
	switch {
	case s.info.Size() != n.DirEntry.Size:
		return refuse(WrongArtifact, "reading %s: it has %d bytes, the permit names %d", n.Path, s.info.Size(), n.DirEntry.Size)
	case !n.alone && (s.info.Mode()&0o111 != 0) != n.Executable && openFlags != 0:
		return refuse(WrongArtifact, "reading %s: whether it may be run is not as the permit names it", n.Path)
	}
	return nil
}

// A node is its own fs.FileInfo and fs.DirEntry.

func (n *node) Name() string               { return path.Base(firstOf(n.Path, ".")) }
func (n *node) Size() int64                { return n.DirEntry.Size }
func (n *node) IsDir() bool                { return n.folder }
func (n *node) ModTime() time.Time         { return time.Time{} } // a manifest knows none
func (n *node) Sys() any                   { return nil }
func (n *node) Type() fs.FileMode          { return n.Mode().Type() }
func (n *node) Info() (fs.FileInfo, error) { return n, nil }
func (n *node) Mode() fs.FileMode {
	switch {
	case n.folder:
		return fs.ModeDir | 0o555
	case n.Link != "":
		return fs.ModeSymlink | 0o777
	case n.Executable:
		return 0o555
	}
	return 0o444
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// openFile reads verified chunks; it seeks and reads at positions too.
type openFile struct {
	*io.SectionReader
	n    *node
	file *os.File
}

func (o *openFile) Stat() (fs.FileInfo, error) { return o.n, nil }
func (o *openFile) Close() error               { return o.file.Close() }

// openFolder lists what the manifest names.
type openFolder struct {
	n  *node
	mu sync.Mutex
	at int
}

func (o *openFolder) Stat() (fs.FileInfo, error) { return o.n, nil }
func (o *openFolder) Close() error               { return nil }
func (o *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: o.n.Name(), Err: errors.New("is a folder")}
}

// ReadDir implements fs.ReadDirFile.
func (o *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	rest := o.n.children[o.at:]
	if n <= 0 {
		o.at = len(o.n.children)
		return append([]fs.DirEntry(nil), rest...), nil
	}
	if len(rest) == 0 {
		return nil, io.EOF
	}
	rest = rest[:min(n, len(rest))]
	o.at += len(rest)
	return append([]fs.DirEntry(nil), rest...), nil
}
