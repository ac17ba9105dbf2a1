package cli

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/code/seed"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/report"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

func newExplain(app *App) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "explain ID",
		Short: "Explain a requirement, a rule, a check, a finding, or the facts",
		Example: `  plimsoll explain facts
  plimsoll explain PL-CODE-1
  plimsoll explain V1.2.5
  plimsoll explain MASVS-STORAGE-1
  plimsoll explain code.secrets
  plimsoll explain 3f2a91c0`,
		Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return assess.IDs(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error { return app.explain(cmd.Context(), dir, args[0]) },
	}
	cmd.Flags().StringVarP(&dir, "dir", "C", ".", "the repository in which to look for a finding")
	return cmd
}

// fingerprintStart is how a finding is named: the first digits of its fingerprint.
var fingerprintStart = regexp.MustCompile(`^[0-9a-f]{6,32}$`)

func (app *App) explain(ctx context.Context, dir, id string) error {
	switch id {
	case "facts":
		return app.explainFacts(ctx, dir)
	case finding.Unexamined:
		return app.explainUnexamined()
	}
	r, ok, err := assess.FindRequirement(id)
	switch {
	case err != nil:
		return err
	case ok:
		return app.explainRequirement(ctx, dir, r)
	}
	if c, ok := assess.FindCheck(id); ok {
		return app.explainCheck(ctx, dir, c)
	}
	if c, r, ok := assess.FindRule(id); ok {
		return app.explainRule(ctx, dir, c.ID, r)
	}
	if fingerprintStart.MatchString(id) {
		return app.explainFinding(ctx, dir, id)
	}
	if found, err := app.explainCustom(ctx, dir, id); found || err != nil {
		return err
	}
	if found, err := app.explainImported(ctx, dir, id); found || err != nil {
		return err
	}
	return fault.New(fault.NotFound, nearestID(id), "there is no requirement, rule, check or finding %q", id)
}

func nearestID(id string) string {
	best, least := "", 4
	for _, other := range assess.IDs() {
		if d := distance(strings.ToLower(other), strings.ToLower(knowledge.NormalID(id))); d < least {
			best, least = other, d
		}
	}
	if best == "" {
		return "`plimsoll requirements list` shows requirements, `plimsoll check --show all` findings"
	}
	return "did you mean " + best + "?"
}

// page writes paragraphs wrapped to the terminal's width.
type page struct {
	b     strings.Builder
	width int
}

func (app *App) page() *page { return &page{width: min(max(app.options().Width, 60), 80)} }

func (p *page) line(format string, args ...any) { fmt.Fprintf(&p.b, format+"\n", args...) }

// field writes a name and its text, the text wrapped beside it.
func (p *page) field(name, text string) {
	if text = strings.Join(strings.Fields(text), " "); text == "" {
		return
	}
	const indent = 14
	line := fmt.Sprintf("%-*s", indent, name)
	column := indent
	for i, word := range strings.Fields(text) {
		if i > 0 && column+1+len(word) > p.width {
			p.line("%s", line)
			line, column = strings.Repeat(" ", indent), indent
		} else if i > 0 {
			line, column = line+" ", column+1
		}
		line, column = line+word, column+len(word)
	}
	p.line("%s", line)
}

func (app *App) write(p *page) error {
	_, err := fmt.Fprint(app.Stdout, p.b.String())
	return err
}

func cweText(numbers []int) string {
	var parts []string
	for _, n := range numbers {
		parts = append(parts, fmt.Sprintf("CWE-%d", n))
	}
	return strings.Join(parts, ", ")
}

func (app *App) explainRequirement(ctx context.Context, dir string, r knowledge.Requirement) error {
	text, _, officialErr := assess.OfficialText(ctx, assess.Options{Dir: dir}, r.ID)
	p := app.page()
	p.line("%s  %s\n", r.ID, r.Title)
	c, ofOthers := knowledge.FindCatalogue(r.Catalogue)
	if ofOthers {
		p.field("catalogue", fmt.Sprintf("%s %s, section %s", c.Title, c.Version, r.Section))
	}
	p.field("requirement", r.Statement)
	p.official(text)
	p.field("why", r.Why)
	p.field("level", levelText(r))
	p.field("applies when", r.Applies)
	p.field("written in", r.Written)
	p.plan(r)
	p.field("weaknesses", cweText(r.CWE))
	p.field("see", strings.Join(r.Maps, ", "))
	if ofOthers {
		p.field("standard", c.Address)
		p.field("licence", c.Attribution)
	}
	return errors.Join(app.write(p), officialErr)
}

// levelText says in which levels or profiles r is listed.
func levelText(r knowledge.Requirement) string {
	switch {
	case len(r.Profiles) > 0:
		return "profile " + strings.Join(r.Profiles, ", ")
	case len(r.Levels) > 0:
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(r.Levels), " ", ", "), "[]")
	}
	return fmt.Sprint(r.Level)
}

// strengths says what each strength of evidence takes.
var strengths = []string{"", "a person's word", "a document that a word rests on, or a word that a second person signed",
	"a test that carries its id, or a check", "a test or a check, and a person's word"}

// plan says how r is verified, by whom and for how long.
func (p *page) plan(r knowledge.Requirement) {
	p.field("automation", r.Plan.Automation)
	p.field("methods", strings.Join(r.Plan.Methods, ", "))
	for _, need := range r.Plan.Checks {
		text := need.Check
		if len(need.Rules) > 0 {
			text += " (" + strings.Join(need.Rules, ", ") + ")"
		}
		if _, there := assess.FindCheck(need.Check); !there {
			text += ", not part of this version"
		}
		p.field("check", text)
	}
	if r.Plan.Person != "" {
		p.field("a person", r.Plan.Person+" (plimsoll attest "+r.ID+")")
	}
	p.field("evidence", r.Plan.Evidence)
	if n := r.Plan.Strength; n > 0 && n < len(strengths) {
		p.field("strength", fmt.Sprintf("at least %d: %s", n, strengths[n]))
	}
	p.field("stands for", fmt.Sprintf("%d days", r.Plan.Days))
	p.field("owner", r.Plan.Owner)
	if r.Fix != r.Plan.Evidence {
		p.field("how to meet", r.Fix)
	}
}

func (app *App) explainCheck(ctx context.Context, dir string, c *check.Check) error {
	p := app.page()
	p.line("%s  %s\n", c.ID, c.Title)
	p.field("why", c.Why)
	var inputs []string
	for _, in := range c.Inputs {
		inputs = append(inputs, in.Name)
	}
	p.field("reads", strings.Join(inputs, ", "))
	p.field("called by", c.Ask)
	var err error
	if c.ID == seed.CheckID {
		err = app.explainRecall(ctx, dir, p)
	}
	p.line("\nIts %d rules:", len(c.Rules))
	for _, r := range c.Rules {
		p.line("  %-34s %-8s %s", r.ID, r.Severity, r.Title)
	}
	return errors.Join(app.write(p), err)
}

func (app *App) explainRule(ctx context.Context, dir, checkID string, r knowledge.Rule) error {
	p := app.page()
	p.line("%s  %s\n", r.ID, r.Title)
	p.field("severity", r.Severity)
	p.field("confidence", r.Confidence)
	if s, ok := knowledge.FindSecret(r.ID); ok {
		p.field("belongs to", s.Issuer)
		p.field("known by", s.KnownBy())
		p.field("what it does", r.Why)
		p.field("how to rotate", r.Fix)
	} else {
		p.field("why", r.Why)
		p.field("how to fix", r.Fix)
	}
	p.field("reported by", checkID)
	p.field("weaknesses", cweText(r.CWE))
	p.field("see", strings.Join(r.Maps, ", "))
	book, err := assess.Precision(ctx, assess.Options{Dir: dir, Getenv: app.Getenv, Clock: app.Clock})
	if book != nil {
		p.precision(book, r.ID, checkID)
	}
	return errors.Join(app.write(p), err)
}

// assessed is what the evidence there is comes to, with its findings, decided
// ones marked.
func (app *App) assessed(ctx context.Context, dir string) (*assess.Result, error) {
	return assess.Run(ctx, assess.Options{Dir: dir, NoCalls: true, Getenv: app.Getenv, Clock: app.Clock, Handler: report.Tee()})
}

// oneFinding is the one finding whose fingerprint begins with prefix.
func oneFinding(all []event.Finding, prefix string) (event.Finding, error) {
	found := map[string]event.Finding{}
	for _, f := range all {
		if strings.HasPrefix(f.Fingerprint, prefix) {
			found[f.Fingerprint] = f
		}
	}
	switch len(found) {
	case 0:
		return event.Finding{}, fault.New(fault.NotFound, "run `plimsoll check --show all`; it prints the fingerprints", "no finding's fingerprint begins with %q", prefix)
	case 1:
		for _, f := range found {
			return f, nil
		}
	}
	return event.Finding{}, fault.New(fault.Usage, "give more digits", "%d findings begin with %q", len(found), prefix)
}

func (app *App) explainFinding(ctx context.Context, dir, id string) error {
	result, err := app.assessed(ctx, dir)
	if err != nil {
		return err
	}
	f, err := oneFinding(append(result.Findings, unexamined(result.Problems)...), id)
	if err != nil {
		return err
	}
	p := app.page()
	p.line("%s  %s\n", f.Fingerprint, clean.Line(f.Message))
	p.field("rule", f.Rule)
	p.field("severity", fmt.Sprintf("%s, confidence %s", f.Severity, f.Confidence))
	p.field("state", string(f.State))
	p.field("place", clean.Line(placeOf(f)))
	p.field("source", clean.Line(f.Source))
	for _, other := range f.Also {
		p.field("also at", clean.Line(fault.Place{Path: other.Path, Line: other.Line}.String()))
	}
	if d := f.Decision; d != nil {
		p.field("decision", fmt.Sprintf("%s by %s: %s", d.Verdict, clean.Line(d.By), clean.Line(d.Because)))
	}
	if d := f.Earlier; d != nil {
		p.field("decided before", clean.Line(saidOf(d)))
	}
	p.field("tool", clean.Line(f.Tool))
	if f.Rule != finding.Unexamined {
		p.worth(f, result.Weigh)
	}
	if _, r, ok := assess.FindRule(f.Rule); ok {
		p.field("why", r.Why)
		p.field("how to fix", firstOf(f.Fix, r.Fix))
		p.field("weaknesses", cweText(r.CWE))
	}
	verdict := "--false-positive"
	if f.Rule == finding.Unexamined {
		verdict = "--accept"
	}
	p.line("\nTo decide on it: plimsoll triage %s %s --because \"…\"", f.Fingerprint[:12], verdict)
	return app.write(p)
}

// explainUnexamined explains what stands where a finding has its rule.
func (app *App) explainUnexamined() error {
	p := app.page()
	p.line("%s  a file that a check could not look into to its end\n", finding.Unexamined)
	p.field("why", "What a check reads of one file has bounds, so that no file can wear it out. Nobody knows what lies beyond them, so the run is incomplete.")
	p.field("how to fix", "Remove the file, or make it where it is needed. Where it has to be as it is, accept that until a day: the decision holds for these very bytes.")
	p.field("see", "plimsoll docs decisions")
	return app.write(p)
}

// unexamined are the files among the problems that were not looked into to their end.
func unexamined(problems []event.Problem) (files []event.Finding) {
	for i := range problems {
		if p := &problems[i]; p.Fingerprint != "" {
			f := finding.UnexaminedFile(p)
			if f.Decision = p.Decision; f.Decision != nil {
				f.State = event.Decided
			}
			files = append(files, f)
		}
	}
	return files
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func placeOf(f event.Finding) string {
	place := fault.Place{Path: f.Path, Line: f.Line, Column: f.Column}.String()
	if f.Commit != "" {
		place += " in commit " + f.Commit[:min(12, len(f.Commit))]
	}
	return place
}
