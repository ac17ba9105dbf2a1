package repo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/repo/pack"
)

// Ref is a name in the repository that points at an object.
type Ref struct {
	Name   string // "refs/heads/main"
	OID    string // hex
	Type   string // commit | tag | tree | blob; "" where the object is missing
	Peeled string // the commit that an annotated tag points at in the end
	Symref string // the ref that this one stands for, or ""
}

// Refs lists every ref, sorted by name; none for a repository at a revision,
// whose history is that of its head. The slice is shared: do not write to it.
func (r *Repo) Refs(ctx context.Context) ([]Ref, error) { return r.refs() }

func (r *Repo) readRefs(ctx context.Context) ([]Ref, error) {
	if !r.whole() {
		return nil, nil
	}
	out, err := r.run(ctx, "for-each-ref", "--format=%(refname)%00%(objectname)%00%(objecttype)%00%(*objectname)%00%(symref)")
	if err != nil { // a missing object makes git refuse the types
		out, err = r.run(ctx, "for-each-ref", "--format=%(refname)%00%(objectname)%00%00%00%(symref)")
	}
	if err != nil {
		return nil, fmt.Errorf("listing refs: %w", err)
	}
	var refs []Ref
	for line := range bytes.Lines(out) {
		f := strings.Split(strings.TrimSuffix(string(line), "\n"), "\x00")
		if len(f) != 5 {
			return nil, fmt.Errorf("listing refs: unexpected line %q", line)
		}
		refs = append(refs, Ref{Name: f[0], OID: f[1], Type: f[2], Peeled: f[3], Symref: f[4]})
	}
	sort.Slice(refs, func(i, j int) bool { return refs[i].Name < refs[j].Name })
	return refs, nil
}

// RefsDigest is the digest of all that any ref reaches: "sha256:<hex>" over
// names and objects, HEAD included.
func (r *Repo) RefsDigest(ctx context.Context) (string, error) {
	refs, err := r.Refs(ctx)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintf(h, "HEAD %s\n", r.head)
	for _, ref := range refs {
		fmt.Fprintf(h, "%s %s\n", ref.Name, ref.OID)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}

// Roots are the first commits of HEAD's history, sorted: what makes this
// repository this one and no other. Empty before the first commit.
func (r *Repo) Roots(ctx context.Context) ([]string, error) {
	if r.head == "" {
		return nil, nil
	}
	if root, err := r.firstCommit(ctx); err == nil {
		return []string{root}, nil
	}
	out, err := r.run(ctx, "rev-list", "--max-parents=0", "--first-parent", r.head)
	if err != nil {
		return nil, fmt.Errorf("finding the first commit: %w", err)
	}
	roots := strings.Fields(string(out))
	sort.Strings(roots)
	return roots, nil
}

// firstCommit follows the first parents from HEAD to their end. Git takes four times
// as long over it, and is asked where a commit cannot be read.
func (r *Repo) firstCommit(ctx context.Context) (string, error) {
	store, err := r.store()
	if err != nil {
		return "", err
	}
	id, ok := pack.ParseID(r.head)
	if !ok {
		return "", errCommit
	}
	read := r.readCommit(store.NewGetter())
	for n := 0; ; n++ {
		c, err := read(&id)
		if err != nil {
			return "", err
		}
		if len(c.parents) == 0 {
			return r.hexOf(id), nil
		}
		if n%1000 == 0 && ctx.Err() != nil {
			return "", ctx.Err()
		}
		id = c.parents[0]
	}
}
