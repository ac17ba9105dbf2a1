package upgrade

import (
	"cmp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

// idKeys are the names under which files in .plimsoll/ hold ids. Elsewhere an id
// only counts where it is written with its version: "1.2.3" may be anything.
var idKeys = []string{"id", "requirement", "requirements", "include"}

// Scan finds ids of the version in a YAML file of .plimsoll/. A file that
// cannot be read holds none: whoever reads it for its own sake says why.
func Scan(path string, data []byte, version string) []Reference {
	f, faults := yamlfile.Parse(path, data)
	if len(faults) > 0 {
		return nil
	}
	s := &scan{file: f, version: version}
	s.walk(f.Value(), "", "")
	slices.SortStableFunc(s.found, func(a, b Reference) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Written, b.Written))
	})
	return s.found
}

type scan struct {
	file    *yamlfile.File
	version string
	found   []Reference
}

// walk looks at every value and every key. Key is the nearest name above the
// value.
func (s *scan) walk(value any, pointer, key string) {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			at := pointer + yamlfile.Pointer(name)
			s.see(name, s.file.KeyPlace(at).Line, pointer, slices.Contains(idKeys, key))
			s.walk(inner, at, name)
		}
	case []any:
		for i, inner := range v {
			s.walk(inner, pointer+yamlfile.Pointer(i), key)
		}
	case string:
		s.see(v, s.file.Place(pointer).Line, pointer, slices.Contains(idKeys, key))
	}
}

func (s *scan) see(text string, line int, pointer string, bare bool) {
	old, ok := OldID(text, s.version)
	if !ok || !bare && bareID.MatchString(strings.TrimSpace(text)) {
		return
	}
	s.found = append(s.found, Reference{Kind: s.kind(pointer), Path: s.file.Path, Line: line, Written: text, Old: old})
}

// kind reads from the path and the pointer what the place is for.
func (s *scan) kind(pointer string) string {
	if strings.HasSuffix(s.file.Path, "/tests.yaml") {
		return Test
	}
	for prefix, kind := range map[string]string{
		"/exemptions/": Exemption, "/requirements/include/": Inclusion, "/requirements/exclude/": Exclusion, "/requirements/modify/": Modification,
	} {
		if strings.HasPrefix(pointer, prefix) {
			return kind
		}
	}
	return Other
}
