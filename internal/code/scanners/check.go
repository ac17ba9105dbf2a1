// Package scanners runs scanners of others, where the product names them and
// this machine's user has allowed it, and reads what they find.
//
// A scanner is a program, and many run code or configuration of the repository
// that they look at. A repository must not be able to start a program on the
// machine of whoever examines it, so naming a scanner in product.yaml is not
// enough: somebody at the machine has to allow that very list first.
package scanners

import (
	"context"
	"fmt"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// ID of the check.
const ID = "code.scanners"

// Rules of the check's own; what a scanner found has the rule
// "sarif.<tool>/<rule>", which Reported documents.
const (
	Reported       = "scanners.reported"
	ToolIncomplete = "scanners.tool-incomplete"
)

const (
	workTree = "work tree"
	programs = "scanners"
)

// networkPeriod is how long a result stands whose rules came over the network:
// others are there the next week.
const networkPeriod = 7 * 24 * time.Hour

// New makes the check that runs the scanners named. Allowed says that they may
// be run on this machine.
func New(named []product.Scanner, allowed bool) *check.Check {
	rules, err := knowledge.Rules(ID)
	s := &runner{named: named, allowed: allowed}
	inputs := []check.Input{check.Value(programs, s.digest)}
	if len(named) > 0 {
		inputs = append(inputs, check.Files(workTree, nil))
	}
	idle := ""
	if len(named) == 0 {
		idle = "product.yaml names no scanner"
	}
	return &check.Check{
		ID:    ID,
		Idle:  idle,
		Title: "scanners of others",
		Why: "No tool sees everything. A team that trusts a scanner keeps it, and its findings join the rest: one list, one place " +
			"to decide, and the same thing found twice is one finding with two witnesses. `plimsoll scanners` says which are on this machine.",
		Rules:  rules,
		Inputs: inputs,
		Run: func(ctx context.Context, p *check.Pass) error {
			if err != nil {
				return err
			}
			return s.run(ctx, p)
		},
	}
}

// runner runs the scanners that a product names.
type runner struct {
	named   []product.Scanner
	allowed bool
}

// digest covers what is run besides the work tree: the list, and which program
// each name stands for on this machine.
func (s *runner) digest(_ context.Context, sub *check.Subject) (string, error) {
	text := fmt.Sprintf("allowed %t\n", s.allowed)
	for _, scanner := range s.named {
		c, err := commandOf(scanner, rootOf(sub.Repo))
		if err != nil {
			text += fmt.Sprintf("%q %v\n", scanner, err)
			continue
		}
		text += fmt.Sprintf("%q %q %s\n", scanner, c.args, stampOf(c.path))
	}
	return repo.DigestOf([]byte(text)), nil
}

func rootOf(r *repo.Repo) string {
	if r == nil {
		return ""
	}
	return r.Root()
}

func (s *runner) run(ctx context.Context, p *check.Pass) error {
	if len(s.named) == 0 {
		return nil // nothing was looked at, and nothing is said
	}
	if !s.allowed {
		p.Problem(event.Problem{Code: "scanners-not-allowed", Path: product.Path, Incomplete: true,
			Message: fmt.Sprintf("%d scanners are named here and may not be run on this machine: %s", len(s.named), names(s.named)),
			Hint:    "read what they are (`plimsoll scanners`), then run `plimsoll scanners allow`, or `plimsoll check --run-scanners` in a pipeline"})
		return nil
	}
	dir, done, err := folder(ctx, p)
	if err != nil {
		return err
	}
	defer done()
	in := newImport(p)
	for _, scanner := range s.named {
		if err := ctx.Err(); err != nil {
			return err
		}
		p.Progress("running %s", scanner.Tool)
		in.scanner(ctx, scanner, dir)
	}
	return in.finish(ctx)
}

func names(scanners []product.Scanner) string {
	text := ""
	for i, s := range scanners {
		if i > 0 {
			text += ", "
		}
		text += s.Tool
	}
	return text
}

// lack tells of a scanner that could not do its work.
func lack(p *check.Pass, hint, format string, args ...any) {
	p.Problem(event.Problem{Code: string(fault.Incomplete), Path: product.Path, Hint: hint, Incomplete: true, Message: fmt.Sprintf(format, args...)})
}
