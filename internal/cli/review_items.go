package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/code/review"
	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

type itemFlags struct{ dir, revive, because string }

func newReviewItems(app *App) *cobra.Command {
	var f itemFlags
	cmd := &cobra.Command{
		Use:   "items",
		Short: "List the questions there are, how often each changed a diff, and those retired",
		Long: `List the questions there are, how often each was answered and how often it
changed a diff. One that was answered twenty times and never changed a diff is
retired: it is not asked any more. --revive has it asked again; the reason goes to
.plimsoll/review/, where questions of your own stand too.`,
		Example: `  plimsoll review items
  plimsoll review items --revive review.base-image --because "we build for two platforms now"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.revive != "" {
				return app.revive(cmd.Context(), f)
			}
			return app.reviewItems(cmd.Context(), f.dir)
		},
	}
	cmd.Flags().StringVarP(&f.dir, "dir", "C", ".", "the repository")
	cmd.Flags().StringVar(&f.revive, "revive", "", "ask a retired question again")
	cmd.Flags().StringVar(&f.because, "because", "", "why")
	return cmd
}

func (app *App) reviewItems(ctx context.Context, dir string) error {
	desk, err := app.desk(ctx, dir)
	if err != nil {
		return err
	}
	r, err := desk.ReviewItems(ctx)
	if err != nil {
		return err
	}
	stats := r.Answers.Stats()
	var lines []string
	for _, it := range r.Items {
		lines = append(lines, itemLine(r, it, stats[it.ID]))
	}
	for _, message := range r.Unbelieved {
		lines = append(lines, "refused: "+message)
	}
	app.printLines(lines)
	return nil
}

func itemLine(r *assess.Reviewing, it review.Item, s review.Stat) string {
	state := ""
	switch {
	case s.Retired:
		state = "  retired: " + r.Answers.WhyRetired(it.ID, s)
	case s.Asked > 0:
		state = fmt.Sprintf("  answered %d times, changed %d", s.Asked, s.Changed)
	}
	if it.Own != "" {
		state += "  (" + it.Own + ")"
	}
	return fmt.Sprintf("%-34s %s%s", it.ID, it.Question, state)
}

// revive writes a file of its own, so that git merges it by itself.
func (app *App) revive(ctx context.Context, f itemFlags) error {
	if len(strings.Fields(f.because)) == 0 {
		return fault.New(fault.Usage, `add --because "…", for whoever reads it in a year`, "a question that is asked again needs a reason")
	}
	desk, err := app.desk(ctx, f.dir)
	if err != nil {
		return err
	}
	r, err := desk.ReviewItems(ctx)
	if err != nil {
		return err
	}
	var ids []string
	for _, it := range r.Items {
		ids = append(ids, it.ID)
	}
	if !slices.Contains(ids, f.revive) {
		return fault.New(fault.NotFound, yamlfile.OneOf(f.revive, ids), "there is no item %q", f.revive)
	}
	if !r.Answers.Stats()[f.revive].Retired {
		return fault.New(fault.Usage, "nothing is left to do", "%s is not retired", f.revive)
	}
	name := review.Dir + "/keep-" + oddInName.ReplaceAllString(f.revive, "_") + ".yaml"
	path, err := desk.Repo().Inside(name)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("keep:\n  - {id: %s, reason: %q}\n", f.revive, f.because)
	if _, _, err := review.Parse(ctx, name, []byte(text)); err != nil {
		return err
	}
	if err := durable.WriteFile(path, []byte(text), 0o644); err != nil {
		return err
	}
	_, err = fmt.Fprintf(app.Stdout, "wrote %s\n", name)
	return err
}
