package review

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// inputOf is an example as a change.
func inputOf(t *testing.T, e knowledge.ReviewExample) Input {
	t.Helper()
	var in Input
	add := func(path, from, before, after string) {
		f := File{Path: path, OldPath: from}
		if before != "" {
			f.Old = []byte(before)
			if from == "" {
				f.OldPath = path
			}
		}
		if f.Gone = after == "" && before != ""; !f.Gone {
			f.New = []byte(after)
		}
		in.Files = append(in.Files, f)
	}
	if e.Path != "" {
		add(e.Path, e.From, e.Before, e.After)
		in.Files[0].Executable = e.Executable
	}
	for path, pair := range e.Files {
		add(path, "", pair.Before, pair.After)
	}
	for _, line := range e.Findings {
		f := strings.Fields(line)
		path, number, _ := strings.Cut(f[1], ":")
		found := Finding{State: f[0], Path: path, Rule: f[2]}
		fmt.Sscan(number, &found.Line)
		in.Findings = append(in.Findings, found)
	}
	in.Tree = func(takes func(string) bool) bool { return slices.ContainsFunc(e.Tree, takes) }
	return in
}

// TestItems runs every example of every item.
func TestItems(t *testing.T) {
	items, err := Items(nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(items) < 60 {
		t.Errorf("%d items", len(items))
	}
	for _, it := range items {
		t.Run(it.ID, func(t *testing.T) {
			for i, e := range slices.Concat(it.Examples.Match, it.Examples.NoMatch) {
				in := inputOf(t, e)
				in.Items = []Item{it}
				// An example is about what the trigger takes; facts come later.
				in.Items[0].Applies = ""
				r, err := Examine(t.Context(), in)
				if err != nil {
					t.Fatal(err)
				}
				if want := i < len(it.Examples.Match); len(r.Everything) > 0 != want {
					t.Errorf("example %d (%s): asked %v, expected %v\n%s\n=>\n%s", i, e.Path, len(r.Everything) > 0, want, e.Before, e.After)
				}
			}
		})
	}
}

var (
	itemID  = regexp.MustCompile(`^review\.[a-z]+(-[a-z]+)*$`)
	isoDay  = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	classes = []string{"production", "test", "example", "generated", "vendored", "documentation", "any"}
)

// TestItemsAreWhole wants everything that people read of an item.
func TestItemsAreWhole(t *testing.T) {
	items, err := Items(nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, it := range items {
		bad := func(format string, args ...any) { t.Errorf("%s: %s", it.ID, fmt.Sprintf(format, args...)) }
		if !itemID.MatchString(it.ID) {
			bad("a bad id")
		}
		if !strings.HasSuffix(it.Question, "?") || strings.Count(it.Question, "?") != 1 {
			bad("the question is no question: %q", it.Question)
		}
		if other := seen[it.Question]; other != "" {
			bad("asks what %s asks", other)
		}
		seen[it.Question] = it.ID
		for name, s := range map[string]string{"why": it.Why, "good": it.Good} {
			if len(strings.Fields(s)) < 8 {
				bad("%s says nothing: %q", name, s)
			}
		}
		if it.Weight < 1 || it.Weight > 10 || event.Severity(it.Severity).Rank() < 0 || !isoDay.MatchString(it.Since) {
			bad("weight %d, severity %q, since %q", it.Weight, it.Severity, it.Since)
		}
		if len(it.Close) == 0 || slices.ContainsFunc(it.Close, func(c string) bool { return !slices.Contains([]string{"test", "check", "person"}, c) }) {
			bad("closed by %v", it.Close)
		}
		if slices.Contains(it.Close, "check") != (len(it.Checks) > 0) {
			bad("closed by %v, checks %v", it.Close, it.Checks)
		}
		if len(it.Maps) == 0 {
			bad("no requirement")
		}
		for _, id := range it.Maps {
			if _, ok, err := knowledge.FindRequirement(strings.TrimPrefix(id, "ASVS ")); err != nil || !ok {
				bad("there is no requirement %s", id)
			}
		}
		if len(it.Examples.Match) == 0 || len(it.Examples.NoMatch) == 0 || len(it.Triggers) == 0 {
			bad("no triggers or examples")
		}
		for _, tr := range it.Triggers {
			if !slices.Contains(changeWords, tr.Change) {
				bad("no such change: %q", tr.Change)
			}
			for _, c := range tr.Class {
				if !slices.Contains(classes, c) {
					bad("no such class: %q", c)
				}
			}
		}
	}
}
