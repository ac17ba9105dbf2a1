package review

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// crew is two people with a key each.
type crew struct{ keys map[string]ed25519.PrivateKey }

func newCrew(t *testing.T) crew {
	c := crew{map[string]ed25519.PrivateKey{}}
	for _, name := range []string{"Ada", "Bob"} {
		_, key, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		c.keys[name] = key
	}
	return c
}

func (c crew) owners() string {
	text := "owners:\n"
	for _, name := range []string{"Ada", "Bob"} {
		text += "  - {name: " + name + ", email: " + strings.ToLower(name) + "@example.org, keys: [\"" + evidence.KeyLine(c.keys[name].Public().(ed25519.PublicKey)) + "\"]}\n"
	}
	return text
}

// answer signs an answer to every question that a commit deserves.
func (c crew) answer(t *testing.T, g *repotest.Repo, who string, change func(*evidence.Review)) {
	t.Helper()
	r, err := repo.Open(t.Context(), g.Dir)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(t.Context(), r, Range{Base: g.Git("rev-parse", "HEAD^"), Head: g.Git("rev-parse", "HEAD")})
	if err != nil {
		t.Fatal(err)
	}
	roots, err := r.Roots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range examine(t, Input{Files: loaded.Files}).Everything {
		word := evidence.Review{Item: q.Item.ID, Question: q.Item.Question, Diff: q.Digest, How: "person", Because: "it is a constant", By: who,
			Recorded: time.Now(), Repository: evidence.Repository{Roots: roots}}
		if change != nil {
			change(&word)
		}
		envelope, digest, err := evidence.SignReview(t.Context(), word, c.keys[who])
		if err != nil {
			t.Fatal(err)
		}
		g.Write(map[string]string{evidence.ReviewsDir + "/" + q.Item.ID + digest[7:15] + ".json": string(envelope)})
	}
}

// TestRules runs the examples of the check's rules.
func TestRules(t *testing.T) {
	rules, err := knowledge.Rules(ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range rules {
		for i, e := range slices.Concat(rule.Examples.Match, rule.Examples.NoMatch) {
			c, g := newCrew(t), repotest.New(t)
			files := maps.Clone(e.Files)
			who := files["ANSWERS"]
			delete(files, "ANSWERS")
			files[".plimsoll/product.yaml"] += c.owners()
			g.Commit("one", map[string]string{".plimsoll/product.yaml": files[".plimsoll/product.yaml"]})
			files[e.Path] = e.Text
			g.Commit("two", files)
			if who != "" {
				c.answer(t, g, who, nil)
			}
			got := checktest.RunRepo(t, New(), g.Dir)
			if want := i < len(rule.Examples.Match); slices.Contains(got.Rules(), rule.ID) != want {
				t.Errorf("%s, example %d: %v, problems %v", rule.ID, i, got.Findings, got.Problems)
			}
		}
	}
}

// TestNoPolicyIsNoPass: without a policy nothing is looked at, and nothing said.
func TestNoPolicyIsNoPass(t *testing.T) {
	g := repotest.New(t)
	g.Commit("one", map[string]string{"a.py": "x = 1\n"})
	g.Commit("two", map[string]string{"a.py": "x = eval(y)\n"})
	got := checktest.RunRepo(t, New(), g.Dir)
	if len(got.Findings) > 0 || len(got.Observations) != 1 || got.Observations[0].Count != 0 {
		t.Errorf("got %+v", got)
	}
}

// TestAnswersThatDoNotCount forges, borrows and alters answers.
func TestAnswersThatDoNotCount(t *testing.T) {
	const policy = "name: a\nreview: {required: true, since: 2025-01-01}\n"
	for name, tt := range map[string]struct {
		who    string
		change func(*evidence.Review)
		after  func(t *testing.T, g *repotest.Repo)
		want   int
	}{
		"good":                {who: "Bob", want: 0},
		"other lines":         {who: "Bob", change: func(r *evidence.Review) { r.Diff = "sha256:" + strings.Repeat("0", 64) }, want: 1},
		"in another's name":   {who: "Ada", change: func(r *evidence.Review) { r.By = "Bob" }, want: 1},
		"of a stranger":       {who: "Bob", change: func(r *evidence.Review) { r.By = "Eve" }, want: 1},
		"a note":              {who: "Bob", change: func(r *evidence.Review) { r.Note = true }, want: 1},
		"an author in hiding": {who: "Ada", change: func(r *evidence.Review) { r.Authors = nil }, want: 1},
		"another repository":  {who: "Bob", change: func(r *evidence.Review) { r.Repository.Roots = []string{strings.Repeat("a", 40)} }, want: 1},
		"a flipped bit": {who: "Bob", want: 1, after: func(t *testing.T, g *repotest.Repo) {
			names, _ := filepath.Glob(filepath.Join(g.Dir, evidence.ReviewsDir, "*.json"))
			for _, n := range names {
				data, err := os.ReadFile(n)
				if err != nil {
					t.Fatal(err)
				}
				var e map[string]any
				if err := json.Unmarshal(data, &e); err != nil {
					t.Fatal(err)
				}
				p := []byte(e["payload"].(string))
				p[100] ^= 1
				e["payload"] = string(p)
				data, _ = json.Marshal(e)
				if err := os.WriteFile(n, data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c, g := newCrew(t), repotest.New(t)
			g.Commit("one", map[string]string{".plimsoll/product.yaml": policy + c.owners(), "a.py": "x = 1\n"})
			g.Commit("two", map[string]string{"a.py": "x = eval(y)\n"})
			c.answer(t, g, tt.who, tt.change)
			if tt.after != nil {
				tt.after(t, g)
			}
			if got := checktest.RunRepo(t, New(), g.Dir); len(got.Findings) != tt.want {
				t.Errorf("%d findings %v, expected %d; problems %v", len(got.Findings), got.Findings, tt.want, got.Problems)
			}
		})
	}
}

// TestRetirement counts answers: twenty on different lines that changed nothing.
func TestRetirement(t *testing.T) {
	a := &Answers{}
	for i := range enoughToRetire {
		a.list = append(a.list, Answered{Word: evidence.Review{Item: "review.x", Diff: string(rune('a' + i))}})
	}
	if s := a.Stats()["review.x"]; !s.Retired || s.Asked != enoughToRetire {
		t.Errorf("not retired: %+v", s)
	}
	a.Keep(Settings{Keep: []Named{{ID: "review.x"}}, Retire: []Named{{ID: "review.y"}}})
	if s := a.Stats(); s["review.x"].Retired || !s["review.y"].Retired {
		t.Errorf("settings do not count: %+v", s)
	}
	a.Keep(Settings{})
	a.list[3].Word.Changed = true
	if a.Stats()["review.x"].Retired {
		t.Error("retired though it changed a diff")
	}
}

// TestParseTellsEverything reads a file with many mistakes.
func TestParseTellsEverything(t *testing.T) {
	text := `items:
  - id: review.sign-in
    question: Is it?
    why: so
    good: so
    since: 2026-01-01
    applies: kidn == "web"
    triggers:
      - {change: added, match: '(unclosed'}
      - {change: added}
      - {change: file-added, files: ['@nowhere']}
  - id: acme.money
    question: Is the sum rounded?
    why: so
    good: so
    since: 2026-01-01
    triggers: [{change: added, match: 'round\('}]
    examples:
      match: [{path: a.py, before: "x = 1\n", after: "y = 2\n"}]
      no_match: [{path: a.py, before: "x = 1\n", after: "round(x)\n"}]
keep: [{id: review.nothing, reason: so}]
`
	_, _, err := Parse(context.Background(), ".plimsoll/review/a.yaml", []byte(text))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"a.yaml:2:9: there is an item review.sign-in already", "a.yaml:7:", "unclosed", "needs a pattern", `no set "@nowhere"`,
		"a.yaml:19:15: this example does not call", "a.yaml:20:18: this example calls", `there is no item "review.nothing"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in\n%v", want, err)
		}
	}
}

// TestTestCovers wants the test that is named, and that it has to do with what
// changed.
func TestTestCovers(t *testing.T) {
	places := []Place{{Path: "shop/refund.py", Func: "refund"}}
	for _, tt := range []struct {
		path, text, test string
		ok               bool
	}{
		{"tests/test_a.py", "def test_stranger():\n    refund()\n", "test_stranger", true},
		{"tests/test_a.py", "def test_stranger():\n    refund()\n", "TestA::test_stranger[1]", true},
		{"tests/test_a.py", "# test_stranger\nrefund()\n", "test_stranger", false},
		{"tests/test_a.py", "def test_stranger():\n    other()\n", "test_stranger", false},
		{"shop/refund_test.py", "def test_stranger():\n    other()\n", "test_stranger", true},
		{"a.test.js", "it('refuses a stranger', () => client.refund())\n", "refuses a stranger", true},
	} {
		if err := TestCovers(tt.path, tt.text, tt.test, places); (err == nil) != tt.ok {
			t.Errorf("%s %s: %v", tt.path, tt.test, err)
		}
	}
}
