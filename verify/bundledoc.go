package verify

// A bundle is a file of JSON lines, in this order:
//
//  1. the permit, a DSSE envelope;
//  2. the statements that the permit names, DSSE envelopes, in its order;
//  3. the attachments that the permit names and that are not apart, in its
//     order, each {"mediaType": AttachmentLine, …};
//  4. at most one proof of the log, {"mediaType": ProofLine, …}.
//
// The first two are what in-toto calls an attestation bundle; its consumers pass
// over lines that they do not know. Nothing else may stand in it.
const (
	AttachmentLine = "application/vnd.plimsoll.attachment.v1+json"
	ProofLine      = "application/vnd.plimsoll.proof.v1+json"
)

// Extension of the names of bundles: app-1.2.3.plimsoll.
const Extension = ".plimsoll"

// Bounds of what is read.
const (
	MaxBundle    = 256 << 20
	MaxEnvelope  = 16 << 20 // one line that is an envelope
	MaxStatement = 4096     // statements in a bundle
	MaxDepth     = 32       // of JSON
)

// AttachmentContent is the line of an attachment.
type AttachmentContent struct {
	MediaType string `json:"mediaType"` // AttachmentLine
	Digest    string `json:"digest"`    // "sha256:<hex>" of Data
	Data      []byte `json:"data"`      // base64 in JSON
}

// Proof shows that the permit stands in the log.
type Proof struct {
	MediaType string `json:"mediaType"` // ProofLine
	// Entry is what the log holds: the JSON of an Entry, byte for byte.
	Entry []byte `json:"entry"`
	Index int64  `json:"index"`
	// Inclusion leads from the entry to the root of Checkpoint (RFC 6962, 2.1.1);
	// Hashes of 32 bytes.
	Inclusion [][]byte `json:"inclusion"`
	// Checkpoint is the signed note (C2SP tlog-checkpoint), with the signatures of
	// witnesses.
	Checkpoint string `json:"checkpoint"`
	// Consistency leads from the tree sizes at earlier releases to Checkpoint's.
	Consistency []Consistency `json:"consistency,omitempty"`
}

// Consistency shows that the log of Size entries is a prefix of that of the
// proof's checkpoint (RFC 6962, 2.1.2).
type Consistency struct {
	Size   int64    `json:"size"`
	Hashes [][]byte `json:"hashes"`
}

// EntryType is the "type" field of an entry in the log.
const EntryType = "https://plimsoll.dev/log-entry/v1"

// Entry is one leaf of the log: enough for a monitor to see that something was
// released that nobody expected.
type Entry struct {
	Type string `json:"type"`
	// Kind is "permit", "revocations" or "trust".
	Kind     string   `json:"kind"`
	Product  string   `json:"product,omitempty"`
	Version  string   `json:"version,omitempty"`
	Sequence int      `json:"sequence,omitempty"`
	Digest   string   `json:"digest"`             // of the payload
	Subjects []string `json:"subjects,omitempty"` // digests of the deliverables
}
