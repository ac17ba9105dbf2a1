package verify

import "time"

// StatementPayload is the DSSE payload type of in-toto statements.
const StatementPayload = "application/vnd.in-toto+json"

// StatementType is in-toto's Statement v1.
const StatementType = "https://in-toto.io/Statement/v1"

// Predicate types of the statements in a bundle.
const (
	PermitType   = "https://plimsoll.dev/permit/v1"
	ApprovalType = "https://plimsoll.dev/approval/v1"
	// VSAType is SLSA's Verification Summary Attestation.
	VSAType = "https://slsa.dev/verification_summary/v1"
)

// PermitStatement is the payload of a permit. Its subjects are the deliverables
// by their plain digests, so that every in-toto consumer can match them.
type PermitStatement struct {
	Type          string          `json:"_type"`
	Subject       []Subject       `json:"subject"`
	PredicateType string          `json:"predicateType"`
	Predicate     PermitPredicate `json:"predicate"`
}

// Subject is a deliverable: its name and {"sha256": hex}. A folder has the
// digest of its manifest, an image that of its manifest or index.
type Subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// PermitPredicate is what an organisation says of a release.
type PermitPredicate struct {
	Organisation string `json:"organisation"`
	Product      string `json:"product"`
	Version      string `json:"version"`
	// Sequence counts the permits of the product from 1. It orders releases,
	// whatever their versions look like.
	Sequence int `json:"sequence"`
	// Line is the line of maintenance that the version belongs to ("1.2"); empty
	// for the only one. Rollback is judged within a line.
	Line   string    `json:"line,omitempty"`
	Commit string    `json:"commit,omitempty"`
	Roots  []string  `json:"roots,omitempty"` // first commits of the repository
	Issued time.Time `json:"issued"`
	// Expires ends the permit: after it nothing is installed, started or unsealed
	// by it.
	Expires time.Time `json:"expires"`
	// Trust and Epoch are those of the trust document under which it was sealed.
	Trust int `json:"trust"`
	Epoch int `json:"epoch"`

	Deliverables  []Deliverable  `json:"deliverables"` // one for each subject, in the same order
	Verdict       Verdict        `json:"verdict"`
	Preconditions []Precondition `json:"preconditions"`
	Approvals     []Approved     `json:"approvals,omitempty"`
	// Statements are the digests of the payloads of all other envelopes in the
	// bundle ("sha256:<hex>"), in the order of their lines. What is not named
	// here is refused, and what is named here must be there.
	Statements []string `json:"statements,omitempty"`
	// Attached are the content-addressed parts that the bundle holds: manifests
	// of folders, leaves of trees, bills of materials.
	Attached  []Attachment `json:"attached,omitempty"`
	Evidence  []Evidence   `json:"evidence,omitempty"`
	Emergency *Emergency   `json:"emergency,omitempty"`
}

// Kind of a deliverable.
type Kind string

const (
	KindFile  Kind = "file"
	KindDir   Kind = "dir"
	KindImage Kind = "image" // OCI image manifest or index
)

// RegistryPrefix begins the name of an image that was in a registry when it was
// prepared: oci://registry.example.org/team/app:1.2.3. Its digest says which.
const RegistryPrefix = "oci://"

// Deliverable is one thing that is handed over.
type Deliverable struct {
	Name   string `json:"name"`
	Kind   Kind   `json:"kind"`
	Digest string `json:"digest"`         // "sha256:<hex>" of the file, of the folder's manifest, of the image's manifest
	Size   int64  `json:"size,omitempty"` // of a file, in bytes; of a folder, of all its files
	Tree   *Tree  `json:"tree,omitempty"` // of a file
}

// Tree is the Merkle tree over the chunks of a file: leaves and nodes hashed as
// in RFC 6962, 2.1, each leaf one chunk, the last may be shorter. An empty file
// has no tree.
type Tree struct {
	Chunk int64  `json:"chunk"` // bytes
	Root  string `json:"root"`  // "sha256:<hex>"
	// Leaves is the digest of the attachment that holds all leaf hashes, 32 bytes
	// each; empty where the bundle holds none.
	Leaves string `json:"leaves,omitempty"`
}

// Verdict is that of the gate, as of a date.
type Verdict struct {
	Gate         string         `json:"gate"` // "met", "not met", "incomplete"
	Reason       string         `json:"reason,omitempty"`
	AsOf         time.Time      `json:"asOf"`
	Statuses     map[string]int `json:"statuses"`
	Requirements []Status       `json:"requirements"`
	// FreshUntil is when the first of the evidence that it rests on ends.
	FreshUntil *time.Time `json:"freshUntil,omitempty"`
	Tool       string     `json:"tool"` // "plimsoll 1.2.3"
}

// Status of one requirement: pass, exempt, stale, unknown, fail, not-applicable.
type Status struct {
	ID     string `json:"id"`
	Status string `json:"status"`
}

// Precondition of the release and what became of it.
type Precondition struct {
	ID  string `json:"id"`
	Met bool   `json:"met"`
	// Because explains it: what was looked at and what was found.
	Because string `json:"because"`
	// Waived names the rule by which an unmet one did not hold the release up.
	Waived string `json:"waived,omitempty"`
}

// Approved is a person's approval; its statement is in the bundle.
type Approved struct {
	By   string `json:"by"`
	Role string `json:"role"`
	Key  string `json:"key"` // id
	// Public is the key itself, as Key.Line writes it, so that a verifier who does
	// not know the person can verify the signature of the statement. Without it
	// none is verified, and Notes says so.
	Public    string `json:"public,omitempty"`
	Statement string `json:"statement"`
}

// Evidence is a piece that the verdict rests on.
type Evidence struct {
	Digest     string     `json:"digest"`
	Of         string     `json:"of"` // check or requirement
	FreshUntil *time.Time `json:"freshUntil,omitempty"`
}

// Attachment is content named by its digest.
type Attachment struct {
	Name   string `json:"name"`
	Media  string `json:"media"`
	Digest string `json:"digest"`
	Size   int64  `json:"size"`
	// Apart says that it is not in the bundle but handed over beside it.
	Apart bool `json:"apart,omitempty"`
}

// Emergency says that the gate was not met and why it went out all the same.
type Emergency struct {
	Because  string    `json:"because"`
	By       []string  `json:"by"` // two people at least
	Until    time.Time `json:"until"`
	FollowUp string    `json:"followUp"` // what must be done; the next gate stays red until it is
}

// ApprovalPredicate is a person's word on a prepared release. The subjects of
// its statement are those of the permit.
type ApprovalPredicate struct {
	Product  string    `json:"product"`
	Version  string    `json:"version"`
	Prepared string    `json:"prepared"` // digest of the prepared release: "sha256:<hex>"
	Gate     string    `json:"gate"`
	By       string    `json:"by"`
	Role     string    `json:"role"`
	Says     string    `json:"says,omitempty"`
	Recorded time.Time `json:"recorded"`
	// Emergency: the person knows that the gate is not met.
	Emergency bool `json:"emergency,omitempty"`
}
