package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// catalogueFlags say which requirements a command is about.
type catalogueFlags struct {
	dir, catalogue, profile, format string
	level                           int
	selected                        bool
}

func (f *catalogueFlags) add(cmd *cobra.Command, app *App, formats ...string) {
	flags := cmd.Flags()
	flags.StringVarP(&f.dir, "dir", "C", ".", "the repository")
	flags.StringVar(&f.catalogue, "catalogue", "all", "asvs, masvs, osps, plimsoll, a catalogue of your own, or all")
	flags.Var(enum(&f.format, formats[0], formats...), "format", "the form of the output: "+strings.Join(formats, ", "))
	_ = cmd.RegisterFlagCompletionFunc("catalogue", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"all", knowledge.Own, "asvs", "masvs", "osps"}, cobra.ShellCompDirectiveNoFileComp
	})
}

// open opens the listing and checks the flags against it.
func (f *catalogueFlags) open(ctx context.Context, app *App, more ...string) (*assess.Listing, error) {
	if f.level < 0 || f.level > 3 {
		return nil, fault.New(fault.Usage, "levels are 1, 2 and 3", "there is no level %d", f.level)
	}
	l, err := assess.List(ctx, assess.Options{Dir: f.dir, Getenv: app.Getenv, Clock: app.Clock})
	if err != nil {
		return nil, err
	}
	names := append([]string{"all"}, more...)
	for _, c := range l.Catalogues() {
		names = append(names, c.Name)
	}
	for _, name := range names {
		if f.catalogue == name {
			if f.catalogue == "all" {
				f.catalogue = ""
			}
			return l, nil
		}
	}
	return nil, fault.New(fault.Usage, yamlfile.OneOf(f.catalogue, names), "there is no catalogue %q", f.catalogue)
}

func newRequirementsList(app *App) *cobra.Command {
	var f catalogueFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List requirements, and which apply to the product and why",
		Long: `List requirements, and say of each whether it applies to the product and why.
--level takes those that the level selects: levels of ASVS and of our own build
on one another, the OSPS Baseline lists for each requirement the levels that it
belongs to, and MASVS has profiles. Outside a repository nothing is known of the
product, and so not what applies.`,
		Example: `  plimsoll requirements list --selected
  plimsoll requirements list --catalogue asvs --level 2 --format jsonl
  plimsoll requirements list --catalogue masvs --profile R`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return app.requirementsList(cmd.Context(), f) },
	}
	f.add(cmd, app, "text", "jsonl")
	cmd.Flags().IntVar(&f.level, "level", 0, "those that this level selects, 1 to 3")
	cmd.Flags().StringVar(&f.profile, "profile", "", "those of this profile: L1, L2, R or P of MASVS")
	cmd.Flags().BoolVar(&f.selected, "selected", false, "those alone that product.yaml selects")
	return cmd
}

func (app *App) requirementsList(ctx context.Context, f catalogueFlags) error {
	l, err := f.open(ctx, app)
	if err != nil {
		return err
	}
	if f.selected && l.Product == nil {
		return fault.New(fault.Usage, "go to the product's repository, or name it with -C", "%s is in no repository, so nothing is selected", f.dir)
	}
	list, err := l.Requirements(assess.Want{Catalogue: f.catalogue, Level: f.level, Profile: f.profile, Selected: f.selected}, nil)
	if err != nil {
		return err
	}
	if len(list) == 0 && f.profile != "" {
		return fault.New(fault.Usage, yamlfile.OneOf(f.profile, knowledge.Profiles), "no requirement is of the profile %q", f.profile)
	}
	if f.format == "jsonl" {
		return writeListed(app.Stdout, list)
	}
	p := app.page()
	p.listed(list, l.Product != nil)
	return app.write(p)
}

// unknownApplies is the reason where nothing is known of the product.
const unknownApplies = "not known: there is no repository here to infer facts from"

// listedLine is one requirement in `--format jsonl`. The names do not change.
type listedLine struct {
	ID         string   `json:"id"`
	Catalogue  string   `json:"catalogue"`
	Version    string   `json:"version,omitempty"`
	Section    string   `json:"section"`
	Level      int      `json:"level"`
	Levels     []int    `json:"levels,omitempty"`
	Profiles   []string `json:"profiles,omitempty"`
	Title      string   `json:"title"`
	Statement  string   `json:"statement"`
	Automation string   `json:"automation"`
	Methods    []string `json:"methods,omitempty"`
	Checks     []string `json:"checks"`
	Planned    []string `json:"planned"` // of the checks: not part of this version
	Strength   int      `json:"strength,omitempty"`
	Days       int      `json:"days"`
	Owner      string   `json:"owner"`
	CWE        []int    `json:"cwe,omitempty"`
	Applies    *bool    `json:"applies"`  // null where it is not known
	Selected   *bool    `json:"selected"` // the product is held to it, if it applies
	Reason     string   `json:"reason"`
	Tailored   string   `json:"tailored,omitempty"`
}

func lineOfListed(x assess.Listed) listedLine {
	line := listedLine{ID: x.ID, Catalogue: x.Catalogue, Version: x.Version, Section: assess.SectionOf(x.Requirement), Level: x.Level, Levels: x.Levels,
		Profiles: x.Profiles, Title: x.Title, Statement: x.Statement, Automation: x.Plan.Automation, Methods: x.Plan.Methods,
		Checks: []string{}, Planned: append([]string{}, assess.Planned(x.Requirement)...), Strength: x.Plan.Strength, Days: x.Plan.Days,
		Owner: x.Plan.Owner, CWE: x.CWE, Reason: unknownApplies, Tailored: x.Tailored}
	for _, need := range x.Plan.Checks {
		line.Checks = append(line.Checks, need.Check)
	}
	if x.Known {
		line.Applies, line.Selected, line.Reason = &x.Applies, &x.Chosen, x.Reason
	}
	return line
}

func writeListed(w io.Writer, list []assess.Listed) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, x := range list {
		if err := enc.Encode(lineOfListed(x)); err != nil {
			return fmt.Errorf("writing the requirements: %w", err)
		}
	}
	return nil
}

// listed writes a line for each requirement, and what the marks mean.
func (p *page) listed(list []assess.Listed, known bool) {
	applying, selected := 0, 0
	for _, x := range list {
		mark := "?"
		switch {
		case !known:
		case x.Applies && x.Chosen:
			mark = "*"
		case x.Applies:
			mark = "+"
		default:
			mark = "-"
		}
		if x.Applies {
			applying++
		}
		if x.Applies && x.Chosen {
			selected++
		}
		level := fmt.Sprint(x.Level)
		if len(x.Profiles) > 0 {
			level = strings.Join(x.Profiles, ",")
		}
		p.line("%s %-19s %-8s %-8s %s", mark, clean.Line(x.ID), clean.Line(level), x.Plan.Automation, clean.Line(x.Title))
		if x.Tailored != "" {
			p.line("  %-19s %s", "", clean.Line(x.Tailored))
		}
	}
	if !known {
		p.line("\n%d requirements; which apply is %s", len(list), unknownApplies)
		return
	}
	p.line("\n%d requirements; %d apply (+ and *), %d of them are selected (*), %d do not apply (-)", len(list), applying, selected, len(list)-applying)
}
