// Package seal turns a release that was prepared and approved into a bundle:
// the permit, signed by as many people as the trust file asks for, appended to
// the organisation's log, and written beside what proves it.
//
// A kill at any step leaves the old state or the new one, and running it again
// goes on where it stopped. What makes it so is the order of what is written:
//
//  1. pending.json: the permit with the signatures so far. From the first
//     signature on its bytes are fixed; whoever signs next rebuilds it out of
//     prepared.json and refuses if a single byte differs.
//  2. the entry in the log, once the threshold is reached. The log takes one
//     permit for a version, and the same one again is no second entry.
//  3. the bundle, by a rename. It is verified as a stranger would before that.
//  4. pending.json is removed.
package seal

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/releases"
	"github.com/plimsoll-dev/plimsoll/internal/release/translog"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Options say what is sealed, by whom, and against what it is held.
type Options struct {
	Dir     string // of the repository
	Version string
	Trust   *verify.Trust
	Signers []envelope.Signer // none: go on with what is signed already
	Log     *translog.Log     // nil where the organisation keeps none
	Now     func() time.Time
	// MaxAge is how old the verdict may be when somebody signs.
	MaxAge time.Duration
	// Restart throws away the signatures so far, so long as nothing is logged.
	Restart bool
	// Ready judges the approvals of a prepared release; an error says what lacks.
	Ready func(ctx context.Context, p record.Prepared, prepared []byte, approvals [][]byte) ([]verify.Approved, error)
	// Rehash holds the deliverables, as they lie there now, against their digests.
	Rehash func(ctx context.Context, p record.Prepared) error

	step func(string) // tests are told where it stands, and kill it there
}

// State of a release after sealing.
type State int

const (
	Sealed      State = iota
	Already           // it was sealed before
	Pending           // more people must sign
	Unwitnessed       // it is logged; witnesses must cosign the checkpoint
)

// Result is what came of it.
type Result struct {
	State  State
	Path   string // of the bundle, from the repository's root
	Index  int64  // in the log
	Digest string // of the permit
	Signed []string
	Permit verify.PermitPredicate
	Lacks  string // what the verification of the bundle still asks for
}

// Seal does the next step of sealing.
func Seal(ctx context.Context, o Options) (*Result, error) {
	f, err := openFolder(o.Dir, o.Version)
	if err != nil {
		return nil, err
	}
	unlock, err := Lock(o.Dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	f.sweep()
	s := &sealer{Options: o, folder: f}
	if done, err := s.already(); done != nil || err != nil {
		return done, err
	}
	if err := s.load(); err != nil {
		return nil, err
	}
	if err := s.sign(ctx); err != nil {
		return nil, err
	}
	return s.finish(ctx)
}

// sealer is one sealing under way.
type sealer struct {
	Options
	folder   *folder
	prepared record.Prepared
	raw      []byte // of prepared.json
	pending  *pending
	lacks    string
}

func (s *sealer) at(step string) {
	if s.step != nil {
		s.step(step)
	}
}

// already reports a release that has its bundle. A pending file beside it is
// what a kill after the rename left.
func (s *sealer) already() (*Result, error) {
	data, err := readBounded(s.folder.bundle(), verify.MaxBundle)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	payload, err := permitOf(data)
	if err == nil {
		_, err = releases.SealedBy(s.Trust, data)
	}
	if err != nil {
		return nil, fault.Wrap(fault.Untrusted, err, "restore it from git, or remove it and seal again", "reading %s", s.folder.bundle())
	}
	if err := os.Remove(s.folder.path(pendingFile)); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	return s.result(Already, payload, -1)
}

func (s *sealer) load() (err error) {
	if s.prepared, s.raw, err = s.folder.prepared(); err != nil {
		return err
	}
	if s.pending, err = s.folder.readPending(); err != nil {
		return err
	}
	if s.pending != nil && s.pending.Prepared != verify.Digest(s.raw) && !s.Restart {
		return fault.New(fault.Untrusted, "restore prepared.json, or begin again with --restart", "%s was prepared anew after it was signed", s.Version)
	}
	return nil
}

// sign adds the signers to the permit, which it makes first where there is none.
func (s *sealer) sign(ctx context.Context) error {
	if len(s.Signers) == 0 {
		if s.pending == nil {
			return fault.New(fault.Usage, "add --key FILE", "sealing needs a key to sign with")
		}
		return nil
	}
	for _, signer := range s.Signers {
		if err := s.mayRelease(signer.Key().ID); err != nil {
			return err
		}
	}
	if err := s.fresh(ctx); err != nil {
		return err
	}
	if s.Restart {
		s.pending = nil
	}
	next, err := s.draft(ctx)
	if err != nil {
		return err
	}
	for _, signer := range s.Signers {
		if err := next.sign(ctx, signer); err != nil {
			return err
		}
	}
	s.pending = next
	if _, err := s.open(nil); err != nil && !isPartial(err) {
		return fault.Wrap(fault.Untrusted, err, "nothing was written", "verifying what was signed")
	}
	s.at("before-pending")
	if err := s.folder.writePending(next); err != nil {
		return err
	}
	s.at("pending")
	return nil
}

// draft is the permit to sign: a new one, or the pending one after it was
// rebuilt.
func (s *sealer) draft(ctx context.Context) (*pending, error) {
	if s.pending != nil {
		return s.pending, s.rebuilt(ctx)
	}
	approvals, err := s.folder.approvals()
	if err != nil {
		return nil, err
	}
	approved, err := s.Ready(ctx, s.prepared, s.raw, approvals)
	if err != nil {
		return nil, err
	}
	sequence, err := s.nextSequence(ctx)
	if err != nil {
		return nil, err
	}
	return s.compose(approvals, approved, sequence, s.Now().UTC().Truncate(time.Second))
}

// rebuilt makes the pending permit again, of what lies in the folder, and wants
// the same bytes: nobody signs what somebody else slipped in.
func (s *sealer) rebuilt(ctx context.Context) error {
	p, err := s.pending.permit()
	if err != nil {
		return err
	}
	if now := s.Now(); p.Issued.After(now.Add(5*time.Minute)) || now.Sub(p.Issued) > s.MaxAge {
		return fault.New(fault.Untrusted, "begin again with --restart", "the permit that waits for signatures is dated %s", p.Issued.Format(time.RFC3339))
	}
	if next, err := s.nextSequence(ctx); err != nil {
		return err
	} else if p.Sequence > next+mostAhead {
		return fault.New(fault.Untrusted, "ask who changed pending.json; --restart begins again", "the permit that waits for signatures has the number %d, and the next is %d", p.Sequence, next)
	}
	approvals := s.pending.approvals()
	approved, err := s.Ready(ctx, s.prepared, s.raw, approvals)
	if err != nil {
		return err
	}
	again, err := s.compose(approvals, approved, p.Sequence, p.Issued)
	if err != nil {
		return err
	}
	if err := s.pending.sameAs(again); err != nil {
		return fault.Wrap(fault.Untrusted, err, "ask who changed pending.json; `git log -p` shows it. --restart begins again", "rebuilding the permit that waits for signatures")
	}
	return nil
}

// finish logs a permit with enough signatures and writes the bundle.
func (s *sealer) finish(ctx context.Context) (*Result, error) {
	payload, err := s.pending.payload()
	if err != nil {
		return nil, err
	}
	if _, err := s.open(nil); verify.ReasonOf(err) == verify.Threshold {
		s.lacks = err.Error()
		return s.result(Pending, payload, -1)
	} else if err != nil && !isPartial(err) {
		return nil, fault.Wrap(fault.Untrusted, err, "begin again with --restart", "verifying the signed permit")
	}
	proof, index, err := s.appendToLog(ctx, payload)
	if err != nil {
		return nil, err
	}
	s.at("appended")
	bundle, err := s.open(proof)
	if verify.ReasonOf(err) == verify.TooFewWitnesses {
		s.lacks = err.Error()
		return s.result(Unwitnessed, payload, index)
	}
	if err != nil {
		return nil, fault.Wrap(fault.Untrusted, err, "see what the trust file asks for with `plimsoll trust show`", "verifying the bundle before it is written")
	}
	s.at("before-bundle")
	if err := durable.WriteFile(s.folder.bundle(), bundle, 0o644); err != nil {
		return nil, err
	}
	s.at("bundle")
	if err := os.Remove(s.folder.path(pendingFile)); err != nil {
		return nil, err
	}
	s.at("done")
	return s.result(Sealed, payload, index)
}

func (s *sealer) result(state State, payload []byte, index int64) (*Result, error) {
	statement, err := parsePermit(payload)
	if err != nil {
		return nil, err
	}
	r := &Result{State: state, Index: index, Digest: verify.Digest(payload), Permit: statement.Predicate, Lacks: s.lacks,
		Path: filepath.ToSlash(filepath.Join(record.Dir, s.Version, s.Version+verify.Extension))}
	if s.pending != nil {
		r.Signed = s.pending.signers()
	}
	return r, nil
}

// open assembles the bundle and verifies it as a stranger would.
func (s *sealer) open(proof *verify.Proof) ([]byte, error) {
	var b bytes.Buffer
	if err := s.assemble(&b, proof); err != nil {
		return nil, err
	}
	policy := verify.Policy{Product: s.prepared.Product, AllowEmergency: true, Now: s.Now, RequireLog: proof != nil}
	if _, err := verify.OpenBundle(b.Bytes(), s.Trust, policy); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// isPartial says that a bundle lacks only what later steps add.
func isPartial(err error) bool {
	switch verify.ReasonOf(err) {
	case verify.Threshold, verify.NotLogged, verify.TooFewWitnesses:
		return true
	}
	return false
}

// mayRelease wants the key among those of the release role.
func (s *sealer) mayRelease(id string) error {
	d := s.Trust.Document()
	authority, ok := d.Products[s.prepared.Product][verify.RoleRelease]
	if !ok {
		authority = d.Roles[verify.RoleRelease]
	}
	if slices.Contains(authority.Keys, id) || slices.Contains(authority.AlsoKeys, id) {
		return nil
	}
	return fault.New(fault.Untrusted, "`plimsoll trust show` lists the keys that may", "the key %s may not sign releases of %s", id, s.prepared.Product)
}
