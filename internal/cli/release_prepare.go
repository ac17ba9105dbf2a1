package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/approval"
	"github.com/plimsoll-dev/plimsoll/internal/release/checklist"
	"github.com/plimsoll-dev/plimsoll/internal/release/prepare"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/registry"
	"github.com/plimsoll-dev/plimsoll/internal/release/seal"
	"github.com/plimsoll-dev/plimsoll/internal/report"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/internal/version"
	"github.com/plimsoll-dev/plimsoll/verify"
)

type prepareFlags struct {
	dir, by                  string
	files, dirs, images      []string
	bills                    []string
	emergency, dryRun        bool
	layers                   bool
	because, until, followUp string
	answers                  []string
}

func newReleasePrepare(app *App) *cobra.Command {
	var f prepareFlags
	cmd := &cobra.Command{
		Use:   "prepare VERSION",
		Short: "Take down what is released and how the product stands, for people to approve",
		Long: `Take down what is released and how the product stands, for people to approve.

The product is examined as plimsoll check does; the deliverables are those of
product.yaml, or those named here by their paths from the repository's root. Each
precondition is judged and explained. Where all are met, digests, verdict, bills
of materials (CycloneDX 1.6 and SPDX 2.3) and, in a build service that tells it,
the provenance (SLSA) are written to .plimsoll/releases/VERSION/. Where one is
not, nothing is written: the explanation says the cheapest way to meet it.

An image is taken from a registry where its name begins with oci://, and then
alone is one asked: its tag is resolved once, and the digest of what came is
computed here. Credentials are those of docker login.

Preparing the same version again replaces what was prepared; approvals of it fall
away. A sealed version is never replaced.

Exit status: 0 prepared; 1 a precondition is not met; 2 wrong usage.`,
		Example: `  plimsoll release prepare 1.2.3
  plimsoll release prepare 1.2.3 --file dist/app --dir dist/site --image dist/image
  plimsoll release prepare 1.2.3 --image oci://registry.example.org/team/app:1.2.3
  plimsoll release prepare 1.2.4 --emergency --because "sessions leak to other users" \
    --until 2026-06-03 --follow-up "test the fix under load" --answers Ada --answers Bob`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.releasePrepare(cmd.Context(), args[0], f)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.dir, "repository", "C", ".", "the repository")
	flags.StringVar(&f.by, "by", "", "who prepares it (default: git's user.name and user.email)")
	flags.StringArrayVar(&f.files, "file", nil, "a file that is handed over; may be repeated")
	flags.StringArrayVar(&f.dirs, "dir", nil, "a folder that is handed over; may be repeated")
	flags.StringArrayVar(&f.images, "image", nil, "an image: a folder with an OCI layout, or oci://REGISTRY/REPOSITORY:TAG; may be repeated")
	flags.BoolVar(&f.layers, "layers", false, "read and hash the layers of images in a registry, which otherwise are only asked for by digest and size")
	flags.StringArrayVar(&f.bills, "sbom", nil, "a bill of materials that the build wrote (CycloneDX or SPDX in JSON); may be repeated")
	flags.BoolVar(&f.dryRun, "dry-run", false, "judge the preconditions and write nothing")
	flags.BoolVar(&f.emergency, "emergency", false, "an emergency release, where the policy allows one: what is not met is waived, by two people, for a time")
	flags.StringVar(&f.because, "because", "", "why it cannot wait")
	flags.StringVar(&f.until, "until", "", "the day (YYYY-MM-DD) or moment until which it stands")
	flags.StringVar(&f.followUp, "follow-up", "", "what will be done afterwards; the next release waits for it")
	flags.StringArrayVar(&f.answers, "answers", nil, "an owner who answers for the emergency; two are needed")
	return cmd
}

func (app *App) releasePrepare(ctx context.Context, version string, f prepareFlags) error {
	request, err := app.request(version, f)
	if err != nil {
		return err
	}
	standing, err := assess.Stand(ctx, assess.Options{Dir: f.dir, Getenv: app.Getenv, Clock: app.Clock, Handler: report.Tee(app.progress())})
	if err != nil {
		return err
	}
	if standing.Repo.Root() == "" {
		return fault.New(fault.Usage, "go to a clone with a work tree", "a release is prepared in a work tree of git")
	}
	if request.By, err = decider(ctx, standing.Repo, f.by); err != nil {
		return err
	}
	unlock, err := seal.Lock(standing.Repo.Root())
	if err != nil {
		return err
	}
	defer unlock()
	stands := standingProduct(standing)
	if stands.Trust, err = app.trustIfAny(f.dir); err != nil {
		return err
	}
	draft, err := prepare.Prepare(ctx, stands, request)
	if err != nil {
		return err
	}
	return app.sayPrepared(standing, draft, f)
}

// request reads the flags.
func (app *App) request(version string, f prepareFlags) (prepare.Request, error) {
	r := prepare.Request{Version: version, Bills: f.bills, Now: app.Clock(), Tool: toolName(), Getenv: app.Getenv,
		Registry: registry.New(registry.Options{Getenv: app.Getenv}), Layers: f.layers}
	for _, named := range []struct {
		paths []string
		kind  verify.Kind
	}{{f.files, verify.KindFile}, {f.dirs, verify.KindDir}, {f.images, verify.KindImage}} {
		for _, p := range named.paths {
			if meant := registry.Meant(p); meant != "" {
				return r, fault.New(fault.Usage, "write "+meant, "%q is no path, and another tool's way to name an image", p)
			}
			r.Named = append(r.Named, prepare.Named{Path: filepath.ToSlash(p), Kind: named.kind})
		}
	}
	if !f.emergency {
		if f.because != "" || f.until != "" || f.followUp != "" || len(f.answers) > 0 {
			return r, fault.New(fault.Usage, "add --emergency", "--because, --until, --follow-up and --answers are for an emergency release")
		}
		return r, nil
	}
	until, err := time.Parse(time.RFC3339, f.until)
	if err != nil {
		day, err := time.Parse(time.DateOnly, f.until)
		if err != nil {
			return r, fault.New(fault.Usage, "give --until 2026-12-31 or a moment as 2026-12-31T12:00:00Z", "reading --until: %q is no date", f.until)
		}
		until = day.AddDate(0, 0, 1).Add(-time.Second) // the end of that day
	}
	r.Emergency = &prepare.Emergency{Because: f.because, Until: until, FollowUp: f.followUp, By: f.answers}
	return r, nil
}

func toolName() string { return "plimsoll " + strings.ReplaceAll(version.Version(), " ", "-") }

// standingProduct is an assessment as preparing takes it.
func standingProduct(s *assess.Standing) prepare.Product {
	p := prepare.Product{Product: s.Product, Repo: s.Repo, Roots: s.Roots, Evidence: s.Evidence, Verdict: verify.Verdict{
		Gate: string(s.Verdict.Gate), Reason: s.Verdict.Reason, AsOf: s.AsOf.UTC().Truncate(time.Second), Statuses: map[string]int{}, Tool: toolName()}}
	p.Facts = checklist.Facts{Gate: string(s.Verdict.Gate), RunComplete: s.Complete(), TreeClean: s.Dirty == "", Statuses: map[string]string{}, Counts: map[string]int{},
		Open: map[string]int{}, Severities: map[string]int{}, Rules: s.Rules, Made: s.Made, Checks: s.Checks, TestsFailed: s.Failed()}
	p.Facts.TestsPassed = max(0, s.TestsRan-p.Facts.TestsFailed)
	for status, n := range s.Verdict.Statuses {
		p.Verdict.Statuses[string(status)] = n
		p.Facts.Counts[strings.ReplaceAll(string(status), "-", "_")] = n
	}
	for _, r := range s.Verdict.Requirements {
		p.Verdict.Requirements = append(p.Verdict.Requirements, verify.Status{ID: r.ID, Status: string(r.Status)})
		p.Facts.Statuses[r.ID] = string(r.Status)
		if due := r.Due.UTC().Truncate(time.Second); !r.Due.IsZero() && (p.Verdict.FreshUntil == nil || due.Before(*p.Verdict.FreshUntil)) {
			p.Verdict.FreshUntil = &due
		}
	}
	for _, f := range s.Findings {
		if f.State == event.Open {
			p.Facts.Open[f.Rule]++
			p.Facts.Severities[string(f.Severity)]++
		} else if f.State == event.Decided {
			p.Facts.Decided++
		}
	}
	return p
}

// sayPrepared shows the preconditions, and writes the release where they are met.
func (app *App) sayPrepared(s *assess.Standing, d *prepare.Draft, f prepareFlags) error {
	p := d.Prepared
	app.printLines([]string{clean.Line(fmt.Sprintf("%s %s at %.12s: %s", p.Product, p.Version, p.Commit, p.Verdict.Gate))})
	for i, o := range d.Outcomes {
		app.sayOutcome(o, p.Preconditions[i].Waived)
	}
	unmet := d.Unmet()
	if s.Dirty != "" {
		app.printLines([]string{"", clean.Line("the work tree is not that of the commit: " + s.Dirty)})
	}
	switch {
	case len(unmet) > 0:
		app.printLines([]string{"", fmt.Sprintf("%d of %d preconditions are not met; nothing was written", len(unmet), len(d.Outcomes))})
		app.status = fault.ExitNotMet
		return nil
	case p.Emergency != nil && !waives(p.Preconditions):
		return fault.New(fault.Usage, "prepare it without --emergency", "everything is met: this is no emergency")
	case f.dryRun:
		app.printLines([]string{"", "all preconditions are met; nothing was written (--dry-run)"})
		return nil
	}
	folder, err := d.Write(s.Repo)
	if err != nil {
		return err
	}
	lines := []string{""}
	for _, x := range p.Deliverables {
		lines = append(lines, clean.Line(fmt.Sprintf("%-5s %s  %s", x.Kind, x.Digest, x.Name)))
	}
	for _, note := range d.Notes {
		lines = append(lines, clean.Line("note: "+note))
	}
	lines = append(lines, "wrote "+clean.Line(folder), "commit it, and have it approved: "+wanted(p.Needs, approvalText)+"; `plimsoll release approve "+p.Version+"`")
	app.printLines(lines)
	return nil
}

func (app *App) sayOutcome(o checklist.Outcome, waived string) {
	mark := "met    "
	switch {
	case waived != "":
		mark = "waived "
	case !o.Met:
		mark = "NOT MET"
	}
	lines := []string{clean.Line(fmt.Sprintf("  %s  %-13s  %s", mark, o.ID, o.Title))}
	if !o.Met || app.verbose {
		lines = append(lines, clean.Line("           because "+o.Because))
	}
	if o.Fault != nil && o.Fault.Place != nil && o.Fault.Place.Path != "" {
		lines = append(lines, clean.Line("           at "+o.Fault.Place.String()))
		if o.Fault.Hint != "" {
			lines = append(lines, clean.Line("           "+o.Fault.Hint))
		}
	}
	if !o.Met {
		lines = append(lines, clean.Line("           to meet it: "+o.Fix))
	}
	app.printLines(lines)
}

func waives(all []verify.Precondition) bool {
	for _, p := range all {
		if p.Waived != "" {
			return true
		}
	}
	return false
}

// approvalText is what an approval policy without needs says.
const approvalText = "nobody has to"

func wanted(needs []record.Need, none string) string {
	if len(needs) == 0 {
		return none
	}
	parts := make([]string, len(needs))
	for i, n := range needs {
		parts[i] = approval.NeedText(n)
	}
	return strings.Join(parts, ", and ")
}
