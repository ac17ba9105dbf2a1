// Package gotest reads what `go test -json` writes: the stream of events that
// `go doc test2json` describes.
//
// The stream tells more than a report in JUnit XML: which tests began and never
// ended, which attempts of a test that was run again failed, and the attributes
// that a test gave itself with t.Attr. What it shows is handed on in the shape
// of JUnit's cases, so that everything after it needs to know one shape alone.
package gotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/docfile"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/junit"
)

// Tool is the name under which results of the format are kept.
const Tool = "go test"

// Bounds of what is kept of one stream.
const (
	maxFaults  = 20
	maxMessage = 300 // runes of why a test failed
	maxAttrs   = 50  // of one test
)

// Event is one line of the stream (go doc test2json). Elapsed is in seconds.
type event struct {
	Time        time.Time
	Action      string
	Package     string
	ImportPath  string // of a build event
	Test        string
	Elapsed     float64
	Output      string
	FailedBuild string // why a package failed, where it was not built
	Key, Value  string // of an attr event
}

// actions are the words that Action may be.
var actions = []string{
	"start", "run", "pause", "cont", "pass", "bench", "fail", "output", "skip", "attr", "artifacts", "build-output", "build-fail",
}

// Sniff says whether data begins with an event of the stream.
func Sniff(data []byte) bool {
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] != '{' { // what the go command said before
			continue
		}
		var e event
		return json.Unmarshal(line, &e) == nil && slices.Contains(actions, e.Action) && (e.Package != "" || e.ImportPath != "")
	}
	return false
}

// Parse reads a stream; data must have gone through docfile.UTF8. Where it is
// broken it returns a *fault.Error with the line, together with what stood
// before. Lines that are no JSON at all are passed over: the go command writes
// its own words between the events.
func Parse(data []byte) (*junit.Report, error) {
	p := &parser{packages: map[string]*pack{}, report: &junit.Report{Tool: Tool}}
	err := p.lines(data)
	for _, name := range p.order {
		p.finish(name, p.packages[name])
	}
	return p.report, err
}

type parser struct {
	packages map[string]*pack
	order    []string // names of the packages as they came
	tests    int
	events   int
	report   *junit.Report
}

// pack is what is known of one package.
type pack struct {
	tests  map[string]*test
	order  []string
	run    int  // how often the package was run, minus 1
	ended  bool // the run under way has ended
	failed bool // the last run failed
	built  bool
	at     int // line of its end
}

// test is one test, over all runs of its package.
type test struct {
	status   junit.Status // of the last run; "" while it is under way
	run      int          // in which the status was given
	attempts int          // runs before the last that failed
	message  string
	attrs    map[string]string
	elapsed  time.Duration
	at       int
}

func (p *parser) lines(data []byte) error {
	line, offset := 0, int64(0)
	for text := range bytes.SplitSeq(data, []byte("\n")) {
		line++
		start := offset
		offset += int64(len(text)) + 1
		text = bytes.TrimSpace(text)
		if len(text) == 0 || text[0] != '{' {
			continue
		}
		var e event
		if err := json.Unmarshal(text, &e); err != nil {
			return docfile.At(data, start, "run the tests again; the file may have been cut off", "reading the output of go test -json: %v", err)
		}
		if e.Action == "" {
			return docfile.At(data, start, "", "reading the output of go test -json: the event has no action")
		}
		p.events++
		if err := p.event(e, line); err != nil {
			return err
		}
	}
	if p.events == 0 {
		return fault.New(fault.Incomplete, "write it with `go test -json`", "reading the output of go test -json: the file holds no event")
	}
	return nil
}

func (p *parser) event(e event, line int) error {
	if e.Time.After(p.report.Ended) {
		p.report.Ended = e.Time.UTC()
	}
	if e.Package == "" { // of a build; the package that needed it tells its own failure
		return nil
	}
	k := p.packages[e.Package]
	if k == nil {
		k = &pack{tests: map[string]*test{}, built: true}
		p.packages[e.Package] = k
		p.order = append(p.order, e.Package)
	}
	if e.Test == "" {
		k.event(e, line)
		return nil
	}
	k.again()
	t := k.tests[e.Test]
	if t == nil {
		if p.tests++; p.tests > junit.MaxCases {
			return fault.New(fault.TooCostly, "", "reading the output of go test -json: more than %d tests", junit.MaxCases)
		}
		t = &test{at: line, run: k.run}
		k.tests[e.Test] = t
		k.order = append(k.order, e.Test)
	}
	t.event(e, k.run, line)
	return nil
}

// event notes the end of a package, or that it was begun anew.
func (k *pack) event(e event, line int) {
	switch e.Action {
	case "start":
		k.again()
	case "pass", "skip", "fail":
		k.ended, k.failed, k.at = true, e.Action == "fail", line
		k.built = e.FailedBuild == ""
	}
}

// again begins another run of the package where the last has ended.
func (k *pack) again() {
	if k.ended {
		k.run++
		k.ended = false
	}
}

// event notes what happened to a test. In one run of a package the worst
// outcome counts (-count=2 gives two); a later run is another attempt.
func (t *test) event(e event, run, line int) {
	switch e.Action {
	case "attr":
		if t.attrs == nil {
			t.attrs = map[string]string{}
		}
		if len(t.attrs) < maxAttrs {
			t.attrs[docfile.OneLine(e.Key, 200)] = docfile.OneLine(e.Value, 1000)
		}
	case "output":
		t.note(e.Output)
	case "run":
		if t.run < run {
			t.begin(run)
		}
	case "pass", "bench":
		t.end(junit.Passed, run, line, e.Elapsed)
	case "fail":
		t.end(junit.Failed, run, line, e.Elapsed)
	case "skip":
		t.end(junit.Skipped, run, line, e.Elapsed)
	}
}

// begin makes what is known of the test an earlier attempt.
func (t *test) begin(run int) {
	if t.status != junit.Passed && t.status != junit.Skipped {
		t.attempts++
	}
	t.run, t.status, t.message = run, "", ""
}

func (t *test) end(s junit.Status, run, line int, elapsed float64) {
	if t.run < run {
		t.begin(run)
	}
	if worse(s) >= worse(t.status) {
		t.status, t.at = s, line
	}
	const longest = 1e7 // seconds, as in JUnit XML
	if elapsed > 0 && elapsed < longest {
		t.elapsed = time.Duration(elapsed * float64(time.Second))
	}
}

func worse(s junit.Status) int {
	return slices.Index([]junit.Status{"", junit.Passed, junit.Skipped, junit.Failed}, s)
}

// note keeps the first line that a test says about its failure. The lines of the
// frame ("=== RUN", "--- FAIL") say nothing new.
func (t *test) note(output string) {
	text := strings.TrimSpace(output)
	if t.message != "" || text == "" || strings.HasPrefix(text, "===") || strings.HasPrefix(text, "---") {
		return
	}
	t.message = docfile.OneLine(text, maxMessage)
}

// finish turns a package into cases, in the order in which its tests began.
func (p *parser) finish(name string, k *pack) {
	anyFailed := false
	parents := map[string]string{} // the first failed subtest by the test around it
	for _, test := range slices.Backward(k.order) {
		if k.tests[test].status == junit.Failed {
			for parent := above(test); parent != ""; parent = above(parent) {
				parents[parent] = test
			}
		}
	}
	for _, testName := range k.order {
		c := k.tests[testName].asCase(name, testName)
		anyFailed = anyFailed || c.Status == junit.Failed || c.Status == junit.Errored
		if sub := parents[testName]; sub != "" && c.Status == junit.Failed {
			c.Message = docfile.OneLine("its subtest "+sub+" failed", maxMessage)
		}
		p.report.Cases = append(p.report.Cases, c)
	}
	switch {
	case !k.built:
		p.fault(name, k.at, "it could not be built")
	case k.ended && k.failed && !anyFailed:
		p.fault(name, k.at, "it failed outside of any test")
	case !k.ended && len(k.order) == 0:
		p.fault(name, k.at, "it did not end")
	}
}

func above(test string) string {
	cut := strings.LastIndexByte(test, '/')
	if cut < 0 {
		return ""
	}
	return test[:cut]
}

// asCase is the test as a case. One that never ended, because the program
// stopped or the file was cut off, has shown nothing.
func (t *test) asCase(pkg, name string) junit.Case {
	c := junit.Case{
		Suite: docfile.OneLine(pkg, 500), Class: docfile.OneLine(pkg, 500), Name: docfile.OneLine(name, 500),
		Status: t.status, Attempts: t.attempts, Properties: t.attrs, Time: t.elapsed, At: t.at,
	}
	switch c.Status {
	case junit.Failed:
		c.Message = t.message
	case "":
		c.Status, c.Message = junit.Errored, "it began and did not end"
	}
	return c
}

func (p *parser) fault(pkg string, at int, format string, args ...any) {
	if len(p.report.Faults) < maxFaults {
		p.report.Faults = append(p.report.Faults, junit.Fault{Suite: docfile.OneLine(pkg, 500), Message: fmt.Sprintf(format, args...), At: at})
	}
}
