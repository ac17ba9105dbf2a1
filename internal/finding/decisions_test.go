package finding

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

var june = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func print32(n int) string { return fmt.Sprintf("%032x", n) }

// found is the nth finding of rule go.sql, revision 2.
func found(n int, edit ...func(*event.Finding)) event.Finding {
	f := event.Finding{Check: "code.sast", Rule: "go.sql", Family: "go.sql", Revision: 2, Severity: event.High, Confidence: event.Likely,
		Path: "pkg/a_test.go", Line: n, Class: "test", State: event.Open}
	f.Fingerprint = fmt.Sprintf("%08x%024x", n, n)
	for _, e := range edit {
		e(&f)
	}
	return f
}

func decided(f event.Finding, edit ...func(*Decision)) Decision {
	d := Decision{Verdict: FalsePositive, Because: "not reachable", By: "Ada", On: "2026-05-01", Until: "2026-08-01"}
	for _, e := range edit {
		e(&d)
	}
	return d.Bind(&f, Seen{Code: "c1", Scope: "TestA", ScopeCode: "s1"})
}

func look(f *event.Finding) Seen { return Seen{Code: "c1", Scope: "TestA", ScopeCode: "s1"} }

func codes(problems []event.Problem) string {
	var list []string
	for _, p := range problems {
		list = append(list, p.Code)
	}
	return strings.Join(list, " ")
}

func TestApply(t *testing.T) {
	test := func(d *Decision) { d.Scope, d.Class = ScopePattern, "test" }
	tests := []struct {
		name     string
		decision Decision
		finding  event.Finding
		look     func(*event.Finding) Seen
		want     event.State
		problems string
	}{
		{"stands", decided(found(1)), found(1), look, event.Decided, ""},
		{"another finding at the same place", decided(found(1)), found(2), look, event.Open, "decision-unused"},
		{"other code", decided(found(1)), found(1), func(*event.Finding) Seen { return Seen{Code: "c2"} }, event.Open, "decision-moved"},
		{"another revision of the rule", decided(found(1)), found(1, func(f *event.Finding) { f.Revision = 3 }), look, event.Open, "decision-moved"},
		{"the rule was split", decided(found(1)), found(1, func(f *event.Finding) { f.Rule = "go.sql-format" }), look, event.Open, "decision-moved"},
		{"old entry, bound to nothing", Decision{Fingerprint: found(1).Fingerprint, Rule: "go.sql", Verdict: FalsePositive, On: "2026-01-01", Until: "2027-01-01", endless: true},
			found(1, func(f *event.Finding) { f.Revision = 9 }), look, event.Decided, "decision-without-end"},
		{"ran out", decided(found(1), func(d *Decision) { d.Until = "2026-05-31" }), found(1), look, event.Open, "decision-expired"},
		{"not yet", decided(found(1), func(d *Decision) { d.On = "2026-06-02" }), found(1), look, event.Open, ""},
		{"will be fixed", decided(found(1), func(d *Decision) { d.Verdict = Fix }), found(1), look, event.Open, ""},
		{"fixed already", decided(found(1)), found(1, func(f *event.Finding) { f.State = event.Fixed }), look, event.Fixed, "decision-unused"},
		{"pattern covers what is new", decided(found(1), test), found(2), look, event.Decided, "decision-wide"},
		{"pattern, other class", decided(found(1), test), found(2, func(f *event.Finding) { f.Class = "production" }), look, event.Open, "decision-unused"},
		{"pattern, other rule", decided(found(1), test), found(2, func(f *event.Finding) { f.Rule, f.Family = "go.exec", "go.exec" }), look, event.Open, "decision-unused"},
		{"pattern, worse", decided(found(1), test), found(2, func(f *event.Finding) { f.Severity = event.Critical }), look, event.Open, "decision-not-covered"},
		{"pattern, a certain credential", decided(found(1), test), found(2, func(f *event.Finding) { f.Check, f.Confidence = "code.secrets", event.Sure }), look, event.Open, "decision-not-covered"},
		{"pattern, revision moved", decided(found(1), test), found(2, func(f *event.Finding) { f.Revision = 3 }), look, event.Open, "decision-moved"},
		{"function", decided(found(1), func(d *Decision) { d.Scope = ScopeFunction }), found(2), look, event.Decided, "decision-wide"},
		{"function changed", decided(found(1), func(d *Decision) { d.Scope = ScopeFunction }), found(2),
			func(*event.Finding) Seen { return Seen{Scope: "TestA", ScopeCode: "s2"} }, event.Open, "decision-moved"},
		{"other function", decided(found(1), func(d *Decision) { d.Scope = ScopeFunction }), found(2),
			func(*event.Finding) Seen { return Seen{Scope: "TestB", ScopeCode: "s1"} }, event.Open, "decision-unused"},
		{"group", decided(found(1, func(f *event.Finding) { f.Group = "g" }), func(d *Decision) { d.Scope = ScopeGroup }), found(2, func(f *event.Finding) { f.Group = "g" }), look, event.Decided, "decision-wide"},
		{"no group", decided(found(1, func(f *event.Finding) { f.Group = "g" }), func(d *Decision) { d.Scope = ScopeGroup }), found(2), look, event.Open, "decision-unused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list := []event.Finding{tt.finding}
			problems := Decisions{tt.decision}.Apply(list, Now{AsOf: june, Complete: true, Look: tt.look})
			if list[0].State != tt.want {
				t.Errorf("state %s, want %s", list[0].State, tt.want)
			}
			if got := codes(problems); got != tt.problems {
				t.Errorf("problems %q, want %q", got, tt.problems)
			}
			if wantEarlier := strings.Contains(tt.problems, "moved") || strings.Contains(tt.problems, "expired"); (list[0].Earlier != nil) != wantEarlier {
				t.Errorf("the earlier decision is %+v", list[0].Earlier)
			}
		})
	}
}

func TestWideDecisionTellsHowFarItReaches(t *testing.T) {
	d := decided(found(1), func(d *Decision) { d.Scope, d.Class = ScopePattern, "test" })
	before := []event.Finding{found(1), found(2)}
	d.Remember(d.Cover([]*event.Finding{&before[0], &before[1]}, look))
	now := []event.Finding{found(1), found(2), found(3), found(4, func(f *event.Finding) { f.Severity = event.Critical })}
	problems := Decisions{d}.Apply(now, Now{AsOf: june, Complete: true, Look: look})
	if len(problems) != 2 {
		t.Fatalf("problems: %+v", problems)
	}
	for i, want := range []string{"covers 3 findings now, 1 of them new since 2026-05-01", "does not cover 1 finding, which is too severe for it: 000000040000"} {
		if !strings.Contains(problems[i].Message, want) {
			t.Errorf("%q does not say %q", problems[i].Message, want)
		}
	}
}

func TestPropose(t *testing.T) {
	list := []event.Finding{found(1), found(2), found(3, func(f *event.Finding) { f.Path = "pkg/b_test.go" }), found(4, func(f *event.Finding) { f.Rule, f.Family = "x", "x" })}
	var all []*event.Finding
	for i := range list {
		all = append(all, &list[i])
	}
	var got []string
	for _, d := range Propose(all[0], all, look) {
		got = append(got, fmt.Sprintf("%s: %d", d.Reach(), len(d.Cover(all, look).Findings)))
	}
	want := []string{"this place: 1", "TestA in pkg/a_test.go: 2", "in files of class test: 3", "at pkg/**: 3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func sample() Decisions {
	return Decisions{}.With(decided(found(1)), decided(found(2), func(d *Decision) {
		d.Scope, d.Paths, d.Because, d.Covered, d.Batch = ScopePattern, []string{"**/testdata/**", "a, b/*"}, `says "so" \ and: # more`, "00000002 00000003", "ab"
	}), Decision{Fingerprint: print32(7), Rule: "old", Verdict: FalsePositive, Because: "made up", By: "Ada", On: "2026-01-01", Until: "2027-01-01", endless: true})
}

// What triage writes is read by the fast reader, and by YAML, to the same effect.
func TestPlainIsYAML(t *testing.T) {
	data := sample().Encode()
	plain, ok := parsePlain(data)
	if !ok {
		t.Fatalf("not plain:\n%s", data)
	}
	slow, err := ParseDecisions(DecisionsPath, append([]byte("# by hand\n"), data...))
	if err != nil {
		t.Fatal(err)
	}
	for i := range plain {
		plain[i].line++
	}
	if diff := cmp.Diff(slow, plain, cmp.AllowUnexported(Decision{})); diff != "" {
		t.Error(diff)
	}
	if string(plain.Encode()) != string(data) {
		t.Errorf("written again:\n%s", plain.Encode())
	}
	if !plain[2].Endless() && !plain[0].Endless() && !plain[1].Endless() {
		t.Error("the old entry got an end")
	}
}

func FuzzPlain(f *testing.F) {
	f.Add(string(sample().Encode()))
	f.Add(heading + "\ndecisions:\n")
	f.Add(string(Decisions{}.Encode()))
	f.Add(heading + "\ndecisions:\n  - fingerprint: \"00000000000000000000000000000007\"\n    rule: \"a\"\n    verdict: \"fix\"\n    because: \"abc\"\n    by: \"a\"\n    on: \"2026-01-01\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		plain, ok := parsePlain([]byte(text))
		if !ok {
			return
		}
		var file struct {
			Decisions Decisions `yaml:"decisions"`
		}
		if _, faults := yamlfile.Open("x", []byte(text), DecisionsSchema, &file); len(faults) > 0 {
			t.Fatalf("%v\n%s", faults, text)
		}
		for i := range file.Decisions {
			file.Decisions[i].complete()
		}
		if string(Decisions(file.Decisions).Encode()) != string(plain.Encode()) {
			t.Errorf("YAML reads\n%s\nand we\n%s", Decisions(file.Decisions).Encode(), plain.Encode())
		}
	})
}

func TestFaults(t *testing.T) {
	entry := func(more string) string {
		return "decisions:\n  - fingerprint: \"00000000000000000000000000000007\"\n    rule: a\n    because: abc\n    by: a\n    on: \"2026-01-01\"\n" + more
	}
	tests := []struct{ name, text, want string }{
		{"no verdict", entry(""), "x:2:5: verdict is missing"},
		{"accepted for ever", entry("    verdict: accepted\n"), "needs a day until which"},
		{"no such day", entry("    verdict: fix\n    until: \"2026-02-30\"\n"), `x:8:12: "2026-02-30" is no date`},
		{"wide for ever", entry("    verdict: fix\n    scope: pattern\n    class: test\n    up-to: low\n"), "stands for 180 days at most"},
		{"too long", entry("    verdict: fix\n    scope: pattern\n    class: test\n    up-to: low\n    until: \"2026-07-01\"\n"), "stands for 180 days at most"},
		{"pattern of everything", entry("    verdict: fix\n    scope: pattern\n    up-to: low\n    until: \"2026-06-01\"\n"), "would cover everything"},
		{"no pattern of paths", entry("    verdict: fix\n    scope: pattern\n    up-to: low\n    paths: [\"/etc\"]\n    until: \"2026-06-01\"\n"), `"/etc" is no pattern of paths`},
		{"how bad", entry("    verdict: fix\n    scope: pattern\n    class: test\n    until: \"2026-06-01\"\n"), "says the worst severity"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseDecisions("x", []byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestConflictMarkers(t *testing.T) {
	ours, theirs := sample(), sample()
	theirs[1].By = "Bob"
	a := strings.Split(string(ours[1:2].Encode()), "decisions:\n")[1]
	b := strings.Split(string(theirs[1:2].Encode()), "decisions:\n")[1]
	text := heading + "\ndecisions:\n<<<<<<< HEAD\n" + a + "=======\n" + b + ">>>>>>> topic\n"
	_, err := ParseDecisions("d.yaml", []byte(text))
	all := fault.All(err)
	if len(all) != 3 || fault.Exit(err) != fault.ExitUsage {
		t.Fatalf("got %v", err)
	}
	for i, want := range []string{"lines 3 to ", "one side (HEAD) says: ", `by "Bob"`} {
		if !strings.Contains(all[i].Message, want) {
			t.Errorf("%q does not say %q", all[i].Message, want)
		}
	}
}

func TestMatchPath(t *testing.T) {
	tests := []struct {
		glob, path string
		want       bool
	}{
		{"**/testdata/**", "a/b/testdata/c/d.go", true}, {"**/testdata/**", "testdata/x", true}, {"**/testdata/**", "a/testdatax/y", false},
		{"docs/*.md", "docs/a.md", true}, {"docs/*.md", "docs/a/b.md", false}, {"/a", "a", false}, {"a/[", "a/[", false}, {"*.go", "a/b.go", false},
	}
	for _, tt := range tests {
		if got := MatchPath(tt.glob, tt.path); got != tt.want {
			t.Errorf("%s on %s: %v", tt.glob, tt.path, got)
		}
	}
}

// A hundred thousand findings and as many decisions must not be felt.
func TestManyDecisions(t *testing.T) {
	const n = 100_000
	findings := make([]event.Finding, n)
	var ds Decisions
	for i := range findings {
		findings[i] = found(i + 1)
		ds = append(ds, decided(findings[i]))
	}
	start := time.Now()
	data := Decisions{}.With(ds...).Encode()
	read, err := ParseDecisions(DecisionsPath, data)
	if err != nil || len(read) != n {
		t.Fatal(len(read), err)
	}
	read.Apply(findings, Now{AsOf: june, Complete: true, Look: look})
	t.Logf("%d decisions in %d MiB written, read and applied in %v", n, len(data)>>20, time.Since(start))
	if findings[n-1].State != event.Decided {
		t.Error("not decided")
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}
