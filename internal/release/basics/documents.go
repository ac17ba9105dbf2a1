package basics

import (
	"path"
	"regexp"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/release/aside"
)

// prose is the end of a document's name.
const prose = `(\.(md|markdown|mdown|rst|txt|adoc|asciidoc|org|textile|rdoc))?$`

var (
	policyName    = regexp.MustCompile(`(?i)^security([-_]policy)?` + prose)
	readmeName    = regexp.MustCompile(`(?i)^readme(\.[a-z]{2}([-_][a-z]{2,4})?)?` + prose)
	supportName   = regexp.MustCompile(`(?i)^(support(ed[-_]versions)?|end[-_]of[-_]life|eol|lifecycle|maintenance|release(s|[-_]policy)?)` + prose)
	changelogName = regexp.MustCompile(`(?i)^(change[-_ ]?logs?|changes|history|news|releases?([-_ ]?notes)?|what'?s[-_ ]?new)([-_.]v?\d[\w.]*)?` + prose)
	licenceName   = regexp.MustCompile(`(?i)^((un)?licen[sc]e|copying|(mit|apache|bsd|gpl)[-_]licen[sc]e)(s)?([-_.](mit|apache|bsd|gpl|lgpl|agpl|mpl|isc|lesser|unlicense|bsl|epl|cc0|dual|code|source)[-_.\w]*?)?(\.html?)?` + prose)
	contributing  = regexp.MustCompile(`(?i)^contributing` + prose)
	ownersName    = regexp.MustCompile(`^CODEOWNERS$`)
)

// changelogFolders hold one file for each change that is not yet in the changelog.
var changelogFolders = map[string]bool{"changelog.d": true, ".changes": true, ".changeset": true, "changelogs": true,
	"changelog": true, "newsfragments": true, "news": true, "releasenotes": true, "release-notes": true, "changes": true}

// isDocument selects the files of the documents input.
func isDocument(p string) bool {
	base := path.Base(p)
	if base == "security.txt" {
		return !aside.Path(p)
	}
	if mayTellHow(p) && !aside.Path(p) {
		return true
	}
	switch dir := path.Dir(p); strings.ToLower(dir) {
	case ".", ".github", "docs", "doc", ".gitlab":
		return matchesAny(base, policyName, readmeName, supportName, changelogName, licenceName, contributing, ownersName)
	case "licenses", "license":
		return dir != strings.ToLower(dir) || strings.EqualFold(path.Ext(p), ".txt")
	}
	if base == "package.json" || base == "Cargo.toml" || base == "pyproject.toml" || base == "composer.json" {
		return false
	}
	return matchesAny(base, changelogName, licenceName) && !aside.Path(p)
}

func matchesAny(s string, patterns ...*regexp.Regexp) bool {
	for _, p := range patterns {
		if p.MatchString(s) {
			return true
		}
	}
	return false
}
