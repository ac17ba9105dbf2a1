package results

import (
	"cmp"
	"context"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/testing/carried"
	"github.com/plimsoll-dev/plimsoll/internal/testing/mapping"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/junit"
	"github.com/plimsoll-dev/plimsoll/internal/testing/testnames"
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

// testSource says whether a file may hold tests of the product's own.
func testSource(name string) bool { return testnames.Candidate(name) && !LeftOut(name) }

// sourceTest is a test that stands in the sources and carries a requirement.
type sourceTest struct {
	requirement, path, in, name string
	tagged                      bool // the id stands beside the name, so that results do not show it
}

// countTests puts what a file of tests says of requirements into the item: the
// id, the path, what the test stands in, its name, and whether that holds the id.
func countTests(file string, data []byte, item *check.Item) {
	for _, t := range testnames.Scan(file, data) {
		if t.Dynamic { // what a run calls it, nobody can tell
			continue
		}
		inName := append(carried.InName(t.Name), carried.InName(t.In)...)
		ids := t.IDs()
		if _, sub, ok := strings.Cut(t.Name, "/"); ok && strings.HasSuffix(file, ".go") {
			// It may stand deeper, or run under a condition: the test around it
			// answers for the ids that it carries.
			ids = carried.InName(sub)
			t.Name = sub
		}
		for _, id := range ids {
			how := "name"
			if !slices.Contains(inName, id) {
				how = "tag"
			}
			item.Count(strings.Join([]string{carries, id, file, how, t.In, t.Name}, separator), 1)
		}
	}
}

// testsInSources finds the tests in the sources that carry requirements.
func (im *importer) testsInSources(ctx context.Context) error {
	counts, err := im.pass.EachFile(ctx, sources, look)
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		if p := strings.SplitN(key, separator, 6); p[0] == carries && len(p) == 6 {
			im.written = append(im.written, sourceTest{requirement: p[1], path: p[2], tagged: p[3] == "tag", in: p[4], name: p[5]})
		}
	}
	return nil
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

// writtenWants holds the tests in the sources against the results. One whose id
// stands in a tag is found by its name and what it stands in, since results do
// not show the tag.
func (im *importer) writtenWants(g groups, named map[string][]*outcome) []want {
	var wants []want
	for _, t := range im.written {
		w := want{requirement: t.requirement, name: t.name, path: t.path}
		if t.tagged {
			for _, o := range slices.Concat(named[t.name], named[strings.TrimSpace(t.in+" "+t.name)]) {
				if t.stands(o.name) {
					w.met = true
					g.enter(t.requirement, o)
				}
			}
		} else {
			for o := range g[t.requirement] {
				w.met = w.met || strings.Contains(o.name.Name, t.name)
			}
		}
		wants = append(wants, w)
	}
	return wants
}

// stands tells whether a result of the same name is of the test t: its class, or
// the file where there is none, is in what the result stands in.
func (t sourceTest) stands(n mapping.Name) bool {
	in := t.in
	if in == "" {
		base := path.Base(t.path)
		in = strings.TrimSuffix(base, path.Ext(base))
	}
	return strings.Contains(n.Class, in) || strings.Contains(n.Suite, in) || strings.Contains(n.Name, in)
}

// bare is a test's name without its parameters, "locksOut()" and "test_a[1]",
// and without the titles that some runners put before it.
func bare(name string) string {
	if cut := strings.IndexAny(name, "(["); cut > 0 {
		name = name[:cut]
	}
	for _, separator := range []string{" › ", " > "} {
		if cut := strings.LastIndex(name, separator); cut >= 0 {
			name = name[cut+len(separator):]
		}
	}
	return strings.TrimSpace(name)
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
