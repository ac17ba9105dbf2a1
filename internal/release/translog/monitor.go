package translog

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Expected is a release that somebody knows of. An empty digest accepts any
// permit of the version.
type Expected struct{ Product, Version, Digest string }

// Surprise is an entry that nobody expected, and why.
type Surprise struct {
	Leaf
	Because string
}

// maxExpected bounds a file of expected releases.
const maxExpected = 16 << 20

// ReadExpected reads a list of releases, one a line: product, version and, where
// it is known, the permit's digest. What follows # is a remark.
func ReadExpected(r io.Reader, name string) ([]Expected, error) {
	var out []Expected
	lines := bufio.NewScanner(io.LimitReader(r, maxExpected))
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(text)
		switch len(fields) {
		case 0:
			continue
		case 2:
			out = append(out, Expected{fields[0], fields[1], ""})
		case 3:
			out = append(out, Expected{fields[0], fields[1], fields[2]})
		default:
			return nil, fault.At(fault.Config, fault.Place{Path: name, Line: n, Source: lines.Text()}, "write PRODUCT VERSION [sha256:DIGEST]", "a release is a product and a version; this line has %d words", len(fields))
		}
	}
	return out, lines.Err()
}

// Surprises reads the whole log and gives the permits that were not expected:
// of a product that is watched (all where none is named), and neither version
// nor digest known. Two permits for one version are a surprise whatever is
// expected, since the log's rules allow one.
func (v *View) Surprises(ctx context.Context, expected []Expected, products []string) ([]Surprise, error) {
	var out []Surprise
	known := map[[2]string][]string{}
	for _, e := range expected {
		key := [2]string{e.Product, e.Version}
		known[key] = append(known[key], e.Digest)
	}
	first := map[[2]string]int64{}
	for leaf, err := range v.Leaves(ctx, 0) {
		if err != nil {
			return nil, err
		}
		if leaf.Kind != "permit" || (len(products) > 0 && !slices.Contains(products, leaf.Product)) {
			continue
		}
		key := [2]string{leaf.Product, leaf.Version}
		digests, ok := known[key]
		at, twice := first[key]
		switch {
		case twice:
			out = append(out, Surprise{leaf, fmt.Sprintf("a second permit for the version; the first is entry %d", at)})
		case !ok:
			out = append(out, Surprise{leaf, "no release of that product and version is known here"})
		case !slices.Contains(digests, "") && !slices.Contains(digests, leaf.Digest):
			out = append(out, Surprise{leaf, "the permit that is known here has another digest: " + digests[0]})
		}
		if !twice {
			first[key] = leaf.Index
		}
	}
	return out, nil
}
