package lockfile

import (
	"bytes"
	"regexp"
)

var gradleLocking = regexp.MustCompile(`(?m)^\s*(lockAllConfigurations\(\)|dependencyLocking\s*\{)`)

// gradle looks for the lock file of a build that says it has one; locking is
// optional in Gradle and most builds do without.
func (e *examiner) gradle(p string) {
	data, ok := e.read(p)
	if !ok {
		return
	}
	if !gradleLocking.Match(data) {
		return
	}
	e.report.Manifests++
	if lock := beside(p, "gradle.lockfile"); !e.has[lock] && !bytes.Contains(data, []byte("lockFile =")) {
		e.missing(p, "gradle dependencies --write-locks", false, "gradle.lockfile")
		return
	}
	e.report.Locks++
}
