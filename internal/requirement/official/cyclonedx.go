package official

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// cyclonedx reads a standard in CycloneDX 1.6, definitions.standards. The ASVS
// project publishes its file with the standards under declarations, where the
// schema has claims and no standards; that is read too, and said.
func (r *reader) cyclonedx(top *node) *draft {
	list := top.get("definitions", "standards")
	if list == nil {
		if list = top.get("declarations", "standards"); list != nil {
			r.note("the standards stand under declarations, against the schema of CycloneDX, which has them under definitions; they were read all the same")
		}
	}
	s := r.pick(top, list.list())
	if s == nil {
		return nil
	}
	b := &bom{ref: map[string]*node{}, parents: map[string]bool{}, levels: levelsOf(s)}
	b.index(r, s)
	name := ""
	if isASVS(s) {
		name = "asvs"
	}
	d := r.begin("cyclonedx", name, s.text("version"))
	d.say(s.text("name"), s.text("owner"), licenceOf(top))
	for _, q := range s.get("requirements").list() {
		b.add(d, q)
	}
	return d
}

// pick chooses the standard that is meant.
func (r *reader) pick(top *node, list []*node) *node {
	var names []string
	var found []*node
	for _, s := range list {
		ref, name := s.text("bom-ref"), s.text("name")
		names = append(names, strconv.Quote(strings.TrimSpace(ref+" "+name)))
		if w := r.options.Standard; w == "" || w == ref || w == name {
			found = append(found, s)
		}
	}
	switch {
	case len(list) == 0:
		r.fail(top.fault("import a file with definitions.standards", "the file defines no standard"))
		return nil
	case len(found) != 1:
		r.fail(fault.At(fault.Usage, top.place(), "pick one with --standard", "the file holds %d standards: %s", len(list), strings.Join(names, ", ")))
		return nil
	}
	return found[0]
}

// bom is a standard with its references resolved.
type bom struct {
	ref     map[string]*node // requirement by its bom-ref
	parents map[string]bool  // that some requirement names
	levels  map[string][]int // by bom-ref of the requirement
}

func (b *bom) index(r *reader, s *node) {
	for _, q := range s.get("requirements").list() {
		ref := q.text("bom-ref")
		if ref == "" {
			continue
		}
		if _, twice := b.ref[ref]; twice {
			r.fail(q.fault("give each a reference of its own", "the bom-ref %q stands twice", ref))
		}
		b.ref[ref] = q
		b.parents[q.text("parent")] = true
	}
}

// add takes what has a text. What has none, or is the parent of others and has
// only a title, is a heading.
func (b *bom) add(d *draft, q *node) {
	text := q.text("text")
	if text == "" {
		if !b.parents[q.text("bom-ref")] {
			d.fail(q, "give it a text", "the requirement %s has neither a text nor others under it", q.text("identifier"))
		}
		return
	}
	top, title := b.headings(d, q)
	id := q.text("identifier")
	if id == "" {
		id = q.text("bom-ref")
	}
	out := Requirement{ID: id, Title: line(q.text("title")), Text: text, Levels: b.levels[q.text("bom-ref")]}
	if out.Title == "" {
		out.Title = title
	}
	if top != nil {
		out.Section, out.SectionTitle = top.text("identifier"), line(top.text("title"))
	}
	var notes []string
	for _, n := range q.get("descriptions").list() {
		notes = append(notes, n.text())
	}
	out.Guidance = strings.Join(notes, "\n")
	d.add(q, out)
}

// headings walks up to the outermost heading, and gives the title of the nearest.
func (b *bom) headings(d *draft, q *node) (top *node, title string) {
	seen := map[*node]bool{q: true}
	for at := q; at.text("parent") != ""; {
		up, ok := b.ref[at.text("parent")]
		switch {
		case !ok:
			d.fail(at, "correct the parent", "%s names the parent %q, which does not exist", at.text("identifier"), at.text("parent"))
			return top, title
		case seen[up]:
			d.fail(at, "break the circle", "%s is its own ancestor", at.text("identifier"))
			return top, title
		}
		seen[up] = true
		if top = up; title == "" {
			title = line(up.text("title"))
		}
		at = up
	}
	return top, title
}

var lastNumber = regexp.MustCompile(`([0-9]+)\s*$`)

// levelsOf numbers the levels: as their names do, or in order.
func levelsOf(s *node) map[string][]int {
	levels := map[string][]int{}
	for i, l := range s.get("levels").list() {
		number := i + 1
		if m := lastNumber.FindStringSubmatch(l.text("identifier")); m != nil && len(m[1]) < 4 {
			number, _ = strconv.Atoi(m[1])
		}
		for _, ref := range l.get("requirements").list() {
			levels[ref.text()] = append(levels[ref.text()], number)
		}
	}
	return levels
}

func isASVS(s *node) bool {
	return strings.HasPrefix(s.text("bom-ref"), "ASVS-") || strings.Contains(s.text("name"), "(ASVS)")
}

// licenceOf is the licence that the file's own metadata names.
func licenceOf(top *node) string {
	for _, l := range top.get("metadata", "licenses").list() {
		for _, text := range []string{l.text("license", "id"), l.text("expression"), l.text("license", "name")} {
			if text != "" {
				return text
			}
		}
	}
	return ""
}
