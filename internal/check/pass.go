package check

import (
	"context"
	"fmt"
	"io"
	"sort"
	"sync"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// Pass is one call of a check: the inputs it declared, and where its results go.
// Its methods may be called from several goroutines.
type Pass struct {
	check   *Check
	subject *Subject
	files   map[string][]repo.File // by input name
	memo    *Memo
	notify  func(event.Progress)

	mu           sync.Mutex
	findings     []event.Finding
	observations []event.Observation
	problems     []event.Problem
	tests        []event.Test
	freshUntil   time.Time
	dated        bool // the check asked for the date
}

// Item is what examining one file gives. A check's word on a file is a function
// of the file's path and bytes alone, so the runner keeps it.
type Item struct {
	Findings []event.Finding `json:"findings,omitempty"`
	Problems []event.Problem `json:"problems,omitempty"`
	// Counts adds up over all files, by a key of the check's own.
	Counts map[string]int64 `json:"counts,omitempty"`
}

// Report adds a finding.
func (i *Item) Report(f event.Finding) { i.Findings = append(i.Findings, f) }

// Count adds n to the count of key.
func (i *Item) Count(key string, n int64) {
	if i.Counts == nil {
		i.Counts = map[string]int64{}
	}
	i.Counts[key] += n
}

// Files lists the files of a declared files input, sorted by path, symbolic
// links and submodules included. The slice is shared: do not write to it.
func (p *Pass) Files(input string) []repo.File {
	files, declared := p.files[input]
	if !declared {
		panic(fmt.Sprintf("check %s reads input %q, which it did not declare", p.check.ID, input))
	}
	return files
}

// Facts are the product's facts; the check must have declared Facts.
func (p *Pass) Facts() []event.Fact {
	p.mustDeclare(factsInput)
	return p.subject.Facts
}

// Subject gives what a value input was computed from; the check must have
// declared one.
func (p *Pass) Subject() *Subject {
	p.mustDeclare(valueInput)
	return p.subject
}

// Thorough says whether to compare short cuts with the long way, which must not
// change what the result is.
func (p *Pass) Thorough() bool { return p.subject.Thorough }

// Memo keeps what the check likes to know at its next call. It must not change
// what the result is, only what it costs.
func (p *Pass) Memo() *Memo { return p.memo }

// Repo gives the history; the check must have declared History.
func (p *Pass) Repo() *repo.Repo {
	p.mustDeclare(historyInput)
	return p.subject.Repo
}

func (p *Pass) kind(input string) inputKind {
	for _, in := range p.check.Inputs {
		if in.Name == input {
			return in.kind
		}
	}
	return valueInput
}

func (p *Pass) mustDeclare(kind inputKind) {
	for _, in := range p.check.Inputs {
		if in.kind == kind {
			return
		}
	}
	panic(fmt.Sprintf("check %s reads an input that it did not declare", p.check.ID))
}

// Read returns the content of one file of a declared input, at most limit
// bytes. It returns a *fault.Error: NotFound where the input has no such file,
// Incomplete where it is larger than limit or cannot be read.
func (p *Pass) Read(ctx context.Context, input, path string, limit int64) ([]byte, error) {
	files := p.Files(input)
	if p.kind(input) == pathsInput {
		panic(fmt.Sprintf("check %s reads content through input %q, which has paths alone", p.check.ID, input))
	}
	i := sort.Search(len(files), func(i int) bool { return files[i].Path >= path })
	if i == len(files) || files[i].Path != path {
		return nil, fault.New(fault.NotFound, "", "reading %s: no such file", path)
	}
	return repo.ReadFile(ctx, p.subject.Snapshot, files[i], limit)
}

// Report adds a finding. Check and State are filled in.
func (p *Pass) Report(f event.Finding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.findings = append(p.findings, f)
}

// Observe says what was looked at. Check is filled in.
func (p *Pass) Observe(o event.Observation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.observations = append(p.observations, o)
}

// Problem says what could not be examined. Check is filled in.
func (p *Pass) Problem(pr event.Problem) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = append(p.problems, pr)
}

// Test says what the product's tests show of one requirement. Check is filled in.
func (p *Pass) Test(t event.Test) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tests = append(p.tests, t)
}

// FreshUntil says that the result may change at t though no input does: an
// expiry date that stands in a file, for instance. The earliest call counts.
func (p *Pass) FreshUntil(t time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.freshUntil.IsZero() || t.Before(p.freshUntil) {
		p.freshUntil = t
	}
}

// Now is the date that the run is for. A check whose result depends on it says
// until when with FreshUntil.
func (p *Pass) Now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dated = true
	return p.subject.AsOf
}

// Progress tells the person at the terminal where the check is.
func (p *Pass) Progress(format string, args ...any) {
	p.notify(event.Progress{Check: p.check.ID, Message: fmt.Sprintf(format, args...)})
}

// FileFunc examines one regular file. What it says may depend on the file's
// path, mode and bytes and on nothing else.
type FileFunc func(ctx context.Context, f repo.File, r io.Reader, item *Item) error

// EachFile calls fn for every regular file of a declared input, on all cores,
// unless the memo holds the item for that path and those bytes. Findings and
// problems of the items are reported in the order of the paths; the counts are
// added up and returned. A file that cannot be read becomes an incomplete
// problem and the rest goes on.
func (p *Pass) EachFile(ctx context.Context, input string, fn FileFunc) (map[string]int64, error) {
	return p.eachFile(ctx, p.Files(input), nil, fn)
}

// KnownFunc says what a file gives without its bytes, where the check knows it from
// elsewhere: that it is a blob that was examined, for instance. It must say what
// the FileFunc beside it would.
type KnownFunc func(f repo.File, item *Item) (known bool, err error)

// EachFileUnless is EachFile, but does not open the files that known knows.
func (p *Pass) EachFileUnless(ctx context.Context, input string, known KnownFunc, fn FileFunc) (map[string]int64, error) {
	return p.eachFile(ctx, p.Files(input), known, fn)
}
