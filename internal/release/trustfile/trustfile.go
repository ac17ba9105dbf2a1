// Package trustfile makes trust files and changes them.
//
// A trust file says who may speak for an organisation, so each change of it is
// signed by several people, who are seldom in one room. A change is therefore a
// draft first: one line of the file to be, which each person reads and signs on
// their own machine. Once enough have signed, by the version before and by the
// new one, the draft becomes the newest version.
package trustfile

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// longest is how long a version may stand: who is asked to sign every two years
// still knows how.
const longest = 2 * 366 * 24 * time.Hour

// Draft is the next version, before enough people have signed it.
type Draft struct {
	Document verify.TrustDocument
	payload  []byte
	line     []byte // the envelope, nil before the first signature
	signed   []string
}

// First drafts the first version of a trust file.
func First(doc verify.TrustDocument) (*Draft, error) {
	doc.Type, doc.Version = verify.TrustType, 1
	return newDraft(doc)
}

// Next drafts what change makes of the newest version.
func Next(trust *verify.Trust, now time.Time, change func(*verify.TrustDocument) error) (*Draft, error) {
	var doc verify.TrustDocument
	text, err := json.Marshal(trust.Document())
	if err != nil {
		return nil, fmt.Errorf("copying a trust document: %w", err)
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("copying a trust document: %w", err)
	}
	doc.Version++
	if doc.Issued = now.UTC().Truncate(time.Second); doc.Issued.Before(trust.Document().Issued) {
		return nil, fault.New(fault.Config, "set the clock", "the newest version was issued on %s, after this machine's clock", trust.Document().Issued.Format(time.DateOnly))
	}
	if err := change(&doc); err != nil {
		return nil, err
	}
	return newDraft(doc)
}

func newDraft(doc verify.TrustDocument) (*Draft, error) {
	if err := sensible(doc); err != nil {
		return nil, err
	}
	payload, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("writing a trust document: %w", err)
	}
	return &Draft{Document: doc, payload: payload}, nil
}

// sensible refuses what a person would regret: a file that stands too long, or
// that one lost key would end.
func sensible(doc verify.TrustDocument) error {
	if doc.Expires.Sub(doc.Issued) > longest {
		return fault.New(fault.Usage, "let it stand for two years at most", "it would stand until %s", doc.Expires.Format(time.DateOnly))
	}
	usable := map[string]bool{}
	for _, k := range doc.Keys {
		key, err := verify.ParseKey(k.Key)
		if err != nil {
			return fault.Wrap(fault.Usage, err, "give keys as `plimsoll key new` prints them", "the key of %s", k.Name)
		}
		usable[key.ID] = k.Compromised == nil
	}
	roles := []map[verify.Role]verify.Authority{doc.Roles}
	roles = append(roles, slices.Collect(maps.Values(doc.Products))...)
	for _, group := range roles {
		for role, a := range group {
			left := soundOf(a.Keys, usable)
			if a.Also != "" {
				left = min(left, soundOf(a.AlsoKeys, usable))
			}
			if left < a.Threshold {
				return fault.New(fault.Usage, "give the role another key in the same change", "the role %q would take %d keys and has %d that are sound: nobody could sign any more", role, a.Threshold, left)
			}
		}
	}
	return nil
}

func soundOf(ids []string, usable map[string]bool) (n int) {
	for _, id := range ids {
		if usable[id] {
			n++
		}
	}
	return n
}

// Fragile says what one accident would break, for people to read before they
// sign; it is no error, since a team of one has no choice.
func Fragile(doc verify.TrustDocument) (warnings []string) {
	for _, role := range []verify.Role{verify.RoleRoot, verify.RoleRelease} {
		a, ok := doc.Roles[role]
		switch {
		case !ok:
		case a.Threshold == 1:
			warnings = append(warnings, fmt.Sprintf("one stolen key of the role %q is enough to speak for the organisation", role))
		case len(a.Keys) == a.Threshold, a.Also != "" && len(a.AlsoKeys) == a.Threshold:
			warnings = append(warnings, fmt.Sprintf("one lost key of the role %q and nobody can sign for it any more", role))
		}
	}
	if doc.Log == nil {
		warnings = append(warnings, "no log is named: permits that were shown to some alone would not be noticed")
	}
	return warnings
}

// Sign adds a person's signature.
func (d *Draft) Sign(ctx context.Context, signer envelope.Signer) error {
	var line []byte
	var err error
	if d.line == nil {
		line, err = envelope.Sign(ctx, verify.TrustPayload, d.payload, signer)
	} else {
		line, err = envelope.Add(ctx, d.line, signer)
	}
	if err != nil {
		return err
	}
	d.line, d.signed = line, append(d.signed, signer.Key().ID)
	return nil
}

// Bytes is the draft as a file: an envelope on one line.
func (d *Draft) Bytes() ([]byte, error) {
	if d.line != nil {
		return append(slices.Clone(d.line), '\n'), nil
	}
	line, err := json.Marshal(verify.Envelope{PayloadType: verify.TrustPayload, Payload: d.payload, Signatures: []verify.Signature{}})
	return append(line, '\n'), err
}

// Read reads a draft. Its signatures are verified when it is finished.
func Read(data []byte) (*Draft, error) {
	var e verify.Envelope
	line := bytes.TrimSuffix(data, []byte("\n"))
	if err := json.Unmarshal(line, &e); err != nil || e.PayloadType != verify.TrustPayload {
		return nil, fault.New(fault.Usage, "give the draft that `plimsoll trust` has written", "it is no draft of a trust file")
	}
	d := &Draft{payload: e.Payload}
	if err := json.Unmarshal(e.Payload, &d.Document); err != nil {
		return nil, fault.Wrap(fault.Usage, err, "give the draft that `plimsoll trust` has written", "reading a draft of a trust file")
	}
	if len(e.Signatures) > 0 {
		d.line = line
	}
	for _, s := range e.Signatures {
		d.signed = append(d.signed, s.KeyID)
	}
	return d, nil
}

// Signed are the ids of the keys that say they have signed.
func (d *Draft) Signed() []string { return d.signed }

// Missing says how many signatures are wanting, by the version before ("" where
// there is none) and by the draft itself.
func (d *Draft) Missing(current *verify.Trust) (before, own int) {
	count := func(doc verify.TrustDocument) int {
		a := doc.Roles[verify.RoleRoot]
		lacks := a.Threshold - d.signedBy(a.Keys)
		if a.Also != "" {
			lacks = max(lacks, a.Threshold-d.signedBy(a.AlsoKeys))
		}
		return max(0, lacks)
	}
	if current != nil {
		before = count(current.Document())
	}
	return before, count(d.Document)
}

func (d *Draft) signedBy(keys []string) (n int) {
	for _, id := range slices.Compact(slices.Sorted(slices.Values(d.signed))) {
		if slices.Contains(keys, id) {
			n++
		}
	}
	return n
}

// Finish is the trust file with the draft as its newest version: current is the
// file so far, nil for none. It is read as a stranger would read it, so that a
// signature that does not fit or a version that does not follow is found here.
func (d *Draft) Finish(current []byte, more map[verify.Algorithm]verify.Verifier) ([]byte, error) {
	line, err := d.Bytes()
	if err != nil {
		return nil, err
	}
	file := append(slices.Clone(current), line...)
	if _, err := verify.ReadTrust(file, more); err != nil {
		return nil, err
	}
	return file, nil
}
