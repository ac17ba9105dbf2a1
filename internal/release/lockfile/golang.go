package lockfile

import (
	"fmt"
	"path"
	"sort"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// golang holds a go.mod against its go.sum: every required module must have the
// hash of its go.mod there, or in the go.work.sum of a workspace above.
func (e *examiner) golang(p string) {
	data, ok := e.read(p)
	if !ok {
		return
	}
	mod, err := modfile.ParseLax(p, data, nil)
	if err != nil {
		e.unreadable(p, data, err)
		return
	}
	// ParseLax leaves out replacements; they say which modules are really fetched.
	if strict, err := modfile.Parse(p, data, nil); err == nil {
		mod = strict
	}
	wanted := goWanted(mod)
	if len(wanted) == 0 {
		return
	}
	e.report.Manifests++
	sum := beside(p, "go.sum")
	work := e.nearest(path.Dir(p), "go.work.sum")
	if !e.has[sum] && work == "" {
		e.missing(p, "go mod tidy", false, "go.sum")
		return
	}
	e.report.Locks++
	have := map[string]bool{}
	for _, file := range []string{sum, work} {
		if e.has[file] && !e.goSum(file, have) {
			return
		}
	}
	var diffs []string
	for _, m := range wanted {
		if !have[m.Path+" "+m.Version+"/go.mod"] {
			diffs = append(diffs, m.Path+" "+m.Version+" is not in it")
		}
	}
	sort.Strings(diffs)
	e.mismatch(p, sum, "go mod tidy", diffs, 0)
}

// goWanted lists what is fetched for the requirements, after replacements;
// modules replaced by a folder are not fetched.
func goWanted(mod *modfile.File) []module.Version {
	replaced := map[module.Version]module.Version{}
	for _, r := range mod.Replace {
		replaced[r.Old] = r.New
	}
	excluded := map[module.Version]bool{}
	for _, x := range mod.Exclude {
		excluded[x.Mod] = true
	}
	var wanted []module.Version
	for _, r := range mod.Require {
		m := r.Mod
		if excluded[m] {
			continue
		}
		if to, ok := replaced[m]; ok {
			m = to
		} else if to, ok := replaced[module.Version{Path: m.Path}]; ok {
			m = to
		}
		if m.Version != "" {
			wanted = append(wanted, m)
		}
	}
	return wanted
}

// goSum adds the lines of a go.sum to have; false where the file is broken.
func (e *examiner) goSum(p string, have map[string]bool) bool {
	data, ok := e.read(p)
	if !ok {
		return false
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 3 {
			e.unreadable(p, data, fmt.Errorf("line %d has %d fields instead of 3", n, len(fields)))
			return false
		}
		have[fields[0]+" "+fields[1]] = true
	}
	return true
}
