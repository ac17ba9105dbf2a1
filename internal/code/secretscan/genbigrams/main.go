// Command genbigrams makes bigrams.txt: how surprising each letter is behind
// each other in words, counted in the source text below the folders given.
// It was run as `go run ./genbigrams -o bigrams.txt $(go env GOROOT)/src`, whose
// comments are English and whose names are those of source.
package main

import (
	"flag"
	"io/fs"
	"log"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// letters is the size of the alphabet.
const letters = 26

func main() {
	out := flag.String("o", "bigrams.txt", "where to write the table")
	flag.Parse()
	var counts [letters][letters]float64
	for _, dir := range flag.Args() {
		if err := count(dir, &counts); err != nil {
			log.Fatal(err)
		}
	}
	if err := os.WriteFile(*out, []byte(table(&counts)), 0o644); err != nil {
		log.Fatal(err)
	}
}

// count adds the pairs of letters in the Go files below dir. Tests and data are
// left out: they hold what nobody reads.
func count(dir string, counts *[letters][letters]float64) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "testdata" {
			if err == nil {
				err = fs.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "tables") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for i := 1; i < len(text); i++ {
			a, b := text[i-1], text[i]
			if isLetter(a) && isLetter(b) && (isLower(b) || !isLower(a)) {
				counts[a|0x20-'a'][b|0x20-'a']++
			}
		}
		return nil
	})
}

func isLower(c byte) bool  { return c >= 'a' && c <= 'z' }
func isLetter(c byte) bool { return isLower(c | 0x20) }

// table writes for each pair the surprise in thirds of a bit as one character
// from 'A' on, a line for each first letter.
func table(counts *[letters][letters]float64) string {
	var b strings.Builder
	for _, row := range counts {
		sum := 0.0
		for _, n := range row {
			sum += n + 1
		}
		for _, n := range row {
			bits := -math.Log2((n + 1) / sum)
			b.WriteByte('A' + byte(min(math.Round(3*bits), 36)))
		}
		b.WriteByte('\n')
	}
	return b.String()
}
