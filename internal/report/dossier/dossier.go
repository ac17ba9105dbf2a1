// Package dossier is everything that a report on a product's requirements says,
// as plain data.
//
// A report is what an auditor keeps when the run is long gone. So it is made in
// two steps: the assessment fills in a Dossier, and each format is a pure
// function of it (packages page, sheet, oscal and declare). Nothing here reads a
// clock, a file or a random number: the same dossier, in whatever order its
// lists come, gives the same bytes, and anybody can make a report again and
// compare.
package dossier

import (
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// Dossier is one product's requirements as of one moment, and what each rests on.
type Dossier struct {
	Product     string
	Description string
	Owners      []Owner
	AsOf        time.Time // the moment that everything here is for; the only time that a writer may print as its own
	Commit      string    // of HEAD; empty before the first commit
	Dirty       bool      // the work tree differs from Commit
	Tool        Tool
	Level       int // of the requirements selected
	GateRule    string
	Gate        event.Gate
	GateReason  string
	Next        []event.Step

	Facts        []event.Fact
	Catalogues   []Catalogue
	Requirements []Requirement
	Evidence     []Evidence
	Findings     []event.Finding
	Exemptions   []Exemption
	Tailoring    []Change
	Problems     []event.Problem
}

// Owner is a person who answers for the product.
type Owner struct{ Name, Email, Role string }

// Tool is the program that judged.
type Tool struct {
	Name, Version string
	Digest        string // of the executable, "sha256:<hex>"
}

// Catalogue is where requirements are from, and under which terms.
type Catalogue struct {
	Name, Title, Version, Publisher string
	Licence, Attribution, Address   string
	Digest                          string // of the file that the official texts were imported from; empty where none were
}

// Requirement is one requirement, its status and its plan.
type Requirement struct {
	ID, Title    string
	Catalogue    string // a Catalogue's name
	Chapter      string // within the catalogue: a wing, "V6", "STORAGE"
	ChapterTitle string // official, where it was imported
	Level        int
	Profiles     []string
	Statement    string // our words
	Official     string // the standard's words, where the user has imported them

	Status event.Status
	Reason string
	// Because says why it applies or not.
	Because string
	Next    string // the cheapest thing that would better the status
	Minutes int    // of Next
	// Until is when a good status stops to be good though nothing changes; zero
	// where the evidence alone can tell.
	Until time.Time

	Automation string // full | partial | none
	Methods    []string
	Checks     []string
	Strength   int // of the evidence that the plan asks for, 1 to 4; 0 where it says nothing
	Days       int // that evidence stands
	Owner      string
	CWE        []int
	Maps       []string

	Evidence []string // digests; each names an Evidence
}

// Kind tells evidence apart by whose word it is.
type Kind string

const (
	Check       Kind = "check"
	Tests       Kind = "tests"
	Attestation Kind = "attestation"
)

// Evidence is one signed record.
type Evidence struct {
	Kind   Kind
	Digest string // "sha256:<hex>" of the signed payload
	By     string // the check, or the person
	// Reviewer is a second person who signed too.
	Reviewer string
	// Requirement is what an attestation or test results speak of.
	Requirement string
	Statement   string    // what a person says and how they know; what the tests came to
	Made        time.Time // when it was recorded
	From, Until time.Time // the time for which it stands; zero Until for no end of its own
	// Stale says what has moved since, empty where nothing has.
	Stale string
	// Refused says why it does not count, empty where it does.
	Refused string
	// Counter is what speaks against it, as its author recorded.
	Counter      string
	Observations []event.Observation
	Inputs       []Link // what the check read
	Basis        []Link // what the person went by
}

// Link is a file, input or address, with its digest where it has one.
type Link struct{ Name, Digest string }

// Exemption is a requirement knowingly not met.
type Exemption struct {
	Requirement, Because, By, Approver string
	Compensating                       string
	From, Until                        time.Time
	Holds                              bool // the requirement's status rests on it
}

// Change is one deliberate departure from what the catalogues select.
type Change struct {
	Requirement string
	What        string // included | excluded | modified
	Because     string
	// Fields says what was modified: "days 30".
	Fields []string
}
