package assess

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/gate"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/aside"
	"github.com/plimsoll-dev/plimsoll/internal/release/securitytxt"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
)

// dues lists everything that ends: what people gave their word for, what they
// exempted and decided, what checks said, and files that expire. What has ended
// already, or rests on something that moved, comes first.
func (a *assessment) dues(ctx context.Context) []event.Due {
	files := a.fileDues(ctx)
	all := slices.Concat(files, a.attestationDues(), a.exemptionDues(), a.decisionDues(), a.checkDues(files))
	slices.SortFunc(all, func(x, y event.Due) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.ID, y.ID))
	})
	return all
}

// attestationDues has one entry for each requirement that people have spoken
// on: when the last word ends that stands, or that none does any more.
func (a *assessment) attestationDues() []event.Due {
	byID := map[string][]gate.Attestation{}
	for _, w := range a.attestations {
		byID[w.Requirement] = append(byID[w.Requirement], w)
	}
	var dues []event.Due
	for _, r := range a.selected {
		if !r.Applies || len(byID[r.ID]) == 0 {
			continue
		}
		last, why := lastWord(byID[r.ID], r.Plan.Days, a.AsOf)
		d := event.Due{ID: event.DueAttestation + ":" + r.ID, Kind: event.DueAttestation, What: "the word of " + last.By + " on " + r.ID,
			Requirements: []string{r.ID}, Role: r.Plan.Owner, People: a.product.InRole(r.Plan.Owner), Do: "plimsoll attest " + r.ID}
		if why == "" {
			d.At = gate.End(last, r.Plan.Days)
		} else {
			d.What = why
		}
		dues = append(dues, d)
	}
	return dues
}

// lastWord is the attestation that stands longest, or the last to end with why
// it does not stand.
func lastWord(list []gate.Attestation, days int, asOf time.Time) (last gate.Attestation, why string) {
	why = "none"
	for _, w := range list {
		not := gate.Invalid(w, days, asOf)
		better := gate.End(w, days).After(gate.End(last, days))
		if last.By == "" || not == "" && (why != "" || better) || not != "" && why != "" && better {
			last, why = w, not
		}
	}
	return last, why
}

// exemptionDues has one entry for each requirement that is exempt.
func (a *assessment) exemptionDues() []event.Due {
	last := map[string]gate.Exemption{}
	for _, e := range a.exemptions() {
		if e.Invalid(a.AsOf) == "" && e.Until.After(last[e.Requirement].Until) {
			last[e.Requirement] = e
		}
	}
	owners := a.owners()
	var dues []event.Due
	for _, r := range a.verdict.Requirements {
		e, ok := last[r.ID]
		if !ok || r.Status != event.Exempt {
			continue
		}
		dues = append(dues, event.Due{ID: event.DueExemption + ":" + r.ID, Kind: event.DueExemption, At: e.Until,
			What: "the exemption of " + r.ID + ", asked by " + e.By, Requirements: []string{r.ID}, Role: owners[r.ID], People: a.product.InRole(owners[r.ID]),
			Do: "meet it, or ask again: plimsoll exempt " + r.ID, Path: cmp.Or(e.Path, product.Path)})
	}
	return dues
}

// owners are the roles that answer for the requirements that apply.
func (a *assessment) owners() map[string]string {
	roles := map[string]string{}
	for _, r := range a.selected {
		if r.Applies {
			roles[r.ID] = r.Plan.Owner
		}
	}
	return roles
}

// decisionDues has an entry for each decision with an end that a finding, or a
// file that was not looked into, hangs on.
func (a *assessment) decisionDues() []event.Due {
	hang := map[string]bool{}
	for i := range a.words {
		for j := range a.words[i].Evidence.Findings {
			f := &a.words[i].Evidence.Findings[j]
			hang[f.Fingerprint] = hang[f.Fingerprint] || f.Decision != nil && f.Decision.Until != ""
		}
		for _, p := range a.words[i].Evidence.Problems {
			hang[p.Fingerprint] = hang[p.Fingerprint] || p.Decision != nil
		}
	}
	var dues []event.Due
	for _, d := range a.decisions {
		if !hang[d.Fingerprint] {
			continue
		}
		again := "decide again: plimsoll triage " + d.Fingerprint[:min(12, len(d.Fingerprint))]
		first := "fix the finding, or "
		if d.Rule == finding.Unexamined {
			first = "remove the file, or "
		}
		dues = append(dues, event.Due{ID: event.DueDecision + ":" + d.Fingerprint, Kind: event.DueDecision, At: endOf(d.Until),
			What: "the decision on " + at(d.Rule, d.Place), People: []string{d.AnswersFor()},
			Do: first + again, Path: finding.DecisionsPath, Line: d.Line()})
	}
	return dues
}

// at adds a place to what stands there, where it is known.
func at(what, place string) string {
	if place == "" {
		return what
	}
	return what + " (" + place + ")"
}

// checkDues has an entry for each check and role: who has to see to it that the
// check is called again. What ends with one of the files is theirs to tell: to
// call the check again would better nothing.
func (a *assessment) checkDues(files []event.Due) []event.Due {
	var dues []event.Due
	for _, w := range a.words {
		if w.absent {
			continue
		}
		for role, reqs := range a.restingOn(w.Check.ID) {
			d := event.Due{ID: event.DueCheck + ":" + w.Check.ID + ":" + role, Kind: event.DueCheck, What: "the word of " + w.Check.ID,
				Requirements: idsOf(reqs), Role: role, People: a.product.InRole(role), Do: "plimsoll check"}
			if w.current {
				d.At = w.end(reqs)
			} else {
				d.What = w.stale
			}
			if d.At.Before(a.AsOf) && !d.At.IsZero() {
				d.What, d.At = fmt.Sprintf("the word of %s stood until %s", w.Check.ID, d.At.UTC().Format(time.DateOnly)), time.Time{}
			}
			if w.Evidence.ExpiresByInput && slices.ContainsFunc(files, func(f event.Due) bool { return f.At.Equal(d.At) }) {
				continue
			}
			dues = append(dues, d)
		}
	}
	return dues
}

// restingOn are the requirements that apply and need a check, by who answers
// for them.
func (a *assessment) restingOn(checkID string) map[string][]requirement.Selected {
	byRole := map[string][]requirement.Selected{}
	for _, r := range a.selected {
		for _, need := range r.Plan.Checks {
			if r.Applies && need.Check == checkID {
				byRole[r.Plan.Owner] = append(byRole[r.Plan.Owner], r)
				break
			}
		}
	}
	return byRole
}

func idsOf(reqs []requirement.Selected) []string {
	ids := make([]string, len(reqs))
	for i, r := range reqs {
		ids[i] = r.ID
	}
	return ids
}

// end is when the word ends for the strictest of the requirements.
func (w word) end(reqs []requirement.Selected) time.Time {
	at := w.Evidence.FreshUntil
	for _, r := range reqs {
		if end := w.Evidence.Finished.AddDate(0, 0, r.Plan.Days); r.Plan.Days > 0 && end.Before(at) {
			at = end
		}
	}
	return at
}

// fileDues has an entry for each security.txt that says when it expires.
func (a *assessment) fileDues(ctx context.Context) []event.Due {
	var dues []event.Due
	for _, f := range a.snapshot.Files() {
		if path.Base(f.Path) != "security.txt" || aside.Path(f.Path) {
			continue
		}
		data, err := repo.ReadFile(ctx, a.snapshot, f, securitytxt.MaxSize)
		if err != nil {
			continue // the check of release basics tells
		}
		file, _ := securitytxt.Parse(data)
		at, line, ok := file.Expires()
		if !ok || at.Before(a.AsOf) { // and so it does of what has expired
			continue
		}
		dues = append(dues, event.Due{ID: event.DueFile + ":" + f.Path, Kind: event.DueFile, At: at.UTC(), What: f.Path, Role: "security",
			People: a.product.InRole("security"), Do: "check the contacts in it and write a new Expires", Path: f.Path, Line: line})
	}
	return dues
}
