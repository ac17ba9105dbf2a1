package page

import (
	"cmp"
	"fmt"
	"html/template"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// view is a dossier as the template asks for it.
type view struct {
	*dossier.Dossier
	Style    template.CSS
	Verdict  verdict
	Tiles    []tile
	Books    []book
	Records  []record
	Counters []record // with something that speaks against them
	Without  int      // requirements that do not apply
	Open     int      // findings
}

// verdict is the answer in one word, and how it looks.
type verdict struct{ Word, Class, Says string }

// tile is one number of the summary.
type tile struct {
	Status  event.Status
	Count   int
	Percent string // of those that apply, as CSS wants it
}

// book is one catalogue with its chapters.
type book struct {
	dossier.Catalogue
	Anchor   string
	Chapters []chapter
	Picture  template.HTML // of those chapters in which something applies
	Applying int
	Above    int
}

type chapter struct {
	dossier.Chapter
	Anchor string
	Counts []int // by event.Statuses
	Cards  []card
}

// Name is the chapter's id and what it is about.
func (c chapter) Name() string {
	switch {
	case c.Title == "":
		return cmp.Or(dossier.Text(c.ID), "Other")
	case c.Catalogue == knowledge.Own || strings.EqualFold(c.Title, c.ID):
		return dossier.Text(c.Title)
	}
	return dossier.Text(c.ID + " " + c.Title)
}

// card is one requirement.
type card struct {
	*dossier.Requirement
	Anchor  string
	Records []cardRecord
	Until   string
}

// cardRecord is one digest of a requirement, and the record where there is one.
type cardRecord struct {
	Digest string
	*record
}

type record struct {
	*dossier.Evidence
	Anchor string
}

func newView(d *dossier.Dossier) *view {
	v := &view{Dossier: d, Style: template.CSS(pageCSS), Verdict: verdictOf(d.Gate)}
	statuses := d.Statuses()
	v.Without = statuses[event.NotApplicable]
	v.Tiles = tilesOf(statuses, len(d.Requirements)-v.Without)
	records := v.addRecords()
	anchors := anchorer{}
	lookup := d.Book()
	for _, c := range d.Chapters() {
		b := v.bookOf(c.Catalogue, anchors)
		ch := chapter{Chapter: c, Anchor: anchors.of("chapter", c.Catalogue, c.ID)}
		for _, s := range event.Statuses {
			ch.Counts = append(ch.Counts, c.Count(s))
		}
		for _, r := range c.Applying {
			ch.Cards = append(ch.Cards, cardOf(r, lookup, records, anchors))
		}
		b.Chapters = append(b.Chapters, ch)
		b.Applying += len(c.Applying)
		b.Above += c.Above()
	}
	for i := range v.Books {
		v.Books[i].Picture = picture(v.Books[i])
	}
	for _, f := range d.Findings {
		if f.State == event.Open {
			v.Open++
		}
	}
	return v
}

func verdictOf(g event.Gate) verdict {
	switch g {
	case event.Met:
		return verdict{"Gate met", "pass", "This product is fit to ship by its own rule"}
	case event.NotMet:
		return verdict{"Gate not met", "fail", "This product is not fit to ship by its own rule"}
	}
	return verdict{"Incomplete", "stale", "Something could not be examined, so there is no answer"}
}

func tilesOf(statuses map[event.Status]int, total int) []tile {
	var tiles []tile
	for _, s := range event.Statuses {
		tiles = append(tiles, tile{Status: s, Count: statuses[s], Percent: fmt.Sprintf("%.1f", 100*float64(statuses[s])/float64(max(1, total)))})
	}
	return tiles
}

// addRecords lists the evidence, and returns it by its digest.
func (v *view) addRecords() map[string]*record {
	byDigest := make(map[string]*record, len(v.Evidence))
	v.Records = make([]record, len(v.Evidence))
	for i := range v.Evidence {
		v.Records[i] = record{Evidence: &v.Evidence[i], Anchor: fmt.Sprintf("evidence-%d", i+1)}
		byDigest[v.Evidence[i].Digest] = &v.Records[i]
		if v.Evidence[i].Counter != "" {
			v.Counters = append(v.Counters, v.Records[i])
		}
	}
	return byDigest
}

// bookOf returns the catalogue's book, the last of the view's where its chapters
// are being added.
func (v *view) bookOf(name string, anchors anchorer) *book {
	if n := len(v.Books); n > 0 && v.Books[n-1].Name == name {
		return &v.Books[n-1]
	}
	b := book{Catalogue: dossier.Catalogue{Name: name, Title: name}, Anchor: anchors.of("catalogue", name)}
	for _, c := range v.Catalogues {
		if cmp.Or(c.Name, knowledge.Own) == name {
			b.Catalogue = c
		}
	}
	v.Books = append(v.Books, b)
	return &v.Books[len(v.Books)-1]
}

func cardOf(r *dossier.Requirement, lookup dossier.Book, records map[string]*record, anchors anchorer) card {
	c := card{Requirement: r, Anchor: anchors.of(r.ID), Until: dossier.Day(lookup.Until(r))}
	for _, digest := range r.Evidence {
		c.Records = append(c.Records, cardRecord{digest, records[digest]})
	}
	return c
}

// Link is the catalogue's address where a browser may follow it.
func (b book) Link() string { return dossier.WebAddress(b.Address) }

// anchorer makes ids for elements, none of them twice.
type anchorer map[string]int

// of is an id made of the parts, with everything left out that an address would
// have to escape.
func (a anchorer) of(parts ...string) string {
	keep := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '-'
	}
	text := "r-" + strings.Map(keep, strings.Join(parts, "-"))
	text = text[:min(len(text), 100)]
	a[text]++
	if n := a[text]; n > 1 {
		return fmt.Sprintf("%s_%d", text, n)
	}
	return text
}
