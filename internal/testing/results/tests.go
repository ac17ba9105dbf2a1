package results

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/testing/carried"
	"github.com/plimsoll-dev/plimsoll/internal/testing/mapping"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/junit"
)

// Bounds of what is told of tests.
const (
	mostRequirements = 20_000
	mostNames        = 20  // of the tests of one requirement
	mostNotRun       = 100 // of one requirement
)

// outcome is what all results of one test come to.
type outcome struct {
	name     mapping.Name
	ids      []string // of requirements that it carries
	path     string   // of the result that decides
	passed   bool
	failed   bool
	skipped  bool
	attempts int // that failed before it passed
}

// status is the worst of the results. A test that both passed and failed has
// failed: in one of the places where it runs, the product is broken.
func (o *outcome) status() junit.Status {
	switch {
	case o.failed:
		return junit.Failed
	case o.skipped && !o.passed:
		return junit.Skipped
	}
	return junit.Passed
}

func (o *outcome) flaky() bool { return o.passed && (o.failed || o.attempts > 0) }

// full is the name as people say it.
func (o *outcome) full() string {
	c := junit.Case{Class: cmp.Or(o.name.Class, o.name.Suite), Name: o.name.Name}
	return c.FullName()
}

// keep adds a result to what is known of its test.
func (im *importer) keep(file string, c *junit.Case) {
	key := mapping.Name{Suite: c.Suite, Class: c.Class, Name: c.Name}
	o := im.shown[key]
	if o == nil {
		o = &outcome{name: key, path: file}
		im.shown[key] = o
	}
	switch c.Status {
	case junit.Passed:
		o.passed = true
		o.attempts = max(o.attempts, c.Attempts)
	case junit.Skipped:
		o.skipped = true
	default:
		if !o.failed {
			o.path = file
		}
		o.failed = true
	}
	o.ids = append(o.ids, propertyIDs(c.Properties)...)
	o.ids = append(o.ids, propertyIDs(c.Around)...)
}

func propertyIDs(properties map[string]string) []string {
	var ids []string
	for name, value := range properties {
		ids = append(ids, carried.InProperty(name, value)...)
	}
	return ids
}

// want is one thing that the results should show for a requirement: tests that
// the mapping names, or a test in the sources.
type want struct {
	requirement, name, path string
	met                     bool
}

// groups are the tests by the requirement that they are about.
type groups map[string]map[*outcome]bool

func (g groups) enter(id string, o *outcome) {
	if g[id] == nil {
		g[id] = map[*outcome]bool{}
	}
	g[id][o] = true
}

// tellTests says of each requirement what the tests show that carry its id or
// are mapped to it, and which of those did not run.
func (im *importer) tellTests(ctx context.Context) error {
	entries, err := im.mapping(ctx)
	if err != nil {
		im.fail(mapping.Path, err)
		return nil
	}
	wants, matcher := mappedWants(entries)
	g, ids, named := groups{}, carriers{}, map[string][]*outcome{}
	for _, o := range im.shown {
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, id := range slices.Concat(o.ids, ids.of(o.name)) {
			g.enter(id, o)
		}
		matcher.Match(o.name, func(i int) {
			wants[i].met = true
			g.enter(wants[i].requirement, o)
		})
		if len(im.written) > 0 {
			named[bare(o.name.Name)] = append(named[bare(o.name.Name)], o)
		}
	}
	im.sumUp(append(wants, im.writtenWants(g, named)...), g)
	return nil
}

// carriers remembers the ids in what tests stand in: thousands stand in one class.
type carriers map[string][]string

func (c carriers) of(n mapping.Name) []string {
	ids := carried.InName(n.Name)
	for _, in := range []string{n.Class, n.Suite} {
		if _, known := c[in]; !known {
			c[in] = carried.InName(in)
		}
		ids = append(ids, c[in]...)
	}
	return ids
}

func (im *importer) mapping(ctx context.Context) ([]mapping.Entry, error) {
	if len(im.pass.Files(mapped)) == 0 {
		return nil, nil
	}
	data, err := im.pass.Read(ctx, mapped, mapping.Path, 1<<20)
	if err != nil {
		return nil, err
	}
	return mapping.Parse(mapping.Path, data)
}

// mappedWants lists what the mapping wants to see, and makes a matcher that
// finds it.
func mappedWants(entries []mapping.Entry) ([]want, *mapping.Matcher) {
	var wants []want
	m := mapping.NewMatcher()
	for _, e := range entries {
		for _, pattern := range e.Tests {
			m.Add(pattern, len(wants))
			wants = append(wants, want{requirement: e.Requirement, name: pattern, path: mapping.Path})
		}
	}
	return wants, m
}

// sumUp tells what there is of each requirement, in the order of their ids.
func (im *importer) sumUp(wants []want, g groups) {
	missing := map[string][]want{}
	for _, w := range wants {
		if !w.met {
			missing[w.requirement] = append(missing[w.requirement], w)
		}
	}
	all := map[string]bool{}
	for id := range g {
		all[id] = true
	}
	for id := range missing {
		all[id] = true
	}
	ids := slices.Sorted(maps.Keys(all))
	if len(ids) > mostRequirements {
		im.lack("", "let tests carry ids of requirements only", "tests carry %d different ids; %d are kept", len(ids), mostRequirements)
		ids = ids[:mostRequirements]
	}
	for _, id := range ids {
		im.pass.Test(testOf(id, slices.Collect(maps.Keys(g[id])), missing[id]))
	}
}

// testOf sums up the tests of one requirement. The first to speak of is one that
// failed, else one that did not run, else one that was skipped.
func testOf(id string, outcomes []*outcome, missing []want) event.Test {
	slices.SortFunc(outcomes, func(a, b *outcome) int {
		return cmp.Or(cmp.Compare(a.full(), b.full()), cmp.Compare(a.name.Suite, b.name.Suite))
	})
	t := event.Test{Requirement: id}
	first := map[junit.Status]*outcome{}
	for _, o := range outcomes {
		switch o.status() {
		case junit.Failed:
			t.Failed++
		case junit.Skipped:
			t.Skipped++
		default:
			t.Passed++
		}
		if o.flaky() {
			t.Flaky++
		}
		if first[o.status()] == nil {
			first[o.status()] = o
		}
		if len(t.Names) < mostNames && !slices.Contains(t.Names, o.full()) {
			t.Names = append(t.Names, o.full())
		}
	}
	for _, w := range missing {
		if len(t.NotRun) < mostNotRun && !slices.Contains(t.NotRun, w.name) {
			t.NotRun = append(t.NotRun, w.name)
		}
	}
	switch {
	case t.Failed > 0:
		t.First, t.Path = first[junit.Failed].full(), first[junit.Failed].path
	case len(missing) > 0:
		t.First, t.Path = missing[0].name, missing[0].path
	case t.Skipped > 0:
		t.First, t.Path = first[junit.Skipped].full(), first[junit.Skipped].path
	case t.Passed > 0:
		t.Path = first[junit.Passed].path
	}
	return t
}
