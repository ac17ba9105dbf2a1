package report

import (
	"fmt"
	"io"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// run is a whole run, collected from its events.
type run struct {
	config       *event.Config
	observations []*event.Observation
	findings     []*event.Finding // by rank once flushed
	problems     []*event.Problem
	verdict      *event.Verdict
}

// collector is the handler of the formats that need the end of a run before
// they can write its beginning.
type collector struct {
	run    run
	w      io.Writer
	opt    Options
	render func(*run, Options) ([]byte, error)
}

func collect(w io.Writer, opt Options, render func(*run, Options) ([]byte, error)) *collector {
	return &collector{w: w, opt: opt, render: render}
}

func (c *collector) Handle(e event.Event) error {
	switch e := e.(type) {
	case *event.Config:
		c.run.config = e
	case *event.Observation:
		c.run.observations = append(c.run.observations, e)
	case *event.Finding:
		c.run.findings = append(c.run.findings, e)
	case *event.Problem:
		c.run.problems = append(c.run.problems, e)
	case *event.Verdict:
		c.run.verdict = e
	}
	return nil
}

// Flush renders the run and writes it at once, so that a reader sees all or nothing.
func (c *collector) Flush() error {
	c.run.complete()
	out, err := c.render(&c.run, c.opt)
	if err != nil {
		return err
	}
	if _, err := c.w.Write(out); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// complete fills in what a broken-off run did not say. A run without a verdict
// is incomplete and must look so in every format.
func (r *run) complete() {
	if r.config == nil {
		r.config = &event.Config{}
	}
	if r.verdict == nil {
		const why = "the run ended before its verdict"
		r.verdict = &event.Verdict{Gate: event.IncompleteGate, Reason: why}
		r.problems = append(r.problems, &event.Problem{Code: "no-verdict", Message: why, Incomplete: true})
	}
	rank(r.findings)
}

// incomplete are the problems that keep the run from being whole.
func (r *run) incomplete() []*event.Problem {
	var out []*event.Problem
	for _, p := range r.problems {
		if p.Incomplete {
			out = append(out, p)
		}
	}
	return out
}

// in are the findings of a state; one without a state is open.
func (r *run) in(state event.State) []*event.Finding {
	var out []*event.Finding
	for _, f := range r.findings {
		if f.State == state || f.State == "" && state == event.Open {
			out = append(out, f)
		}
	}
	return out
}
