package exchange

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// Match finds the finding that g is about, or says why there is none: by the
// fingerprint; else by rule and place, where the code is the same; else by
// vulnerability and component. Line gives a line of a file as it is now.
func (g *Given) Match(findings []event.Finding, line func(path string, n int) string) (*event.Finding, string) {
	if g.Refused != "" {
		return nil, g.Refused
	}
	var hits []*event.Finding
	why := "no finding has its fingerprint"
	for i := range findings {
		f := &findings[i]
		switch {
		case g.Decision.Fingerprint != "":
			if f.Fingerprint == g.Decision.Fingerprint {
				return f, ""
			}
		case len(g.Vulnerabilities) > 0:
			why = "no finding names the vulnerability and the component"
			if g.vulnerable(f) {
				hits = append(hits, f)
			}
		default:
			why = "no finding of the rule stands there"
			if g.sameRule(f) && f.Path == g.Path && f.Commit == "" && (g.Snippet == "" || sameCode(g.Snippet, line(f.Path, f.Line))) {
				hits = append(hits, f)
			}
		}
	}
	switch {
	case len(hits) == 0:
		return nil, why
	case len(g.Vulnerabilities) == 0 && g.Snippet == "":
		return nil, "it has neither our fingerprint nor the code, so nobody knows whether it is about this code"
	case len(hits) > 1:
		return nil, fmt.Sprintf("it fits %d findings", len(hits))
	}
	return hits[0], ""
}

// sameRule says whether a finding is of the rule, under its own name or under
// the one that it has when it was read from a tool's results.
func (g *Given) sameRule(f *event.Finding) bool {
	return f.Rule == g.Rule || f.Tool != "" && strings.EqualFold(f.Tool, g.Tool) && strings.HasSuffix(f.Rule, "/"+strings.ToLower(g.Rule))
}

// sameCode compares code without white space; a snippet may hold more lines.
func sameCode(snippet, line string) bool {
	line = squeeze(line)
	return line != "" && slices.ContainsFunc(strings.Split(snippet, "\n"), func(s string) bool { return squeeze(s) == line })
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// vulnerable says whether f is of one of the vulnerabilities, in one of the
// components that the statement names.
func (g *Given) vulnerable(f *event.Finding) bool {
	words := strings.FieldsFunc(f.Rule+" "+f.Message, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./@+:", r)
	})
	names := func(name string) bool {
		return name != "" && slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(strings.TrimRight(w, ":.,"), name) })
	}
	if !slices.ContainsFunc(g.Vulnerabilities, names) {
		return false
	}
	return slices.ContainsFunc(g.Products, func(id string) bool {
		name, version := packageOf(id)
		return names(name) && (version == "" || names(version)) || version != "" && names(name+"@"+version)
	})
}

// packageOf is the last part of a package URL's name, and its version.
func packageOf(purl string) (name, version string) {
	purl, _, _ = strings.Cut(purl, "?")
	purl, _, _ = strings.Cut(purl, "#")
	if i := strings.LastIndex(purl, "@"); i > strings.LastIndex(purl, "/") {
		purl, version = purl[:i], purl[i+1:]
	}
	return purl[strings.LastIndex(purl, "/")+1:], version
}
