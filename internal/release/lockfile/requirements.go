package lockfile

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// requirementsBase is the name of a pip requirements file.
var requirementsBase = regexp.MustCompile(`^(?:[\w-]+[-_.])?requirements?(?:[-_.][\w.-]+)?\.txt$`)

// isRequirements reports whether p is a requirements file: by its own name, or
// by standing in a folder called requirements.
func isRequirements(p string) bool {
	if strings.HasPrefix(path.Base(p), "syntax_test_") { // what editors try their highlighting on
		return false
	}
	if path.Base(path.Dir(p)) == "requirements" && strings.HasSuffix(p, ".txt") {
		return true
	}
	return requirementsBase.MatchString(path.Base(p))
}

// requirementLine is one logical line of a requirements file.
type requirementLine struct {
	text string
	line int
}

// requirementLines joins continued lines and drops comments and blank lines.
func requirementLines(data []byte) []requirementLine {
	var all []requirementLine
	var open *requirementLine
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		text := strings.TrimRight(line, "\r\n")
		if at := strings.Index(" "+text, " #"); at >= 0 {
			text = text[:max(at-1, 0)]
		}
		text, continued := strings.CutSuffix(strings.TrimSpace(text), `\`)
		if open != nil {
			open.text += " " + text
		} else if text != "" {
			all = append(all, requirementLine{text, n})
			open = &all[len(all)-1]
		}
		if !continued {
			open = nil
		}
	}
	return all
}

var exactly = regexp.MustCompile(`[^=!<>~]===?\s*[^=\s*]+(\s|;|$)`)

// requirements judges a pip requirements file, which is manifest and lock file
// in one: every line should name one version and the hash of it.
func (e *examiner) requirements(p string) {
	data, ok := e.read(p)
	if !ok {
		return
	}
	var unpinned, bare []requirementLine
	total, constrained, hashed := 0, false, false
	for _, l := range requirementLines(data) {
		if strings.HasPrefix(l.text, "-") {
			constrained = constrained || strings.HasPrefix(l.text, "-c") || strings.HasPrefix(l.text, "--constraint")
			hashed = hashed || strings.HasPrefix(l.text, "--require-hashes")
			continue
		}
		if requirementName.FindString(l.text) == "" {
			continue // a folder or an address
		}
		total++
		hash := strings.Contains(l.text, "--hash=")
		switch address := strings.Contains(l.text, " @ ") || strings.Contains(l.text, "://"); {
		case address && !hash && !commitHash.MatchString(l.text), !address && !exactly.MatchString(l.text):
			unpinned = append(unpinned, l)
		case !hash:
			bare = append(bare, l)
		}
	}
	if total == 0 {
		return
	}
	e.report.Manifests++
	e.report.Locks++
	if len(unpinned) > 0 && !constrained {
		e.add(Finding{Rule: Unpinned, Path: p, Line: unpinned[0].line, Column: 1, Key: []string{p},
			Message: fmt.Sprintf("%d of %d requirements name no exact version: %s", len(unpinned), total, names(unpinned)),
			Fix:     "Keep these wishes in requirements.in, and make " + path.Base(p) + " with `pip-compile --generate-hashes` or `uv pip compile --generate-hashes`."})
	} else if len(bare) > 0 && !hashed && !constrained {
		e.add(Finding{Rule: NoHashes, Path: p, Line: bare[0].line, Column: 1, Key: []string{p},
			Message: fmt.Sprintf("%d of %d requirements have no hash: %s", len(bare), total, names(bare)),
			Fix:     "Make the file with `pip-compile --generate-hashes` and install it with `pip install --require-hashes`."})
	}
}

func names(lines []requirementLine) string {
	var all []string
	for _, l := range lines {
		name, _ := requirement(l.text)
		all = append(all, name)
	}
	return few(all)
}
