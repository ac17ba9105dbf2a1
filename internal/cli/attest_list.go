package cli

import (
	"context"
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// listAttestations shows every attestation, and whether it counts.
func (app *App) listAttestations(ctx context.Context, dir string) error {
	desk, err := app.desk(ctx, dir)
	if err != nil {
		return err
	}
	for _, g := range desk.Given() {
		state := "stands"
		if why := desk.Standing(g); why != "" {
			state = why
		}
		lines := []string{fmt.Sprintf("%s  %s to %s  %s", g.Word.Requirement, g.Word.Effective, g.Word.Until, state),
			"  " + g.Word.By + signedToo(g.Gate.Reviewer) + ": " + g.Word.Statement}
		if g.Gate.Counter != "" {
			lines = append(lines, "  against it: "+g.Gate.Counter)
		}
		app.printLines(append(lines, "  "+g.Path))
	}
	return app.listEnd(desk, len(desk.Given()), "attestation", "plimsoll attest")
}

func signedToo(reviewer string) string {
	if reviewer == "" {
		return ""
	}
	return ", reviewed by " + reviewer
}

func (app *App) printLines(lines []string) {
	for _, line := range lines {
		fmt.Fprintln(app.Stdout, clean.Line(line))
	}
}

// listEnd tells of files that cannot be believed, and of an empty list.
func (app *App) listEnd(desk *assess.Desk, n int, noun, command string) error {
	refused := desk.Refused()
	for _, message := range refused {
		app.printLines([]string{"refused  " + message})
	}
	if n == 0 && len(refused) == 0 {
		fmt.Fprintf(app.Stdout, "no %s yet: `%s --help`\n", noun, command)
	}
	if len(refused) > 0 {
		app.status = fault.ExitNotMet
	}
	return nil
}
