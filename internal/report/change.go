package report

import (
	"fmt"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// beforeToo is said of what a change is not to blame for.
const beforeToo = "not met before this change either"

// baselineStates are SARIF's words (§3.27.24) for what a change did.
var baselineStates = map[event.Change]string{
	event.Introduced: "new", event.Unchanged: "unchanged", event.Moved: "updated", event.Removed: "absent",
}

// byChange tells whether the gate goes by a change and not by all there is.
func byChange(v *event.Verdict) bool { return v.Change != nil && !v.Change.Strict }

// parted takes the open findings that the change introduced apart from older
// ones. Where nothing is compared with, none is older.
func parted(r *run, open []*event.Finding) (fresh, older []*event.Finding) {
	if r.verdict.Change == nil {
		return open, nil
	}
	for _, f := range open {
		if f.Change == event.Introduced {
			fresh = append(fresh, f)
		} else {
			older = append(older, f)
		}
	}
	return fresh, older
}

// held are the requirements without those that the change is not to blame for.
func held(v *event.Verdict) []event.Requirement {
	if !byChange(v) {
		return v.Requirements
	}
	var out []event.Requirement
	for _, r := range v.Requirements {
		if !r.Before {
			out = append(out, r)
		}
	}
	return out
}

// summary is what a change did, in a sentence without its full stop.
func summary(d *event.Difference) string {
	decided := ""
	if d.Decided > 0 {
		decided = fmt.Sprintf(" (%d of them decided)", d.Decided)
	}
	return fmt.Sprintf("This change: %d introduced%s, %d fixed, %d moved", d.Findings[event.Introduced], decided, d.Findings[event.Removed], d.Findings[event.Moved])
}

// against says what was compared with.
func against(d *event.Difference) string {
	since := clean.Truncate(clean.Line(d.Since), 40, "...")
	if d.MergeBase {
		return "compared with " + short(d.Base, 7) + ", the last commit in common with " + since
	}
	if strings.HasPrefix(d.Base, d.Since) {
		return "compared with " + short(d.Base, 7)
	}
	return "compared with " + since + " (" + short(d.Base, 7) + ")"
}

// changed says what the change did, and that older findings wait.
func (p *page) changed(r *run, older []*event.Finding) {
	d := r.verdict.Change
	if d == nil {
		return
	}
	p.line(p.paint(bold, summary(d)))
	p.block("  ", against(d), "", 2)
	if len(older) > 0 {
		verb := " wait: "
		if len(older) == 1 {
			verb = " waits: "
		}
		p.line("  ", count(len(older), "older finding"), verb, p.paint(bold, p.command(r, "check --show all")))
	}
	p.gap()
}

// firstOf writes the few open findings that matter most; of a change, those that
// it introduced.
func (p *page) firstOf(r *run, open []*event.Finding) {
	fresh, older := parted(r, open)
	p.changed(r, older)
	if r.verdict.Change == nil || len(fresh) > 0 {
		p.first(r, fresh)
	}
}

// before names the requirements that the change is not to blame for.
func (p *page) before(v *event.Verdict) {
	if byChange(v) && len(v.Change.Before) > 0 {
		p.gap()
		p.block("  ", fmt.Sprintf("%s %s: %s", count(len(v.Change.Before), "requirement"), beforeToo, some(v.Change.Before, 8, "")), dim, 3)
	}
}

func (d *document) changed(v *event.Verdict) {
	if v.Change == nil {
		return
	}
	d.fits("\n**" + prose(summary(v.Change)) + "** (" + prose(against(v.Change)) + ")\n")
	if byChange(v) && v.Gate != event.IncompleteGate {
		d.fits("\n" + prose(v.Reason) + "\n")
	}
}

func (d *document) before(v *event.Verdict) {
	if !byChange(v) || len(v.Change.Before) == 0 {
		return
	}
	d.fits("\n" + count(len(v.Change.Before), "requirement") + " " + beforeToo + ": " + prose(some(v.Change.Before, 20, "")) + "\n")
}
