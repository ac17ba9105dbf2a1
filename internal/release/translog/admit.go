package translog

import (
	"bytes"
	"encoding/json"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// newEntry writes an entry as it will stand in the log.
func newEntry(e verify.Entry) ([]byte, error) {
	e.Type = verify.EntryType
	data, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	if len(data) > maxEntry {
		return nil, fault.New(fault.NotThere, "release folders rather than their files one by one", "an entry of the log holds %d bytes, this release needs %d: too many deliverables", maxEntry, len(data))
	}
	return data, nil
}

// admit judges whether a new entry may follow one that stands already. There is
// one permit for a version, and the sequence of a product, of the trust file
// and of the revocations only goes up; whatever somebody signs, the log keeps
// it so.
func admit(old Leaf, e verify.Entry, data []byte) (same bool, err error) {
	if bytes.Equal(old.Data, data) {
		return true, nil
	}
	if old.Kind != e.Kind || old.Product != e.Product {
		return false, nil
	}
	if e.Kind == "permit" && old.Version == e.Version {
		return false, fault.New(fault.Untrusted, "restore the release's pending.json from git if it was lost, or release under a new version",
			"the log holds another permit for %s %s already (entry %d)", e.Product, e.Version, old.Index)
	}
	if old.Sequence >= e.Sequence {
		return false, fault.New(fault.Untrusted, "sign it again with --restart, so that it gets a number of its own",
			"the log holds %s %d of %s already (entry %d); this one has the number %d", e.Kind, old.Sequence, what(e), old.Index, e.Sequence)
	}
	return false, nil
}

func what(e verify.Entry) string {
	if e.Product == "" {
		return "the organisation"
	}
	return e.Product
}
