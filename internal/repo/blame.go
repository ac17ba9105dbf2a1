package repo

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// LineChange is the commit that gave a line of a file of HEAD its present form.
// Ok is false where no commit did, or git cannot tell.
func (r *Repo) LineChange(ctx context.Context, path string, line int) (c Change, ok bool) {
	if r.head == "" || line < 1 || path == "" {
		return Change{}, false
	}
	at := strconv.Itoa(line)
	out, err := r.run(ctx, "--literal-pathspecs", "blame", "--porcelain", "-L", at+","+at, "--no-progress", r.head, "--", path)
	if err != nil {
		return Change{}, false
	}
	for n, text := range strings.Split(string(out), "\n") {
		name, value, _ := strings.Cut(text, " ")
		switch {
		case n == 0:
			c.Commit = name
		case name == "author":
			c.Author = value
		case name == "author-time":
			seconds, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return Change{}, false
			}
			c.At = time.Unix(seconds, 0).UTC()
		}
	}
	return c, len(c.Commit) >= 40 && !c.At.IsZero()
}
