package verify_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

func now() time.Time { return verifytest.Now }

var app = verifytest.Content{Name: "app", Data: []byte("the program")}

// scene is what a verifier has before it.
type scene struct {
	trust, bundle []byte
	policy        verify.Policy
}

func (s scene) open() error {
	trust, err := verify.ReadTrust(s.trust, nil)
	if err != nil {
		return err
	}
	if s.policy.Now == nil {
		s.policy.Now = now
	}
	_, err = verify.OpenBundle(s.bundle, trust, s.policy)
	return err
}

// fullRelease has all that a bundle can have.
func fullRelease(o *verifytest.Org) *verifytest.Release {
	r := o.Release("app", "1.0.0", app)
	person := verifytest.Ed25519("person")
	approval := []byte(`{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://plimsoll.dev/approval/v1"}`)
	r.State(approval, person)
	r.Statement.Predicate.Approvals = []verify.Approved{{By: "Ada", Role: "security", Key: person.Key.ID, Statement: verify.Digest(approval)}}
	r.State([]byte(`{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://slsa.dev/verification_summary/v1","subject":[{"name":"app","digest":{"sha256":"`+
		strings.TrimPrefix(verify.Digest(app.Data), "sha256:")+`"}}]}`), o.Releasers[0])
	r.Attach("sbom", []byte(`{"bomFormat":"CycloneDX"}`))
	r.Attach("leaves", []byte("0123456789"))
	return r
}

func TestGoodBundle(t *testing.T) {
	o := verifytest.New()
	bundle := fullRelease(o).Bundle()
	b, err := verify.OpenBundle(bundle, o.Trust(), verify.Policy{Product: "app", MinVersion: "1.0.0", Require: []string{"PL-CODE-1", "PL-REL-1"}, RequireLog: true, Now: now,
		Revocations: o.Revoke(1), RequireRevocations: true, MaxAge: 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if d, ok := b.Deliverable("app"); !ok || d.Digest != verify.Digest(app.Data) {
		t.Errorf("deliverable: %+v", d)
	}
	if data, ok := b.Attachment(verify.Digest([]byte("0123456789"))); !ok || string(data) != "0123456789" {
		t.Errorf("attachment: %q", data)
	}
	if len(b.Signers()) != 2 || len(b.Notes()) != 0 {
		t.Errorf("signers %v, notes %v", b.Signers(), b.Notes())
	}
	if c, witnesses, ok := b.Checkpoint(); !ok || c.Size != 1 || witnesses != 1 {
		t.Errorf("checkpoint %+v of %d witnesses", c, witnesses)
	}
}

// TestAttacks is the attack table: each is refused, for its own reason.
func TestAttacks(t *testing.T) {
	tests := []struct {
		name string
		want verify.Reason
		make func(o *verifytest.Org) scene
	}{
		{"another product", verify.WrongProduct, func(o *verifytest.Org) scene {
			return scene{bundle: o.Release("other", "1.0.0", app).Bundle(), policy: verify.Policy{Product: "app"}}
		}},
		{"another organisation's permit", verify.WrongProduct, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.Statement.Predicate.Organisation = "somebody else"
			return scene{bundle: r.Bundle()}
		}},
		{"an older version than asked for", verify.VersionRollback, func(o *verifytest.Org) scene {
			return scene{bundle: o.Release("app", "1.9.0", app).Bundle(), policy: verify.Policy{MinVersion: "1.10.0"}}
		}},
		{"a version that cannot be compared", verify.VersionRollback, func(o *verifytest.Org) scene {
			return scene{bundle: o.Release("app", "latest", app).Bundle(), policy: verify.Policy{MinVersion: "1.10.0"}}
		}},
		{"an older key epoch", verify.EpochRollback, func(o *verifytest.Org) scene {
			bundle := o.Release("app", "1.0.0", app).Bundle()
			o.Next(func(d *verify.TrustDocument) { d.Epoch = 2 })
			return scene{bundle: bundle}
		}},
		{"an epoch that the trust file did not have", verify.Malformed, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.Statement.Predicate.Epoch = 7
			return scene{bundle: r.Bundle()}
		}},
		{"sealed under a trust file that is not known here", verify.TrustRollback, func(o *verifytest.Org) scene {
			trust := o.TrustFile()
			o.Next(func(*verify.TrustDocument) {})
			return scene{trust: trust, bundle: o.Release("app", "1.0.0", app).Bundle()}
		}},
		{"a compromised key makes up the threshold", verify.Threshold, func(o *verifytest.Org) scene {
			bundle := o.Release("app", "1.0.0", app).Bundle()
			o.Next(func(d *verify.TrustDocument) {
				for i, k := range d.Keys {
					if k.Key == o.Releasers[0].Key.Line() {
						at := verifytest.Now
						d.Keys[i].Compromised = &at
					}
				}
			})
			return scene{bundle: bundle}
		}},
		{"an expired trust file", verify.TrustExpired, func(o *verifytest.Org) scene {
			return scene{bundle: o.Release("app", "1.0.0", app).Bundle(), policy: verify.Policy{Now: func() time.Time { return now().AddDate(2, 0, 0) }}}
		}},
		{"an expired permit", verify.Expired, func(o *verifytest.Org) scene {
			return scene{bundle: o.Release("app", "1.0.0", app).Bundle(), policy: verify.Policy{Now: func() time.Time { return now().AddDate(0, 0, 91) }}}
		}},
		{"a permit of tomorrow", verify.NotYet, func(o *verifytest.Org) scene {
			return scene{bundle: o.Release("app", "1.0.0", app).Bundle(), policy: verify.Policy{Now: func() time.Time { return now().AddDate(0, 0, -1) }}}
		}},
		{"too old", verify.Expired, func(o *verifytest.Org) scene {
			return scene{bundle: o.Release("app", "1.0.0", app).Bundle(), policy: verify.Policy{MaxAge: time.Minute}}
		}},
		{"threshold minus one", verify.Threshold, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.Signers = o.Releasers[:1]
			return scene{bundle: r.Bundle()}
		}},
		{"one signer twice", verify.Threshold, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.Signers = []verifytest.Signer{o.Releasers[0], o.Releasers[0]}
			return scene{bundle: r.Bundle()}
		}},
		{"one signer twice, once without a name", verify.Threshold, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.Signers = []verifytest.Signer{o.Releasers[0], o.Releasers[0]}
			lines := r.Lines()
			lines[0] = bytes.Replace(lines[0], []byte(`"keyid":"`+o.Releasers[0].Key.ID+`",`), nil, 1)
			return scene{bundle: verifytest.Join(lines)}
		}},
		{"signed by those who may not", verify.Threshold, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.Signers = o.Roots
			return scene{bundle: r.Bundle()}
		}},
		{"another's signature under a releaser's id", verify.BadSignature, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			thief := verifytest.Ed25519("thief")
			thief.Key.ID = o.Releasers[1].Key.ID
			r.Signers = []verifytest.Signer{o.Releasers[0], thief}
			return scene{bundle: r.Bundle()}
		}},
		{"algorithm confusion: an ECDSA signature under an Ed25519 key's id", verify.BadSignature, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			thief := verifytest.P256("thief")
			thief.Key.ID = o.Releasers[1].Key.ID
			r.Signers = []verifytest.Signer{o.Releasers[0], thief}
			return scene{bundle: r.Bundle()}
		}},
		{"algorithm confusion: a field that names one", verify.Malformed, func(o *verifytest.Org) scene {
			lines := o.Release("app", "1.0.0", app).Lines()
			lines[0] = bytes.Replace(lines[0], []byte(`"sig":`), []byte(`"alg":"none","sig":`), 1)
			return scene{bundle: verifytest.Join(lines)}
		}},
		{"payload type confusion: a trust document for a permit", verify.WrongType, func(o *verifytest.Org) scene {
			return scene{bundle: o.TrustFile()}
		}},
		{"payload type confusion: a permit under the type of trust documents", verify.WrongType, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			payload, _ := json.Marshal(r.Statement)
			return scene{bundle: append(verifytest.Envelope(verify.TrustPayload, payload, o.Releasers...), '\n')}
		}},
		{"statement type confusion: an approval for a permit", verify.WrongType, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.Statement.PredicateType = verify.ApprovalType
			return scene{bundle: r.Bundle()}
		}},
		{"a revocation list for a permit", verify.WrongType, func(o *verifytest.Org) scene { return scene{bundle: o.Revoke(1)} }},
		{"JSON with a key twice", verify.Malformed, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.Bend = func(p []byte) []byte {
				return bytes.Replace(p, []byte(`"product":"app"`), []byte(`"product":"other","product":"app"`), 1)
			}
			return scene{bundle: r.Bundle(), policy: verify.Policy{Product: "app"}}
		}},
		{"JSON with a key twice, in two cases", verify.Malformed, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.Bend = func(p []byte) []byte {
				return bytes.Replace(p, []byte(`"product":"app"`), []byte(`"product":"other","PRODUCT":"app"`), 1)
			}
			return scene{bundle: r.Bundle()}
		}},
		{"JSON with a key in another case", verify.Malformed, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.Bend = func(p []byte) []byte { return bytes.Replace(p, []byte(`"product":`), []byte(`"Product":`), 1) }
			return scene{bundle: r.Bundle()}
		}},
		{"JSON with an unknown field", verify.Malformed, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.Bend = func(p []byte) []byte {
				return bytes.Replace(p, []byte(`"product":`), []byte(`"critical":true,"product":`), 1)
			}
			return scene{bundle: r.Bundle()}
		}},
		{"JSON with something after it", verify.Malformed, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.Bend = func(p []byte) []byte { return append(p, " {}"...) }
			return scene{bundle: r.Bundle()}
		}},
		{"deep JSON", verify.TooLarge, func(*verifytest.Org) scene {
			return scene{bundle: []byte(strings.Repeat("[", 100) + strings.Repeat("]", 100) + "\n")}
		}},
		{"invalid UTF-8", verify.Malformed, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.Bend = func(p []byte) []byte { return bytes.Replace(p, []byte(`"app"`), []byte("\"a\xffpp\""), 1) }
			return scene{bundle: r.Bundle()}
		}},
		{"a name that turns the direction of writing", verify.UnsafeName, named("app\u202egnp.exe")},
		{"a name with an invisible character", verify.UnsafeName, named("app\u200b")},
		{"a name with a combining mark", verify.UnsafeName, named("a\u0301pp")},
		{"a name of two scripts that look alike", verify.UnsafeName, named("\u0430pp")},
		{"a name of full-width letters", verify.UnsafeName, named("ａpp")},
		{"a name that leaves the folder", verify.UnsafeName, named("../app")},
		{"a name from the root", verify.UnsafeName, named("/bin/sh")},
		{"a name with a backslash", verify.UnsafeName, named(`..\app`)},
		{"a version with a line break", verify.UnsafeName, func(o *verifytest.Org) scene {
			return scene{bundle: o.Release("app", "1.0.0\nforged", app).Bundle()}
		}},
		{"a truncated bundle: no statement", verify.Truncated, func(o *verifytest.Org) scene { return scene{bundle: without(fullRelease(o).Lines(), 1)} }},
		{"a truncated bundle: no attachment", verify.Truncated, func(o *verifytest.Org) scene { return scene{bundle: without(fullRelease(o).Lines(), 4)} }},
		{"a truncated bundle: the permit alone", verify.Truncated, func(o *verifytest.Org) scene {
			return scene{bundle: verifytest.Join(fullRelease(o).Lines()[:1])}
		}},
		{"a truncated bundle: no proof", verify.NotLogged, func(o *verifytest.Org) scene {
			return scene{bundle: without(fullRelease(o).Lines(), 5), policy: verify.Policy{RequireLog: true}}
		}},
		{"a truncated bundle: cut in a line", verify.Truncated, func(o *verifytest.Org) scene {
			b := fullRelease(o).Bundle()
			return scene{bundle: b[:len(b)-20]}
		}},
		{"an extended bundle: one more statement", verify.Extended, func(o *verifytest.Org) scene {
			lines := fullRelease(o).Lines()
			return scene{bundle: verifytest.Join(append(lines, lines[1]))}
		}},
		{"an extended bundle: two proofs", verify.Extended, func(o *verifytest.Org) scene {
			lines := fullRelease(o).Lines()
			return scene{bundle: verifytest.Join(append(lines, lines[5]))}
		}},
		{"an extended bundle: an empty line", verify.Extended, func(o *verifytest.Org) scene {
			return scene{bundle: append(fullRelease(o).Bundle(), '\n')}
		}},
		{"statements in another order", verify.Truncated, func(o *verifytest.Org) scene {
			lines := fullRelease(o).Lines()
			lines[1], lines[2] = lines[2], lines[1]
			return scene{bundle: verifytest.Join(lines)}
		}},
		{"another attachment in its place", verify.Truncated, func(o *verifytest.Org) scene {
			lines := fullRelease(o).Lines()
			lines[3] = bytes.Replace(lines[3], []byte(`"data":"e`), []byte(`"data":"f`), 1)
			return scene{bundle: verifytest.Join(lines)}
		}},
		{"an approval that somebody else signed", verify.Malformed, func(o *verifytest.Org) scene {
			r := fullRelease(o)
			r.Statement.Predicate.Approvals[0].Key = o.Roots[0].Key.ID
			return scene{bundle: r.Bundle()}
		}},
		{"a summary about another file", verify.Malformed, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.State([]byte(`{"predicateType":"https://slsa.dev/verification_summary/v1","subject":[{"name":"app","digest":{"sha256":"00"}}]}`), o.Releasers[0])
			return scene{bundle: r.Bundle()}
		}},
		{"a proof about another permit", verify.NotLogged, func(o *verifytest.Org) scene {
			first := o.Release("app", "1.0.0", app).Lines()
			second := o.Release("app", "1.0.1", app).Lines()
			return scene{bundle: verifytest.Join([][]byte{second[0], first[1]})}
		}},
		{"a proof of another log", verify.BadSignature, func(o *verifytest.Org) scene {
			other := *o
			other.Log = verifytest.NewLog("log.elsewhere")
			return scene{bundle: other.Release("app", "1.0.0", app).Bundle()}
		}},
		{"a log without enough witnesses", verify.TooFewWitnesses, func(o *verifytest.Org) scene {
			o.Next(func(d *verify.TrustDocument) { d.Log.Quorum = 1 })
			o.Witness = verifytest.Ed25519("another witness")
			return scene{bundle: o.Release("app", "1.0.0", app).Bundle()}
		}},
		{"a gate that is not met", verify.NotMet, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.Statement.Predicate.Verdict.Gate = "not met"
			return scene{bundle: r.Bundle()}
		}},
		{"a precondition that is not met", verify.NotMet, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			r.Statement.Predicate.Preconditions[0].Met = false
			return scene{bundle: r.Bundle()}
		}},
		{"a requirement that the permit does not know", verify.NotMet, func(o *verifytest.Org) scene {
			return scene{bundle: o.Release("app", "1.0.0", app).Bundle(), policy: verify.Policy{Require: []string{"PL-CODE-9"}}}
		}},
		{"an emergency that is not accepted", verify.EmergencyRefused, emergency([]string{"Ada", "Grace"}, 1, verify.Policy{})},
		{"an emergency of one person", verify.EmergencyRefused, emergency([]string{"Ada", "Ada"}, 1, verify.Policy{AllowEmergency: true})},
		{"an emergency that is over", verify.Expired, emergency([]string{"Ada", "Grace"}, -1, verify.Policy{AllowEmergency: true})},
		{"a revoked permit", verify.Revoked, func(o *verifytest.Org) scene {
			r := o.Release("app", "1.0.0", app)
			payload, _ := json.Marshal(r.Statement)
			return scene{bundle: r.Bundle(), policy: verify.Policy{Revocations: o.Revoke(1, verify.Digest(payload))}}
		}},
		{"an old revocation list", verify.RevocationsStale, func(o *verifytest.Org) scene {
			return scene{bundle: o.Release("app", "1.0.0", app).Bundle(), policy: verify.Policy{Revocations: o.Revoke(1), Now: func() time.Time { return now().AddDate(0, 2, 0) }}}
		}},
		{"no revocation list where one is asked for", verify.RevocationsStale, func(o *verifytest.Org) scene {
			return scene{bundle: o.Release("app", "1.0.0", app).Bundle(), policy: verify.Policy{RequireRevocations: true}}
		}},
		{"a revocation list by somebody else", verify.Threshold, func(o *verifytest.Org) scene {
			bundle := o.Release("app", "1.0.0", app).Bundle()
			o.Revokers = []verifytest.Signer{verifytest.Ed25519("thief")}
			return scene{bundle: bundle, policy: verify.Policy{Revocations: o.Revoke(1)}}
		}},
		{"a trust file whose second version the first does not vouch for", verify.TrustChain, func(o *verifytest.Org) scene {
			d := o.Document()
			d.Version = 2
			thief := verifytest.Ed25519("thief")
			d.Keys = append(d.Keys, verify.TrustKey{Key: thief.Key.Line(), Name: "thief", Epoch: 1})
			d.Roles = map[verify.Role]verify.Authority{verify.RoleRoot: verifytest.Authority(1, thief), verify.RoleRelease: verifytest.Authority(1, thief)}
			o.Append(d, thief)
			return scene{bundle: o.Release("app", "1.0.0", app).Bundle()}
		}},
		{"a trust file without one of its versions", verify.TrustChain, func(o *verifytest.Org) scene {
			o.Next(func(*verify.TrustDocument) {})
			o.Next(func(*verify.TrustDocument) {})
			return scene{trust: without(bytes.Split(bytes.TrimSpace(o.TrustFile()), []byte("\n")), 1), bundle: o.Release("app", "1.0.0", app).Bundle()}
		}},
		{"a trust file that lowers the epoch", verify.TrustChain, func(o *verifytest.Org) scene {
			o.Next(func(d *verify.TrustDocument) { d.Epoch = 3 })
			o.Next(func(d *verify.TrustDocument) { d.Epoch = 2 })
			return scene{}
		}},
		{"a trust file with one key twice", verify.Malformed, func(o *verifytest.Org) scene {
			o.Next(func(d *verify.TrustDocument) { d.Keys = append(d.Keys, d.Keys[0]) })
			return scene{}
		}},
		{"a role that names one key twice", verify.Malformed, func(o *verifytest.Org) scene {
			o.Next(func(d *verify.TrustDocument) {
				d.Roles[verify.RoleRelease] = verifytest.Authority(2, o.Releasers[0], o.Releasers[0])
			})
			return scene{}
		}},
		{"a role that nobody has to sign for", verify.Malformed, func(o *verifytest.Org) scene {
			o.Next(func(d *verify.TrustDocument) { d.Roles[verify.RoleRelease] = verifytest.Authority(0, o.Releasers...) })
			return scene{}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := verifytest.New()
			s := tt.make(o)
			if s.trust == nil {
				s.trust = o.TrustFile()
			}
			err := s.open()
			if got := verify.ReasonOf(err); got != tt.want {
				t.Errorf("%v (%s), expected %s", err, got, tt.want)
			}
		})
	}
}

func named(name string) func(*verifytest.Org) scene {
	return func(o *verifytest.Org) scene {
		return scene{bundle: o.Release("app", "1.0.0", verifytest.Content{Name: name, Data: app.Data}).Bundle()}
	}
}

func emergency(by []string, days int, policy verify.Policy) func(*verifytest.Org) scene {
	return func(o *verifytest.Org) scene {
		r := o.Release("app", "1.0.0", app)
		r.Statement.Predicate.Verdict.Gate = "not met"
		r.Statement.Predicate.Emergency = &verify.Emergency{Because: "an outage", By: by, Until: verifytest.Now.AddDate(0, 0, days), FollowUp: "fix the tests"}
		return scene{bundle: r.Bundle(), policy: policy}
	}
}

func without(lines [][]byte, n int) []byte {
	return verifytest.Join(slices.Delete(slices.Clone(lines), n, n+1))
}

// TestEmergencyAccepted is the other side of the three above.
func TestEmergencyAccepted(t *testing.T) {
	o := verifytest.New()
	s := emergency([]string{"Ada", "Grace"}, 1, verify.Policy{AllowEmergency: true})(o)
	s.trust = o.TrustFile()
	if err := s.open(); err != nil {
		t.Error(err)
	}
}

// TestRotation: a key retired in good order keeps what it sealed, and seals
// nothing more.
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

// TestMemory: what was seen is not forgotten, and nobody leads a verifier back.
func TestMemory(t *testing.T) {
	o := verifytest.New()
	state := verify.FileState(filepath.Join(t.TempDir(), "state", "seen.json"))
	first, second := o.Release("app", "1.0.0", app).Bundle(), o.Release("app", "1.1.0", app).Bundle()
	see := func(o *verifytest.Org, bundle []byte) error {
		b, err := verify.OpenBundle(bundle, o.Trust(), verify.Policy{Now: now, State: state})
		if err != nil {
			return err
		}
		return b.Remember()
	}
	for _, bundle := range [][]byte{first, first, second} {
		if err := see(o, bundle); err != nil {
			t.Fatal(err)
		}
	}
	if err := see(o, first); verify.ReasonOf(err) != verify.VersionRollback {
		t.Errorf("an older release: %v", err)
	}
	r := o.Release("app", "1.1.1", app)
	r.Statement.Predicate.Sequence = 2
	if err := see(o, r.Bundle()); verify.ReasonOf(err) != verify.LogFork {
		t.Errorf("the same release twice: %v", err)
	}
	forked := verifytest.New() // the same keys, another history
	forked.Release("app", "0.9.0", app).Bundle()
	forked.Release("app", "0.9.1", app).Bundle()
	if err := see(forked, forked.Release("app", "2.0.0", app).Bundle()); verify.ReasonOf(err) != verify.LogFork {
		t.Errorf("a log that forked: %v", err)
	}
	o.Next(func(*verify.TrustDocument) {})
	if err := see(o, o.Release("app", "1.2.0", app).Bundle()); err != nil {
		t.Fatal(err)
	}
	if err := see(forked, second); verify.ReasonOf(err) != verify.TrustRollback {
		t.Errorf("an older trust file: %v", err)
	}
}

// TestMemoryTogether: many at once lose nothing.
func TestMemoryTogether(t *testing.T) {
	state := verify.FileState(filepath.Join(t.TempDir(), "seen.json"))
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			product := string(rune('a' + i))
			if err := state.Save(verify.Memory{Organisations: map[string]verify.Seen{"example": {Products: map[string]verify.Newest{product: {Sequence: i + 1}}}}}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	memory, err := state.Load()
	if err != nil || len(memory.Organisations["example"].Products) != 20 {
		t.Errorf("%v, %v", memory, err)
	}
}

// TestStateBroken: a memory that cannot be read is no reason to forget.
func TestStateBroken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seen.json")
	if err := os.WriteFile(path, []byte(`{"organisations":`), 0o600); err != nil {
		t.Fatal(err)
	}
	o := verifytest.New()
	_, err := verify.OpenBundle(o.Release("app", "1.0.0", app).Bundle(), o.Trust(), verify.Policy{Now: now, State: verify.FileState(path)})
	if verify.ReasonOf(err) != verify.Malformed {
		t.Error(err)
	}
}

// TestDSSEVector is the protocol's own test vector.
func TestDSSEVector(t *testing.T) {
	const want = "DSSEv1 29 http://example.com/HelloWorld 11 hello world"
	if got := string(verify.PAE("http://example.com/HelloWorld", []byte("hello world"))); got != want {
		t.Errorf("PAE is %q, expected %q", got, want)
	}
	text, err := os.ReadFile("../../shared/data/release/dsse/protocol-test-vector.md")
	if err != nil {
		t.Skip("the file of the DSSE project is not here: ../shared/data/release/dsse")
	}
	if !bytes.Contains(text, []byte(want)) {
		t.Error("the project's own vector is another")
	}
}

func FuzzOpenBundle(f *testing.F) {
	o := verifytest.New()
	trust := o.Trust()
	f.Add(fullRelease(o).Bundle())
	f.Add(o.Release("app", "1.0.0", app).Bundle())
	f.Add([]byte("\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := verify.OpenBundle(data, trust, verify.Policy{Now: now})
		if err != nil && verify.ReasonOf(err) == "" {
			t.Errorf("no refusal: %v", err)
		}
		if err == nil && b.Permit().Organisation != "example" {
			t.Error("a permit of nobody")
		}
	})
}

// FuzzPermit goes past the signatures: the bytes are signed by those who may.
func FuzzPermit(f *testing.F) {
	o := verifytest.New()
	trust := o.Trust()
	for _, r := range []*verifytest.Release{fullRelease(o), o.Release("app", "1.0.0", app)} {
		payload, _ := json.Marshal(r.Statement)
		f.Add(payload)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		line := verifytest.Envelope(verify.StatementPayload, payload, o.Releasers[:2]...)
		b, err := verify.OpenBundle(append(line, '\n'), trust, verify.Policy{Now: now})
		if err != nil && verify.ReasonOf(err) == "" {
			t.Errorf("no refusal: %v", err)
		}
		if err == nil && len(b.Permit().Deliverables) == 0 {
			t.Error("a permit for nothing")
		}
	})
}

func FuzzReadTrust(f *testing.F) {
	o := verifytest.New()
	o.Next(func(d *verify.TrustDocument) { d.Epoch = 2 })
	f.Add(o.TrustFile())
	doc, _ := json.Marshal(o.Document())
	f.Add(doc)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, file := range [][]byte{data, verifytest.Envelope(verify.TrustPayload, data, o.Roots...)} {
			if trust, err := verify.ReadTrust(file, nil); err == nil {
				_ = trust.Document()
			} else if verify.ReasonOf(err) == "" {
				t.Errorf("no refusal: %v", err)
			}
		}
	})
}

func FuzzReadRevocations(f *testing.F) {
	o := verifytest.New()
	trust := o.Trust()
	f.Add(o.Revoke(1, verify.Digest(nil)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := verify.ReadRevocations(data, trust); err != nil && verify.ReasonOf(err) == "" {
			t.Errorf("no refusal: %v", err)
		}
	})
}
