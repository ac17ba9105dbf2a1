package verify

import (
	"errors"
	"fmt"
)

// Reason is why something was refused, for machines. Reasons are part of the
// contract and do not change.
type Reason string

const (
	Malformed        Reason = "malformed"         // it cannot be read, or says something twice or not at all
	TooLarge         Reason = "too-large"         // beyond the bounds of this package
	UnknownAlgorithm Reason = "unknown-algorithm" // no verifier for the key's algorithm
	WrongType        Reason = "wrong-type"        // an envelope or statement of another kind
	BadSignature     Reason = "bad-signature"     // a signature by a known key does not fit
	Threshold        Reason = "threshold"         // too few of the keys that may sign have signed
	TrustExpired     Reason = "trust-expired"
	TrustRollback    Reason = "trust-rollback" // an older trust file than one seen before
	TrustChain       Reason = "trust-chain"    // a version that the version before does not vouch for
	WrongProduct     Reason = "wrong-product"
	WrongArtifact    Reason = "wrong-artifact" // its digest is none of the permit's
	Changed          Reason = "changed"        // it changed while it was being read
	NotMet           Reason = "not-met"        // the verdict, or a status that the verifier asks for
	Expired          Reason = "expired"        // the permit
	NotYet           Reason = "not-yet"        // the permit is of a later time than the clock's
	VersionRollback  Reason = "version-rollback"
	EpochRollback    Reason = "epoch-rollback" // sealed under keys of an earlier epoch
	Revoked          Reason = "revoked"
	RevocationsStale Reason = "revocations-stale"
	Truncated        Reason = "truncated"       // the bundle lacks something that the permit names
	Extended         Reason = "extended"        // the bundle holds something that the permit does not name
	NotLogged        Reason = "not-logged"      // no proof that it stands in the log, where one is asked for
	LogFork          Reason = "log-fork"        // two checkpoints that cannot both be true
	TooFewWitnesses  Reason = "witnesses"       // too few witnesses have signed the checkpoint
	UnsafeName       Reason = "unsafe-name"     // a name that could mislead a person or escape a folder
	UnsafeFile       Reason = "unsafe-file"     // a symbolic link, a device or the like where a file was expected
	NoPermit         Reason = "no-permit"       // nothing was verified, so nothing is unsealed
	WrongRecipient   Reason = "wrong-recipient" // sealed for another product, version or machine
	Unreadable       Reason = "unreadable"      // the system did not give it
	EmergencyRefused Reason = "emergency"       // an emergency release, which the verifier does not accept
	Unsupported      Reason = "unsupported"     // this version or platform cannot do it
)

// Refusal is the only error of this package: nothing was verified.
type Refusal struct {
	Reason  Reason
	Message string // lower case: what was being done, what was expected, what was found
	Hint    string // the next thing to do; may be empty
	Err     error  // the cause, where the system gave one
}

func (r *Refusal) Error() string { return r.Message }
func (r *Refusal) Unwrap() error { return r.Err }

func refuse(reason Reason, format string, args ...any) *Refusal {
	return &Refusal{Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// ReasonOf is the reason of a refusal, empty for any other error.
func ReasonOf(err error) Reason {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.Reason
	}
	return ""
}
