package verify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/semver"
)

// Policy is what the one who verifies wants. Its zero value takes any product of
// the organisation whose permit stands.
type Policy struct {
	Product    string   // empty for any
	MinVersion string   // empty for any
	Require    []string // ids of requirements that must be pass or exempt
	// MaxAge refuses permits that were issued longer ago; 0 for no limit.
	MaxAge         time.Duration
	AllowEmergency bool
	// RequireLog refuses a bundle without a proof though the trust file would not.
	RequireLog bool
	Now        func() time.Time // time.Now where nil
	// Revocations is the organisation's revocation list, nil for none.
	Revocations        []byte
	RequireRevocations bool
	// State remembers what was seen, nil to remember nothing.
	State State
	// Algorithms are verifiers that this package does not bring. They are given to
	// ReadTrust; here they are for functions that read a trust file themselves.
	Algorithms map[Algorithm]Verifier
}

// Skew is by how much the clock of who sealed may be ahead.
const Skew = 10 * time.Minute

func (p Policy) now() time.Time {
	if p.Now == nil {
		return time.Now()
	}
	return p.Now()
}

// stands says what stands against the permit. An error says that it could not
// be found out.
func (b *Bundle) stands() (*Refusal, error) {
	list, err := b.revocations()
	if err != nil {
		return nil, err
	}
	for _, check := range []func() *Refusal{b.wanted, b.dated, b.fit, b.inLog, func() *Refusal { return b.revoked(list) }} {
		if against := check(); against != nil {
			return against, nil
		}
	}
	return b.remembered(list)
}

// wanted: is it what the verifier asked for?
func (b *Bundle) wanted() *Refusal {
	p, want := b.statement.Predicate, b.policy
	if want.Product != "" && p.Product != want.Product {
		return refuse(WrongProduct, "the permit is for %q, expected %q", p.Product, want.Product)
	}
	if want.MinVersion == "" {
		return nil
	}
	order, ok := compareVersions(p.Version, want.MinVersion)
	if !ok {
		return refuse(VersionRollback, "the permit is for version %q, which cannot be compared with %q: both must be semantic versions", p.Version, want.MinVersion)
	}
	if order < 0 {
		return refuse(VersionRollback, "the permit is for version %s, expected %s or later", p.Version, want.MinVersion)
	}
	return nil
}

func (b *Bundle) dated() *Refusal {
	p, now := b.statement.Predicate, b.policy.now()
	switch {
	case p.Issued.After(now.Add(Skew)):
		r := refuse(NotYet, "the permit of %s %s was issued on %s, and this clock says %s", p.Product, p.Version, stamp(p.Issued), stamp(now))
		r.Hint = "set the clock"
		return r
	case now.After(p.Expires):
		r := refuse(Expired, "the permit of %s %s ended on %s", p.Product, p.Version, stamp(p.Expires))
		r.Hint = "get a newer release, or have this one sealed again"
		return r
	case p.Emergency != nil && now.After(p.Emergency.Until):
		return refuse(Expired, "the emergency release %s %s ended on %s", p.Product, p.Version, stamp(p.Emergency.Until))
	case b.policy.MaxAge > 0 && now.Sub(p.Issued) > b.policy.MaxAge:
		return refuse(Expired, "the permit of %s %s is of %s, older than the %s that are accepted here", p.Product, p.Version, stamp(p.Issued), b.policy.MaxAge)
	}
	return nil
}

// fit: was it found fit to run, in all that the verifier asks for?
func (b *Bundle) fit() *Refusal {
	p := b.statement.Predicate
	if e := p.Emergency; e != nil {
		if against := b.emergency(*e); against != nil {
			return against
		}
	} else {
		if p.Verdict.Gate != "met" {
			return refuse(NotMet, "%s %s did not meet its gate: %s", p.Product, p.Version, cut(p.Verdict.Gate+" "+p.Verdict.Reason))
		}
		for _, c := range p.Preconditions {
			if !c.Met && c.Waived == "" {
				return refuse(NotMet, "%s %s did not meet the precondition %q: %s", p.Product, p.Version, cut(c.ID), cut(c.Because))
			}
		}
	}
	for _, id := range b.policy.Require {
		n := slices.IndexFunc(p.Verdict.Requirements, func(s Status) bool { return s.ID == id })
		switch {
		case n < 0:
			return refuse(NotMet, "the permit of %s %s says nothing of the requirement %q", p.Product, p.Version, id)
		case p.Verdict.Requirements[n].Status != "pass" && p.Verdict.Requirements[n].Status != "exempt":
			return refuse(NotMet, "the requirement %s of %s %s is %q, expected pass or exempt", id, p.Product, p.Version, cut(p.Verdict.Requirements[n].Status))
		}
	}
	return nil
}

func (b *Bundle) emergency(e Emergency) *Refusal {
	p := b.statement.Predicate
	switch {
	case !b.policy.AllowEmergency:
		r := refuse(EmergencyRefused, "%s %s is an emergency release (%s)", p.Product, p.Version, cut(e.Because))
		r.Hint = "accept emergency releases explicitly if you want it"
		return r
	case len(e.By) < 2:
		return refuse(EmergencyRefused, "%s %s is an emergency release of one person, expected two", p.Product, p.Version)
	}
	return nil
}

func (b *Bundle) inLog() *Refusal {
	log := b.trust.Document().Log
	if b.log == nil {
		if b.policy.RequireLog || log != nil && log.Required {
			return refuse(NotLogged, "the bundle holds no proof that the permit stands in the log")
		}
		return nil
	}
	if b.log.witnesses < log.Quorum {
		return refuse(TooFewWitnesses, "%d of %d witnesses have signed the checkpoint, expected %d", b.log.witnesses, len(log.Witnesses), log.Quorum)
	}
	return nil
}

// remembered compares with what was seen before.
func (b *Bundle) remembered(list *RevocationsDocument) (*Refusal, error) {
	if b.policy.State == nil {
		return nil, nil
	}
	memory, err := b.policy.State.Load()
	if err != nil {
		return nil, err
	}
	p, doc := b.statement.Predicate, b.trust.Document()
	seen := memory.Organisations[doc.Organisation]
	newest := seen.Products[productLine(p)]
	switch {
	case doc.Version < seen.Trust:
		return refuse(TrustRollback, "the trust file is version %d, and version %d was seen here", doc.Version, seen.Trust), nil
	case doc.Version == seen.Trust && seen.TrustDigest != "" && b.trust.Digest(doc.Version) != seen.TrustDigest:
		return refuse(TrustRollback, "version %d of the trust file is another than the one that was seen here", doc.Version), nil
	case p.Epoch < seen.Epoch:
		return refuse(EpochRollback, "the permit is of epoch %d, and epoch %d was seen here", p.Epoch, seen.Epoch), nil
	case p.Sequence < newest.Sequence:
		return refuse(VersionRollback, "%s %s is release %d, and %s, release %d, was seen here", p.Product, p.Version, p.Sequence, newest.Version, newest.Sequence), nil
	case p.Sequence == newest.Sequence && newest.Permit != "" && b.digest != newest.Permit:
		return refuse(LogFork, "release %d of %s is another permit than the one that was seen here", p.Sequence, p.Product), nil
	case list == nil && seen.Revocations > 0:
		b.notes = append(b.notes, "a revocation list was used here before, and none is now")
	case list != nil && list.Version < seen.Revocations:
		return refuse(RevocationsStale, "the revocation list is version %d, and version %d was seen here", list.Version, seen.Revocations), nil
	}
	return b.sameLog(seen), nil
}

func (b *Bundle) sameLog(seen Seen) *Refusal {
	if b.log == nil {
		return nil
	}
	compared, err := b.log.agrees(seen.Checkpoint)
	if r, ok := err.(*Refusal); ok {
		return r
	}
	if !compared {
		b.notes = append(b.notes, fmt.Sprintf("the log of %d entries could not be compared with the %d that were seen here: `plimsoll log verify` can", b.log.checkpoint.Size, seen.Checkpoint.Size))
	}
	return nil
}

// compareVersions orders semantic versions, with or without a leading "v".
func compareVersions(a, b string) (order int, ok bool) {
	a, b = "v"+strings.TrimPrefix(a, "v"), "v"+strings.TrimPrefix(b, "v")
	if !semver.IsValid(a) || !semver.IsValid(b) {
		return 0, false
	}
	return semver.Compare(a, b), true
}

func productLine(p PermitPredicate) string { return p.Product + "\n" + p.Line }

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }
