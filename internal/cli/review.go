package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

type reviewFlags struct {
	since, to, format string
	all               bool
}

func newReview(app *App) *cobra.Command {
	var f reviewFlags
	cmd := &cobra.Command{
		Use:   "review [DIR]",
		Short: "The few questions that this change deserves",
		Long: `Ask the few questions that a change deserves: five at most, and none where
nothing relevant changed. They come from what changed in meaning — comments,
layout, renames and blocks that only moved ask nothing — from the facts of the
product and from what was found there before. Each shows its lines, why it is
asked and what good looks like.

A question is closed by a test, a check or a person's word, signed over the very
lines (plimsoll review answer). It opens again when they change.

Without --since the change is what this branch has and the main branch has not;
on the main branch, what is not committed, or else the last commit. The exit
status is 1 while a question is open.`,
		Example: `  plimsoll review
  plimsoll review --since origin/main --format markdown
  plimsoll review --since v1.4.0 --to v1.5.0 --all
  plimsoll review answer review.auth-check-removed --test tests/test_views.py::test_stranger_is_refused
  plimsoll review items`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return app.reviewChange(cmd.Context(), dirOf(args), f) },
	}
	f.add(cmd)
	cmd.Flags().Var(enum(&f.format, "text", "text", "markdown", "jsonl"), "format", "text, markdown (for a comment on a pull request) or jsonl")
	cmd.Flags().BoolVar(&f.all, "all", false, "show every question, not the five that weigh most")
	cmd.AddCommand(newReviewAnswer(app), newReviewItems(app))
	return cmd
}

// add adds the flags that say which change is meant.
func (f *reviewFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.since, "since", "", "the change since this commit, branch or tag")
	cmd.Flags().StringVar(&f.to, "to", "", "up to this commit (default: HEAD and what is not committed)")
}

func (app *App) reviewChange(ctx context.Context, dir string, f reviewFlags) error {
	desk, err := app.desk(ctx, dir)
	if err != nil {
		return err
	}
	r, err := desk.Review(ctx, f.since, f.to)
	if err != nil {
		return err
	}
	app.status = reviewStatus(r)
	switch f.format {
	case "markdown":
		return app.reviewMarkdown(r, f.all)
	case "jsonl":
		return app.reviewLines(r, f.all)
	}
	return app.reviewText(r, f.all)
}

// reviewStatus is 4 where not all of the change could be read, 1 while a
// question is open.
func reviewStatus(r *assess.Reviewing) int {
	switch {
	case r.Change.Incomplete != "" || len(r.Result.Unread) > 0:
		return fault.ExitIncomplete
	case r.Result.Open() > 0:
		return fault.ExitNotMet
	}
	return fault.ExitMet
}
