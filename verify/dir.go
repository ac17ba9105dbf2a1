package verify

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Manifest makes the manifest of a folder, and says how large all its files are.
// Its digest is that of the deliverable.
func Manifest(dir string) ([]byte, int64, error) {
	m, err := scan(dir, -1)
	if err != nil {
		return nil, 0, err
	}
	return m.encode()
}

// Dir verifies that the folder at dir holds what a folder of the permit holds,
// and nothing else. It says nothing of what happens to the folder afterwards:
// where others may write to it, read it through FS.
func Dir(dir string, b *Bundle) (Permit, error) {
	if err := b.ready(); err != nil {
		return Permit{}, err
	}
	most := int64(-1)
	for _, d := range b.dirs(dir) {
		most = max(most, d.Size)
	}
	if most < 0 {
		return Permit{}, refuse(WrongArtifact, "%s is no deliverable of %s: the permit names no folder", dir, b.statement.Predicate.Product)
	}
	found, err := scan(dir, most)
	if err != nil {
		return Permit{}, err
	}
	data, total, err := found.encode()
	if err != nil {
		return Permit{}, err
	}
	for _, d := range b.dirs(dir) {
		if d.Digest == Digest(data) && d.Size == total {
			return b.grant(d), b.Remember()
		}
	}
	return Permit{}, b.unlike(dir, found, Digest(data))
}

// dirs are the folders of the permit, those with this name first.
func (b *Bundle) dirs(dir string) []Deliverable {
	var named, others []Deliverable
	for _, d := range b.statement.Predicate.Deliverables {
		switch {
		case d.Kind != KindDir:
		case path.Base(d.Name) == filepath.Base(dir):
			named = append(named, d)
		default:
			others = append(others, d)
		}
	}
	return append(named, others...)
}

// unlike names the differences to the likeliest folder of the permit, where the
// bundle holds its manifest.
func (b *Bundle) unlike(dir string, found DirManifest, digest string) *Refusal {
	p := b.statement.Predicate
	for _, d := range b.dirs(dir) {
		data, ok := b.Attachment(d.Digest)
		if !ok {
			continue
		}
		want, err := ReadManifest(data)
		if err != nil {
			continue
		}
		all := want.differences(found)
		named := all[:min(len(all), maxNamed)]
		r := refuse(WrongArtifact, "%s is not the folder %s of %s %s, in %d places: %s", dir, d.Name, p.Product, p.Version, len(all), strings.Join(named, ", "))
		if len(all) > len(named) {
			r.Message += ", …"
		}
		return r
	}
	return refuse(WrongArtifact, "%s is no folder of %s %s: none has the manifest %s", dir, p.Product, p.Version, digest)
}

// scan lists a folder, hashes its files, and lists it again, so that nothing
// came or went meanwhile. Not more than most bytes are hashed, unless it is
// negative.
func scan(dir string, most int64) (DirManifest, error) {
	var m DirManifest
	if runtime.GOOS == "windows" {
		return m, refuse(Unsupported, "reading the folder %s: Windows does not say which files may be run", dir)
	}
	if info, err := os.Lstat(dir); err != nil {
		return m, unreadable(dir, err)
	} else if !info.IsDir() {
		return m, refuse(UnsafeFile, "opening %s: expected a folder, found %s", dir, kindOf(info.Mode()))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return m, unreadable(dir, err)
	}
	defer root.Close()
	before, err := list(root)
	if err != nil {
		return m, err
	}
	if total := before.size(); most >= 0 && total > most {
		return m, refuse(WrongArtifact, "%s holds %d bytes, more than any folder of the permit (%d)", dir, total, most)
	}
	if m.Entries, err = before.hash(root); err != nil {
		return m, err
	}
	after, err := list(root)
	if err != nil {
		return m, err
	}
	return m, before.unchanged(dir, after)
}

// listed is what lies in a folder.
type listed []listedEntry

type listedEntry struct {
	DirEntry
	info os.FileInfo
}

// size is that of all files; sparse ones can claim to be larger than a number
// holds.
func (l listed) size() (total int64) {
	for _, e := range l {
		if total += e.Size; total < 0 {
			return math.MaxInt64
		}
	}
	return total
}

func (l listed) unchanged(dir string, after listed) error {
	same := len(l) == len(after)
	for i := 0; same && i < len(l); i++ {
		a, b := l[i], after[i]
		same = a.DirEntry == b.DirEntry && os.SameFile(a.info, b.info) && a.info.ModTime().Equal(b.info.ModTime()) && changeTime(a.info) == changeTime(b.info)
	}
	if !same {
		return refuse(Changed, "reading %s: it changed meanwhile", dir)
	}
	return nil
}

// list walks the folder without following a link. os.ReadDir's order makes two
// lists comparable.
func list(root *os.Root) (listed, error) {
	var all listed
	seen := 0
	err := fs.WalkDir(rootFS{root}, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return unreadable(p, err)
		}
		if p == "." {
			return nil
		}
		if err := checkEntryPath(p); err != nil {
			return err
		}
		if seen++; seen > maxEntries {
			return refuse(TooLarge, "the folder holds more than %d files and folders", maxEntries)
		}
		info, err := root.Lstat(p)
		switch {
		case err != nil:
			return unreadable(p, err)
		case info.IsDir():
			return nil
		}
		e, err := listEntry(root, p, info)
		all = append(all, e)
		return err
	})
	return all, err
}

func listEntry(root *os.Root, p string, info os.FileInfo) (listedEntry, error) {
	e := listedEntry{DirEntry{Path: p}, info}
	switch mode := info.Mode(); {
	case mode&(fs.ModeSetuid|fs.ModeSetgid) != 0:
		return e, refuse(UnsafeFile, "reading %s: it runs as somebody else (setuid or setgid), which no manifest says", p)
	case mode.IsRegular():
		e.Size, e.Executable = info.Size(), mode&0o111 != 0
	case mode&fs.ModeSymlink != 0:
		target, err := root.Readlink(p)
		if err != nil {
			return e, unreadable(p, err)
		}
		e.Link = target
		return e, checkLink(p, target)
	default:
		return e, unsafeFile(p, mode)
	}
	return e, nil
}

// rootFS reads folders in bounded steps.
type rootFS struct{ root *os.Root }

func (r rootFS) Open(name string) (fs.File, error)     { return r.root.Open(name) }
func (r rootFS) Stat(name string) (fs.FileInfo, error) { return r.root.Lstat(name) }
func (r rootFS) ReadDir(name string) ([]fs.DirEntry, error) {
	f, err := r.root.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := f.ReadDir(maxEntries + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(all) > maxEntries {
		return nil, refuse(TooLarge, "the folder %s holds more than %d files", name, maxEntries)
	}
	sortByName(all)
	return all, nil
}

func sortByName(all []fs.DirEntry) {
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
}

// hash hashes the files, as many at a time as there are processors.
func (l listed) hash(root *os.Root) ([]DirEntry, error) {
	out := make([]DirEntry, len(l))
	workers := min(runtime.GOMAXPROCS(0), len(l))
	errs := make([]error, workers)
	var next atomic.Int64
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(l); i = next.Add(1) - 1 {
				if out[i], errs[w] = l[i].hash(root); errs[w] != nil {
					next.Store(int64(len(l)))
					return
				}
			}
		})
	}
	wait.Wait()
	for _, err := range errs { // one is enough, and it is a refusal
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e listedEntry) hash(root *os.Root) (DirEntry, error) {
	if e.Link != "" {
		return e.DirEntry, nil
	}
	f, s, err := fromRoot(root).regular(e.Path)
	if err != nil {
		return e.DirEntry, err
	}
	defer f.Close()
	if !s.same(stamped{e.info, changeTime(e.info)}) {
		return e.DirEntry, refuse(Changed, "reading %s: it changed meanwhile", e.Path)
	}
	var sums sums
	err = sums.whole(f, e.Size)
	if changed := s.unchanged(f); changed != nil {
		return e.DirEntry, changed
	}
	if err != nil {
		return e.DirEntry, unreadable(e.Path, err)
	}
	e.Digest = sums.digest
	return e.DirEntry, nil
}
