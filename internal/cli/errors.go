package cli

import (
	"fmt"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// showError writes every fault in err: where, what, the source with a caret, and
// what to do. A stranger among them is an internal error to the user.
func (app *App) showError(err error) {
	for _, e := range fault.All(err) {
		if e.Code == fault.Internal {
			fmt.Fprintf(app.Stderr, "plimsoll: internal error: %s\n", clean.Line(e.Message))
			fmt.Fprintln(app.Stderr, "  hint: this is a fault of Plimsoll; please report it with the command that you ran")
			continue
		}
		fmt.Fprintf(app.Stderr, "plimsoll: error: %s\n", clean.Line(e.Message))
		app.showPlace(e.Place)
		if e.Hint != "" {
			fmt.Fprintf(app.Stderr, "  hint: %s\n", clean.Line(e.Hint))
		}
	}
}

// showPlace draws the line of source with a caret under the column.
func (app *App) showPlace(p *fault.Place) {
	if p == nil {
		return
	}
	fmt.Fprintf(app.Stderr, "  --> %s\n", clean.Line(p.String()))
	if p.Source == "" || p.Line == 0 {
		return
	}
	number := fmt.Sprint(p.Line)
	margin := strings.Repeat(" ", len(number))
	fmt.Fprintf(app.Stderr, "%s |\n%s | %s\n", margin, number, clean.Line(strings.ReplaceAll(p.Source, "\t", " ")))
	if p.Column > 0 && p.Column <= len(p.Source)+1 {
		before := len([]rune(p.Source[:p.Column-1]))
		fmt.Fprintf(app.Stderr, "%s | %s^\n", margin, strings.Repeat(" ", before))
	}
}
