package verify

import (
	"bytes"
	"fmt"
	"slices"
	"time"
)

// Trust is a trust file that was read: every version of it, each vouched for by
// the one before.
type Trust struct {
	versions []TrustDocument
	keys     []map[string]Key // by id, for each version
	digests  []string
	// compromised are the ids of the keys that any version has marked. A mark
	// stays though a later version names the key no more: else a stolen key would
	// count again, for what names the version from before the theft.
	compromised map[string]bool
	more        map[Algorithm]Verifier
}

// maxVersions bounds a trust file.
const maxVersions = 10_000

// ReadTrust reads a trust file and verifies the chain of its versions. That its
// first version is the right one is for whoever handed it over. More are
// verifiers of algorithms that this package does not bring; nil for none.
func ReadTrust(data []byte, more map[Algorithm]Verifier) (*Trust, error) {
	lines := bytes.Split(bytes.TrimRight(data, "\n"), []byte("\n"))
	if len(data) > MaxBundle || len(lines) > maxVersions {
		return nil, refuse(TooLarge, "reading the trust file: it has %d bytes in %d lines", len(data), len(lines))
	}
	t := &Trust{compromised: map[string]bool{}, more: more}
	for i, line := range lines {
		if err := t.add(fmt.Sprintf("version %d of the trust file", i+1), line); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// Document is the newest version.
func (t *Trust) Document() TrustDocument { return t.versions[len(t.versions)-1] }

// Versions are all of them, the oldest first.
func (t *Trust) Versions() []TrustDocument { return slices.Clone(t.versions) }

// Digest is that of the payload of a version, from 1.
func (t *Trust) Digest(version int) string { return t.digests[version-1] }

// CheckTime refuses a trust file that has expired. The clock may be behind by a
// little, so an early one is let through.
func (t *Trust) CheckTime(now time.Time) error {
	doc := t.Document()
	if now.After(doc.Expires) {
		r := refuse(TrustExpired, "the trust file of %s ended on %s", doc.Organisation, doc.Expires.UTC().Format(time.DateOnly))
		r.Hint = "get the organisation's newest trust file"
		return r
	}
	return nil
}

// Keys are the keys of a role for a product ("" for none) in the newest version,
// those of a second algorithm among them, and how many of each it takes.
func (t *Trust) Keys(product string, role Role) ([]Key, int) {
	n := len(t.versions) - 1
	a := t.versions[n].authority(product, role)
	var keys []Key
	for _, id := range slices.Concat(a.Keys, a.AlsoKeys) {
		keys = append(keys, t.keys[n][id])
	}
	return keys, a.Threshold
}

func (t *Trust) add(what string, line []byte) error {
	e, err := readEnvelope(what, line, TrustPayload)
	if err != nil {
		return err
	}
	var doc TrustDocument
	if err := decodeSigned(what, e.Payload, &doc); err != nil {
		return err
	}
	keys, err := doc.check(what)
	if err != nil {
		return err
	}
	if err := t.follows(what, doc); err != nil {
		return err
	}
	if n := len(t.versions); n > 0 {
		if _, err := t.meets(what, e, t.versions[n-1].authority("", RoleRoot), t.keys[n-1]); err != nil {
			return chain(err, "the version before does not vouch for it")
		}
	}
	if err := t.mark(what, doc); err != nil {
		return err
	}
	if _, err := t.meets(what, e, doc.authority("", RoleRoot), keys); err != nil {
		return chain(err, "its own keys do not vouch for it")
	}
	t.versions, t.keys, t.digests = append(t.versions, doc), append(t.keys, keys), append(t.digests, Digest(e.Payload))
	return nil
}

// chain says of a threshold that is not reached which link of the chain it is.
func chain(err error, why string) error {
	if r, ok := err.(*Refusal); ok && r.Reason == Threshold {
		return refuse(TrustChain, "%s: %s", r.Message, why)
	}
	return err
}

func (t *Trust) follows(what string, doc TrustDocument) error {
	n := len(t.versions)
	if doc.Version != n+1 {
		return refuse(TrustChain, "reading %s: it says that it is version %d", what, doc.Version)
	}
	if n == 0 {
		return nil
	}
	before := t.versions[n-1]
	switch {
	case doc.Organisation != before.Organisation:
		return refuse(TrustChain, "reading %s: it is of %q, the version before of %q", what, cut(doc.Organisation), before.Organisation)
	case doc.Epoch < before.Epoch:
		return refuse(TrustChain, "reading %s: its epoch is %d, that of the version before %d", what, doc.Epoch, before.Epoch)
	case doc.Issued.Before(before.Issued):
		return refuse(TrustChain, "reading %s: it was issued before the version before it", what)
	}
	return nil
}

// mark takes down which keys a document says are compromised. What was said once
// is not taken back: somebody else has had the key.
func (t *Trust) mark(what string, doc TrustDocument) error {
	for _, k := range doc.Keys {
		key, err := ParseKey(k.Key)
		switch {
		case err != nil:
			return err
		case k.Compromised != nil:
			t.compromised[key.ID] = true
		case t.compromised[key.ID]:
			return refuse(TrustChain, "reading %s: it takes back that the key %s (%s) was compromised", what, short(key.ID), cut(k.Name))
		}
	}
	return nil
}

// meets returns who of an authority has signed, where they are enough. Keys that
// are compromised do not count.
func (t *Trust) meets(what string, e Envelope, a Authority, keys map[string]Key) ([]string, error) {
	signed, err := e.signers(what, t.sound(a.Keys, keys), t.more)
	if err != nil {
		return nil, err
	}
	if len(signed) < a.Threshold {
		return nil, refuse(Threshold, "verifying %s: %d of the %d keys that may sign it have signed, expected %d", what, len(signed), len(a.Keys), a.Threshold)
	}
	if a.Also == "" {
		return signed, nil
	}
	also, err := e.signers(what, t.sound(a.AlsoKeys, keys), t.more)
	if err != nil {
		return nil, err
	}
	if len(also) < a.Threshold {
		return nil, refuse(Threshold, "verifying %s: %d of the %d %s keys have signed as well, expected %d", what, len(also), len(a.AlsoKeys), a.Also, a.Threshold)
	}
	return append(signed, also...), nil
}

func (t *Trust) sound(ids []string, keys map[string]Key) []Key {
	var out []Key
	for _, id := range ids {
		if k, ok := keys[id]; ok && !t.compromised[id] {
			out = append(out, k)
		}
	}
	return out
}

// authority is that of a role, for a product where it has one of its own.
func (d TrustDocument) authority(product string, role Role) Authority {
	if a, ok := d.Products[product][role]; ok && product != "" {
		return a
	}
	if a, ok := d.Roles[role]; ok {
		return a
	}
	if role == RoleRevoke {
		return d.Roles[RoleRoot]
	}
	return Authority{Threshold: 1} // no key: nobody may
}
