package repo

import (
	"os"
	"path/filepath"
)

// nearby keeps the folder open that was asked for last. An os.Root walks down
// from its top for each path, one folder after another, so that none of them leads
// out of it; files come in the order of their paths, and most lie where the one
// before did. It is for one goroutine.
type nearby struct {
	root *os.Root
	dir  string
	last *os.Root // the folder dir; nil where none is open
}

// at is a root and the name in it by which path is reached. What cannot be opened
// as a folder is left to the root at the top, which says what is wrong with it.
func (n *nearby) at(path string) (*os.Root, string) {
	name := filepath.FromSlash(path)
	dir, base := filepath.Split(name)
	if dir == "" {
		return n.root, name
	}
	if n.last != nil && n.dir == dir {
		return n.last, base
	}
	n.close()
	last, err := n.root.OpenRoot(dir)
	if err != nil {
		return n.root, name
	}
	n.dir, n.last = dir, last
	return last, base
}

func (n *nearby) close() {
	if n.last != nil {
		n.last.Close()
		n.last = nil
	}
}
