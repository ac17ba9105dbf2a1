package assess

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/gate"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Given is an attestation as it stands in the repository, verified.
type Given struct {
	Path string
	Word evidence.Attestation
	Gate gate.Attestation // as the gate takes it
}

// Asked is a signed exemption as it stands in the repository, verified.
type Asked struct {
	Path    string
	Word    evidence.Exemption
	Gate    gate.Exemption
	Refused string // why it does not count, beside what the gate says
}

// readAttestations verifies every file in the folders of attestations and
// exemptions with the keys of the product's people. One that cannot be believed
// does not count, and says why.
func (a *assessment) readAttestations(ctx context.Context) {
	keys := a.peopleKeys()
	taken := a.readRevocations(ctx, keys)
	a.eachWord(ctx, evidence.AttestationsDir, func(path string, data []byte) error {
		s, err := evidence.OpenAttestation(ctx, path, data, keys)
		if err == nil {
			a.given = append(a.given, Given{Path: path, Word: s.Word, Gate: a.forGate(ctx, path, s, taken)})
		}
		return err
	})
	a.eachWord(ctx, evidence.ExemptionsDir, func(path string, data []byte) error {
		s, err := evidence.OpenExemption(ctx, path, data, keys)
		if err == nil {
			a.asked = append(a.asked, a.exemption(path, s, taken))
		}
		return err
	})
	for _, g := range a.given {
		a.attestations = append(a.attestations, g.Gate)
	}
	for _, x := range a.asked {
		if x.Refused != "" {
			a.problems = append(a.problems, event.Problem{Code: "exemption-invalid", Path: x.Path,
				Message: x.Gate.Requirement + ": the exemption does not count: " + x.Refused, Hint: "ask again with `plimsoll exempt`, or remove the file"})
		}
	}
}

// eachWord hands over the files of a folder that hold a word, revocations aside.
func (a *assessment) eachWord(ctx context.Context, dir string, fn func(path string, data []byte) error) {
	for _, f := range a.snapshot.Files() {
		_, revocation := evidence.RevokedName(f.Path)
		if !strings.HasPrefix(f.Path, dir+"/") || !strings.HasSuffix(f.Path, ".json") || revocation {
			continue
		}
		data, err := repo.ReadFile(ctx, a.snapshot, f, maxConfig)
		if err == nil {
			err = fn(f.Path, data)
		}
		a.tellBadWord(f.Path, err)
	}
}

// tellBadWord tells of a file that cannot be believed. The run is complete all
// the same: the requirement is judged without it.
func (a *assessment) tellBadWord(path string, err error) {
	if err == nil {
		return
	}
	p := problemOf("", err)
	p.Path, p.Incomplete = path, false
	a.problems = append(a.problems, p)
}

func (a *assessment) peopleKeys() []evidence.Key {
	var keys []evidence.Key
	for _, owner := range a.product.Owners {
		for _, line := range owner.Keys {
			key, err := evidence.ParseKeyLine(line)
			if err == nil && !slices.ContainsFunc(keys, func(k evidence.Key) bool { return k.ID == key.ID }) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// revocations say why something does not count any more: by the digest that was
// taken back, and by the file where a revocation itself cannot be believed.
type revocations struct{ byDigest, byPath map[string]string }

// of is why a word does not count, "" where nobody took it back. A revocation
// that was tampered with must not bring back what it took.
func (r revocations) of(path, digest string) string {
	if why := r.byDigest[digest]; why != "" {
		return why
	}
	return r.byPath[path]
}

func (a *assessment) readRevocations(ctx context.Context, keys []evidence.Key) revocations {
	out := revocations{map[string]string{}, map[string]string{}}
	for _, f := range a.snapshot.Files() {
		of, ok := evidence.RevokedName(f.Path)
		if !ok || !strings.HasPrefix(f.Path, evidence.AttestationsDir+"/") && !strings.HasPrefix(f.Path, evidence.ExemptionsDir+"/") {
			continue
		}
		r, err := a.readRevocation(ctx, f, keys)
		if err != nil {
			a.tellBadWord(f.Path, err)
			out.byPath[of] = "its revocation cannot be believed"
			continue
		}
		out.byDigest[r.Of] = fmt.Sprintf("%s took it back on %s: %s", r.By, r.Recorded.UTC().Format(time.DateOnly), r.Because)
	}
	return out
}

func (a *assessment) readRevocation(ctx context.Context, f repo.File, keys []evidence.Key) (evidence.Revocation, error) {
	data, err := repo.ReadFile(ctx, a.snapshot, f, maxConfig)
	if err != nil {
		return evidence.Revocation{}, err
	}
	s, err := evidence.OpenRevocation(ctx, f.Path, data, keys)
	if err != nil {
		return s.Word, err
	}
	if _, why := a.signedBy(s.Word.By, s.Signers); why != "" {
		err = fault.New(fault.Untrusted, "revoke it again with `plimsoll attest --revoke`", "%s: %s", f.Path, why)
	}
	return s.Word, err
}

// forGate is an attestation as the gate takes it.
func (a *assessment) forGate(ctx context.Context, path string, s evidence.Signed[evidence.Attestation], taken revocations) gate.Attestation {
	word := s.Word
	g := gate.Attestation{Requirement: knowledge.NormalID(word.Requirement), Digest: s.Digest, By: word.By,
		Effective: startOf(word.Effective), Until: endOf(word.Until), Documented: len(word.Basis) > 0, Counter: word.Counter}
	if len(word.CounterBasis) > 0 {
		g.Counter = strings.TrimSpace(word.Counter + " (" + strings.Join(basisNames(word.CounterBasis), ", ") + ")")
	}
	var why string
	g.Reviewer, why = a.signedBy(word.By, s.Signers)
	switch back := taken.of(path, s.Digest); {
	case a.foreign(word.Repository):
		g.Refused = "it was given for another repository"
	case why != "":
		g.Refused = why
	case back != "":
		g.Refused, g.Revoked = back, true
	default:
		g.StaleBecause = a.movedBasis(ctx, word)
	}
	return g
}

func basisNames(list []evidence.Basis) []string {
	names := make([]string, len(list))
	for i, b := range list {
		names[i] = b.Name
	}
	return names
}

// signedBy holds the signatures against the people in product.yaml: the word
// must be its author's, and a second signature another person's.
func (a *assessment) signedBy(author string, signers []evidence.Key) (reviewer, why string) {
	who, ok := a.product.Person(author)
	if !ok {
		return "", author + " is none of the owners in " + product.Path
	}
	own := 0
	for _, key := range signers {
		signer, known := a.product.KeyOf(evidence.KeyLine(key.Public))
		if !known { // nobody's key must not pass for anybody's
			return "", "product.yaml does not say whose key signed it"
		}
		if signer.Same(who) {
			own++
		} else {
			reviewer = signer.Name
		}
	}
	switch {
	case own == 0:
		return "", fmt.Sprintf("it speaks for %s and is signed by %s", author, reviewer)
	case own > 1:
		return "", author + " signed it twice, which takes a second person"
	}
	return reviewer, ""
}

// exemption is a signed exemption as the gate takes it.
func (a *assessment) exemption(path string, s evidence.Signed[evidence.Exemption], taken revocations) Asked {
	word := s.Word
	x := Asked{Path: path, Word: word, Gate: gate.Exemption{Requirement: knowledge.NormalID(word.Requirement), By: word.By, Because: word.Because,
		From: startOf(word.From), Until: endOf(word.Until), Compensating: word.Compensating, Signed: true, Path: path}}
	x.Gate.Approver, x.Refused = a.signedBy(word.By, s.Signers)
	switch back := taken.of(path, s.Digest); {
	case a.foreign(word.Repository):
		x.Refused = "it was given for another repository"
	case x.Refused == "" && back != "":
		x.Refused = back
	}
	return x
}

// exemptions are all that the gate is to know of: signed ones, and those that
// product.yaml names.
func (a *assessment) exemptions() []gate.Exemption {
	var all []gate.Exemption
	for _, x := range a.asked {
		if x.Refused == "" {
			all = append(all, x.Gate)
		}
	}
	for _, e := range a.product.Exemptions {
		all = append(all, gate.Exemption{
			Requirement: knowledge.NormalID(e.Requirement), By: e.RequestedBy, Approver: e.ApprovedBy, Because: e.Reason,
			From: startOf(e.From), Until: endOf(e.Until), Compensating: e.Compensating,
		})
	}
	return all
}
