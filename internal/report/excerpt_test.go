package report

import (
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// TestExcerpt wants the carets under the finding in a line of which only a part
// is shown.
func TestExcerpt(t *testing.T) {
	line := strings.Repeat("x", 5000) + "HERE" + strings.Repeat("y", 5000)
	tests := []struct {
		name string
		f    event.Finding
	}{
		{"the whole line", event.Finding{Source: line, Column: 5001, EndColumn: 5005}},
		{"a part of it", event.Finding{Source: line[4990:5100], SourceColumn: 4991, Column: 5001, EndColumn: 5005}},
	}
	for _, test := range tests {
		source, column, end := excerpt(&test.f)
		shown, carets := snippet(source, column, end, 60, "...")
		columns := []rune(shown)
		from := strings.Index(carets, "^")
		if from < 0 || from+4 > len(columns) || string(columns[from:from+4]) != "HERE" || strings.Count(carets, "^") != 4 {
			t.Errorf("%s:\n%s\n%s", test.name, shown, carets)
		}
	}
}
