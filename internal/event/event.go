// Package event defines the typed messages of a run.
//
// A run is a stream of messages, one JSON object a line in `--format jsonl`.
// Everything that shows a run (text, SARIF, the web page, the server's ingest)
// reads this stream and nothing else. The names of types and fields do not
// change within a protocol version; fields may be added. Dropping every
// Progress leaves the stream valid.
package event

import (
	"encoding/json"
	"fmt"
	"time"
)

// Protocol is the version of the stream, carried by Config.
const Protocol = "1"

// Event is one message of a run.
type Event interface{ Kind() string }

// Handler receives the events of one run, in order, from one goroutine at a time.
type Handler interface {
	Handle(Event) error
	// Flush is called once after the last event.
	Flush() error
}

// Severity of a finding, from worst to mildest.
type Severity string

const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
)

// Severities lists them from worst to mildest.
var Severities = []Severity{Critical, High, Medium, Low, Info}

// Rank is 4 for critical down to 0 for info, -1 for an unknown word.
func (s Severity) Rank() int {
	for i, other := range Severities {
		if s == other {
			return len(Severities) - 1 - i
		}
	}
	return -1
}

// Confidence that a finding or a fact is right.
type Confidence string

const (
	Sure     Confidence = "high"
	Likely   Confidence = "medium"
	Possible Confidence = "low"
)

// Rank is 2 for high down to 0 for low, -1 for an unknown word.
func (c Confidence) Rank() int {
	switch c {
	case Sure:
		return 2
	case Likely:
		return 1
	case Possible:
		return 0
	}
	return -1
}

// Config opens every stream: who examines what, and the facts it goes by.
type Config struct {
	Protocol  string    `json:"protocol"`
	Tool      string    `json:"tool"`      // "plimsoll"
	Version   string    `json:"version"`   // of the tool
	Directory string    `json:"directory"` // as the user named it
	Product   string    `json:"product"`
	Commit    string    `json:"commit,omitempty"` // of HEAD; empty before the first commit
	Dirty     bool      `json:"dirty"`            // the work tree differs from Commit
	AsOf      time.Time `json:"as_of"`            // the date that the verdict is for
	Level     int       `json:"level"`            // of the requirements selected
	Facts     []Fact    `json:"facts"`
}

// Fact is one thing known of the product, and where it was seen.
type Fact struct {
	Name       string     `json:"fact"`  // kind, exposure, data, language, …
	Value      string     `json:"value"` // web, internet, personal, go, …
	Confidence Confidence `json:"confidence"`
	Origin     string     `json:"origin"` // inferred | declared
	Path       string     `json:"path,omitempty"`
	Line       int        `json:"line,omitempty"`
	Because    string     `json:"because,omitempty"` // what was seen there
}

// Progress says where a run is. It may be dropped.
type Progress struct {
	Check   string `json:"check"`
	Message string `json:"message"`
}

// Observation is what a check looked at, found wrong or not.
type Observation struct {
	Check  string            `json:"check"`
	What   string            `json:"what"`  // "rule R ran over files"
	Count  int64             `json:"count"` // how many of them
	Rules  []string          `json:"rules,omitempty"`
	Inputs map[string]string `json:"inputs,omitempty"` // name → digest
	Tool   string            `json:"tool,omitempty"`   // other than Plimsoll
	Path   string            `json:"path,omitempty"`   // where it is about one file
}

// Test is what the product's own tests say of one requirement: those that carry
// its id, and those that the mapping file names. A test counts once, however
// many results there are of it, and with the worst of them.
type Test struct {
	Check       string   `json:"check"`
	Requirement string   `json:"requirement"`
	Passed      int      `json:"passed"`
	Failed      int      `json:"failed"` // those that could not be carried out, too
	Skipped     int      `json:"skipped"`
	Flaky       int      `json:"flaky,omitempty"`   // passed only when tried again, or both passed and failed
	NotRun      []string `json:"not_run,omitempty"` // names or globs that no result has
	Names       []string `json:"names,omitempty"`   // some of the tests, sorted
	// First is the first test that failed, was skipped or did not run; Path is
	// the result file, or the mapping file, that says so.
	First string `json:"first,omitempty"`
	Path  string `json:"path,omitempty"`
}

// State of a finding.
type State string

const (
	Open    State = "open"
	Decided State = "decided"
	Fixed   State = "fixed"
)

// Finding is something wrong, at a place.
type Finding struct {
	Check       string     `json:"check"`
	Rule        string     `json:"rule"`
	Severity    Severity   `json:"severity"`
	Confidence  Confidence `json:"confidence"`
	Path        string     `json:"path,omitempty"`
	Line        int        `json:"line,omitempty"`       // from 1
	Column      int        `json:"column,omitempty"`     // from 1, in bytes
	EndColumn   int        `json:"end_column,omitempty"` // the first column after it
	Commit      string     `json:"commit,omitempty"`     // where it is from history
	Message     string     `json:"message"`
	Fingerprint string     `json:"fingerprint"`
	State       State      `json:"state"`
	// Source is the line at Line, cleaned and with secrets masked; "" when not
	// text. Of a long line it is a part, which begins at SourceColumn.
	Source       string `json:"source,omitempty"`
	SourceColumn int    `json:"source_column,omitempty"` // 0 for the line's start
	// Fix says what to do about this very finding; the rule's own advice where empty.
	Fix string `json:"fix,omitempty"`
	// Places counts where the same thing stands, this place included; Also names some of the others.
	Places int     `json:"places,omitempty"`
	Also   []Place `json:"also,omitempty"`
	// Tool names who found it where that is not Plimsoll; Witnesses are the others
	// who found the same thing at the same place.
	Tool      string    `json:"tool,omitempty"`
	Witnesses []Witness `json:"witnesses,omitempty"`
	// CWE are the weaknesses that it is an instance of, where its rule names any.
	CWE []int `json:"cwe,omitempty"`
	// Family is what stays the same when its rule is split or replaced, Revision
	// the version of the rule that found it.
	Family   string `json:"family,omitempty"`
	Revision int    `json:"revision,omitempty"`
	// Class is what kind of file it stands in: production, test, example,
	// generated, vendored or documentation.
	Class string `json:"class,omitempty"`
	// Scope is the function or the section that encloses it; Code the digest of
	// the code that it is about, white space left out.
	Scope string `json:"scope,omitempty"`
	Code  string `json:"code,omitempty"`
	// Group is shared by findings with the same cause.
	Group string `json:"group,omitempty"`
	// Change says, where a revision is compared with, what the change did to it.
	Change Change `json:"change,omitempty"`
	// Worth is what looking at it is expected to bring, the greater the better.
	// Queue says why it does not ask for attention now; empty where it does.
	Worth float64 `json:"worth,omitempty"`
	Queue string  `json:"queue,omitempty"`
	// Decision is set where somebody has decided on it.
	Decision *Decision `json:"decision,omitempty"`
	// Earlier is a decision that was taken on it and does not count any more.
	Earlier *Decision `json:"earlier,omitempty"`
}

// Change is what became of a finding between two revisions.
type Change string

const (
	Introduced Change = "introduced" // only the later one has it
	Unchanged  Change = "unchanged"  // both have it, at the same place
	Moved      Change = "moved"      // both have it, at another place
	Removed    Change = "fixed"      // only the earlier one had it
)

// Witness is another rule that found the same thing.
type Witness struct {
	Tool        string `json:"tool,omitempty"` // empty for Plimsoll
	Rule        string `json:"rule"`
	Fingerprint string `json:"fingerprint"`
	Message     string `json:"message,omitempty"`
}

// Place is another place of the same finding.
type Place struct {
	Path   string `json:"path"`
	Line   int    `json:"line,omitempty"`
	Commit string `json:"commit,omitempty"`
}

// Decision is what somebody said of a finding.
type Decision struct {
	Verdict string `json:"verdict"` // false-positive | accepted | fix
	Because string `json:"because"`
	By      string `json:"by"`
	Until   string `json:"until,omitempty"` // YYYY-MM-DD
	On      string `json:"on,omitempty"`    // the day it was taken
	Owner   string `json:"owner,omitempty"` // who answers for it, where that is somebody else
	Scope   string `json:"scope,omitempty"` // function | pattern | group | inline; empty for this place
	Ended   string `json:"ended,omitempty"` // why it does not count any more
}

// Evidence announces a signed record.
type Evidence struct {
	Check       string    `json:"check,omitempty"`
	Requirement string    `json:"requirement,omitempty"` // for a person's attestation
	Digest      string    `json:"digest"`                // sha256 of the envelope's payload
	FreshUntil  time.Time `json:"fresh_until"`
	Memo        bool      `json:"memo"` // taken from an earlier run on the same inputs
}

// Problem is something that could not be examined, or a matter that the user
// should know of but that is no finding. Incomplete ones make the run incomplete.
type Problem struct {
	Check      string `json:"check,omitempty"`
	Code       string `json:"code"`
	Message    string `json:"message"`
	Path       string `json:"path,omitempty"`
	Line       int    `json:"line,omitempty"`
	Column     int    `json:"column,omitempty"`
	Source     string `json:"source,omitempty"`
	Hint       string `json:"hint,omitempty"`
	Incomplete bool   `json:"incomplete"`
	// Digest is that of a file that was not looked into to its end. Then somebody
	// can accept that, in a decision on Fingerprint, which holds for these bytes
	// alone; where it stands, the problem does not make the run incomplete.
	Digest      string    `json:"digest,omitempty"`
	Fingerprint string    `json:"fingerprint,omitempty"`
	Decision    *Decision `json:"decision,omitempty"`
}

// Status of a requirement, from best to worst, and not-applicable beside them.
type Status string

const (
	Pass          Status = "pass"
	Exempt        Status = "exempt"
	Stale         Status = "stale"
	Unknown       Status = "unknown"
	Fail          Status = "fail"
	NotApplicable Status = "not-applicable"
)

// Statuses lists the five that count, from best to worst.
var Statuses = []Status{Pass, Exempt, Stale, Unknown, Fail}

// Requirement is one requirement's status and why.
type Requirement struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Wing     string   `json:"wing"` // requirements | build | design | code | testing | release
	Level    int      `json:"level"`
	Status   Status   `json:"status"`
	Reason   string   `json:"reason"`
	Next     string   `json:"next,omitempty"`     // the cheapest thing that would better it
	Cost     int      `json:"cost,omitempty"`     // of Next, in minutes of a person's time
	Checks   []string `json:"checks,omitempty"`   // that it rests on
	Evidence []string `json:"evidence,omitempty"` // digests
	// Due is when Status stops to be good though nothing changes; zero where it
	// does not, or is not good now.
	Due time.Time `json:"due,omitzero"`
	// Counter is what speaks against it, as those recorded who attested it.
	Counter string `json:"counter,omitempty"`
	// Catalogue and Section say where it is from: "asvs", "V1".
	Catalogue string `json:"catalogue,omitempty"`
	Section   string `json:"section,omitempty"`
	// Tailored says what the product changed of it, and why; empty for nothing.
	Tailored string `json:"tailored,omitempty"`
	// Base is its status at the revision compared with; empty where there is none.
	// Before says that the change is not to blame for Status, which is not good.
	Base   Status `json:"base,omitempty"`
	Before bool   `json:"before,omitempty"`
}

// The kinds of things that end.
const (
	DueAttestation = "attestation"
	DueExemption   = "exemption"
	DueDecision    = "decision"
	DueCheck       = "check"
	DueFile        = "file" // says itself when it ends: security.txt
)

// ExpiresSoon is the code of a Problem that gives notice of an end.
const ExpiresSoon = "expires-soon"

// Due is something that ends unless somebody acts.
type Due struct {
	ID   string `json:"id"`   // the same for the same thing, whenever it ends
	Kind string `json:"kind"` // attestation | exemption | decision | check | file
	// At is its last moment; zero where it has ended, or what it rests on has moved.
	At           time.Time `json:"at,omitzero"`
	What         string    `json:"what"` // "the word of Ada on PL-CODE-4"
	Requirements []string  `json:"requirements,omitempty"`
	Role         string    `json:"role,omitempty"`   // of whoever has to act; empty for anybody
	People       []string  `json:"people,omitempty"` // with that role
	Do           string    `json:"do"`
	Path         string    `json:"path,omitempty"`
	Line         int       `json:"line,omitempty"`
}

// Gate is the answer to "is it fit to ship?".
type Gate string

const (
	Met            Gate = "met"
	NotMet         Gate = "not met"
	IncompleteGate Gate = "incomplete"
)

// Step is one of the cheapest next steps towards meeting the gate.
type Step struct {
	Do           string   `json:"do"`
	Minutes      int      `json:"minutes"`
	Requirements []string `json:"requirements"` // that it betters
}

// Verdict is the last event of a run.
type Verdict struct {
	Gate         Gate           `json:"gate"`
	Reason       string         `json:"reason"`
	Statuses     map[Status]int `json:"statuses"`
	Requirements []Requirement  `json:"requirements"`
	Next         []Step         `json:"next,omitempty"`
	Findings     map[State]int  `json:"findings"`
	// Due lists what ends, the first to end first; what has ended before all.
	Due []Due `json:"due,omitempty"`
	// Change says what became of the findings since a revision, where one is
	// compared with; the gate then goes by the change.
	Change *Difference `json:"change,omitempty"`
}

// Difference is what a change did: the result now against the result at its base.
type Difference struct {
	Since string `json:"since"` // as the user named it
	Base  string `json:"base"`  // the commit that was compared with
	// MergeBase is set where Since is a branch, and Base its last commit in common
	// with HEAD.
	MergeBase bool `json:"merge_base,omitempty"`
	// Strict is set where the gate goes by all that is there all the same.
	Strict bool `json:"strict,omitempty"`
	// Findings by what became of them; 0 or not, all four are there.
	Findings map[Change]int `json:"findings"`
	// Decided is how many of those introduced somebody has decided on already.
	Decided int `json:"decided,omitempty"`
	// Against are the requirements that the change is held to, Before those that
	// were not met before it either.
	Against []string `json:"against,omitempty"`
	Before  []string `json:"before,omitempty"`
}

func (*Config) Kind() string      { return "config" }
func (*Progress) Kind() string    { return "progress" }
func (*Observation) Kind() string { return "observation" }
func (*Finding) Kind() string     { return "finding" }
func (*Test) Kind() string        { return "test" }
func (*Evidence) Kind() string    { return "evidence" }
func (*Problem) Kind() string     { return "problem" }
func (*Verdict) Kind() string     { return "verdict" }

// Marshal is the wire form of e: its own fields after "type" and "time".
func Marshal(e Event, at time.Time) ([]byte, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("marshalling a %s event: %w", e.Kind(), err)
	}
	head := fmt.Sprintf(`{"type":%q,"time":%q`, e.Kind(), at.UTC().Format(time.RFC3339Nano))
	if string(body) == "{}" {
		return []byte(head + "}"), nil
	}
	return append([]byte(head+","), body[1:]...), nil
}

// Unmarshal reads one line of a stream.
func Unmarshal(line []byte) (Event, time.Time, error) {
	var head struct {
		Type string    `json:"type"`
		Time time.Time `json:"time"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return nil, time.Time{}, fmt.Errorf("reading an event: %w", err)
	}
	e := byKind(head.Type)
	if e == nil {
		return nil, time.Time{}, fmt.Errorf("reading an event: unknown type %q", head.Type)
	}
	if err := json.Unmarshal(line, e); err != nil {
		return nil, time.Time{}, fmt.Errorf("reading a %s event: %w", head.Type, err)
	}
	return e, head.Time, nil
}

func byKind(kind string) Event {
	for _, e := range []Event{new(Config), new(Progress), new(Observation), new(Finding), new(Test), new(Evidence), new(Problem), new(Verdict)} {
		if e.Kind() == kind {
			return e
		}
	}
	return nil
}
