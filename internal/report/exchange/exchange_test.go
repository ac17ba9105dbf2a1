package exchange_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/report/exchange"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/openvex"
)

var june = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// spoken are a decision on one place, a wide one, and one on a vulnerability.
func spoken() (words []exchange.Word, ds finding.Decisions) {
	f := func(n string, edit func(*event.Finding)) *event.Finding {
		f := &event.Finding{Rule: "go.sql", Family: "go.sql", Revision: 2, Severity: event.High, Path: "a b/c:d_test.go", Line: 4, Class: "test",
			Fingerprint: strings.Repeat(n, 32), Message: "query \x1b[31mfrom text", State: event.Open}
		edit(f)
		return f
	}
	place, wide := f("1", func(*event.Finding) {}), f("2", func(*event.Finding) {})
	cve := f("3", func(f *event.Finding) {
		f.Rule, f.Path, f.Message = "vulnerable", "bom.json", "log4j-core@2.14.1 has CVE-2021-44228: remote code"
	})
	for i, one := range []*event.Finding{place, wide, cve} {
		d := finding.Decision{Verdict: finding.FalsePositive, Because: `not "reachable"`, By: "Ada", Owner: "Bob", On: "2026-05-01", Until: "2026-08-01"}
		switch i {
		case 1:
			d.Scope, d.Class, d.Covered, d.Verdict = finding.ScopePattern, "test", "22222222 11111111", finding.Accepted
		case 2:
			d.Verdict = finding.Fix
		}
		ds = append(ds, d.Bind(one, finding.Seen{Code: "c0de"}))
	}
	for i, one := range []*event.Finding{place, wide, cve} {
		words = append(words, exchange.Word{Finding: one, Decision: &ds[i], Whole: true})
	}
	return append(words, exchange.Word{Finding: place, Decision: &ds[1]}), ds
}

func TestThereAndBack(t *testing.T) {
	words, ds := spoken()
	var sarif, vex bytes.Buffer
	if err := exchange.SARIF(&sarif, "1.0", words); err != nil {
		t.Fatal(err)
	}
	if err := exchange.OpenVEX(&vex, "shop", "Ada", "1.0", june, words); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"SARIF": sarif.Bytes(), "OpenVEX": vex.Bytes()} {
		given, err := exchange.Read(name, data)
		if err != nil {
			t.Fatal(err)
		}
		var back finding.Decisions
		for i := range given {
			if g := &given[i]; !g.Ours || g.Refused != "" {
				t.Errorf("%s: %s: %s", name, g, g.Refused)
			}
			back = append(back, given[i].Decision)
		}
		if got, want := string(back.Encode()), string(ds.Encode()); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
		if bytes.ContainsRune(data, '\x1b') {
			t.Errorf("%s carries an escape", name)
		}
	}
}

// What we write is OpenVEX for our own reader, too.
func TestOpenVEXIsRead(t *testing.T) {
	words, _ := spoken()
	var vex bytes.Buffer
	if err := exchange.OpenVEX(&vex, "shop", "Ada", "1.0", june, words); err != nil {
		t.Fatal(err)
	}
	doc, err := openvex.Parse(vex.Bytes())
	if err != nil || len(doc.Faults) > 0 || len(doc.Statements) != 3 {
		t.Fatalf("%v %+v", err, doc)
	}
	if s := doc.Statements[0]; s.Status != openvex.NotAffected || s.Because() == "" {
		t.Errorf("%+v", s)
	}
	if s := doc.Statements[2]; s.IDs[0] != "CVE-2021-44228" {
		t.Errorf("%+v", s)
	}
}

func TestMatch(t *testing.T) {
	findings := []event.Finding{
		{Rule: "sarif.semgrep/go.sql", Tool: "Semgrep", Path: "a.go", Line: 4, Fingerprint: strings.Repeat("a", 32)},
		{Rule: "vulnerable", Message: "log4j-core@2.14.1 has CVE-2021-44228: remote code", Fingerprint: strings.Repeat("b", 32)},
	}
	line := func(string, int) string { return "\tdb.Query(a + b)" }
	code := exchange.Given{Tool: "semgrep", Rule: "go.sql", Path: "a.go", Line: 99, Snippet: "db.Query( a + b )"}
	vex := exchange.Given{Vulnerabilities: []string{"CVE-2021-44228"}, Products: []string{"pkg:maven/org.apache/log4j-core@2.14.1"}}
	edit := func(g exchange.Given, fn func(*exchange.Given)) exchange.Given { fn(&g); return g }
	tests := []struct {
		name  string
		given exchange.Given
		want  string // the fingerprint's digit
	}{
		{"rule, place and code", code, "a"},
		{"other code", edit(code, func(g *exchange.Given) { g.Snippet = "db.Query(c)" }), ""},
		{"no code", edit(code, func(g *exchange.Given) { g.Snippet = "" }), ""},
		{"other tool", edit(code, func(g *exchange.Given) { g.Tool = "gosec" }), ""},
		{"other path", edit(code, func(g *exchange.Given) { g.Path = "b.go" }), ""},
		{"fingerprint", exchange.Given{Decision: finding.Decision{Fingerprint: strings.Repeat("b", 32)}}, "b"},
		{"no such fingerprint", exchange.Given{Decision: finding.Decision{Fingerprint: strings.Repeat("c", 32)}}, ""},
		{"vulnerability", vex, "b"},
		{"other version", edit(vex, func(g *exchange.Given) { g.Products = []string{"pkg:maven/org.apache/log4j-core@2.15.0"} }), ""},
		{"other component", edit(vex, func(g *exchange.Given) { g.Products = []string{"pkg:maven/org.apache/log4j-api@2.14.1"} }), ""},
		{"other vulnerability", edit(vex, func(g *exchange.Given) { g.Vulnerabilities = []string{"CVE-2021-4422"} }), ""},
		{"refused", edit(vex, func(g *exchange.Given) { g.Refused = "its status is affected" }), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, why := tt.given.Match(findings, line)
			if tt.want == "" && (f != nil || why == "") || tt.want != "" && (f == nil || f.Fingerprint[:1] != tt.want) {
				t.Errorf("got %+v, %q", f, why)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	words, _ := spoken()
	var sarif, vex bytes.Buffer
	_ = exchange.SARIF(&sarif, "1.0", words)
	_ = exchange.OpenVEX(&vex, "shop", "Ada", "1.0", june, words)
	f.Add(sarif.Bytes())
	f.Add(vex.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		given, err := exchange.Read("x", data)
		if err != nil {
			return
		}
		for i := range given {
			g := &given[i]
			_, _ = g.Match([]event.Finding{*words[0].Finding}, func(string, int) string { return "x" })
			if g.Ours && g.Refused == "" {
				if _, err := finding.ParseDecisions("x", finding.Decisions{g.Decision}.Encode()); err != nil {
					t.Errorf("%v", err)
				}
			}
		}
	})
}
