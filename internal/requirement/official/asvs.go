package official

import (
	"path"
	"regexp"
	"strconv"
	"strings"
)

// asvs reads OWASP ASVS as JSON: the tree and the flat list, each also in the
// "legacy" form with a column a level that version 4 had.
func (r *reader) asvs(top *node) *draft {
	d := r.begin("asvs", "asvs", top.text("Version"))
	list := top.get("Requirements")
	if list == nil {
		list = top.get("requirements")
	}
	if list == nil || len(list.list()) == 0 {
		r.fail(top.fault("import a release file of ASVS", "there are no requirements under %q", "Requirements"))
		return nil
	}
	for _, item := range list.list() {
		if item.get("req_id") != nil {
			d.flat(item)
		} else {
			d.chapter(item)
		}
	}
	return d
}

func (d *draft) flat(n *node) {
	d.add(n, Requirement{
		ID: n.text("req_id"), Section: n.text("chapter_id"), SectionTitle: line(n.text("chapter_name")),
		Title: line(n.text("section_name")), Text: n.text("req_description"),
		Levels: d.asvsLevel(n, n.text("L"), n.text("level1"), n.text("level2"), n.text("level3")),
	})
}

func (d *draft) chapter(chapter *node) {
	for _, section := range chapter.get("Items").list() {
		for _, item := range section.get("Items").list() {
			d.add(item, Requirement{
				ID: item.text("Shortcode"), Section: chapter.text("Shortcode"), SectionTitle: line(chapter.text("Name")),
				Title: line(section.text("Name")), Text: item.text("Description"),
				Levels: d.asvsLevel(item, item.text("L"), mark(item.get("L1")), mark(item.get("L2")), mark(item.get("L3"))),
			})
		}
	}
}

// mark is "x" for a level that requires it, in the tree of version 4.
func mark(n *node) string {
	if n.get("Required").isTrue() {
		return "x"
	}
	return ""
}

// asvsLevel is the first level that asks for the requirement: as a number, or
// as the first of three columns that hold a mark.
func (d *draft) asvsLevel(at placer, number string, marks ...string) []int {
	if number != "" {
		level, err := strconv.Atoi(strings.TrimPrefix(strings.ToUpper(number), "L"))
		if err != nil || level < 1 || level > 3 {
			d.fail(at, "write 1, 2 or 3", "%q is no level of ASVS", number)
			return nil
		}
		return []int{level}
	}
	for i, m := range marks {
		if strings.TrimSpace(m) != "" {
			return []int{i + 1}
		}
	}
	return nil
}

var (
	asvsCode    = regexp.MustCompile(`^V?([0-9]+\.[0-9]+\.[0-9]+)$`)
	asvsVersion = regexp.MustCompile(`(?i)ASVS[ _-]*v?([0-9]+\.[0-9]+(?:\.[0-9]+)?)`)
	// asvsGone is how version 4 keeps the place of what it no longer asks for.
	asvsGone = regexp.MustCompile(`^\[(DELETED|MOVED)[^\]]*\]`)
)

// asvsFinish writes ids with their version, as ASVS asks those who refer to it,
// and leaves out what is only kept as a number.
func (d *draft) asvsFinish() {
	kept, gone := d.entries[:0], 0
	for _, e := range d.entries {
		m := asvsCode.FindStringSubmatch(e.ID)
		switch {
		case asvsGone.MatchString(e.Text):
			gone++
			continue
		case m == nil:
			d.fail(e.at, "ids of ASVS look like V1.2.3", "%q is no id of ASVS", e.ID)
		default:
			e.ID = "v" + d.catalogue.Version + "-" + m[1]
		}
		if len(e.Levels) == 0 {
			d.fail(e.at, "every requirement of ASVS has a level", "%s has no level", e.ID)
		}
		kept = append(kept, e)
	}
	d.entries = kept
	if gone > 0 {
		d.reader.note("numbers whose requirements this version has deleted or moved, left out: %d", gone)
	}
}

// asvsFileVersion is the version in the name of a release file.
func asvsFileVersion(name string) string {
	if m := asvsVersion.FindStringSubmatch(path.Base(name)); m != nil {
		return m[1]
	}
	return ""
}
