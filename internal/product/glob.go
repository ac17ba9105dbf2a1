package product

import (
	"path"
	"strings"
)

// globs answers for many patterns at once which of them take a path. Almost
// all patterns are told by the file's name, so only few are ever compared.
type globs struct {
	base   map[string][]int     // patterns that are a name
	ext    map[string][]int     // patterns "*.x"
	tail   map[string][]pattern // by the name that the path must end with
	byExt  map[string][]pattern // by the extension that it must have
	others []pattern
}

// pattern is a glob with the number that it stands for.
type pattern struct {
	segments []string
	must     string // a part that every path it takes holds; "" where there is none
	id       int
}

func newGlobs() *globs {
	return &globs{base: map[string][]int{}, ext: map[string][]int{}, tail: map[string][]pattern{}, byExt: map[string][]pattern{}}
}

// add enters a glob under a number. Braces hold alternatives: "*.{js,ts}".
func (g *globs) add(glob string, id int) {
	for _, one := range braces(glob) {
		segments := strings.Split(one, "/")
		last := segments[len(segments)-1]
		switch literal := !strings.ContainsAny(last, "*?["); {
		case len(segments) == 1 && literal:
			g.base[last] = append(g.base[last], id)
		case len(segments) == 1 && strings.HasPrefix(last, "*.") && !strings.ContainsAny(last[2:], "*?["):
			g.ext[last[1:]] = append(g.ext[last[1:]], id)
		case len(segments) == 1:
			g.place(pattern{[]string{"**", last}, mustHold(segments), id})
		case literal:
			g.tail[last] = append(g.tail[last], pattern{segments, mustHold(segments), id})
		default:
			g.place(pattern{segments, mustHold(segments), id})
		}
	}
}

// place files a pattern under the extension of its last segment, if it has one.
func (g *globs) place(p pattern) {
	last := p.segments[len(p.segments)-1]
	dot := strings.LastIndexByte(last, '.')
	if dot >= 0 && !strings.ContainsAny(last[dot:], "*?[") {
		g.byExt[last[dot:]] = append(g.byExt[last[dot:]], p)
		return
	}
	g.others = append(g.others, p)
}

// mustHold is the longest folder that the pattern names, or the start of the
// name of the file.
func mustHold(segments []string) string {
	out := ""
	for i, s := range segments {
		if strings.ContainsAny(s, "*?[") {
			if i < len(segments)-1 || s == "**" {
				continue
			}
			s = s[:strings.IndexAny(s, "*?[")]
		} else if i < len(segments)-1 {
			s += "/"
		}
		if len(s) > len(out) {
			out = s
		}
	}
	return out
}

func braces(glob string) []string {
	open := strings.IndexByte(glob, '{')
	if open < 0 {
		return []string{glob}
	}
	end := strings.IndexByte(glob[open:], '}')
	if end < 0 {
		return []string{glob}
	}
	var out []string
	for alt := range strings.SplitSeq(glob[open+1:open+end], ",") {
		out = append(out, braces(glob[:open]+alt+glob[open+end+1:])...)
	}
	return out
}

// match calls fn with the number of every pattern that takes the path.
func (g *globs) match(name string, fn func(id int)) {
	base := path.Base(name)
	each(g.base[base], fn)
	for i := range len(base) {
		if base[i] == '.' {
			each(g.ext[base[i:]], fn)
		}
	}
	tail, byExt := g.tail[base], g.byExt[path.Ext(base)]
	var segments []string
	for _, list := range [][]pattern{tail, byExt, g.others} {
		for _, p := range list {
			if !strings.Contains(name, p.must) {
				continue
			}
			if segments == nil {
				segments = strings.Split(name, "/")
			}
			if takes(p.segments, segments) {
				fn(p.id)
			}
		}
	}
}

func each(ids []int, fn func(int)) {
	for _, id := range ids {
		fn(id)
	}
}

// takes compares segment by segment. Patterns are ours and hold at most a few
// "**", so that trying all ways costs little.
func takes(pattern, name []string) bool {
	for len(pattern) > 0 && pattern[0] != "**" {
		if len(name) == 0 || !segment(pattern[0], name[0]) {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	if len(pattern) == 0 {
		return len(name) == 0
	}
	if len(pattern) == 1 {
		return len(name) > 0
	}
	for i := 0; i < len(name); i++ {
		if takes(pattern[1:], name[i:]) {
			return true
		}
	}
	return false
}

func segment(pattern, name string) bool {
	if !strings.ContainsAny(pattern, "*?[") {
		return pattern == name
	}
	if ext, ok := strings.CutPrefix(pattern, "*"); ok && !strings.ContainsAny(ext, "*?[") {
		return strings.HasSuffix(name, ext)
	}
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}
