package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// wing is one row of the waterline: the requirements of one wing.
type wing struct {
	id, label    string
	requirements []event.Requirement // without those that do not apply
	without      int                 // how many do not apply
}

// wings groups the requirements: the six wings always, in their order, then any
// that this version does not know.
func wings(reqs []event.Requirement) []wing {
	rows := []wing{
		{id: "requirements", label: "requirements"},
		{id: "build", label: "build"},
		{id: "design", label: "design"},
		{id: "code", label: "code"},
		{id: "testing", label: "testing"},
		{id: "release", label: "release & operation"},
	}
	for _, r := range reqs {
		i := slices.IndexFunc(rows, func(w wing) bool { return w.id == r.Wing })
		if i < 0 {
			i = len(rows)
			rows = append(rows, wing{id: r.Wing, label: clean.Truncate(clean.Line(r.Wing), 19, "")})
		}
		if r.Status == event.NotApplicable {
			rows[i].without++
			continue
		}
		rows[i].requirements = append(rows[i].requirements, r)
	}
	return rows
}

func (w wing) count(s event.Status) int {
	n := 0
	for _, r := range w.requirements {
		if r.Status == s {
			n++
		}
	}
	return n
}

// above counts what is above the waterline: met, or knowingly not met.
func (w wing) above() int { return w.count(event.Pass) + w.count(event.Exempt) }

// mark is one status in the picture.
type mark struct {
	status      event.Status
	glyph, code string
}

// marks are those above the waterline and those below it, each best to worst.
func (p *page) marks() (above, below []mark) {
	return []mark{{event.Pass, p.pass, green}, {event.Exempt, p.exempt, cyan}},
		[]mark{{event.Stale, p.stale, yellow}, {event.Unknown, p.unknown, dim}, {event.Fail, p.fail, red}}
}

// waterline draws the mark on the hull: a row for each wing, what holds on the
// dry side of the line, what does not under water. One mark is one requirement,
// or more where they would not fit.
func (p *page) waterline(v *event.Verdict) {
	if len(v.Requirements) == 0 {
		return
	}
	rows := wings(v.Requirements)
	const label, tally = 19, 10
	room := max(8, p.width-2-label-2-3-tally)
	left, right := widest(rows)
	scale := 1
	for (left+scale-1)/scale+(right+scale-1)/scale+2 > room { // 2: each side rounds up
		scale++
	}
	left, right = max((left+scale-1)/scale+1, 5), max((right+scale-1)/scale+2, 6)
	p.line(p.paint(bold, "The waterline"), strings.Repeat(" ", max(1, 2+label+2+left-13-6)),
		"above ", p.paint(blue, p.pad()), " below")
	for _, w := range rows {
		p.plank(w, left, right, scale)
	}
	p.legend(v, scale)
}

// pad centres the mark of the line in three columns.
func (p *page) pad() string {
	if clean.Width(p.mark) == 1 {
		return p.rule + p.mark + p.rule
	}
	return p.mark
}

func widest(rows []wing) (left, right int) {
	for _, w := range rows {
		left = max(left, w.above())
		right = max(right, len(w.requirements)-w.above())
	}
	return left, right
}

// plank draws one wing.
func (p *page) plank(w wing, left, right, scale int) {
	above, below := p.marks()
	dry, dryWidth := p.bar(w, above, scale)
	wet, wetWidth := p.bar(w, below, scale)
	tally := "none apply"
	if n := len(w.requirements); n > 0 {
		tally = fmt.Sprintf("%d of %d", w.above(), n)
	}
	label := w.label + strings.Repeat(" ", max(0, 19-clean.Width(w.label)))
	p.line("  ", label, "  ", strings.Repeat(" ", max(0, left-dryWidth)), dry, " ", p.paint(blue, p.water), " ",
		wet, strings.Repeat(" ", max(1, right-wetWidth)), tally)
}

// bar draws the marks of some statuses, one for each scale requirements, at
// least one where there is any.
func (p *page) bar(w wing, marks []mark, scale int) (text string, width int) {
	for _, m := range marks {
		n := (w.count(m.status) + scale - 1) / scale
		text += p.paint(m.code, strings.Repeat(m.glyph, n))
		width += n
	}
	return text, width
}

// legend says what the marks mean, with the counts.
func (p *page) legend(v *event.Verdict, scale int) {
	above, below := p.marks()
	var parts []string
	for _, m := range append(above, below...) {
		if n := v.Statuses[m.status]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d %s", p.paint(m.code, m.glyph), n, m.status))
		}
	}
	if scale > 1 {
		parts = append(parts, fmt.Sprintf("(a mark: up to %d)", scale))
	}
	p.line("  ", strings.Join(parts, "  "))
}

// gateLine is the answer in one line.
func (p *page) gateLine(r *run) {
	v := r.verdict
	color := map[event.Gate]string{event.Met: green, event.NotMet: red}[v.Gate]
	if color == "" {
		color = yellow
	}
	word := clean.Line(string(v.Gate))
	text := word + " " + p.dash + " " + tallies(v, r.config.Level)
	if byChange(v) {
		text = word + " " + p.dash + " " + clean.Line(v.Reason)
	}
	width := p.width - len("gate: ")
	if p.opt.Quiet { // one line, for whoever asked for one
		width = len(text)
	}
	for i, l := range p.wrap(text, width, 0) {
		if i > 0 {
			p.line("      ", l)
			continue
		}
		rest := strings.TrimPrefix(l, word)
		p.line("gate: ", p.paint(color, l[:len(l)-len(rest)]), rest)
	}
}

// tallies are the counts behind the verdict, worst first.
func tallies(v *event.Verdict, level int) string {
	var parts []string
	total := 0
	for _, s := range slices.Backward(event.Statuses) {
		if n := v.Statuses[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
			total += n
		}
	}
	if total == 0 {
		return "no requirement was examined"
	}
	text := fmt.Sprintf("%s of %s", strings.Join(parts, ", "), count(total, "requirement"))
	if level > 0 {
		text += fmt.Sprintf(" at level %d", level)
	}
	return text
}
