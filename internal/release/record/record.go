// Package record is a release under way, as it lies in the repository: prepared,
// approved, sealed. One folder a version, so that git carries it to the people
// who approve, and merges what they sign.
//
//	.plimsoll/releases/1.2.3/
//	  prepared.json          what is to be released, byte for byte what people approve
//	  approvals/*.json       their signed approvals, one DSSE envelope a file
//	  attached/<sha256>      manifests, leaves and bills of materials that the permit names
//	  1.2.3.plimsoll         the bundle, once it is sealed
//	.plimsoll/trust.json     the organisation's trust file
//	.plimsoll/revocations.json
package record

import (
	"time"

	"github.com/plimsoll-dev/plimsoll/verify"
)

// Where things stand in a repository.
const (
	Dir          = ".plimsoll/releases"
	PreparedFile = "prepared.json"
	ApprovalsDir = "approvals"
	AttachedDir  = "attached"
	TrustFile    = ".plimsoll/trust.json"
	Revocations  = ".plimsoll/revocations.json"
)

// PreparedType is the "type" field of a prepared release.
const PreparedType = "https://plimsoll.dev/prepared/v1"

// Prepared is a release before anybody has approved it: all that the permit will
// say but what sealing adds (sequence, dates, approvals, statements). Its bytes
// are what approvals are about, so that nothing moves after a person has looked.
type Prepared struct {
	Type          string                `json:"type"`
	Product       string                `json:"product"`
	Version       string                `json:"version"`
	Line          string                `json:"line,omitempty"`
	Commit        string                `json:"commit"`
	Roots         []string              `json:"roots"`
	Authors       []string              `json:"authors"` // e-mail addresses of who wrote what is new since the last release; they may not approve
	Previous      string                `json:"previous,omitempty"`
	PreparedAt    time.Time             `json:"preparedAt"`
	PreparedBy    string                `json:"preparedBy"`
	Deliverables  []verify.Deliverable  `json:"deliverables"`
	Verdict       verify.Verdict        `json:"verdict"`
	Preconditions []verify.Precondition `json:"preconditions"`
	Evidence      []verify.Evidence     `json:"evidence"`
	Attached      []verify.Attachment   `json:"attached"`
	// Statements are unsigned statements made along the way (SLSA provenance, an
	// SBOM's statement) that sealing signs and the bundle carries: JSON of in-toto
	// statements, byte for byte.
	Statements [][]byte          `json:"statements,omitempty"`
	Emergency  *verify.Emergency `json:"emergency,omitempty"`
	// Needs is how many people of which roles must approve, by the policy as it
	// was when this was prepared.
	Needs []Need `json:"needs"`
	// ValidFor is how long the permit will stand, "2160h".
	ValidFor string `json:"validFor"`
}

// Need is one line of the policy: Count people, each with one of Roles; any
// owner where Roles is empty. Nobody counts for two needs.
type Need struct {
	Count int      `json:"count"`
	Roles []string `json:"roles,omitempty"`
}
