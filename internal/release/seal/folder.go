package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Bounds of what is read out of a repository.
const (
	maxPrepared  = 16 << 20
	maxApproval  = 1 << 20
	maxApprovals = 256
	maxPending   = 4 * verify.MaxEnvelope
)

// folder is a release in a repository.
type folder struct{ root, version string }

func openFolder(root, version string) (*folder, error) {
	if version == "" || version != filepath.Base(version) || strings.HasPrefix(version, ".") || strings.ContainsAny(version, `/\:`) {
		return nil, fault.New(fault.Usage, "give a version such as 1.2.3", "%q is no version", version)
	}
	f := &folder{root, version}
	if _, err := os.Stat(f.path(record.PreparedFile)); err != nil {
		return nil, fault.New(fault.NotFound, "`plimsoll release prepare "+version+"` prepares it", "there is no prepared release %s", version)
	}
	return f, nil
}

func (f *folder) path(names ...string) string {
	return filepath.Join(append([]string{f.root, record.Dir, f.version}, names...)...)
}

func (f *folder) bundle() string { return f.path(f.version + verify.Extension) }

// Lock lets one process of this machine at a time change the releases of a
// repository. Its file is kept out of the work tree where there is a .git.
func Lock(root string) (func(), error) {
	dir := filepath.Join(root, ".git", "plimsoll")
	if info, err := os.Stat(filepath.Join(root, ".git")); err != nil || !info.IsDir() {
		dir = filepath.Join(root, ".plimsoll")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	unlock, err := lockedfile.MutexAt(filepath.Join(dir, "release.lock")).Lock()
	if err != nil {
		return nil, fmt.Errorf("waiting for another run: %w", err)
	}
	return unlock, nil
}

// sweep removes what a killed process was writing.
func (f *folder) sweep() {
	left, _ := filepath.Glob(f.path(".tmp-*"))
	for _, name := range left {
		os.Remove(name)
	}
}

// prepared reads prepared.json whole and strictly: a field that this version
// does not know might change what people approved.
func (f *folder) prepared() (record.Prepared, []byte, error) {
	var p record.Prepared
	raw, err := readBounded(f.path(record.PreparedFile), maxPrepared)
	if err != nil {
		return p, nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	err = decoder.Decode(&p)
	if err == nil && decoder.More() {
		err = errors.New("something follows it")
	}
	if err != nil {
		return p, nil, fault.Wrap(fault.Config, err, "prepare it again", "reading %s", f.path(record.PreparedFile))
	}
	if p.Type != record.PreparedType || p.Version != f.version || p.Product == "" || len(p.Deliverables) == 0 {
		return p, nil, fault.New(fault.Config, "prepare it again", "%s is no prepared release %s with deliverables", f.path(record.PreparedFile), f.version)
	}
	return p, raw, nil
}

// approvals are the signed approvals, by the names of their files.
func (f *folder) approvals() ([][]byte, error) {
	names, err := filepath.Glob(f.path(record.ApprovalsDir, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(names) > maxApprovals {
		return nil, fault.New(fault.Config, "remove those that are not of this release", "there are %d approvals, more than %d", len(names), maxApprovals)
	}
	slices.Sort(names)
	var out [][]byte
	for _, name := range names {
		raw, err := readBounded(name, maxApproval)
		if err != nil {
			return nil, err
		}
		var line bytes.Buffer // one line in the bundle
		if err := json.Compact(&line, raw); err != nil {
			return nil, fault.Wrap(fault.Config, err, "remove it, or approve again", "reading %s", name)
		}
		out = append(out, line.Bytes())
	}
	return out, nil
}

// attached reads a part that the permit names.
func (f *folder) attached(a verify.Attachment) ([]byte, error) {
	hex, ok := strings.CutPrefix(a.Digest, "sha256:")
	if !ok || len(hex) != 2*sha256.Size || strings.Trim(hex, "0123456789abcdef") != "" {
		return nil, fault.New(fault.Config, "prepare it again", "the attachment %q has no SHA-256 digest", a.Name)
	}
	data, err := readBounded(f.path(record.AttachedDir, hex), verify.MaxBundle)
	if err != nil {
		return nil, err
	}
	if verify.Digest(data) != a.Digest || int64(len(data)) != a.Size {
		return nil, fault.New(fault.Untrusted, "prepare it again", "the attachment %q is not what was prepared", a.Name)
	}
	return data, nil
}

func readBounded(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fault.New(fault.Config, "put a file there", "%s is no regular file", path)
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fault.New(fault.TooCostly, "see what it holds", "%s has more than %d bytes", path, limit)
	}
	return data, nil
}
