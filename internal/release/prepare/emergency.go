package prepare

import (
	"context"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/approval"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Emergency is a release that somebody wants although not everything is met.
type Emergency struct {
	Because  string
	Until    time.Time
	FollowUp string
	By       []string // two owners who answer for it
}

// emergency holds what is asked for against the policy. Without one the plain
// policy says who approves and how long the permit stands.
func (w *work) emergency(context.Context) error {
	w.needs, w.validFor = needs(w.Release.Needed()), w.Release.ValidFor()
	e := w.Request.Emergency
	if e == nil {
		return nil
	}
	policy := w.Release.Emergency
	left := e.Until.Sub(w.Now)
	switch {
	case !policy.Allowed:
		return fault.New(fault.Usage, "meet what is not met, or have the policy changed: release: {emergency: {allowed: true}} in product.yaml", "the policy allows no emergency release")
	case len(strings.Fields(e.Because)) < 3:
		return fault.New(fault.Usage, `add --because "why it cannot wait"`, "an emergency release needs a reason of three words or more")
	case len(strings.Fields(e.FollowUp)) < 2:
		return fault.New(fault.Usage, `add --follow-up "what will be done afterwards"`, "an emergency release needs a follow-up: the next release waits for it")
	case left < time.Hour || left > policy.Stands():
		return fault.New(fault.Usage, "give --until a day within "+policy.Stands().String(), "an emergency release cannot stand until %s", e.Until.UTC().Format(time.RFC3339))
	}
	by, err := w.answer(e.By)
	if err != nil {
		return err
	}
	w.asked = &verify.Emergency{Because: e.Because, By: by, Until: e.Until.UTC().Truncate(time.Second), FollowUp: e.FollowUp}
	w.needs = []record.Need{{Count: 2, Roles: policy.Roles}}
	w.validFor = left.Truncate(time.Hour)
	return nil
}

// answer wants two different owners with the roles of the policy.
func (w *work) answer(names []string) ([]string, error) {
	var people []product.Person
	var out []string
	role := record.Need{Count: 2, Roles: w.Release.Emergency.Roles}
	for _, name := range names {
		who, ok := w.Person(name)
		if !ok || !approval.Fills(role, who) {
			return nil, fault.New(fault.Usage, "name owners that product.yaml lists: "+approval.NeedText(role), "%s cannot answer for an emergency release", name)
		}
		for _, other := range people {
			if other.Same(who) {
				return nil, fault.New(fault.Usage, "name another person", "%s and %s are one person", name, other.Name)
			}
		}
		people, out = append(people, who), append(out, who.Name)
	}
	if len(out) < 2 {
		return nil, fault.New(fault.Usage, "add --answers NAME for each of them", "two people must answer for an emergency release, %d named", len(out))
	}
	return out, nil
}
