package results

import (
	"fmt"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/docfile"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/junit"
)

// junit imports a report. Only a whole one says how many tests ran.
func (im *importer) junit(name string, r *junit.Report, whole bool) {
	if whole {
		im.pass.Observe(event.Observation{
			What: fmt.Sprintf("tests run (%d passed, %d failed, %d errored, %d skipped)",
				r.Count(junit.Passed), r.Count(junit.Failed), r.Count(junit.Errored), r.Count(junit.Skipped)),
			Tool: r.Tool, Count: int64(r.Ran()), Rules: []string{FailedTest, FlakyTest},
		})
	}
	im.age(name, r.Tool, r.Ended)
	for i := range r.Cases {
		im.testCase(name, r, &r.Cases[i])
	}
	for _, fault := range r.Faults {
		f := im.own(FailedTest, r.Tool, name, fault.At, "the test suite %s: %s", fault.Suite, fault.Message)
		f.Identity, f.Twin = []string{"suite", fault.Suite}, name
		im.add(f)
	}
}

func (im *importer) testCase(name string, r *junit.Report, c *junit.Case) {
	im.keep(name, c)
	path, line := im.testFile(name, c)
	var f found
	switch {
	case c.Status == junit.Failed:
		f = im.own(FailedTest, r.Tool, path, line, "the test %s failed%s", c.FullName(), because(c.Message))
	case c.Status == junit.Errored:
		f = im.own(FailedTest, r.Tool, path, line, "the test %s could not be carried out%s", c.FullName(), because(c.Message))
	case c.Flaky():
		f = im.own(FlakyTest, r.Tool, path, line, "the test %s passed after %d failed attempts", c.FullName(), c.Attempts)
	default:
		return
	}
	f.Identity, f.Twin = []string{"test", c.Class, c.Name}, name+"\n"+c.Suite
	im.add(f)
}

func because(message string) string {
	if message == "" {
		return ""
	}
	return ": " + message
}

// testFile is where the test stands, where the report says so and the file is
// in the tree; else the place in the report.
func (im *importer) testFile(name string, c *junit.Case) (path string, line int) {
	file := strings.TrimPrefix(strings.ReplaceAll(docfile.OneLine(c.File, 1000), `\`, "/"), "./")
	if strings.HasPrefix(file, "/") {
		file = strings.TrimPrefix(file, im.tree.Root([]string{file}))
	}
	if at := im.tree.Relative(file); file != "" && im.tree.Has(at) {
		return at, c.Line
	}
	return name, c.At
}
