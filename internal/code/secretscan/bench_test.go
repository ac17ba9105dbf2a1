package secretscan

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkScan scans ordinary source made up here and, where
// PLIMSOLL_CORPUS names a folder, the files in it.
func BenchmarkScan(b *testing.B) {
	e, _ := newTestEngine(b)
	var source strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&source, "func (s *server) handle%d(w http.ResponseWriter, r *http.Request) error {\n\tif s.count > %d { return fmt.Errorf(\"reading %%s: %%w\", r.URL.Path, err) }\n\treturn s.next.ServeHTTP(w, r)\n}\n", i, i*7)
	}
	texts := map[string][]byte{
		"source": []byte(source.String()),
		"zeros":  make([]byte, 8<<20),
		"line":   bytes.Repeat([]byte("var a=function(){return b.c(d,e)};"), 8<<20/34),
		"hits":   bytes.Repeat([]byte(`password="x" token: y `), 1<<20/22),
	}
	if dir := os.Getenv("PLIMSOLL_CORPUS"); dir != "" {
		texts["corpus"] = readCorpus(b, dir)
	}
	for name, text := range texts {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				e.Scan(text, 0, len(text), func(Match) {})
			}
		})
	}
	b.Run("filter", func(b *testing.B) {
		text := texts["source"]
		if c := texts["corpus"]; c != nil {
			text = c
		}
		b.SetBytes(int64(len(text)))
		var hits []hit
		for b.Loop() {
			hits = e.filter.find(text, 0, len(text), hits[:0])
		}
		b.ReportMetric(float64(len(hits))/float64(len(text))*1e6, "hits/MB")
	})
}

func BenchmarkNewEngine(b *testing.B) {
	_, secrets := newTestEngine(b)
	for b.Loop() {
		if _, err := NewEngine(secrets); err != nil {
			b.Fatal(err)
		}
	}
}

// readCorpus puts the files of dir one after the other.
func readCorpus(b *testing.B, dir string) []byte {
	var all []byte
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		all = append(append(all, data...), '\n')
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return all
}

// BenchmarkRead reads the files in the folder that PLIMSOLL_CORPUS names, each
// as the check does: with all that is inside.
func BenchmarkRead(b *testing.B) {
	dir := os.Getenv("PLIMSOLL_CORPUS")
	if dir == "" {
		b.Skip("PLIMSOLL_CORPUS names no folder")
	}
	s := newTestScanner(b)
	corpus := os.DirFS(dir)
	for b.Loop() {
		size := int64(0)
		err := fs.WalkDir(corpus, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || strings.HasPrefix(path, ".git/") {
				return err
			}
			data, err := fs.ReadFile(corpus, path)
			if err != nil {
				return err
			}
			size += s.mustRead(b, bytes.NewReader(data), int64(len(data))).bytes
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(size)
	}
}
