package verify

import (
	"crypto/sha256"
	"io"
	"os"
	"slices"
	"strings"
)

// Files opens the files of a permit as they lie in dir under their names. It is
// FS for deliverables that are files of their own. Where the bundle holds the
// leaves of a file's tree, opening it reads nothing: each chunk is hashed as it
// is read, so that a little of something large costs a little. A file without
// leaves is hashed whole as it is opened. Close it after use.
func Files(dir string, b *Bundle) (*FolderFS, error) {
	if err := b.ready(); err != nil {
		return nil, err
	}
	var m DirManifest
	known := map[string]Deliverable{}
	for _, d := range b.statement.Predicate.Deliverables {
		if d.Kind == KindFile {
			m.Entries = append(m.Entries, DirEntry{Path: d.Name, Size: d.Size, Digest: d.Digest})
			known[d.Name] = d
		}
	}
	if len(known) == 0 {
		return nil, refuse(WrongArtifact, "opening %s: the permit names no file", dir)
	}
	slices.SortFunc(m.Entries, func(a, b DirEntry) int { return strings.Compare(a.Path, b.Path) })
	if err := m.check(); err != nil {
		return nil, err
	}
	nodes := nodesOf(m)
	for name, d := range known {
		if err := nodes[name].of(d, b); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, unreadable(dir, err)
	}
	return &FolderFS{root, nodes}, b.Remember()
}

// of takes over what the permit knows of a file beyond its digest. Leaves count
// only if they lead to the root that was signed.
func (n *node) of(d Deliverable, b *Bundle) error {
	n.alone = true
	if d.Tree == nil || d.Tree.Leaves == "" {
		return nil
	}
	leaves, ok := b.Attachment(d.Tree.Leaves)
	if !ok {
		return nil // handed over beside the bundle: the digest serves as well
	}
	chunks := chunksOf(d.Size, d.Tree.Chunk)
	if chunks > maxLeaves || int64(len(leaves)) != chunks*sha256.Size || digestOf(rootOf(leaves)) != d.Tree.Root {
		return refuse(Malformed, "reading the leaves of %s: they are not those of its tree", d.Name)
	}
	n.tree, n.leaves = d.Tree, leaves
	return nil
}

// lazy reads a file of which nothing was hashed yet.
func (n *node) lazy(file *os.File) *openFile {
	c := newChunks(file, n.DirEntry.Size, n.tree.Chunk, n.leaves)
	c.wrong = WrongArtifact
	return &openFile{SectionReader: io.NewSectionReader(c, 0, n.DirEntry.Size), n: n, file: file}
}
