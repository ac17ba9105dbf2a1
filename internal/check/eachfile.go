package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// eachFile gives each worker the next file in turn, so that one large file does
// not hold up the rest, and reports in the order of the paths.
func (p *Pass) eachFile(ctx context.Context, files []repo.File, known KnownFunc, fn FileFunc) (map[string]int64, error) {
	items := make([]*Item, len(files))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				if f := files[i]; f.Mode == repo.Regular || f.Mode == repo.Executable {
					items[i] = p.item(ctx, f, known, fn)
				}
				if i%1000 == 999 {
					p.Progress("%d of %d files", i+1, len(files))
				}
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return p.collect(items), nil
}

func (p *Pass) collect(items []*Item) map[string]int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	total := map[string]int64{}
	for _, item := range items {
		if item == nil {
			continue
		}
		p.findings = append(p.findings, item.Findings...)
		p.problems = append(p.problems, item.Problems...)
		for key, n := range item.Counts {
			total[key] += n
		}
	}
	return total
}

// item is the memo's word on the file, or known's, or fn's.
func (p *Pass) item(ctx context.Context, f repo.File, known KnownFunc, fn FileFunc) *Item {
	key := itemKey(f)
	if data, ok := p.memo.Get(key); ok {
		if counts, ok := plainCounts(data); ok {
			return &Item{Counts: counts}
		}
		item := new(Item)
		if len(data) == 0 || json.Unmarshal(data, item) == nil {
			return item
		}
	}
	item, err := p.examine(ctx, f, known, fn)
	if err != nil {
		return &Item{Problems: []event.Problem{notExamined(f.Path, err)}}
	}
	data := []byte{}
	if len(item.Findings)+len(item.Problems)+len(item.Counts) > 0 {
		if data, err = json.Marshal(item); err != nil {
			return item
		}
	}
	p.memo.Put(key, data)
	return item
}

// itemKey is everything that the result on one file may depend on.
func itemKey(f repo.File) string {
	return fmt.Sprintf("%d%c %s %s", f.Mode, tracked(f), f.Digest, f.Path)
}

// tracked is a letter for whether git knows the file: some checks go by it.
func tracked(f repo.File) byte {
	if f.Tracked {
		return 't'
	}
	return 'u'
}

// examine calls known and, where that knows nothing, fn. A panic on a hostile file must not take the run with it: the
// file counts as not examined.
func (p *Pass) examine(ctx context.Context, f repo.File, known KnownFunc, fn FileFunc) (item *Item, err error) {
	defer func() {
		if r := recover(); r != nil {
			item, err = nil, &panicError{value: r, stack: debug.Stack()}
		}
	}()
	if known != nil {
		item = new(Item)
		if ok, err := known(f, item); ok || err != nil {
			return item, err
		}
	}
	r, err := p.subject.Snapshot.Open(ctx, f)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	item = new(Item)
	if err := fn(ctx, f, r, item); err != nil {
		return nil, err
	}
	return item, nil
}

// panicError keeps the stack for the operator; a user reads "internal error".
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("internal error: %v", e.value) }

// Stack is where it happened.
func (e *panicError) Stack() []byte { return e.stack }

func notExamined(path string, err error) event.Problem {
	pr := event.Problem{Code: string(fault.Incomplete), Path: path, Incomplete: true}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		pr.Code, pr.Message, pr.Hint = string(f.Code), f.Message, f.Hint
		return pr
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	if _, internal := errors.AsType[*panicError](err); internal {
		pr.Code, pr.Hint = string(fault.Internal), "this is a fault of Plimsoll; please report it with the file's kind and size"
	}
	pr.Message = "the file could not be examined: " + err.Error()
	return pr
}
