package basics

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/release/codeowners"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// owners judges the CODEOWNERS file that the host would take.
func (e *examiner) owners() {
	candidates := e.documentsIn([]string{".github", ".", "docs", ".gitlab"}, ownersName.MatchString)
	if len(candidates) == 0 {
		e.observe("repositories searched for CODEOWNERS", 1, "codeowners")
		e.report(event.Finding{Rule: "codeowners.missing", Message: "no CODEOWNERS: nobody is asked to review a change for what it touches",
			Fix: "Add .github/CODEOWNERS (or CODEOWNERS on GitLab) that begins with `* @your-team`."}, "missing")
		return
	}
	first := candidates[0]
	text, ok := e.read(first)
	if !ok {
		return
	}
	dialect := codeowners.DialectOf(first.Path, []byte(text))
	if dialect == codeowners.GitLab && len(candidates) > 1 { // GitLab looks at the root first
		slices.SortStableFunc(candidates, func(a, b repo.File) int { return gitlabOrder(a.Path) - gitlabOrder(b.Path) })
		if first = candidates[0]; !e.reread(first, &text) {
			return
		}
	}
	for _, other := range candidates[1:] {
		e.report(event.Finding{Rule: "codeowners.shadowed", Path: other.Path, Line: 1, Column: 1,
			Message: fmt.Sprintf("the host reads %s and never this file", first.Path)}, other.Path)
	}
	e.judgeOwners(first.Path, text, dialect)
}

func (e *examiner) reread(f repo.File, text *string) (ok bool) {
	*text, ok = e.read(f)
	return ok
}

func gitlabOrder(p string) int {
	return slices.Index([]string{"CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS", ".github/CODEOWNERS"}, p)
}

func (e *examiner) judgeOwners(p, text string, dialect codeowners.Dialect) {
	file, faults := codeowners.Parse([]byte(text), dialect)
	for _, flt := range faults {
		f := event.Finding{Rule: "codeowners.bad-line", Path: p, Line: flt.Line, Column: flt.Column,
			Source: lineAt(text, flt.Line), Message: flt.Message, Fix: flt.Fix}
		if flt.Owner != "" {
			f.Rule, f.EndColumn = "codeowners.bad-owner", flt.Column+len(flt.Owner)
		}
		e.report(f, strings.TrimSpace(f.Source), flt.Owner)
	}
	var paths []string
	for _, f := range e.all {
		paths = append(paths, f.Path)
	}
	cover, err := file.Cover(paths)
	if err != nil {
		e.unread(p, err)
		return
	}
	e.observe("paths held against CODEOWNERS", cover.Paths, "codeowners")
	for _, r := range cover.Dead {
		fix := "Delete the line, or correct it if the files have moved."
		if folder := strings.Trim(r.Pattern, "/") + "/"; dialect == codeowners.GitLab && slices.ContainsFunc(paths, func(p string) bool { return strings.HasPrefix(p, folder) }) {
			fix = "Write " + r.Pattern + "/ with a slash at the end: on this host a folder without one matches nothing in it."
		}
		e.report(event.Finding{Rule: "codeowners.dead-line", Path: p, Line: r.Line, Column: r.Column, EndColumn: r.Column + len(r.Pattern),
			Source: lineAt(text, r.Line), Message: fmt.Sprintf("%s matches no file", r.Pattern),
			Fix: fix}, r.Pattern, strings.Join(r.Owners, " "))
	}
	if len(cover.Uncovered) > 0 {
		e.uncovered(p, cover)
	}
}

// uncovered sums up what has no owner in one finding: its first folders, and how
// much of it a line without owners left out on purpose.
func (e *examiner) uncovered(p string, cover codeowners.Cover) {
	var most []string
	for _, folder := range cover.Folders() {
		name := folder.Path + "/"
		if folder.Path == "" {
			name = "the root"
		}
		if most = append(most, fmt.Sprintf("%s (%d)", name, folder.Count)); len(most) == 3 {
			break
		}
	}
	message := fmt.Sprintf("%d of %d files have no owner, most in %s", len(cover.Uncovered), cover.Paths, strings.Join(most, ", "))
	if cover.Disowned > 0 {
		message += fmt.Sprintf("; %d of them by a line that names nobody", cover.Disowned)
	}
	e.report(event.Finding{Rule: "codeowners.uncovered", Path: p, Line: 1, Column: 1, Message: message,
		Fix: "Begin the file with `* @your-team`, so that what no later line names has an owner too."}, "uncovered")
}
