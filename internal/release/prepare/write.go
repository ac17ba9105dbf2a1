package prepare

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// Write puts the draft into its folder. It is written aside and put in place by
// one rename, so that a kill leaves the old release or the new one. What was
// approved before falls away with the old one: it was about other bytes.
func (d *Draft) Write(r *repo.Repo) (folder string, err error) {
	p := d.Prepared
	if len(d.Unmet()) > 0 {
		return "", errors.New("writing a release: preconditions are not met")
	}
	if d.released { // whatever the product's own preconditions say
		return "", fault.New(fault.Usage, "give a new version", "%s is released: what was sealed is never replaced", p.Version)
	}
	if d.pending {
		return "", fault.New(fault.Usage, "finish it with `plimsoll release seal "+p.Version+"`, or begin a new version", "%s is being signed already", p.Version)
	}
	folder = path.Join(record.Dir, p.Version)
	place, err := r.Inside(folder)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
		return "", fmt.Errorf("making the folder of releases: %w", err)
	}
	aside, err := os.MkdirTemp(filepath.Dir(place), ".tmp-"+p.Version+"-*")
	if err != nil {
		return "", fmt.Errorf("writing a release: %w", err)
	}
	defer os.RemoveAll(aside)
	if err := d.fillFolder(aside); err != nil {
		return "", err
	}
	return folder, exchange(aside, place)
}

func (d *Draft) fillFolder(dir string) error {
	if err := os.Chmod(dir, 0o755); err != nil {
		return fmt.Errorf("writing a release: %w", err)
	}
	raw, err := json.MarshalIndent(d.Prepared, "", "  ")
	if err != nil {
		return fmt.Errorf("writing a release: %w", err)
	}
	for _, a := range d.Attached {
		name := filepath.Join(dir, record.AttachedDir, strings.TrimPrefix(a.Digest, "sha256:"))
		if err := durable.WriteFile(name, a.Data, 0o644); err != nil {
			return err
		}
	}
	return durable.WriteFile(filepath.Join(dir, record.PreparedFile), append(raw, '\n'), 0o644)
}

// exchange puts fresh in the place of a folder, by one step where the system has
// one. What was there is thrown away afterwards.
func exchange(fresh, place string) error {
	err := os.Rename(fresh, place) // there is none yet
	if err == nil {
		return nil
	}
	if _, there := os.Lstat(place); errors.Is(there, fs.ErrNotExist) {
		return fmt.Errorf("putting the release in its place: %w", err)
	}
	if swapped := swap(fresh, place); swapped == nil {
		return os.RemoveAll(fresh)
	}
	return exchangeByTwo(fresh, place)
}

// exchangeByTwo is for systems without the one step. A kill between the renames
// leaves no prepared release, and prepare runs again.
func exchangeByTwo(fresh, place string) error {
	old := fresh + ".old"
	if err := os.Rename(place, old); err != nil {
		return fmt.Errorf("putting the release in its place: %w", err)
	}
	if err := os.Rename(fresh, place); err != nil {
		_ = os.Rename(old, place) // nothing is lost either way
		return fmt.Errorf("putting the release in its place: %w", err)
	}
	return os.RemoveAll(old)
}
