// Package evidence is the signed record of a check's or a person's word: an
// in-toto Statement v1 in a DSSE envelope.
//
// Evidence is also the memo. It is filed under the digest of the call that it
// records, so that a check whose inputs have not moved is not called again, and
// it is believed only after its signature, its repository and its inputs were
// checked.
package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

const (
	// StatementType is in-toto's, from its specification v1.
	StatementType = "https://in-toto.io/Statement/v1"
	// PredicateType names the record of a check.
	PredicateType = "https://plimsoll.dev/evidence/v1"
	// PayloadType is what DSSE carries for in-toto.
	PayloadType = "application/vnd.in-toto+json"
)

// Statement is an in-toto Statement v1 with a record as its predicate. The
// module of in-toto is not used to write it: its predicate is a protobuf
// structure that costs seconds for thousands of findings. A test holds the two
// against each other.
type Statement struct {
	Type          string    `json:"_type"`
	Subject       []Subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     Record    `json:"predicate"`
}

// Subject names what the evidence is about: the repository and the files that
// were examined.
type Subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"` // algorithm → hex
}

// Record is one call of a check: what went in, what was looked at, what was found.
type Record struct {
	Call
	Repository Repository `json:"repository"`
	// Revision is the commit that was examined, where that is not what lay there
	// when the check was called.
	Revision     string              `json:"revision,omitempty"`
	Observations []event.Observation `json:"observations"`
	Findings     []event.Finding     `json:"findings"`
	Problems     []event.Problem     `json:"problems"`
	Tests        []event.Test        `json:"tests,omitempty"`
	Started      time.Time           `json:"started"`
	Finished     time.Time           `json:"finished"`
	FreshUntil   time.Time           `json:"freshUntil"`
	// Objects is the digest of what objects the repository had, where the check
	// missed some: with the same ones it would miss them again.
	Objects string `json:"objects,omitempty"`
	// AsOf is the date that the run was for, where the check went by it: the
	// word says nothing of an earlier date.
	AsOf time.Time `json:"asOf,omitzero"`
	// ExpiresByInput says that FreshUntil stems from an input (an expiry date in
	// a file), so that after it the check must be called again.
	ExpiresByInput bool `json:"expiresByInput,omitempty"`
}

// Call identifies one call of a check: the same call gives the same result.
type Call struct {
	Check  string  `json:"check"`
	Tool   Tool    `json:"tool"`
	Rules  string  `json:"rules"` // digest of the rules that the check goes by
	Inputs []Input `json:"inputs"`
}

// Tool is the program that made the evidence.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Digest  string `json:"digest"` // of the executable
}

// Input is one declared input and its digest at the time of the call.
type Input struct {
	Name   string `json:"name"`
	Digest string `json:"digest"`
}

// Repository says which repository was examined.
type Repository struct {
	Roots  []string `json:"roots"` // first commits; empty before the first
	Commit string   `json:"commit,omitempty"`
	Dirty  bool     `json:"dirty,omitempty"`
}

// Digest identifies the call: hex SHA-256 over all of its fields.
func (c Call) Digest() string {
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(c); err != nil {
		panic(fmt.Sprintf("encoding a call: %v", err)) // strings alone; cannot fail
	}
	return hex.EncodeToString(h.Sum(nil))
}

// InputMap is the inputs by name.
func (c Call) InputMap() map[string]string {
	m := make(map[string]string, len(c.Inputs))
	for _, in := range c.Inputs {
		m[in.Name] = in.Digest
	}
	return m
}

// Same reports whether both are the same repository. Two without a commit
// cannot be told apart.
func (r Repository) Same(other Repository) bool {
	if len(r.Roots) != len(other.Roots) {
		return false
	}
	for i := range r.Roots {
		if r.Roots[i] != other.Roots[i] {
			return false
		}
	}
	return true
}

// NewStatement wraps a record. Its subject is the call's inputs, each by digest.
func NewStatement(r Record) Statement {
	s := Statement{Type: StatementType, PredicateType: PredicateType, Predicate: r}
	for _, in := range r.Inputs {
		algorithm, value := splitDigest(in.Digest)
		s.Subject = append(s.Subject, Subject{Name: in.Name, Digest: map[string]string{algorithm: value}})
	}
	return s
}

// splitDigest turns "sha256:<hex>" into its halves.
func splitDigest(digest string) (algorithm, value string) {
	for i := range digest {
		if digest[i] == ':' {
			return digest[:i], digest[i+1:]
		}
	}
	return "sha256", digest
}
