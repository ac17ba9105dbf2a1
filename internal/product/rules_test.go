package product

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/product/manifest"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// stated runs inference over an example and says whether the rule spoke.
func stated(t *testing.T, e *engine, id string, x knowledge.Example) bool {
	t.Helper()
	files := tree{}
	for p, text := range x.Files {
		files[p] = text
	}
	if x.Path != "" || x.Text != "" {
		files[x.Path] = x.Text
	}
	clues, _, err := gather(t.Context(), files, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := e.byID[id]
	return e.weigh(files.Files(), clues).voices[[2]string{e.rules[r].Fact, e.rules[r].Value}][r]
}

func TestRuleExamples(t *testing.T) {
	e, err := load()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := knowledge.ReadFactRules(os.DirFS("../../knowledge"))
	if err != nil {
		t.Fatal(err)
	}
	if len(rules) < 180 {
		t.Errorf("only %d rules", len(rules))
	}
	for _, r := range rules {
		t.Run(r.ID, func(t *testing.T) {
			if len(r.Examples.Match) == 0 || len(r.Examples.NoMatch) == 0 {
				t.Error("a rule needs examples that match and that do not")
			}
			for i, x := range r.Examples.Match {
				if !stated(t, e, r.ID, x) {
					t.Errorf("example %d should match: %+v", i, x)
				}
			}
			for i, x := range r.Examples.NoMatch {
				if stated(t, e, r.ID, x) {
					t.Errorf("example %d should not match: %+v", i, x)
				}
			}
		})
	}
}

func TestRulesAreSound(t *testing.T) {
	e, err := load()
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, r := range e.rules {
		if ids[r.ID] {
			t.Errorf("%s: the id is taken", r.ID)
		}
		ids[r.ID] = true
		if err := allowed(e, r.Fact, r.Value); err != "" {
			t.Errorf("%s: %s", r.ID, err)
		}
		for _, n := range r.Needs {
			name, value, _ := strings.Cut(n, "=")
			if err := allowed(e, name, value); err != "" {
				t.Errorf("%s: needs: %s", r.ID, err)
			}
		}
		if event.Confidence(r.Confidence).Rank() < 0 || r.Because == "" {
			t.Errorf("%s: confidence %q, because %q", r.ID, r.Confidence, r.Because)
		}
		for _, c := range []knowledge.FactCondition{r.When, r.Unless} {
			for eco := range c.Depends {
				if !slices.Contains(manifest.Ecosystems, eco) {
					t.Errorf("%s: unknown ecosystem %q", r.ID, eco)
				}
			}
			for _, x := range c.Text {
				if _, err := regexp.Compile("(?m)" + x.Match); err != nil || (x.Match == "") == (len(x.Fields) == 0) {
					t.Errorf("%s: match %q, fields %v: %v", r.ID, x.Match, x.Fields, err)
				}
			}
		}
	}
}

// allowed is "" or what is wrong with the fact.
func allowed(e *engine, name, value string) string {
	n, ok := e.names[name]
	if !ok {
		return "unknown fact " + name
	}
	if n.Pattern != "" && regexp.MustCompile(n.Pattern).MatchString(value) {
		return ""
	}
	for _, v := range n.Values {
		if v.Value == value {
			return ""
		}
	}
	return "unknown value " + name + "=" + value
}

func TestVocabularyIsDocumented(t *testing.T) {
	e, err := load()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range e.names {
		if n.Title == "" || n.Doc == "" || (n.Pattern == "") == (len(n.Values) == 0) {
			t.Errorf("%s: title, doc, and values or a pattern are needed", n.Name)
		}
		for _, v := range n.Values {
			if v.Doc == "" {
				t.Errorf("%s: %s has no doc", n.Name, v.Value)
			}
		}
	}
}
