package assess

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/testing/mapping"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results"
	"github.com/plimsoll-dev/plimsoll/internal/testing/testnames"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// TestMap says which tests verify which of the requirements that apply.
type TestMap struct {
	Repo    *repo.Repo
	Written int // tests in the sources
	Results int // tests that result files name
	Applies int // requirements that apply
	// Verified are the tests of each requirement, by requirement and test.
	Verified  []TestLink
	Proposals []mapping.Proposal
	// Without are the requirements that apply and that no check, no test and
	// nobody's word verifies.
	Without []knowledge.Requirement
}

// TestLink is a test that verifies a requirement, and how one knows.
type TestLink struct {
	Requirement, Test, Where string
	How                      string // "carries its id" | "is mapped to it"
}

// MapTests finds the tests in the sources and in the results of the repository
// in o.Dir, and holds them against the requirements.
func MapTests(ctx context.Context, o Options) (*TestMap, error) {
	a, err := begin(ctx, o.withDefaults())
	if err != nil {
		return nil, err
	}
	if err := a.selectRequirements(ctx); err != nil {
		return nil, err
	}
	m := &mapper{a: a, known: a.selectedIDs(), at: map[string]bool{}, verified: map[string]bool{}, out: &TestMap{Repo: a.repo}}
	for _, r := range a.selected {
		if r.Applies {
			m.at[r.ID] = true
			m.out.Applies++
		}
	}
	if err := m.mapping(ctx); err != nil {
		return nil, err
	}
	if err := m.results(ctx); err != nil {
		return nil, err
	}
	if err := m.sources(ctx); err != nil {
		return nil, err
	}
	m.finish()
	return m.out, nil
}

// mapper is a TestMap on the way to be one.
type mapper struct {
	a        *assessment
	known    map[string]bool // requirements at hand
	at       map[string]bool // those that apply
	entries  []mapping.Entry
	matcher  *mapping.Matcher
	owner    []int // entry by the number of a pattern
	verified map[string]bool
	open     []mapping.Found // tests that verify nothing yet
	out      *TestMap
}

func (m *mapper) mapping(ctx context.Context) error {
	m.matcher = mapping.NewMatcher()
	data, err := m.a.configFile(ctx, mapping.Path)
	if err != nil || data == nil {
		return err
	}
	if m.entries, err = mapping.Parse(mapping.Path, data); err != nil {
		return err
	}
	for i, e := range m.entries {
		for _, pattern := range e.Tests {
			m.matcher.Add(pattern, len(m.owner))
			m.owner = append(m.owner, i)
		}
	}
	return nil
}

// take enters a test: under what it verifies, or among those that are open.
func (m *mapper) take(f mapping.Found, full string, ids []string) {
	linked := false
	link := func(id, how string) {
		linked = true
		if m.at[id] {
			m.verified[id] = true
			m.out.Verified = append(m.out.Verified, TestLink{Requirement: id, Test: full, Where: f.Where, How: how})
		}
	}
	for _, id := range ids {
		if m.known[id] {
			link(id, "carries its id")
		}
	}
	m.matcher.Match(f.Name, func(i int) { link(m.entries[m.owner[i]].Requirement, "is mapped to it") })
	if !linked {
		m.open = append(m.open, f)
	}
}

func (m *mapper) results(ctx context.Context) error {
	names, err := results.Names(ctx, m.a.snapshot, m.a.product.NamesResult)
	if err != nil {
		return err
	}
	m.out.Results = len(names)
	for _, n := range names {
		full := strings.TrimPrefix(cmp.Or(n.Class, n.Suite)+"."+n.Name.Name, ".")
		m.take(mapping.Found{Name: n.Name, Pattern: literal(full), Where: n.Path}, full, n.IDs)
	}
	return nil
}

func (m *mapper) sources(ctx context.Context) error {
	for _, f := range m.a.snapshot.Files() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if f.Mode != repo.Regular && f.Mode != repo.Executable || !testnames.Candidate(f.Path) || results.LeftOut(f.Path) {
			continue
		}
		data, err := repo.ReadFile(ctx, m.a.snapshot, f, testnames.MaxFile)
		if err != nil {
			continue // a test of that size is none that a person wrote
		}
		for _, t := range testnames.Scan(f.Path, data) {
			m.out.Written++
			if t.Dynamic {
				continue
			}
			m.take(mapping.Found{Name: nameOf(f.Path, t), Pattern: patternOf(f.Path, t),
				Where: fmt.Sprintf("%s:%d", f.Path, t.Line)}, strings.TrimSpace(t.In+" "+t.Name), t.IDs())
		}
	}
	return nil
}

// nameOf is the test's name as results have it: those of Go name the package.
func nameOf(file string, t testnames.Test) mapping.Name {
	if path.Ext(file) == ".go" {
		return mapping.Name{Suite: t.In, Class: path.Dir(file), Name: t.Name}
	}
	return mapping.Name{Suite: stemOf(file), Class: t.In, Name: t.Name}
}

func stemOf(file string) string { return strings.TrimSuffix(path.Base(file), path.Ext(file)) }

// literal makes a pattern that takes a name with wildcards in it.
func literal(name string) string { return strings.ReplaceAll(name, "*", "?") }

// patternOf is how results of the language name the test.
func patternOf(file string, t testnames.Test) string {
	name := literal(t.Name)
	switch ext := path.Ext(file); {
	case ext == ".go" && t.In != "": // a suite of testify runs inside of a test
		return "*/" + name
	case ext == ".go":
		if dir := path.Base(path.Dir(file)); dir != "." {
			return dir + "." + name
		}
		return name
	case ext == ".py":
		return cmp.Or(literal(t.In), stemOf(file)) + "." + name
	case slices.Contains([]string{".java", ".kt", ".groovy", ".scala", ".cs", ".php"}, ext) && t.In != "":
		return literal(t.In) + "." + name + "*"
	}
	return "*" + name
}

// finish proposes, and lists what nothing verifies.
func (m *mapper) finish() {
	slices.SortStableFunc(m.out.Verified, func(a, b TestLink) int {
		return cmp.Or(cmp.Compare(a.Requirement, b.Requirement), cmp.Compare(a.Test, b.Test))
	})
	known := map[string]bool{}
	for _, c := range m.a.checks {
		known[c.ID] = true
	}
	spoken := map[string]bool{}
	for _, w := range m.a.attestations {
		spoken[w.Requirement] = spoken[w.Requirement] || w.Refused == ""
	}
	var wanting []knowledge.Requirement
	for _, r := range m.a.selected {
		if !r.Applies || m.verified[r.ID] {
			continue
		}
		if slices.Contains(r.Plan.Methods, "test") {
			wanting = append(wanting, r.Requirement)
		}
		checked := slices.ContainsFunc(r.Plan.Checks, func(n knowledge.Need) bool { return known[n.Check] })
		if !checked && !spoken[r.ID] {
			m.out.Without = append(m.out.Without, r.Requirement)
		}
	}
	m.out.Proposals = mapping.Propose(wanting, m.open)
}
