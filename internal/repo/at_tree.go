package repo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
)

// treeOf is the tree of a commit with the digests that its files would have in
// a work tree, so that what is known of a file's bytes is known of them here too.
type treeOf struct {
	*commitTree
	files []File
	blobs map[string]string // path → digest by which the commit knows it
}

func (t *treeOf) Files() []File { return t.files }

func (t *treeOf) Open(ctx context.Context, f File) (io.ReadCloser, error) {
	f.Digest = t.blobs[f.Path]
	return t.commitTree.Open(ctx, f)
}

// Tree is the snapshot of HEAD's tree whatever lies in the work tree, with
// digests of the bytes. StateDir, where not empty, keeps the digest of each
// object, which never changes. A file whose object is not here keeps the
// object's name for its digest.
func (r *Repo) Tree(ctx context.Context, stateDir string) (Snapshot, error) {
	tree, err := r.commitTree(ctx, r.head)
	if err != nil {
		return nil, err
	}
	known := loadObjects(stateDir)
	if err := r.hashBlobs(ctx, tree.files, known); err != nil {
		return nil, err
	}
	t := &treeOf{commitTree: tree, blobs: make(map[string]string, len(tree.files))}
	for _, f := range tree.files {
		t.blobs[f.Path] = f.Digest
		if digest, ok := known.now[strings.TrimPrefix(f.Digest, "git:")]; ok && f.Mode != Submodule {
			f.Digest = "sha256:" + digest
		}
		t.files = append(t.files, f)
	}
	known.save(stateDir)
	return t, nil
}

// DigestsOf is the digest of the bytes of each blob, "sha256:<hex>" by the name
// that git has for it. Those that cannot be read are left out.
func (r *Repo) DigestsOf(ctx context.Context, oids []string) map[string]string {
	files := make([]File, len(oids))
	for i, oid := range oids {
		files[i].Digest = "git:" + oid
	}
	known := &objects{old: map[string]string{}, now: map[string]string{}}
	digests := map[string]string{}
	if r.hashBlobs(ctx, files, known) == nil {
		for oid, digest := range known.now {
			if digest != "" {
				digests[oid] = "sha256:" + digest
			}
		}
	}
	return digests
}

// hashBlobs adds the digests of the files that known lacks.
func (r *Repo) hashBlobs(ctx context.Context, files []File, known *objects) error {
	var ask bytes.Buffer
	for _, f := range files {
		oid := strings.TrimPrefix(f.Digest, "git:")
		if f.Mode == Submodule {
			continue
		}
		if digest, ok := known.old[oid]; ok {
			known.now[oid] = digest
		} else if _, asked := known.now[oid]; !asked {
			known.now[oid] = ""
			ask.WriteString(oid + "\n")
		}
	}
	if ask.Len() == 0 {
		return nil
	}
	known.moved = true
	return r.batch(ctx, &ask, func(o object, content io.Reader) error {
		if o.missing || o.kind != "blob" {
			delete(known.now, o.oid)
			return nil
		}
		sum := sha256.New()
		if _, err := io.Copy(sum, content); err != nil {
			return err
		}
		known.now[o.oid] = hex.EncodeToString(sum.Sum(nil))
		return nil
	})
}

// objects remembers the SHA-256 of objects by their names.
type objects struct {
	old, now map[string]string
	moved    bool
}

const objectsMagic = "plimsoll objects 1\n"

func objectsPath(stateDir string) string { return filepath.Join(stateDir, "objects") }

// loadObjects is empty where there is nothing to be believed.
func loadObjects(stateDir string) *objects {
	o := &objects{old: map[string]string{}, now: map[string]string{}}
	if stateDir == "" {
		return o
	}
	file, err := os.Open(objectsPath(stateDir))
	if err != nil {
		return o
	}
	defer file.Close()
	data, err := durable.ReadSealed(file, objectsMagic)
	if err != nil {
		return o
	}
	for line := range bytes.Lines(data) {
		if oid, digest, ok := strings.Cut(strings.TrimSuffix(string(line), "\n"), " "); ok {
			o.old[oid] = digest
		}
	}
	return o
}

// save keeps what this run asked for. Failing to only costs the next run time.
func (o *objects) save(stateDir string) {
	if stateDir == "" || !o.moved && len(o.now) == len(o.old) {
		return
	}
	var data bytes.Buffer
	for oid, digest := range o.now {
		data.WriteString(oid + " " + digest + "\n")
	}
	_ = durable.WriteSealed(objectsPath(stateDir), objectsMagic, data.Bytes())
}

// Branch reports whether a revision is the name of a branch, here or of a remote:
// something that moves on.
func (r *Repo) Branch(ctx context.Context, revision string) bool {
	out, err := r.run(ctx, "rev-parse", "--symbolic-full-name", "--verify", "--quiet", "--end-of-options", revision)
	name := strings.TrimSpace(string(out))
	return err == nil && (strings.HasPrefix(name, "refs/heads/") || strings.HasPrefix(name, "refs/remotes/"))
}

// Between is the set of commits that HEAD reaches and base does not.
func (r *Repo) Between(ctx context.Context, base string) (map[string]bool, error) {
	out, err := r.run(ctx, "rev-list", r.head, "^"+base, "--")
	if err != nil {
		return nil, err
	}
	commits := map[string]bool{}
	for oid := range strings.FieldsSeq(string(out)) {
		commits[oid] = true
	}
	return commits, nil
}
