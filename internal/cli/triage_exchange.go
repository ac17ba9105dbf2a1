package cli

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/internal/report/exchange"
	"github.com/plimsoll-dev/plimsoll/internal/version"
)

func newTriageExport(app *App, dir *string) *cobra.Command {
	var format, by string
	cmd := &cobra.Command{
		Use:     "export",
		Short:   "Write the decisions as SARIF suppressions or as OpenVEX",
		Example: "  plimsoll triage export --format openvex > product.openvex.json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return app.triageExport(cmd.Context(), *dir, format, by) },
	}
	cmd.Flags().Var(enum(&format, "sarif", "sarif", "openvex"), "format", "sarif or openvex")
	cmd.Flags().StringVar(&by, "by", "", "the document's author (default: git's user.name and user.email)")
	return cmd
}

func (app *App) triageExport(ctx context.Context, dir, format, by string) error {
	d, err := app.docket(ctx, dir)
	if err != nil {
		return err
	}
	words, left := spoken(d)
	if left > 0 {
		fmt.Fprintf(app.Stderr, "plimsoll: %s about findings that are not there, and not written\n", countOf(left, "decision"))
	}
	if format == "sarif" {
		return exchange.SARIF(app.Stdout, version.Version(), words)
	}
	if by, err = decider(ctx, d.Repo(), by); err != nil {
		return err
	}
	return exchange.OpenVEX(app.Stdout, d.Product(), by, version.Version(), app.Clock(), words)
}

// spoken pairs each decision with the findings that it is about, the one in view
// first, and counts those that are about none.
func spoken(d *assess.Docket) (words []exchange.Word, left int) {
	findings := d.Findings()
	byPrint, byFamily := map[string]*event.Finding{}, map[string][]*event.Finding{}
	for i := range findings {
		f := &findings[i]
		byPrint[f.Fingerprint] = f
		byFamily[f.Family] = append(byFamily[f.Family], f)
	}
	ds := d.Decisions()
	for i := range ds {
		one := &ds[i]
		about := byPrint[one.Fingerprint]
		var covered []*event.Finding
		if one.Wide() {
			covered = one.Reached(byFamily[cmp.Or(one.Family, one.Rule)], d.Look)
			if about == nil && len(covered) > 0 {
				about = covered[0]
			}
		}
		if about == nil {
			left++
			continue
		}
		words = append(words, exchange.Word{Finding: about, Decision: one, Whole: true})
		for _, f := range covered {
			if f != about {
				words = append(words, exchange.Word{Finding: f, Decision: one})
			}
		}
	}
	return words, left
}

type takeFlags struct {
	by, owner, until, because, verdict string
	inline, dryRun                     bool
}

func newTriageImport(app *App, dir *string) *cobra.Command {
	var f takeFlags
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Take decisions from SARIF suppressions or OpenVEX, or list comments of other tools",
		Long: `Take decisions from a SARIF log or an OpenVEX document.

What Plimsoll wrote comes back as it was. Another program's suppression is
matched by rule and place, and only where the file carries the code and it is
the same; a VEX statement by vulnerability and component. Each needs a name and
a reason, from the file or from the flags. What cannot be matched is listed.

--inline reads the comments in the code that other tools heed (nosec, nosemgrep,
noqa, gitleaks:allow, …). They silence nothing here; those on the line of an
open finding are listed as proposals.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return app.triageImport(cmd.Context(), *dir, args, f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.by, "by", "", "who decided, where the file does not say")
	flags.StringVar(&f.owner, "owner", "", "who answers for it")
	flags.StringVar(&f.because, "because", "", "the reason, where the file gives none")
	flags.StringVar(&f.until, "until", "", "last day on which they stand, where the file does not say, YYYY-MM-DD")
	flags.Var(enum(&f.verdict, finding.Accepted, finding.FalsePositive, finding.Accepted), "as", "what a suppression of another program means: false-positive or accepted")
	flags.BoolVar(&f.inline, "inline", false, "list what comments of other tools propose")
	flags.BoolVar(&f.dryRun, "dry-run", false, "show what would be taken, and decide nothing")
	return cmd
}

func (app *App) triageImport(ctx context.Context, dir string, args []string, f takeFlags) error {
	if f.inline == (len(args) == 1) {
		return fault.New(fault.Usage, "name one file, or give --inline", "expected a file or --inline")
	}
	var given []exchange.Given
	if !f.inline {
		data, err := readBounded(args[0])
		if err != nil {
			return err
		}
		if given, err = exchange.Read(filepath.Base(args[0]), data); err != nil {
			return err
		}
	}
	d, err := app.docket(ctx, dir)
	if err != nil {
		return err
	}
	if f.inline {
		return app.proposals(d)
	}
	ds, refused := app.taken(d, given, f)
	for _, why := range refused {
		fmt.Fprintf(app.Stdout, "not taken: %s\n", clean.Line(why))
	}
	if f.dryRun || len(ds) == 0 {
		fmt.Fprintf(app.Stdout, "%s of %d would be taken\n", countOf(len(ds), "decision"), len(given))
		return nil
	}
	if err := d.Change("import of "+countOf(len(ds), "decision"), ds, nil); err != nil {
		return err
	}
	fmt.Fprintf(app.Stdout, "%s of %d taken, in %s\n", countOf(len(ds), "decision"), len(given), finding.DecisionsPath)
	return nil
}

func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.Usage, "name a file that can be read", "opening %s: %s", path, errText(err))
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, exchange.MaxFile+1))
	if err != nil {
		return nil, fault.New(fault.Usage, "name a file that can be read", "reading %s: %s", path, errText(err))
	}
	if len(data) > exchange.MaxFile {
		return nil, fault.New(fault.TooCostly, "split it", "%s has more than %d MiB", path, exchange.MaxFile>>20)
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), nil
}

func errText(err error) string {
	if pe, ok := err.(*os.PathError); ok {
		return pe.Err.Error()
	}
	return err.Error()
}

// taken are the decisions that can be matched, and why the others are not taken.
func (app *App) taken(d *assess.Docket, given []exchange.Given, flags takeFlags) (ds finding.Decisions, refused []string) {
	line := func(path string, n int) string {
		if all := d.Lines(path); n > 0 && n <= len(all) {
			return all[n-1]
		}
		return ""
	}
	for i := range given {
		g := &given[i]
		f, why := g.Match(d.Findings(), line)
		if f == nil && g.Ours && g.Decision.Wide() && g.Refused == "" {
			f, why = &event.Finding{}, "" // it stands for itself
		}
		if why == "" && !g.Ours {
			why = app.completeGiven(d, g, f, flags)
		}
		if why == "" {
			if err := possible(&g.Decision); err != nil {
				why = err.Error()
			}
		}
		if why != "" {
			refused = append(refused, g.String()+": "+why)
			continue
		}
		ds = append(ds, g.Decision)
	}
	return ds, refused
}

// completeGiven binds another program's decision to the finding, and says what
// is missing of it.
func (app *App) completeGiven(d *assess.Docket, g *exchange.Given, f *event.Finding, flags takeFlags) string {
	one := g.Decision
	one.Verdict = cmp.Or(one.Verdict, flags.verdict)
	one.By, one.Because, one.Owner = cmp.Or(one.By, flags.by), cmp.Or(one.Because, flags.because), flags.owner
	switch {
	case one.By == "":
		return "it does not say who decided; give --by"
	case len([]rune(one.Because)) < 3:
		return "it gives no reason; give --because"
	}
	today := app.Clock().UTC()
	one.On, one.Until = today.Format(time.DateOnly), cmp.Or(flags.until, today.AddDate(0, 0, finding.DefaultDays(one.Verdict, "")).Format(time.DateOnly))
	one.Place = placeOf(*f)
	g.Decision = one.Bind(f, d.Look(f))
	return ""
}

// foreign takes the comments that other tools heed.
var foreign = regexp.MustCompile(`(?i)(#\s*nosec\b|//\s*#?nosec\b|\bnosemgrep\b|\bnosem\b|#\s*noqa\b|//\s*nolint\b|gitleaks:allow|betterleaks:allow|trufflehog:ignore|pragma: allowlist secret|eslint-disable(?:-next-line|-line)?\b|\bNOSONAR\b|rubocop:disable|brakeman:ignore|checkov:skip|tfsec:ignore|trivy:ignore|kics-scan ignore).*`)

// proposals lists the comments of other tools that stand on the lines of open
// findings. They say neither who nor until when, so nothing is taken.
func (app *App) proposals(d *assess.Docket) error {
	var rows []*event.Finding
	for i := range d.Findings() {
		if f := &d.Findings()[i]; f.State == event.Open && f.Line > 0 && f.Commit == "" {
			rows = append(rows, f)
		}
	}
	slices.SortStableFunc(rows, func(a, b *event.Finding) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line)) })
	n := 0
	for _, f := range rows {
		if text := commentOn(d.Lines(f.Path), f.Line); text != "" {
			n++
			fmt.Fprintf(app.Stdout, "%s\n             %s\n             plimsoll triage %s --false-positive --because \"…\"\n", clean.Start(shortLine(f)), clean.Line(text), f.Fingerprint[:12])
		}
	}
	fmt.Fprintf(app.Stdout, "%s on lines of open findings; none of them silences anything here\n", countOf(n, "comment"))
	return nil
}

// commentOn is another tool's comment on a line or, alone, on the line before.
func commentOn(lines []string, n int) string {
	if n > len(lines) {
		return ""
	}
	find := func(line string) string { return strings.TrimSpace(foreign.FindString(line[:min(len(line), 4<<10)])) }
	if text := find(lines[n-1]); text != "" {
		return text[:min(len(text), 200)]
	}
	if n < 2 || !strings.HasPrefix(strings.TrimLeft(lines[n-2], " \t"), "#") && !strings.HasPrefix(strings.TrimLeft(lines[n-2], " \t"), "//") {
		return ""
	}
	text := find(lines[n-2])
	return text[:min(len(text), 200)]
}
