package secretscan

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Reader examines single texts as the check examines the files of a work tree.
// It is for those who want to know what the check would say of a text that is
// not there. It may be used by several goroutines.
type Reader struct{ scanner *scanner }

// NewReader makes a reader of the kinds given. The slice must not change afterwards.
func NewReader(secrets []knowledge.Secret) (*Reader, error) {
	s, err := newScanner(secrets)
	return &Reader{s}, err
}

// Findings are those of a text that stands under a path.
func (r *Reader) Findings(path string, text []byte) ([]event.Finding, error) {
	result, err := r.scanner.read(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return nil, err
	}
	found := newGathering(r.scanner)
	for _, s := range result.sightings {
		found.inTree(path, s)
	}
	var findings []event.Finding
	for _, at := range found.secrets {
		findings = append(findings, found.finding(at))
	}
	slices.SortFunc(findings, func(a, b event.Finding) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column, cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	return findings, nil
}
