package suppress

import (
	"fmt"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Apply accepts the findings that comments are about, and says what is wrong
// with the rest. A rule is known where known says so. Complete says that all
// findings are at hand, so that a comment without one is unused.
func Apply(comments []Comment, findings []event.Finding, asOf time.Time, complete bool, known func(rule string) (check string, ok bool)) []event.Problem {
	byPath := map[string][]*event.Finding{}
	for i := range findings {
		byPath[findings[i].Path] = append(byPath[findings[i].Path], &findings[i])
	}
	var problems []event.Problem
	day := asOf.UTC().Format(time.DateOnly)
	for i := range comments {
		c := &comments[i]
		check, ok := known(c.Rule)
		switch {
		case !ok:
			problems = append(problems, c.problem(string(fault.Config), true, "`plimsoll explain RULE` knows them", "this comment silences nothing: there is no rule %s", c.Rule))
			continue
		case check == knowledge.SecretCheck && c.Finding == "":
			problems = append(problems, c.problem(string(fault.Config), true, "add finding= and the first 8 digits of the finding's fingerprint",
				"this comment silences nothing: it does not say which credential it is about, and would cover any other on the line"))
			continue
		}
		used := false
		for _, f := range byPath[c.Path] {
			if c.About(f) && f.State != event.Fixed {
				used = true
				c.settle(f, day)
			}
		}
		switch {
		case used && c.Until < day:
			problems = append(problems, c.problem("suppression-expired", false, "renew it, or fix the finding", "the comment on %s ran out on %s, so the finding is open again", c.Rule, c.Until))
		case !used && complete:
			problems = append(problems, c.problem("suppression-unused", false, "remove the comment", "the comment on %s is about no finding", c.Rule))
		}
	}
	return problems
}

func (c *Comment) settle(f *event.Finding, day string) {
	switch {
	case f.State == event.Decided:
	case c.Until < day:
		f.Earlier = c.Word()
		f.Earlier.Ended = "it ran out on " + c.Until
	default:
		f.State, f.Decision, f.Earlier = event.Decided, c.Word(), nil
	}
}

func (c *Comment) problem(code string, incomplete bool, hint, format string, args ...any) event.Problem {
	return event.Problem{Code: code, Incomplete: incomplete, Path: c.Path, Line: c.Line, Column: c.Column, Hint: hint, Message: fmt.Sprintf(format, args...)}
}
