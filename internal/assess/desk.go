package assess

import (
	"context"
	"crypto/ed25519"

	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/gate"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Desk is where people sign: the product's people, its requirements, and what
// has been signed so far.
type Desk struct{ a *assessment }

// OpenDesk loads what stands in the repository in o.Dir.
func OpenDesk(ctx context.Context, o Options) (*Desk, error) {
	a, err := begin(ctx, o.withDefaults())
	if err != nil {
		return nil, err
	}
	return &Desk{a}, a.selectRequirements(ctx)
}

// Repo is the repository.
func (d *Desk) Repo() *repo.Repo { return d.a.repo }

// Identity says which repository it is.
func (d *Desk) Identity() evidence.Repository { return d.a.identity }

// Product is what people wrote of it.
func (d *Desk) Product() *product.Product { return d.a.product }

// Keys are the public keys of the product's people.
func (d *Desk) Keys() []evidence.Key { return d.a.peopleKeys() }

// Digest is the digest of a file of the repository as it stands now.
func (d *Desk) Digest(path string) (digest string, ok bool) {
	f, ok := d.a.file(path)
	return f.Digest, ok
}

// Requirement finds a requirement by its id, however it is written: as the
// product has tailored it, where it is selected.
func (d *Desk) Requirement(id string) (knowledge.Requirement, bool, error) {
	r, ok, err := FindRequirement(id)
	if err == nil && ok {
		id = r.ID
	}
	for _, s := range d.a.selected {
		if s.ID == knowledge.NormalID(id) {
			return s.Requirement, true, nil
		}
	}
	return r, ok, err
}

// Given lists the attestations that could be verified, by path.
func (d *Desk) Given() []Given { return d.a.given }

// Asked lists the signed exemptions that could be verified, by path.
func (d *Desk) Asked() []Asked { return d.a.asked }

// Refused lists why files could not be verified.
func (d *Desk) Refused() (messages []string) {
	for _, p := range d.a.problems {
		if p.Code == "untrusted" {
			messages = append(messages, p.Message)
		}
	}
	return messages
}

// Standing says why an attestation does not count today, "" where it does.
func (d *Desk) Standing(g Given) string {
	days := 0
	if r, ok, err := d.Requirement(g.Word.Requirement); err == nil && ok {
		days = r.Plan.Days
	}
	return gate.Invalid(g.Gate, days, d.a.AsOf)
}

// Signer is the person whose key it is.
func (d *Desk) Signer(key ed25519.PublicKey) (product.Person, bool) {
	return d.a.product.KeyOf(evidence.KeyLine(key))
}

// Moved says which file that a word rests on has changed since, "" for none.
func (d *Desk) Moved(ctx context.Context, word evidence.Attestation) string {
	return d.a.movedBasis(ctx, word)
}

// Read returns a small file of the repository.
func (d *Desk) Read(ctx context.Context, path string) ([]byte, error) {
	f, ok := d.a.file(path)
	if !ok {
		return nil, fault.New(fault.NotFound, "`plimsoll attest --list` shows what there is", "there is no file %s", path)
	}
	return repo.ReadFile(ctx, d.a.snapshot, f, maxConfig)
}
