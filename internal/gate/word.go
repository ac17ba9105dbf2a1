package gate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// again is what betters a status that only wants a new run.
const (
	again        = "run plimsoll check"
	againMinutes = 1
)

func (b *book) again(check string) string {
	if ask := b.in.Ask[check]; ask != "" {
		return "run " + ask
	}
	return again
}

// check judges what a need asks of one check.
func (b *book) check(r knowledge.Requirement, need knowledge.Need) part {
	t := b.words[need.Check]
	if idle := b.in.Idle[need.Check]; t == nil && idle != "" {
		return part{status: event.Unknown, reason: need.Check + " has nothing to do: " + idle, do: r.Fix, minutes: r.Minutes}
	}
	if t == nil {
		return part{status: event.Unknown, reason: need.Check + " has not run", do: b.again(need.Check), minutes: againMinutes}
	}
	p := b.word(t, r, need)
	if t.Digest != "" {
		p.evidence = []string{t.Digest}
	}
	return p
}

// word judges a word that is there. What it has found counts only while it is
// current; then a finding outweighs everything that was not examined.
func (b *book) word(t *tally, r knowledge.Requirement, need knowledge.Need) part {
	if because := b.stale(t, r.Plan.Days); because != "" {
		return part{status: event.Stale, reason: need.Check + ": " + because, do: b.again(need.Check), minutes: againMinutes}
	}
	found, seen := t.findings(need), t.look(need)
	switch {
	case found.open > 0:
		return b.failing(r, found)
	case len(t.Incomplete) > 0:
		reasons := slices.Compact(slices.Sorted(slices.Values(t.Incomplete)))
		return part{status: event.Unknown, reason: need.Check + " could not examine everything: " + some(reasons),
			do: "let " + need.Check + " examine the rest: " + reasons[0], minutes: r.Minutes}
	case len(seen.silent) > 0:
		return part{status: event.Unknown, reason: need.Check + " found nothing to examine for " + some(seen.silent), do: r.Fix, minutes: r.Minutes}
	case seen.count == 0:
		return part{status: event.Unknown, reason: need.Check + " found nothing to examine", do: r.Fix, minutes: r.Minutes}
	case found.accepted > 0:
		return part{status: event.Exempt, reason: accepted(found)}
	case len(t.Unexamined) > 0:
		return part{status: event.Exempt, reason: unexamined(t.Unexamined)}
	}
	return part{status: event.Pass, reason: seen.words}
}

// stale says why the word t does not stand any more, "" while it does.
func (b *book) stale(t *tally, days int) string {
	if !t.Current {
		if t.StaleBecause == "" {
			return "what it examined has changed"
		}
		return t.StaleBecause
	}
	if !t.FreshUntil.IsZero() && t.FreshUntil.Before(b.in.AsOf) {
		return "its word stood until " + date(t.FreshUntil)
	}
	if !t.Made.IsZero() && days > 0 && t.Made.AddDate(0, 0, days).Before(b.in.AsOf) {
		return fmt.Sprintf("its word of %s stood for %d days", date(t.Made), days)
	}
	return ""
}

// failing judges findings that count.
func (b *book) failing(r knowledge.Requirement, found sum) part {
	top := found.top
	reason := fmt.Sprintf("%s (%s)", at(top.Message, top), top.Severity)
	if found.open > 1 {
		reason = fmt.Sprintf("%d findings; first %s", found.open, reason)
	}
	if found.promised > 0 {
		reason += "; " + promise(found)
	}
	// The first repair takes the whole estimate; others like it go faster.
	minutes := min(r.Minutes+(found.open-1)*r.Minutes/4, knowledge.MinutesMost)
	return part{status: event.Fail, reason: reason, do: b.repair(r, found), minutes: minutes}
}

// repair says what to do about the first finding, and that there are more.
func (b *book) repair(r knowledge.Requirement, found sum) string {
	advice := r.Fix
	for _, text := range []string{b.in.Advice[found.top.Rule], found.top.Fix} {
		if text != "" {
			advice = text
		}
	}
	do := at(firstSentence(advice), found.top)
	if found.open > 1 {
		do += fmt.Sprintf(", and %d more", found.open-1)
	}
	return do
}

// firstSentence is what is to be done first; `explain` has the rest.
func firstSentence(advice string) string {
	text := strings.Join(strings.Fields(advice), " ")
	for i := 0; i+2 < len(text); i++ {
		if text[i] == '.' && text[i+1] == ' ' && text[i+2] >= 'A' && text[i+2] <= 'Z' {
			return text[:i]
		}
	}
	return strings.TrimSuffix(text, ".")
}

// at adds the place of f to text, unless text names it.
func at(text string, f *event.Finding) string {
	if f.Path == "" || strings.Contains(text, f.Path) {
		return text
	}
	place := f.Path
	if f.Line > 0 {
		place = fmt.Sprintf("%s:%d", f.Path, f.Line)
	}
	if f.Commit != "" {
		place += " at " + f.Commit[:min(10, len(f.Commit))]
	}
	return fmt.Sprintf("%s, %s", text, place)
}

func promise(found sum) string {
	if found.open == 1 && found.top.Decision != nil && found.top.Decision.Until != "" {
		return "fix promised until " + found.top.Decision.Until
	}
	return fmt.Sprintf("fix promised for %d", found.promised)
}

func accepted(found sum) string {
	d := found.leave.Decision
	text := fmt.Sprintf("accepted by %s: %s", d.By, at(found.leave.Message, found.leave))
	if d.Until != "" {
		text = fmt.Sprintf("accepted until %s by %s: %s", d.Until, d.By, at(found.leave.Message, found.leave))
	}
	if found.accepted > 1 {
		return fmt.Sprintf("%d findings accepted; first %s", found.accepted, text)
	}
	return text
}

// unexamined says how many files nobody has looked into, and who says that this
// may be so: of several, whose word ends first.
func unexamined(problems []event.Problem) string {
	files := map[string]bool{}
	first := problems[0].Decision
	for _, p := range problems {
		files[p.Fingerprint] = true
		if p.Decision.Until < first.Until {
			first = p.Decision
		}
	}
	if len(files) > 1 {
		return fmt.Sprintf("%d files not looked into; the first is accepted by %s until %s", len(files), first.By, first.Until)
	}
	return fmt.Sprintf("1 file not looked into, accepted by %s until %s: %s", first.By, first.Until, problems[0].Path)
}

// some names the first few of a list.
func some(list []string) string {
	if len(list) > 3 {
		return fmt.Sprintf("%s, and %d more", strings.Join(list[:3], ", "), len(list)-3)
	}
	return strings.Join(list, ", ")
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }
