package basics

import (
	"path"
	"regexp"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/release/aside"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// An entry of a changelog has a version or a date in its heading; a file may
// also send its reader to the host's release notes.
var changelogEntry = regexp.MustCompile(`(?mi)\bv?\d+\.\d+(\.\d+)?\b|\b20\d\d-\d\d(-\d\d)?\b|\b\d{1,2}[./]\d{1,2}[./]20\d\d\b|\bunreleased\b|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (\d{1,2}, )?20\d\d\b|/releases\b|\bv\d+\b`)

// changelog looks for a changelog with at least one entry.
func (e *examiner) changelog() {
	candidates := e.documentsIn([]string{".", "docs", "doc", ".github"}, changelogName.MatchString)
	if e.readable(candidates) {
		e.observe("repositories searched for a changelog", 1, "changelog")
	}
	if len(candidates) == 0 && (e.hasFragments() || e.packageChangelog()) {
		return
	}
	if len(candidates) == 0 {
		e.report(event.Finding{Rule: "changelog.missing", Message: "no changelog: users cannot tell which release fixes what",
			Fix: "Keep a CHANGELOG.md with an entry for each release, security fixes marked; notes kept only at the host do not travel with the source."}, "missing")
		return
	}
	for _, f := range candidates {
		text, ok := e.read(f)
		if !ok || changelogEntry.MatchString(text) {
			return
		}
	}
	if e.hasFragments() {
		return
	}
	e.report(event.Finding{Rule: "changelog.no-entries", Path: candidates[0].Path, Line: 1, Column: 1,
		Message: "the changelog has no entry with a version or a date"}, "no-entries")
}

// readable reports whether nothing in files is a link, which would stay unread.
func (e *examiner) readable(files []repo.File) bool {
	for _, f := range files {
		if f.Mode != repo.Regular && f.Mode != repo.Executable {
			return false
		}
	}
	return true
}

// hasFragments reports whether changes are kept one file each, in a folder made
// for them.
func (e *examiner) hasFragments() bool {
	for _, f := range e.all {
		top, rest, below := strings.Cut(f.Path, "/")
		if top == "docs" || top == "doc" {
			top, _, below = strings.Cut(rest, "/")
		}
		if below && changelogFolders[strings.ToLower(top)] && !strings.HasPrefix(path.Base(f.Path), ".") {
			return true
		}
		if f.Path == "debian/changelog" {
			return true
		}
	}
	return false
}

// packageChangelog reports whether a package inside the repository has its own
// changelog, as in repositories of many packages.
func (e *examiner) packageChangelog() bool {
	for _, f := range e.docs {
		if changelogName.MatchString(path.Base(f.Path)) && strings.HasPrefix(strings.ToLower(path.Base(f.Path)), "change") && !aside.Path(f.Path) {
			return true
		}
	}
	return false
}

var supportText = regexp.MustCompile(`(?mi)supported versions?|end[- ]of[- ](life|support)|\beol\b|long[- ]term support|\blts\b|no longer (supported|maintained)|support (policy|lifecycle|period)|security (fixes|updates) (are|for)|only the latest`)

// readme looks for a README, and for a word on which versions are supported.
func (e *examiner) readme() {
	e.observe("repositories searched for a README and a word on support", 1, "readme", "support")
	readmes := e.documentsIn([]string{".", ".github", "docs"}, readmeName.MatchString)
	if len(readmes) == 0 {
		e.report(event.Finding{Rule: "readme.missing", Message: "no README"}, "missing")
	}
	for _, f := range e.documentsIn([]string{".", ".github", "docs"}, func(b string) bool {
		return matchesAny(b, readmeName, policyName, supportName, contributing)
	}) {
		if f.Mode == repo.Symlink {
			continue
		}
		if text, ok := e.read(f); ok && supportText.MatchString(text) {
			return
		}
	}
	e.report(event.Finding{Rule: "support.unstated", Message: "nothing says which versions get security fixes, and until when",
		Fix: "Say in SECURITY.md or SUPPORT.md which versions get fixes and when that ends."}, "unstated")
}
