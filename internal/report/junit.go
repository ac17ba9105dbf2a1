package report

import (
	"cmp"
	"encoding/xml"
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// The elements of JUnit's XML that every CI server reads.

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string       `xml:"classname,attr"`
	Name    string       `xml:"name,attr"`
	Failure *junitDetail `xml:"failure,omitempty"`
	Error   *junitDetail `xml:"error,omitempty"`
	Skipped *junitDetail `xml:"skipped,omitempty"`
	Output  string       `xml:"system-out,omitempty"`
}

type junitDetail struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// junit shows requirements as test cases, a suite for each wing. What is unknown
// or stale is an error: the test did not come to a result. What could not be
// examined is one more suite, so that an incomplete run is never green.
func junit(r *run, _ Options) ([]byte, error) {
	all := junitSuites{Name: "plimsoll " + clean.Line(r.config.Product)}
	for _, w := range wings(r.verdict.Requirements) {
		if len(w.requirements) > 0 {
			all.add(wingSuite(w))
		}
	}
	if left := tailoredSuite(r.verdict.Requirements); len(left.Cases) > 0 {
		all.add(left)
	}
	if problems := r.incomplete(); len(problems) > 0 {
		all.add(problemSuite(problems))
	}
	out, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing JUnit: %w", err)
	}
	return append([]byte(xml.Header), append(out, '\n')...), nil
}

func wingSuite(w wing) junitSuite {
	s := junitSuite{Name: w.label}
	for _, req := range w.requirements {
		s.Cases = append(s.Cases, junitCaseOf(w.id, req))
	}
	return s
}

func junitCaseOf(wing string, r event.Requirement) junitCase {
	c := junitCase{Class: clean.Line("plimsoll." + wing), Name: clean.Line(r.ID + " " + r.Title)}
	detail := &junitDetail{Type: clean.Line(string(r.Status)), Message: cmp.Or(clean.Line(r.Reason), string(r.Status))}
	if r.Next != "" {
		detail.Text = "next: " + clean.Line(r.Next)
	}
	if r.Before {
		c.Skipped = &junitDetail{Message: beforeToo + ": " + detail.Message}
		return c
	}
	switch r.Status {
	case event.Pass:
		c.Output = clean.Line(r.Reason)
	case event.Exempt:
		c.Skipped = &junitDetail{Message: detail.Message}
	case event.Fail:
		c.Failure = detail
	default:
		c.Error = detail
	}
	return c
}

func problemSuite(problems []*event.Problem) junitSuite {
	s := junitSuite{Name: "not examined"}
	for _, p := range problems {
		s.Cases = append(s.Cases, junitCase{
			Class: "plimsoll.run",
			Name:  clean.Line(cmp.Or(p.Path, p.Check, p.Code)),
			Error: &junitDetail{Type: clean.Line(p.Code), Message: clean.Line(p.Message), Text: clean.Line(p.Hint)},
		})
	}
	return s
}

// add counts a suite and takes it in.
func (all *junitSuites) add(s junitSuite) {
	s.Tests = len(s.Cases)
	for _, c := range s.Cases {
		s.Failures += btoi(c.Failure != nil)
		s.Errors += btoi(c.Error != nil)
		s.Skipped += btoi(c.Skipped != nil)
	}
	all.Tests += s.Tests
	all.Failures += s.Failures
	all.Errors += s.Errors
	all.Skipped += s.Skipped
	all.Suites = append(all.Suites, s)
}
