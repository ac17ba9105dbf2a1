package verify

import "time"

// TrustPayload is the DSSE payload type of a trust document.
const TrustPayload = "application/vnd.plimsoll.trust.v1+json"

// TrustType is the "type" field of a trust document.
const TrustType = "https://plimsoll.dev/trust/v1"

// TrustDocument says who may speak for an organisation. A trust file holds all
// its versions, one DSSE envelope a line, the oldest first. Each version is
// signed by the thresholds of the root role of the version before and of its
// own, so that whoever trusts one version can come to trust the next (the idea
// of TUF's root metadata, section 5.3 of its specification).
type TrustDocument struct {
	Type         string    `json:"type"`
	Organisation string    `json:"organisation"`
	Version      int       `json:"version"` // from 1, one more each time
	Issued       time.Time `json:"issued"`
	Expires      time.Time `json:"expires"` // the newest version alone is held to it
	// Epoch is the earliest key epoch of which permits are accepted. A compromise
	// raises it.
	Epoch int                `json:"epoch"`
	Keys  []TrustKey         `json:"keys"`
	Roles map[Role]Authority `json:"roles"`
	// Products holds authorities of single products, by their names; a role that
	// is not there is that of Roles.
	Products map[string]map[Role]Authority `json:"products,omitempty"`
	Log      *LogTrust                     `json:"log,omitempty"`
}

// TrustKey is a key, and what it is called.
type TrustKey struct {
	Key  string `json:"key"`  // as Key.Line writes it
	Name string `json:"name"` // who holds it, for people
	// Epoch is the epoch that the key came with. A permit's epoch is that of the
	// trust document under which it was sealed.
	Epoch int `json:"epoch"`
	// Compromised is set from when on the key may have been somebody else's:
	// what it signs counts no more, whatever date is written on it.
	Compromised *time.Time `json:"compromised,omitempty"`
}

// Role is what an authority may sign.
type Role string

const (
	RoleRoot    Role = "root"    // the next trust document
	RoleRelease Role = "release" // permits
	RoleRevoke  Role = "revoke"  // revocation lists; that of root where it is not there
)

// Authority is how many of which keys it takes.
type Authority struct {
	Keys      []string `json:"keys"` // ids
	Threshold int      `json:"threshold"`
	// Also is a second algorithm by which as many keys must have signed as well:
	// "ml-dsa-65". AlsoKeys are the keys of that algorithm.
	Also     Algorithm `json:"also,omitempty"`
	AlsoKeys []string  `json:"alsoKeys,omitempty"`
}

// LogTrust names the log in which permits stand.
type LogTrust struct {
	Key string `json:"key"` // the log's verifier key in the form of golang.org/x/mod/sumdb/note; its name is the log's origin
	// Required: a permit without a proof is refused.
	Required  bool     `json:"required"`
	Witnesses []string `json:"witnesses,omitempty"` // verifier keys
	Quorum    int      `json:"quorum,omitempty"`    // how many of them must have signed the checkpoint
}

// RevocationsPayload is the DSSE payload type of a revocation list.
const RevocationsPayload = "application/vnd.plimsoll.revocations.v1+json"

// RevocationsType is the "type" field of a revocation list.
const RevocationsType = "https://plimsoll.dev/revocations/v1"

// RevocationsDocument lists the permits that hold no more. It is whole: each
// version holds all that were revoked before.
type RevocationsDocument struct {
	Type         string       `json:"type"`
	Organisation string       `json:"organisation"`
	Version      int          `json:"version"`
	Issued       time.Time    `json:"issued"`
	Expires      time.Time    `json:"expires"`
	Revoked      []Revocation `json:"revoked"`
}

// Revocation takes back one permit.
type Revocation struct {
	Permit  string    `json:"permit"` // "sha256:<hex>" of its payload
	Product string    `json:"product"`
	Version string    `json:"version"`
	Since   time.Time `json:"since"`
	Because string    `json:"because"`
	By      string    `json:"by"`
	// Instead is the version to use.
	Instead string `json:"instead,omitempty"`
}
