package product

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"sort"
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/product/manifest"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// Memory keeps what a file told, by a key of its bytes. It may forget.
type Memory interface {
	Get(key string) ([]byte, bool)
	Put(key string, value []byte)
}

// Infer tells the facts of the product in s, and what of it could not be read.
// A file that memory knows is not opened; memory may be nil. The error means
// that nothing could be told at all.
func Infer(ctx context.Context, s repo.Snapshot, memory Memory) ([]event.Fact, []event.Problem, error) {
	if _, err := load(); err != nil {
		return nil, nil, err
	}
	clues, problems, err := gather(ctx, s, memory)
	if err != nil {
		return nil, nil, fmt.Errorf("inferring the facts: %w", err)
	}
	return Combine(s.Files(), clues), append(problems, Problems(clues)...), nil
}

// gather opens each wanted file once, a few at a time.
func gather(ctx context.Context, s repo.Snapshot, memory Memory) (map[string]Clues, []event.Problem, error) {
	files := Select(s.Files())
	clues := make([]Clues, len(files))
	errs := make([]error, len(files))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(len(files), runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := range next {
				clues[i], errs[i] = recall(ctx, s, files[i], memory)
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	out := make(map[string]Clues, len(files))
	var problems []event.Problem
	for i, f := range files {
		out[f.Path] = clues[i]
		if errs[i] != nil {
			problems = append(problems, event.Problem{Code: "unreadable", Path: f.Path, Incomplete: true,
				Message: fmt.Sprintf("a file that may tell facts could not be read: %v", errs[i])})
		}
	}
	return out, problems, nil
}

// recall is what memory says of a file, or else what a look at it gives.
func recall(ctx context.Context, s repo.Snapshot, f repo.File, memory Memory) (Clues, error) {
	if memory == nil {
		return look(ctx, s, f)
	}
	var clues Clues
	key := f.Digest + " " + f.Path
	if data, ok := memory.Get(key); ok && json.Unmarshal(data, &clues) == nil {
		return clues, nil
	}
	clues, err := look(ctx, s, f)
	if data, failed := json.Marshal(clues); err == nil && failed == nil {
		memory.Put(key, data)
	}
	return clues, err
}

func look(ctx context.Context, s repo.Snapshot, f repo.File) (Clues, error) {
	if err := ctx.Err(); err != nil {
		return Clues{}, err
	}
	r, err := s.Open(ctx, f)
	if err != nil {
		return Clues{}, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, manifest.MaxSize+1))
	if err != nil {
		return Clues{}, err
	}
	return Extract(f.Path, data), nil
}

// Problems are the manifests that could not be read as what they are, by path.
func Problems(clues map[string]Clues) []event.Problem {
	var out []event.Problem
	for p, c := range clues {
		if c.Problem != "" && !aside(p) {
			out = append(out, event.Problem{Code: "manifest", Path: p, Message: c.Problem, Hint: "correct the file, or state the facts in .plimsoll/product.yaml"})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out
}
