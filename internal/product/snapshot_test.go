package product

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sort"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// tree is a snapshot in memory. A file whose text is "\x00unreadable" cannot
// be opened.
type tree map[string]string

func (t tree) Files() []repo.File {
	var out []repo.File
	for p, text := range t {
		out = append(out, repo.File{Path: p, Size: int64(len(text)), Tracked: true})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out
}

func (t tree) Open(_ context.Context, f repo.File) (io.ReadCloser, error) {
	text, ok := t[f.Path]
	if !ok || text == "\x00unreadable" {
		return nil, errors.New("cannot be opened")
	}
	return io.NopCloser(bytes.NewReader([]byte(text))), nil
}

// values are the values of one fact.
func values(facts []event.Fact, name string) []string {
	var out []string
	for _, f := range facts {
		if f.Name == name {
			out = append(out, f.Value)
		}
	}
	return out
}
