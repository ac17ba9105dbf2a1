package verify_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
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
	trust, err := verify.ReadTrust(s.trust, verifytest.P256Verifier())
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
	r.Approve("Ada", "security", verifytest.Ed25519("person"))
	r.Summarise(o.Releasers[:2]...)
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
			r.State([]byte(`{"predicateType":"https://slsa.dev/verification_summary/v1","subject":[{"name":"app","digest":{"sha256":"00"}}]}`), o.Releasers[:2]...)
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
