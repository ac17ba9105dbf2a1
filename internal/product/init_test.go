package product

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

var shopFacts = []event.Fact{
	{Name: "kind", Value: "web", Confidence: event.Sure, Path: "package.json", Line: 3, Because: "depends on react-dom"},
	{Name: "exposure", Value: "internet", Confidence: event.Possible, Path: "package.json", Because: "guessed from the kind web"},
	{Name: "data", Value: "personal", Confidence: event.Likely, Path: "models/a.js", Line: 7, Because: "an e-mail address"},
	{Name: "language", Value: "typescript", Confidence: event.Sure, Path: "a.ts", Because: "90 % of the source"},
}

func TestInitNewFile(t *testing.T) {
	text, changed, err := Init(nil, shopFacts, "Shop: the best\n")
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	want := `name: "Shop: the best?"

facts:
  kind:
    - web # high confidence, package.json:3, depends on react-dom
  exposure: internet # low confidence, package.json, guessed from the kind web
  data:
    - personal # medium confidence, models/a.js:7, an e-mail address
  # language:
  #   - typescript # high confidence, a.ts, 90 % of the source
`
	if !strings.Contains(string(text), want) {
		t.Errorf("got:\n%s", text)
	}
	p, faults := Load(Path, text)
	if faults != nil {
		t.Fatal(faults)
	}
	if d := cmp.Diff(map[string]Values{"kind": {"web"}, "exposure": {"internet"}, "data": {"personal"}}, p.Facts); d != "" {
		t.Error(d)
	}
	again, changed, err := Init(text, shopFacts, "other")
	if err != nil || changed || string(again) != string(text) {
		t.Errorf("the second run changed the file: %v\n%s", err, Diff(Path, text, again))
	}
}

func TestInitWithoutFacts(t *testing.T) {
	for _, facts := range [][]event.Fact{nil, shopFacts[3:]} {
		text, _, err := Init(nil, facts, "x")
		if err != nil {
			t.Fatal(err)
		}
		if _, faults := Load(Path, text); faults != nil {
			t.Errorf("%v\n%s", faults, text)
		}
	}
}

func TestInitAddsOnly(t *testing.T) {
	tests := []struct{ name, old, diff string }{
		{"a person's words stay", "# ours\nfacts: # settled\n    exposure: internal   # by Ada\n\ngate: {rule: fail == 0}\nnot: {data: [personal]}\n",
			"@@ -1,6 +1,10 @@\n # ours\n facts: # settled\n     exposure: internal   # by Ada\n+    kind:\n+      - web # high confidence, package.json:3, depends on react-dom\n+    # language:\n+    #   - typescript # high confidence, a.ts, 90 % of the source\n \n gate: {rule: fail == 0}\n not: {data: [personal]}\n"},
		{"no facts yet", "name: x",
			"@@ -1 +1,10 @@\n-name: x\n\\ No newline at end of file\n+name: x\n+\n+facts:\n+  kind:\n+    - web # high confidence, package.json:3, depends on react-dom\n+  exposure: internet # low confidence, package.json, guessed from the kind web\n+  data:\n+    - personal # medium confidence, models/a.js:7, an e-mail address\n+  # language:\n+  #   - typescript # high confidence, a.ts, 90 % of the source\n"},
		{"everything is settled", "facts: {kind: api, exposure: local, data: [health], language: go}\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, changed, err := Init([]byte(tt.old), shopFacts, "x")
			if err != nil {
				t.Fatal(err)
			}
			_, hunks, _ := strings.Cut(Diff("p", []byte(tt.old), out), "+++ b/p\n")
			if d := cmp.Diff(tt.diff, hunks); d != "" || changed != (tt.diff != "") {
				t.Error(changed, d)
			}
			if _, faults := Load(Path, out); faults != nil {
				t.Error(faults)
			}
			if _, changed, _ := Init(out, shopFacts, "x"); changed {
				t.Error("a further run proposes more")
			}
		})
	}
}

func TestInitRefuses(t *testing.T) {
	if _, changed, err := Init([]byte("facts: {knid: x}\n"), shopFacts, "x"); err == nil || changed {
		t.Error("a broken file was added to")
	}
	old := []byte("facts: {kind: web}\n")
	if out, changed, err := Init(old, shopFacts, "x"); err == nil || changed || string(out) != string(old) {
		t.Errorf("a block in one line was added to: %s", out)
	}
}

func TestDiff(t *testing.T) {
	tests := []struct{ old, new, want string }{
		{"a\n", "a\n", ""},
		{"", "a\nb\n", "--- /dev/null\n+++ b/f\n@@ -0,0 +1,2 @@\n+a\n+b\n"},
		{"a\nb\nc\n", "a\nx\nc\n", "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"},
		{"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n", "--- a/f\n+++ b/f\n@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n@@ -7,4 +8,3 @@\n 7\n 8\n 9\n-10\n"},
	}
	for _, tt := range tests {
		if d := cmp.Diff(tt.want, Diff("f", []byte(tt.old), []byte(tt.new))); d != "" {
			t.Error(d)
		}
	}
}
