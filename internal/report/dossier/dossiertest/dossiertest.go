// Package dossiertest holds the dossiers that the tests of every format go by,
// so that each format is shown the same product, the same strangers' text and
// the same ten thousand requirements.
package dossiertest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
)

// Day is noon of a day YYYY-MM-DD.
func Day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t.Add(12 * time.Hour)
}

// digest is a believable digest, of n.
func digest(n int) string { return "sha256:" + strings.Repeat(fmt.Sprintf("%04x", n+1), 16) }

// Hostile strings that strangers have put where they could.
const (
	Script  = `<script>alert("x")</script><img src=x onerror=alert(1)>`
	Formula = `=cmd|' /C calc'!A0`
	Bidi    = "if admin\u202e // nimda"
	ANSI    = "\x1b[31mred\x1b[0m\x07"
)

// Shop is a small product with every status, every kind of evidence and
// strangers' text wherever it can stand.
func Shop() *dossier.Dossier {
	d := &dossier.Dossier{
		Product: "shop <b>&amp;</b> \"co\"", Description: "sells things " + Bidi,
		Owners: []dossier.Owner{{Name: "Ada Lovelace", Email: "ada@example.com", Role: "security"}, {Name: Formula, Role: "developer"}},
		AsOf:   Day("2026-11-20"), Commit: strings.Repeat("1f", 20), Dirty: true,
		Tool:  dossier.Tool{Name: "plimsoll", Version: "0.3.0", Digest: digest(900)},
		Level: 2, GateRule: "fail == 0 && unknown == 0", Gate: event.NotMet,
		GateReason: "fail == 0 && unknown == 0 does not hold: fail is 2, unknown is 1",
		Next: []event.Step{
			{Do: "run plimsoll check", Minutes: 1, Requirements: []string{"PL-BUILD-2"}},
			{Do: "pin " + Script, Minutes: 30, Requirements: []string{"PL-CODE-1", "v5.0.0-6.2.1"}},
		},
		Facts: []event.Fact{
			{Name: "kind", Value: "web", Confidence: event.Sure, Origin: "inferred", Path: "src/app.ts", Line: 12, Because: "listens on HTTP " + Script},
			{Name: "exposure", Value: "internet", Confidence: event.Sure, Origin: "declared", Path: ".plimsoll/product.yaml", Line: 7},
		},
		Catalogues: []dossier.Catalogue{
			{Name: "plimsoll", Title: "Plimsoll's own requirements", Licence: "Apache-2.0"},
			{Name: "asvs", Title: "OWASP Application Security Verification Standard", Version: "5.0.0", Publisher: "OWASP", Licence: "CC-BY-SA-4.0",
				Attribution: "Ids and levels: OWASP ASVS 5.0.0, CC BY-SA 4.0.", Address: "https://owasp.org/www-project-application-security-verification-standard/", Digest: digest(901)},
			{Name: "acme", Title: "+ACME policy " + Script, Version: "7", Address: "javascript:alert(1)"},
		},
		Requirements: shopRequirements(),
		Evidence:     shopEvidence(),
		Findings:     shopFindings(),
		Exemptions: []dossier.Exemption{{Requirement: "PL-CODE-2", Because: "the supplier ends in March", By: "ada", Approver: "grace",
			Compensating: "requests are rate-limited at the edge", From: Day("2026-10-01"), Until: Day("2027-03-31"), Holds: true},
			{Requirement: "PL-CODE-1", Because: "-2+3", By: "ada", Approver: "ada", Until: Day("2027-03-31")}},
		Tailoring: []dossier.Change{
			{Requirement: "PL-TEST-1", What: "excluded", Because: "@SUM(A1) the firmware is tested by its maker"},
			{Requirement: "acme-1", What: "modified", Because: "stricter with us", Fields: []string{"days 30", "owner security"}},
		},
		Problems: []event.Problem{{Check: "code.secrets", Code: "too-large", Message: "a file is larger than 64 MiB: " + ANSI, Path: "data/dump.sql", Hint: "remove it", Incomplete: true},
			{Code: "attestation-unused", Message: "the attestation by ada is of PL-NONE-1, which is no requirement"}},
	}
	return d
}

func shopRequirements() []dossier.Requirement {
	full := func(r dossier.Requirement) dossier.Requirement {
		r.Automation, r.Methods, r.Days, r.Owner, r.Level = "full", []string{"check"}, 30, "developer", 1
		return r
	}
	return []dossier.Requirement{
		full(dossier.Requirement{ID: "PL-CODE-1", Title: "no secrets in the source", Catalogue: "plimsoll", Chapter: "code", Checks: []string{"code.secrets"},
			Statement: "The source and its history must hold no credential.", Status: event.Fail, Reason: "2 findings; first an AWS key " + Script + " (critical)",
			Next: "revoke the key, then remove it, src/app.ts:12", Minutes: 30, Because: "applies to all", CWE: []int{798}, Maps: []string{"ASVS 13.3.1", "SSDF PS.1.1"}, Evidence: []string{digest(1)}}),
		full(dossier.Requirement{ID: "PL-CODE-2", Title: "maintained dependencies", Catalogue: "plimsoll", Chapter: "code", Statement: "Every dependency must be maintained.",
			Status: event.Exempt, Reason: "exempt until 2027-03-31: the supplier ends in March", Because: "applies to all"}),
		full(dossier.Requirement{ID: "PL-BUILD-10", Title: "protected branches", Catalogue: "plimsoll", Chapter: "build", Statement: "The main branch must refuse force pushes.",
			Status: event.Pass, Reason: "build.history looked at 812 commits", Because: "applies to all", Checks: []string{"build.history"}, Evidence: []string{digest(2)}}),
		full(dossier.Requirement{ID: "PL-BUILD-2", Title: "signed tags", Catalogue: "plimsoll", Chapter: "build", Statement: "Every release tag must be signed.",
			Status: event.Stale, Reason: "build.history: work tree changed since build.history ran", Because: "applies to all", Next: "run plimsoll check", Minutes: 1, Evidence: []string{digest(2)}}),
		full(dossier.Requirement{ID: "PL-TEST-1", Title: "device tests", Catalogue: "plimsoll", Chapter: "testing", Statement: "Devices must be tested on the bench.",
			Status: event.NotApplicable, Reason: "left out by the product: @SUM(A1) the firmware is tested by its maker"}),
		{ID: "v5.0.0-6.2.1", Title: "long passwords", Catalogue: "asvs", Chapter: "V6", Level: 1, Statement: "Passwords of " + Bidi + " must be long.",
			Official: "The official sentence <i>as published</i>, which says more.", Status: event.Pass, Reason: "12 mapped tests passed; ada attested it on 2026-10-01, until 2027-01-31",
			Because: `kind == ["web"]`, Automation: "none", Methods: []string{"test", "review"}, Strength: 4, Days: 180, Owner: "developer", CWE: []int{521}, Evidence: []string{digest(3), digest(4)}},
		{ID: "v5.0.0-6.2.10", Title: "password change", Catalogue: "asvs", Chapter: "V6", Level: 1, Statement: "Users must be able to change their password.", Status: event.Unknown,
			Reason: "needs the word of a developer: plimsoll attest v5.0.0-6.2.10", Next: "write a test; then plimsoll attest v5.0.0-6.2.10", Minutes: 60,
			Because: `kind == ["web"]`, Automation: "none", Methods: []string{"test"}, Strength: 3, Days: 180, Owner: "developer", Evidence: []string{digest(5)}},
		{ID: "v5.0.0-17.1.1", Title: "relays of peers", Catalogue: "asvs", Chapter: "V17", Level: 2, Statement: "A relay must hand out short-lived credentials.", Status: event.NotApplicable,
			Reason: "no WebRTC: framework does not have webrtc"},
		{ID: "acme-1", Title: Formula, Catalogue: "acme", Chapter: "=1+1", Level: 1, Statement: ANSI + " must be so.", Status: event.Fail,
			Reason: "acme.check: " + Formula, Next: Formula, Minutes: 5, Because: "applies to all", Automation: "partial", Days: 30, Owner: "security"},
	}
}

func shopEvidence() []dossier.Evidence {
	return []dossier.Evidence{
		{Kind: dossier.Check, Digest: digest(1), By: "code.secrets", Made: Day("2026-11-19"), Until: Day("2026-12-19"),
			Observations: []event.Observation{{What: "files scanned for secrets", Count: 812}, {What: "commits scanned for secrets", Count: 4031}},
			Inputs:       []dossier.Link{{Name: "tree", Digest: digest(800)}, {Name: "history", Digest: digest(801)}}},
		{Kind: dossier.Check, Digest: digest(2), By: "build.history", Made: Day("2026-11-01"), Until: Day("2026-12-01"), Stale: "work tree changed since build.history ran",
			Observations: []event.Observation{{What: "commits read", Count: 812}}},
		{Kind: dossier.Tests, Digest: digest(3), By: "testing.results", Requirement: "v5.0.0-6.2.1", Statement: "12 passed, 1 of them flaky", Made: Day("2026-11-19")},
		{Kind: dossier.Attestation, Digest: digest(4), By: "Ada Lovelace <ada@example.com>", Reviewer: "Grace Hopper <grace@example.com>", Requirement: "v5.0.0-6.2.1",
			Statement: "read the code and tried seven characters " + Script, Made: Day("2026-10-02"), From: Day("2026-10-01"), Until: Day("2027-01-31"),
			Counter: "the old mobile app still takes six", Basis: []dossier.Link{{Name: "docs/passwords.md", Digest: digest(802)}, {Name: "https://example.com/minutes?a=1&b=2"}}},
		{Kind: dossier.Attestation, Digest: digest(5), By: "Mallory", Requirement: "v5.0.0-6.2.10", Statement: Formula, Made: Day("2026-10-02"), From: Day("2026-10-01"), Until: Day("2027-01-31"),
			Refused: "signed by an unknown key"},
	}
}

func shopFindings() []event.Finding {
	return []event.Finding{
		{Check: "code.secrets", Rule: "secrets.aws-key", Severity: event.Critical, Confidence: event.Sure, Path: "src/app.ts", Line: 12, Column: 3,
			Message: "an AWS key " + Script, Fingerprint: "f1", State: event.Open, Source: "key = \"AKIA************\""},
		{Check: "code.secrets", Rule: "secrets.password", Severity: event.High, Confidence: event.Possible, Path: "test/=fixture.ts", Line: 3, Commit: strings.Repeat("2e", 20),
			Message: Formula, Fingerprint: "f2", State: event.Decided, Decision: &event.Decision{Verdict: "false-positive", Because: "a test's own value " + Bidi, By: "ada", Until: "2027-01-01"}},
		{Check: "release.basics", Rule: "basics.no-policy", Severity: event.Low, Confidence: event.Sure, Message: "there is no security policy", Fingerprint: "f3", State: event.Fixed},
	}
}

// Shuffled is d with its lists in another order, chosen by seed.
func Shuffled(d *dossier.Dossier, seed uint64) *dossier.Dossier {
	r := rand.New(rand.NewPCG(seed, 7))
	s := *d
	s.Owners, s.Facts, s.Catalogues = shuffle(r, d.Owners), shuffle(r, d.Facts), shuffle(r, d.Catalogues)
	s.Requirements, s.Evidence, s.Findings = shuffle(r, d.Requirements), shuffle(r, d.Evidence), shuffle(r, d.Findings)
	s.Exemptions, s.Tailoring, s.Problems = shuffle(r, d.Exemptions), shuffle(r, d.Tailoring), shuffle(r, d.Problems)
	for i := range s.Requirements {
		s.Requirements[i].Evidence = shuffle(r, s.Requirements[i].Evidence)
	}
	for i := range s.Evidence {
		s.Evidence[i].Inputs, s.Evidence[i].Basis = shuffle(r, s.Evidence[i].Inputs), shuffle(r, s.Evidence[i].Basis)
		s.Evidence[i].Observations = shuffle(r, s.Evidence[i].Observations)
	}
	return &s
}

func shuffle[T any](r *rand.Rand, list []T) []T {
	out := append([]T(nil), list...)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// Large is a product with n requirements in thirty chapters, each with two
// records, and a finding for every tenth.
func Large(n int) *dossier.Dossier {
	d := &dossier.Dossier{Product: "large", AsOf: Day("2026-11-20"), Commit: strings.Repeat("1f", 20), Tool: dossier.Tool{Name: "plimsoll", Version: "0.3.0", Digest: digest(1)},
		Gate: event.NotMet, GateReason: "fail is not 0", Catalogues: []dossier.Catalogue{{Name: "acme", Title: "ACME", Version: "1"}}}
	statuses := append([]event.Status{event.NotApplicable}, event.Statuses...)
	for i := range n {
		id := fmt.Sprintf("acme-%d.%d", i%30+1, i/30+1)
		r := dossier.Requirement{ID: id, Title: "requirement " + id, Catalogue: "acme", Chapter: fmt.Sprintf("C%d", i%30+1), Level: i%3 + 1,
			Statement: "The product must do what " + id + " says in a sentence of the usual length.", Status: statuses[i%len(statuses)],
			Reason: "for a reason of the usual length, which names a check and a number", Because: "applies to all", Automation: "partial",
			Methods: []string{"check", "review"}, Strength: 2, Days: 90, Owner: "developer", CWE: []int{79}}
		for j := range 2 {
			e := dossier.Evidence{Kind: dossier.Attestation, Digest: "sha256:" + fmt.Sprintf("%064x", i*2+j), By: "ada", Requirement: id, Statement: "looked at it",
				Made: Day("2026-10-01"), From: Day("2026-10-01"), Until: Day("2027-01-31")}
			r.Evidence = append(r.Evidence, e.Digest)
			d.Evidence = append(d.Evidence, e)
		}
		d.Requirements = append(d.Requirements, r)
		if i%10 == 0 {
			d.Findings = append(d.Findings, event.Finding{Check: "code.sast", Rule: "sast.x", Severity: event.Medium, Confidence: event.Likely, Path: fmt.Sprintf("a/%d.go", i), Line: i + 1,
				Message: "something wrong", Fingerprint: fmt.Sprint(i), State: event.Open})
		}
	}
	return d
}
