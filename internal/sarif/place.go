package sarif

import (
	"net/url"
	"path"
	"strings"
	"unicode"
)

// places turns the artifact locations of a run into paths of the product.
type places struct {
	artifacts []wireArtifactLocation
	bases     map[string]wireArtifactLocation
	// roots are absolute folders that stand for the product's root, the most
	// likely first.
	roots []string
}

// rootNames are the names under which tools keep the root of what they examine.
// The standard only gives examples (section 3.14.14); these are in use.
var rootNames = []string{
	"%SRCROOT%", "SRCROOT", "SRC_ROOT", "ROOTPATH", "PROJECTROOT", "%PROJECTROOT%", "ROOT", "REPOROOT", "REPO_ROOT",
	"SOLUTION_DIR", "%WORKINGDIRECTORY%", "WORKINGDIRECTORY", "PWD",
}

func (r *run) places() *places {
	p := &places{artifacts: r.artifacts, bases: r.bases}
	add := func(loc wireArtifactLocation) {
		if full, absolute := p.full(loc, 0); absolute && full != "/" {
			p.roots = append(p.roots, full)
		}
	}
	for _, name := range rootNames {
		if base, ok := r.bases[name]; ok {
			add(base)
		}
	}
	for _, prov := range r.provenance { // section 3.23.8: where the repository's root was mapped to
		add(prov.MappedTo)
	}
	for _, inv := range r.invocations {
		add(inv.WorkingDirectory)
	}
	return p
}

// resolve gives the path relative to the product's root, or the absolute path
// where it is not known to lie in the product. It never gives a path that
// leaves the root: outside is true for those, and for places in the network.
func (p *places) resolve(loc wireArtifactLocation) (relative, absolute string, outside bool) {
	if loc.URI == "" && loc.Index != nil && *loc.Index >= 0 && *loc.Index < len(p.artifacts) {
		loc = p.artifacts[*loc.Index]
	}
	if loc.URI == "" {
		return "", "", false
	}
	full, isAbsolute := p.full(loc, 0)
	if !isAbsolute {
		full = path.Clean(full)
		if full == ".." || strings.HasPrefix(full, "../") || strings.HasPrefix(full, "/") || strings.ContainsFunc(full, unicode.IsControl) {
			return "", "", true
		}
		return root(full), "", false
	}
	for _, folder := range p.roots {
		if rest, ok := under(full, folder); ok {
			return root(rest), "", false
		}
	}
	if base, ok := p.top(loc); ok { // relative to a base that is known only here
		if rest, ok := under(full, base); ok {
			return root(rest), "", false
		}
	}
	return "", full, full == ""
}

// root makes the root itself no place: a finding about it has no file.
func root(relative string) string {
	if relative == "." {
		return ""
	}
	return relative
}

// full joins a location with its bases (section 3.4.4). A base that the run
// does not define is the root. It returns "" and true for what is no file.
func (p *places) full(loc wireArtifactLocation, depth int) (full string, absolute bool) {
	own, absolute := filePath(loc.URI)
	const deepest = 16 // a chain of bases may run in a circle
	base, known := p.bases[loc.URIBaseID]
	if absolute || loc.URIBaseID == "" || !known || depth > deepest {
		return own, absolute
	}
	if base.URI == "" && base.URIBaseID == "" {
		return own, false
	}
	folder, absolute := p.full(base, depth+1)
	if absolute && folder == "" {
		return "", true
	}
	return path.Join(folder, own), absolute
}

// top is the absolute folder at the end of a location's chain of bases.
func (p *places) top(loc wireArtifactLocation) (string, bool) {
	for range 16 {
		base, ok := p.bases[loc.URIBaseID]
		if !ok || loc.URIBaseID == "" {
			return "", false
		}
		if folder, absolute := filePath(base.URI); absolute {
			return folder, folder != ""
		}
		loc = base
	}
	return "", false
}

// under returns the part of full below folder.
func under(full, folder string) (string, bool) {
	if full == folder {
		return ".", true
	}
	return strings.CutPrefix(full, strings.TrimSuffix(folder, "/")+"/")
}

// filePath is the path that a URI reference names, with slashes, and whether it
// is absolute. Windows paths are read in all the forms that tools write:
// "file:///C:/a", "C:\a", "C:/a", "\\host\share". Other schemes than file give
// an empty absolute path.
func filePath(uri string) (name string, absolute bool) {
	name = strings.ReplaceAll(uri, `\`, "/")
	rest, isFile := cutFold(name, "file:")
	switch {
	case isFile && strings.HasPrefix(rest, "//"):
		host, below, _ := strings.Cut(rest[2:], "/")
		if host != "" && !strings.EqualFold(host, "localhost") && !isDrive(host) {
			return "", true // on another machine
		}
		if isDrive(host) { // file://C:/a, which is wrong and common
			below = host + "/" + below
		}
		name = "/" + below
	case isFile:
		name = rest
		if !strings.HasPrefix(name, "/") { // file:src/a, relative in all but the letter
			return unescape(name), false
		}
	case isDrive(name):
		name = "/" + name
	case scheme(name):
		return "", true
	}
	name = unescape(name)
	if strings.HasPrefix(name, "//") {
		return "", true
	}
	if !strings.HasPrefix(name, "/") {
		return name, false
	}
	name = path.Clean(name)
	if isDrive(name[1:]) { // drive letters know no case
		name = "/" + strings.ToLower(name[1:2]) + name[2:]
	}
	return name, true
}

// unescape undoes percent-encoding; a name with a stray percent sign is taken
// as it stands.
func unescape(name string) string {
	if plain, err := url.PathUnescape(name); err == nil && !strings.ContainsRune(plain, 0) {
		return strings.ReplaceAll(plain, `\`, "/")
	}
	return name
}

func isDrive(name string) bool {
	return len(name) >= 2 && name[1] == ':' && (name[0]|0x20) >= 'a' && (name[0]|0x20) <= 'z' && (len(name) == 2 || name[2] == '/')
}

// scheme says whether a name begins like "https:" or "jar:".
func scheme(name string) bool {
	head, _, ok := strings.Cut(name, ":")
	if !ok || len(head) < 2 {
		return false
	}
	for i, c := range strings.ToLower(head) {
		if (c < 'a' || c > 'z') && (i == 0 || !strings.ContainsRune("0123456789+-.", c)) {
			return false
		}
	}
	return true
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}
