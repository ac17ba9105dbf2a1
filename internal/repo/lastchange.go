package repo

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Change is a commit that changed a file.
type Change struct {
	Commit string // hex
	At     time.Time
	Author string // as the commit names them, unverified
}

// LastChange finds the last commit of HEAD's history that changed the file at
// path, an ordinary name and no pattern. Where since names a commit that this
// copy has, only what came after it counts. Ok is false where no commit did:
// the file may have been changed in the work tree alone.
func (r *Repo) LastChange(ctx context.Context, since, path string) (c Change, ok bool, err error) {
	if r.head == "" {
		return Change{}, false, nil
	}
	span := r.head
	if _, hex := parseObjectID([]byte(since)); hex && r.has(ctx, since) {
		span = since + ".." + r.head
	}
	out, err := r.run(ctx, "--literal-pathspecs", "log", "-1", "--no-follow", "--no-renames", "--no-show-signature",
		"--no-notes", "--no-color", "--no-ext-diff", "--no-textconv", "--format=%H%x00%ct%x00%an", span, "--", path)
	if err != nil {
		return Change{}, false, fmt.Errorf("finding who changed %s: %w", path, err)
	}
	fields := strings.Split(strings.TrimSuffix(string(out), "\n"), "\x00")
	if len(fields) != 3 {
		return Change{}, false, nil
	}
	seconds, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return Change{}, false, fmt.Errorf("finding who changed %s: unexpected time %q", path, fields[1])
	}
	return Change{Commit: fields[0], At: time.Unix(seconds, 0).UTC(), Author: fields[2]}, true, nil
}

// has tells whether this copy holds a commit.
func (r *Repo) has(ctx context.Context, commit string) bool {
	_, err := r.run(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", commit+"^{commit}")
	return err == nil
}
