// Package verifytest makes organisations, permits, bundles and logs in memory,
// for tests of whatever verifies them. Everything in it can be bent before it is
// signed, so that a test can make what an attacker would.
package verifytest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/p256"
)

// Now is the moment at which everything here is made.
var Now = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// Signer signs with a key in memory.
type Signer struct {
	Key  verify.Key
	Name string
	sign func(message []byte) []byte
}

// Ed25519 is the signer of this name; the same name gives the same key.
func Ed25519(name string) Signer {
	seed := sha256.Sum256([]byte("verifytest " + name))
	private := ed25519.NewKeyFromSeed(seed[:])
	return Signer{must(verify.NewKey(verify.Ed25519, private.Public().(ed25519.PublicKey))), name,
		func(message []byte) []byte { return ed25519.Sign(private, message) }}
}

// P256 is a new signer with ECDSA.
func P256(name string) Signer {
	private := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	point := must(private.PublicKey.Bytes())
	return Signer{must(verify.NewKey(verify.ECDSAP256, point)), name, func(message []byte) []byte {
		sum := sha256.Sum256(message)
		return must(ecdsa.SignASN1(rand.Reader, private, sum[:]))
	}}
}

// With is a signer of another algorithm, which signs with sign.
func With(key verify.Key, name string, sign func(message []byte) []byte) Signer {
	return Signer{key, name, sign}
}

// Sign is its signature over a message.
func (s Signer) Sign(message []byte) []byte { return s.sign(message) }

// Envelope wraps a payload with the signatures of signers: one line without end.
func Envelope(payloadType string, payload []byte, signers ...Signer) []byte {
	e := verify.Envelope{PayloadType: payloadType, Payload: payload, Signatures: []verify.Signature{}}
	for _, s := range signers {
		e.Signatures = append(e.Signatures, verify.Signature{KeyID: s.Key.ID, Sig: s.sign(verify.PAE(payloadType, payload))})
	}
	return must(json.Marshal(e))
}

// Org is an organisation: two of three keys for the root and for releases, one
// for revocations, and a log with a witness.
type Org struct {
	Roots, Releasers, Revokers []Signer
	Log                        *Log
	Witness                    Signer
	docs                       []verify.TrustDocument
	lines                      [][]byte
	sequence                   int
}

// New makes an organisation called "example" whose trust file ends in a year.
func New() *Org {
	o := &Org{Log: NewLog("log.example"), Witness: Ed25519("witness")}
	for _, who := range []string{"ada", "grace", "alan"} {
		o.Roots = append(o.Roots, Ed25519("root "+who))
		o.Releasers = append(o.Releasers, Ed25519("release "+who))
	}
	o.Revokers = []Signer{Ed25519("revoke")}
	doc := verify.TrustDocument{Type: verify.TrustType, Organisation: "example", Version: 1, Epoch: 1,
		Issued: Now.AddDate(0, -1, 0), Expires: Now.AddDate(1, 0, 0), Roles: map[verify.Role]verify.Authority{
			verify.RoleRoot: Authority(2, o.Roots...), verify.RoleRelease: Authority(2, o.Releasers...), verify.RoleRevoke: Authority(1, o.Revokers...)},
		Log: &verify.LogTrust{Key: o.Log.VerifierKey(), Witnesses: []string{WitnessKey("witness.example", o.Witness)}}}
	for _, s := range slices.Concat(o.Roots, o.Releasers, o.Revokers) {
		doc.Keys = append(doc.Keys, verify.TrustKey{Key: s.Key.Line(), Name: s.Name, Epoch: 1})
	}
	o.Append(doc, o.Roots[:2]...)
	return o
}

// Authority is threshold of the signers' keys.
func Authority(threshold int, signers ...Signer) verify.Authority {
	a := verify.Authority{Threshold: threshold}
	for _, s := range signers {
		a.Keys = append(a.Keys, s.Key.ID)
	}
	return a
}

// Append adds a version to the trust file as it is, signed by signers.
func (o *Org) Append(doc verify.TrustDocument, signers ...Signer) {
	o.docs = append(o.docs, doc)
	o.lines = append(o.lines, Envelope(verify.TrustPayload, must(json.Marshal(doc)), signers...))
}

// Next adds a version that change makes of the newest, signed by two roots.
func (o *Org) Next(change func(*verify.TrustDocument)) {
	var doc verify.TrustDocument
	must(0, json.Unmarshal(must(json.Marshal(o.docs[len(o.docs)-1])), &doc)) // a deep copy
	doc.Version++
	doc.Issued = doc.Issued.Add(time.Hour)
	change(&doc)
	o.Append(doc, o.Roots[:2]...)
}

// Document is the newest version.
func (o *Org) Document() verify.TrustDocument { return o.docs[len(o.docs)-1] }

// TrustFile is all versions.
func (o *Org) TrustFile() []byte { return append(bytes.Join(o.lines, []byte("\n")), '\n') }

// Trust is the trust file, read.
func (o *Org) Trust() *verify.Trust { return must(verify.ReadTrust(o.TrustFile(), P256Verifier())) }

// P256Verifier verifies what P256 signs.
func P256Verifier() map[verify.Algorithm]verify.Verifier {
	return map[verify.Algorithm]verify.Verifier{verify.ECDSAP256: p256.Verify}
}

// Content is a deliverable in memory.
type Content struct {
	Name string
	Kind verify.Kind // KindFile where empty
	Data []byte      // of a file; the manifest of a folder or an image
	Size int64       // len(Data) where 0
	Tree *verify.Tree
	// Leaves are attached where a tree has them; Attach adds the manifest.
	Leaves []byte
	Attach bool
}

// Release is a release that is bent and then sealed.
type Release struct {
	Statement   verify.PermitStatement
	Attachments [][]byte
	Statements  [][]byte // envelopes
	Signers     []Signer
	Unlogged    bool
	// Bend changes the payload of the permit before it is signed.
	Bend func([]byte) []byte
	org  *Org
}

// Release begins the release of a product with deliverables.
func (o *Org) Release(product, version string, contents ...Content) *Release {
	o.sequence++
	doc := o.Document()
	r := &Release{org: o, Signers: o.Releasers[:2]}
	p := &r.Statement.Predicate
	r.Statement.Type, r.Statement.PredicateType = verify.StatementType, verify.PermitType
	*p = verify.PermitPredicate{Organisation: doc.Organisation, Product: product, Version: version, Sequence: o.sequence,
		Issued: Now.Add(-time.Hour), Expires: Now.AddDate(0, 0, 90), Trust: doc.Version, Epoch: doc.Epoch,
		Verdict: verify.Verdict{Gate: "met", AsOf: Now.Add(-time.Hour), Statuses: map[string]int{"pass": 2}, Tool: "plimsoll test",
			Requirements: []verify.Status{{ID: "PL-CODE-1", Status: "pass"}, {ID: "PL-REL-1", Status: "exempt"}}},
		Preconditions: []verify.Precondition{{ID: "gate", Met: true, Because: "the gate is met"}}}
	for _, c := range contents {
		r.add(c)
	}
	return r
}

func (r *Release) add(c Content) {
	d := verify.Deliverable{Name: c.Name, Kind: c.Kind, Digest: verify.Digest(c.Data), Size: c.Size, Tree: c.Tree}
	if d.Kind == "" {
		d.Kind = verify.KindFile
	}
	if d.Size == 0 {
		d.Size = int64(len(c.Data))
	}
	r.Statement.Subject = append(r.Statement.Subject, verify.Subject{Name: d.Name, Digest: map[string]string{"sha256": strings.TrimPrefix(d.Digest, "sha256:")}})
	r.Statement.Predicate.Deliverables = append(r.Statement.Predicate.Deliverables, d)
	if c.Attach {
		r.Attach(c.Name+" manifest", c.Data)
	}
	if c.Leaves != nil {
		r.Attach(c.Name+" leaves", c.Leaves)
	}
}

// Attach adds content that the bundle holds.
func (r *Release) Attach(name string, data []byte) {
	r.Statement.Predicate.Attached = append(r.Statement.Predicate.Attached,
		verify.Attachment{Name: name, Media: "application/octet-stream", Digest: verify.Digest(data), Size: int64(len(data))})
	r.Attachments = append(r.Attachments, data)
}

// State adds a statement, signed by signers.
func (r *Release) State(payload []byte, signers ...Signer) {
	r.Statement.Predicate.Statements = append(r.Statement.Predicate.Statements, verify.Digest(payload))
	r.Statements = append(r.Statements, Envelope(verify.StatementPayload, payload, signers...))
}

// Approve adds a person's approval of the release as it is now.
func (r *Release) Approve(by, role string, person Signer) {
	p := &r.Statement.Predicate
	payload := must(json.Marshal(struct {
		Type          string                   `json:"_type"`
		Subject       []verify.Subject         `json:"subject"`
		PredicateType string                   `json:"predicateType"`
		Predicate     verify.ApprovalPredicate `json:"predicate"`
	}{verify.StatementType, r.Statement.Subject, verify.ApprovalType, verify.ApprovalPredicate{Product: p.Product, Version: p.Version,
		Prepared: verify.Digest([]byte("what was prepared")), Gate: p.Verdict.Gate, By: by, Role: role, Recorded: Now.Add(-2 * time.Hour), Emergency: p.Emergency != nil}}))
	r.State(payload, person)
	p.Approvals = append(p.Approvals, verify.Approved{By: by, Role: role, Key: person.Key.ID, Public: person.Key.Line(), Statement: verify.Digest(payload)})
}

// Summarise adds a summary (VSA) of the release as it is now, signed by signers.
func (r *Release) Summarise(signers ...Signer) {
	r.State(must(json.Marshal(map[string]any{"_type": verify.StatementType, "predicateType": verify.VSAType, "subject": r.Statement.Subject})), signers...)
}

// Lines are the lines of the bundle, sealed now.
func (r *Release) Lines() [][]byte {
	payload := must(json.Marshal(r.Statement))
	if r.Bend != nil {
		payload = r.Bend(payload)
	}
	lines := append([][]byte{Envelope(verify.StatementPayload, payload, r.Signers...)}, r.Statements...)
	for _, data := range r.Attachments {
		lines = append(lines, must(json.Marshal(verify.AttachmentContent{MediaType: verify.AttachmentLine, Digest: verify.Digest(data), Data: data})))
	}
	if r.Unlogged {
		return lines
	}
	return append(lines, must(json.Marshal(r.org.Log.Prove(r.Entry(verify.Digest(payload)), r.org.Witness))))
}

// Entry is the release's in the log.
func (r *Release) Entry(permit string) verify.Entry {
	p := r.Statement.Predicate
	e := verify.Entry{Type: verify.EntryType, Kind: "permit", Product: p.Product, Version: p.Version, Sequence: p.Sequence, Digest: permit}
	for _, d := range p.Deliverables {
		e.Subjects = append(e.Subjects, d.Digest)
	}
	return e
}

// Bundle is the bundle's bytes, sealed now.
func (r *Release) Bundle() []byte { return Join(r.Lines()) }

// Join makes a file of lines.
func Join(lines [][]byte) []byte { return append(bytes.Join(lines, []byte("\n")), '\n') }

// Revoke is a revocation list of these permits.
func (o *Org) Revoke(version int, permits ...string) []byte {
	doc := verify.RevocationsDocument{Type: verify.RevocationsType, Organisation: o.Document().Organisation, Version: version, Issued: Now.Add(-time.Minute), Expires: Now.AddDate(0, 1, 0)}
	for _, p := range permits {
		doc.Revoked = append(doc.Revoked, verify.Revocation{Permit: p, Product: "app", Version: "1.0.0", Since: Now.Add(-time.Minute), Because: "it leaks sessions", By: "ada", Instead: "1.0.1"})
	}
	return append(Envelope(verify.RevocationsPayload, must(json.Marshal(doc)), o.Revokers...), '\n')
}

// Log is a log in memory.
type Log struct {
	Origin string
	signer note.Signer
	key    string
	hashes []tlog.Hash // stored, in tlog's order
	sizes  []int64     // at which there was a checkpoint
	size   int64
}

// NewLog makes a log whose key its name decides.
func NewLog(origin string) *Log {
	skey, vkey, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte(origin+"............................................................"), 8)), origin)
	return &Log{Origin: origin, signer: must(note.NewSigner(must(skey, err))), key: vkey}
}

// VerifierKey is the log's in note form.
func (l *Log) VerifierKey() string { return l.key }

// ReadHashes implements tlog.HashReader.
func (l *Log) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, i := range indexes {
		out = append(out, l.hashes[i])
	}
	return out, nil
}

// Prove appends an entry and proves it, with consistency from all sizes before.
func (l *Log) Prove(e verify.Entry, witnesses ...Signer) verify.Proof {
	data := must(json.Marshal(e))
	l.hashes = append(l.hashes, must(tlog.StoredHashes(l.size, data, l))...)
	l.size++
	root := must(tlog.TreeHash(l.size, l))
	proof := verify.Proof{MediaType: verify.ProofLine, Entry: data, Index: l.size - 1, Checkpoint: l.checkpoint(root, witnesses)}
	proof.Inclusion = raw(must(tlog.ProveRecord(l.size, l.size-1, l)))
	for _, size := range l.sizes {
		proof.Consistency = append(proof.Consistency, verify.Consistency{Size: size, Hashes: raw(must(tlog.ProveTree(l.size, size, l)))})
	}
	l.sizes = append(l.sizes, l.size)
	return proof
}

func raw(hashes []tlog.Hash) [][]byte {
	out := [][]byte{}
	for _, h := range hashes {
		out = append(out, h[:])
	}
	return out
}

func (l *Log) checkpoint(root tlog.Hash, witnesses []Signer) string {
	text := fmt.Sprintf("%s\n%d\n%s\n", l.Origin, l.size, base64.StdEncoding.EncodeToString(root[:]))
	signers := []note.Signer{l.signer}
	for _, w := range witnesses {
		signers = append(signers, cosigner{w})
	}
	return string(must(note.Sign(&note.Note{Text: text}, signers...)))
}

// WitnessKey is a witness's key in note form (cosignature/v1).
func WitnessKey(name string, s Signer) string {
	public := append([]byte{4}, s.Key.Public...)
	return fmt.Sprintf("%s+%08x+%s", name, witnessHash(name, s), base64.StdEncoding.EncodeToString(public))
}

func witnessHash(name string, s Signer) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n\x04"), s.Key.Public...))
	return binary.BigEndian.Uint32(sum[:])
}

// cosigner signs as witness.example.
type cosigner struct{ s Signer }

func (c cosigner) Name() string    { return "witness.example" }
func (c cosigner) KeyHash() uint32 { return witnessHash(c.Name(), c.s) }
func (c cosigner) Sign(text []byte) ([]byte, error) {
	at := Now.Unix()
	message := append([]byte("cosignature/v1\ntime "+strconv.FormatInt(at, 10)+"\n"), text...)
	return append(binary.BigEndian.AppendUint64(nil, uint64(at)), c.s.sign(message)...), nil
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // a fault of the test
	}
	return v
}
