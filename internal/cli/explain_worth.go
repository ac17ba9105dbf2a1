package cli

import (
	"fmt"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/finding/attention"
	"github.com/plimsoll-dev/plimsoll/internal/finding/precision"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// worth says what the worth of a finding is made of, and why it waits.
func (p *page) worth(f event.Finding, weigh func(event.Finding) (attention.Parts, precision.Estimate)) {
	if weigh == nil {
		return
	}
	parts, e := weigh(f)
	text := fmt.Sprintf("%.2f: severity %g × precision %.2f × confidence %g × place %g", parts.Worth(), parts.Severity, parts.Precision, parts.Confidence, parts.Place)
	for _, part := range []struct {
		name  string
		value float64
	}{{"exposure", parts.Exposure}, {"new", parts.New}, {"loud", parts.Loud}} {
		if part.value != 1 {
			text += fmt.Sprintf(" × %s %g", part.name, part.value)
		}
	}
	p.field("worth", text)
	p.field("its rule", e.Figures())
	if f.Queue != "" {
		p.field("waits", clean.Line(f.Queue))
	} else if f.State == event.Open && !e.State.Interrupts() {
		p.field("shown", "it has its turn today; its rule is in the state "+clean.Line(e.Reason))
	}
}

// precision says how often a rule was right, in all and by class of paths.
func (p *page) precision(book *precision.Book, rule, check string) {
	all := book.Of(rule, check, "")
	p.field("precision", all.Figures())
	p.field("state", clean.Line(all.Reason))
	for _, class := range book.Classes(rule) {
		e := book.Of(rule, check, class)
		p.field("in "+inClass(class), e.Figures()+"; "+clean.Line(e.Reason))
	}
	if len(all.Where) > 0 {
		p.field("read on", clean.Line(strings.Join(distinct(all.Where), "; ")))
	}
}

// inClass is a class of paths in a few letters.
func inClass(class finding.Class) string {
	switch class {
	case finding.Documentation:
		return "documents"
	case finding.Test, finding.Example:
		return string(class) + "s"
	}
	return string(class)
}

// distinct keeps the first of equal texts.
func distinct(texts []string) (out []string) {
	seen := map[string]bool{}
	for _, t := range texts {
		if !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	return out
}
