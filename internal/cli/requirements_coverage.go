package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

func newRequirementsCoverage(app *App) *cobra.Command {
	var f catalogueFlags
	cmd := &cobra.Command{
		Use:   "coverage",
		Short: "How many requirements are verified by machine, partly, or by a person",
		Long: `How many requirements of each catalogue are verified fully by machine, partly,
or by a person (or the product's own tests), for each chapter and level: as the
plans say, and as it is today. Checks that are planned and not part of this
version are named as such and count for nothing today.

--catalogue ssdf shows the tasks of NIST SSDF 1.1 and which of the requirements
contribute to each.`,
		Example: `  plimsoll requirements coverage
  plimsoll requirements coverage --catalogue asvs --format markdown
  plimsoll requirements coverage --catalogue ssdf
  plimsoll requirements coverage --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return app.requirementsCoverage(cmd.Context(), f) },
	}
	f.add(cmd, app, "text", "json", "markdown")
	return cmd
}

func (app *App) requirementsCoverage(ctx context.Context, f catalogueFlags) error {
	l, err := f.open(ctx, app, knowledge.SSDF().Name)
	if err != nil {
		return err
	}
	all, err := l.Coverage(f.catalogue)
	if err != nil {
		return err
	}
	if f.format == "json" {
		enc := json.NewEncoder(app.Stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(map[string]any{"catalogues": all}); err != nil {
			return fmt.Errorf("writing the coverage: %w", err)
		}
		return nil
	}
	p := app.page()
	for i, c := range all {
		if i > 0 {
			p.line("")
		}
		p.coverage(c, f.format == "markdown")
	}
	return app.write(p)
}

// coverage writes one catalogue's matrix. Cells say how many are verified fully
// by machine, partly, and by a person.
func (p *page) coverage(c assess.Coverage, markdown bool) {
	heading := strings.TrimSpace(c.Title + " " + c.Version)
	if markdown {
		p.line("## %s (%s)\n", clean.Line(heading), clean.Line(c.Catalogue))
	} else {
		p.line("%s: %s", clean.Line(c.Catalogue), clean.Line(heading))
	}
	if c.Tasks != nil {
		p.tasks(c, markdown)
	} else {
		p.line("%d requirements.", c.Requirements)
		p.line("By plan %s;", inWords(c.Automation))
		p.line("today %s.", inWords(c.Today))
		if !markdown {
			p.line("In the table: by machine / partly / by a person or tests of the product.")
		}
		p.line("")
		p.table(matrix(c), markdown)
		p.checks(c.Checks, markdown)
	}
	if c.Attribution != "" {
		p.line("")
		p.field("licence", c.Attribution)
	}
}

func inWords(s assess.Split) string {
	return fmt.Sprintf("%d are verified by machine, %d partly, %d by a person or by tests", s.Full, s.Partial, s.None)
}

func splitCell(s assess.Split) string { return fmt.Sprintf("%d/%d/%d", s.Full, s.Partial, s.None) }

// matrix has a row for each section and a column for each level, and rows for
// profiles where there are such.
func matrix(c assess.Coverage) [][]string {
	head := []string{"section", "all"}
	for _, l := range c.Levels {
		head = append(head, fmt.Sprintf("level %d", l.Level))
	}
	rows := [][]string{append(head, "plan", "today", "waiting for planned checks")}
	row := func(name string, n assess.Count, levels []assess.LevelCount) {
		cells := []string{clean.Line(name), fmt.Sprint(n.Requirements)}
		for _, l := range c.Levels {
			text := "-"
			for _, x := range levels {
				if x.Level == l.Level {
					text = splitCell(x.Automation)
				}
			}
			cells = append(cells, text)
		}
		rows = append(rows, append(cells, splitCell(n.Automation), splitCell(n.Today), fmt.Sprint(n.Planned)))
	}
	for _, s := range c.Sections {
		row(s.Section, s.Count, s.Levels)
	}
	for _, x := range c.Profiles {
		row("profile "+x.Profile, x.Count, nil)
	}
	row("all", c.Count, c.Levels)
	return rows
}

// table writes rows, the first of which is the heading, in columns.
func (p *page) table(rows [][]string, markdown bool) {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, text := range r {
			widths[i] = max(widths[i], len(text))
		}
	}
	for n, r := range rows {
		if markdown {
			p.line("| %s |", strings.Join(r, " | "))
			if n == 0 {
				p.line("|---|%s", strings.Repeat("--:|", len(r)-1))
			}
			continue
		}
		var b strings.Builder
		for i, text := range r {
			if i == 0 {
				fmt.Fprintf(&b, "  %-*s", widths[i], text)
			} else {
				fmt.Fprintf(&b, "  %*s", widths[i], text)
			}
		}
		p.line("%s", b.String())
	}
}

// checks lists what the plans rest on; those that are not there yet say so.
func (p *page) checks(checks []assess.CheckCount, markdown bool) {
	if len(checks) == 0 {
		return
	}
	rows := [][]string{{"check", "requirements", "state"}}
	for _, c := range checks {
		state := "there"
		if !c.There {
			state = "planned, not there yet"
		}
		rows = append(rows, []string{clean.Line(c.Check), fmt.Sprint(c.Requirements), state})
	}
	p.line("")
	p.table(rows, markdown)
}

// tasks lists what contributes to each task of SSDF.
func (p *page) tasks(c assess.Coverage, markdown bool) {
	met := 0
	rows := [][]string{{"task", "requirements", "that contribute"}}
	for _, t := range c.Tasks {
		if len(t.Requirements) > 0 {
			met++
		}
		names := strings.Join(t.Requirements, ", ")
		if names == "" {
			names = "-"
		}
		rows = append(rows, []string{t.Task, fmt.Sprint(len(t.Requirements)), clean.Line(names)})
	}
	p.line("%d tasks. Requirements contribute to %d of them, %d have checks today. Tasks are about how", len(c.Tasks), met, c.Today.Partial)
	p.line("an organisation works: no requirement of a product meets one alone.\n")
	if markdown {
		p.table(rows, true)
		return
	}
	for _, r := range rows[1:] {
		p.field("  "+r[0], r[2])
	}
}
