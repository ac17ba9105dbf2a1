package unwrap

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkPlain looks for encoded text in ordinary source made up here and,
// where PLIMSOLL_CORPUS names a folder, in the files in it.
func BenchmarkPlain(b *testing.B) {
	texts := map[string][]byte{
		"source": []byte(strings.Repeat("func (s *server) handle(w http.ResponseWriter, r *http.Request) error {\n\treturn fmt.Errorf(\"reading %s: %w\", r.URL.Path, err)\n}\n", 20000)),
		"base64": []byte(strings.Repeat(strings.Repeat("iVBORw0KGgoAAAANSUhEUgAAAAUA", 4)+"\n", 20000)),
	}
	if dir := os.Getenv("PLIMSOLL_CORPUS"); dir != "" {
		texts["corpus"] = readCorpus(b, dir)
	}
	for name, text := range texts {
		whole := placesIn(text, 0, len(text))
		for part, look := range map[string]func(*Walk){
			"runs":    func(*Walk) { (&Places{}).searchRuns(text, 0, len(text)) },
			"others":  func(*Walk) { (&Places{}).searchOthers(text, 0, len(text)) },
			"encoded": func(w *Walk) { w.Encoded(text, whole.Runs, func(Run) {}) },
			"escaped": func(w *Walk) { w.Escaped(text, whole.Escapes, func(Run) {}) },
		} {
			b.Run(name+"/"+part, func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					look(NewWalk(MaxTotal))
				}
			})
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
