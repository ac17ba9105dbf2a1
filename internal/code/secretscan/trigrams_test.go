package secretscan

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestCountTrigrams writes trigrams.txt anew from the sources in the folders that
// PLIMSOLL_TRIGRAMS lists, each of the same weight.
func TestCountTrigrams(t *testing.T) {
	list := os.Getenv("PLIMSOLL_TRIGRAMS")
	if list == "" {
		t.Skip("PLIMSOLL_TRIGRAMS lists no folders of sources")
	}
	share := map[uint32]float64{}
	dirs := filepath.SplitList(list)
	for _, dir := range dirs {
		for three, n := range countTrigrams(t, dir) {
			share[three] += n / float64(len(dirs))
		}
	}
	if err := os.WriteFile("trigrams.txt", formatTrigrams(share), 0o644); err != nil {
		t.Fatal(err)
	}
}

// countTrigrams gives the share that each trigram of ASCII has in the texts under dir.
func countTrigrams(t *testing.T, dir string) map[uint32]float64 {
	share, total := map[uint32]float64{}, 0.0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.Contains(path, "/.git/") {
			return err
		}
		data, err := os.ReadFile(path)
		if len(data) > 2<<20 || bytes.IndexByte(data[:min(len(data), 8<<10)], 0) >= 0 {
			return err
		}
		for i := 0; i+3 <= len(data); i++ {
			total++
			if three := threeAt(data[i:]); three&0x808080 == 0 {
				share[three]++
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for three := range share {
		share[three] /= total
	}
	return share
}

// formatTrigrams writes the commonest as lines of a share in millionths, in
// steps of about a fifth, and the trigrams that have it.
func formatTrigrams(share map[uint32]float64) []byte {
	var all []uint32
	for three := range share {
		all = append(all, three)
	}
	slices.SortFunc(all, func(a, b uint32) int { return cmp.Or(cmp.Compare(share[b], share[a]), cmp.Compare(a, b)) })
	var out bytes.Buffer
	last := 0
	for _, three := range all[:min(len(all), 5000)] {
		step := int(math.Round(math.Log2(share[three]*1e6) * 4))
		if step != last {
			fmt.Fprintf(&out, "\n%.0f\t", math.Exp2(float64(step)/4))
			last = step
		}
		out.Write([]byte{byte(three), byte(three >> 8), byte(three >> 16)})
	}
	return append(bytes.TrimPrefix(out.Bytes(), []byte("\n")), '\n')
}
