package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// How strong evidence is, as knowledge.Plan.Strength counts it.
const (
	byWord     = 1 // a person's word
	byDocument = 2 // a word that rests on a document, or that a second person signed
	byMachine  = 3 // a test or a check that passed
	byBoth     = 4 // a test or a check, and a person's word
)

// graded judges a plan that says how strong the evidence must be. Checks that
// see all of a requirement suffice. Where they see a part of it, or there are
// none, tests that are mapped to it or a person's word must speak for the rest;
// and what there is must be as strong as the plan wants. Missing names checks
// that this version does not have.
func (b *book) graded(r knowledge.Requirement, checks, tests []part, missing []string) []part {
	parts := slices.Concat(checks, tests)
	passed := combine(tests).status == event.Pass
	switch {
	case len(tests) > 0 && !passed: // they say themselves what is wrong
		return parts
	case r.Plan.Automation == "full" && len(missing) == 0 && r.Plan.Strength <= byMachine:
		return parts
	}
	word, alone := b.strongest(r)
	machine := len(checks) > 0 || passed // a check that does not pass shows in its own part
	enough := (passed || word != nil) && grade(machine, word) >= r.Plan.Strength
	switch {
	case enough && word == nil:
		return parts
	case enough:
		return append(parts, b.spoken(r, *word, absent(missing)))
	case word == nil && alone != nil:
		return append(parts, b.alone(r, *alone, absent(missing)))
	case word == nil && len(b.attestations[r.ID]) > 0:
		return append(parts, b.inVain(r, absent(missing)))
	}
	return append(parts, b.lacking(r, absent(missing), machine, passed, word))
}

// grade is the strength of what there is: 0 for nothing.
func grade(machine bool, word *Attestation) int {
	switch {
	case machine && word != nil:
		return byBoth
	case machine:
		return byMachine
	case word == nil:
		return 0
	case word.Documented || word.reviewed():
		return byDocument
	}
	return byWord
}

// reviewed tells whether a second person signed.
func (a Attestation) reviewed() bool {
	return strings.TrimSpace(a.Reviewer) != "" && !samePerson(a.Reviewer, a.By)
}

func samePerson(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// wantsTwo tells whether the plan demands two people: where a review is one of
// its methods and a bare word is not enough.
func wantsTwo(p knowledge.Plan) bool {
	return p.Strength >= byDocument && slices.Contains(p.Methods, "review")
}

// strongest is the strongest attestation of r that stands, nil for none; and
// one that stands but for the second person whom the plan demands.
func (b *book) strongest(r knowledge.Requirement) (best, alone *Attestation) {
	list := b.attestations[r.ID]
	for i := range list {
		a := &list[i]
		if why, _ := b.invalid(*a, r.Plan.Days); why != "" {
			continue
		}
		switch {
		case wantsTwo(r.Plan) && !a.reviewed():
			if alone == nil {
				alone = a
			}
		case best == nil || grade(false, a) > grade(false, best):
			best = a
		}
	}
	return best, alone
}

// spoken is the part of a word that stands and suffices.
func (b *book) spoken(r knowledge.Requirement, a Attestation, because string) part {
	who := a.By
	if a.reviewed() {
		who += " and " + a.Reviewer
	}
	reason := fmt.Sprintf("%s%s attested it on %s, until %s", because, who, date(a.Effective), date(End(a, r.Plan.Days)))
	if a.Counter != "" {
		reason += "; against it speaks: " + a.Counter
	}
	return part{status: event.Pass, reason: reason}.resting(a)
}

// alone is the part of a word that nobody has reviewed.
func (b *book) alone(r knowledge.Requirement, a Attestation, because string) part {
	reason := fmt.Sprintf("%sthe word of %s needs a second person, whom its plan demands", because, a.By)
	if samePerson(a.Reviewer, a.By) {
		reason = fmt.Sprintf("%s%s reviewed their own word, and its plan demands a second person", because, a.By)
	}
	return part{status: event.Unknown, reason: reason, do: "have a second person review and sign the word of " + a.By + " on " + r.ID,
		minutes: max(1, r.Minutes/4)}.resting(a)
}

// inVain says why the words that were given do not count.
func (b *book) inVain(r knowledge.Requirement, because string) part {
	last := b.attestations[r.ID][0]
	why, ended := b.invalid(last, r.Plan.Days)
	status := event.Unknown
	if ended {
		status = event.Stale
	}
	return b.wanting(r, status, because+why+"; ").resting(last)
}

// resting adds the evidence of a word.
func (p part) resting(a Attestation) part {
	if a.Digest != "" {
		p.evidence = []string{a.Digest}
	}
	return p
}

// lacking says what is to be added to what there is.
func (b *book) lacking(r knowledge.Requirement, because string, machine, passed bool, word *Attestation) part {
	attest := "plimsoll attest " + r.ID
	theWord := "the word of " + article(r.Plan.Owner)
	const tests, mapping = "tests that carry its id", "map tests to it (plimsoll requirements map)"
	if word != nil {
		because += fmt.Sprintf("%s attested it, which is evidence of strength %d; ", word.By, grade(machine, word))
	}
	want, do := tests+" and pass", mapping
	switch {
	case passed:
		want, do = "beside the tests "+theWord, attest
	case machine && r.Plan.Strength == byBoth:
		want, do = "beside the check "+theWord, attest
	case machine:
		want, do = "beside the check, which sees a part of it, "+tests+" or "+theWord, attest
	case r.Plan.Strength == byBoth && word == nil:
		want, do = tests+", and "+theWord, mapping+" and "+attest
	case r.Plan.Strength >= byMachine:
	case word != nil:
		want, do = "a document that the word rests on, or a second person", attest+" --basis FILE"
	default:
		want, do = tests+" or "+theWord, attest
	}
	if strings.HasSuffix(do, attest) {
		want += ": " + attest
	}
	p := part{status: event.Unknown, reason: because + "needs " + want, do: strings.TrimSuffix(r.Fix, ".") + "; then " + do, minutes: r.Minutes}
	if word != nil {
		p = p.resting(*word)
	}
	return p
}
