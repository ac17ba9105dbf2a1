package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/internal/testing/mapping"
)

type mapFlags struct {
	dir, format string
	write       bool
}

func newRequirementsMap(app *App) *cobra.Command {
	var f mapFlags
	cmd := &cobra.Command{
		Use:   "map",
		Short: "Which tests verify which requirement, and which requirement nothing verifies",
		Long: `Find the tests in the sources and in the result files, and show which verify a
requirement: those that carry its id in the name, a tag or a property, and those
that .plimsoll/tests.yaml maps to it. Of the rest, tests whose names speak of a
requirement are proposed for it, with the reason. Nothing counts before somebody
has looked at it: --write adds the proposals to .plimsoll/tests.yaml, where a
difference shows them.`,
		Example: `  plimsoll requirements map
  plimsoll requirements map --write && git diff .plimsoll/tests.yaml
  plimsoll requirements map --format jsonl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return app.mapTests(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.dir, "dir", "C", ".", "the repository")
	flags.Var(enum(&f.format, "text", "text", "jsonl"), "format", "the form of the output: text, jsonl")
	flags.BoolVar(&f.write, "write", false, "add the proposals to .plimsoll/tests.yaml")
	return cmd
}

func (app *App) mapTests(ctx context.Context, f mapFlags) error {
	m, err := assess.MapTests(ctx, assess.Options{Dir: f.dir, Getenv: app.Getenv, Clock: app.Clock})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if f.format == "jsonl" {
		err = writeMapLines(&b, m)
	} else {
		writeMap(&b, m, f.write)
	}
	if err != nil {
		return err
	}
	if _, err := app.Stdout.Write(b.Bytes()); err != nil {
		return fmt.Errorf("writing the mapping: %w", err)
	}
	if !f.write || len(m.Proposals) == 0 {
		return nil
	}
	if err := addProposals(m); err != nil {
		return err
	}
	fmt.Fprintf(app.Stderr, "added %d proposals to %s; look at them with `git diff`, and remove what is wrong\n", len(m.Proposals), mapping.Path)
	return nil
}

// writeMap shows a mapping to people.
func writeMap(w io.Writer, m *assess.TestMap, write bool) {
	fmt.Fprintf(w, "%d tests in the sources, %d in results; %d requirements apply\n", m.Written, m.Results, m.Applies)
	last := ""
	for _, l := range m.Verified {
		if l.Requirement != last {
			fmt.Fprintf(w, "\n%s\n", l.Requirement)
			last = l.Requirement
		}
		fmt.Fprintf(w, "  %s  (%s, %s)\n", clean.Line(l.Test), l.How, clean.Line(l.Where))
	}
	if len(m.Proposals) > 0 {
		fmt.Fprintf(w, "\nproposed\n")
	}
	for _, p := range m.Proposals {
		fmt.Fprintf(w, "  %s  %s  (%s: %s)\n", p.Requirement, clean.Line(p.Pattern), clean.Line(p.Where), clean.Line(p.Reason))
	}
	if len(m.Proposals) > 0 && !write {
		fmt.Fprintf(w, "  --write adds them to %s\n", mapping.Path)
	}
	fmt.Fprintf(w, "\nwithout any verification: %d of %d\n", len(m.Without), m.Applies)
	for _, r := range m.Without {
		fmt.Fprintf(w, "  %s  %s\n", r.ID, clean.Line(r.Title))
	}
}

// mapLine is one line of --format jsonl. State is verified, proposed or none.
type mapLine struct {
	Requirement string `json:"requirement"`
	State       string `json:"state"`
	Test        string `json:"test,omitempty"`
	Where       string `json:"where,omitempty"`
	Reason      string `json:"reason,omitempty"`
	Title       string `json:"title,omitempty"`
}

func writeMapLines(w io.Writer, m *assess.TestMap) error {
	var lines []mapLine
	for _, l := range m.Verified {
		lines = append(lines, mapLine{Requirement: l.Requirement, State: "verified", Test: l.Test, Where: l.Where, Reason: l.How})
	}
	for _, p := range m.Proposals {
		lines = append(lines, mapLine{Requirement: p.Requirement, State: "proposed", Test: p.Pattern, Where: p.Where, Reason: p.Reason})
	}
	for _, r := range m.Without {
		lines = append(lines, mapLine{Requirement: r.ID, State: "none", Title: r.Title})
	}
	for _, l := range lines {
		line, err := json.Marshal(l)
		if err != nil {
			return fmt.Errorf("writing the mapping: %w", err)
		}
		if _, err := w.Write(append(clean.JSON(line), '\n')); err != nil {
			return err
		}
	}
	return nil
}

// addProposals appends to the mapping what it does not say yet. What people have
// written stays as it is.
func addProposals(m *assess.TestMap) error {
	path, err := m.Repo.Inside(mapping.Path)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading %s: %w", mapping.Path, err)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		data = []byte("# Which tests verify which requirement. `plimsoll schema tests` describes the file.\n")
	}
	var b strings.Builder
	b.Write(bytes.TrimRight(data, "\n"))
	b.WriteString("\n")
	for _, p := range m.Proposals {
		fmt.Fprintf(&b, "- requirement: %s\n  tests: [%s]\n  why: %s\n", strconv.Quote(p.Requirement), strconv.Quote(p.Pattern),
			strconv.Quote("proposed by plimsoll, "+clean.Line(p.Where)+": "+p.Reason))
	}
	if _, err := mapping.Parse(mapping.Path, []byte(b.String())); err != nil {
		return fmt.Errorf("adding to %s: %w", mapping.Path, err)
	}
	return durable.WriteFile(path, []byte(b.String()), 0o644)
}
