//go:build unix

package seal

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/translog"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// ed is a signer as keyring has them.
type ed struct{ private ed25519.PrivateKey }

func newEd(seed byte) ed {
	return ed{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))}
}
func (s ed) Key() verify.Key {
	k, err := verify.NewKey(verify.Ed25519, s.private.Public().(ed25519.PublicKey))
	if err != nil {
		panic(err)
	}
	return k
}
func (s ed) Sign(_ context.Context, m []byte) ([]byte, error) {
	return ed25519.Sign(s.private, m), nil
}
func (ed) Close() error { return nil }

const origin = "log.example.org/releases"

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// desk is a repository with a log beside it.
type desk struct {
	dir, log string
	now      time.Time
	bend     func(*verify.TrustDocument)
}

func newDesk(t testing.TB, dir string) *desk {
	t.Helper()
	d := &desk{dir: filepath.Join(dir, "repository"), log: filepath.Join(dir, "log"), now: noon}
	l := d.logOptions(t)
	if _, err := translog.Init(context.Background(), d.log, l.Signer, l.Verifier); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) logOptions(t testing.TB) *translog.Log {
	t.Helper()
	signer, err := translog.NewSigner(origin, newEd(9))
	if err != nil {
		t.Fatal(err)
	}
	line, err := translog.VerifierKey(origin, newEd(9).Key())
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := translog.NewVerifier(line)
	if err != nil {
		t.Fatal(err)
	}
	return &translog.Log{Dir: d.log, Signer: signer, Verifier: verifier, Memory: translog.NewMemory(filepath.Join(d.dir, "..", "seen"))}
}

// prepare writes a release as `plimsoll release prepare` and `approve` leave it.
func (d *desk) prepare(t testing.TB, version string, change func(*record.Prepared)) {
	t.Helper()
	file := []byte("the program of " + version)
	d.write(t, "dist/app", file)
	sbom := []byte(`{"bomFormat":"CycloneDX"}`)
	p := record.Prepared{Type: record.PreparedType, Product: "shop", Version: version, Commit: "c0ffee", PreparedAt: noon, PreparedBy: "Ada",
		Deliverables: []verify.Deliverable{{Name: "dist/app", Kind: verify.KindFile, Digest: verify.Digest(file), Size: int64(len(file))}},
		Verdict:      verify.Verdict{Gate: "met", AsOf: noon, Tool: "plimsoll 1.0.0", Statuses: map[string]int{"pass": 1}, Requirements: []verify.Status{{ID: "R-1", Status: "pass"}}},
		Attached:     []verify.Attachment{{Name: "sbom", Media: "application/vnd.cyclonedx+json", Digest: verify.Digest(sbom), Size: int64(len(sbom))}},
		Statements:   [][]byte{[]byte(`{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"dist/app","digest":{"sha256":"` + strings.TrimPrefix(verify.Digest(file), "sha256:") + `"}}],"predicateType":"https://slsa.dev/provenance/v1","predicate":{}}`)},
		ValidFor:     "2160h", Preconditions: []verify.Precondition{{ID: "gate", Met: true, Because: "the gate is met"}}}
	if change != nil {
		change(&p)
	}
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(record.Dir, version)
	d.write(t, filepath.Join(folder, record.PreparedFile), raw)
	d.write(t, filepath.Join(folder, record.AttachedDir, strings.TrimPrefix(verify.Digest(sbom), "sha256:")), sbom)
	approval, err := json.Marshal(struct {
		Type          string                   `json:"_type"`
		Subject       []verify.Subject         `json:"subject"`
		PredicateType string                   `json:"predicateType"`
		Predicate     verify.ApprovalPredicate `json:"predicate"`
	}{verify.StatementType, []verify.Subject{{Name: "dist/app", Digest: map[string]string{"sha256": strings.TrimPrefix(verify.Digest(file), "sha256:")}}}, verify.ApprovalType,
		verify.ApprovalPredicate{Product: "shop", Version: version, Prepared: verify.Digest(raw), Gate: p.Verdict.Gate, By: "Bob", Role: "release", Emergency: p.Emergency != nil}})
	if err != nil {
		t.Fatal(err)
	}
	line, err := envelope.Sign(context.Background(), verify.StatementPayload, approval, newEd(20))
	if err != nil {
		t.Fatal(err)
	}
	d.write(t, filepath.Join(folder, record.ApprovalsDir, "bob.json"), line)
}

func (d *desk) write(t testing.TB, name string, data []byte) {
	t.Helper()
	path := filepath.Join(d.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// trustFile wants two of the keys 1, 2 and 3 for a release.
func (d *desk) trustFile(t testing.TB) []byte {
	t.Helper()
	line, err := translog.VerifierKey(origin, newEd(9).Key())
	if err != nil {
		t.Fatal(err)
	}
	doc := verify.TrustDocument{Type: verify.TrustType, Organisation: "Example", Version: 1, Epoch: 1, Issued: noon.AddDate(0, -1, 0), Expires: noon.AddDate(1, 0, 0),
		Roles: map[verify.Role]verify.Authority{verify.RoleRoot: {Threshold: 1, Keys: []string{newEd(4).Key().ID}},
			verify.RoleRelease: {Threshold: 2, Keys: []string{newEd(1).Key().ID, newEd(2).Key().ID, newEd(3).Key().ID}}},
		Log: &verify.LogTrust{Key: line, Required: true}}
	for _, k := range []byte{1, 2, 3, 4} {
		doc.Keys = append(doc.Keys, verify.TrustKey{Key: newEd(k).Key().Line(), Name: fmt.Sprint("holder ", k), Epoch: 1})
	}
	if d.bend != nil {
		d.bend(&doc)
	}
	payload, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := envelope.Sign(context.Background(), verify.TrustPayload, payload, newEd(4))
	if err != nil {
		t.Fatal(err)
	}
	return append(signed, '\n')
}

func (d *desk) trust(t testing.TB) *verify.Trust {
	t.Helper()
	trust, err := verify.ReadTrust(d.trustFile(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	return trust
}

func (d *desk) options(t testing.TB, version string, keys ...byte) Options {
	o := Options{Dir: d.dir, Version: version, Trust: d.trust(t), Log: d.logOptions(t), Now: func() time.Time { return d.now }, MaxAge: 24 * time.Hour,
		Ready: func(_ context.Context, p record.Prepared, raw []byte, approvals [][]byte) ([]verify.Approved, error) {
			if len(approvals) == 0 {
				return nil, errors.New("nobody approved")
			}
			e, err := envelope.Read(approvals[0])
			if err != nil || !bytes.Contains(e.Payload, []byte(verify.Digest(raw))) {
				return nil, errors.New("the approval is of something else")
			}
			return []verify.Approved{{By: "Bob", Role: "release", Key: newEd(20).Key().ID, Public: newEd(20).Key().Line(), Statement: verify.Digest(e.Payload)}}, nil
		},
		Rehash: func(_ context.Context, p record.Prepared) error {
			return RehashFile(d.dir, p.Deliverables[0].Name, p.Deliverables[0])
		},
	}
	for _, k := range keys {
		o.Signers = append(o.Signers, newEd(k))
	}
	return o
}

func (d *desk) verify(t testing.TB, bundle []byte) error {
	_, err := verify.OpenBundle(bundle, d.trust(t), verify.Policy{Product: "shop", RequireLog: true, Now: func() time.Time { return d.now }})
	return err
}

func (d *desk) seal(t testing.TB, o Options) *Result {
	t.Helper()
	r, err := Seal(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (d *desk) size(t testing.TB) int64 {
	t.Helper()
	source, err := translog.NewSource(d.log)
	if err != nil {
		t.Fatal(err)
	}
	v, err := translog.Look(context.Background(), source, d.logOptions(t).Verifier)
	if err != nil {
		t.Fatal(err)
	}
	return v.Size()
}

// TestTwoPeople: the first signature makes the permit wait, the second seals it,
// a third changes nothing.
func TestTwoPeople(t *testing.T) {
	d := newDesk(t, t.TempDir())
	for n, version := range []string{"1.0", "1.1"} {
		d.prepare(t, version, nil)
		r := d.seal(t, d.options(t, version, 1))
		if r.State != Pending || d.size(t) != int64(n) {
			t.Fatalf("after one signature: %+v", r)
		}
		if r = d.seal(t, d.options(t, version, 1)); r.State != Pending {
			t.Fatalf("after the same signature twice: %+v", r)
		}
		d.now = d.now.Add(time.Hour)
		if r = d.seal(t, d.options(t, version, 2)); r.State != Sealed || r.Permit.Sequence != n+1 || r.Index != int64(n) {
			t.Fatalf("after two signatures: %+v", r)
		}
		if again := d.seal(t, d.options(t, version, 3)); again.State != Already || again.Digest != r.Digest {
			t.Errorf("sealed twice: %+v", again)
		}
		if _, err := os.Stat(filepath.Join(d.dir, record.Dir, version, pendingFile)); !os.IsNotExist(err) {
			t.Error("pending.json is still there")
		}
	}
	proof, err := proofOf(filepath.Join(d.dir, record.Dir, "1.1", "1.1"+verify.Extension))
	if err != nil || len(proof.Consistency) != 1 || proof.Consistency[0].Size != 1 {
		t.Errorf("the proof leads from no earlier release: %+v, %v", proof, err)
	}
}

// TestRefused: what changed between preparing and signing stops it, and nothing
// is written.
func TestRefused(t *testing.T) {
	ended := noon.Add(-time.Minute)
	for name, c := range map[string]struct {
		change func(*record.Prepared)
		after  func(*testing.T, *desk, *Options)
		says   string
	}{
		"verdict too old":      {after: func(_ *testing.T, d *desk, _ *Options) { d.now = noon.Add(25 * time.Hour) }, says: "the verdict is 25h0m0s old"},
		"verdict of tomorrow":  {after: func(_ *testing.T, d *desk, _ *Options) { d.now = noon.Add(-time.Hour) }, says: "later than now"},
		"evidence ended":       {change: func(p *record.Prepared) { p.Verdict.FreshUntil = &ended }, says: "evidence that the verdict rests on ended"},
		"gate not met":         {change: func(p *record.Prepared) { p.Verdict.Gate = "not met" }, says: "the gate is not met"},
		"emergency over":       {change: func(p *record.Prepared) { p.Emergency = &verify.Emergency{Until: ended} }, says: "the emergency ended"},
		"precondition not met": {change: func(p *record.Prepared) { p.Preconditions[0].Met = false }, says: "the precondition gate is not met"},
		"no approval": {after: func(t *testing.T, d *desk, _ *Options) {
			os.RemoveAll(filepath.Join(d.dir, record.Dir, "1.0", "approvals"))
		}, says: "nobody approved"},
		"a tree of something else": {change: func(p *record.Prepared) {
			p.Deliverables[0].Tree = &verify.Tree{Chunk: 4 << 10, Root: verify.Digest([]byte("other"))}
		}, says: "the tree of the deliverable dist/app has the root"},
		"deliverable changed": {after: func(t *testing.T, d *desk, _ *Options) { d.write(t, "dist/app", []byte("other")) }, says: "the deliverable dist/app has changed"},
		"attachment changed":  {after: func(t *testing.T, d *desk, _ *Options) { d.spoil(t, "attached/*") }, says: "is not what was prepared"},
		"a key that may not":  {after: func(_ *testing.T, _ *desk, o *Options) { o.Signers = []envelope.Signer{newEd(8)} }, says: "may not sign releases of shop"},
		"trust file ended": {after: func(_ *testing.T, d *desk, o *Options) {
			d.bend = func(doc *verify.TrustDocument) { doc.Expires = noon.Add(-time.Hour) }
			o.Trust = d.trust(t)
		}, says: "the trust file of Example ended"},
		"prepared by another type":  {change: func(p *record.Prepared) { p.Type = "x" }, says: "is no prepared release"},
		"validity that is no time":  {change: func(p *record.Prepared) { p.ValidFor = "soon" }, says: `valid for "soon"`},
		"a version that is no name": {after: func(_ *testing.T, _ *desk, o *Options) { o.Version = "../1.0" }, says: "is no version"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, t.TempDir())
			d.prepare(t, "1.0", c.change)
			o := d.options(t, "1.0", 1, 2)
			if c.after != nil {
				c.after(t, d, &o)
			}
			_, err := Seal(t.Context(), o)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, expected %q", err, c.says)
			}
			if d.size(t) != 0 {
				t.Error("it was logged")
			}
			if left, _ := filepath.Glob(filepath.Join(d.dir, record.Dir, "1.0", "*pending*")); len(left) > 0 {
				t.Error("a permit was left behind")
			}
		})
	}
}

// spoil changes a file of the release.
func (d *desk) spoil(t *testing.T, pattern string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(d.dir, record.Dir, "1.0", pattern))
	if err != nil || len(names) == 0 {
		t.Fatal("nothing to spoil", err)
	}
	data, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(names[0], data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestSecondSignerIsNotFooled: whoever has write access to the repository cannot
// have the second person sign something else.
func TestSecondSignerIsNotFooled(t *testing.T) {
	forge := func(t *testing.T, d *desk, change func(*verify.PermitStatement)) {
		path := filepath.Join(d.dir, record.Dir, "1.0", pendingFile)
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := parsePending(raw)
		if err != nil {
			t.Fatal(err)
		}
		payload, _ := p.payload()
		s, _ := parsePermit(payload)
		change(&s)
		if payload, err = json.Marshal(s); err != nil {
			t.Fatal(err)
		}
		if p.Permit, err = unsigned(payload); err != nil {
			t.Fatal(err)
		}
		if raw, err = json.Marshal(p); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, change := range map[string]func(*verify.PermitStatement){
		"another digest": func(s *verify.PermitStatement) { s.Predicate.Deliverables[0].Digest = verify.Digest([]byte("evil")) },
		"longer":         func(s *verify.PermitStatement) { s.Predicate.Expires = s.Predicate.Expires.AddDate(10, 0, 0) },
		"another product": func(s *verify.PermitStatement) {
			s.Predicate.Product = "bank"
		},
		"a number that none follows": func(s *verify.PermitStatement) { s.Predicate.Sequence = math.MaxInt },
		"of the future":              func(s *verify.PermitStatement) { s.Predicate.Issued = s.Predicate.Issued.AddDate(0, 1, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, t.TempDir())
			d.prepare(t, "1.0", nil)
			d.seal(t, d.options(t, "1.0", 1))
			forge(t, d, change)
			if r, err := Seal(t.Context(), d.options(t, "1.0", 2)); fault.CodeOf(err) != fault.Untrusted {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
	d := newDesk(t, t.TempDir())
	d.prepare(t, "1.0", nil)
	d.seal(t, d.options(t, "1.0", 1))
	d.prepare(t, "1.0", func(p *record.Prepared) { p.Commit = "other" })
	if _, err := Seal(t.Context(), d.options(t, "1.0", 2)); fault.CodeOf(err) != fault.Untrusted {
		t.Errorf("prepared anew after the first signature: %v", err)
	}
	o := d.options(t, "1.0", 1, 2)
	o.Restart = true
	if r := d.seal(t, o); r.State != Sealed {
		t.Errorf("restarted: %+v", r)
	}
}

// TestHighestNumber: a bundle that somebody made up cannot use up the numbers.
func TestHighestNumber(t *testing.T) {
	d := newDesk(t, t.TempDir())
	payload, err := json.Marshal(verify.PermitStatement{Type: verify.StatementType, PredicateType: verify.PermitType,
		Predicate: verify.PermitPredicate{Product: "shop", Version: "0.9", Sequence: math.MaxInt}})
	if err != nil {
		t.Fatal(err)
	}
	line, err := unsigned(payload)
	if err != nil {
		t.Fatal(err)
	}
	d.write(t, filepath.Join(record.Dir, "0.9", "0.9"+verify.Extension), append(line, '\n'))
	d.prepare(t, "1.0", nil)
	if r := d.seal(t, d.options(t, "1.0", 1, 2)); r.Permit.Sequence != 1 {
		t.Errorf("sealed as number %d", r.Permit.Sequence)
	}
}

// TestMadeUpBundle: what nobody signed does not count as sealed.
func TestMadeUpBundle(t *testing.T) {
	d := newDesk(t, t.TempDir())
	d.prepare(t, "1.0", nil)
	payload, err := json.Marshal(verify.PermitStatement{Type: verify.StatementType, PredicateType: verify.PermitType,
		Predicate: verify.PermitPredicate{Product: "shop", Version: "1.0", Sequence: 1}})
	if err != nil {
		t.Fatal(err)
	}
	line, err := unsigned(payload)
	if err != nil {
		t.Fatal(err)
	}
	d.write(t, filepath.Join(record.Dir, "1.0", "1.0"+verify.Extension), append(line, '\n'))
	if r, err := Seal(t.Context(), d.options(t, "1.0", 1, 2)); fault.CodeOf(err) != fault.Untrusted {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestLostPending: who loses the permit after it was logged cannot seal another
// for the version.
func TestLostPending(t *testing.T) {
	d := newDesk(t, t.TempDir())
	d.prepare(t, "1.0", nil)
	d.seal(t, d.options(t, "1.0", 1, 2))
	if err := os.Remove(filepath.Join(d.dir, record.Dir, "1.0", "1.0"+verify.Extension)); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(time.Minute)
	if _, err := Seal(t.Context(), d.options(t, "1.0", 1, 2)); err == nil || !strings.Contains(err.Error(), "holds another permit for shop 1.0") {
		t.Errorf("a second permit: %v", err)
	}
	if d.size(t) != 1 {
		t.Error("the log has a second permit")
	}
}

// TestRestoredLog: a log that was restored from an old backup is not gone on with.
func TestRestoredLog(t *testing.T) {
	d := newDesk(t, t.TempDir())
	d.prepare(t, "1.0", nil)
	backup := filepath.Join(t.TempDir(), "backup")
	if err := os.CopyFS(backup, os.DirFS(d.log)); err != nil {
		t.Fatal(err)
	}
	d.seal(t, d.options(t, "1.0", 1, 2))
	if err := os.RemoveAll(d.log); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(d.log, os.DirFS(backup)); err != nil {
		t.Fatal(err)
	}
	d.prepare(t, "1.1", nil)
	o := d.options(t, "1.1", 1, 2)
	o.Log.Memory = nil // the bundle of 1.0 alone remembers
	if _, err := Seal(t.Context(), o); !errors.Is(err, translog.ErrFork) {
		t.Errorf("without a memory: %v", err)
	}
	if _, err := Seal(t.Context(), d.options(t, "1.1", 1, 2)); !errors.Is(err, translog.ErrFork) {
		t.Errorf("with a memory: %v", err)
	}
}

// TestKnown: what the repository knows is what the log holds.
func TestKnown(t *testing.T) {
	d := newDesk(t, t.TempDir())
	d.prepare(t, "1.0", nil)
	r := d.seal(t, d.options(t, "1.0", 1, 2))
	d.prepare(t, "1.1", nil)
	p := d.seal(t, d.options(t, "1.1", 1))
	known, err := Known(d.dir)
	if err != nil || len(known) != 2 || known[0].Digest != r.Digest || known[1].Digest != p.Digest {
		t.Errorf("%+v, %v", known, err)
	}
}

func FuzzPending(f *testing.F) {
	d := newDesk(f, f.TempDir())
	d.prepare(f, "1.0", nil)
	d.seal(f, d.options(f, "1.0", 1))
	raw, err := os.ReadFile(filepath.Join(d.dir, record.Dir, "1.0", pendingFile))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := parsePending(raw)
		if err != nil {
			return
		}
		if _, err := p.permit(); err != nil {
			t.Error(err)
		}
		p.signers()
		if len(p.approvals()) != p.Approvals {
			t.Error("approvals were lost")
		}
	})
}

func FuzzProof(f *testing.F) {
	f.Add([]byte("x\n{\"mediaType\":\"" + verify.ProofLine + "\",\"index\":1}\n"))
	f.Fuzz(func(t *testing.T, tail []byte) {
		if p, err := parseProof(tail); err == nil && p != nil && p.MediaType != verify.ProofLine {
			t.Error("it is no proof")
		}
	})
}

// TestWitnesses: a permit that is logged waits for its witnesses, and goes on.
func TestWitnesses(t *testing.T) {
	d := newDesk(t, t.TempDir())
	line, err := translog.CosignatureKey("witness.example", newEd(7).Key())
	if err != nil {
		t.Fatal(err)
	}
	d.bend = func(doc *verify.TrustDocument) { doc.Log.Witnesses, doc.Log.Quorum = []string{line}, 1 }
	d.prepare(t, "1.0", nil)
	if r := d.seal(t, d.options(t, "1.0", 1, 2)); r.State != Unwitnessed || d.size(t) != 1 {
		t.Fatalf("before the witness: %+v", r)
	}
	if r := d.seal(t, d.options(t, "1.0")); r.State != Unwitnessed || d.size(t) != 1 {
		t.Fatalf("still before the witness: %+v", r)
	}
	log := d.logOptions(t)
	source, err := translog.NewSource(d.log)
	if err != nil {
		t.Fatal(err)
	}
	v, err := translog.Look(t.Context(), source, log.Verifier)
	if err != nil {
		t.Fatal(err)
	}
	cosigned, err := translog.Cosign(t.Context(), v, log.Verifier, translog.NewMemory(filepath.Join(t.TempDir(), "w")), "witness.example", newEd(7), func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := translog.Publish(t.Context(), d.log, cosigned, log.Verifier); err != nil {
		t.Fatal(err)
	}
	if r := d.seal(t, d.options(t, "1.0")); r.State != Sealed || r.Index != 0 {
		t.Errorf("after the witness: %+v", r)
	}
}
