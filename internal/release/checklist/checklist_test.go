package checklist

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// good is a release that meets everything.
func good() Facts {
	return Facts{Gate: "met", RunComplete: true, TreeClean: true, Statuses: map[string]string{"PL-CODE-1": "pass", "PL-CODE-2": "fail"},
		Counts: map[string]int{"pass": 9}, Rules: []string{"aws-key", "eval"}, Open: map[string]int{"eval": 2}, Checks: []string{"code.secrets", "code.review"},
		Made: map[string]time.Time{"code.secrets": now.Add(-3 * time.Hour)}, Now: now, TestsPassed: 5, Owners: []string{"Ada"}, Authors: []string{"ada@example.org"},
		Version: "1.2.3", Previous: "1.2.2", Later: true, Commit: "c0ffee", InChangelog: true, Deliverables: 1}
}

func environmentOf(t *testing.T, f Facts) *environment {
	t.Helper()
	e, err := newEnvironment(f)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestKnowledge evaluates the examples of every built-in precondition.
func TestKnowledge(t *testing.T) {
	all, err := knowledge.Preconditions()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range all {
		item := Item{ID: k.ID, Expression: k.Expression, Fix: k.Fix}
		for _, group := range []struct {
			met      bool
			examples []map[string]any
		}{{true, append(k.Examples.Met, map[string]any{})}, {false, k.Examples.NotMet}} {
			for _, example := range group.examples {
				e := environmentOf(t, good())
				if err := e.change(example); err != nil {
					t.Fatalf("%s: %v", k.ID, err)
				}
				o := e.judge(item)
				if o.Fault != nil || o.Met != group.met {
					t.Errorf("%s with %v: met %v, expected %v (%s)", k.ID, example, o.Met, group.met, o.Because)
				}
			}
		}
	}
}

// change sets values by name, as examples in YAML give them.
func (e *environment) change(example map[string]any) error {
	left := maps.Clone(example)
	for i, v := range e.values {
		set, ok := left[v.name]
		if !ok {
			continue
		}
		delete(left, v.name)
		if entries, isList := set.([]any); isList {
			texts := []string{}
			for _, x := range entries {
				texts = append(texts, fmt.Sprint(x))
			}
			set = texts
		}
		if n, isNumber := set.(uint64); isNumber {
			set = int(n)
		}
		e.values[i].v = set
	}
	if len(left) > 0 {
		return fmt.Errorf("an example sets %v, which is no name", left)
	}
	return nil
}

func TestJudge(t *testing.T) {
	for _, test := range []struct {
		expression string
		met        bool
		because    string // part of it
	}{
		{`status("PL-CODE-1") == "pass"`, true, `status("PL-CODE-1") is "pass"`},
		{`status("PL-CODE-1") == "pass" && status("PL-CODE-2") == "pass"`, false, `status("PL-CODE-2") is "fail"`},
		{`finding("eval") == 0`, false, `finding("eval") is 2`},
		{`evidence("code.secrets") < duration("4h")`, true, `is 3h0m0s`},
		{`evidence("code.secrets") < duration("2h")`, false, `evidence("code.secrets") is 3h0m0s`},
		{`statuses["PL-CODE-2"] == "pass"`, false, `PL-CODE-2 is "fail"`},
		{`"nothing" in statuses && statuses["nothing"] == "pass"`, false, ""},
		{`counts.fail == 0 && release.deliverables > 3`, false, "release.deliverables is 1"},
		{`people.authors.exists(a, a == "ada@example.org")`, true, "people.authors is ada@example.org"},
	} {
		o := environmentOf(t, good()).judge(Item{Expression: test.expression})
		if o.Fault != nil || o.Met != test.met || !strings.Contains(o.Because, test.because) {
			t.Errorf("%s: met %v because %q, %v", test.expression, o.Met, o.Because, o.Fault)
		}
	}
}

// TestFailsClosed: whatever cannot be judged is not met, even where the rest of
// the expression would make up for it.
func TestFailsClosed(t *testing.T) {
	for _, test := range []struct {
		expression, message string
		column              int
	}{
		{`release.versoin == "1"`, `nothing is called "release.versoin"`, 1},
		{`true || status("PL-CODE-9") == "pass"`, `there is no requirement "PL-CODE-9"`, 16},
		{`true || finding("evil") == 0`, `there is no rule "evil"`, 17},
		{`evidence("code.secret") < duration("1h")`, `there is no check "code.secret"`, 10},
		{`evidence("code.review") < duration("1h") || true`, "there is no evidence of code.review", 0},
		{`status("PL-" + gate) == "pass" || true`, `there is no requirement "PL-met"`, 0},
		{`statuses["nothing"] == "pass" || true`, "no such key", 0},
		{`counts.fail`, "gives int, not true or false", 1},
		{`counts.fail == "0"`, "no matching overload", 0},
		{`1/counts.fail == 1 || true`, "by zero", 0},
		{`gate ==`, "cannot be read", 0},
		{`people.authors.all(a, people.owners.all(b, [1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, [1,2,3,4,5,6,7,8,9,10].all(f, f > 0))))))`, "costs too much", 0},
	} {
		o := environmentOf(t, good()).judge(Item{Expression: test.expression})
		switch {
		case o.Met || o.Fault == nil || !strings.Contains(o.Fault.Message, test.message):
			t.Errorf("%s: met %v, %v", test.expression, o.Met, o.Fault)
		case test.column > 0 && o.Fault.Place.Column != test.column:
			t.Errorf("%s: column %d, expected %d", test.expression, o.Fault.Place.Column, test.column)
		case o.Waivable():
			t.Errorf("%s: an emergency would waive it", test.expression)
		}
	}
}

func TestOwn(t *testing.T) {
	p, faults := product.Load(product.Path, []byte(`name: shop
release:
  preconditions:
    - {id: gate, title: t, expression: "counts.fail == 0", fix: f}
    - {id: mine, title: t, expression: 'counts.fial == 0', fix: f}
`))
	if faults != nil {
		t.Fatal(faults)
	}
	all, err := Evaluate(p, good())
	if err != nil {
		t.Fatal(err)
	}
	if all[0].ID != "gate" || !all[0].Met || all[0].Because != "counts.fail is 0" {
		t.Errorf("the product's own gate does not take the place of ours: %+v", all[0])
	}
	last := all[len(all)-1]
	if last.ID != "mine" || last.Met || last.Fault.Place.String() != ".plimsoll/product.yaml:5:41" || !strings.Contains(last.Fault.Hint, "did you mean counts.fail?") {
		t.Errorf("got %+v, %v, hint %s", last, last.Fault, last.Fault.Hint)
	}
}

func FuzzJudge(f *testing.F) {
	for _, s := range []string{`gate == "met"`, `status("x") == ""`, `release.`, `[1].map(x, x) == [1]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		e, err := newEnvironment(good())
		if err != nil {
			t.Fatal(err)
		}
		if o := e.judge(Item{Expression: expression}); o.Met && o.Fault != nil {
			t.Errorf("%q is met with a fault", expression)
		}
	})
}
