package seal

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/translog"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Known are the releases that a repository knows of, for whoever watches the
// log: those with a permit by its digest. One that is only prepared is expected
// nowhere yet.
func Known(root string) ([]translog.Expected, error) {
	var out []translog.Expected
	for _, name := range bundles(root) {
		payload, err := permitIn(name)
		if err != nil {
			continue // `plimsoll verify` says what is wrong with it
		}
		out = append(out, expectedOf(payload)...)
	}
	names, err := filepath.Glob(filepath.Join(root, record.Dir, "*", pendingFile))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		raw, err := readBounded(name, maxPending)
		if err != nil {
			return nil, err
		}
		if p, err := parsePending(raw); err == nil {
			if e, err := envelope.Read(p.Permit); err == nil {
				out = append(out, expectedOf(e.Payload)...)
			}
		}
	}
	return out, nil
}

func expectedOf(payload []byte) []translog.Expected {
	s, err := parsePermit(payload)
	if err != nil {
		return nil
	}
	return []translog.Expected{{Product: s.Predicate.Product, Version: s.Predicate.Version, Digest: verify.Digest(payload)}}
}

// PermitOf is the permit of a version that is sealed here, and its digest. It is
// not verified.
func PermitOf(root, version string) (verify.PermitPredicate, string, error) {
	f := &folder{root, version}
	if filepath.Base(version) != version {
		return verify.PermitPredicate{}, "", fault.New(fault.Usage, "give a version such as 1.2.3", "%q is no version", version)
	}
	payload, err := permitIn(f.bundle())
	if errors.Is(err, os.ErrNotExist) {
		return verify.PermitPredicate{}, "", fault.New(fault.NotFound, "`plimsoll release seal "+version+"` seals it", "there is no sealed release %s", version)
	}
	if err != nil {
		return verify.PermitPredicate{}, "", fault.Wrap(fault.Untrusted, err, "restore it from git", "reading %s", f.bundle())
	}
	s, err := parsePermit(payload)
	return s.Predicate, verify.Digest(payload), err
}

// Envelopes are the signed lines of a sealed release: the permit first, then the
// statements that it names. They are not verified.
func Envelopes(root, version string) ([][]byte, error) {
	p, _, err := PermitOf(root, version)
	if err != nil {
		return nil, err
	}
	file, err := os.Open((&folder{root, version}).bundle())
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines := bufio.NewReader(io.LimitReader(file, verify.MaxBundle))
	var out [][]byte
	for range 1 + len(p.Statements) {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return nil, fault.Wrap(fault.Untrusted, err, "restore it from git", "reading the bundle of %s", version)
		}
		out = append(out, line[:len(line)-1])
	}
	return out, nil
}
