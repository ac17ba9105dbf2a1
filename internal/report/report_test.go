package report

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

var update = flag.Bool("update", false, "write the transcripts in testdata anew")

// explain documents one rule.
func explain(rule string) (RuleDoc, bool) {
	if rule != "secret.private-key" {
		return RuleDoc{}, false
	}
	return RuleDoc{
		Title: "a private key in the source", Why: "Whoever reads the source can sign as the product.",
		Fix: "make a new key, keep it in a vault, and remove this one from every place that trusts it",
		URI: "https://plimsoll.example/rules/secret.private-key", CWE: []int{321, 798}, Tags: []string{"ASVS 13.3.1"},
	}, true
}

func options() Options {
	return Options{Explain: explain, Clock: func() time.Time { return asOf }, Repository: "https://git.example/harbour"}
}

func render(t testing.TB, format string, opt Options, events []event.Event) string {
	t.Helper()
	var out bytes.Buffer
	h, err := New(format, &out, opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := h.Handle(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; go test -update writes it anew):\n%s", path, diff)
	}
}

func TestTranscripts(t *testing.T) {
	extension := map[string]string{"text": "txt", "jsonl": "jsonl", "sarif": "sarif", "junit": "xml", "markdown": "md", "github": "log"}
	for _, name := range slices.Sorted(maps.Keys(runs)) {
		for _, format := range Formats {
			if format != "text" && (name == "long" || name == "empty" || name == "broken-off") {
				continue
			}
			t.Run(name+"/"+format, func(t *testing.T) {
				golden(t, name+"."+extension[format], render(t, format, options(), runs[name]()))
			})
		}
	}
}

func TestTextVariants(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"color":   func(o *Options) { o.Color, o.Hyperlinks = true, true },
		"all":     func(o *Options) { o.Show = ShowAll },
		"open":    func(o *Options) { o.Show = ShowOpen },
		"decided": func(o *Options) { o.Show = ShowDecided },
		"quiet":   func(o *Options) { o.Quiet = true },
		"narrow":  func(o *Options) { o.Width = 40 },
		"wide":    func(o *Options) { o.Width = 400; o.Verbose = true },
	} {
		t.Run(name, func(t *testing.T) {
			opt := options()
			change(&opt)
			for _, r := range []string{"findings", "decided", "incomplete", "change"} {
				golden(t, r+"-"+name+".txt", render(t, "text", opt, runs[r]()))
			}
		})
	}
}

func TestStatus(t *testing.T) {
	for _, name := range []string{"clean", "findings", "hostile"} {
		var out bytes.Buffer
		events := runs[name]()
		if err := Status(&out, events[len(events)-1].(*event.Verdict), options()); err != nil {
			t.Fatal(err)
		}
		golden(t, name+"-status.txt", out.String())
	}
}

// TestStatusLevel holds that the level told is that of our own requirements:
// each catalogue has its own.
func TestStatusLevel(t *testing.T) {
	v := verdict(event.NotMet, map[string]string{"requirements": "uu"})
	v.Requirements[1].Catalogue, v.Requirements[1].Level = "asvs", 2
	var out bytes.Buffer
	if err := Status(&out, v, options()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "at level 1\n") {
		t.Errorf("the level of a catalogue is told as the product's:\n%s", out.String())
	}
}

// TestSameProblem holds that what two checks say alike is written once.
func TestSameProblem(t *testing.T) {
	missing := func(check string) *event.Problem {
		return &event.Problem{Check: check, Code: "missing", Path: "a.pdf", Message: "an object is missing", Incomplete: true}
	}
	events := []event.Event{config("a"), missing("build.history"), missing("release.basics"), verdict(event.NotMet, nil)}
	if got := strings.Count(render(t, "text", options(), events), "an object is missing"); got != 1 {
		t.Errorf("the problem is written %d times, want once", got)
	}
}

func TestSome(t *testing.T) {
	items := []string{"a", "b", "c", "d"}
	for _, tt := range []struct {
		n          int
		noun, want string
	}{
		{4, "rule", "a, b, c, d"},
		{3, "rule", "a, b, c and 1 more rule"},
		{2, "rule", "a, b and 2 more rules"},
		{3, "", "a, b, c and 1 more"},
		{2, "", "a, b and 2 more"},
	} {
		if got := some(items, tt.n, tt.noun); got != tt.want {
			t.Errorf("some(%d, %q) = %q, want %q", tt.n, tt.noun, got, tt.want)
		}
	}
}

// TestFirstScreen holds the size of the main screen.
func TestFirstScreen(t *testing.T) {
	for name, most := range map[string]int{"clean": 24, "empty": 24, "findings": 76} {
		if got := strings.Count(render(t, "text", options(), runs[name]()), "\n"); got > most {
			t.Errorf("%s: %d lines, want at most %d", name, got, most)
		}
	}
}

// TestIncomplete holds that no format lets a run that broke off look whole.
func TestIncomplete(t *testing.T) {
	want := map[string]string{
		"text": "gate: incomplete", "sarif": `"executionSuccessful": false`, "junit": `errors="1"`,
		"markdown": "gate incomplete", "github": "gate: incomplete",
	}
	for format, words := range want {
		if got := render(t, format, options(), runs["broken-off"]()); !strings.Contains(got, words) {
			t.Errorf("%s does not say %q:\n%s", format, words, got)
		}
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	for _, format := range []string{"text", "sarif", "junit", "markdown", "github"} {
		events := findingsRun()
		want := render(t, format, options(), events)
		slices.Reverse(events[2 : len(events)-1])
		if diff := cmp.Diff(want, render(t, format, options(), events)); diff != "" {
			t.Errorf("%s depends on the order of findings:\n%s", format, diff)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	if _, err := New("yaml", nil, Options{}); err == nil || !strings.Contains(err.Error(), `"yaml"`) {
		t.Errorf("New: %v, want an error that names the format", err)
	}
	if _, err := New("text", nil, Options{Show: "some"}); err == nil {
		t.Error("New took a selection that does not exist")
	}
}
