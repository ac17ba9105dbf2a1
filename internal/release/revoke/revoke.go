// Package revoke takes permits back: a list of revocations, whole in each of its
// versions, signed by as many people as the trust file asks for and entered into
// the organisation's log.
//
// It is written in the order in which releases are sealed: the list that waits
// for signatures, the entry in the log, the list itself by a rename. A kill
// leaves the old list or the new one, and running it again goes on.
package revoke

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/seal"
	"github.com/plimsoll-dev/plimsoll/internal/release/translog"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// PendingFile is where a list waits for signatures.
const PendingFile = ".plimsoll/revocations.pending.json"

// Options say what is taken back and by whom.
type Options struct {
	Dir     string
	Trust   *verify.Trust
	Signers []envelope.Signer
	Log     *translog.Log // nil where the organisation keeps none
	Now     func() time.Time
	// New are the permits to take back. Empty: sign the list that waits, or, with
	// Renew, the same list with a later end.
	New      []verify.Revocation
	Renew    bool
	ValidFor time.Duration
	Restart  bool // throw away the list that waits
}

// Result is what came of it.
type Result struct {
	Document verify.RevocationsDocument
	Pending  bool   // more people must sign
	Lacks    string // what it lacks
	Added    []verify.Revocation
	Index    int64 // in the log, -1 where there is none
}

// Revoke does the next step.
func Revoke(ctx context.Context, o Options) (*Result, error) {
	unlock, err := seal.Lock(o.Dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	current, err := o.current()
	if err != nil {
		return nil, err
	}
	waiting, err := o.waiting(ctx, current)
	if err != nil {
		return nil, err
	}
	if waiting == nil {
		if waiting, err = o.draft(current); err != nil {
			return nil, err
		}
	}
	if err := o.sign(ctx, waiting); err != nil {
		return nil, err
	}
	return o.finish(ctx, current, waiting)
}

func (o Options) path(name string) string { return filepath.Join(o.Dir, filepath.FromSlash(name)) }

// current is the list that holds now; version 0 where there is none.
func (o Options) current() (verify.RevocationsDocument, error) {
	data, err := read(o.path(record.Revocations))
	if errors.Is(err, os.ErrNotExist) {
		return verify.RevocationsDocument{Type: verify.RevocationsType, Organisation: o.Trust.Document().Organisation}, nil
	}
	if err != nil {
		return verify.RevocationsDocument{}, err
	}
	doc, err := verify.ReadRevocations(data, o.Trust)
	if err != nil {
		return doc, fault.Wrap(fault.Untrusted, err, "restore it from git", "reading %s", record.Revocations)
	}
	return doc, nil
}

// waiting is the list that waits for signatures; nil where none does. It must be
// the current one and what it adds, whoever wrote it.
func (o Options) waiting(ctx context.Context, current verify.RevocationsDocument) (*verify.Envelope, error) {
	data, err := read(o.path(PendingFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e, doc, err := parse(data)
	if o.Restart {
		return nil, o.mayRestart(ctx, e)
	}
	if err == nil && doc.Version <= current.Version {
		return nil, nil // it was completed, and a kill left it behind
	}
	if err == nil {
		err = extends(current, doc)
	}
	if err != nil {
		return nil, fault.Wrap(fault.Untrusted, err, "ask who changed it, or begin again with --restart", "reading %s", PendingFile)
	}
	if len(o.New) > 0 && !slices.EqualFunc(o.New, doc.Revoked[len(current.Revoked):], sameRevocation) {
		return nil, fault.New(fault.Usage, "complete that one first: `plimsoll release revoke --sign --key FILE`; or throw it away with --restart", "another revocation waits for signatures")
	}
	return e, nil
}

// mayRestart refuses to throw away a list that the log holds: no other could take
// its number any more.
func (o Options) mayRestart(ctx context.Context, e *verify.Envelope) error {
	if o.Log == nil || e == nil {
		return nil
	}
	view, err := o.Log.Look(ctx)
	if err != nil {
		return err
	}
	for leaf, err := range view.Leaves(ctx, 0) {
		if err != nil {
			return err
		}
		if leaf.Kind == "revocations" && leaf.Digest == verify.Digest(e.Payload) {
			return fault.New(fault.Usage, "complete it: run it again without --restart", "the list that waits stands in the log already, as entry %d", leaf.Index)
		}
	}
	return nil
}

// sameRevocation compares what people mean, not when they said it.
func sameRevocation(a, b verify.Revocation) bool {
	return a.Permit == b.Permit && a.Because == b.Because && a.Instead == b.Instead
}

// extends wants a list to be the next version, with all of the one before.
func extends(current, next verify.RevocationsDocument) error {
	switch {
	case next.Type != verify.RevocationsType || next.Organisation != current.Organisation:
		return errors.New("it is no list of revocations of this organisation")
	case next.Version != current.Version+1:
		return errors.New("it is not the next version of the list")
	case len(next.Revoked) < len(current.Revoked):
		return errors.New("it leaves out what was revoked before")
	}
	for i, r := range current.Revoked {
		if r != next.Revoked[i] {
			return errors.New("it changes what was revoked before")
		}
	}
	return nil
}

// draft is the next version, unsigned.
func (o Options) draft(current verify.RevocationsDocument) (*verify.Envelope, error) {
	if len(o.New) == 0 && !o.Renew {
		return nil, fault.New(fault.NotFound, "`plimsoll release revoke VERSION --because …` begins one", "no revocation waits for signatures")
	}
	for _, r := range o.New {
		for _, old := range current.Revoked {
			if old.Permit == r.Permit {
				return nil, fault.New(fault.Usage, "nothing is left to do", "%s %s was revoked on %s already", r.Product, r.Version, old.Since.Format(time.DateOnly))
			}
		}
	}
	now := o.Now().UTC().Truncate(time.Second)
	doc := current
	doc.Version++
	doc.Issued, doc.Expires = now, now.Add(o.ValidFor)
	doc.Revoked = append(slices.Clip(current.Revoked), o.New...)
	payload, err := json.Marshal(doc)
	return &verify.Envelope{PayloadType: verify.RevocationsPayload, Payload: payload, Signatures: []verify.Signature{}}, err
}

// sign adds the signers, and writes the list that waits before anything else.
func (o Options) sign(ctx context.Context, e *verify.Envelope) error {
	if len(o.Signers) == 0 {
		if len(e.Signatures) == 0 {
			return fault.New(fault.Usage, "add --key FILE", "a revocation needs a key to sign with")
		}
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	for _, s := range o.Signers {
		signed, err := envelope.Add(ctx, line, s)
		if errors.Is(err, envelope.ErrSigned) {
			continue
		}
		if err != nil {
			return fault.Wrap(fault.Incomplete, err, "run it again: nothing was written", "signing the revocation")
		}
		line = signed
	}
	if err := json.Unmarshal(line, e); err != nil {
		return err
	}
	if err := o.counts(line, e); err != nil {
		return err
	}
	return durable.WriteFile(o.path(PendingFile), append(line, '\n'), 0o644)
}

// counts refuses signatures that the trust file would not count: those of keys
// that may not revoke.
func (o Options) counts(line []byte, e *verify.Envelope) error {
	_, err := verify.ReadRevocations(line, o.Trust)
	if err != nil && verify.ReasonOf(err) != verify.Threshold {
		return fault.Wrap(fault.Untrusted, err, "nothing was written", "verifying what was signed")
	}
	d := o.Trust.Document()
	authority, ok := d.Roles[verify.RoleRevoke]
	if !ok {
		authority = d.Roles[verify.RoleRoot]
	}
	for _, s := range e.Signatures {
		if !slices.Contains(authority.Keys, s.KeyID) && !slices.Contains(authority.AlsoKeys, s.KeyID) {
			return fault.New(fault.Untrusted, "`plimsoll trust show` lists the keys that may", "the key %s may not revoke", s.KeyID)
		}
	}
	return nil
}

// finish logs a list with enough signatures and puts it in place.
func (o Options) finish(ctx context.Context, current verify.RevocationsDocument, e *verify.Envelope) (*Result, error) {
	line, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	r := &Result{Index: -1}
	r.Document, err = verify.ReadRevocations(line, o.Trust)
	if verify.ReasonOf(err) == verify.Threshold {
		r.Pending, r.Lacks = true, err.Error()
		err = json.Unmarshal(e.Payload, &r.Document)
	}
	if err != nil {
		return nil, fault.Wrap(fault.Untrusted, err, "begin again with --restart", "verifying the list of revocations")
	}
	r.Added = r.Document.Revoked[len(current.Revoked):]
	if r.Pending {
		return r, nil
	}
	if o.Log != nil {
		entry := verify.Entry{Kind: "revocations", Sequence: r.Document.Version, Digest: verify.Digest(e.Payload)}
		if r.Index, _, err = o.Log.Append(ctx, entry); err != nil {
			return nil, err
		}
	}
	if err := durable.WriteFile(o.path(record.Revocations), append(line, '\n'), 0o644); err != nil {
		return nil, err
	}
	return r, os.Remove(o.path(PendingFile))
}

// parse reads a list that waits.
func parse(data []byte) (*verify.Envelope, verify.RevocationsDocument, error) {
	var doc verify.RevocationsDocument
	e, err := envelope.Read(bytes.TrimRight(data, "\n"))
	if err != nil {
		return nil, doc, err
	}
	if e.PayloadType != verify.RevocationsPayload {
		return nil, doc, errors.New("it is no list of revocations")
	}
	return e, doc, json.Unmarshal(e.Payload, &doc)
}

func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > verify.MaxEnvelope {
		return nil, fault.New(fault.Config, "see what it is", "%s is no list of revocations", path)
	}
	return os.ReadFile(path)
}
