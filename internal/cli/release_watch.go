package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/permits"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/watch"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/verify"
)

type watchFlags struct {
	permitFlags
	file, format string
	every        time.Duration
}

// permitFlags say which permits there are, and who may give them out.
type permitFlags struct {
	trust, revocations string
	permits            []string
}

func (f *permitFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.trust, "trust", "", "the organisation's trust file (default: PLIMSOLL_TRUST, else trust.json in the configuration folder)")
	flags.StringVar(&f.revocations, "revocations", "", "the organisation's revocation list")
	flags.StringArrayVar(&f.permits, "permits", nil, "a bundle, or a folder with bundles; may be repeated")
}

// load reads trust file, revocations and permits. Bundles that cannot be trusted
// are in the faults.
func (f *permitFlags) load(app *App) (*permits.Index, []error, error) {
	trust, err := app.trust(f.trust)
	if err != nil {
		return nil, nil, err
	}
	if err := trust.CheckTime(app.Clock()); err != nil {
		return nil, nil, refusal(err)
	}
	policy := verify.Policy{Now: app.Clock, AllowEmergency: true}
	if f.revocations != "" {
		if policy.Revocations, err = readNamed(f.revocations, verify.MaxEnvelope); err != nil {
			return nil, nil, err
		}
	}
	index, faults := permits.Load(f.permits, trust, policy)
	return index, faults, nil
}

func newReleaseWatch(app *App) *cobra.Command {
	var f watchFlags
	cmd := &cobra.Command{
		Use:   "watch [DIR]",
		Short: "Compare what runs with what was permitted",
		Long: `Compare what runs with what was permitted.

The places are those of .plimsoll/deployments.yaml: files on this host, clusters
(Kubernetes' API), addresses that tell a version. Whatever runs there without a
permit, with one that was revoked, or with one that has ended makes the exit
status 1; a place that could not be asked makes it 4. See plimsoll docs deployed.`,
		Example: `  plimsoll release watch
  plimsoll release watch --permits /srv/releases --revocations revocations.json
  plimsoll release watch --every 10m --format jsonl`,
		Args: atMostOneDir,
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.releaseWatch(cmd.Context(), dirOf(args), f)
		},
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.file, "deployments", "", "the file that names the places (default: .plimsoll/deployments.yaml)")
	flags.DurationVar(&f.every, "every", 0, "go on looking, this often, and tell what has changed")
	flags.Var(enum(&f.format, "text", "text", "jsonl"), "format", "text or jsonl")
	return cmd
}

func (app *App) releaseWatch(ctx context.Context, dir string, f watchFlags) error {
	if f.every < 0 || f.every > 0 && f.every < time.Second {
		return fault.New(fault.Usage, "give 10m, for instance", "--every must be a second at least")
	}
	if len(f.permits) == 0 {
		f.permits = []string{filepath.Join(dir, record.Dir)}
	}
	if f.file == "" {
		f.file = filepath.Join(dir, watch.Path)
	}
	var before []watch.Result
	for first := true; ; first = false {
		results, err := app.lookOnce(ctx, f, before, first)
		if err != nil || f.every == 0 {
			return err
		}
		before = results
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(f.every):
		}
	}
}

// lookOnce asks all places. With --every only what has changed is told after
// the first time.
func (app *App) lookOnce(ctx context.Context, f watchFlags, before []watch.Result, first bool) ([]watch.Result, error) {
	data, err := readNamed(f.file, 1<<20)
	if err != nil {
		return nil, err
	}
	places, err := watch.ReadPlaces(f.file, data, app.Getenv)
	if err != nil {
		return nil, err
	}
	known, broken, err := f.load(app)
	if err != nil {
		return nil, err
	}
	results, faults := watch.Look(ctx, places, known)
	for _, err := range broken {
		faults = append(faults, watch.Fault{Place: "permits", Error: err.Error()})
	}
	app.status = watchStatus(results, faults)
	if f.format == "jsonl" {
		return results, app.watchLines(newResults(results, before, first), faults)
	}
	app.watchText(newResults(results, before, first), faults, len(results), first)
	return results, nil
}

func newResults(results, before []watch.Result, first bool) []watch.Result {
	if first {
		return results
	}
	var fresh []watch.Result
	for _, r := range results {
		same := false
		for _, b := range before {
			same = same || reflect.DeepEqual(r, b)
		}
		if !same {
			fresh = append(fresh, r)
		}
	}
	return fresh
}

func watchStatus(results []watch.Result, faults []watch.Fault) int {
	for _, r := range results {
		if r.Standing.Wrong() {
			return fault.ExitNotMet
		}
	}
	switch {
	case len(faults) > 0:
		return fault.ExitIncomplete
	case len(results) == 0:
		return fault.ExitNothing
	}
	return fault.ExitMet
}

func (app *App) watchLines(results []watch.Result, faults []watch.Fault) error {
	out := json.NewEncoder(app.Stdout)
	out.SetEscapeHTML(false)
	now := app.Clock().UTC()
	for _, r := range results {
		if err := out.Encode(struct {
			Type string    `json:"type"`
			Time time.Time `json:"time"`
			watch.Result
		}{"running", now, r}); err != nil {
			return err
		}
	}
	for _, f := range faults {
		if err := out.Encode(struct {
			Type string    `json:"type"`
			Time time.Time `json:"time"`
			watch.Fault
		}{"problem", now, f}); err != nil {
			return err
		}
	}
	return nil
}

func (app *App) watchText(results []watch.Result, faults []watch.Fault, all int, first bool) {
	for _, r := range results {
		what := firstOf(r.Permit, r.Name, r.Version)
		app.printLines([]string{
			fmt.Sprintf("%-9s  %s  %s", r.Standing, clean.Line(r.Place), clean.Line(r.Where)),
			fmt.Sprintf("           %s: %s", clean.Line(what), clean.Line(r.Because))})
	}
	for _, f := range faults {
		app.printLines([]string{fmt.Sprintf("not seen   %s: %s", clean.Line(f.Place), clean.Line(f.Error))})
	}
	if first && all == 0 && len(faults) == 0 {
		app.printLines([]string{"nothing runs at these places"})
	}
}
