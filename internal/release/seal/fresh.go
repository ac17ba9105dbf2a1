package seal

import (
	"context"
	"errors"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// fresh holds a prepared release against the clock and the deliverables once
// more, each time somebody signs: between preparing and signing evidence ends
// and files change.
func (s *sealer) fresh(ctx context.Context) error {
	p, now := s.prepared, s.Now()
	again := "prepare it again: `plimsoll release prepare " + p.Version + "`"
	if err := s.Trust.CheckTime(now); err != nil {
		return refused(err, "make the next version of the trust file: `plimsoll trust --help`", "sealing")
	}
	age := now.Sub(p.Verdict.AsOf)
	switch {
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

// refused makes a fault of a refusal, with its own hint where it has one.
func refused(err error, hint, format string, args ...any) error {
	if r, ok := errors.AsType[*verify.Refusal](err); ok && r.Hint != "" {
		hint = r.Hint
	}
	return fault.Wrap(fault.Untrusted, err, hint, format, args...)
}
