package basics

import (
	"path"
	"regexp"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/release/aside"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// way is how a document lets somebody report a weakness.
type way int

const (
	noWay   way = iota
	public      // only in public, in an issue tracker
	private     // by mail, a form, or the host's private reporting
)

var (
	// The template that GitHub offers, which tells the owner what to write.
	templateText = regexp.MustCompile(`(?i)use this section to tell people`)
	mailAddress  = regexp.MustCompile(`(?i)[a-z0-9][a-z0-9._%+-]*\s*(?:@|[\[({<]\s*at\s*[\])}>]|\s+at\s+)\s*[a-z0-9-]+(?:\s*(?:\.|[\[({]\s*dot\s*[\])}])\s*[a-z0-9-]+)+`)
	exampleMail  = regexp.MustCompile(`(?i)@(?:example\.|your|my-?(?:domain|company|org)|domain\.|company\.|email\.com)|^(?:your|you|name|user|email)@|insert`)
	webAddress   = regexp.MustCompile(`(?i)\bhttps?://[^\s)>\]"'\x60]+`)
	localLink    = regexp.MustCompile(`\]\(([^)\s:]+)\)`)
	hostsPrivate = regexp.MustCompile(`(?i)private(ly)? vulnerability report|vulnerability reporting feature|security advisor(y|ies)|privately (report|disclos)|report a vulnerability["'”*\x60]* button|confidential issue`)
	programme    = regexp.MustCompile(`(?i)hackerone\.com|bugcrowd\.com|intigriti\.com|yeswehack\.com|huntr\.(dev|com)|tidelift\.com/security|/security/(advisories|policy)|msrc\.|bughunters|immunefi|/bug-?bounty|\.well-known/security\.txt`)
	aboutReports = regexp.MustCompile(`(?i)report|disclos|contact|submit|notify|tell us|reach|vulnerab|e-?mail`)
	tracker      = regexp.MustCompile(`(?i)/(issues|-/issues)(/new)?([/?#)]|$)|(open|file|create|raise|submit) (an|a new|a) (\w+ )?issue|issue tracker`)
	badge        = regexp.MustCompile(`(?i)shields\.io|badge|\.svg|\.png`)
	colonGap     = regexp.MustCompile(`:\s*\n\s*\n`) // what follows a colon belongs to what it follows
)

// wayIn reads a document and says how it lets somebody report.
func wayIn(text string) way {
	best := noWay
	plain := colonGap.ReplaceAllString(visible(strings.ReplaceAll(text, "\r", "")), ":\n")
	for paragraph := range strings.SplitSeq(plain, "\n\n") {
		best = max(best, wayInParagraph(paragraph))
	}
	return best
}

func wayInParagraph(text string) way {
	if programme.MatchString(text) || hostsPrivate.MatchString(text) {
		return private
	}
	for _, m := range mailAddress.FindAllString(text, -1) {
		// "look at example.org" is no address; a real one has its @ or its brackets.
		if strings.ContainsAny(m, "@[({<") && !exampleMail.MatchString(m) {
			return private
		}
	}
	if !aboutReports.MatchString(text) {
		return noWay
	}
	found := noWay
	for _, address := range webAddress.FindAllString(text, -1) {
		switch address = strings.TrimRight(address, ".,;:!"); {
		case badge.MatchString(address):
		case tracker.MatchString(address):
			found = max(found, public)
		default:
			return private
		}
	}
	if m := localLink.FindStringSubmatch(text); m != nil && !strings.HasPrefix(m[1], "#") && !badge.MatchString(m[1]) {
		return private
	}
	if tracker.MatchString(text) {
		found = max(found, public)
	}
	return found
}

// policyDirs are where hosts look, in GitHub's order.
var policyDirs = []string{".github", ".", "docs", ".gitlab"}

// policy looks for a document that names a way to report a weakness.
func (e *examiner) policy() {
	var candidates []repo.File
	for _, f := range e.documentsIn(policyDirs, policyName.MatchString) {
		if path.Base(f.Path) != "security.txt" || !e.isSecurityTxt(f) {
			candidates = append(candidates, f)
		}
	}
	best, bestWay, bestText := -1, noWay, ""
	for i, f := range candidates {
		text, ok := e.read(f)
		if !ok {
			return // there is a policy, but nobody here has read it
		}
		if w := wayIn(text); best < 0 || w > bestWay {
			best, bestWay, bestText = i, w, text
		}
	}
	e.observe("repositories searched for a security policy", 1, "security")
	if best >= 0 {
		e.judgePolicy(candidates[best].Path, bestText, bestWay)
		return
	}
	for _, f := range e.docs {
		if e.isSecurityTxt(f) {
			return // judged by itself
		}
	}
	e.noPolicy()
}

func (e *examiner) judgePolicy(p, text string, w way) {
	f := event.Finding{Path: p, Line: 1, Column: 1}
	if at := templateText.FindStringIndex(text); at != nil {
		f.Line, f.Column = lineColumn(text, at[0])
		f.Source = lineAt(text, f.Line)
		f.Rule, f.Message = "security.template", "the host's template is still in the security policy: it tells you what to write, not others what to do"
		f.Fix = "Replace the paragraph by what you do: which versions get fixes, and whom to tell by which address."
		if w == private {
			f.Severity = event.Low
		}
		e.report(f, "template")
		if w == private {
			return
		}
	}
	switch {
	case strings.TrimSpace(visible(text)) == "":
		f.Rule, f.Message = "security.no-contact", "the security policy is empty"
	case f.Rule != "":
		return
	case w == noWay:
		f.Rule, f.Message = "security.no-contact", "the security policy names no address, form or other way to report a weakness"
	case w == public:
		f.Rule, f.Message = "security.public-only", "the only way to report that the security policy names is public"
	default:
		return
	}
	e.report(f, f.Rule)
}

// noPolicy reports that there is none, unless another document that a finder
// reads says how to report.
func (e *examiner) noPolicy() {
	for _, doc := range e.docs {
		if doc.Mode == repo.Symlink || !mayTellHow(doc.Path) {
			continue
		}
		if text, ok := e.read(doc); ok && tellsHow(text) {
			return
		}
	}
	e.report(event.Finding{Rule: "security.no-policy", Message: "no SECURITY.md and no security.txt, and no document says how to report a weakness: nobody can know where to",
		Fix: "Add SECURITY.md with an address that somebody reads, and say within how many days you answer. A policy of the whole organisation, kept elsewhere, does not travel with the source."}, "missing")
}

// lineColumn is where offset stands in text, both from 1.
func lineColumn(text string, offset int) (line, column int) {
	before := text[:offset]
	return strings.Count(before, "\n") + 1, offset - strings.LastIndexByte(before, '\n')
}

// lineAt is line n of text.
func lineAt(text string, n int) string {
	for line := range strings.Lines(text) {
		if n--; n == 0 {
			return strings.TrimRight(line, "\r\n")
		}
	}
	return ""
}

// webRoots are folders whose content is served as it stands.
var webRoots = map[string]bool{".": true, "public": true, "static": true, "www": true, "web": true, "htdocs": true,
	"webroot": true, "wwwroot": true, "html": true, "site": true, "assets": true}

// isSecurityTxt reports whether f is meant for RFC 9116's place: in .well-known,
// or at the root of what is served, where it needs a field to tell it from prose.
func (e *examiner) isSecurityTxt(f repo.File) bool {
	if path.Base(f.Path) != "security.txt" || aside.Path(f.Path) {
		return false
	}
	dir := path.Base(path.Dir(f.Path))
	if dir == ".well-known" {
		return true
	}
	if !webRoots[dir] || f.Mode == repo.Symlink {
		return false
	}
	text, ok := e.read(f)
	return ok && someField.MatchString(text)
}

var someField = regexp.MustCompile(`(?mi)^(contact|expires|encryption|canonical):`)
