package cli

import (
	"context"
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/gate"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// listAttestations shows every attestation, and whether it counts.
func (app *App) listAttestations(ctx context.Context, dir string) error {
	desk, err := app.desk(ctx, dir)
	if err != nil {
		return err
	}
	for _, g := range desk.Given() {
		state := standing(desk, g)
		lines := []string{fmt.Sprintf("%s  %s to %s  %s", g.Word.Requirement, g.Word.Effective, g.Word.Until, state),
			"  " + g.Word.By + signedToo(g.Gate.Reviewer) + ": " + g.Word.Statement}
		if g.Gate.Counter != "" {
			lines = append(lines, "  against it: "+g.Gate.Counter)
		}
		app.printLines(append(lines, "  "+g.Path))
	}
	return app.listEnd(desk, len(desk.Given()), "attestation", "plimsoll attest")
}

// standing says whether an attestation counts, and if not why.
func standing(desk *assess.Desk, g assess.Given) string {
	if why := desk.Standing(g); why != "" {
		return why
	}
	req, known, err := desk.Requirement(g.Word.Requirement)
	switch {
	case err != nil || !known:
		return "stands"
	case gate.WantsTwo(req.Plan) && g.Gate.Reviewer == "":
		return "waits for a second person: plimsoll attest --review " + g.Path
	case req.Plan.Strength > wordAndDocument:
		return "stands, and needs a test or a check beside it"
	}
	return "stands"
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
