package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// runs are the streams that the transcripts in testdata show.
var runs = map[string]func() []event.Event{
	"clean":      cleanRun,
	"findings":   findingsRun,
	"empty":      emptyRun,
	"incomplete": incompleteRun,
	"decided":    decidedRun,
	"hostile":    func() []event.Event { return hostileRun(hostileText) },
	"long":       longRun,
	"change":     changeRun,
	"broken-off": func() []event.Event { return findingsRun()[:3] },
}

var asOf = time.Date(2026, 11, 8, 9, 30, 0, 0, time.UTC)

func config(product string) *event.Config {
	return &event.Config{
		Protocol: event.Protocol, Tool: "plimsoll", Version: "0.1.0", Directory: ".", Product: product,
		Commit: "3f2a91c04b7d5e6f8a9b0c1d2e3f4a5b6c7d8e9f", AsOf: asOf, Level: 1,
	}
}

func fact(name, value string, c event.Confidence) event.Fact {
	return event.Fact{Name: name, Value: value, Confidence: c, Origin: "inferred"}
}

// verdict makes one from a status letter for each requirement of each wing:
// p, e, s, u, f and n for not applicable.
func verdict(gate event.Gate, statuses map[string]string) *event.Verdict {
	letters := map[rune]event.Status{'p': event.Pass, 'e': event.Exempt, 's': event.Stale, 'u': event.Unknown, 'f': event.Fail, 'n': event.NotApplicable}
	why := map[event.Status]string{
		event.Pass: "every check that it needs passed", event.Exempt: "exempt until 2027-01-31, approved by Ada Lovelace",
		event.Stale: "the evidence is from 2026-05-02 and stood for 90 days", event.Unknown: "nobody has attested it",
		event.Fail: "a finding of high severity is open", event.NotApplicable: "the product is not a mobile app",
	}
	v := &event.Verdict{Gate: gate, Reason: "requirements at level 1 are below the waterline", Statuses: map[event.Status]int{}}
	for _, w := range wings(nil) {
		for i, letter := range statuses[w.id] {
			s := letters[letter]
			r := event.Requirement{
				ID: fmt.Sprintf("PL-%s-%d", strings.ToUpper(w.id), i+1), Title: fmt.Sprintf("Matter %d of %s", i+1, w.label),
				Wing: w.id, Level: 1, Status: s, Reason: why[s],
			}
			if s == event.Fail || s == event.Unknown {
				r.Next, r.Cost = "plimsoll attest "+r.ID, 10
			}
			v.Requirements = append(v.Requirements, r)
			v.Statuses[s]++
		}
	}
	return v
}

func cleanRun() []event.Event {
	c := config("harbour")
	c.Facts = []event.Fact{
		fact("kind", "command-line", event.Sure), fact("language", "go", event.Sure), fact("platform", "linux", event.Sure),
		fact("ci", "github-actions", event.Sure), fact("deliverable", "cmd/harbour", event.Likely), fact("exposure", "none", event.Possible),
	}
	return []event.Event{
		c,
		&event.Progress{Check: "code.secrets", Message: "412 files"},
		&event.Observation{Check: "code.secrets", What: "files scanned for secrets", Count: 412, Rules: []string{"secret.github-token", "secret.private-key"}},
		&event.Observation{Check: "build.history", What: "commits read", Count: 3120, Rules: []string{"history.unsigned-commit"}},
		&event.Observation{Check: "release.basics", What: "lock files compared with their manifests", Count: 1},
		verdict(event.Met, map[string]string{"requirements": "ppp", "build": "pppppp", "design": "pp", "code": "ppppn", "testing": "pep", "release": "ppppnn"}),
	}
}

func findingsRun() []event.Event {
	c := config("juice-shop")
	c.Dirty = true
	c.Facts = []event.Fact{
		fact("kind", "web", event.Sure), fact("kind", "api", event.Likely), fact("language", "typescript", event.Sure),
		fact("language", "javascript", event.Sure), fact("framework", "express", event.Sure), fact("framework", "angular", event.Sure),
		fact("exposure", "internet", event.Possible), fact("data", "personal", event.Likely), fact("data", "payment", event.Possible),
		fact("data_store", "sqlite", event.Sure), fact("data_store", "mongodb", event.Possible), fact("container", "Dockerfile", event.Sure),
		fact("ci", "github-actions", event.Sure), fact("identity_provider", "own", event.Possible),
	}
	events := []event.Event{
		c,
		&event.Observation{Check: "code.secrets", What: "files scanned for secrets", Count: 1043, Rules: []string{"secret.private-key"}},
		&event.Finding{
			Check: "code.secrets", Rule: "secret.private-key", Severity: event.Critical, Confidence: event.Sure, State: event.Open,
			Path: "lib/insecurity.ts", Line: 23, Column: 21, EndColumn: 52,
			Message: "an RSA private key stands in the source", Fingerprint: "9d1f0c22ab7e45d01f6b9c3377aa10be",
			Source: "const privateKey = '-----BEGIN RSA PRIVATE KEY-----\\r\\nMIIC****************************************************************************'",
			Places: 3, Also: []event.Place{{Path: "encryptionkeys/jwt.key", Line: 1}, {Path: "lib/insecurity.ts", Line: 20, Commit: "11aa22bb33cc44dd55ee66ff7788990011223344"}},
		},
		&event.Finding{
			Check: "code.secrets", Rule: "secret.github-token", Severity: event.High, Confidence: event.Likely, State: event.Open,
			Path: "frontend/src/app/oauth/oauth.component.ts", Line: 47, Column: 14, EndColumn: 34, Commit: "8c0ffee1234567890abcdef1234567890abcdef0",
			Message: "a GitHub token stood in the history", Fingerprint: "51be20cc8fd14", Source: "\tconst tok = 'ghp_****************'",
			Fix: "revoke the token at its provider first; rewriting the history does not take it back",
		},
		&event.Finding{
			Check: "release.basics", Rule: "basics.lock-file-missing", Severity: event.Medium, Confidence: event.Sure, State: event.Open,
			Path: "package.json", Line: 1, Message: "package.json has no lock file beside it, so that two builds of the same commit may take different dependencies", Fingerprint: "77aa00",
		},
		&event.Finding{
			Check: "build.history", Rule: "history.unsigned-commit", Severity: event.Low, Confidence: event.Sure, State: event.Open,
			Message: "18,204 of 19,311 commits carry no signature", Fingerprint: "0b0b0b0b0b0b", Commit: "3f2a91c04b7d5e6f8a9b0c1d2e3f4a5b6c7d8e9f",
		},
		&event.Finding{
			Check: "import.sarif", Rule: "js/sql-injection", Severity: event.High, Confidence: event.Sure, State: event.Open, Tool: "CodeQL",
			Path: "routes/login.ts", Line: 34, Column: 28, EndColumn: 60, Message: "this query depends on a value that the user provides", Fingerprint: "c0de01",
			Source: "    models.sequelize.query(`SELECT * FROM Users WHERE email = '${req.body.email || ''}'`)",
		},
		&event.Finding{Check: "code.secrets", Rule: "secret.generic", Severity: event.Medium, Confidence: event.Possible, State: event.Decided, Path: "README.md", Line: 3,
			Message: "looks like a password", Fingerprint: "dec1ded", Decision: &event.Decision{Verdict: "false-positive", Because: "an example", By: "Ada Lovelace"}},
	}
	for i := range 37 {
		events = append(events, &event.Finding{
			Check: "code.secrets", Rule: []string{"secret.generic", "secret.password", "secret.jwt"}[i%3], Confidence: event.Possible, State: event.Open,
			Severity: []event.Severity{event.High, event.Medium, event.Low}[i%3], Path: fmt.Sprintf("test/api/spec%02d.ts", i), Line: i + 1, Message: "looks like a secret", Fingerprint: fmt.Sprintf("f%02d", i),
		})
	}
	v := verdict(event.NotMet, map[string]string{"requirements": "ppu", "build": "ppsuuff", "design": "uuu", "code": "pfffu", "testing": "pe", "release": "ppuuffnn"})
	v.Next = []event.Step{
		{Do: "add SECURITY.md with an address for reports", Minutes: 5, Requirements: []string{"PL-RELEASE-3", "PL-RELEASE-4"}},
		{Do: "commit package-lock.json", Minutes: 10, Requirements: []string{"PL-BUILD-6"}},
		{Do: "revoke the two credentials in the source, and fetch them from a vault at run time instead", Minutes: 240, Requirements: []string{"PL-CODE-2", "PL-CODE-3"}},
	}
	v.Findings = map[event.State]int{event.Open: 42, event.Decided: 1}
	return append(events, v)
}

// changeRun is a comparison: two findings with one cause were introduced, one was
// fixed, one moved, and one stood there all along.
func changeRun() []event.Event {
	f := func(change event.Change, path string, line int, print, group string) *event.Finding {
		return &event.Finding{Check: "testing.results", Rule: "gosec/G204", Severity: event.High, Confidence: event.Sure, State: event.Open, Tool: "gosec",
			Path: path, Line: line, Message: "a command is made of what a user gave", Fingerprint: print, Change: change, Group: group}
	}
	gone := f(event.Removed, "cmd/old.go", 7, "d0d0d0", "")
	gone.State = event.Fixed
	v := verdict(event.NotMet, map[string]string{"requirements": "u", "build": "ppf", "code": "pf"})
	v.Requirements[0].Before, v.Requirements[0].Base = true, event.Unknown
	v.Requirements[3].Before, v.Requirements[3].Base = true, event.Fail
	v.Requirements[5].Base = event.Pass
	v.Reason = "of 6 requirements that apply 1 fails; besides these 2 were not met before the change either"
	v.Change = &event.Difference{Since: "origin/main", Base: "8c0ffee1234567890abcdef1234567890abcdef0", MergeBase: true, Decided: 1,
		Findings: map[event.Change]int{event.Introduced: 3, event.Unchanged: 1, event.Moved: 1, event.Removed: 1},
		Against:  []string{"PL-CODE-2"}, Before: []string{"PL-REQUIREMENTS-1", "PL-BUILD-3"}}
	return []event.Event{config("shop"),
		f(event.Unchanged, "cmd/a.go", 3, "a0a0a0", ""), f(event.Introduced, "cmd/b.go", 12, "b0b0b0", "9f9f9f9f9f"), f(event.Introduced, "cmd/c.go", 14, "c0c0c0", "9f9f9f9f9f"),
		f(event.Moved, "lib/e.go", 40, "e0e0e0", ""), gone, v}
}

func emptyRun() []event.Event {
	c := config("")
	c.Commit, c.Directory = "", "/srv/new product"
	v := verdict(event.IncompleteGate, nil)
	v.Reason = "there was nothing to examine"
	return []event.Event{c, v}
}

func incompleteRun() []event.Event {
	c := config("terraform")
	c.Directory = "../terraform"
	c.Facts = []event.Fact{fact("kind", "command-line", event.Sure), fact("language", "go", event.Sure)}
	v := verdict(event.IncompleteGate, map[string]string{"requirements": "p", "build": "pu", "design": "u", "code": "uuu", "testing": "pp", "release": "pp"})
	v.Reason = "3 requirements rest on what could not be examined"
	return []event.Event{
		c,
		&event.Observation{Check: "code.secrets", What: "files scanned for secrets", Count: 4801},
		&event.Problem{Check: "code.secrets", Code: "missing-blobs", Message: "1,204 of 61,877 blobs of the history are not in this copy", Hint: "git fetch --refetch --filter=blob:limit=1g, then check again", Incomplete: true},
		&event.Problem{Code: "decision-unused", Message: "a decision fits no finding any more", Path: ".plimsoll/decisions.yaml", Line: 12, Column: 16, Source: "  - fingerprint: 51be20cc8fd1", Hint: "remove it"},
		&event.Problem{Check: "code.secrets", Code: "unreadable", Message: "permission denied", Path: "internal/states/locked.tfstate", Incomplete: true},
		v,
	}
}

func decidedRun() []event.Event {
	finding := func(rule, path string, line int, d *event.Decision) *event.Finding {
		return &event.Finding{Check: "code.secrets", Rule: rule, Severity: event.High, Confidence: event.Likely, State: event.Decided,
			Path: path, Line: line, Column: 9, EndColumn: 29, Source: "token = \"AKIA****************\"", Message: "an AWS access key stands in the source",
			Fingerprint: fmt.Sprintf("%x", path), Fix: "revoke it", Decision: d}
	}
	return []event.Event{
		config("harbour"),
		finding("secret.aws-key", "docs/example.py", 8, &event.Decision{Verdict: "false-positive", Because: "the key of AWS's own documentation", By: "Ada Lovelace"}),
		finding("secret.aws-key", "src/deploy.py", 120, &event.Decision{Verdict: "accepted", Because: "the account is closed at the end of the year and has no rights but to read one public bucket", By: "Grace Hopper", Until: "2026-12-31"}),
		verdict(event.Met, map[string]string{"code": "ppp", "build": "p"}),
	}
}

// hostileText tries everything that a terminal, a CI runner or a page obeys.
const hostileText = "::add-mask::x\n::error::y\r##[command]z ##vso[task.setvariable]a ##teamcity[b]\x1b]0;title\x07\x1b[2J\u009b31m" +
	"\u202eevil\u2066\u200b<script>alert(1)</script><img src=x> [link](https://evil.example) ![i](http://x.example/i.png) " +
	"@everyone #1 www.evil.example https://evil.example `code` | a\x00b\x7f \xff\xfe </details>"

func hostileRun(s string) []event.Event {
	c := config(s)
	c.Directory, c.Commit, c.Dirty = s, s, true
	c.Facts = []event.Fact{fact(s, s, event.Possible), fact("kind", s, event.Sure)}
	d := &event.Decision{Verdict: s, Because: s, By: s, Until: s}
	finding := func(state event.State, d *event.Decision) *event.Finding {
		return &event.Finding{Check: s, Rule: s, Severity: event.High, Confidence: event.Sure, Path: s, Line: 3, Column: 5, EndColumn: 9, Commit: s,
			Message: s, Fingerprint: s, State: state, Source: s, Fix: s, Places: 2, Also: []event.Place{{Path: s, Line: 1, Commit: s}}, Tool: s, Decision: d}
	}
	v := verdict(event.NotMet, map[string]string{"build": "p"})
	v.Reason = s
	v.Requirements = append(v.Requirements, event.Requirement{ID: s, Title: s, Wing: s, Status: event.Fail, Reason: s, Next: s, Cost: 5})
	v.Statuses[event.Fail] = 1
	v.Next = []event.Step{{Do: s, Minutes: 5, Requirements: []string{s}}}
	return []event.Event{
		c, &event.Observation{Check: s, What: s, Count: 1, Rules: []string{s}, Tool: s},
		finding(event.Open, nil), finding(event.Decided, d),
		&event.Problem{Check: s, Code: s, Message: s, Path: s, Line: 1, Column: 2, Source: s, Hint: s, Incomplete: true}, v,
	}
}

func longRun() []event.Event {
	minified := strings.Repeat("function(e,t){return e+t};", 4000)
	at := len(minified) / 2
	finding := func(source string, column, end int, message string) *event.Finding {
		return &event.Finding{Check: "code.secrets", Rule: "secret.password", Severity: event.High, Confidence: event.Sure, State: event.Open,
			Path: "src/main.ts", Line: 7, Column: column, EndColumn: end, Source: source, Message: message, Fingerprint: "abc", Fix: "take it out"}
	}
	cjk := "\tconst 密码 = \"口令はここです\" // 日本語のコメント"
	wide := strings.Repeat("漢字", 60) + "秘密" + strings.Repeat("仮名", 60)
	events := []event.Event{config("長い名前の製品")}
	for i, f := range []*event.Finding{
		finding(minified[:at]+"SECRET"+minified[at:], at+1, at+7, "in the middle of a minified file"),
		finding(cjk, strings.Index(cjk, "口")+1, strings.Index(cjk, "\" //")+1, "wide characters after a tab"),
		finding(wide, strings.Index(wide, "秘密")+1, strings.Index(wide, "秘密")+7, "wide characters in a long line"),
		finding("a\tb\tcafé e\u0301 \u202e!", 3, 4, "tabs, a combining mark and a hidden direction"),
		finding("short", 6, 7, "the place is the end of the line, and the message is so long that it has to be wrapped into the next line, where it goes on under the word that it began with"),
	} {
		f.Fingerprint, f.Path = fmt.Sprintf("abc%d", i), fmt.Sprintf("src/main%d.ts", i)
		f.Rule += fmt.Sprint(i)
		events = append(events, f)
	}
	return append(events, verdict(event.NotMet, map[string]string{
		"build": strings.Repeat("p", 90) + strings.Repeat("u", 70) + strings.Repeat("f", 3), "code": "pf", "testing": "u",
	}))
}
