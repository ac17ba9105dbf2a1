package assess

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// Docket is what there is to decide on: the findings of a run, the decisions
// taken so far, and the means to take others and to undo them.
type Docket struct {
	a        *assessment
	ctx      context.Context
	before   []event.Finding // as they were before anybody decided
	findings []event.Finding
	problems []event.Problem
	look     *Looker
	seen     map[string]finding.Seen
}

// OpenDocket assesses, and keeps what there is to decide on.
func OpenDocket(ctx context.Context, o Options) (*Docket, error) {
	a, err := judge(ctx, o.withDefaults())
	if err != nil {
		return nil, err
	}
	d := &Docket{a: a, ctx: ctx, before: a.undecided, look: a.looker(ctx), seen: map[string]finding.Seen{}}
	d.findings = slices.Clone(d.before)
	d.apply()
	for i, f := range d.result().Findings { // what else the run knows of them
		if i < len(d.before) && d.before[i].Fingerprint == f.Fingerprint {
			d.before[i].Worth, d.before[i].Queue = f.Worth, f.Queue
			d.findings[i].Worth, d.findings[i].Queue = f.Worth, f.Queue
		}
	}
	return d, a.Handler.Flush()
}

func (d *Docket) result() *Result { return d.a.result() }

// Findings are all findings, with state and decision. The slice stays the same
// while decisions are taken; what is in it changes.
func (d *Docket) Findings() []event.Finding { return d.findings }

// Decisions are all that stand in the file.
func (d *Docket) Decisions() finding.Decisions { return d.a.decisions }

// Problems tell of decisions that do not count, and how far the wide ones reach.
func (d *Docket) Problems() []event.Problem { return d.problems }

// Repo is the repository.
func (d *Docket) Repo() *repo.Repo { return d.a.repo }

// Product is the product's name.
func (d *Docket) Product() string { return d.a.product.Name }

// AsOf is the day that decisions are held against.
func (d *Docket) AsOf() time.Time { return d.a.AsOf }

// Look says what stands at a finding's place.
func (d *Docket) Look(f *event.Finding) finding.Seen {
	key := fmt.Sprintf("%s %d %s", f.Fingerprint, f.Line, f.Path)
	seen, known := d.seen[key]
	if !known {
		seen = d.look.Look(f)
		d.seen[key] = seen
	}
	return seen
}

// Lines are those of a file of the repository, nil where it cannot be read.
func (d *Docket) Lines(path string) []string {
	text := d.look.Text(path)
	if text == nil {
		return nil
	}
	return strings.Split(string(text), "\n")
}

// apply settles the findings by the decisions as they are now.
func (d *Docket) apply() {
	copy(d.findings, d.before)
	d.problems = d.a.settle(d.findings, d.Look)
}

// act is one change of the decisions, as the journal keeps it: both sides are
// texts of decisions.yaml.
type act struct {
	At      time.Time `json:"at"`
	What    string    `json:"what"`
	Added   string    `json:"added"`
	Removed string    `json:"removed"`
}

// mostActs is how many acts can be undone.
const mostActs = 200

// Change takes decisions and takes others back, in one write, and remembers it
// so that it can be undone. What somebody else wrote into the file meanwhile is
// kept.
func (d *Docket) Change(what string, add, remove finding.Decisions) error {
	done := act{At: d.a.Clock().UTC(), What: what}
	if err := d.change(add, remove, &done); err != nil {
		return err
	}
	acts, err := d.journal()
	if err != nil {
		return err
	}
	acts = append(acts, done)
	return d.keep(acts[max(0, len(acts)-mostActs):])
}

func (d *Docket) change(add, remove finding.Decisions, done *act) error {
	path, err := d.a.repo.Inside(finding.DecisionsPath)
	if err != nil {
		return err
	}
	now, err := readDecisions(path)
	if err != nil {
		return err
	}
	after := now.Without(remove...).With(add...)
	data := after.Encode()
	if _, err := finding.ParseDecisions(finding.DecisionsPath, data); err != nil {
		return err // only what can be read back is written
	}
	if err := durable.WriteFile(path, data, 0o644); err != nil {
		return err
	}
	if done != nil {
		done.Added, done.Removed = string(after.Only(now).Encode()), string(now.Only(after).Encode())
	}
	d.a.decisions = after
	d.apply()
	return nil
}

func readDecisions(path string) (finding.Decisions, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the decisions: %w", err)
	}
	return finding.ParseDecisions(finding.DecisionsPath, data)
}

// Undo takes the last act back and says what it was.
func (d *Docket) Undo() (string, error) {
	acts, err := d.journal()
	if err != nil {
		return "", err
	}
	if len(acts) == 0 {
		return "", fault.New(fault.NotFound, "take it back with plimsoll triage ID --withdraw", "there is nothing to undo: no decision was taken in this copy of the repository")
	}
	last := acts[len(acts)-1]
	added, err1 := finding.ParseDecisions("the journal", []byte(last.Added))
	removed, err2 := finding.ParseDecisions("the journal", []byte(last.Removed))
	if err := errors.Join(err1, err2); err != nil {
		return "", fault.Wrap(fault.Incomplete, err, "remove "+d.journalPath(), "reading what was decided last")
	}
	if gone := added.Only(d.a.decisions); len(gone) > 0 {
		return "", fault.New(fault.Usage, "take it back by hand: plimsoll triage "+gone[0].Fingerprint[:12]+" --withdraw",
			"%s was changed by somebody else since; the last act here (%s) cannot be undone", finding.DecisionsPath, last.What)
	}
	if err := d.change(removed, added, nil); err != nil {
		return "", err
	}
	return last.What, d.keep(acts[:len(acts)-1])
}

func (d *Docket) journalPath() string { return filepath.Join(d.a.stateDir, "triage.jsonl") }

// maxJournal bounds what is read of the journal.
const maxJournal = 256 << 20

func (d *Docket) journal() ([]act, error) {
	info, err := os.Stat(d.journalPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil || info.Size() > maxJournal {
		return nil, fault.New(fault.Incomplete, "remove "+d.journalPath(), "the journal of decisions cannot be read")
	}
	data, err := os.ReadFile(d.journalPath())
	if err != nil {
		return nil, fmt.Errorf("reading the journal of decisions: %w", err)
	}
	var acts []act
	for line := range bytes.Lines(data) {
		var one act
		if json.Unmarshal(line, &one) == nil { // a line that is broken can't be undone
			acts = append(acts, one)
		}
	}
	return acts, nil
}

func (d *Docket) keep(acts []act) error {
	var b bytes.Buffer
	for _, one := range acts {
		line, err := json.Marshal(one)
		if err != nil {
			return fmt.Errorf("writing the journal of decisions: %w", err)
		}
		b.Write(append(line, '\n'))
	}
	return durable.WriteFile(d.journalPath(), b.Bytes(), 0o600)
}
