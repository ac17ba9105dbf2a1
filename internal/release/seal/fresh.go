package seal

import (
	"context"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// fresh holds a prepared release against the clock and the deliverables once
// more, each time somebody signs: between preparing and signing evidence ends
// and files change.
func (s *sealer) fresh(ctx context.Context) error {
	p, now := s.prepared, s.Now()
	again := "prepare it again: `plimsoll release prepare " + p.Version + "`"
	age := now.Sub(p.Verdict.AsOf)
	switch {
	case !now.Before(s.Trust.Expires):
		return fault.New(fault.Untrusted, "make its next version: `plimsoll trust renew`", "the trust file ended on %s", s.Trust.Expires.Format(time.RFC3339))
	case age > s.MaxAge:
		return fault.New(fault.Incomplete, again, "the verdict is %s old, more than %s", age.Round(time.Minute), s.MaxAge)
	case age < -5*time.Minute:
		return fault.New(fault.Untrusted, again, "the verdict is dated %s, which is later than now", p.Verdict.AsOf.Format(time.RFC3339))
	case p.Verdict.FreshUntil != nil && !now.Before(*p.Verdict.FreshUntil):
		return fault.New(fault.Incomplete, again, "evidence that the verdict rests on ended on %s", p.Verdict.FreshUntil.Format(time.RFC3339))
	case p.Verdict.Gate != "met" && p.Emergency == nil:
		return fault.New(fault.Untrusted, "meet it, or prepare an emergency release if the policy has one", "the gate is %s", p.Verdict.Gate)
	case p.Emergency != nil && !now.Before(p.Emergency.Until):
		return fault.New(fault.Untrusted, again, "the emergency ended on %s", p.Emergency.Until.Format(time.RFC3339))
	}
	for _, e := range p.Evidence {
		if e.FreshUntil != nil && !now.Before(*e.FreshUntil) {
			return fault.New(fault.Incomplete, again, "the evidence for %s ended on %s", e.Of, e.FreshUntil.Format(time.RFC3339))
		}
	}
	for _, c := range p.Preconditions {
		if !c.Met && c.Waived == "" {
			return fault.New(fault.Untrusted, "`plimsoll release show "+p.Version+"` says how to meet it", "the precondition %s is not met: %s", c.ID, c.Because)
		}
	}
	return s.Rehash(ctx, p)
}
