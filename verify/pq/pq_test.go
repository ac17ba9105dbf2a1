package pq_test

import (
	"bytes"
	"testing"
	"time"

	"filippo.io/mldsa"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/pq"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

// signer is an ML-DSA-65 signer whose seed is one byte again and again.
func signer(t *testing.T, name string, seed byte) verifytest.Signer {
	t.Helper()
	private, err := mldsa.NewPrivateKey(mldsa.MLDSA65(), bytes.Repeat([]byte{seed}, mldsa.PrivateKeySize))
	if err != nil {
		t.Fatal(err)
	}
	key, err := verify.NewKey(verify.MLDSA65, private.PublicKey().Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return verifytest.With(key, name, func(message []byte) []byte {
		sig, err := private.Sign(nil, message, nil)
		if err != nil {
			t.Fatal(err)
		}
		return sig
	})
}

// TestOtherImplementation verifies what another implementation has signed, and
// has it verify what ours would take.
func TestOtherImplementation(t *testing.T) {
	var seed [mldsa65.SeedSize]byte
	copy(seed[:], "thirty-two bytes for a test only")
	public, private := mldsa65.NewKeyFromSeed(&seed)
	message, sig := []byte("a permit"), make([]byte, mldsa65.SignatureSize)
	if err := mldsa65.SignTo(private, message, nil, true, sig); err != nil {
		t.Fatal(err)
	}
	if !pq.Verify(public.Bytes(), message, sig) {
		t.Error("a signature of CIRCL's is refused")
	}
	ours, err := mldsa.NewPrivateKey(mldsa.MLDSA65(), seed[:])
	if err != nil || !bytes.Equal(ours.PublicKey().Bytes(), public.Bytes()) {
		t.Fatalf("the same seed gives another key: %v", err)
	}
	sig, err = ours.Sign(nil, message, nil)
	if err != nil || !mldsa65.Verify(public, message, nil, sig) {
		t.Errorf("CIRCL refuses ours: %v", err)
	}
	for name, bad := range map[string][]byte{"empty": nil, "short": sig[:len(sig)-1], "long": append(bytes.Clone(sig), 0), "changed": append([]byte{sig[0] ^ 1}, sig[1:]...)} {
		if pq.Verify(public.Bytes(), message, bad) {
			t.Errorf("a signature that is %s is taken", name)
		}
	}
	if pq.Verify(public.Bytes(), []byte("another"), sig) || pq.Verify(public.Bytes()[1:], message, sig) {
		t.Error("a signature over another message or by half a key is taken")
	}
}

// TestBothKinds: a role that wants a second algorithm takes neither kind alone.
func TestBothKinds(t *testing.T) {
	ada, grace, mallory := signer(t, "ada pq", 1), signer(t, "grace pq", 2), signer(t, "mallory pq", 3)
	data := []byte("the program")
	open := func(more map[verify.Algorithm]verify.Verifier, signers func(o *verifytest.Org) []verifytest.Signer) error {
		o := verifytest.New()
		o.Next(func(d *verify.TrustDocument) {
			a := d.Roles[verify.RoleRelease]
			a.Also = verify.MLDSA65
			for _, s := range []verifytest.Signer{ada, grace} {
				d.Keys = append(d.Keys, verify.TrustKey{Key: s.Key.Line(), Name: s.Name, Epoch: d.Epoch})
				a.AlsoKeys = append(a.AlsoKeys, s.Key.ID)
			}
			d.Roles[verify.RoleRelease] = a
		})
		trust, err := verify.ReadTrust(o.TrustFile(), more)
		if err != nil {
			return err
		}
		r := o.Release("shop", "1.0.0", verifytest.Content{Name: "app", Data: data})
		r.Signers = signers(o)
		_, err = verify.OpenBundle(r.Bundle(), trust, verify.Policy{Now: func() time.Time { return verifytest.Now }, Algorithms: more})
		return err
	}
	both := func(o *verifytest.Org) []verifytest.Signer { return append(o.Releasers[:2:2], ada, grace) }
	liar := verifytest.With(grace.Key, "liar", func(m []byte) []byte { return mallory.Sign(m) })
	known := map[verify.Algorithm]verify.Verifier{verify.MLDSA65: pq.Verify}
	tests := []struct {
		name    string
		want    verify.Reason
		more    map[verify.Algorithm]verify.Verifier
		signers func(o *verifytest.Org) []verifytest.Signer
	}{
		{"both kinds", "", known, both},
		{"no verifier at hand", verify.UnknownAlgorithm, nil, both},
		{"the classical ones alone", verify.Threshold, known, func(o *verifytest.Org) []verifytest.Signer { return o.Releasers[:2] }},
		{"one of the second kind", verify.Threshold, known, func(o *verifytest.Org) []verifytest.Signer { return append(o.Releasers[:2:2], ada) }},
		{"the second kind alone", verify.Threshold, known, func(*verifytest.Org) []verifytest.Signer { return []verifytest.Signer{ada, grace} }},
		{"a stranger of the second kind", verify.Threshold, known, func(o *verifytest.Org) []verifytest.Signer { return append(o.Releasers[:2:2], ada, mallory) }},
		{"another's signature under a known key", verify.BadSignature, known, func(o *verifytest.Org) []verifytest.Signer { return append(o.Releasers[:2:2], ada, liar) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := open(test.more, test.signers)
			if got := verify.ReasonOf(err); got != test.want {
				t.Errorf("%v (%s), expected %q", err, got, test.want)
			}
		})
	}
}
