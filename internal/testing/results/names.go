package results

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/docfile"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/testing/mapping"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/gotest"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/junit"
)

// Named is a test that a result file names.
type Named struct {
	mapping.Name
	Path string   // of the result file
	IDs  []string // of requirements that it carries
}

// Names lists the tests that the result files of a snapshot name, each once, in
// the order of the files. Files that cannot be read are left out: the check
// tells of them.
func Names(ctx context.Context, s repo.Snapshot, named func(path string) bool) ([]Named, error) {
	var out []Named
	seen := map[mapping.Name]bool{}
	ids := carriers{}
	for _, f := range s.Files() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if f.Mode != repo.Regular && f.Mode != repo.Executable || !named(f.Path) && (!Candidate(f.Path) || LeftOut(f.Path)) {
			continue
		}
		report, err := testReport(ctx, s, f)
		if _, foreseen := errors.AsType[*fault.Error](err); err != nil && !foreseen {
			return nil, err
		}
		if report == nil {
			continue
		}
		for i := range report.Cases {
			c := &report.Cases[i]
			n := mapping.Name{Suite: c.Suite, Class: c.Class, Name: c.Name}
			if seen[n] {
				continue
			}
			seen[n] = true
			carries := slices.Concat(propertyIDs(c.Properties), propertyIDs(c.Around), ids.of(n))
			slices.Sort(carries)
			out = append(out, Named{n, f.Path, slices.Compact(carries)})
		}
	}
	return out, nil
}

// testReport reads a file that holds results of tests; nil for any other file.
func testReport(ctx context.Context, s repo.Snapshot, f repo.File) (*junit.Report, error) {
	r, err := s.Open(ctx, f)
	if err != nil {
		return nil, nil
	}
	head, err := io.ReadAll(io.LimitReader(r, HeadSize))
	if r.Close(); err != nil {
		return nil, nil
	}
	kind := Detect(f.Path, head)
	if kind == None {
		kind = Sniff(head)
	}
	if kind != JUnit && kind != GoTest {
		return nil, nil
	}
	data, err := repo.ReadFile(ctx, s, f, limits[kind])
	if err != nil {
		return nil, err
	}
	if data, err = docfile.UTF8(data); err != nil {
		return nil, nil
	}
	if kind == GoTest {
		return gotest.Parse(data)
	}
	return junit.Parse(data)
}
