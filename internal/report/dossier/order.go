package dossier

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Sorted is a copy of d with every list in the one order in which it is told.
// It shares what is in the lists with d and writes to none of it.
func (d *Dossier) Sorted() *Dossier {
	s := *d
	s.AsOf = d.AsOf.UTC()
	s.Owners = sorted(d.Owners, func(a, b Owner) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Email, b.Email), cmp.Compare(a.Role, b.Role))
	})
	s.Facts = sorted(d.Facts, byFact)
	s.Catalogues = sorted(d.Catalogues, byCatalogue)
	s.Requirements = sorted(d.Requirements, byRequirement)
	for i := range s.Requirements {
		r := &s.Requirements[i]
		r.Evidence = slices.Compact(sorted(r.Evidence, cmp.Compare))
	}
	s.Evidence = slices.CompactFunc(sorted(d.Evidence, byEvidence), func(a, b Evidence) bool { return byEvidence(a, b) == 0 })
	for i := range s.Evidence {
		e := &s.Evidence[i]
		e.Inputs, e.Basis = sorted(e.Inputs, byLink), sorted(e.Basis, byLink)
		e.Observations = sorted(e.Observations, byObservation)
	}
	s.Findings = sorted(d.Findings, byFinding)
	s.Exemptions = sorted(d.Exemptions, byExemption)
	s.Tailoring = sorted(d.Tailoring, byChange)
	s.Problems = sorted(d.Problems, byProblem)
	return &s
}

func sorted[T any](list []T, by func(a, b T) int) []T {
	out := slices.Clone(list)
	slices.SortStableFunc(out, by)
	return out
}

// Digest is hex SHA-256 over all of d, whatever the order of its lists.
func (d *Dossier) Digest() string {
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(d.Sorted()); err != nil {
		panic(fmt.Sprintf("encoding a dossier: %v", err)) // plain data alone; cannot fail
	}
	return hex.EncodeToString(h.Sum(nil))
}

func byFact(a, b event.Fact) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Origin, b.Origin),
		cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Because, b.Because))
}

// byCatalogue puts our own first, then those built in, then the user's.
func byCatalogue(a, b Catalogue) int {
	return cmp.Or(cmp.Compare(catalogueRank(a.Name), catalogueRank(b.Name)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
}

func catalogueRank(name string) int {
	if name == knowledge.Own || name == "" {
		return 0
	}
	for i, c := range knowledge.Catalogues() {
		if c.Name == name {
			return i + 1
		}
	}
	return 1 << 10
}

func byRequirement(a, b Requirement) int {
	return cmp.Or(
		cmp.Compare(catalogueRank(a.Catalogue), catalogueRank(b.Catalogue)), cmp.Compare(a.Catalogue, b.Catalogue),
		cmp.Compare(wingRank(a), wingRank(b)), natural(a.Chapter, b.Chapter), natural(a.ID, b.ID),
		cmp.Compare(a.Status, b.Status), cmp.Compare(a.Reason, b.Reason))
}

// wingRank is the place of a wing among the six; chapters of other catalogues
// have none and sort by their names.
func wingRank(r Requirement) int {
	if i := slices.Index(knowledge.Wings, r.Chapter); catalogueRank(r.Catalogue) == 0 && i >= 0 {
		return i
	}
	return len(knowledge.Wings)
}

func byEvidence(a, b Evidence) int {
	return cmp.Or(cmp.Compare(kindRank(a.Kind), kindRank(b.Kind)), natural(a.Requirement, b.Requirement),
		cmp.Compare(a.By, b.By), cmp.Compare(a.Digest, b.Digest), a.Made.Compare(b.Made),
		cmp.Compare(a.Refused, b.Refused), cmp.Compare(a.Statement, b.Statement))
}

func kindRank(k Kind) int { return slices.Index([]Kind{Check, Tests, Attestation}, k) }

func byLink(a, b Link) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Digest, b.Digest))
}

func byObservation(a, b event.Observation) int {
	return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Count, b.Count), slices.Compare(a.Rules, b.Rules))
}

// byFinding puts first what weighs most, and what is open before what is not.
func byFinding(a, b event.Finding) int {
	return cmp.Or(cmp.Compare(stateRank(a.State), stateRank(b.State)), cmp.Compare(b.Severity.Rank(), a.Severity.Rank()),
		cmp.Compare(b.Confidence.Rank(), a.Confidence.Rank()), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Path, b.Path),
		cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Commit, b.Commit),
		cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.Message, b.Message))
}

func stateRank(s event.State) int {
	return slices.Index([]event.State{event.Open, event.Decided, event.Fixed}, s)
}

func byExemption(a, b Exemption) int {
	return cmp.Or(natural(a.Requirement, b.Requirement), a.Until.Compare(b.Until), cmp.Compare(a.By, b.By),
		cmp.Compare(a.Approver, b.Approver), cmp.Compare(a.Because, b.Because))
}

func byChange(a, b Change) int {
	return cmp.Or(natural(a.Requirement, b.Requirement), cmp.Compare(a.What, b.What), cmp.Compare(a.Because, b.Because))
}

func byProblem(a, b event.Problem) int {
	incomplete := func(p event.Problem) int {
		if p.Incomplete {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(incomplete(a), incomplete(b)), cmp.Compare(a.Check, b.Check), cmp.Compare(a.Code, b.Code),
		cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Message, b.Message))
}

// natural compares ids so that 1.2 comes before 1.10.
func natural(a, b string) int {
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x > 0 && y > 0 {
			m, n := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
			if c := cmp.Or(cmp.Compare(len(m), len(n)), cmp.Compare(m, n), cmp.Compare(x, y)); c != 0 {
				return c
			}
			a, b = a[x:], b[y:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits is the length of the run of digits at the start of s.
func digits(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }
