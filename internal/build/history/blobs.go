package history

import (
	"context"
	"fmt"
	"sort"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// Sizes in bytes. Git hosts refuse files above hostLimit.
const (
	historyLimit = 50 << 20
	hostLimit    = 100 << 20
)

// reportLargeFiles tells of files in the tree that are larger than the policy
// has it.
func (e *exam) reportLargeFiles(files []repo.File) {
	var large []repo.File
	for _, f := range files {
		if f.Tracked && f.Size > e.policy.Rules.MaxBlobSize && f.Mode <= repo.Executable && !e.policy.Rules.AllowBinaries.Match(f.Path) {
			large = append(large, f)
		}
	}
	e.observe(event.Observation{What: "files of the tree measured", Count: int64(len(files)), Rules: []string{ruleLarge}})
	sort.SliceStable(large, func(i, j int) bool { return large[i].Size > large[j].Size })
	for n, f := range large {
		if n == mostEach {
			rest := large[n:]
			e.report(event.Finding{Rule: ruleLarge, Path: rest[0].Path, Places: len(rest), Message: fmt.Sprintf("%d more files are larger than %s", len(rest), inMiB(e.policy.Rules.MaxBlobSize))},
				"more files")
			return
		}
		severity := event.Low
		if f.Size > hostLimit {
			severity = event.Medium
		}
		e.report(event.Finding{Rule: ruleLarge, Severity: severity, Path: f.Path, Message: fmt.Sprintf("a file of %s in the tree; more than %s is large for git", inMiB(f.Size), inMiB(e.policy.Rules.MaxBlobSize))}, f.Path)
	}
}

func inMiB(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KiB", (n+1023)>>10)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

// blob is a large object of the history.
type blob struct {
	OID    string `json:"oid"`
	Size   int64  `json:"size"`
	Path   string `json:"path"`
	Commit string `json:"commit"`
}

// largeBlobs finds the very large objects that every clone carries, and how
// many objects were measured. Which commit brought one in is worth a walk
// through the history only where there is one.
func (e *exam) largeBlobs(ctx context.Context, r *repo.Repo) (large []blob, looked int64, err error) {
	err = r.BlobSizes(ctx, func(oid string, size int64) error {
		looked++
		if size > historyLimit {
			large = append(large, blob{OID: oid, Size: size})
		}
		return nil
	})
	if err != nil {
		if ctx.Err() == nil {
			e.problem(event.Problem{Code: string(fault.Incomplete), Incomplete: true, Message: "the sizes of the objects could not be read: " + err.Error(), Hint: "run `git fsck`"})
		}
		return nil, looked, ctx.Err()
	}
	if len(large) == 0 {
		return nil, looked, nil
	}
	in, err := r.Introductions(ctx)
	if err != nil {
		return nil, looked, err
	}
	var reachable []blob
	for _, b := range large {
		var ok bool
		if b.Commit, b.Path, ok = in.Of(b.OID); ok {
			reachable = append(reachable, b)
		}
	}
	return reachable, looked, nil
}

// reportLargeBlobs tells of those that are gone from the tree; the others were
// told of with the tree.
func (e *exam) reportLargeBlobs(s *said) {
	e.observe(event.Observation{What: "objects of the history measured", Count: s.Objects, Rules: []string{ruleLarge}})
	var gone []blob
	for _, b := range s.Large {
		if !e.tracked[b.Path] {
			gone = append(gone, b)
		}
	}
	e.reportBlobs(gone)
}

func (e *exam) reportBlobs(large []blob) {
	sort.Slice(large, func(i, j int) bool {
		return large[i].Size > large[j].Size || large[i].Size == large[j].Size && large[i].OID < large[j].OID
	})
	for n, b := range large {
		if n == mostEach {
			e.report(event.Finding{Rule: ruleLarge, Severity: event.Info, Places: len(large) - n, Commit: b.Commit, Path: b.Path,
				Message: fmt.Sprintf("%d more objects of the history are larger than %s", len(large)-n, inMiB(historyLimit))}, "more objects")
			return
		}
		e.report(event.Finding{Rule: ruleLarge, Severity: event.Info, Path: b.Path, Commit: b.Commit,
			Message: fmt.Sprintf("an object of %s, gone from the tree, stays in the history of every clone", inMiB(b.Size))}, b.OID)
	}
}
