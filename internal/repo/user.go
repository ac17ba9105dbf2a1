package repo

import (
	"context"
	"strings"
)

// User is git's idea of who works here, "Name <email>", or "" where it has none.
func (r *Repo) User(ctx context.Context) string {
	name, email := r.configured(ctx, "user.name"), r.configured(ctx, "user.email")
	switch {
	case name != "" && email != "":
		return name + " <" + email + ">"
	case name != "":
		return name
	}
	return email
}

func (r *Repo) configured(ctx context.Context, key string) string {
	out, err := r.run(ctx, "config", "--get", key)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
