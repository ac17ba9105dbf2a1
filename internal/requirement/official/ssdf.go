package official

import (
	"regexp"
	"strings"
)

// ssdfPractice matches the group of a practice or task: PO of PO.1.1.
var ssdfPractice = regexp.MustCompile(`^(PO|PS|PW|RV)(\.[0-9]+)*$`)

// ssdf reads the flat list of NIST's SP 800-218: groups, practices and tasks in
// a row. Tasks are the requirements; the rest are their headings.
func (r *reader) ssdf(top *node) *draft {
	version := ""
	if _, after, ok := strings.Cut(top.text("source"), "v"); ok {
		version, _, _ = strings.Cut(after, " ")
	}
	d := r.begin("ssdf", "ssdf", version)
	names := map[string]string{}
	for _, item := range top.get("items").list() {
		id := item.text("id")
		names[id] = line(item.text("name"))
		if !item.get("task").isTrue() {
			continue
		}
		if !ssdfPractice.MatchString(id) {
			d.fail(item, "ids of the SSDF look like PO.1.1", "%q is no task of the SSDF", id)
			continue
		}
		group, _, _ := strings.Cut(id, ".")
		var examples []string
		for _, e := range item.get("examples").list() {
			examples = append(examples, e.text())
		}
		d.add(item, Requirement{ID: id, Section: group, SectionTitle: names[group],
			Title: names[id[:max(strings.LastIndexByte(id, '.'), 0)]], Text: line(item.text("text")), Guidance: strings.Join(examples, "\n")})
	}
	return d
}
