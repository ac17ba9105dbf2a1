// Package results imports results that already exist: what other tools have
// found, what tests have shown, what a bill of materials lists and what a VEX
// document says of it.
//
// A team that runs a scanner already should not have to run it again to get a
// verdict. Each result keeps the name of its own tool; a run counts for what it
// says it looked at, and for no more: a file without a rule in it is no proof of
// anything.
package results

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/docfile"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/sarif"
	"github.com/plimsoll-dev/plimsoll/internal/testing/mapping"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/cyclonedx"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/gotest"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/junit"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/openvex"
	"github.com/plimsoll-dev/plimsoll/internal/testing/testnames"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// ID of the check.
const ID = "testing.results"

// Rules that the check reports under. A finding of another tool that came in
// SARIF has the rule "sarif.<tool>/<rule id of the tool>" instead of Reported,
// with the tool's name in lower case and a hyphen for every run of other
// characters than letters, digits, dots and underscores: "sarif.semgrep-oss/
// go.lang.security.audit.xss". Reported documents all of those.
const (
	Reported           = "results.reported"
	FailedTest         = "results.failed-test"
	FlakyTest          = "results.flaky-test"
	ToolIncomplete     = "results.tool-incomplete"
	Vulnerable         = "results.vulnerable-component"
	Exploitable        = "results.exploitable"
	UnderInvestigation = "results.under-investigation"
	PoorBill           = "results.poor-bill"
)

// The inputs of the check.
const (
	candidates = "result files"
	mapped     = "mapping of tests"
	sources    = "sources of tests"
	workTree   = "work tree" // for the paths and the lines that results point to
)

// limits are the most bytes that are read of one file.
var limits = map[Kind]int64{SARIF: 256 << 20, JUnit: 64 << 20, CycloneDX: 128 << 20, OpenVEX: 16 << 20, GoTest: 256 << 20}

// New makes the check over what Detect finds.
func New() *check.Check { return Naming(func(string) bool { return false }) }

// Naming makes the check over what Detect finds and over the files that
// somebody has named as results, whatever they are called and wherever they
// lie. The snapshot must have the named files.
func Naming(named func(path string) bool) *check.Check {
	rules, err := knowledge.Rules(ID)
	return &check.Check{
		ID:    ID,
		Title: "Results of other tools",
		Why: "Scanners and tests have run before a release is judged. Their results are imported as they stand, under the name " +
			"of the tool that made them, and count for what that tool says it examined.",
		Rules: rules,
		Inputs: []check.Input{
			check.Files(candidates, func(path string) bool { return Candidate(path) || named(path) }),
			check.Files(mapped, func(path string) bool { return path == mapping.Path }),
			check.Files(sources, testSource),
			check.Files(workTree, nil),
		},
		Run: func(ctx context.Context, p *check.Pass) error {
			if err != nil {
				return err
			}
			return run(ctx, p, rules, named)
		},
	}
}

func run(ctx context.Context, p *check.Pass, rules []knowledge.Rule, named func(string) bool) error {
	files, leftOut, err := discover(ctx, p, named)
	if err != nil {
		return err
	}
	im := newImporter(p, rules)
	if err := im.testsInSources(ctx); err != nil {
		return err
	}
	for _, f := range p.Files(candidates) {
		if _, known := files[f.Path]; !known && named(f.Path) {
			im.lack(f.Path, "name a file in SARIF, JUnit XML, CycloneDX, OpenVEX or of go test -json", "the file is named as results and has none of the formats that are read")
		}
	}
	seen := map[[sha256.Size]byte]bool{}
	copies := 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		data, err := p.Read(ctx, candidates, name, limits[files[name]])
		if err != nil {
			im.fail(name, err)
			continue
		}
		digest := sha256.Sum256(data)
		if seen[digest] {
			copies++
			continue
		}
		seen[digest] = true
		p.Progress("reading %s", name)
		im.file(name, files[name], data)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	p.Observe(event.Observation{What: summary(leftOut, copies), Count: int64(len(seen))})
	if err := im.tellTests(ctx); err != nil {
		return err
	}
	return im.finish(ctx)
}

func summary(leftOut, copies int) string {
	what := "result files"
	if leftOut > 0 {
		what += fmt.Sprintf(", %d left out: test data", leftOut)
	}
	if copies > 0 {
		what += fmt.Sprintf(", %d left out: copies of another", copies)
	}
	return what
}

// The keys under which look counts: what it is about, the kind of results or the
// id of a requirement, and the file or the test.
const (
	separator = "\x00"
	detected  = "name"    // the file's name says that it holds results
	sniffed   = "content" // only its content does
	carries   = "test"    // a test in it carries a requirement
)

// look says of one file what it holds: results, or tests that carry requirements.
// One function for both, since the memo knows a file by its path and bytes alone.
func look(_ context.Context, f repo.File, r io.Reader, item *check.Item) error {
	isSource := testSource(f.Path)
	limit := int64(HeadSize)
	if isSource {
		limit = testnames.MaxFile
	}
	data, err := io.ReadAll(io.LimitReader(r, limit))
	if err != nil {
		return err
	}
	if isSource {
		countTests(f.Path, data, item)
	}
	head := data[:min(len(data), HeadSize)]
	if kind := Detect(f.Path, head); kind != None {
		item.Count(detected+separator+string(kind)+separator+f.Path, 1)
	} else if kind := Sniff(head); kind != None {
		item.Count(sniffed+separator+string(kind)+separator+f.Path, 1)
	}
	return nil
}

// discover looks into every candidate and returns the kind of those that hold
// results, by path, and how many were left out as test data. What a file's name
// and content say is kept in the memo; what the user has named is not, since it
// may change while the file does not.
func discover(ctx context.Context, p *check.Pass, named func(string) bool) (files map[string]Kind, leftOut int, err error) {
	counts, err := p.EachFile(ctx, candidates, look)
	files = map[string]Kind{}
	for key := range counts {
		parts := strings.SplitN(key, separator, 3)
		kind, name := Kind(parts[1]), parts[2]
		switch {
		case parts[0] == carries:
		case named(name):
			files[name] = kind
		case parts[0] == sniffed:
		case LeftOut(name):
			leftOut++
		default:
			files[name] = kind
		}
	}
	return files, leftOut, err
}

// file imports one file of the kind.
func (im *importer) file(name string, kind Kind, data []byte) {
	text, err := docfile.UTF8(data)
	if err != nil {
		im.fail(name, err)
		return
	}
	switch kind {
	case SARIF:
		log, err := sarif.Parse(text)
		im.fail(name, err)
		im.sarif(name, log, err == nil)
	case JUnit:
		report, err := junit.Parse(text)
		im.fail(name, err)
		im.junit(name, report, err == nil)
	case GoTest:
		report, err := gotest.Parse(text)
		im.fail(name, err)
		im.junit(name, report, err == nil)
	case CycloneDX:
		bill, err := cyclonedx.Parse(text)
		if err != nil {
			im.fail(name, err)
			return
		}
		im.bill(name, bill)
	case OpenVEX:
		doc, err := openvex.Parse(text)
		if err != nil {
			im.fail(name, err)
			return
		}
		im.vex(name, doc)
	}
}

// fail tells what could not be read of a file; nil is nothing.
func (im *importer) fail(name string, err error) {
	if err == nil {
		return
	}
	pr := event.Problem{Code: string(fault.Incomplete), Path: name, Message: err.Error(), Incomplete: true}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		pr.Message, pr.Hint = f.Message, f.Hint
		if f.Place != nil {
			pr.Line, pr.Column, pr.Source = f.Place.Line, f.Place.Column, f.Place.Source
		}
	}
	im.pass.Problem(pr)
}
