// Package deliverable takes down what a release hands over: files, folders and
// images, by digests that whoever receives them can compute again.
package deliverable

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
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/registry"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Taken is a deliverable and what goes into the bundle with it.
type Taken struct {
	verify.Deliverable
	Attached []Attached
	Note     string // what else people should know of it
}

// Attached is content that the permit names by its digest.
type Attached struct {
	verify.Attachment
	Data []byte
}

// Attach makes an attachment of data.
func Attach(name, media string, data []byte) Attached {
	return Attached{verify.Attachment{Name: name, Media: media, Digest: verify.Digest(data), Size: int64(len(data))}, data}
}

// LeavesMedia is the media type of the leaves of a tree.
const LeavesMedia = "application/vnd.plimsoll.leaves"

// treeFrom is the size from which a file gets a tree of chunks: below it the
// digest is found as fast as the tree.
const treeFrom = 4 * verify.DefaultChunk

// mostLeaves bounds the leaves that go into a bundle, in bytes: 8 GiB of file.
const mostLeaves = 1 << 20

// Taker takes down deliverables.
type Taker struct {
	Root     string           // the repository's
	Registry *registry.Client // nil where no registry may be asked
	Layers   bool             // read layers that lie in a registry, too
}

// Take takes down what lies at name, a path from the repository's root or the
// name of an image in a registry, which is also what it is called.
func (t Taker) Take(ctx context.Context, name string, kind verify.Kind) (Taken, error) {
	return t.TakeAt(ctx, name, kind, "")
}

// TakeAt is Take, and where an image in a registry has a tag, the image is that
// of the digest, if one is given.
func (t Taker) TakeAt(ctx context.Context, name string, kind verify.Kind, digest string) (Taken, error) {
	if kind == verify.KindImage && registry.Is(name) {
		return t.fromRegistry(ctx, name, digest)
	}
	name, err := Name(t.Root, name)
	if err != nil {
		return Taken{}, err
	}
	switch kind {
	case verify.KindFile:
		return takeFile(t.Root, name)
	case verify.KindDir:
		return takeDir(t.Root, name)
	case verify.KindImage:
		return takeImage(t.Root, name)
	}
	return Taken{}, fault.New(fault.NotThere, "", "a deliverable cannot be a %q", kind)
}

// Name is the path of a deliverable from the repository's root. What lies
// outside could not be found again when the release is sealed.
func Name(root, name string) (string, error) {
	clean := path.Clean(filepath.ToSlash(name))
	if clean == "." || !filepath.IsLocal(filepath.FromSlash(clean)) || strings.Contains(clean, `\`) {
		return "", fault.New(fault.Usage, "copy it into the repository, into a folder that git ignores", "the deliverable %q lies outside the repository", name)
	}
	for _, r := range clean {
		if r < ' ' || r == 0x7f {
			return "", fault.New(fault.Usage, "rename it", "the deliverable %q has a control character in its name", name)
		}
	}
	return clean, nil
}

func takeFile(root, name string) (Taken, error) {
	file, info, err := open(root, name)
	if err != nil {
		return Taken{}, err
	}
	defer file.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, file)
	if err != nil {
		return Taken{}, unreadable(name, err)
	}
	t := Taken{Deliverable: verify.Deliverable{Name: name, Kind: verify.KindFile, Digest: "sha256:" + hex.EncodeToString(hash.Sum(nil)), Size: n}}
	if n >= treeFrom {
		tree, leaves, err := verify.BuildTree(file, n, verify.DefaultChunk)
		if err != nil {
			return t, unreadable(name, err)
		}
		if len(leaves) <= mostLeaves {
			a := Attach("leaves of "+path.Base(name), LeavesMedia, leaves)
			tree.Leaves = a.Digest
			t.Attached = append(t.Attached, a)
		}
		t.Tree = &tree
	}
	after, err := file.Stat()
	if err != nil || after.Size() != n || n != info.Size() || !after.ModTime().Equal(info.ModTime()) {
		return t, fault.New(fault.Incomplete, "wait until the build is done, and prepare again", "%s changed while it was read", name)
	}
	return t, nil
}

// open opens a plain file inside the repository.
func open(root, name string) (*os.File, fs.FileInfo, error) {
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the repository: %w", err)
	}
	defer dir.Close()
	info, err := dir.Lstat(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fault.New(fault.NotFound, "build it, or correct its path", "there is no deliverable %s", name)
	}
	if err != nil {
		return nil, nil, unreadable(name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fault.New(fault.Usage, "name the file itself; a folder goes with --dir", "the deliverable %s is no plain file", name)
	}
	file, err := dir.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, nil, unreadable(name, err)
	}
	opened, err := file.Stat()
	if err != nil || !os.SameFile(info, opened) {
		file.Close()
		return nil, nil, fault.New(fault.Untrusted, "prepare again", "%s was exchanged while it was opened", name)
	}
	return file, opened, nil
}

func takeDir(root, name string) (Taken, error) {
	manifest, size, err := verify.Manifest(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return Taken{}, refused(name, err)
	}
	a := Attach("manifest of "+path.Base(name), verify.ManifestMedia, manifest)
	return Taken{Deliverable: verify.Deliverable{Name: name, Kind: verify.KindDir, Digest: a.Digest, Size: size}, Attached: []Attached{a}}, nil
}

// Again holds a deliverable, as it lies there now, against what was taken down.
// Of an image in a registry its digest is asked for, wherever its tag is by now.
func (t Taker) Again(ctx context.Context, d verify.Deliverable) error {
	if d.Kind == verify.KindImage && registry.Is(d.Name) {
		_, err := t.fromRegistry(ctx, d.Name, d.Digest)
		return err
	}
	now, err := t.Take(ctx, d.Name, d.Kind)
	if err != nil {
		return err
	}
	if now.Digest != d.Digest || now.Size != d.Size {
		return fault.New(fault.Untrusted, "prepare it again: what was approved is not what lies there", "the deliverable %s has changed: it is %s, prepared was %s", d.Name, now.Digest, d.Digest)
	}
	if d.Tree != nil && (now.Tree == nil || now.Tree.Root != d.Tree.Root) {
		return fault.New(fault.Untrusted, "prepare it again", "the tree of the deliverable %s is not the one that was prepared", d.Name)
	}
	return nil
}

func refused(name string, err error) error {
	if r, ok := errors.AsType[*verify.Refusal](err); ok {
		return fault.Wrap(fault.Usage, err, r.Hint, "taking down the deliverable %s", name)
	}
	return unreadable(name, err)
}

func unreadable(name string, err error) error {
	return fault.Wrap(fault.Incomplete, err, "see whether it can be read", "reading the deliverable %s", name)
}

// Unique leaves out attachments with a digest that is there already: the permit
// names each content once.
func Unique(all []Attached) []Attached {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(all), func(a Attached) bool {
		twice := seen[a.Digest]
		seen[a.Digest] = true
		return twice || bytes.Equal(a.Data, nil)
	})
}
