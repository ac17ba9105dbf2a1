package openvex

import (
	"net/url"
	"strings"
)

// purl is a package URL taken apart (package-url specification, version 1).
type purl struct {
	name       string // type/namespace/name
	version    string
	qualifiers url.Values
}

func parsePurl(s string) (purl, bool) {
	rest, ok := strings.CutPrefix(s, "pkg:")
	if !ok {
		return purl{}, false
	}
	rest, _, _ = strings.Cut(strings.TrimLeft(rest, "/"), "#")
	rest, query, _ := strings.Cut(rest, "?")
	var p purl
	if at := strings.LastIndexByte(rest, '@'); at > strings.LastIndexByte(rest, '/') {
		rest, p.version = rest[:at], unescape(rest[at+1:])
	}
	p.name = unescape(strings.TrimSuffix(rest, "/"))
	kind, below, ok := strings.Cut(p.name, "/")
	p.name = strings.ToLower(kind) + "/" + below
	p.qualifiers, _ = url.ParseQuery(query)
	return p, ok && below != ""
}

func unescape(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// Covers says whether the identifier in a statement means the thing that has
// the identifier id: the same text, or a purl that says no more than id does. A
// purl without a version covers every version.
func Covers(stated, id string) bool {
	if stated == id {
		return id != ""
	}
	s, ok := parsePurl(stated)
	t, ok2 := parsePurl(id)
	if !ok || !ok2 || s.name != t.name || s.version != "" && s.version != t.version {
		return false
	}
	for key, values := range s.qualifiers {
		if t.qualifiers.Get(key) != values[0] {
			return false
		}
	}
	return true
}

// PackageName returns the name and the version of a purl without its type, as
// tools write them into messages: "lodash", "@angular/core", "org.x:lib"; empty
// for anything else. The version may be empty.
func PackageName(id string) (names []string, version string) {
	p, ok := parsePurl(id)
	if !ok {
		return nil, ""
	}
	kind, full, _ := strings.Cut(p.name, "/")
	if full == "" {
		return nil, ""
	}
	names = []string{full}
	if slash := strings.LastIndexByte(full, '/'); slash > 0 && kind == "maven" {
		names = append(names, full[:slash]+":"+full[slash+1:])
	}
	return names, p.version
}
