// Package report shows a run to people and to machines.
//
// Each format is a handler of the event stream and knows nothing but the
// stream, so that the terminal, a CI job and a page can never tell different
// stories of the same run. Text that comes from a repository passes package
// clean on its way out.
package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// Formats that New knows, the default first.
var Formats = []string{"text", "jsonl", "sarif", "junit", "markdown", "github"}

// What Options.Show selects besides "", the few findings that matter most.
const (
	ShowAll     = "all"     // every finding, decided ones too
	ShowOpen    = "open"    // every open finding
	ShowQueue   = "queue"   // the open findings that wait, with the reasons
	ShowDecided = "decided" // those that somebody has decided on, with the reasons
)

// Options say how a run is shown. The zero value is plain text for 80 columns.
type Options struct {
	// Color also allows drawing with characters beyond ASCII.
	Color      bool
	Width      int  // columns; 80 where 0
	Hyperlinks bool // the terminal understands OSC 8
	Quiet      bool // the gate and the problems, nothing else
	Verbose    bool // the fingerprints in full, and every observation
	Show       string
	// Explain documents a rule; nil where nothing is known of any.
	Explain func(ruleID string) (RuleDoc, bool)
	// Clock stamps the events of jsonl; time.Now where nil.
	Clock func() time.Time
	// Repository is the address that the product's source is known by, without
	// credentials; "" where unknown. SARIF ties the commit to it.
	Repository string
}

// RuleDoc documents a rule for people.
type RuleDoc struct {
	Title string   // lower case, no full stop
	Why   string   // what happens to those who leave it
	Fix   string   // what to do
	URI   string   // https address of its page; "" where there is none
	CWE   []int    // numbers of the Common Weakness Enumeration
	Tags  []string // other standards' ids, for instance "ASVS 13.4.1"
}

// New makes the handler that writes a run to w in the format. It fails with a
// usage fault for a format or a selection that does not exist.
func New(format string, w io.Writer, opt Options) (event.Handler, error) {
	if !slices.Contains([]string{"", ShowAll, ShowOpen, ShowQueue, ShowDecided}, opt.Show) {
		return nil, fault.New(fault.Usage, "use one of: all, open, queue, decided", "choosing findings to show: %q is no selection", opt.Show)
	}
	opt = opt.withDefaults()
	switch format {
	case "", "text":
		return collect(w, opt, text), nil
	case "jsonl":
		return &jsonl{w: w, clock: opt.Clock}, nil
	case "sarif":
		return collect(w, opt, sarif), nil
	case "junit":
		return collect(w, opt, junit), nil
	case "markdown":
		return collect(w, opt, markdown), nil
	case "github":
		return collect(w, opt, github), nil
	}
	return nil, fault.New(fault.Usage, "use one of: "+strings.Join(Formats, ", "), "choosing a format: %q does not exist", format)
}

// Narrower than minWidth nothing can be laid out; lines wider than maxWidth are
// tiring to read.
const (
	minWidth = 40
	maxWidth = 120
)

func (o Options) withDefaults() Options {
	if o.Width == 0 {
		o.Width = 80
	}
	o.Width = min(max(o.Width, minWidth), maxWidth)
	if o.Explain == nil {
		o.Explain = func(string) (RuleDoc, bool) { return RuleDoc{}, false }
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

// Tee hands each event to every handler in turn, and stops at the first error.
func Tee(handlers ...event.Handler) event.Handler { return tee(handlers) }

type tee []event.Handler

func (t tee) Handle(e event.Event) error {
	for _, h := range t {
		if err := h.Handle(e); err != nil {
			return err
		}
	}
	return nil
}

func (t tee) Flush() error {
	for _, h := range t {
		if err := h.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// jsonl writes the stream as it is, one object a line.
type jsonl struct {
	w     io.Writer
	clock func() time.Time
}

func (j *jsonl) Handle(e event.Event) error {
	line, err := event.Marshal(e, j.clock())
	if err != nil {
		return err
	}
	if _, err := j.w.Write(append(clean.JSON(line), '\n')); err != nil {
		return fmt.Errorf("writing an event: %w", err)
	}
	return nil
}

func (*jsonl) Flush() error { return nil }
