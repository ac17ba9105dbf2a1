package lockfile

import (
	"encoding/json"
	"path"
	"strings"
)

// workspaceGlobs are the patterns of a workspace's members: of npm, yarn and bun
// in package.json, of pnpm in pnpm-workspace.yaml.
func (e *examiner) workspaceGlobs(dir string, m *npmManifest) []string {
	var globs []string
	if json.Unmarshal(m.Workspaces, &globs) != nil {
		var object struct{ Packages []string }
		_ = json.Unmarshal(m.Workspaces, &object) // neither form: no workspace
		globs = object.Packages
	}
	if p := path.Join(dir, "pnpm-workspace.yaml"); e.has[p] {
		data, _ := e.read(p)
		eachYAML(data, func(keys []string, value string) {
			if len(keys) == 2 && keys[0] == "packages" && keys[1] == "-" {
				globs = append(globs, value)
			}
		})
	}
	return globs
}

// npmRoot is the manifest of the workspace that m is a member of, m itself where
// it is of none or has a lock file of its own.
func (e *examiner) npmRoot(m *npmManifest) *npmManifest {
	dir := path.Dir(m.path)
	if len(e.npmLocksIn(dir)) > 0 {
		return m
	}
	for _, above := range upwards(dir)[1:] {
		root := e.npmIn(above)
		if root != nil && isMember(root.workspaces, relative(above, dir)) {
			return root
		}
	}
	return m
}

func relative(base, dir string) string {
	if base == "." {
		return dir
	}
	return strings.TrimPrefix(dir, base+"/")
}

// isMember applies a workspace's patterns, of which the last that matches counts.
func isMember(globs []string, dir string) bool {
	member := false
	for _, glob := range globs {
		exclude := strings.HasPrefix(glob, "!")
		glob = strings.Trim(strings.TrimPrefix(strings.TrimPrefix(glob, "!"), "./"), "/")
		if matchGlob(strings.Split(glob, "/"), strings.Split(dir, "/")) {
			member = !exclude
		}
	}
	return member
}

// maxDoubleStars bounds the work on one pattern, which grows with a power of it.
const maxDoubleStars = 3

// matchGlob matches a path's segments; "**" stands for any number of them.
func matchGlob(pattern, segments []string) bool {
	stars := 0
	for _, p := range pattern {
		if p == "**" {
			stars++
		}
	}
	return stars <= maxDoubleStars && matchGlobRest(pattern, segments)
}

func matchGlobRest(pattern, segments []string) bool {
	for i, p := range pattern {
		if p == "**" {
			for skip := 0; i+skip <= len(segments); skip++ {
				if matchGlobRest(pattern[i+1:], segments[i+skip:]) {
					return true
				}
			}
			return false
		}
		if i >= len(segments) {
			return false
		}
		if ok, err := path.Match(p, segments[i]); err != nil || !ok {
			return false
		}
	}
	return len(pattern) == len(segments)
}
