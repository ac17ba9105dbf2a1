package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// person judges a plan's need of somebody's word. Missing names the checks of
// the plan that this version does not have: the word stands in for them.
func (b *book) person(r knowledge.Requirement, missing []string) part {
	because := absent(missing)
	best := b.attested(r)
	if best == nil {
		return b.wanting(r, event.Unknown, because)
	}
	why, ended := b.invalid(*best, r.Plan.Days)
	var p part
	switch {
	case why == "":
		p = b.spoken(r, *best, because)
	case ended:
		p = b.wanting(r, event.Stale, because+why+"; ")
	default:
		p = b.wanting(r, event.Unknown, because+why+"; ")
	}
	if best.Digest != "" {
		p.evidence = []string{best.Digest}
	}
	return p
}

// absent says which checks this version does not have.
func absent(missing []string) string {
	switch len(missing) {
	case 0:
		return ""
	case 1:
		return missing[0] + " is not part of this version; "
	}
	return strings.Join(missing, ", ") + " are not part of this version; "
}

// wanting is the status of a word that somebody has yet to give.
func (b *book) wanting(r knowledge.Requirement, s event.Status, because string) part {
	command := "plimsoll attest " + r.ID
	return part{
		status:  s,
		reason:  fmt.Sprintf("%sneeds the word of %s: %s", because, article(r.Plan.Owner), command),
		do:      strings.TrimSuffix(r.Fix, ".") + "; then " + command,
		minutes: r.Minutes,
	}
}

// article puts the article before a role, "somebody" for none.
func article(role string) string {
	switch {
	case role == "":
		return "somebody"
	case role == "security" || role == "product" || role == "operations":
		return "somebody from " + role
	case strings.ContainsRune("aeiou", rune(role[0])):
		return "an " + role
	}
	return "a " + role
}

// attested is the attestation of r to go by: one that stands, or else the last.
// It is nil where there is none.
func (b *book) attested(r knowledge.Requirement) *Attestation {
	list := b.attestations[r.ID]
	for i := range list {
		if why, _ := b.invalid(list[i], r.Plan.Days); why == "" {
			return &list[i]
		}
	}
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

// invalid says why an attestation does not stand, "" where it does, and whether
// that is only because its time is over.
func (b *book) invalid(a Attestation, days int) (why string, ended bool) {
	switch {
	case a.Refused != "":
		return fmt.Sprintf("the word of %s does not count: %s", a.By, a.Refused), false
	case a.StaleBecause != "" && !a.Revoked:
		return fmt.Sprintf("the word of %s is stale: %s", a.By, a.StaleBecause), true
	case a.Revoked:
		return a.By + " took back what was attested", false
	case a.Until.IsZero() || a.Until.Before(a.Effective):
		return fmt.Sprintf("the word of %s has no end after its start", a.By), false
	case b.in.AsOf.Before(a.Effective):
		return fmt.Sprintf("the word of %s begins on %s", a.By, date(a.Effective)), false
	case end(a, days).Before(b.in.AsOf):
		return fmt.Sprintf("the word of %s ended on %s", a.By, date(end(a, days))), true
	}
	return "", false
}

// End is when an attestation stops to stand: at its own end, and no later than
// the days of the plan allow.
func End(a Attestation, days int) time.Time { return end(a, days) }

func end(a Attestation, days int) time.Time {
	if days > 0 && !a.Until.IsZero() {
		if latest := a.Effective.AddDate(0, 0, days); latest.Before(a.Until) {
			return latest
		}
	}
	return a.Until
}

// against is what speaks against r, as far as words that stand record it.
func (b *book) against(r requirement.Selected) string {
	var all []string
	for _, a := range b.attestations[r.ID] {
		if why, _ := b.invalid(a, r.Plan.Days); why == "" && a.Counter != "" && !slices.Contains(all, a.Counter) {
			all = append(all, a.Counter)
		}
	}
	return strings.Join(all, "; ")
}

// lastFirst sorts attestations so that the one to speak of comes first.
func lastFirst(a, b Attestation) int {
	return cmp.Or(
		b.Until.Compare(a.Until), b.Effective.Compare(a.Effective),
		cmp.Compare(a.By, b.By), cmp.Compare(a.Digest, b.Digest), cmp.Compare(a.Refused, b.Refused),
	)
}

// exempt applies the exemption of a requirement, where there is one that holds
// and it is needed.
func (b *book) exempt(id string, p part) part {
	list := b.exemptions[id]
	if len(list) == 0 || !blocks(p.status) {
		return p
	}
	for _, e := range list {
		if why := e.invalid(b.in.AsOf); why == "" {
			p.reason = fmt.Sprintf("exempt until %s: %s (%s); without it %s: %s", date(e.Until), e.Because, e.people(), p.status, p.reason)
			p.status = event.Exempt
			return p
		}
	}
	p.reason += "; " + list[0].invalid(b.in.AsOf)
	return p
}

// people says who is behind an exemption, and how sure that is.
func (e Exemption) people() string {
	text := fmt.Sprintf("asked by %s, approved by %s", e.By, e.Approver)
	if !e.Signed {
		text += "; named in product.yaml, not signed"
	}
	if e.Compensating != "" {
		text += "; meanwhile: " + e.Compensating
	}
	return text
}

// Invalid says why an exemption does not hold at a moment, "" where it does.
func (e Exemption) Invalid(asOf time.Time) string { return e.invalid(asOf) }

// invalid says why an exemption does not hold, "" where it does.
func (e Exemption) invalid(asOf time.Time) string {
	switch {
	case strings.TrimSpace(e.Approver) == "":
		return fmt.Sprintf("the exemption asked by %s was approved by nobody", e.By)
	case strings.EqualFold(strings.TrimSpace(e.Approver), strings.TrimSpace(e.By)):
		return fmt.Sprintf("the exemption was asked and approved by %s alone", e.By)
	case e.Until.IsZero() || e.Until.Before(e.From):
		return fmt.Sprintf("the exemption asked by %s has no end after its start", e.By)
	case asOf.Before(e.From):
		return "the exemption begins on " + date(e.From)
	case e.Until.Before(asOf):
		return "the exemption ended on " + date(e.Until)
	}
	return ""
}

func latestFirst(a, b Exemption) int {
	return cmp.Or(
		b.Until.Compare(a.Until), b.From.Compare(a.From), cmp.Compare(a.By, b.By),
		cmp.Compare(a.Approver, b.Approver), cmp.Compare(a.Because, b.Because),
	)
}

// Invalid says why a does not stand at a moment, by a plan of so many days; ""
// where it does.
func Invalid(a Attestation, days int, asOf time.Time) string {
	why, _ := (&book{in: Input{AsOf: asOf}}).invalid(a, days)
	return why
}

// WantsTwo tells whether a plan demands the word of two people.
func WantsTwo(p knowledge.Plan) bool { return wantsTwo(p) }
