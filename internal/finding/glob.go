package finding

import (
	"path"
	"strings"
)

// maxGlob bounds a pattern of paths, and mostStars how many ** it may have.
const (
	maxGlob   = 300
	mostStars = 4
)

func validGlob(glob string) bool {
	if glob == "" || len(glob) > maxGlob || strings.HasPrefix(glob, "/") || strings.Count(glob, "**") > mostStars {
		return false
	}
	for part := range strings.SplitSeq(glob, "/") {
		if _, err := path.Match(part, ""); err != nil || part == ".." || part == "" {
			return false
		}
	}
	return true
}

// MatchPath says whether a path matches a pattern: * and ? within a folder or
// file name, ** over any number of folders.
func MatchPath(glob, name string) bool {
	return validGlob(glob) && matchParts(strings.Split(glob, "/"), strings.Split(name, "/"))
}

func matchParts(glob, name []string) bool {
	for len(glob) > 0 {
		if glob[0] == "**" {
			for skip := 0; skip <= len(name); skip++ {
				if matchParts(glob[1:], name[skip:]) {
					return true
				}
			}
			return false
		}
		if len(name) == 0 {
			return false
		}
		if ok, _ := path.Match(glob[0], name[0]); !ok {
			return false
		}
		glob, name = glob[1:], name[1:]
	}
	return len(name) == 0
}
