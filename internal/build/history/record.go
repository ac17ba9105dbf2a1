package history

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// recordName is the file in the state folder that says which object each tag
// named when it was first seen.
const recordName = "tags-seen.json"

// tagRecord is the content of that file.
type tagRecord struct {
	Version int               `json:"version"`
	Tags    map[string]string `json:"tags"` // name → object
}

// tagDiff is the difference between the record and the tags of today.
type tagDiff struct {
	known int // tags that the record held already
	moved []movedTag
	lost  bool // there was a record, and it could not be read
}

type movedTag struct{ name, was, is, commit string }

// tagsDigest is the digest of the differences alone, so that tags which are new
// or stay put leave the memo be. It also enters new tags into the record; what
// was first seen is never written over, so a moved tag stays one until somebody
// decides on it.
func tagsDigest(ctx context.Context, s *check.Subject) (string, error) {
	diff, err := compareTags(ctx, s)
	if err != nil {
		return "", err
	}
	if err := rememberTags(ctx, s); err != nil {
		return "", err
	}
	var b strings.Builder
	if diff != nil {
		for _, m := range diff.moved {
			fmt.Fprintf(&b, "%q %s %s\n", m.name, m.was, m.is)
		}
		if diff.lost {
			b.WriteString("lost\n")
		}
	}
	return repo.DigestOf([]byte(b.String())), nil
}

// compareTags is nil where there is no repository or no place to remember.
func compareTags(ctx context.Context, s *check.Subject) (*tagDiff, error) {
	if s.Repo == nil || s.StateDir == "" {
		return nil, nil
	}
	refs, err := s.Repo.Refs(ctx)
	if err != nil {
		return nil, err
	}
	seen, lost, err := readRecord(s.StateDir)
	if err != nil {
		return nil, err
	}
	diff := &tagDiff{lost: lost}
	for _, t := range tagsOf(refs) {
		name := strings.TrimPrefix(t.Name, tagPrefix)
		was, known := seen.Tags[name]
		if !known {
			continue
		}
		diff.known++
		if was != t.OID && !floating.MatchString(name) {
			commit := t.OID
			if t.Peeled != "" {
				commit = t.Peeled
			}
			diff.moved = append(diff.moved, movedTag{name, was, t.OID, commit})
		}
	}
	return diff, nil
}

// rememberTags adds the tags that the record does not hold.
func rememberTags(ctx context.Context, s *check.Subject) error {
	if s.Repo == nil || s.StateDir == "" {
		return nil
	}
	refs, err := s.Repo.Refs(ctx)
	if err != nil {
		return err
	}
	seen, lost, err := readRecord(s.StateDir)
	if err != nil {
		return err
	}
	added := false
	for _, t := range tagsOf(refs) {
		name := strings.TrimPrefix(t.Name, tagPrefix)
		if _, known := seen.Tags[name]; !known {
			seen.Tags[name], added = t.OID, true
		}
	}
	if !added && !lost {
		return nil
	}
	data, err := json.MarshalIndent(seen, "", " ")
	if err != nil {
		return err
	}
	// A state folder that cannot be written costs the comparison, not the check.
	_ = durable.WriteFile(filepath.Join(s.StateDir, recordName), append(data, '\n'), 0o600)
	return nil
}

// maxRecord bounds the record that is read, in bytes: a million tags.
const maxRecord = 128 << 20

// readRecord reads the record. A missing one is empty; a broken one is empty
// and lost.
func readRecord(dir string) (r tagRecord, lost bool, err error) {
	empty := tagRecord{Version: 1, Tags: map[string]string{}}
	f, err := os.Open(filepath.Join(dir, recordName))
	if errors.Is(err, fs.ErrNotExist) {
		return empty, false, nil
	}
	if err != nil {
		return empty, true, nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxRecord))
	if err != nil || json.Unmarshal(data, &r) != nil || r.Version != 1 || r.Tags == nil {
		return empty, true, nil
	}
	return r, false, nil
}
