package history

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// flaw is something wrong with one line of a file that git reads.
type flaw struct {
	severity event.Severity
	line     int
	what     string // for the message
	key      string // what it is, for the fingerprint
}

// submoduleFlaws finds the settings in a .gitmodules file that would make a
// clone run a program, or write outside the submodule's own folder.
func submoduleFlaws(data []byte) []flaw {
	var out []flaw
	for _, s := range parseConfig(data) {
		if s.section != "submodule" {
			continue
		}
		if escapes(s.sub) || strings.HasPrefix(s.sub, "-") {
			// CVE-2018-11235: the name becomes a folder under .git/modules.
			out = append(out, flaw{event.High, s.line, fmt.Sprintf("the submodule name %q leaves the folder that git keeps submodules in", s.sub), "name " + s.sub})
			continue
		}
		for _, f := range submoduleSetting(s) {
			f.line, f.key = s.line, s.sub+" "+s.key+" "+f.key
			out = append(out, f)
		}
	}
	return out
}

func submoduleSetting(s setting) []flaw {
	switch {
	case hasControl(s.value):
		// CVE-2025-48384 and CVE-2020-5260 live on a line end inside a value.
		return []flaw{{event.High, 0, fmt.Sprintf("the %s of submodule %s holds a control character: %q", s.key, s.sub, s.value), s.value}}
	case s.key == "path" && (escapes(s.value) || strings.HasPrefix(s.value, "-")):
		return []flaw{{event.High, 0, fmt.Sprintf("the path %q of submodule %s is no folder inside the tree", s.value, s.sub), s.value}}
	case s.key == "update" && strings.HasPrefix(s.value, "!"):
		return []flaw{{event.High, 0, fmt.Sprintf("submodule %s runs a command when it is updated: %s", s.sub, s.value), s.value}}
	case s.key == "url":
		if f, bad := urlFlaw(s); bad {
			return []flaw{f}
		}
	}
	return nil
}

var (
	// transportHelper is "name::address": git runs git-remote-name with the address.
	transportHelper = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9+.-]*::`)
	// scpAddress is "user@host:path".
	scpAddress = regexp.MustCompile(`^(?:[^@/:]*@)?([^@/:]*):`)
)

// urlFlaw judges a submodule's address. Relative ones are ordinary: they name a
// neighbour of the repository on its own host.
func urlFlaw(s setting) (flaw, bool) {
	v := s.value
	bad := func(sev event.Severity, format string, args ...any) (flaw, bool) {
		return flaw{severity: sev, what: "submodule " + s.sub + " " + fmt.Sprintf(format, args...), key: v}, true
	}
	switch {
	case strings.HasPrefix(v, "./"), strings.HasPrefix(v, "../"), v == "":
		return flaw{}, false
	case strings.HasPrefix(v, "-"):
		return bad(event.High, "has an address that git's helpers take for an option: %q", v)
	case transportHelper.MatchString(v):
		return bad(event.High, "is fetched by a helper program, which may run anything: %q", v)
	case strings.HasPrefix(v, "/"), strings.HasPrefix(v, "~"), strings.HasPrefix(v, "file:"), windowsDrive(v):
		return bad(event.Medium, "is fetched from a folder of whoever clones: %q", v)
	}
	if u, err := url.Parse(v); err == nil && u.Host != "" {
		return remoteFlaw(u, bad)
	}
	if m := scpAddress.FindStringSubmatch(v); m != nil && strings.HasPrefix(m[1], "-") {
		return bad(event.High, "has a host that ssh takes for an option: %q", v)
	}
	return flaw{}, false
}

func remoteFlaw(u *url.URL, bad func(event.Severity, string, ...any) (flaw, bool)) (flaw, bool) {
	_, password := u.User.Password()
	switch {
	case strings.HasPrefix(u.Host, "-"):
		return bad(event.High, "has a host that ssh takes for an option: %q", u.Host) // CVE-2017-1000117
	case password:
		return bad(event.Medium, "has a password in its address, at %s", u.Host)
	case u.Scheme == "http" || u.Scheme == "git":
		return bad(event.Low, "is fetched from %s without encryption (%s:)", u.Host, u.Scheme)
	}
	return flaw{}, false
}

func windowsDrive(v string) bool {
	return len(v) > 2 && v[1] == ':' && (v[2] == '\\' || v[2] == '/') && (v[0]|0x20 >= 'a' && v[0]|0x20 <= 'z')
}

// escapes is true for a path that is absolute, climbs, or enters .git.
func escapes(path string) bool {
	path = strings.ReplaceAll(path, `\`, "/")
	if strings.HasPrefix(path, "/") || windowsDrive(path+"/") {
		return true
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == ".." || isDotGit(part) {
			return true
		}
	}
	return false
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}
