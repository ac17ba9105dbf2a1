package basics

import (
	"context"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/release/lockfile"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// manifestTree shows the manifests input to package lockfile.
type manifestTree struct {
	ctx   context.Context
	pass  *check.Pass
	files map[string]repo.File
	paths []string
}

func (t *manifestTree) Paths() []string { return t.paths }

func (t *manifestTree) Read(p string) ([]byte, error) {
	return readRegular(t.ctx, t.pass, manifests, t.files[p])
}

// locks holds lock files against manifests. A lock file that git does not know
// is as good as none: no other machine has it.
func (e *examiner) locks() {
	tree := &manifestTree{ctx: e.ctx, pass: e.pass, files: map[string]repo.File{}}
	for _, f := range e.pass.Files(manifests) {
		if f.Tracked {
			tree.files[f.Path] = f
			tree.paths = append(tree.paths, f.Path)
		}
	}
	report := lockfile.Examine(tree)
	for _, f := range report.Findings {
		e.report(event.Finding{Rule: f.Rule, Severity: f.Severity, Path: f.Path, Line: f.Line, Column: f.Column,
			Message: f.Message, Fix: f.Fix}, f.Key...)
	}
	for _, u := range report.Unread {
		e.unread(u.Path, u.Err)
	}
	// A product without dependencies has nothing to lock, and that was looked at.
	e.observe("repositories searched for manifests of dependencies", 1, "lockfile", "requirements")
	if report.Manifests > 0 {
		e.observe("manifests held against their lock files", report.Manifests, "lockfile", "requirements")
	}
}
