package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding/precision"
)

type rulesFlags struct{ format, state, check string }

func newRules(app *App) *cobra.Command {
	var f rulesFlags
	cmd := &cobra.Command{
		Use:   "rules [DIR]",
		Short: "List the rules, how often each was right, and which may interrupt",
		Long: `List the rules, how often each was right, and which may interrupt.

A rule interrupts once the lower bound of its precision passes 90 %, by our own
campaign or by the decisions in this repository, and no longer when it falls.
What a rule finds that does not interrupt is counted, listed and weighed by the
gate all the same. See plimsoll docs attention.`,
		Example: `  plimsoll rules
  plimsoll rules --state demoted
  plimsoll rules --check code.secrets --format jsonl`,
		Args: atMostOneDir,
		RunE: func(cmd *cobra.Command, args []string) error { return app.rules(cmd.Context(), dirOf(args), f) },
	}
	flags := cmd.Flags()
	flags.Var(enum(&f.format, "text", "text", "jsonl"), "format", "text or jsonl")
	flags.Var(enum(&f.state, "", "", "shadow", "active", "loud", "demoted"), "state", "those in this state: shadow, active, loud or demoted")
	flags.StringVar(&f.check, "check", "", "those of this check")
	return cmd
}

func (app *App) rules(ctx context.Context, dir string, f rulesFlags) error {
	if _, ok := assess.FindCheck(f.check); f.check != "" && !ok {
		return fault.New(fault.Usage, nearestID(f.check), "there is no check %q", f.check)
	}
	all, err := assess.RuleStates(ctx, assess.Options{Dir: dir, Getenv: app.Getenv, Clock: app.Clock})
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(r assess.RuleState) bool {
		return f.state != "" && string(r.State) != f.state || f.check != "" && r.Estimate.Check != f.check
	})
	if f.format == "jsonl" {
		return app.rulesLines(all)
	}
	return app.rulesText(all)
}

// ruleLine is one rule in a stream.
type ruleLine struct {
	Rule          string          `json:"rule"`
	Check         string          `json:"check,omitempty"`
	Severity      string          `json:"severity,omitempty"`
	State         precision.State `json:"state"`
	Reason        string          `json:"reason"`
	Precision     float64         `json:"precision"`
	Bound         float64         `json:"bound"`
	CampaignRight float64         `json:"campaign_right"`
	CampaignWrong float64         `json:"campaign_wrong"`
	HereRight     float64         `json:"here_right"`
	HereWrong     float64         `json:"here_wrong"`
}

func (app *App) rulesLines(all []assess.RuleState) error {
	out := json.NewEncoder(app.Stdout)
	out.SetEscapeHTML(false)
	for _, r := range all {
		line := ruleLine{Rule: r.ID, Check: r.Estimate.Check, Severity: r.Severity, State: r.State, Reason: r.Reason, Precision: r.Mean, Bound: r.Bound,
			CampaignRight: r.Campaign.Right, CampaignWrong: r.Campaign.Wrong, HereRight: r.Here.Right, HereWrong: r.Here.Wrong}
		if err := out.Encode(line); err != nil {
			return fmt.Errorf("writing the rules: %w", err)
		}
	}
	return nil
}

func (app *App) rulesText(all []assess.RuleState) error {
	p := app.page()
	p.line("%-8s  %-38s %9s %6s %6s", "state", "rule", "right", "mean", "bound")
	counts := map[precision.State]int{}
	for _, r := range all {
		counts[r.State]++
		read := "-"
		if right, n := r.Campaign.Right+r.Here.Right, r.Campaign.N()+r.Here.N(); n > 0 {
			read = fmt.Sprintf("%.0f/%.0f", right, n)
		}
		p.line("%-8s  %-38s %9s %6.2f %6.2f", r.State, r.ID, read, r.Mean, r.Bound)
	}
	var parts []string
	for _, s := range []precision.State{precision.Loud, precision.Active, precision.Shadow, precision.Demoted} {
		if counts[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[s], s))
		}
	}
	p.line("\n%d rules: %s. plimsoll explain RULE says why.", len(all), strings.Join(parts, ", "))
	return app.write(p)
}
