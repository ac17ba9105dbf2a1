// Package drill practises what a team hopes never to need: a key that is lost,
// and one that is stolen. It takes the very code that makes keys, changes trust
// files and verifies permits, in a folder that is thrown away.
package drill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/keyring"
	"github.com/plimsoll-dev/plimsoll/internal/release/trustfile"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Step is one thing that was done, what was expected to come of it, and what did.
type Step struct {
	Did    string
	Expect verify.Reason // empty: it is accepted
	Got    verify.Reason
	Says   string // of a refusal
}

// OK reports whether it came as expected.
func (s Step) OK() bool { return s.Expect == s.Got }

// Run practises in dir, which must be empty and is the caller's to remove.
func Run(ctx context.Context, dir string, now time.Time) ([]Step, error) {
	d := &drill{ctx: ctx, dir: dir, now: now.UTC().Truncate(time.Second), keys: map[string]keyring.Signer{}}
	for _, part := range []func() error{d.begin, d.lose, d.steal, d.recover} {
		if err := part(); err != nil {
			return d.steps, err
		}
	}
	return d.steps, nil
}

type drill struct {
	ctx      context.Context
	dir      string
	now      time.Time
	keys     map[string]keyring.Signer
	file     []byte // the trust file
	sequence int
	steps    []Step
}

// person makes a key for somebody, as a file.
func (d *drill) person(name string) error {
	path := filepath.Join(d.dir, name+".key")
	if _, err := keyring.Create(path, verify.Ed25519, ""); err != nil {
		return err
	}
	s, err := keyring.Open(d.ctx, "file:"+path, nil)
	d.keys[name] = s
	return err
}

func (d *drill) begin() error {
	for _, name := range []string{"ada", "grace", "alan"} {
		if err := d.person(name); err != nil {
			return err
		}
	}
	doc := verify.TrustDocument{Organisation: "drill", Issued: d.now.Add(-time.Hour), Expires: d.now.AddDate(1, 0, 0), Epoch: 1, Roles: map[verify.Role]verify.Authority{}}
	a := verify.Authority{Threshold: 2}
	for _, name := range []string{"ada", "grace", "alan"} {
		key := d.keys[name].Key()
		doc.Keys = append(doc.Keys, verify.TrustKey{Key: key.Line(), Name: name, Epoch: 1})
		a.Keys = append(a.Keys, key.ID)
	}
	doc.Roles[verify.RoleRoot], doc.Roles[verify.RoleRelease] = a, verify.Authority{Threshold: 2, Keys: slices.Clone(a.Keys)}
	draft, err := trustfile.First(doc)
	if err != nil {
		return err
	}
	if err := d.finish("ada and grace sign the first trust file: two of three must", "", draft, "ada", "grace"); err != nil {
		return err
	}
	return d.release("ada and grace seal 1.0.0", "", "1.0.0", "ada", "grace")
}

// lose: one of three keys is gone, and nothing else is.
func (d *drill) lose() error {
	old := d.keys["ada"]
	delete(d.keys, "ada")
	if err := d.release("ada has lost her key; grace and alan seal 1.0.1 without her", "", "1.0.1", "grace", "alan"); err != nil {
		return err
	}
	if err := d.person("ada-2"); err != nil {
		return err
	}
	draft, err := d.next(func(doc *verify.TrustDocument) error {
		return exchange(doc, old.Key().ID, "ada-2", d.keys["ada-2"].Key())
	})
	if err != nil {
		return err
	}
	if err := d.finish("grace and alan give ada's place to a new key", "", draft, "grace", "alan"); err != nil {
		return err
	}
	return d.release("ada, with her new key, and alan seal 1.0.2", "", "1.0.2", "ada-2", "alan")
}

// steal: a thief has one key of two that it takes.
func (d *drill) steal() error {
	if err := d.release("a thief has grace's key and seals 6.6.6 with it alone", verify.Threshold, "6.6.6", "grace"); err != nil {
		return err
	}
	if err := d.release("the thief signs twice with it", verify.Threshold, "6.6.6", "grace", "grace"); err != nil {
		return err
	}
	if err := d.person("thief"); err != nil {
		return err
	}
	draft, err := d.next(func(doc *verify.TrustDocument) error {
		key := d.keys["thief"].Key()
		doc.Keys = append(doc.Keys, verify.TrustKey{Key: key.Line(), Name: "thief", Epoch: doc.Epoch})
		doc.Roles[verify.RoleRoot] = verify.Authority{Threshold: 1, Keys: []string{key.ID}}
		doc.Roles[verify.RoleRelease] = verify.Authority{Threshold: 1, Keys: []string{key.ID}}
		return nil
	})
	if err != nil {
		return err
	}
	return d.finish("the thief writes a trust file of their own, signed with grace's key and theirs", verify.TrustChain, draft, "grace", "thief")
}

// recover: the stolen key is marked, and a new epoch begins.
func (d *drill) recover() error {
	before, err := d.seal("1.0.3", "grace", "alan")
	if err != nil {
		return err
	}
	stolen := d.keys["grace"].Key().ID
	if err := d.person("grace-2"); err != nil {
		return err
	}
	draft, err := d.next(func(doc *verify.TrustDocument) error {
		doc.Epoch++
		for i := range doc.Keys {
			if key, err := verify.ParseKey(doc.Keys[i].Key); err == nil && key.ID == stolen {
				doc.Keys[i].Compromised = &d.now
			}
		}
		key := d.keys["grace-2"].Key()
		doc.Keys = append(doc.Keys, verify.TrustKey{Key: key.Line(), Name: "grace-2", Epoch: doc.Epoch})
		replace(doc, stolen, key.ID)
		return nil
	})
	if err != nil {
		return err
	}
	if err := d.finish("ada and alan mark grace's key as compromised, begin a new epoch and give her place to a new key", "", draft, "ada-2", "alan"); err != nil {
		return err
	}
	d.judge("what was sealed with the stolen key before that", verify.EpochRollback, before)
	if err := d.release("the thief seals 6.6.7 with the stolen key", verify.Threshold, "6.6.7", "grace"); err != nil {
		return err
	}
	return d.release("grace, with her new key, and ada seal the release anew as 1.0.4", "", "1.0.4", "grace-2", "ada-2")
}

func exchange(doc *verify.TrustDocument, old, name string, key verify.Key) error {
	doc.Keys = slices.DeleteFunc(doc.Keys, func(k verify.TrustKey) bool {
		parsed, err := verify.ParseKey(k.Key)
		return err == nil && parsed.ID == old
	})
	doc.Keys = append(doc.Keys, verify.TrustKey{Key: key.Line(), Name: name, Epoch: doc.Epoch})
	replace(doc, old, key.ID)
	return nil
}

func replace(doc *verify.TrustDocument, old, fresh string) {
	for role, a := range doc.Roles {
		for i := range a.Keys {
			if a.Keys[i] == old {
				a.Keys[i] = fresh
			}
		}
		doc.Roles[role] = a
	}
}

func (d *drill) next(change func(*verify.TrustDocument) error) (*trustfile.Draft, error) {
	trust, err := verify.ReadTrust(d.file, envelope.Algorithms())
	if err != nil {
		return nil, err
	}
	return trustfile.Next(trust, d.now, change)
}

// finish signs a draft and makes it the newest version, where it is accepted.
func (d *drill) finish(did string, expect verify.Reason, draft *trustfile.Draft, who ...string) error {
	for _, name := range who {
		if err := draft.Sign(d.ctx, d.keys[name]); err != nil {
			return err
		}
	}
	file, err := draft.Finish(d.file, nil)
	d.note(did, expect, err)
	if err == nil {
		d.file = file
	}
	return nil
}

// release seals a release and verifies it as a customer would.
func (d *drill) release(did string, expect verify.Reason, version string, who ...string) error {
	bundle, err := d.seal(version, who...)
	if err != nil {
		return err
	}
	d.judge(did, expect, bundle)
	return nil
}

func (d *drill) judge(did string, expect verify.Reason, bundle []byte) {
	trust, err := verify.ReadTrust(d.file, envelope.Algorithms())
	if err == nil {
		_, err = verify.OpenBundle(bundle, trust, verify.Policy{Product: "drill", Now: func() time.Time { return d.now }})
	}
	d.note(did, expect, err)
}

func (d *drill) note(did string, expect verify.Reason, err error) {
	s := Step{Did: did, Expect: expect, Got: verify.ReasonOf(err)}
	if err != nil {
		s.Says = err.Error()
		if s.Got == "" {
			s.Got = "error"
		}
	}
	d.steps = append(d.steps, s)
}

// seal signs a permit for a small file, as sealing does at its end.
func (d *drill) seal(version string, who ...string) ([]byte, error) {
	trust, err := verify.ReadTrust(d.file, envelope.Algorithms())
	if err != nil {
		return nil, err
	}
	doc, digest := trust.Document(), verify.Digest([]byte("drill "+version))
	d.sequence++
	payload, err := json.Marshal(verify.PermitStatement{Type: verify.StatementType, PredicateType: verify.PermitType,
		Subject: []verify.Subject{{Name: "drill", Digest: map[string]string{"sha256": digest[len("sha256:"):]}}},
		Predicate: verify.PermitPredicate{Organisation: doc.Organisation, Product: "drill", Version: version, Sequence: d.sequence, Issued: d.now, Expires: d.now.AddDate(0, 1, 0),
			Trust: doc.Version, Epoch: doc.Epoch, Deliverables: []verify.Deliverable{{Name: "drill", Kind: verify.KindFile, Digest: digest, Size: int64(len("drill " + version))}},
			Verdict: verify.Verdict{Gate: "met", AsOf: d.now, Statuses: map[string]int{}, Requirements: []verify.Status{}, Tool: "drill"}, Preconditions: []verify.Precondition{}}})
	if err != nil {
		return nil, fmt.Errorf("writing the drill's permit: %w", err)
	}
	var line []byte
	for i, name := range who {
		if i == 0 {
			line, err = envelope.Sign(d.ctx, verify.StatementPayload, payload, d.keys[name])
		} else if line, err = envelope.Add(d.ctx, line, d.keys[name]); errors.Is(err, envelope.ErrSigned) {
			line, err = forceTwice(line, payload, d.keys[name], d.ctx)
		}
		if err != nil {
			return nil, err
		}
	}
	return append(line, '\n'), nil
}

// forceTwice makes what a thief would and package envelope does not: one key's
// signature twice.
func forceTwice(_, payload []byte, s keyring.Signer, ctx context.Context) ([]byte, error) {
	line, err := envelope.Sign(ctx, verify.StatementPayload, payload, s)
	if err != nil {
		return nil, err
	}
	var e verify.Envelope
	if err := json.Unmarshal(line, &e); err != nil {
		return nil, err
	}
	e.Signatures = append(e.Signatures, verify.Signature{Sig: e.Signatures[0].Sig})
	return json.Marshal(e)
}
