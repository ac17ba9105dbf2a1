package lockfile

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// registries are hosts that serve the packages of a public registry.
var registries = map[string]bool{
	"registry.npmjs.org": true, "registry.yarnpkg.com": true, "registry.npmmirror.com": true, "npm.jsr.io": true,
	"npm.pkg.github.com": true, "pypi.org": true, "files.pythonhosted.org": true, "pypi.python.org": true,
	"rubygems.org": true, "index.rubygems.org": true, "github.com/rust-lang/crates.io-index": true,
	"index.crates.io": true, "static.crates.io": true, "repo.packagist.org": true, "packagist.org": true,
	"api.github.com": true, "codeload.github.com": true, "gitlab.com": true, "pub.dev": true, "hex.pm": true,
	"pub.dartlang.org": true, "pkg.go.dev": true, "proxy.golang.org": true, "download.pytorch.org": true,
}

var (
	commitHash = regexp.MustCompile(`\b[0-9a-f]{40}([0-9a-f]{24})?\b`)
	isGitURL   = regexp.MustCompile(`^(git\+|git:|git@|ssh:)|\.git([#?@]|$)`)
)

// sources gathers what one lock file says of where its packages come from, so
// that a thousand packages from one place make one finding.
type sources struct {
	lock  string
	data  []byte
	trust map[string]bool // hosts that the project's own settings name
	seen  map[string]*sourceNote
}

type sourceNote struct {
	rule, place  string
	names        []string
	line, column int
	pinned       bool
}

func (e *examiner) sources(lock string, data []byte) *sources {
	return &sources{lock: lock, data: data, trust: e.trustedHosts(path.Dir(lock)), seen: map[string]*sourceNote{}}
}

// registryLine is the setting of a registry in .npmrc: "registry=URL" or
// "@scope:registry=URL".
var registryLine = regexp.MustCompile(`(?m)^\s*(?:@[\w.-]+:)?registry\s*=\s*"?(https://[^\s"]+)`)

// trustedHosts are the registries that the .npmrc files in dir and above name.
func (e *examiner) trustedHosts(dir string) map[string]bool {
	trust := map[string]bool{}
	for _, folder := range upwards(dir) {
		p := path.Join(folder, ".npmrc")
		if !e.has[p] {
			continue
		}
		data, _ := e.read(p)
		for _, m := range registryLine.FindAllSubmatch(data, -1) {
			if u, err := url.Parse(string(m[1])); err == nil {
				trust[u.Hostname()] = true
			}
		}
	}
	return trust
}

// check notes what is odd about one package: where it is fetched from, and
// whether a hash guards it. The entry is found again in the file by needle.
func (s *sources) check(name, from string, hashed bool, needle string) {
	host := hostOf(from)
	git := isGitURL.MatchString(from)
	switch {
	case strings.HasPrefix(from, "http://") || strings.HasPrefix(from, "git://") || strings.HasPrefix(from, "git+http://"):
		s.note(InsecureURL, host, name, needle, false)
	case git:
		s.note(ForeignSource, host, name, needle, commitHash.MatchString(from))
	case host != "" && !registries[host] && !s.trust[host]:
		s.note(ForeignSource, host, name, needle, hashed)
	}
	if !hashed && !git {
		s.note(NoIntegrity, "", name, needle, false)
	}
}

func hostOf(from string) string {
	from = strings.TrimPrefix(strings.TrimPrefix(from, "git+"), "registry+")
	u, err := url.Parse(from)
	if err != nil {
		return ""
	}
	if u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "ssh" || u.Scheme == "git" {
		return u.Hostname()
	}
	return ""
}

func (s *sources) note(rule, place, name, needle string, pinned bool) {
	key := rule + " " + place
	n := s.seen[key]
	if n == nil {
		n = &sourceNote{rule: rule, place: place, pinned: true}
		n.line, n.column = find(s.data, needle)
		s.seen[key] = n
	}
	n.names = append(n.names, name)
	n.pinned = n.pinned && pinned
}

// report turns the notes into findings.
func (e *examiner) sourcesDone(s *sources) {
	keys := make([]string, 0, len(s.seen))
	for key := range s.seen {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		n := s.seen[key]
		f := Finding{Rule: n.rule, Path: s.lock, Line: n.line, Column: n.column, Key: []string{path.Base(s.lock), n.place}}
		f.Message, f.Fix = n.texts(path.Base(s.lock))
		if n.rule == ForeignSource && n.pinned {
			f.Severity = event.Info
		}
		e.add(f)
	}
}

func (n *sourceNote) texts(lock string) (message, fix string) {
	names := few(n.names)
	switch n.rule {
	case InsecureURL:
		return fmt.Sprintf("%s fetches %s from %s without transport security", lock, names, n.place),
			"Name an https:// source in the manifest or in the tool's settings and make the lock file anew."
	case NoIntegrity:
		return fmt.Sprintf("%s has no hash for %s", lock, names),
			"Make the lock file anew with a current version of its tool, from an empty cache, so that every package is hashed."
	}
	if n.pinned {
		return fmt.Sprintf("%s takes %s from %s instead of a registry, at a fixed commit or hash", lock, names, n.place),
			"Make sure that " + n.place + " is yours or trusted, and go back to a published version when there is one."
	}
	return fmt.Sprintf("%s takes %s from %s, which is no known registry, at nothing that is fixed", lock, names, n.place),
		"Take the package from the registry, name your registry in the tool's settings, or pin a commit or a hash."
}
