// Package bill writes bills of materials of what a release hands over.
//
// A program of Go carries the list of modules that were linked into it. That is
// the truth about this very file, where a lock file only says what somebody
// meant to build, so the program is asked. Of other deliverables nothing is made
// up: they stand in the bill as of unknown composition, and the bill that their
// build writes can be attached.
package bill

import (
	"debug/buildinfo"
	"io"
	"runtime/debug"
	"strings"
)

// Program is what a program of Go says of itself.
type Program struct {
	Name   string // path from the repository's root
	Digest string
	Info   *debug.BuildInfo
}

// Read asks a file whether it is a program of Go.
func Read(name, digest string, r io.ReaderAt) (Program, bool) {
	info, err := buildinfo.Read(r)
	if err != nil || info.Path == "" {
		return Program{}, false
	}
	return Program{name, digest, info}, true
}

func (p Program) setting(key string) string {
	for _, s := range p.Info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// Foreign says why a program is not what the commit builds to, "" where it says
// that it is.
func (p Program) Foreign(commit string) string {
	switch rev := p.setting("vcs.revision"); {
	case rev == "":
		return "does not say from which commit it was built"
	case rev != commit:
		return "was built from " + short(rev) + ", not from " + short(commit)
	case p.setting("vcs.modified") != "false":
		return "was built from " + short(rev) + " with changes that no commit holds"
	}
	return ""
}

// Of tells whether the program belongs to a module or one inside it. Everybody's
// programs do where the module is not known.
func (p Program) Of(module string) bool {
	return module == "" || p.Info.Main.Path == module || strings.HasPrefix(p.Info.Main.Path, module+"/")
}

func short(rev string) string { return rev[:min(12, len(rev))] }

// Component is a module in a program.
type Component struct {
	Name, Version string
	Sum           string // Go's h1 hash of the module; empty where it is not known
	Instead       string // the module that this one was put in place of
	PURL          string
}

// Components lists the modules of a program, the standard library among them,
// without the program's own.
func (p Program) Components() []Component {
	version, _, _ := strings.Cut(strings.TrimPrefix(p.Info.GoVersion, "go"), " ")
	all := []Component{{Name: "stdlib", Version: version, PURL: "pkg:golang/stdlib@" + version}}
	for _, dep := range p.Info.Deps {
		c := Component{Name: dep.Path, Version: dep.Version, Sum: dep.Sum}
		if r := dep.Replace; r != nil {
			c = Component{Name: r.Path, Version: r.Version, Sum: r.Sum, Instead: dep.Path + "@" + dep.Version}
		}
		c.PURL = purl(c.Name, c.Version)
		all = append(all, c)
	}
	return all
}

// purl is a package URL of type golang. The spec wants letters small and each
// part of the path encoded.
func purl(module, version string) string {
	parts := strings.Split(strings.ToLower(module), "/")
	for i, p := range parts {
		parts[i] = escape(p)
	}
	out := "pkg:golang/" + strings.Join(parts, "/")
	if version != "" {
		out += "@" + escape(version)
	}
	return out
}

// escape percent-encodes all but what the package URL spec leaves as it is.
func escape(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(".-_~:", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
	}
	return b.String()
}
