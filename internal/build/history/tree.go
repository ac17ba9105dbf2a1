package history

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// maxGitFile bounds a file that git reads itself, in bytes.
const maxGitFile = 1 << 20

// reportTree examines paths, modes and the files that steer git.
func (e *exam) reportTree(ctx context.Context) {
	files := e.p.Files(tree)
	e.reportLargeFiles(files)
	e.reportPaths(files)
	e.reportLinks(ctx, files)
	steering := int64(0)
	drivers := map[string]*event.Finding{}
	for _, f := range files {
		if f.Mode > repo.Executable {
			continue
		}
		data, ok := []byte(nil), false
		if steersGit(f.Path) {
			if data, ok = e.read(ctx, f.Path); !ok {
				continue
			}
			steering++
		}
		e.reportSteering(f.Path, data, drivers)
	}
	for _, name := range sortedKeys(drivers) {
		e.report(*drivers[name], name)
	}
	e.reportModules(ctx, files)
	e.reportEmbedded(ctx, files)
	// Their absence was looked at as much as their content.
	e.observe(event.Observation{What: fmt.Sprintf("files looked at for steering git, %d of which do", steering), Count: int64(len(files)),
		Rules: []string{ruleSubmodule, ruleUnlisted, ruleAttributes, ruleCommand, ruleEmbedded}})
}

func (e *exam) read(ctx context.Context, file string) ([]byte, bool) {
	data, err := e.p.Read(ctx, tree, file, maxGitFile)
	if err != nil {
		e.problem(event.Problem{Code: string(fault.CodeOf(err)), Path: file, Message: err.Error(), Incomplete: true, Hint: "make the file readable"})
		return nil, false
	}
	return data, true
}

// steersGit takes the files that git and git-lfs read from a work tree, or that
// are made to be included.
func steersGit(file string) bool {
	switch path.Base(file) {
	case ".gitattributes", ".lfsconfig", ".gitconfig", "gitconfig":
		return true
	}
	return false
}

// reportSteering examines one such file. Drivers are gathered, since a tree may
// name the same one in many folders.
func (e *exam) reportSteering(file string, data []byte, drivers map[string]*event.Finding) {
	switch path.Base(file) {
	case ".gitattributes":
		for _, d := range attributeDrivers(data) {
			gather(drivers, file, data, d)
		}
	case ".lfsconfig":
		e.reportFlaws(ruleCommand, file, data, lfsFlaws(data))
	case ".gitconfig", "gitconfig":
		severity := event.Low
		if isTest(file) {
			severity = event.Info
		}
		e.reportFlaws(ruleCommand, file, data, configFlaws(data, severity))
	}
}

func gather(drivers map[string]*event.Finding, file string, data []byte, d driver) {
	name := d.kind + "=" + d.name
	if f, known := drivers[name]; known {
		f.Places++
		if len(f.Also) < mostAlso {
			f.Also = append(f.Also, event.Place{Path: file, Line: d.line})
		}
		return
	}
	severity := event.Info
	if d.kind == "filter" && !isTest(file) {
		severity = event.Low
	}
	drivers[name] = &event.Finding{Rule: ruleAttributes, Severity: severity, Path: file, Line: d.line, Source: lineOf(data, d.line), Places: 1,
		Message: fmt.Sprintf("%s for %s needs a command in every developer's git configuration", name, d.pattern)}
}

func (e *exam) reportFlaws(rule, file string, data []byte, flaws []flaw) {
	for _, f := range flaws {
		e.report(event.Finding{Rule: rule, Severity: f.severity, Path: file, Line: f.line, Source: lineOf(data, f.line), Message: f.what}, f.key)
	}
}

func lineOf(data []byte, n int) string {
	lines := strings.SplitN(string(data), "\n", n+1)
	if n < 1 || n > len(lines) {
		return ""
	}
	return clipLine(strings.TrimRight(lines[n-1], "\r"))
}

// reportPaths tells of names that are something else on another file system.
func (e *exam) reportPaths(files []repo.File) {
	for _, f := range files {
		if aliasesDotGit(f.Path) {
			e.report(event.Finding{Rule: ruleGitAlias, Path: f.Path, Message: fmt.Sprintf("the path %q lies in the git folder on some file systems", f.Path)}, f.Path)
		}
	}
	clashes := collisions(files)
	for n, c := range clashes {
		if n == mostEach {
			e.report(event.Finding{Rule: ruleColliding, Path: clashes[n].paths[0], Places: len(clashes) - n, Message: fmt.Sprintf("%d more paths collide", len(clashes)-n)}, "more")
			break
		}
		severity, what := event.Severity(""), "are one file where case and accents do not count"
		if c.link {
			severity, what = event.High, what+", and one is a symbolic link, through which git may write"
		}
		e.report(event.Finding{Rule: ruleColliding, Severity: severity, Path: c.paths[0], Also: alsoPaths(c.paths[1:]), Places: len(c.paths),
			Message: fmt.Sprintf("%s and %s %s", c.paths[0], c.paths[1], what)}, c.paths...)
	}
	e.observe(event.Observation{What: "paths compared with one another", Count: int64(len(files)), Rules: []string{ruleColliding, ruleGitAlias}})
}

// reportLinks tells of symbolic links that leave the tree.
func (e *exam) reportLinks(ctx context.Context, files []repo.File) {
	for _, f := range files {
		if f.Mode != repo.Symlink {
			continue
		}
		if path.Base(f.Path) == ".gitmodules" || path.Base(f.Path) == ".gitattributes" {
			e.report(event.Finding{Rule: ruleLink, Severity: event.High, Path: f.Path, Message: path.Base(f.Path) + " is a symbolic link, so that what git reads is not what was reviewed"}, f.Path)
			continue
		}
		target, ok := e.linkTarget(ctx, f.Path)
		if !ok {
			continue
		}
		where := linkLeads(f.Path, target)
		if where == "" {
			continue
		}
		severity := event.Severity("")
		switch {
		case where == "the git folder":
			severity = event.High
		case isTest(f.Path):
			severity = event.Info
		}
		e.report(event.Finding{Rule: ruleLink, Severity: severity, Path: f.Path, Message: fmt.Sprintf("the symbolic link leads to %s, %s", clip(target), outOf(where))}, f.Path, target)
	}
	// A tree without links was looked at too.
	e.observe(event.Observation{What: "paths looked at for symbolic links", Count: int64(len(files)), Rules: []string{ruleLink}})
}

// linkTarget is what a symbolic link says. In a work tree it is read from the
// disk, since a link has no content to open there; its digest is an input of
// the check all the same.
func (e *exam) linkTarget(ctx context.Context, file string) (string, bool) {
	r := e.p.Repo()
	if r == nil || r.Root() == "" {
		target, ok := e.read(ctx, file)
		return string(target), ok
	}
	root, err := os.OpenRoot(r.Root())
	if err != nil {
		return "", false
	}
	defer root.Close()
	target, err := root.Readlink(filepath.FromSlash(file))
	if err != nil {
		e.problem(event.Problem{Code: string(fault.Incomplete), Path: file, Message: "the symbolic link could not be read", Incomplete: true, Hint: "make it readable"})
	}
	return target, err == nil
}

func outOf(where string) string {
	if where == "outside" {
		return "outside the tree"
	}
	return "in " + where
}

// reportModules holds the submodules of the tree against .gitmodules.
func (e *exam) reportModules(ctx context.Context, files []repo.File) {
	var modules []string
	declared := map[string]bool{}
	for _, f := range files {
		if f.Mode == repo.Submodule {
			modules = append(modules, f.Path)
		}
		if f.Path != ".gitmodules" || f.Mode > repo.Executable {
			continue
		}
		data, ok := e.read(ctx, f.Path)
		if !ok {
			return
		}
		e.reportFlaws(ruleSubmodule, f.Path, data, submoduleFlaws(data))
		for _, s := range parseConfig(data) {
			if s.section == "submodule" && s.key == "path" {
				declared[strings.TrimSuffix(s.value, "/")] = true
			}
		}
	}
	var unlisted []string
	for _, m := range modules {
		if !declared[m] {
			unlisted = append(unlisted, m)
		}
	}
	if len(unlisted) > 0 {
		e.report(event.Finding{Rule: ruleUnlisted, Path: unlisted[0], Places: len(unlisted), Also: alsoPaths(unlisted[1:]),
			Message: plural(len(unlisted), "folder is a commit", "folders are commits") + " of another repository that .gitmodules does not name: " + someOf(unlisted)}, unlisted...)
	}
}

// reportEmbedded tells of repositories in the tree, the worse where their
// configuration runs something.
func (e *exam) reportEmbedded(ctx context.Context, files []repo.File) {
	var quiet []string
	for _, dir := range embeddedRepositories(files) {
		data, ok := e.read(ctx, dir+"/config")
		if !ok {
			continue
		}
		if flaws := configFlaws(data, event.High); len(flaws) > 0 {
			e.reportFlaws(ruleEmbedded, dir+"/config", data, flaws)
			continue
		}
		quiet = append(quiet, dir)
	}
	if len(quiet) > 0 {
		severity := event.Low
		if isTest(quiet[0]) {
			severity = event.Info
		}
		e.report(event.Finding{Rule: ruleEmbedded, Severity: severity, Path: quiet[0], Places: len(quiet), Also: alsoPaths(quiet[1:]),
			Message: plural(len(quiet), "folder is", "folders are") + " a whole git repository, whose configuration git obeys inside it: " + someOf(quiet)}, quiet...)
	}
}
