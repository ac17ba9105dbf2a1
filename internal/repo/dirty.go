package repo

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// Dirty reports whether tracked files differ from HEAD. A bare repository never
// does.
func (r *Repo) Dirty(ctx context.Context) (bool, error) {
	if r.root == "" {
		return false, nil
	}
	if r.head == "" {
		return true, nil
	}
	args, err := r.withoutFilters(ctx)
	if err != nil {
		return false, err
	}
	// Not diff-index: it takes a file for changed whose times alone have.
	_, err = r.run(ctx, append(args, "-c", "diff.autoRefreshIndex=true", "diff", "--quiet", "--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty", "HEAD", "--")...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("comparing the work tree with HEAD: %w", err)
	}
	return false, nil
}

// withoutFilters are options that empty every filter which the repository's
// configuration names: git would run them on files whose times have changed.
func (r *Repo) withoutFilters(ctx context.Context) ([]string, error) {
	out, err := r.run(ctx, "config", "--null", "--name-only", "--get-regexp", `^filter\.`)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 {
		return nil, nil // none
	}
	if err != nil {
		return nil, fmt.Errorf("reading git's configuration: %w", err)
	}
	var args []string
	for name := range strings.SplitSeq(string(out), "\x00") {
		switch {
		case strings.HasSuffix(name, ".required"):
			args = append(args, "-c", name+"=false")
		case name != "":
			args = append(args, "-c", name+"=")
		}
	}
	return args, nil
}
