package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/approval"
	"github.com/plimsoll-dev/plimsoll/internal/release/posture"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/releases"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// maxBill bounds a bill of materials that is read back.
const maxBill = 64 << 20

func newReleaseDiff(app *App) *cobra.Command {
	var dir, format string
	cmd := &cobra.Command{
		Use:   "diff V1 V2",
		Short: "What has changed between two releases",
		Long: `What has changed between two releases: statuses of requirements, preconditions,
deliverables, the modules inside of them, approvals. An exclamation mark stands
before what speaks against the later one.`,
		Example: "  plimsoll release diff 1.2.2 1.2.3\n  plimsoll release diff 1.2.2 1.2.3 --format jsonl",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.releaseDiff(cmd.Context(), dir, args, format)
		},
	}
	cmd.Flags().StringVarP(&dir, "dir", "C", ".", "the repository")
	cmd.Flags().Var(enum(&format, "text", "text", "jsonl"), "format", "text or jsonl")
	return cmd
}

func (app *App) releaseDiff(ctx context.Context, dir string, versions []string, format string) error {
	desk, err := app.desk(ctx, dir)
	if err != nil {
		return err
	}
	var sides [2]posture.Side
	for i, v := range versions {
		if sides[i], err = side(desk, v); err != nil {
			return err
		}
	}
	changes, err := posture.Diff(sides[0], sides[1])
	if err != nil {
		return fault.Wrap(fault.Untrusted, err, "restore it from git", "comparing %s with %s", versions[0], versions[1])
	}
	if format == "jsonl" {
		out := json.NewEncoder(app.Stdout)
		for _, c := range changes {
			if err := out.Encode(c); err != nil {
				return err
			}
		}
		return nil
	}
	app.sayChanges(versions, changes)
	return nil
}

func (app *App) sayChanges(versions []string, changes []posture.Change) {
	if len(changes) == 0 {
		app.printLines([]string{fmt.Sprintf("%s and %s do not differ in what a release says", versions[0], versions[1])})
		return
	}
	lines := []string{fmt.Sprintf("%s → %s", versions[0], versions[1])}
	for _, c := range changes {
		mark := " "
		if c.Worse {
			mark = "!"
		}
		how := c.From + " → " + c.To
		switch {
		case c.From == "":
			how = "new: " + c.To
		case c.To == "":
			how = "gone (was " + c.From + ")"
		}
		lines = append(lines, fmt.Sprintf("%s %-12s  %s  %s", mark, c.Kind, c.What, how))
	}
	app.printLines(lines)
}

// side reads what there is of a release.
func side(desk *assess.Desk, version string) (posture.Side, error) {
	root := desk.Repo().Root()
	r, err := releases.Open(root, version)
	if err != nil {
		return posture.Side{}, err
	}
	s := posture.Side{Prepared: r.Prepared}
	if s.Approvals, err = approval.Open(r.Prepared, r.Raw, r.Approvals, desk.Product().Owners); err != nil && r.Permit == nil {
		return s, err // of a sealed release people may have left since
	}
	for _, a := range r.Prepared.Attached {
		if a.Name != "sbom.cdx.json" {
			continue
		}
		name := path.Join(record.Dir, version, record.AttachedDir, strings.TrimPrefix(a.Digest, "sha256:"))
		data, err := desk.Repo().ReadInside(name, maxBill)
		if err != nil && !os.IsNotExist(err) {
			return s, fault.Wrap(fault.Incomplete, err, "restore it from git", "reading the bill of materials of %s", version)
		}
		if verify.Digest(data) != a.Digest {
			return s, fault.New(fault.Untrusted, "restore it from git", "the bill of materials of %s is not the one that was prepared", version)
		}
		s.Bill = data
	}
	return s, nil
}
