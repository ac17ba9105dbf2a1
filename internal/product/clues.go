package product

import (
	"bytes"
	"encoding/json"
	"path"
	"sort"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/product/manifest"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// Clues are what one file tells of the product. They depend on its path and
// bytes alone, and travel as JSON.
type Clues struct {
	Manifest *manifest.Manifest `json:"manifest,omitempty"`
	Hits     []Hit              `json:"hits,omitempty"`
	// Main is the line on which a program begins, in languages that say so.
	Main int `json:"main,omitempty"`
	// Problem says why the file could not be read as what its name says.
	Problem string `json:"problem,omitempty"`
}

// Hit is a rule that the text of the file speaks for, or against.
type Hit struct {
	Rule    string `json:"rule"`
	Line    int    `json:"line"`
	What    string `json:"what,omitempty"` // the name of a field
	Against bool   `json:"against,omitempty"`
}

// Limits of what is opened.
const (
	maxText   = 256 << 10 // bytes of a file that is no manifest
	mostModel = 400       // files that only fields are looked for in
)

// Wants says whether a file of this path and size is worth opening.
func Wants(name string, size int64) bool {
	e, err := load()
	return err == nil && size > 0 && e.wants(name, size) != nothing
}

type interest uint8

const (
	nothing interest = iota
	fields           // only names of fields are looked for
	all
)

func (e *engine) wants(name string, size int64) interest {
	if aside(name) {
		return nothing
	}
	if manifest.Known(name) && size <= manifest.MaxSize {
		return all
	}
	if size > maxText {
		return nothing
	}
	if mayBeGoMain(name) {
		return all
	}
	want := nothing
	e.texts.match(name, func(id int) {
		if e.readers[id].match != nil {
			want = all
		} else {
			want = max(want, fields)
		}
	})
	return want
}

func mayBeGoMain(name string) bool {
	if !strings.HasSuffix(name, ".go") {
		return false
	}
	return path.Base(name) == "main.go" || strings.HasPrefix(name, "cmd/") && depth(name) <= 3
}

// Select lists the files that Wants takes, without links and without more
// models than tell anything new. It keeps the order of files.
func Select(files []repo.File) []repo.File {
	e, err := load()
	if err != nil {
		return nil
	}
	var out []repo.File
	models := 0
	for _, f := range files {
		if f.Size <= 0 || f.Mode != repo.Regular && f.Mode != repo.Executable {
			continue
		}
		switch e.wants(f.Path, f.Size) {
		case nothing:
			continue
		case fields:
			if models++; models > mostModel {
				continue
			}
		}
		out = append(out, f)
	}
	return out
}

// Extract looks at one file.
func Extract(name string, data []byte) Clues {
	var c Clues
	e, err := load()
	if err != nil {
		return c
	}
	if manifest.Known(name) {
		m, err := manifest.Parse(name, data)
		if err != nil {
			c.Problem = err.Error()
		}
		c.Manifest = &m
	}
	if mayBeGoMain(name) {
		c.Main = goMain(data)
	}
	if len(data) <= maxText && bytes.IndexByte(data, 0) < 0 {
		c.Hits = e.read(name, data)
	}
	return c
}

// goMain is the line of the package clause of a program, 0 in other files.
func goMain(data []byte) int {
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if bytes.HasPrefix(line, []byte("//go:build ignore")) {
			return 0
		}
		if rest, ok := bytes.CutPrefix(line, []byte("package ")); ok {
			if strings.TrimSpace(string(rest)) == "main" {
				return n
			}
			return 0
		}
	}
	return 0
}

// read runs what looks into files of this name over the text.
func (e *engine) read(name string, data []byte) []Hit {
	var hits []Hit
	wanted := map[string][]mark{} // rules by field
	seen := map[int]bool{}
	e.texts.match(name, func(id int) {
		if seen[id] {
			return
		}
		seen[id] = true
		r := e.readers[id]
		if r.match == nil {
			for f := range r.fields {
				wanted[f] = append(wanted[f], r.mark)
			}
			return
		}
		if at := r.match().FindIndex(data); at != nil {
			text := data[at[0]:at[1]]
			start := at[0] + len(text) - len(bytes.TrimLeft(text, " \t\r\n"))
			hits = append(hits, Hit{Rule: e.rules[r.rule].ID, Against: r.against, Line: 1 + bytes.Count(data[:start], []byte("\n"))})
		}
	})
	if len(wanted) > 0 {
		hits = append(hits, e.fieldHits(data, wanted)...)
	}
	sort.Slice(hits, func(i, j int) bool {
		if hits[i].Rule != hits[j].Rule {
			return hits[i].Rule < hits[j].Rule
		}
		return hits[i].Line < hits[j].Line
	})
	return hits
}

// fieldHits gives the first place of every rule whose field is declared.
func (e *engine) fieldHits(data []byte, wanted map[string][]mark) []Hit {
	var hits []Hit
	done := map[mark]bool{}
	declared(data, func(field, written string, line int) {
		for _, m := range wanted[field] {
			if !done[m] {
				done[m] = true
				hits = append(hits, Hit{Rule: e.rules[m.rule].ID, Line: line, What: written, Against: m.against})
			}
		}
	})
	return hits
}

// Size is about how much room the clues take when they are kept, in bytes.
func (c Clues) Size() int {
	b, _ := json.Marshal(c) // plain data cannot fail
	return len(b)
}
