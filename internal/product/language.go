package product

import (
	"fmt"
	"path"
	"sort"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// leastShare is the share of the source, in percent, from which a language is
// one of the product's.
const leastShare = 5

// tongue is what is written in one language.
type tongue struct {
	value   string
	bytes   int64
	largest repo.File
}

// languageFacts tells the languages by the bytes of source outside tests,
// vendored and generated files, or of all source where there is no other.
func (e *engine) languageFacts(files []repo.File) []event.Fact {
	tongues, total := e.tongues(files, func(p string) bool { return !aside(p) && !made(p) })
	if total == 0 {
		tongues, total = e.tongues(files, func(string) bool { return true })
	}
	var out []event.Fact
	for i, t := range tongues {
		share := float64(t.bytes) * 100 / float64(total)
		if i > 0 && share < leastShare {
			break
		}
		fact := event.Fact{Name: "language", Value: t.value, Confidence: event.Sure, Path: t.largest.Path, Because: fmt.Sprintf("%.0f %% of the source", share)}
		if i == 0 {
			fact.Because += ", the main language"
		}
		out = append(out, fact)
	}
	return out
}

func (e *engine) tongues(files []repo.File, take func(string) bool) (list []tongue, total int64) {
	by := map[string]*tongue{}
	for _, f := range files {
		if f.Mode != repo.Regular && f.Mode != repo.Executable {
			continue
		}
		value := e.language(f.Path)
		if value == "" || !take(f.Path) {
			continue
		}
		t := by[value]
		if t == nil {
			t = &tongue{value: value}
			by[value] = t
		}
		size := min(f.Size, largestSource) // one huge table of data is not the language of a product
		t.bytes += size
		total += size
		if f.Size > t.largest.Size {
			t.largest = f
		}
	}
	for _, t := range by {
		list = append(list, *t)
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].bytes != list[j].bytes {
			return list[i].bytes > list[j].bytes
		}
		return list[i].value < list[j].value
	})
	return headers(list), total
}

// largestSource bounds the weight of one file, in bytes.
const largestSource = 200 << 10

// headers gives C's header files to C++ where that outweighs it.
func headers(list []tongue) []tongue {
	c, cpp := -1, -1
	for i, t := range list {
		switch t.value {
		case "c":
			c = i
		case "cpp":
			cpp = i
		}
	}
	if c < 0 || cpp < 0 || !strings.HasSuffix(list[c].largest.Path, ".h") {
		return list
	}
	list[cpp].bytes += list[c].bytes
	list = append(list[:c:c], list[c+1:]...)
	sort.SliceStable(list, func(i, j int) bool { return list[i].bytes > list[j].bytes })
	return list
}

func (e *engine) language(name string) string {
	base := path.Base(name)
	if l := e.languages[base]; l != "" {
		return l
	}
	ext := path.Ext(base)
	if ext == "" {
		return ""
	}
	return e.languages[lower(ext)]
}
