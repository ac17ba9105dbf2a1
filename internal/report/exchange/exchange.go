// Package exchange carries decisions to other programs and back: as SARIF
// suppressions and as OpenVEX statements.
//
// What Plimsoll wrote comes back as it was. Of other programs' files it takes
// what can be matched to a finding, with a name and a reason, and lists the
// rest: nothing is guessed.
package exchange

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// MaxFile is the largest file that is read, in bytes, and mostWords how many
// decisions are taken from one.
const (
	MaxFile   = 64 << 20
	mostWords = 200_000
)

// Word is a decision and a finding that it is about. Of a wide decision one word
// is Whole; the others say only that it covers their finding.
type Word struct {
	Finding  *event.Finding
	Decision *finding.Decision
	Whole    bool
}

// Given is a decision as a file gives it.
type Given struct {
	// Decision is whole where Ours; else verdict, reason, name and dates as far
	// as the file has them.
	Decision finding.Decision
	Ours     bool
	// What the finding is known by.
	Tool, Rule, Path, Snippet string
	Line                      int
	Vulnerabilities           []string
	Products                  []string
	// Refused says why it is not taken, whatever it matches.
	Refused string
}

// String names it in a list.
func (g *Given) String() string {
	name := g.Rule
	if len(g.Vulnerabilities) > 0 {
		name = g.Vulnerabilities[0]
	}
	if g.Path != "" {
		name += fmt.Sprintf(" at %s:%d", g.Path, g.Line)
	}
	return name
}

// Read reads a file of either kind.
func Read(path string, data []byte) ([]Given, error) {
	var head struct {
		Runs       []json.RawMessage `json:"runs"`
		Statements []json.RawMessage `json:"statements"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fault.Wrap(fault.Usage, err, "give a SARIF log or an OpenVEX document", "reading %s", path)
	}
	switch {
	case head.Runs != nil:
		return readSARIF(head.Runs)
	case head.Statements != nil:
		return readVEX(data)
	}
	return nil, fault.New(fault.Usage, "give a SARIF log (it has runs) or an OpenVEX document (it has statements)", "%s is neither", path)
}

// write writes v as JSON that can stand in a terminal.
func write(w io.Writer, v any) error {
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the decisions: %w", err)
	}
	_, err = w.Write(append(clean.JSON(out), '\n'))
	return err
}

// ours reads a decision that Plimsoll wrote.
func ours(m map[string]any) (finding.Decision, string) {
	d, err := finding.FromMap(m)
	if err != nil {
		return d, err.Error()
	}
	return d, ""
}
