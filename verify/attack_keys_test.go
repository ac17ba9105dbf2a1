package verify_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

type attack struct {
	name string
	want verify.Reason
	make func(o *verifytest.Org) scene
}

func run(t *testing.T, attacks []attack) {
	t.Helper()
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			o := verifytest.New()
			s := a.make(o)
			if s.trust == nil {
				s.trust = o.TrustFile()
			}
			err := s.open()
			if got := verify.ReasonOf(err); got != a.want {
				t.Errorf("%v (%s), expected %q", err, got, a.want)
			}
		})
	}
}

// marked marks the keys of signers as compromised.
func marked(signers ...verifytest.Signer) func(*verify.TrustDocument) {
	return func(d *verify.TrustDocument) {
		at := verifytest.Now
		for i, k := range d.Keys {
			if slices.ContainsFunc(signers, func(s verifytest.Signer) bool { return s.Key.Line() == k.Key }) {
				d.Keys[i].Compromised = &at
			}
		}
	}
}

// replaced gives the places of all releasers to new keys, and drops those that
// are compromised from the document.
func replaced(d *verify.TrustDocument) {
	fresh := []verifytest.Signer{verifytest.Ed25519("fresh 1"), verifytest.Ed25519("fresh 2")}
	d.Keys = slices.DeleteFunc(d.Keys, func(k verify.TrustKey) bool { return k.Compromised != nil })
	for _, f := range fresh {
		d.Keys = append(d.Keys, verify.TrustKey{Key: f.Key.Line(), Name: f.Name, Epoch: 1})
	}
	d.Roles[verify.RoleRelease] = verifytest.Authority(2, fresh...)
}

// offCurve signs with a key whose point is not on the curve in the trust file.
func offCurve(o *verifytest.Org) scene {
	sound := verifytest.P256("bent")
	point := slices.Clone(sound.Key.Public)
	point[64] ^= 1
	key, err := verify.NewKey(verify.ECDSAP256, point)
	if err != nil {
		panic(err)
	}
	o.Releasers[0] = verifytest.With(key, "bent", sound.Sign)
	o.Next(func(d *verify.TrustDocument) {
		d.Keys = append(d.Keys, verify.TrustKey{Key: key.Line(), Name: "bent", Epoch: 1})
		d.Roles[verify.RoleRelease] = verifytest.Authority(2, o.Releasers...)
	})
	return scene{bundle: o.Release("app", "1.0.0", app).Bundle()}
}

// withKey adds a key, written as somebody pleases.
func withKey(line string) func(*verifytest.Org) scene {
	return func(o *verifytest.Org) scene {
		o.Next(func(d *verify.TrustDocument) {
			d.Keys = append(d.Keys, verify.TrustKey{Key: line, Name: "bent", Epoch: 1})
		})
		return scene{}
	}
}

func relabelled(k verify.Key, algorithm string) string {
	_, text, _ := strings.Cut(k.Line(), ":")
	return algorithm + ":" + text
}

// resigned is a release whose envelope of the permit was changed afterwards.
func resigned(change func(o *verifytest.Org, e *verify.Envelope)) func(*verifytest.Org) scene {
	return func(o *verifytest.Org) scene {
		lines := o.Release("app", "1.0.0", app).Lines()
		var e verify.Envelope
		if err := json.Unmarshal(lines[0], &e); err != nil {
			panic(err)
		}
		change(o, &e)
		lines[0], _ = json.Marshal(e)
		return scene{bundle: verifytest.Join(lines)}
	}
}

// addOrder makes another signature of an Ed25519 signature, by adding the order of
// the group to its second half: naive verifiers take both.
func addOrder(sig []byte) []byte {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	little := slices.Clone(sig[32:])
	slices.Reverse(little)
	sum := new(big.Int).Add(new(big.Int).SetBytes(little), order).FillBytes(make([]byte, 32))
	slices.Reverse(sum)
	return append(slices.Clone(sig[:32]), sum...)
}

// TestAttacksOnKeys are those that have to do with keys, algorithms and
// signatures.
func TestAttacksOnKeys(t *testing.T) {
	p256 := verifytest.P256("p256").Key
	run(t, []attack{
		{"the bytes of a P-256 key as Ed25519", verify.Malformed, withKey(relabelled(p256, "ed25519"))},
		{"the bytes of an Ed25519 key as P-256", verify.Malformed, withKey(relabelled(verifytest.Ed25519("x").Key, "ecdsa-p256"))},
		{"a point that is not on the curve", verify.BadSignature, offCurve},
		{"an algorithm that nobody knows", verify.UnknownAlgorithm, withKey(relabelled(p256, "none"))},
		{"a key in another form than its own", verify.Malformed, withKey(" " + verifytest.Ed25519("x").Key.Line())},
		{"the ids of two signers swapped", verify.BadSignature, resigned(func(_ *verifytest.Org, e *verify.Envelope) {
			e.Signatures[0].KeyID, e.Signatures[1].KeyID = e.Signatures[1].KeyID, e.Signatures[0].KeyID
		})},
		{"one signature under two ids", verify.BadSignature, resigned(func(o *verifytest.Org, e *verify.Envelope) {
			e.Signatures = []verify.Signature{e.Signatures[0], {KeyID: o.Releasers[1].Key.ID, Sig: e.Signatures[0].Sig}}
		})},
		{"one signature under an id of another case", verify.Threshold, resigned(func(_ *verifytest.Org, e *verify.Envelope) {
			e.Signatures = []verify.Signature{e.Signatures[0], {KeyID: strings.ToUpper(e.Signatures[0].KeyID), Sig: e.Signatures[0].Sig}}
		})},
		{"a signature in two forms", verify.BadSignature, resigned(func(_ *verifytest.Org, e *verify.Envelope) {
			e.Signatures = append(e.Signatures[:1], verify.Signature{KeyID: e.Signatures[0].KeyID, Sig: addOrder(e.Signatures[0].Sig)})
		})},
		{"a signature and a byte", verify.BadSignature, resigned(func(_ *verifytest.Org, e *verify.Envelope) { e.Signatures[0].Sig = append(e.Signatures[0].Sig, 0) })},
		{"no signature", verify.Threshold, resigned(func(_ *verifytest.Org, e *verify.Envelope) { e.Signatures = nil })},
		{"more signatures than anybody needs", verify.TooLarge, resigned(func(_ *verifytest.Org, e *verify.Envelope) {
			e.Signatures = slices.Repeat(e.Signatures, 33)
		})},
		{"signatures without a name, to be tried with every key", verify.TooLarge, resigned(func(_ *verifytest.Org, e *verify.Envelope) {
			e.Signatures = slices.Repeat([]verify.Signature{{Sig: make([]byte, 64)}}, 9)
		})},
		{"a compromised key that the next version names no more", verify.Threshold, func(o *verifytest.Org) scene {
			bundle := o.Release("app", "1.0.0", app).Bundle()
			o.Next(marked(o.Releasers[0], o.Releasers[1]))
			o.Next(replaced)
			return scene{bundle: bundle}
		}},
		{"a trust file that takes a compromise back", verify.TrustChain, func(o *verifytest.Org) scene {
			o.Next(marked(o.Releasers[0]))
			o.Next(func(d *verify.TrustDocument) {
				for i := range d.Keys {
					d.Keys[i].Compromised = nil
				}
			})
			return scene{}
		}},
		{"a compromised root signs the next version", verify.TrustChain, func(o *verifytest.Org) scene {
			o.Next(marked(o.Roots[1]))
			o.Next(func(*verify.TrustDocument) {})
			return scene{}
		}},
		{"a list of revocations of a product's own", verify.Malformed, func(o *verifytest.Org) scene {
			o.Next(func(d *verify.TrustDocument) {
				d.Products = map[string]map[verify.Role]verify.Authority{"app": {verify.RoleRevoke: verifytest.Authority(1, o.Revokers...)}}
			})
			return scene{}
		}},
		{"a witness of two names", verify.Malformed, func(o *verifytest.Org) scene {
			o.Next(func(d *verify.TrustDocument) {
				d.Log.Witnesses = append(d.Log.Witnesses, verifytest.WitnessKey("other.example", o.Witness))
				d.Log.Quorum = 2
			})
			return scene{}
		}},
		{"payload type confusion: a bundle for a trust file", verify.WrongType, func(o *verifytest.Org) scene {
			return scene{trust: o.Release("app", "1.0.0", app).Bundle()}
		}},
		{"payload type confusion: a revocation list for a trust file", verify.WrongType, func(o *verifytest.Org) scene { return scene{trust: o.Revoke(1)} }},
		{"payload type confusion: a trust document for a revocation list", verify.WrongType, func(o *verifytest.Org) scene {
			return scene{bundle: o.Release("app", "1.0.0", app).Bundle(), policy: verify.Policy{Revocations: o.TrustFile()}}
		}},
		{"a trust document for a revocation list, under the list's type", verify.Malformed, func(o *verifytest.Org) scene {
			payload, _ := json.Marshal(o.Document())
			list := verifytest.Envelope(verify.RevocationsPayload, payload, o.Revokers...)
			return scene{bundle: o.Release("app", "1.0.0", app).Bundle(), policy: verify.Policy{Revocations: list}}
		}},
		{"a trust file cut in a line", verify.Malformed, func(o *verifytest.Org) scene {
			o.Next(func(*verify.TrustDocument) {})
			file := o.TrustFile()
			return scene{trust: file[:len(file)-30]}
		}},
		{"a trust file of nothing", verify.Malformed, func(*verifytest.Org) scene { return scene{trust: []byte("\n")} }},
	})
}

// TestAttacksOnStatements are those on what travels with the permit: approvals,
// summaries, provenance.
func TestAttacksOnStatements(t *testing.T) {
	stranger := verifytest.Ed25519("stranger")
	// signedAgain exchanges the signatures of a line of the bundle.
	signedAgain := func(line int, by verifytest.Signer) func(*verifytest.Org) scene {
		return func(o *verifytest.Org) scene {
			lines := fullRelease(o).Lines()
			var e verify.Envelope
			if err := json.Unmarshal(lines[line], &e); err != nil {
				panic(err)
			}
			lines[line] = verifytest.Envelope(verify.StatementPayload, e.Payload, by)
			return scene{bundle: verifytest.Join(lines)}
		}
	}
	underThePersonsID := stranger
	underThePersonsID.Key.ID = verifytest.Ed25519("person").Key.ID
	bent := func(change func(r *verifytest.Release)) func(*verifytest.Org) scene {
		return func(o *verifytest.Org) scene {
			r := fullRelease(o)
			change(r)
			return scene{bundle: r.Bundle()}
		}
	}
	run(t, []attack{
		{"an approval signed by another under the person's id", verify.BadSignature, signedAgain(1, underThePersonsID)},
		{"an approval signed by another", verify.BadSignature, signedAgain(1, stranger)},
		{"a summary signed by a stranger", verify.Threshold, signedAgain(2, stranger)},
		{"a summary signed by one of two", verify.Threshold, signedAgain(2, verifytest.Ed25519("release ada"))},
		{"provenance signed by a stranger", verify.Threshold, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.State([]byte(`{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"https://slsa.dev/provenance/v1","predicate":{}}`), stranger)
			return scene{bundle: r.Bundle()}
		}},
		{"an approval of another version", verify.Malformed, bent(func(r *verifytest.Release) { r.Statement.Predicate.Version = "1.0.1" })},
		{"an approval of another product", verify.Malformed, bent(func(r *verifytest.Release) { r.Statement.Predicate.Product = "other" })},
		{"an approval of another verdict", verify.Malformed, bent(func(r *verifytest.Release) { r.Statement.Predicate.Verdict.Gate = "incomplete" })},
		{"an approval by another name", verify.Malformed, bent(func(r *verifytest.Release) { r.Statement.Predicate.Approvals[0].By = "Grace" })},
		{"an approval in another role", verify.Malformed, bent(func(r *verifytest.Release) { r.Statement.Predicate.Approvals[0].Role = "owner" })},
		{"an approval of other files", verify.Malformed, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", verifytest.Content{Name: "app", Data: []byte("another program")})
			r.Approve("Ada", "security", verifytest.Ed25519("person"))
			good := o.Release("app", "1.0.0", app).Statement
			r.Statement.Subject, r.Statement.Predicate.Deliverables = good.Subject, good.Predicate.Deliverables
			return scene{bundle: r.Bundle()}
		}},
		{"an approval given for a plain release, used for an emergency", verify.Malformed, bent(func(r *verifytest.Release) {
			r.Statement.Predicate.Emergency = &verify.Emergency{Because: "an outage", By: []string{"Ada", "Grace"}, Until: verifytest.Now.AddDate(0, 0, 1), FollowUp: "mend it"}
		})},
		{"an approval that counts twice", verify.Malformed, bent(func(r *verifytest.Release) {
			r.Statement.Predicate.Approvals = slices.Repeat(r.Statement.Predicate.Approvals, 2)
		})},
		{"a key that is not the one of its id", verify.Malformed, bent(func(r *verifytest.Release) { r.Statement.Predicate.Approvals[0].Public = stranger.Key.Line() })},
		{"a provenance that is put forward as an approval", verify.Malformed, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			payload := []byte(`{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"https://slsa.dev/provenance/v1","predicate":{}}`)
			r.State(payload, stranger)
			r.Statement.Predicate.Approvals = []verify.Approved{{By: "Ada", Key: stranger.Key.ID, Public: stranger.Key.Line(), Statement: verify.Digest(payload)}}
			return scene{bundle: r.Bundle()}
		}},
		{"a statement that is none", verify.Malformed, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.State([]byte(`"text"`), o.Releasers[:2]...)
			return scene{bundle: r.Bundle()}
		}},
		{"a requirement that passed and failed", verify.Malformed, bent(func(r *verifytest.Release) {
			q := &r.Statement.Predicate.Verdict.Requirements
			*q = append(*q, verify.Status{ID: "PL-CODE-1", Status: "fail"})
		})},
		{"an emergency of one person in two spellings", verify.EmergencyRefused, emergency([]string{"Ada", "ada"}, 1, verify.Policy{AllowEmergency: true})},
	})
}

// TestApprovalWithoutItsKey: such an approval is shown for what it is.
func TestApprovalWithoutItsKey(t *testing.T) {
	o := verifytest.New()
	r := fullRelease(o)
	r.Statement.Predicate.Approvals[0].Public = ""
	b, err := verify.OpenBundle(r.Bundle(), o.Trust(), verify.Policy{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Notes()) != 1 || !strings.Contains(b.Notes()[0], "was not verified") {
		t.Errorf("notes: %q", b.Notes())
	}
}

// TestApprovalThatIsNotCounted: a second approval of the same person travels
// along, and is not passed off as verified.
func TestApprovalThatIsNotCounted(t *testing.T) {
	o := verifytest.New()
	r := fullRelease(o)
	r.Approve("Ada", "owner", verifytest.Ed25519("stranger"))
	r.Statement.Predicate.Approvals = r.Statement.Predicate.Approvals[:1]
	b, err := verify.OpenBundle(r.Bundle(), o.Trust(), verify.Policy{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Notes()) != 1 || !bytes.Contains([]byte(b.Notes()[0]), []byte("does not count")) {
		t.Errorf("notes: %q", b.Notes())
	}
}
