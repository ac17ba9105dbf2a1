package repo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// TreeChange is one file that differs between two states of the tree.
type TreeChange struct {
	Path, OldPath string // the same unless the file was renamed; OldPath is "" for a new file, Path for one that went
	OldOID        string // "" for a new file
	NewOID        string // "" for a file that went, or one that stands in the work tree alone
	Work          bool   // the new content lies in the work tree
	Executable    bool   // it became a program that it was not
	Special       bool   // a link or a submodule on either side
}

// Gone says that the file is there no more.
func (c TreeChange) Gone() bool { return c.NewOID == "" && !c.Work }

// CommitInfo is what a commit says of itself, unverified.
type CommitInfo struct {
	ID        string
	Parents   []string
	Author    string // name
	Email     string // of the author
	At        time.Time
	Subject   string
	Committer string   // the e-mail address
	CoAuthors []string // "Name <address>", of the Co-authored-by trailers
}

// MainBranch is the ref of the branch that others start from: what the remote
// calls its HEAD, else main or master, else "".
func (r *Repo) MainBranch(ctx context.Context) string {
	refs, err := r.Refs(ctx)
	if err != nil {
		return ""
	}
	named := map[string]bool{}
	for _, ref := range refs {
		if ref.Name == "refs/remotes/origin/HEAD" && ref.Symref != "" {
			return ref.Symref
		}
		named[ref.Name] = true
	}
	for _, name := range []string{"refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master", "refs/heads/trunk"} {
		if named[name] {
			return name
		}
	}
	return ""
}

// Changes lists the files that differ between two commits; an empty base is the
// empty tree. It compares trees and runs nothing that the repository names.
func (r *Repo) Changes(ctx context.Context, base, head string) ([]TreeChange, error) {
	if base == "" {
		out, err := r.run(ctx, "hash-object", "-t", "tree", "--stdin")
		if err != nil {
			return nil, fmt.Errorf("naming the empty tree: %w", err)
		}
		base = strings.TrimSpace(string(out))
	}
	out, err := r.run(ctx, "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "-M", "-l1000", "--no-ext-diff", "--no-textconv", base, head)
	if err != nil {
		return nil, fmt.Errorf("comparing %s with %s: %w", base, head, err)
	}
	return parseRaw(out, false)
}

// WorkChanges lists the files of the work tree that differ from a commit, those
// that git does not know yet included.
func (r *Repo) WorkChanges(ctx context.Context, base string) ([]TreeChange, error) {
	args, err := r.withoutFilters(ctx)
	if err != nil {
		return nil, err
	}
	out, err := r.run(ctx, append(args, "diff-index", "-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty", base, "--")...)
	if err != nil {
		return nil, fmt.Errorf("comparing the work tree with %s: %w", base, err)
	}
	changes, err := parseRaw(out, true)
	if err != nil {
		return nil, err
	}
	others, err := r.run(ctx, "ls-files", "-z", "--others", "--exclude-standard")
	if err != nil {
		return nil, fmt.Errorf("listing new files: %w", err)
	}
	for path := range bytes.SplitSeq(others, []byte{0}) {
		if len(path) > 0 && path[len(path)-1] != '/' {
			changes = append(changes, TreeChange{Path: string(path), Work: true})
		}
	}
	return changes, nil
}

// parseRaw reads ":<mode> <mode> <object> <object> <status>\0<path>\0[<path>\0]".
func parseRaw(out []byte, work bool) ([]TreeChange, error) {
	fields := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	var changes []TreeChange
	for i := 0; i < len(fields) && fields[i] != ""; {
		head := strings.Fields(fields[i])
		if len(head) != 5 || len(head[0]) < 2 || i+1 >= len(fields) {
			return nil, fmt.Errorf("comparing trees: unexpected entry %q", fields[i])
		}
		c := TreeChange{Path: fields[i+1], OldPath: fields[i+1]}
		i += 2
		if s := head[4][0]; s == 'R' || s == 'C' {
			if i >= len(fields) {
				return nil, fmt.Errorf("comparing trees: a rename of %q without its end", c.OldPath)
			}
			c.Path = fields[i]
			i++
		}
		c.modes(head[0][1:], head[1])
		if !isZero([]byte(head[2])) {
			c.OldOID = head[2]
		} else {
			c.OldPath = ""
		}
		switch {
		case head[4][0] == 'D':
		case isZero([]byte(head[3])):
			c.Work = work
		default:
			c.NewOID = head[3]
		}
		changes = append(changes, c)
	}
	return changes, nil
}

func (c *TreeChange) modes(before, after string) {
	c.Executable = after == "100755" && before != "100755"
	for _, mode := range []string{before, after} {
		c.Special = c.Special || mode == "120000" || mode == "160000"
	}
}

// Blobs calls fn with the content of each object named; data is nil where the
// object is missing or has more than limit bytes, which size tells apart: -1.
func (r *Repo) Blobs(ctx context.Context, oids []string, limit int64, fn func(oid string, data []byte, size int64) error) error {
	if len(oids) == 0 {
		return nil
	}
	return r.batch(ctx, strings.NewReader(strings.Join(oids, "\n")+"\n"), func(o object, content io.Reader) error {
		switch {
		case o.missing:
			return fn(o.oid, nil, -1)
		case o.size > limit:
			return fn(o.oid, nil, o.size)
		}
		data := make([]byte, o.size)
		if _, err := io.ReadFull(content, data); err != nil {
			return err
		}
		return fn(o.oid, data, o.size)
	})
}

// commitFormat has commitFields fields, each ended by NUL: the one byte that no
// name, address or message can have.
const (
	commitFormat = "--format=tformat:%H%x00%P%x00%an%x00%ae%x00%ct%x00%ce%x00%s%x00%(trailers:key=Co-authored-by,valueonly,unfold)"
	commitFields = 8
)

// CommitsBetween lists the commits that head has and base has not, newest
// first, at most limit; an empty base takes all.
func (r *Repo) CommitsBetween(ctx context.Context, base, head string, limit int) ([]CommitInfo, error) {
	span := head
	if base != "" {
		span = base + ".." + head
	}
	return r.log(ctx, limit, span)
}

// CommitsOutside is CommitsBetween for those commits that changed something
// outside of a folder.
func (r *Repo) CommitsOutside(ctx context.Context, base, head, folder string, limit int) ([]CommitInfo, error) {
	return r.log(ctx, limit, "--full-history", base+".."+head, "--", ":/", ":(top,exclude,literal)"+folder)
}

// FirstParents lists the commits of a branch along its first parents, newest
// first, down to the moment since, at most limit.
func (r *Repo) FirstParents(ctx context.Context, head string, since time.Time, limit int) ([]CommitInfo, error) {
	return r.log(ctx, limit, "--first-parent", "--since-as-filter="+since.UTC().Format(time.RFC3339), head)
}

func (r *Repo) log(ctx context.Context, limit int, args ...string) ([]CommitInfo, error) {
	all := append([]string{"log", "-z", "-n", strconv.Itoa(limit), "--no-show-signature", "--no-notes", "--no-color", "--no-ext-diff", "--no-textconv", "--no-patch", commitFormat}, args...)
	if !slices.Contains(args, "--") {
		all = append(all, "--")
	}
	out, err := r.run(ctx, all...)
	if err != nil {
		return nil, fmt.Errorf("listing commits: %w", err)
	}
	fields := strings.Split(string(out), "\x00")
	var commits []CommitInfo
	for f := range slices.Chunk(fields[:len(fields)-len(fields)%commitFields], commitFields) {
		seconds, _ := strconv.ParseInt(f[4], 10, 64)
		commits = append(commits, CommitInfo{ID: f[0], Parents: strings.Fields(f[1]), Author: f[2], Email: f[3],
			At: time.Unix(seconds, 0).UTC(), Committer: f[5], Subject: f[6], CoAuthors: trailerLines(f[7])})
	}
	return commits, nil
}

func trailerLines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
