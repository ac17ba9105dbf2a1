package basics

import (
	"path"
	"regexp"
	"strings"
)

// Many products have no SECURITY.md, and say in their README, in the guide for
// contributors or in a page of their documentation how to report a weakness. A
// finder reads these too. That a document is about security, or about what a
// product reports, says nothing: it has to ask for reports and to name a way.

// folders of documents, beside the root.
var (
	nearFolders = map[string]bool{".": true, ".github": true, ".gitlab": true}
	docFolder   = regexp.MustCompile(`(?i)^(docs?|documentation|website|site)/`)
	aboutRisk   = regexp.MustCompile(`(?i)(security|vulnerab|disclos|incident|contribut|report)[^/]*(/[^/]+)?` + prose)
	proseFile   = regexp.MustCompile(`(?i)\.(md|mdx|markdown|rst|txt|adoc|asciidoc|org|textile|rdoc)$`)
)

// mayTellHow says whether finders look into the document at p for how to report.
func mayTellHow(p string) bool {
	if nearFolders[strings.ToLower(path.Dir(p))] {
		return matchesAny(path.Base(p), readmeName, contributing, aboutRisk)
	}
	return docFolder.MatchString(p) && matchesAny(p, aboutRisk) && proseFile.MatchString(p) || docFolder.MatchString(p) && readmeName.MatchString(path.Base(p))
}

var (
	// weakness is what a finder has in hand.
	weakness = `(security|vulnerabilit(y|ies)|exploits?|security[- ]related)([- ](sensitive|relevant|related))?( (issues?|bugs?|holes?|problems?|flaws?|concerns?|defects?|vulnerabilit(y|ies)|reports?|matters?))?`
	// asks takes sentences that ask for reports of weaknesses.
	asks = regexp.MustCompile(`(?i)\b(report|disclose|reporting|disclosing|submit|send|notify|raise|have|find|found|discover(ed)?|believe|suspect|identif(y|ied)|aware of|encounter(ed)?)\b[^.!?]{0,60}\b` + weakness + `\b` +
		`|\b` + weakness + `\b[^.!?]{0,60}\b(report|reported|disclose|disclosed|sent?|e-?mail(ed)?|contact|submitted|raised|addressed to|directed to)\b` +
		`|\bsecurity contact\b|\b(coordinated|responsible) disclosure\b`)
	// told takes words to the reader; a product that reports vulnerabilities by
	// itself is described without them.
	told = regexp.MustCompile(`(?i)\b(please|you|your|do not|don't|never|should|must|to report|reports? (of|about|to)|reporting|contact|instead|mailto:)\b` +
		`|(?im)(^|[.!:;] )\**(report|disclose|send|e-?mail|write)\b`)
	// headed takes headings of sections on reporting.
	headed = regexp.MustCompile(`(?i)^([#=]+|\*\*)?\s*(\d[\d.]*\s)?.{0,30}\b(security|vulnerabilit(y|ies)|disclosure)\b.{0,40}$`)
	// topic is what a section has to be about, beyond its heading.
	topic = regexp.MustCompile(`(?i)\b(report|disclos|vulnerab|security (issue|bug|hole|problem|flaw|concern))`)
	lined = regexp.MustCompile(`^\s*(=+|-+|~+|\^+)\s*$`) // what stands under a heading
)

// mostSection is how many lines of a section are read.
const mostSection = 60

// tellsHow says whether a document asks for reports of weaknesses and names a way
// that is not public, in one paragraph or in a section on it.
func tellsHow(text string) bool {
	plain := visible(strings.ReplaceAll(text, "\r", ""))
	paragraphs := strings.Split(colonGap.ReplaceAllString(plain, ":\n"), "\n\n")
	for _, p := range paragraphs {
		line := strings.Join(strings.Fields(p), " ")
		if asks.MatchString(line) && told.MatchString(line) && wayInParagraph(line) == private {
			return true
		}
	}
	return sectionTellsHow(strings.Split(plain, "\n"))
}

func sectionTellsHow(lines []string) bool {
	for i, line := range lines {
		line = strings.TrimSpace(line)
		under := i+1 < len(lines) && lined.MatchString(lines[i+1])
		if !headed.MatchString(line) || !under && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "=") && !strings.HasPrefix(line, "**") {
			continue
		}
		end := i + 1
		for end < len(lines) && end < i+mostSection && !strings.HasPrefix(lines[end], "#") && !strings.HasPrefix(lines[end], "= ") {
			end++
		}
		section := strings.Join(lines[i:end], "\n")
		if topic.MatchString(section) && told.MatchString(section) && wayIn(strings.Join(lines[i+1:end], "\n")) == private {
			return true
		}
	}
	return false
}
