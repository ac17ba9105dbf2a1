package custom

import (
	"errors"
	"fmt"

	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/docs"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// load loads all files of a tree in the folders for requirements and policies.
func load(files map[string]string, change func(*Config)) ([]Catalogue, fault.List) {
	read := func(path string) ([]byte, error) {
		if text, ok := files[path]; ok {
			return []byte(text), nil
		}
		return nil, errors.New("there is no such file")
	}
	var paths []string
	for path := range files {
		if strings.HasPrefix(path, Dir+"/") || strings.HasPrefix(path, PoliciesDir+"/") {
			paths = append(paths, path)
		}
	}
	cfg := Config{
		Checks: map[string][]string{"code.secrets": {"secret.github-token", "secret.aws"}, "build.pipeline": nil},
		Taken:  map[string]string{"v5.0.0-1.2.5": "asvs"},
		PinFault: func(i int, hint, format string, args ...any) *fault.Error {
			return fault.At(fault.Config, fault.Place{Path: "product.yaml", Line: i + 1}, hint, format, args...)
		},
		Git: func(spec string) ([]byte, error) { return read("git " + spec) },
	}
	if change != nil {
		change(&cfg)
	}
	return Load(read, paths, cfg)
}

func must(t *testing.T, files map[string]string, change func(*Config)) []Catalogue {
	t.Helper()
	all, faults := load(files, change)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return all
}

func TestCatalogue(t *testing.T) {
	all := must(t, map[string]string{Dir + "/acme.yaml": `
title: House rules
version: "3"
requirements:
  - id: ACME-PW-1
    title: long passwords
    statement: Passwords must be at least
      twelve characters long.
    level: 2
    applies: '"web" in kind'
    checks: [build.pipeline, {check: code.secrets, rules: [secret.*], above: high}]
    method: [review]
    days: 90
    owner: developer
    minutes: 30
    cwe: [521]
    maps: [SSDF PW.1.1]
    evidence: the form refuses a short one
  - {id: ACME-2, statement: Backups must be restored once a quarter.}
`}, nil)
	sentence := "Passwords must be at least twelve characters long."
	want := []knowledge.Requirement{
		{ID: "ACME-PW-1", Title: "long passwords", Wing: "requirements", Level: 2, Statement: sentence, Applies: `"web" in kind`,
			Fix: "the form refuses a short one", Minutes: 30, CWE: []int{521}, Maps: []string{"SSDF PW.1.1"}, Catalogue: "acme", Version: "3", Section: "PW",
			Revision: digestOf([]byte(sentence)), Written: Dir + "/acme.yaml:5",
			Plan: knowledge.Plan{Automation: "partial", Days: 90, Owner: "developer", Methods: []string{"check", "review"}, Evidence: "the form refuses a short one", Strength: 2,
				Checks: []knowledge.Need{{Check: "build.pipeline", Above: "medium"}, {Check: "code.secrets", Rules: []string{"secret.*"}, Above: "high"}}}},
		{ID: "ACME-2", Title: "Backups must be restored once a quarter", Wing: "requirements", Level: 1, Statement: "Backups must be restored once a quarter.", Applies: "true",
			Fix: "Backups must be restored once a quarter.", Minutes: 60, Catalogue: "acme", Version: "3", Section: "ACME",
			Revision: digestOf([]byte("Backups must be restored once a quarter.")), Written: Dir + "/acme.yaml:19",
			Plan: knowledge.Plan{Automation: "none", Days: 365, Owner: "maintainer", Methods: []string{"document"}, Strength: 2}},
	}
	if len(all) != 1 || all[0].Title != "House rules" || all[0].Path != Dir+"/acme.yaml" {
		t.Fatalf("got %+v", all)
	}
	if diff := cmp.Diff(want, all[0].Requirements); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPolicy(t *testing.T) {
	const policy = "---\ntitle: Policy\nplimsoll: {catalogue: house, ids: ACME-, owner: security}\n---\n" + `# Passwords {#ACME-9}

**ACME-1** Passwords *must* be at least
[twelve](https://example.org) characters long. {level=2 days=90 applies='"web" in kind'}

- Keys must be ` + "`rotated`" + ` once a year. {#ACME-2 checks=code.secrets title="Key rotation"}
- **ACME-3:** Nobody shares an account.
- **Note** nothing here, {#anchor}
- **AES-256** is what we use.

> Somebody must answer. {#ACME-4 days=30}

Written as ` + "`{#ACME-5 level=2}`" + `

    {#ACME-6}

` + "```\n**ACME-7** code\n```\n"
	all := must(t, map[string]string{PoliciesDir + "/policy.md": policy}, nil)
	if len(all) != 1 || all[0].Name != "house" {
		t.Fatalf("got %+v", all)
	}
	var got []string
	for _, r := range all[0].Requirements {
		got = append(got, fmt.Sprintf("%s (%d, %d days, %s, %s): %s [%s]", r.ID, r.Level, r.Plan.Days, r.Plan.Owner, r.Plan.Automation, r.Statement, r.Written))
	}
	want := []string{
		"ACME-1 (2, 90 days, security, none): Passwords must be at least twelve characters long. [.plimsoll/policies/policy.md:7]",
		"ACME-2 (1, 365 days, security, full): Keys must be rotated once a year. [.plimsoll/policies/policy.md:10]",
		"ACME-3 (1, 365 days, security, none): Nobody shares an account. [.plimsoll/policies/policy.md:11]",
		"ACME-4 (1, 30 days, security, none): Somebody must answer. [.plimsoll/policies/policy.md:15]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r := all[0].Requirements[0]; r.Applies != `"web" in kind` {
		t.Errorf("applies %q", r.Applies)
	}
	if r := all[0].Requirements[1]; r.Title != "Key rotation" || r.Plan.Strength != 3 {
		t.Errorf("got %q, strength %d", r.Title, r.Plan.Strength)
	}
}

// TestRevision: the sentence makes the revision, and nothing around it does.
func TestRevision(t *testing.T) {
	revision := func(text string) string {
		return must(t, map[string]string{PoliciesDir + "/p.md": text}, nil)[0].Requirements[0].Revision
	}
	first := revision("**ACME-1** Keys must be rotated once a year. {days=90}\n")
	for text, same := range map[string]bool{
		"# Keys\n\nKeys must\nbe rotated *once* a year. {#ACME-1 days=30}\n": true,
		"- **ACME-1:** Keys must be rotated once a year.\n":                  true,
		"**ACME-1** Keys must be rotated once a quarter. {days=90}\n":        false,
		"**ACME-1** Keys should be rotated once a year. {days=90}\n":         false,
	} {
		if (revision(text) == first) != same {
			t.Errorf("%q: the same revision: %v, want %v", text, !same, same)
		}
	}
}

func TestFaultsAllAtOnce(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  []string // "place: a part of message | a part of hint"
	}{
		{"entries", map[string]string{Dir + "/a.yaml": `requirements:
  - {id: ACME-1, statement: x must be, applies: '"web" in knd'}
  - {id: ACME-1, statement: y must be}
  - {id: V1.2.5, statement: y must be}
  - {id: PL-OWN-1, statement: y must be}
  - id: ACME-5
    statement: z must be
    checks: [code.secret, {check: code.secrets, rules: [secret.awss]}]
  - {id: ACME-6, statement: z must be, method: [check]}
  - {id: ACME-7, statement: z must be, applies: 'kind.all(a, data.all(b, language.all(c, a != b && b != c)))'}
`}, []string{
			`a.yaml:2:59: unknown fact "knd" in the expression | did you mean kind?`,
			"a.yaml:3:10: ACME-1 is defined in .plimsoll/requirements/a.yaml:2 already | ",
			"a.yaml:4:10: v5.0.0-1.2.5 is the id of a requirement in the built-in catalogue asvs | ",
			"a.yaml:5:10: PL-OWN-1 is the id of a requirement in the built-in catalogue plimsoll | ",
			`a.yaml:8:14: there is no check "code.secret" | did you mean code.secrets?`,
			`a.yaml:8:27: the check code.secrets has no rule "secret.awss" | did you mean secret.aws?`,
			"a.yaml:9:48: ACME-6 is to be verified by a check, and names none | ",
			"a.yaml:10:49: the expression costs too much | make it simpler",
		}},
		{"the same id in two files", map[string]string{
			Dir + "/a.yaml":         "requirements:\n  - {id: ACME-1, statement: x must be}\n",
			PoliciesDir + "/b.md":   "**ACME-1** x must be\n",
			PoliciesDir + "/c.md":   "nothing\n",
			Dir + "/notes-only.yml": "title: none\n",
		}, []string{"a.yaml:2:10: ACME-1 is defined in .plimsoll/policies/b.md:1 already | "}},
		{"schema", map[string]string{Dir + "/a.yaml": "requirements:\n  - {id: ACME, statment: x, level: 4}\n"}, []string{
			`a.yaml:2:5: statement is missing | `, `a.yaml:2:10: id cannot be "ACME" | `, `"statment" is not known here | did you mean statement?`, "level cannot be"}},
		{"policy", map[string]string{PoliciesDir + "/a.md": `Keys must be rotated. {#ACME-1 level=4 dayz=3
days=0 checks=code.secret}

**ACME-2** {days=30}

Something must be. {#Acme2 level=2}

**ACME-3** One must be. {#ACME-4}

**ACME-5** One must be. {level=2 level=3 owner=boss and more}

**ACME-6** One must be. {applies='"web" in knd'}
`}, []string{
			`a.md:1:38: level cannot be "4" | whole number from 1 to 3`, `a.md:1:45: "dayz" is not known here | did you mean days?`,
			`a.md:2:6: days cannot be "0" | `, `a.md:2:15: there is no check "code.secret" | did you mean code.secrets?`,
			"a.md:4:1: ACME-2 has no text | ", `a.md:6:20: "Acme2" is no id of a requirement | capital letters`,
			"a.md:8:25: the paragraph is called ACME-3 at its start and ACME-4 at its end | ", "a.md:10:40: level is given twice | ",
			`a.md:10:48: owner cannot be "boss" | `, `a.md:10:53: "and" is no attribute | key=value`, `a.md:12:44: unknown fact "knd" in the expression | `,
		}},
		{"front matter", map[string]string{PoliciesDir + "/a.md": "---\nplimsoll:\n  catalog: x\n  level: 9\n---\n**ACME-1** One must be.\n"}, []string{
			`a.md:3:12: "catalog" is not known here | did you mean catalogue?`, `a.md:4:10: level cannot be "9" | `}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, faults := load(tt.files, nil)
			for _, w := range tt.want {
				message, hint, _ := strings.Cut(w, " | ")
				if !slices.ContainsFunc(faults, func(f *fault.Error) bool {
					return strings.Contains(f.Error(), message) && strings.Contains(f.Hint, hint) && f.Place != nil && f.Place.Source != ""
				}) {
					t.Errorf("not said: %s", w)
				}
			}
			if len(faults) != len(tt.want) {
				t.Errorf("%d faults, want %d", len(faults), len(tt.want))
			}
			if t.Failed() {
				for _, f := range faults {
					t.Logf("%v | %s", f, f.Hint)
				}
			}
		})
	}
}

func TestShared(t *testing.T) {
	const base = "catalogue: base\nrequirements:\n  - {id: BASE-1, statement: x must be}\n"
	pin := func(text string) string { return digestOf([]byte(text)) }
	shared := "catalogue: shared\nimports:\n  - {file: base.yaml, digest: \"" + pin(base) + "\"}\nrequirements:\n  - {id: SHARED-1, statement: x must be}\n"
	circle := "imports:\n  - {file: b.yaml, digest: \"" + strings.Repeat("0", 0) + "%s\"}\n"
	b := fmt.Sprintf(circle[:strings.Index(circle, "b.yaml")]+"a.yaml"+circle[strings.Index(circle, "b.yaml")+6:], "sha256:"+strings.Repeat("0", 64))
	a := fmt.Sprintf(circle, pin(b))
	files := map[string]string{
		"base.yaml": base, "git v3:policies/shared.yaml": shared, "git v3:base.yaml": base, "a.yaml": a, "b.yaml": b, "policy.md": "**POL-1** x must be\n", "none.md": "nothing\n",
	}
	from := func(pins ...Pin) func(*Config) { return func(c *Config) { c.From = pins } }
	ids := func(all []Catalogue) (out []string) {
		for _, c := range all {
			for _, r := range c.Requirements {
				out = append(out, c.Name+"/"+r.ID+" "+r.Written)
			}
		}
		return out
	}
	good := from(Pin{Git: "v3:policies/shared.yaml", Digest: pin(shared)}, Pin{File: "base.yaml", Digest: pin(base)})
	if _, faults := load(files, good); len(faults) != 1 || !strings.Contains(faults[0].Error(), "BASE-1 is defined in v3:base.yaml:3 already") {
		t.Errorf("the same catalogue from two places: %v", faults)
	}
	all := must(t, files, from(Pin{Git: "v3:policies/shared.yaml", Digest: pin(shared)}))
	if diff := cmp.Diff([]string{"base/BASE-1 v3:base.yaml:3", "shared/SHARED-1 v3:policies/shared.yaml:5"}, ids(all)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, tt := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"moved":            {from(Pin{File: "base.yaml", Digest: pin("x")}), "product.yaml:1: base.yaml is not what was pinned: its digest is " + pin(base)},
		"gone":             {from(Pin{File: "gone.yaml", Digest: pin("x")}), "product.yaml:1: reading gone.yaml: there is no such file"},
		"two names":        {from(Pin{File: "base.yaml", Git: "v3:base.yaml", Digest: pin(base)}), "one of them"},
		"circle":           {from(Pin{File: "a.yaml", Digest: pin(a)}), "b.yaml:2:5: the imports run in a circle: a.yaml → b.yaml → a.yaml"},
		"policy not there": {func(c *Config) { c.Policies = []string{"gone.md"} }, "gone.md: reading the policy: there is no such file"},
		"policy without":   {func(c *Config) { c.Policies = []string{"none.md"} }, "none.md: the policy names no requirement"},
	} {
		_, faults := load(files, tt.change)
		if len(faults) != 1 || !strings.Contains(faults[0].Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", name, faults, tt.want)
		}
	}
	if got := ids(must(t, files, func(c *Config) { c.Policies = []string{"policy.md"} })); !slices.Equal(got, []string{"policy/POL-1 policy.md:1"}) {
		t.Errorf("got %v", got)
	}
}

// TestDocs loads every example of the page about custom requirements.
func TestDocs(t *testing.T) {
	page, err := docs.Files.ReadFile("custom-requirements.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := map[string]int{}
	for i, part := range strings.Split(string(page), "\n```") {
		kind, text, _ := strings.Cut(part, "\n")
		if i%2 == 0 || kind != "yaml" && kind != "markdown" || strings.HasPrefix(text, "# .plimsoll/product.yaml") {
			continue
		}
		examples[kind]++
		path := Dir + "/example.yaml"
		if kind == "markdown" {
			path = PoliciesDir + "/example.md"
		}
		all, faults := load(map[string]string{path: text + "\n"}, nil)
		if len(faults) > 0 || len(all) != 1 || len(all[0].Requirements) == 0 {
			t.Errorf("the example gives %v and %+v:\n%s", faults, all, text)
		}
	}
	if examples["yaml"] == 0 || examples["markdown"] < 2 {
		t.Errorf("the page has %v", examples)
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add("**ACME-1** One must be. {level=2 applies='\"web\" in kind'}\n")
	f.Add("---\nplimsoll: {ids: A-}\n---\n- x {#A-1 days=3}\n> - y {#A-2\ncwe=3}")
	f.Add("{#A-1}\n\n**A-2**\n\n`x {#A-3}`")
	f.Add("---\nplimsoll:\n---")
	f.Fuzz(func(t *testing.T, text string) {
		all, faults := load(map[string]string{PoliciesDir + "/a.md": text}, nil)
		total := strings.Count(text, "\n") + 1
		for _, e := range faults {
			if e.Place != nil && (e.Place.Line < 0 || e.Place.Line > total) {
				t.Fatalf("%v in %d lines", e, total)
			}
		}
		for _, c := range all {
			for _, r := range c.Requirements {
				if r.Statement == "" || r.Revision == "" || r.Title == "" && len(faults) == 0 {
					t.Fatalf("%+v", r)
				}
			}
		}
	})
}

func FuzzYAML(f *testing.F) {
	f.Add("requirements:\n  - {id: ACME-1, statement: x must be, checks: [code.secrets], applies: 'size(kind) > 0'}\n")
	f.Add("imports: [{file: a, digest: x}]\nrequirements: [{id: A-1}]")
	f.Fuzz(func(t *testing.T, text string) {
		all, faults := load(map[string]string{Dir + "/a.yaml": text}, nil)
		if again, _ := load(map[string]string{Dir + "/a.yaml": text}, nil); len(faults) == 0 && !cmp.Equal(all, again) {
			t.Fatal("two readings differ")
		}
	})
}
