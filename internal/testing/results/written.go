package results

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/testing/carried"
	"github.com/plimsoll-dev/plimsoll/internal/testing/mapping"
	"github.com/plimsoll-dev/plimsoll/internal/testing/testnames"
)

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
