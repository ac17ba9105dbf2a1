package secretscan

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"slices"
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// passedOn is the largest blob that is given to another core; a larger one is
// read as it streams by.
const passedOn = 1 << 20

// thorough examines every blob from its beginning, as the git program gives it,
// and holds what that finds against what was found by way of the deltas. Where
// the two differ the program is wrong, and says so; what was found here counts.
func (s *scanner) thorough(ctx context.Context, p *check.Pass, r *repo.Repo, fast *blobs) error {
	whole := newBlobs()
	if err := s.eachWhole(ctx, r, whole); err != nil {
		return fmt.Errorf("scanning every blob from its beginning: %w", err)
	}
	var differ []string
	for oid := range whole.sizes {
		if whole.sizes[oid] != fast.sizes[oid] || whole.cut[oid] != fast.cut[oid] || !reflect.DeepEqual(whole.found[oid], fast.found[oid]) {
			differ = append(differ, oid)
		}
	}
	slices.Sort(differ)
	p.Observe(event.Observation{What: "blobs scanned from their beginning as well, to compare", Count: int64(whole.len())})
	if len(differ) > 0 {
		p.Problem(event.Problem{Code: string(fault.Internal), Incomplete: true,
			Message: fmt.Sprintf("%d of %d blobs gave something else when scanned from their beginning, first %s", len(differ), whole.len(), differ[0]),
			Hint:    "this is a fault of Plimsoll: please report it, with the repository if you can; this run goes by the whole blobs"})
	}
	fast.add(whole)
	return nil
}

// eachWhole examines all blobs as git gives them, on all cores.
func (s *scanner) eachWhole(ctx context.Context, r *repo.Repo, into *blobs) error {
	type work struct {
		oid  string
		data []byte
	}
	queue := make(chan work, 2*runtime.GOMAXPROCS(0))
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for w := range queue {
				_ = into.put(w.oid)(s.read(bytes.NewReader(w.data), int64(len(w.data))))
			}
		})
	}
	_, err := r.EachBlob(ctx, nil, func(oid string, size int64, content io.Reader) error {
		if size > passedOn {
			return into.put(oid)(s.read(content, size))
		}
		data := make([]byte, size)
		if _, err := io.ReadFull(content, data); err != nil {
			return fmt.Errorf("reading blob %s: %w", oid, err)
		}
		queue <- work{oid, data}
		return nil
	})
	close(queue)
	group.Wait()
	if err == nil {
		err = into.err
	}
	return err
}
