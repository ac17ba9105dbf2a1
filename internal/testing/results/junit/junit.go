// Package junit reads the results of tests in JUnit XML, in the dialects that
// build tools and test runners really write.
//
// There is no standard. What Surefire, Gradle, pytest, Jest, Mocha, gotestsum,
// CTest, PHPUnit and the converters of NUnit and xUnit have in common is a tree
// of test suites with test cases in it; they differ in where failures, flaky
// attempts, files and times stand. The reader takes all of them and keeps the
// cases, since requirements are proved by single tests.
package junit

import (
	"time"
)

// Bounds of what is read from one file.
const (
	MaxCases    = 1_000_000
	maxText     = 4 << 10 // of a failure's message, in bytes
	maxFaults   = 20
	maxProperty = 200 // properties of one case or suite
)

// Report is what one file holds.
type Report struct {
	// Tool is who wrote it, as far as it can be told; "JUnit XML" otherwise.
	Tool  string
	Cases []Case
	// Ended is the latest start of a suite, the nearest thing to an end that the
	// format has; zero where the file has no times.
	Ended time.Time
	// Faults are suites that failed outside of any test, or that say that more
	// tests failed than are listed.
	Faults []Fault
}

// Case is one test as it was run.
type Case struct {
	Suite string // names of the suites around it, outermost first, joined by " > "
	Name  string
	Class string
	File  string // as written; "" where not told
	// Line in File, from 1; 0 where not told.
	Line   int
	Status Status
	// Message is the first line of why it did not pass.
	Message string
	// Attempts counts failed attempts of a test that was run again.
	Attempts   int
	Properties map[string]string
	// Around are the properties of the suite that the case stands in. They are
	// shared by its cases: do not write to them.
	Around map[string]string
	Time   time.Duration
	At     int // line of the report where the case stands
}

// Status of a test case.
type Status string

const (
	Passed  Status = "passed"
	Failed  Status = "failed"  // an assertion did not hold
	Errored Status = "errored" // it could not be carried out
	Skipped Status = "skipped"
)

// Fault is something wrong with a suite as a whole.
type Fault struct {
	Suite, Message string
	At             int // line of the report
}

// Count returns how many cases have the status.
func (r *Report) Count(s Status) int {
	n := 0
	for i := range r.Cases {
		if r.Cases[i].Status == s {
			n++
		}
	}
	return n
}

// Ran counts the cases that were carried out, passed or not.
func (r *Report) Ran() int { return len(r.Cases) - r.Count(Skipped) }

// Flaky says that the test passed only when it was tried again.
func (c *Case) Flaky() bool { return c.Status == Passed && c.Attempts > 0 }

// FullName is class and name as people say it, without saying the class twice.
func (c *Case) FullName() string {
	name, class := c.Name, c.Class
	switch {
	case name == "" && class == "":
		return "a test without a name"
	case name == "":
		return class
	case class == "" || class == name || len(name) > len(class) && name[:len(class)] == class:
		return name
	}
	return class + "." + name
}
