package cli

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier/formats"
)

type reportFlags struct{ dir, format, asOf, output string }

func newRequirementsReport(app *App) *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use:   "report",
		Short: "A report on the requirements, to read, to file and to hand to an auditor",
		Long: `Write a report on the requirements: the verdict, each requirement with its status,
reason and evidence, findings and decisions, exemptions, tailoring, facts and
licences. No check is called: it rests on the evidence of earlier runs. The same
evidence and the same --as-of give the same bytes.

  html        one file for people: no network, no script, prints well
  markdown    the same, for a merge request or a wiki
  csv, xlsx   a row for each requirement
  oscal-ar    NIST OSCAL 1.1.3 assessment results
  oscal-poam  NIST OSCAL 1.1.3 plan of action and milestones
  cyclonedx   CycloneDX 1.6 declarations

The exit status is 0 when the report was written, whatever the verdict.`,
		Example: `  plimsoll requirements report -o report.html
  plimsoll requirements report --format oscal-poam --as-of 2026-12-31 -o poam.json
  plimsoll requirements report --format csv | column -s, -t`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return app.requirementsReport(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.dir, "dir", "C", ".", "the repository")
	flags.Var(enum(&f.format, "html", formats.Names()...), "format", "the form of the report: "+strings.Join(formats.Names(), ", "))
	flags.StringVar(&f.asOf, "as-of", "", "as of this day (YYYY-MM-DD) or moment (RFC 3339)")
	flags.StringVarP(&f.output, "output", "o", "", "write to this file and not to standard output")
	return cmd
}

func (app *App) requirementsReport(ctx context.Context, f reportFlags) error {
	format, err := formats.Find(f.format)
	if err != nil {
		return err
	}
	if format.Binary && f.output == "" && app.outFile != nil && term.IsTerminal(int(app.outFile.Fd())) {
		return fault.New(fault.Usage, "add -o report."+format.Name, "a workbook cannot be shown on a terminal")
	}
	asOf, err := parseMoment(f.asOf)
	if err != nil {
		return err
	}
	d, _, err := assess.Dossier(ctx, assess.Options{Dir: f.dir, AsOf: asOf, Getenv: app.Getenv, Clock: app.Clock})
	if err != nil {
		return err
	}
	var out bytes.Buffer // a report that is cut off must not look like a whole one
	if err := format.Write(&out, d); err != nil {
		return err
	}
	if f.output == "" {
		if _, err := app.Stdout.Write(out.Bytes()); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
		return nil
	}
	if err := durable.WriteFile(f.output, out.Bytes(), 0o644); err != nil {
		return fault.Wrap(fault.Usage, err, "name a file in a folder that can be written", "writing %s", f.output)
	}
	if !app.quiet {
		fmt.Fprintf(app.Stderr, "wrote %s\n", f.output)
	}
	return nil
}
