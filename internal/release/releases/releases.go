// Package releases reads the releases of a repository: those that are prepared,
// approved and sealed.
package releases

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// PendingFile and FollowUpFile stand beside prepared.json.
const (
	PendingFile  = "pending.json"
	FollowUpFile = "follow-up.json"
)

// Bounds of what is read out of a repository.
const (
	maxPrepared  = 16 << 20
	maxApproval  = 1 << 20
	maxApprovals = 256
	maxReleases  = 10_000
)

// Release is one of them.
type Release struct {
	Version   string
	Prepared  record.Prepared
	Raw       []byte // of prepared.json
	Approvals [][]byte
	Pending   bool // somebody has signed it, and not enough have
	// Permit is that of the bundle, not verified; nil where it is not sealed.
	Permit   *verify.PermitPredicate
	Digest   string // of the permit's payload
	FollowUp []byte // what somebody signed after an emergency; nil for nothing
}

// All reads every release, the earliest version first. One that cannot be read
// is a fault: nobody should take it for one that is not there.
func All(root string) ([]Release, error) {
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, fmt.Errorf("opening the repository: %w", err)
	}
	defer dir.Close()
	entries, err := fs.ReadDir(dir.FS(), record.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing the releases: %w", err)
	}
	if len(entries) > maxReleases {
		return nil, fault.New(fault.TooCostly, "move old ones away", "there are %d releases, more than %d", len(entries), maxReleases)
	}
	var out []Release
	for _, e := range entries {
		if !e.IsDir() || CheckVersion(e.Name()) != nil {
			continue // what a killed run left, or somebody's own file
		}
		r, err := read(dir, e.Name())
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b Release) int { return Compare(a.Version, b.Version) })
	return out, nil
}

// Open reads the release of a version.
func Open(root, version string) (Release, error) {
	if err := CheckVersion(version); err != nil {
		return Release{}, err
	}
	dir, err := os.OpenRoot(root)
	if err != nil {
		return Release{}, fmt.Errorf("opening the repository: %w", err)
	}
	defer dir.Close()
	if _, err := dir.Lstat(path.Join(record.Dir, version, record.PreparedFile)); err != nil {
		return Release{}, fault.New(fault.NotFound, "`plimsoll release prepare "+version+"` prepares it; `plimsoll release list` lists those that there are", "there is no prepared release %s", version)
	}
	return read(dir, version)
}

func read(dir *os.Root, version string) (Release, error) {
	r := Release{Version: version}
	at := func(name string) string { return path.Join(record.Dir, version, name) }
	var err error
	if r.Raw, err = readFile(dir, at(record.PreparedFile), maxPrepared); err != nil {
		return r, fault.Wrap(fault.Config, err, "restore it from git, or prepare it again", "reading the release %s", version)
	}
	if r.Prepared, err = Parse(r.Raw, version); err != nil {
		return r, fault.Wrap(fault.Config, err, "restore it from git, or prepare it again", "reading %s", at(record.PreparedFile))
	}
	if r.Approvals, err = approvals(dir, at(record.ApprovalsDir)); err != nil {
		return r, err
	}
	_, err = dir.Lstat(at(PendingFile))
	r.Pending = err == nil
	if data, err := readFile(dir, at(FollowUpFile), maxApproval); err == nil {
		r.FollowUp = data
	}
	return r, r.sealed(dir, at(version+verify.Extension))
}

// Parse reads prepared.json strictly: a field that this version does not know
// might change what people approve.
func Parse(raw []byte, version string) (p record.Prepared, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return p, errors.New("something stands after its end")
	}
	if p.Type != record.PreparedType || p.Version != version || p.Product == "" || len(p.Deliverables) == 0 {
		return p, fmt.Errorf("it is no prepared release %s with deliverables", version)
	}
	return p, nil
}

func approvals(dir *os.Root, folder string) ([][]byte, error) {
	entries, err := fs.ReadDir(dir.FS(), folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil || len(entries) > maxApprovals {
		return nil, fault.New(fault.Config, "see what stands there", "reading %s: %d files, %v", folder, len(entries), err)
	}
	var out [][]byte
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".json") || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		data, err := readFile(dir, path.Join(folder, e.Name()), maxApproval)
		if err != nil {
			return nil, fault.Wrap(fault.Config, err, "remove it, or approve again", "reading %s", path.Join(folder, e.Name()))
		}
		out = append(out, bytes.TrimSpace(data))
	}
	return out, nil
}

// sealed reads the first line of the bundle, where there is one. It verifies
// nothing; `plimsoll verify` does.
func (r *Release) sealed(dir *os.Root, name string) error {
	file, err := dir.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	defer file.Close()
	line, err := bufio.NewReader(io.LimitReader(file, verify.MaxEnvelope)).ReadBytes('\n')
	if err == nil {
		var s verify.PermitStatement
		var e *verify.Envelope
		if e, err = envelope.Read(line); err == nil {
			err = json.Unmarshal(e.Payload, &s)
			r.Permit, r.Digest = &s.Predicate, verify.Digest(e.Payload)
		}
	}
	if err != nil {
		return fault.Wrap(fault.Untrusted, err, "restore it from git", "reading %s", name)
	}
	return nil
}

func readFile(dir *os.Root, name string, limit int64) ([]byte, error) {
	if info, err := dir.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, fmt.Errorf("%s is no plain file", name))
	}
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s has more than %d bytes", name, limit)
	}
	return data, err
}

// SealedBy verifies that an organisation has sealed a bundle, whether or not it
// stands today: one that has ended, or of an earlier epoch, was sealed as well. So
// it is held against the day on which the trust file was made.
func SealedBy(trust *verify.Trust, bundle []byte) (*verify.Bundle, error) {
	then := func() time.Time { return trust.Document().Issued }
	b, _, err := verify.InspectBundle(bundle, trust, verify.Policy{Now: then})
	return b, err
}

// Last is the release of a line that was sealed last, nil for none.
func Last(all []Release, line string) *Release {
	var last *Release
	for i := range all {
		p := all[i].Permit
		if p != nil && p.Line == line && (last == nil || p.Sequence > last.Permit.Sequence) {
			last = &all[i]
		}
	}
	return last
}
