package lockfile

import (
	"bytes"
	"path"
	"regexp"
	"strings"
)

var (
	mixDeps   = regexp.MustCompile(`(?ms)^\s*defp?\s+deps\b.*?^\s*end\b`)
	mixDep    = regexp.MustCompile(`(?m)^[^#\n]*?\{\s*:(\w+)\s*,([^}]*)\}`)
	mixLocked = regexp.MustCompile(`(?m)^\s*"([\w-]+)":`)
)

// mix holds a mix.exs against mix.lock; in an umbrella that of the root.
func (e *examiner) mix(p string) {
	data, ok := e.read(p)
	if !ok {
		return
	}
	wants := map[string]string{}
	for _, m := range mixDep.FindAllSubmatch(mixDeps.Find(data), -1) {
		if opts := string(m[2]); !strings.Contains(opts, "path:") && !strings.Contains(opts, "in_umbrella:") {
			wants[string(m[1])] = ""
		}
	}
	if len(wants) == 0 {
		return
	}
	e.report.Manifests++
	lock := e.nearest(path.Dir(p), "mix.lock")
	if lock == "" || lock != beside(p, "mix.lock") && !bytes.Contains(data, []byte("lockfile:")) {
		e.missing(p, "mix deps.get", bytes.Contains(data, []byte("package:")), "mix.lock")
		return
	}
	e.lookUp(p, lock, "mix deps.get", wants, func(data []byte) map[string]bool {
		have := map[string]bool{}
		for _, m := range mixLocked.FindAllSubmatch(data, -1) {
			have[string(m[1])] = true
		}
		return have
	})
}
