package check

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sort"
	"strconv"
	"sync"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// Runner calls checks and keeps their words as evidence.
type Runner struct {
	Subject    *Subject
	Store      *evidence.Store
	Repository evidence.Repository
	Tool       evidence.Tool
	// Revision is the commit that is examined in place of what lies there now;
	// empty for the latter. Its memo is kept apart.
	Revision string
	// NoMemo calls every check anew, on every file.
	NoMemo bool
	// Notify receives progress; it may be nil and may be called from several goroutines.
	Notify func(event.Progress)
	// Clock gives the time that goes into evidence.
	Clock func() time.Time
	// MaxAge is how long the word of a check may be used again; nil or 0 for as
	// long as it is fresh.
	MaxAge func(check string) time.Duration
}

// Word is a check's evidence, or why there is none.
type Word struct {
	Check    *Check
	Evidence evidence.Item
	Memo     bool            // from an earlier call on the same inputs
	Problems []event.Problem // besides those in the evidence
	Err      error           // the check could not do its work
}

// period is how long the word of a check stands at most when no input moves:
// the world outside the repository does.
const period = 90 * 24 * time.Hour

// Run calls the checks, in parallel, and returns their words in the given order.
func (r *Runner) Run(ctx context.Context, checks []*Check) []Word {
	words := make([]Word, len(checks))
	var wg sync.WaitGroup
	for i, c := range checks {
		wg.Go(func() { words[i] = r.one(ctx, c) })
	}
	wg.Wait()
	return words
}

func (r *Runner) one(ctx context.Context, c *Check) Word {
	w := Word{Check: c}
	call, err := r.Call(ctx, c)
	if err != nil {
		w.Err = err
		return w
	}
	if item, ok := r.remembered(ctx, call, &w); ok {
		w.Evidence, w.Memo = item, true
		return w
	}
	record, err := r.call(ctx, c, call)
	if err != nil {
		w.Err = err
		return w
	}
	w.Evidence, err = r.Store.Put(ctx, record)
	if err != nil {
		// The result is true all the same; only its proof could not be kept.
		w.Evidence = evidence.Item{Record: record}
		w.Problems = append(w.Problems, problemOf(c.ID, err))
	}
	return w
}

// remembered is the evidence of an earlier call, if it can be believed and its
// word still stands at the date of this run.
func (r *Runner) remembered(ctx context.Context, call evidence.Call, w *Word) (evidence.Item, bool) {
	if r.NoMemo {
		return evidence.Item{}, false
	}
	item, ok, err := r.Store.Get(ctx, call, r.Repository)
	if err != nil {
		// It is made anew, so the run is complete; but somebody should know.
		pr := problemOf(call.Check, err)
		pr.Incomplete, pr.Hint = false, "nothing is lost: the check was called again and its evidence written anew"
		w.Problems = append(w.Problems, pr)
		return evidence.Item{}, false
	}
	if !ok || r.mayBeBetter(ctx, item) || r.tooOld(item) {
		return evidence.Item{}, false
	}
	// A word that a run for a later date made does not know what is so today.
	return item, r.Subject.AsOf.Before(item.FreshUntil) && !r.Subject.AsOf.Before(item.AsOf)
}

// mayBeBetter tells whether an incomplete word could be completed by another
// call: what could not be read may be readable now. An object that is missing
// stays so until the repository gets others, and a limit stays what it is.
func (r *Runner) mayBeBetter(ctx context.Context, item evidence.Item) bool {
	for _, p := range item.Problems {
		switch {
		case !p.Incomplete || p.Code == string(fault.TooCostly):
		case p.Code == string(fault.Missing) && item.Objects == r.objects(ctx):
		default:
			return true
		}
	}
	return false
}

// objects is the digest of the repository's object store; another one each time
// where it cannot be read.
func (r *Runner) objects(ctx context.Context) string {
	if r.Subject.Repo == nil {
		return ""
	}
	digest, err := r.Subject.Repo.ObjectsDigest(ctx)
	if err != nil {
		return "unknown at " + r.Clock().String()
	}
	return digest
}

func missesObjects(problems []event.Problem) bool {
	return slices.ContainsFunc(problems, func(p event.Problem) bool { return p.Code == string(fault.Missing) })
}

// tooOld tells whether the plan that asks for the check wants a newer word.
func (r *Runner) tooOld(item evidence.Item) bool {
	if r.MaxAge == nil {
		return false
	}
	age := r.MaxAge(item.Check)
	return age > 0 && !r.Subject.AsOf.Before(item.Finished.Add(age))
}

// call runs the check itself.
func (r *Runner) call(ctx context.Context, c *Check, call evidence.Call) (evidence.Record, error) {
	memo := NewMemo()
	if r.Subject.StateDir != "" && !r.NoMemo {
		memo = r.openMemo(c.ID, call)
	}
	p := &Pass{check: c, subject: r.Subject, files: selectFiles(c, r.Subject), memo: memo, notify: r.notify}
	record := evidence.Record{Call: call, Repository: r.Repository, Revision: r.Revision, Started: r.Clock()}
	if err := guarded(ctx, c, p); err != nil {
		return record, err
	}
	if err := memo.Save(); err != nil {
		p.Problem(event.Problem{Code: string(fault.Internal), Message: "the memo could not be kept: " + err.Error(),
			Hint: "the next run does the same work again; make the folder writable"})
	}
	record.Finished = r.Clock()
	record.FreshUntil = record.Finished.Add(period)
	if !p.freshUntil.IsZero() && p.freshUntil.Before(record.FreshUntil) {
		record.FreshUntil, record.ExpiresByInput = p.freshUntil, true
	}
	if p.dated {
		record.AsOf = r.Subject.AsOf
	}
	p.fill(&record)
	if missesObjects(record.Problems) {
		record.Objects = r.objects(ctx)
	}
	return record, nil
}

// openMemo opens the memo of a check. A memo forgets what a run did not ask for,
// so that of another revision is a file of its own, and looks into the first.
func (r *Runner) openMemo(checkID string, call evidence.Call) *Memo {
	dir, identity := MemoDir(r.Subject.StateDir), call.Tool.Digest+" "+call.Rules
	memo := OpenMemo(dir, checkID, identity)
	if r.Revision == "" {
		return memo
	}
	apart := OpenMemo(dir, checkID+".base", identity)
	apart.Borrow(memo)
	return apart
}

// MemoDir is where memos are kept inside a state folder.
func MemoDir(stateDir string) string { return filepath.Join(stateDir, "memo") }

// guarded turns a panic of the check into an error: the other checks go on.
func guarded(ctx context.Context, c *Check, p *Pass) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &panicError{value: r, stack: debug.Stack()}
		}
	}()
	return c.Run(ctx, p)
}

func (r *Runner) notify(p event.Progress) {
	if r.Notify != nil {
		r.Notify(p)
	}
}

// fill moves the results into the record, in an order that does not depend on
// which goroutine was first.
func (p *Pass) fill(record *evidence.Record) {
	for i := range p.findings {
		p.findings[i].Check = p.check.ID
		if p.findings[i].State == "" {
			p.findings[i].State = event.Open
		}
	}
	sortFindings(p.findings)
	tellApart(p.findings)
	for i := range p.observations {
		p.observations[i].Check = p.check.ID
		p.observations[i].Inputs = record.InputMap()
	}
	for i := range p.problems {
		p.problems[i].Check = p.check.ID
		finding.NameUnexamined(&p.problems[i])
	}
	sort.SliceStable(p.problems, func(i, j int) bool { return p.problems[i].Path < p.problems[j].Path })
	for i := range p.tests {
		p.tests[i].Check = p.check.ID
	}
	sort.SliceStable(p.tests, func(i, j int) bool { return p.tests[i].Requirement < p.tests[j].Requirement })
	record.Findings, record.Observations, record.Problems, record.Tests = p.findings, p.observations, p.problems, p.tests
}

// tellApart gives findings that share a fingerprint one each, by their order: a
// decision on one must not hide another. The first keeps what it had.
func tellApart(findings []event.Finding) {
	seen := map[string]int{}
	for i := range findings {
		f := &findings[i]
		if seen[f.Fingerprint]++; f.Fingerprint != "" && seen[f.Fingerprint] > 1 {
			f.Fingerprint = finding.Fingerprint("twin", f.Fingerprint, strconv.Itoa(seen[f.Fingerprint]))
		}
	}
}

func sortFindings(findings []event.Finding) {
	sort.SliceStable(findings, func(i, j int) bool {
		a, b := findings[i], findings[j]
		switch {
		case a.Path != b.Path:
			return a.Path < b.Path
		case a.Line != b.Line:
			return a.Line < b.Line
		case a.Column != b.Column:
			return a.Column < b.Column
		case a.Rule != b.Rule:
			return a.Rule < b.Rule
		}
		return a.Fingerprint < b.Fingerprint
	})
}

func problemOf(check string, err error) event.Problem {
	f := fault.All(err)[0]
	pr := event.Problem{Check: check, Code: string(f.Code), Message: f.Message, Hint: f.Hint, Incomplete: true}
	if f.Place != nil {
		pr.Path, pr.Line, pr.Column, pr.Source = f.Place.Path, f.Place.Line, f.Place.Column, f.Place.Source
	}
	return pr
}

// Call computes the digests of everything that the check declares.
func (r *Runner) Call(ctx context.Context, c *Check) (evidence.Call, error) {
	call := evidence.Call{Check: c.ID, Tool: r.Tool, Rules: rulesDigest(c)}
	for _, in := range c.Inputs {
		digest, err := r.digest(ctx, in)
		if err != nil {
			return call, fmt.Errorf("reading the input %q of %s: %w", in.Name, c.ID, err)
		}
		call.Inputs = append(call.Inputs, evidence.Input{Name: in.Name, Digest: digest})
	}
	return call, nil
}

func (r *Runner) digest(ctx context.Context, in Input) (string, error) {
	switch in.kind {
	case historyInput:
		if r.Subject.Repo == nil { // files alone, in a test
			return "sha256:none", nil
		}
		return r.Subject.Repo.RefsDigest(ctx)
	case factsInput:
		return digestJSON(r.Subject.Facts)
	case valueInput:
		return in.value(ctx, r.Subject)
	}
	return filesDigest(r.Subject.Snapshot.Files(), in), nil
}

func digestJSON(v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return repo.DigestOf(data), nil
}

// filesDigest is a digest over path, mode and, unless it is a paths input,
// content of each file that the input takes.
func filesDigest(files []repo.File, in Input) string {
	h := sha256.New()
	var line []byte
	for _, f := range files {
		if in.match != nil && !in.match(f.Path) {
			continue
		}
		line = append(line[:0], f.Path...)
		line = append(line, 0, '0'+byte(f.Mode), tracked(f), 0)
		if in.kind == filesInput {
			line = append(line, f.Digest...)
		}
		h.Write(append(line, '\n'))
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// rulesDigest is a digest over all that the rules say.
func rulesDigest(c *Check) string {
	digest, err := digestJSON(c.Rules)
	if err != nil {
		panic(fmt.Sprintf("encoding the rules of %s: %v", c.ID, err)) // strings and numbers alone
	}
	return digest
}

// selectFiles lists the files of each files or paths input.
func selectFiles(c *Check, s *Subject) map[string][]repo.File {
	files := map[string][]repo.File{}
	for _, in := range c.Inputs {
		if in.kind != filesInput && in.kind != pathsInput {
			continue
		}
		if in.match == nil {
			files[in.Name] = s.Snapshot.Files()
			continue
		}
		selected := []repo.File{}
		for _, f := range s.Snapshot.Files() {
			if in.match(f.Path) {
				selected = append(selected, f)
			}
		}
		files[in.Name] = selected
	}
	return files
}
