package verify

import (
	"errors"
	"io/fs"
	"os"
)

// opener is the folder that a name is looked up in: that of the process, or an
// os.Root, out of which no name leads.
type opener struct {
	lstat func(string) (os.FileInfo, error)
	open  func(string, int, os.FileMode) (*os.File, error)
}

func fromProcess() opener           { return opener{os.Lstat, os.OpenFile} }
func fromRoot(root *os.Root) opener { return opener{root.Lstat, root.OpenFile} }

// regular opens a regular file once, and refuses everything else: a symbolic
// link may point elsewhere tomorrow, a device has no content, a pipe never ends.
// It looks before it opens, since opening a device can do something, and looks
// again at what it has opened.
func (o opener) regular(name string) (*os.File, stamped, error) {
	before, err := o.lstat(name)
	if err != nil {
		return nil, stamped{}, unreadable(name, err)
	}
	if !before.Mode().IsRegular() {
		return nil, stamped{}, unsafeFile(name, before.Mode())
	}
	f, err := o.open(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, stamped{}, unreadable(name, err)
	}
	s, err := stampOf(f)
	if err == nil && !os.SameFile(before, s.info) {
		err = refuse(Changed, "opening %s: it was replaced at that moment", name)
	}
	if err != nil {
		f.Close()
		return nil, stamped{}, err
	}
	return f, s, nil
}

// stamped is what the system says of an open file, to see whether it changed.
type stamped struct {
	info os.FileInfo
	sys  int64 // the time of the last change of the inode, where the system has one
}

func stampOf(f *os.File) (stamped, error) {
	info, err := f.Stat()
	if err != nil {
		return stamped{}, unreadable(f.Name(), err)
	}
	if !info.Mode().IsRegular() {
		return stamped{}, unsafeFile(f.Name(), info.Mode())
	}
	return stamped{info, changeTime(info)}, nil
}

// same reports whether nothing that the system tells has moved.
func (s stamped) same(o stamped) bool {
	return os.SameFile(s.info, o.info) && s.info.Size() == o.info.Size() && s.info.ModTime().Equal(o.info.ModTime()) && s.sys == o.sys
}

// unchanged looks at the file again.
func (s stamped) unchanged(f *os.File) error {
	now, err := stampOf(f)
	if err != nil {
		return err
	}
	if !s.same(now) {
		r := refuse(Changed, "reading %s: it changed meanwhile", f.Name())
		r.Hint = "find out what writes to it, then try again"
		return r
	}
	return nil
}

func unsafeFile(name string, mode os.FileMode) *Refusal {
	r := refuse(UnsafeFile, "opening %s: expected a regular file, found %s", name, kindOf(mode))
	if mode&fs.ModeSymlink != 0 {
		r.Hint = "name the file that the link points to"
	}
	return r
}

func kindOf(mode os.FileMode) string {
	switch {
	case mode.IsRegular():
		return "a file"
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

// unreadable is the refusal of what the system did not give; one of ours stays
// what it is.
func unreadable(name string, err error) error {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r
	}
	if isLoop(err) {
		return unsafeFile(name, fs.ModeSymlink)
	}
	return &Refusal{Reason: Unreadable, Message: "reading " + name + ": " + err.Error(), Err: err}
}
