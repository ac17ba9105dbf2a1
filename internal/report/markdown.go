package report

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

const (
	// markdownLimit keeps a report below the 65,536 characters of a comment on
	// GitHub, with room for what a workflow puts around it. In bytes.
	markdownLimit = 60_000
	// closing is kept free for the ends of lists.
	closing = 1_000
	// wordy is the most columns of any one text from the repository.
	wordy = 300
)

// document is Markdown of a bounded size.
type document struct {
	strings.Builder
	more map[*event.Finding]int // how many more there are like it
}

// fits writes text if there is room for it.
func (d *document) fits(text string) bool {
	if d.Len()+len(text) > markdownLimit-closing {
		return false
	}
	d.WriteString(text)
	return true
}

// markdown is a comment for a pull request or the summary of a job: the verdict
// first, everything long folded away.
func markdown(r *run, opt Options) ([]byte, error) {
	d := &document{}
	d.heading(r)
	d.wings(r.verdict)
	d.problems(r.problems)
	d.steps(r.verdict.Next)
	open, older := parted(r, r.in(event.Open))
	_, d.more = alike(open)
	shown, waiting := asking(open)
	if len(shown) > 0 {
		d.fits("\n### Findings that matter most\n\n")
		d.findings(shown, opt)
	}
	d.more = nil
	d.folded(wait(len(waiting))+": "+bySeverity(waiting)+"; for "+prose(waitingFor(waiting)), waiting, opt)
	d.folded(count(len(older), "older finding")+", which this change did not introduce", older, opt)
	d.requirements(held(r.verdict))
	d.before(r.verdict)
	d.tailored(r.verdict.Requirements)
	decided := r.in(event.Decided)
	d.folded(count(len(decided), "finding")+" decided", decided, opt)
	return []byte(d.String()), nil
}

func (d *document) heading(r *run) {
	icon := map[event.Gate]string{event.Met: "✅", event.NotMet: "❌"}[r.verdict.Gate]
	d.fits(fmt.Sprintf("## %s Plimsoll: gate %s\n\n", cmp.Or(icon, "⚠️"), prose(string(r.verdict.Gate))))
	name := code(cmp.Or(r.config.Product, r.config.Directory, "product"))
	if r.config.Commit != "" {
		name += " at " + code(short(r.config.Commit, 12))
	}
	if r.config.Dirty {
		name += ", with uncommitted changes"
	}
	if !r.config.AsOf.IsZero() {
		name += ", as of " + day(r.config.AsOf)
	}
	d.fits(name + ": " + tallies(r.verdict, r.config.Level) + ".\n")
	if r.verdict.Gate == event.IncompleteGate && r.verdict.Reason != "" {
		d.fits("\n" + prose(r.verdict.Reason) + "\n")
	}
	d.changed(r.verdict)
}

func (d *document) wings(v *event.Verdict) {
	if len(v.Requirements) == 0 {
		return
	}
	d.fits("\n| wing | pass | exempt | stale | unknown | fail |\n|---|--:|--:|--:|--:|--:|\n")
	for _, w := range wings(v.Requirements) {
		row := "| " + prose(w.label) + " |"
		for _, s := range event.Statuses {
			cell := ""
			if n := w.count(s); n > 0 {
				cell = strconv.Itoa(n)
			}
			row += " " + cell + " |"
		}
		d.fits(row + "\n")
	}
}

func (d *document) problems(problems []*event.Problem) {
	if len(problems) == 0 {
		return
	}
	d.fits("\n### Problems\n\n")
	for i, p := range problems {
		if i == 4*mostProblems {
			d.fits("- " + count(len(problems)-i, "more problem") + "\n")
			return
		}
		word := "note"
		if p.Incomplete {
			word = "**incomplete**"
		}
		text := "- " + word + " " + code(p.Code) + ": " + prose(p.Message)
		if p.Path != "" {
			text += " " + place(p.Path, p.Line, "")
		}
		if p.Hint != "" {
			text += "  \n  " + prose(p.Hint)
		}
		d.fits(text + "\n")
	}
}

func (d *document) steps(steps []event.Step) {
	if len(steps) == 0 {
		return
	}
	d.fits("\n### Cheapest next steps\n\n")
	for i, s := range steps[:min(mostSteps, len(steps))] {
		text := fmt.Sprintf("%d. %s", i+1, prose(s.Do))
		if s.Minutes > 0 {
			text += " (about " + minutes(s.Minutes) + ")"
		}
		if len(s.Requirements) > 0 {
			text += ": betters " + prose(some(s.Requirements, 6, ""))
		}
		d.fits(text + "\n")
	}
}

// findings writes a list, as much of it as there is room for.
func (d *document) findings(findings []*event.Finding, opt Options) {
	for i, f := range findings {
		text := item(f, opt)
		if n := d.more[f]; n > 0 {
			text += "  " + moreLikeIt(n) + "\n"
		}
		if !d.fits(text) {
			d.WriteString("- " + count(len(findings)-i, "more finding") + "\n")
			return
		}
	}
}

// folded is a list that opens on a click.
func (d *document) folded(summary string, findings []*event.Finding, opt Options) {
	if len(findings) == 0 || !d.fits("\n<details><summary>"+summary+"</summary>\n\n") {
		return
	}
	d.findings(findings, opt)
	d.WriteString("\n</details>\n")
}

// item is one finding of a list.
func item(f *event.Finding, opt Options) string {
	text := "- **" + prose(string(f.Severity)) + "** " + code(f.Rule) + ": " + prose(f.Message)
	if at := place(f.Path, f.Line, f.Commit); at != "" {
		text += "  \n  " + at
	}
	if f.Places > 1 {
		text += " and " + count(f.Places-1, "other place")
	}
	if f.Source != "" && f.State != event.Decided {
		source, column, end := excerpt(f)
		line, _ := snippet(source, column, end, 100, "…")
		text += "  \n  " + clean.Code(strings.TrimSpace(line))
	}
	doc, _ := opt.Explain(f.Rule)
	if fix := firstOf(f.Fix, doc.Fix); fix != "" && f.State != event.Decided {
		text += "  \n  Fix: " + prose(fix)
	}
	if f.Decision != nil {
		text += "  \n  Decided: " + prose(decision(f.Decision))
	}
	if f.Queue != "" {
		text += "  \n  Waits: " + prose(f.Queue)
	}
	if f.Tool != "" {
		text += "  \n  Found by " + prose(f.Tool)
	}
	return text + "\n"
}

// requirements is the folded table of what is below the waterline.
func (d *document) requirements(reqs []event.Requirement) {
	all := reasonsOf(reqs)
	if len(all) == 0 || !d.fits("\n<details><summary>Not met or not known, and why</summary>\n\n| status | why | requirements |\n|---|---|---|\n") {
		return
	}
	for i, r := range all {
		row := fmt.Sprintf("| %s | %s | %s |\n", r.status, prose(r.why), prose(some(r.ids, 20, "")))
		if !d.fits(row) {
			d.WriteString("| | " + count(len(all)-i, "more reason") + " | |\n")
			break
		}
	}
	d.WriteString("\n</details>\n")
}

// place is where something is, as code.
func place(path string, line int, commit string) string {
	var at string
	if path != "" {
		at = path
		if line > 0 {
			at += ":" + strconv.Itoa(line)
		}
		at = code(at)
	}
	if commit != "" {
		at = strings.TrimSpace(at + " commit " + code(short(commit, 12)))
	}
	return at
}

func prose(s string) string { return clean.Markdown(clean.Truncate(clean.Line(s), wordy, "…")) }
func code(s string) string  { return clean.Code(clean.Truncate(clean.Line(s), wordy, "…")) }
