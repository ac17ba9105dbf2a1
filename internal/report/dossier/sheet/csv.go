package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
)

// CSV writes a row for each requirement (RFC 4180, UTF-8, lines end with CR LF).
func CSV(w io.Writer, d *dossier.Dossier) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	for _, row := range requirements(d.Sorted()).rows {
		for i := range row {
			row[i] = inert(row[i])
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("writing the table: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	return nil
}

// inert keeps a spreadsheet from taking s for a formula: an apostrophe at the
// start makes it text. The full-width forms count for some programs too.
func inert(s string) string {
	if looksLikeFormula(s) {
		return "'" + s
	}
	return s
}

// looksLikeFormula tells whether a spreadsheet may compute s: blanks before the
// sign do not stop all of them.
func looksLikeFormula(s string) bool {
	if strings.HasPrefix(s, "\t") || strings.HasPrefix(s, "\r") || strings.HasPrefix(s, "\n") {
		return true
	}
	trimmed := strings.TrimLeft(s, " \u00a0\u3000'\"")
	for _, sign := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%"} {
		if strings.HasPrefix(trimmed, sign) {
			return true
		}
	}
	return false
}
