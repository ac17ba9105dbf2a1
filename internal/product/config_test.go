package product

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

const whole = `name: shop
description: sells ships
owners:
  - {name: Ada Example, email: ada@example.org, role: security, keys: ["ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]}
facts:
  kind: [web, api]
  exposure: internet
not: {data: [payment]}
deliverables:
  - {name: shop, type: image, path: dist/shop.tar}
requirements:
  level: 2
  include: [{id: PL-BUILD-1, reason: r}]
  exclude:
    - {id: PL-CODE-2, reason: no code of that kind}
exemptions:
  - requirement: PL-BUILD-2
    reason: the vendor moves next month
    requested_by: Ada Example
    approved_by: Bob Example
    from: 2026-01-01
    until: 2026-03-31
    compensating: manual review
gate:
  rule: fail == 0
results: [reports/*.sarif]
`

func TestLoadWhole(t *testing.T) {
	p, faults := Load(Path, []byte(whole))
	if faults != nil {
		t.Fatal(faults)
	}
	got := []any{p.Name, p.Owners[0].Role, p.Facts["kind"], p.Facts["exposure"], p.Not["data"], p.Requirements.Level, p.Requirements.Exclude[0].ID,
		p.Exemptions[0].Until, p.Gate.Rule, p.Results[0], p.Deliverables[0].Path}
	want := []any{"shop", "security", Values{"web", "api"}, Values{"internet"}, Values{"payment"}, 2, "PL-CODE-2",
		"2026-03-31", "fail == 0", "reports/*.sarif", "dist/shop.tar"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestLoadDefaults(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "name: x\n"} {
		p, faults := Load(Path, []byte(text))
		if faults != nil {
			t.Fatal(faults)
		}
		if p.Requirements.Level != DefaultLevel || p.Gate.Rule != DefaultGate {
			t.Errorf("%q: level %d, gate %q", text, p.Requirements.Level, p.Gate.Rule)
		}
	}
}

func TestLoadFaults(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // place, message, and the start of the hint
	}{
		{"unknown field", "ownerz: []\n", []string{`1:1: "ownerz" is not known here | did you mean owners? allowed:`}},
		{"unknown fact", "facts: {knid: web}\n", []string{`1:9: "knid" is not the name of a fact | did you mean kind?`}},
		{"unknown value", "facts:\n  kind: [web, apii]\n", []string{`2:15: "apii" is not a value of kind | did you mean api? allowed: api, cli,`}},
		{"unknown denied value", "not:\n  data: payments\n", []string{`2:9: "payments" is not a value of data | did you mean payment?`}},
		{"two exposures", "facts: {exposure: [internet, local]}\n", []string{`1:19: exposure has one value | keep one of them`}},
		{"level", "requirements: {level: 4}\n", []string{`1:23: level cannot be "4" | allowed: 1, 2, 3`}},
		{"wrong type", "owners: Ada\n", []string{`1:9: owners must be a list, not the text "Ada" | who answers`}},
		{"exclusion without a reason", "requirements:\n  exclude: [PL-1]\n", []string{`2:13: an entry of exclude must be a mapping, not the text "PL-1" | write {id`}},
		{"exemption", `exemptions:
  - requirement: PL-1
    reason: x
    requested_by: ada@example.org
    approved_by: ADA@example.org
    from: 2026-05-01
    until: 2026-04-01
`, []string{`5:18: ADA@example.org approves what they asked for themselves | have a second`, `7:12: the exemption ends before it begins | give a day on or after 2026-05-01`}},
		{"one person under two names", `owners: [{name: Ada Example, email: ada@example.org}]
exemptions:
  - {requirement: PL-1, reason: x, requested_by: Ada Example, approved_by: ada@example.org, until: 2026-01-01}
`, []string{`3:76: ada@example.org approves what they asked for themselves | have a second`}},
		{"dates", "exemptions:\n  - {requirement: PL-1, reason: x, requested_by: a, approved_by: b, until: 31.12.2026}\n", []string{`2:76: until cannot be "31.12.2026" | a day as YYYY-MM-DD`}},
		{"everything at once", "nmae: x\nfacts: {kind: wbe}\nexemptions:\n  - {requirement: PL-1, reason: x, requested_by: a, approved_by: a}\ngate: strict\n", []string{
			`1:1: "nmae" is not known here | did you mean name?`, `2:15: "wbe" is not a value of kind | did you mean web?`, `4:5: until is missing | add until:`,
			`4:66: a approves what they asked for themselves | have`, `5:7: gate must be a mapping, not the text "strict" | the rule`}},
		{"conflict", "name: x\n<<<<<<< HEAD\n", []string{`2:1: a merge conflict that is not resolved | keep one side`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, faults := Load("f", []byte(tt.text))
			if p != nil {
				t.Error("a product in spite of faults")
			}
			if len(faults) != len(tt.want) {
				t.Fatalf("%d faults, want %d:\n%v", len(faults), len(tt.want), faults)
			}
			for i, e := range faults {
				got := strings.TrimPrefix(e.Error(), "f:") + " | " + e.Hint
				if !strings.HasPrefix(got, tt.want[i]) {
					t.Errorf("got  %s\nwant %s", got, tt.want[i])
				}
				if e.Code != fault.Config || e.Place == nil || e.Place.Source == "" {
					t.Errorf("%v: code %s, place %v", e, e.Code, e.Place)
				}
			}
		})
	}
}

func TestApply(t *testing.T) {
	p, faults := Load(Path, []byte(whole))
	if faults != nil {
		t.Fatal(faults)
	}
	facts := []event.Fact{
		{Name: "kind", Value: "library", Origin: inferred},
		{Name: "exposure", Value: "local", Origin: inferred},
		{Name: "data", Value: "payment", Origin: inferred},
		{Name: "data", Value: "personal", Origin: inferred},
		{Name: "language", Value: "go", Origin: inferred},
	}
	var got []string
	for _, f := range p.Apply(facts) {
		got = append(got, f.Name+"="+f.Value+" "+f.Origin)
		if f.Origin == "declared" && (f.Path != Path || f.Line == 0) {
			t.Errorf("a declared fact without a place: %+v", f)
		}
	}
	want := []string{"kind=web declared", "kind=api declared", "exposure=internet declared", "data=personal inferred", "language=go inferred"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("facts: [a]\nnot: {x: {y: z}}\nexemptions: [1, {a: b}]\nowners: {}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, faults := Load("f", data)
		if (p == nil) == (len(faults) == 0) {
			t.Errorf("product %v with faults %v", p, faults)
		}
		if p != nil {
			p.Apply(nil)
		}
	})
}
