package official

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sort"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Limits of what is imported. The largest catalogue published, NIST SP 800-53
// in OSCAL, has 10 MB and 1,200 controls.
const (
	MaxSize         = 64 << 20 // bytes of a file
	maxFiles        = 64       // that one import reads
	maxDepth        = 64       // of values inside one another
	maxNodes        = 2_000_000
	maxRequirements = 20_000
	maxText         = 64 << 10 // bytes of one text
	mostFaults      = 50       // that are shown
	// A table is cells of a few words, so its cells may outnumber its useful bytes.
	maxTable = 16 << 20  // bytes
	maxLine  = 256 << 10 // bytes
)

// source opens the files of one import and remembers what was read.
type source struct {
	fsys    fs.FS
	digests map[string]string // by path
}

func newSource(fsys fs.FS) *source { return &source{fsys: fsys, digests: map[string]string{}} }

// file reads a file, bounded.
func (s *source) file(name string) ([]byte, *fault.Error) {
	place := fault.Place{Path: name}
	if _, seen := s.digests[name]; !seen && len(s.digests) >= maxFiles {
		return nil, fault.At(fault.TooCostly, place, "resolve the profile with another tool and import its result", "more than %d files belong to the import", maxFiles)
	}
	info, err := fs.Stat(s.fsys, name) // before opening: a pipe would wait for ever
	if err == nil && !info.Mode().IsRegular() {
		return nil, fault.At(fault.Usage, place, "name a plain file", "this is not a plain file")
	}
	var f fs.File
	if err == nil {
		f, err = s.fsys.Open(name)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.At(fault.NotFound, place, "check the name, and from which folder it is meant", "there is no such file")
	}
	if err != nil {
		return nil, fault.At(fault.Untrusted, place, "put a plain file there, inside the folder of the import", "opening the file: %s", plainError(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, fault.At(fault.Incomplete, place, "", "reading the file: %s", plainError(err))
	}
	if len(data) > MaxSize {
		return nil, fault.At(fault.TooCostly, place, "import a smaller part of it", "the file is larger than %d MiB", MaxSize>>20)
	}
	sum := sha256.Sum256(data)
	s.digests[name] = "sha256:" + hex.EncodeToString(sum[:])
	return data, nil
}

// plainError is the cause of a path error; the place says the path already.
func plainError(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// digest is that of the one file read, or of all names and digests.
func (s *source) digest() string {
	if len(s.digests) == 1 {
		for _, d := range s.digests {
			return d
		}
	}
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(s.digests)) {
		fmt.Fprintf(h, "%s\x00%s\n", path.Base(name), s.digests[name])
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// sorted is the list by place, cut to what somebody will read.
func sorted(l fault.List) fault.List {
	sort.SliceStable(l, func(i, j int) bool {
		a, b := l[i].Place, l[j].Place
		switch {
		case a == nil || b == nil:
			return a != nil && b == nil
		case a.Path != b.Path:
			return a.Path < b.Path
		case a.Line != b.Line:
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
	if len(l) > mostFaults {
		l = append(l[:mostFaults:mostFaults], fault.New(fault.Config, "correct the first ones, then import again", "there are more faults than are shown"))
	}
	return l
}
