package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// DueText lists what has to be verified again until a day, person by person.
func DueText(w io.Writer, dues []event.Due, asOf, until time.Time, opt Options) error {
	p := newPage(opt.withDefaults())
	last := until.UTC().Format(time.DateOnly)
	if len(dues) == 0 {
		p.line("nothing ends until ", last)
	} else {
		p.line(fmt.Sprintf("%s to verify again until %s", count(len(dues), "thing"), last))
	}
	names, groups := byPerson(dues)
	for _, name := range names {
		p.gap()
		p.line(p.paint(bold, clean.Line(name)))
		for _, d := range groups[name] {
			p.due(d, asOf)
		}
	}
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("writing what is due: %w", err)
	}
	return nil
}

// due writes one entry: when, what, and what to do about it.
func (p *page) due(d event.Due, asOf time.Time) {
	when, color := "now", red
	if !d.At.IsZero() {
		when, color = d.At.UTC().Format(time.DateOnly), ""
		if daysLeft(asOf, d.At) <= 14 {
			color = yellow
		}
	}
	const indent = "              "
	p.paintedBlock(fmt.Sprintf("  %-10s  ", when), color, d.What)
	if len(d.Requirements) > 1 {
		p.block(indent, some(d.Requirements, 6, "requirement"), dim, 2)
	}
	p.block(indent, d.Do, "", 2)
}

// byPerson groups entries by who has to act, in alphabetical order; what falls
// to a role that nobody has comes last, since somebody must be found.
func byPerson(dues []event.Due) (names []string, groups map[string][]event.Due) {
	groups = map[string][]event.Due{}
	var roles []string
	add := func(list *[]string, name string, d event.Due) {
		if groups[name] == nil {
			*list = append(*list, name)
		}
		groups[name] = append(groups[name], d)
	}
	for _, d := range dues {
		for _, who := range d.People {
			add(&names, who+roleOf(d), d)
		}
		switch {
		case len(d.People) == 0 && d.Role == "":
			add(&roles, "anybody", d)
		case len(d.People) == 0:
			add(&roles, d.Role+": product.yaml names no owner with this role", d)
		}
	}
	slices.Sort(names)
	slices.Sort(roles)
	return append(names, roles...), groups
}

func roleOf(d event.Due) string {
	if d.Role == "" {
		return ""
	}
	return " (" + d.Role + ")"
}

// DueLines writes the same as JSON, an object a line; "days" is negative for what has
// ended by its date, and "now" tells it apart where the date is not known.
func DueLines(w io.Writer, dues []event.Due, asOf, _ time.Time, _ Options) error {
	for _, d := range dues {
		line := struct {
			event.Due
			Days int  `json:"days"`
			Now  bool `json:"now"`
		}{Due: d, Now: d.At.IsZero()}
		if !line.Now {
			line.Days = daysLeft(asOf, d.At)
		}
		text, err := json.Marshal(line)
		if err == nil {
			_, err = w.Write(append(clean.JSON(text), '\n'))
		}
		if err != nil {
			return fmt.Errorf("writing what is due: %w", err)
		}
	}
	return nil
}

// Soon writes the notices of what ends soon, and nothing where nothing does.
func Soon(w io.Writer, problems []event.Problem, opt Options) error {
	p := newPage(opt.withDefaults())
	if opt.Quiet {
		return nil
	}
	for _, pr := range problems {
		if pr.Code == event.ExpiresSoon {
			if p.Len() == 0 {
				p.line()
				p.title("Ends soon")
			}
			p.block("  ", strings.TrimSpace(pr.Message+": "+pr.Hint), "", 2)
		}
	}
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("writing what ends soon: %w", err)
	}
	return nil
}
