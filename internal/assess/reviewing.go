package assess

import (
	"context"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/code/review"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// Reviewing is a change, the questions that it deserves, and what was answered.
type Reviewing struct {
	Change  *review.Change
	Result  *review.Result
	Answers *review.Answers
	Items   []review.Item
	// Unbelieved says of answers why they cannot be believed.
	Unbelieved []string
}

// Review holds a change against the review items.
func (d *Desk) Review(ctx context.Context, since, to string) (*Reviewing, error) {
	g, err := review.RangeOf(ctx, d.a.repo, since, to)
	if err != nil {
		return nil, err
	}
	change, err := review.Load(ctx, d.a.repo, g)
	if err != nil {
		return nil, err
	}
	out, err := d.ReviewItems(ctx)
	if err != nil {
		return nil, err
	}
	out.Change = change
	in := review.Input{Files: change.Files, Facts: d.a.facts, Items: out.Items, Stats: out.Answers.Stats(),
		Findings: d.findingsIn(ctx, change.Files), Tree: d.hasFile}
	if out.Result, err = review.Examine(ctx, in); err != nil {
		return nil, err
	}
	out.Answers.Close(out.Result)
	return out, nil
}

// ReviewItems reads the items and the answers there are, without a change.
func (d *Desk) ReviewItems(ctx context.Context) (*Reviewing, error) {
	own, settings, err := review.ReadOwn(ctx, d.a.snapshot.Files(), func(path string) ([]byte, error) { return d.Read(ctx, path) })
	if err != nil {
		return nil, err
	}
	out := &Reviewing{Answers: &review.Answers{}}
	if out.Items, err = review.Items(own); err != nil {
		return nil, err
	}
	out.Answers.Keep(settings)
	d.a.eachWord(ctx, evidence.ReviewsDir, func(path string, data []byte) error {
		if err := out.Answers.Add(ctx, path, data, d.a.product, d.a.identity); err != nil {
			out.Unbelieved = append(out.Unbelieved, err.Error())
		}
		return nil
	})
	return out, nil
}

func (d *Desk) hasFile(takes func(string) bool) bool {
	for _, f := range d.a.snapshot.Files() {
		if f.Tracked && takes(f.Path) {
			return true
		}
	}
	return false
}

// findingsIn are the findings of the last evidence in the files of a change, and
// the decisions on what was found there before.
func (d *Desk) findingsIn(ctx context.Context, files []review.File) []review.Finding {
	touched := map[string]bool{}
	for _, f := range files {
		touched[f.Path], touched[f.OldPath] = true, true
	}
	var out []review.Finding
	seen := map[string]bool{}
	for _, f := range d.known(ctx, "") {
		seen[f.Fingerprint] = true
		if touched[f.Path] && f.Commit == "" {
			found := review.Finding{Rule: f.Rule, Path: f.Path, Line: f.Line, Message: f.Message, State: string(f.State)}
			if f.Decision != nil {
				found.Because = f.Decision.Because
			}
			out = append(out, found)
		}
	}
	for _, decision := range d.a.decisions {
		path, line := placeOf(decision.Place)
		if touched[path] && !seen[decision.Fingerprint] {
			out = append(out, review.Finding{Rule: decision.Rule, Path: path, Line: line, State: string(event.Decided), Because: decision.Because})
		}
	}
	return out
}

// known are the findings of the last evidence of a check, of all where check is
// empty, with what was decided on them.
func (d *Desk) known(ctx context.Context, check string) []event.Finding {
	var all []event.Finding
	for _, c := range d.a.checks {
		if c.ID == review.ID || check != "" && c.ID != check {
			continue
		}
		if w := d.a.recall(ctx, c); !w.absent {
			all = append(all, w.Evidence.Findings...)
		}
	}
	d.a.applyDecisions(ctx, all, false)
	return all
}

func placeOf(s string) (path string, line int) {
	path, number, _ := strings.Cut(s, ":")
	for _, c := range number {
		if c < '0' || c > '9' || line > 1<<24 {
			break
		}
		line = line*10 + int(c-'0')
	}
	return path, line
}

// CheckSpeaksFor wants the evidence of a check to be fresh, and no finding of it
// to be open in the files given.
func (d *Desk) CheckSpeaksFor(ctx context.Context, id string, paths []string) error {
	if err := unknownChecks([]string{id}, d.a.checks); err != nil {
		return err
	}
	for _, c := range d.a.checks {
		if c.ID != id {
			continue
		}
		w := d.a.recall(ctx, c)
		switch {
		case w.absent:
			return fault.New(fault.NotFound, "run `plimsoll check --only "+id+"`", "there is no evidence of %s", id)
		case !w.current:
			return fault.New(fault.Incomplete, "run `plimsoll check --only "+id+"`", "the evidence of %s is stale: %s", id, w.stale)
		}
	}
	for _, f := range d.known(ctx, id) {
		for _, p := range paths {
			if f.Path == p && f.State == event.Open && f.Severity.Rank() > event.Info.Rank() {
				return fault.New(fault.Usage, "settle it first: `plimsoll explain "+f.Rule+"`", "%s has an open finding there: %s at %s:%d", id, f.Rule, f.Path, f.Line)
			}
		}
	}
	return nil
}

// FailedTests lists what the results of the product's tests say of those that
// failed, in words.
func (d *Desk) FailedTests(ctx context.Context) []string {
	var out []string
	for _, f := range d.known(ctx, "testing.results") {
		if f.Rule == "results.failed-test" && f.State == event.Open {
			out = append(out, f.Message)
		}
	}
	return out
}

// Snapshot is the files of the repository.
func (d *Desk) Snapshot() repo.Snapshot { return d.a.snapshot }
