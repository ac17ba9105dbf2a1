package page

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
)

// The picture of the waterline: a column for each chapter, what holds above the
// line and what does not under water. Statuses are told apart by pattern and
// number as well as by colour, and the table that follows says the same in words.

const (
	tallest   = 132 // of a column above or below the line, in the picture's units
	unitMost  = 24  // of one requirement, so that few do not tower
	narrowest = 912 // picture; where columns need less the sea goes on
	margin    = 56  // left of the first column: the mark on the hull
	edge      = 14  // right of the last one
	headroom  = 16
	labels    = 40
)

// drawing is a picture being drawn.
type drawing struct {
	strings.Builder
	anchor   string // of the catalogue; begins the ids in the picture
	chapters []chapter
	column   int // width of one
	width    int
	unit     float64 // height of one requirement
	line     float64 // y of the waterline
	bottom   float64 // y of the sea's floor
}

// picture draws the chapters of b in which something applies.
func picture(b book) template.HTML {
	d := &drawing{anchor: b.Anchor}
	for _, c := range b.Chapters {
		if len(c.Applying) > 0 {
			d.chapters = append(d.chapters, c)
		}
	}
	if len(d.chapters) == 0 {
		return ""
	}
	d.measure()
	d.frame(b)
	for i, c := range d.chapters {
		d.chapter(i, c)
	}
	d.surface()
	d.WriteString("</svg>")
	return template.HTML(d.String())
}

// measure gives every requirement the same height, as much as there is room for.
func (d *drawing) measure() {
	above, below := 1, 1
	for _, c := range d.chapters {
		above, below = max(above, c.Above()), max(below, len(c.Applying)-c.Above())
	}
	d.column = min(110, max(40, (narrowest-margin-edge)/len(d.chapters)))
	d.width = max(narrowest, margin+d.column*len(d.chapters)+edge)
	d.unit = min(unitMost, float64(tallest)/float64(max(above, below)))
	d.line = headroom + float64(above)*d.unit
	d.bottom = d.line + float64(below)*d.unit + 14
}

// frame opens the picture and fills in the sea.
func (d *drawing) frame(b book) {
	height := d.bottom + labels
	fmt.Fprintf(d, `<svg class="waterline" role="img" aria-labelledby="%s-pt %s-pd" viewBox="0 0 %d %.0f" width="%d" height="%.0f">`, b.Anchor, b.Anchor, d.width, height, d.width, height)
	fmt.Fprintf(d, `<title id="%s-pt">The waterline of %s</title><desc id="%s-pd">%d of %d requirements are above the line. The table below says the same by chapter.</desc>`,
		b.Anchor, escape(b.Title), b.Anchor, b.Above, b.Applying)
	d.WriteString(patterns(b.Anchor))
	fmt.Fprintf(d, `<rect class="sea" x="0" y="%.1f" width="%d" height="%.1f"/>`, d.line, d.width, d.bottom-d.line)
}

// surface draws the line and the mark on the hull over everything else.
func (d *drawing) surface() {
	fmt.Fprintf(d, `<path class="wave" d="M0 %.1f%s"/>`, d.line, strings.Repeat("q5 -2.4 10 0t10 0", (d.width+19)/20))
	fmt.Fprintf(d, `<g class="mark"><circle cx="29" cy="%.1f" r="10"/><path d="M12 %.1fh34"/></g>`, d.line, d.line)
}

// patterns are the fills by status. Their ids are the picture's own, since ids
// are the page's.
func patterns(anchor string) string {
	const tile = `<pattern id="%s-%s" width="%d" height="%d" patternUnits="userSpaceOnUse"%s><rect class="ground %s" width="%d" height="%d"/>%s</pattern>`
	p := func(status, turn, figure string, size int) string {
		return fmt.Sprintf(tile, anchor, status, size, size, turn, status, size, size, figure)
	}
	return "<defs>" +
		p("exempt", ` patternTransform="rotate(45)"`, `<path class="stroke exempt" d="M0 0v6"/>`, 6) +
		p("stale", "", `<circle class="dot stale" cx="3" cy="3" r="1.1"/>`, 6) +
		p("fail", ` patternTransform="rotate(45)"`, `<path class="stroke fail" d="M0 0v6M0 0h6"/>`, 6) +
		"</defs>"
}

// chapter draws one column, from the line outwards.
func (d *drawing) chapter(i int, c chapter) {
	x := float64(margin + i*d.column)
	width := min(float64(d.column)-10, 64)
	left, middle := x+(float64(d.column)-width)/2, x+float64(d.column)/2
	fmt.Fprintf(d, `<a href="#%s"><g class="column"><title>%s</title>`, c.Anchor, escape(spoken(c)))
	y := d.line
	for _, s := range []event.Status{event.Pass, event.Exempt} {
		height := float64(c.Count(s)) * d.unit
		y -= height
		d.block(s, c.Count(s), left, y, width)
	}
	y = d.line
	for _, s := range []event.Status{event.Stale, event.Unknown, event.Fail} {
		d.block(s, c.Count(s), left, y, width)
		y += float64(c.Count(s)) * d.unit
	}
	fmt.Fprintf(d, `<text class="label" x="%.1f" y="%.1f">%s</text>`, middle, d.bottom+16, escape(fit(c.ID, d.column)))
	fmt.Fprintf(d, `<text class="tally" x="%.1f" y="%.1f">%d/%d</text></g></a>`, middle, d.bottom+31, c.Above(), len(c.Applying))
}

// block draws n requirements of one status, with their number where it fits.
func (d *drawing) block(s event.Status, n int, x, y, width float64) {
	if n == 0 {
		return
	}
	height := float64(n) * d.unit
	fmt.Fprintf(d, `<rect class="block %s"%s x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="2"/>`, s, fill(d.anchor, s), x, y+0.5, width, max(1, height-1))
	if height < 14 {
		return
	}
	text := fmt.Sprint(n)
	plate := float64(10 + 6*len(text))
	fmt.Fprintf(d, `<rect class="plate" x="%.1f" y="%.1f" width="%.1f" height="13" rx="6.5"/>`, x+(width-plate)/2, y+height/2-6.5, plate)
	fmt.Fprintf(d, `<text class="number" x="%.1f" y="%.1f">%s</text>`, x+width/2, y+height/2+3.7, text)
}

// legend shows each status as the pictures do, with its word.
func legend() template.HTML {
	var b strings.Builder
	b.WriteString(`<svg class="waterline legend" role="img" aria-label="Legend: pass and exempt are above the line; stale, unknown and fail below it" viewBox="0 0 470 20" width="470" height="20">`)
	b.WriteString(patterns("legend"))
	for i, s := range event.Statuses {
		fmt.Fprintf(&b, `<rect class="block %s"%s x="%d" y="3" width="24" height="14" rx="2"/><text x="%d" y="14">%s</text>`, s, fill("legend", s), i*95+1, i*95+32, s)
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// fill is the pattern of a status, "" where a plain colour does.
func fill(anchor string, s event.Status) string {
	if s == event.Exempt || s == event.Stale || s == event.Fail {
		return fmt.Sprintf(` style="fill:url(#%s-%s)"`, anchor, s)
	}
	return ""
}

// spoken is a column in words.
func spoken(c chapter) string {
	parts := []string{}
	for i, s := range event.Statuses {
		if c.Counts[i] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.Counts[i], s))
		}
	}
	return c.Name() + ": " + strings.Join(parts, ", ")
}

// fit cuts a label to its column.
func fit(label string, column int) string {
	return clean.Truncate(dossier.Text(label), column/7, "…")
}

func escape(s string) string { return template.HTMLEscapeString(dossier.Text(s)) }
