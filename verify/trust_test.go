package verify_test

import (
	"testing"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

// TestRotation: a key retired in good order keeps what it sealed, and seals
// nothing under the version that retired it. That it could still write an earlier
// date and version, only a new epoch ends.
func TestRotation(t *testing.T) {
	o := verifytest.New()
	before := o.Release("app", "1.0.0", app).Bundle()
	fresh := verifytest.Ed25519("fresh")
	o.Next(func(d *verify.TrustDocument) {
		d.Keys = append(d.Keys, verify.TrustKey{Key: fresh.Key.Line(), Name: "fresh", Epoch: 1})
		d.Roles[verify.RoleRelease] = verifytest.Authority(2, o.Releasers[1], o.Releasers[2], fresh)
	})
	if err := (scene{trust: o.TrustFile(), bundle: before}).open(); err != nil {
		t.Errorf("sealed before: %v", err)
	}
	r := o.Release("app", "1.0.1", app)
	r.Statement.Predicate.Issued = verifytest.Now
	if err := (scene{trust: o.TrustFile(), bundle: r.Bundle()}).open(); verify.ReasonOf(err) != verify.Threshold {
		t.Errorf("sealed by the retired key: %v", err)
	}
	r.Signers = []verifytest.Signer{o.Releasers[1], fresh}
	if err := (scene{trust: o.TrustFile(), bundle: r.Bundle()}).open(); err != nil {
		t.Errorf("sealed by the fresh key: %v", err)
	}
}

// TestProductAuthority: a product's own keys seal that product alone.
func TestProductAuthority(t *testing.T) {
	o := verifytest.New()
	team := verifytest.P256("team")
	o.Next(func(d *verify.TrustDocument) {
		d.Keys = append(d.Keys, verify.TrustKey{Key: team.Key.Line(), Name: "team", Epoch: 1})
		d.Products = map[string]map[verify.Role]verify.Authority{"app": {verify.RoleRelease: verifytest.Authority(1, team)}}
	})
	for product, want := range map[string]verify.Reason{"app": "", "other": verify.Threshold} {
		r := o.Release(product, "1.0.0", app)
		r.Signers = []verifytest.Signer{team}
		if err := (scene{trust: o.TrustFile(), bundle: r.Bundle()}).open(); verify.ReasonOf(err) != want {
			t.Errorf("%s: %v, expected %q", product, err, want)
		}
	}
}
