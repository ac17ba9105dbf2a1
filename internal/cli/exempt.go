package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

type exemptFlags struct {
	signFlags
	compensating, from, until string
}

func newExempt(app *App) *cobra.Command {
	var f exemptFlags
	cmd := &cobra.Command{
		Use:   "exempt [REQUIREMENT]",
		Short: "Ask that a requirement need not be met until a day; approve what another asked",
		Long: `Ask that a requirement need not be met until a day: signed with this machine's
key and written to .plimsoll/exemptions/. It holds once a second owner has signed
the same words with their own key. Exemptions that product.yaml names without
signatures hold too, and reports say that nobody signed them.`,
		Example: `  plimsoll exempt PL-BUILD-9 --until 2027-01-31 \
    --because "the new backup host arrives in January" \
    --compensating "a daily copy to the office, checked by hand"
  plimsoll exempt --approve PL-BUILD-9-3f2a91c0.json
  plimsoll exempt --revoke PL-BUILD-9-3f2a91c0.json --because "the host is there"
  plimsoll exempt --list`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			mode, err := f.mode(args, f.approve, "--approve")
			if err != nil {
				return err
			}
			switch mode {
			case modeSecond:
				return app.approve(cmd.Context(), f.signFlags)
			case modeRevoke:
				return app.revoke(cmd.Context(), f.signFlags, evidence.ExemptionsDir)
			case modeList:
				return app.listExemptions(cmd.Context(), f.dir)
			}
			return app.exempt(cmd.Context(), args[0], f)
		},
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.approve, "approve", "", "approve the exemption in this file as a second person")
	flags.StringVar(&f.compensating, "compensating", "", "what lessens the risk meanwhile")
	flags.StringVar(&f.from, "from", "", "first day, YYYY-MM-DD (default: today)")
	flags.StringVar(&f.until, "until", "", "last day, YYYY-MM-DD")
	return cmd
}

func (app *App) exempt(ctx context.Context, id string, f exemptFlags) error {
	today := app.Clock().UTC().Format(time.DateOnly)
	if f.from == "" {
		f.from = today
	}
	if err := f.check(today); err != nil {
		return err
	}
	desk, req, err := app.deskFor(ctx, f.dir, id)
	if err != nil {
		return err
	}
	by, key, err := app.author(ctx, desk, f.by)
	if err != nil {
		return err
	}
	x := evidence.Exemption{Requirement: req.ID, Because: f.because, Compensating: f.compensating, By: by, From: f.from, Until: f.until,
		Recorded: app.Clock().UTC(), Repository: desk.Identity()}
	envelope, digest, err := evidence.SignExemption(ctx, x, key)
	if err != nil {
		return err
	}
	name, err := app.writeWord(desk, evidence.ExemptionsDir, req.ID, digest, envelope)
	if err != nil {
		return err
	}
	fmt.Fprintf(app.Stdout, "it holds once a second person approves it: plimsoll exempt --approve %s\n", name)
	return app.sayWhetherTrusted(desk, by, key)
}

func (f exemptFlags) check(today string) error {
	switch {
	case len(strings.Fields(f.because)) == 0:
		return fault.New(fault.Usage, `add --because "why it cannot be met now"`, "an exemption needs a reason")
	case len(strings.Fields(f.compensating)) == 0:
		return fault.New(fault.Usage, `add --compensating "…", or --compensating none where nothing does`, "an exemption says what lessens the risk meanwhile")
	case f.until == "":
		return fault.New(fault.Usage, "add --until YYYY-MM-DD", "an exemption needs a last day")
	}
	return checkPeriod("exemption", "from", f.from, f.until, today)
}

// approve adds the second signature to an exemption.
func (app *App) approve(ctx context.Context, f signFlags) error {
	desk, err := app.desk(ctx, f.dir)
	if err != nil {
		return err
	}
	d := draft{path: wordFile(evidence.ExemptionsDir, f.approve), noun: "exemption", again: "plimsoll exempt"}
	if d.envelope, err = desk.Read(ctx, d.path); err != nil {
		return err
	}
	s, err := evidence.OpenExemption(ctx, d.path, d.envelope, desk.Keys())
	if err != nil {
		return err
	}
	d.by, d.until, d.signers, d.text = s.Word.By, s.Word.Until, s.Signers, sayExemption(s.Word)
	for _, x := range desk.Asked() {
		if x.Path == d.path {
			d.refused = x.Refused
		}
	}
	return app.second(ctx, desk, d, f.yes)
}

// sayExemption is an exemption for whoever is to approve it.
func sayExemption(x evidence.Exemption) []string {
	return []string{
		fmt.Sprintf("%s asks that %s need not be met from %s until %s:", x.By, x.Requirement, x.From, x.Until),
		"  " + x.Because, "  meanwhile: " + x.Compensating, "  recorded on " + x.Recorded.UTC().Format(time.DateOnly)}
}

// listExemptions shows every signed exemption, and whether it holds.
func (app *App) listExemptions(ctx context.Context, dir string) error {
	desk, err := app.desk(ctx, dir)
	if err != nil {
		return err
	}
	for _, x := range desk.Asked() {
		who := x.Word.By
		if x.Gate.Approver != "" {
			who += ", approved by " + x.Gate.Approver
		}
		app.printLines([]string{fmt.Sprintf("%s  %s to %s  %s", x.Word.Requirement, x.Word.From, x.Word.Until, firstOf(x.Refused, x.Gate.Invalid(app.Clock()), "holds")),
			"  " + who + ": " + x.Word.Because, "  meanwhile: " + x.Word.Compensating, "  " + x.Path})
	}
	return app.listEnd(desk, len(desk.Asked()), "signed exemption", "plimsoll exempt")
}
