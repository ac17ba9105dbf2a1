package knowledge

import (
	"slices"
	"strings"
)

// SSDF describes NIST SP 800-218, the Secure Software Development Framework 1.1.
// It tells organisations how to work and is no list to verify a product by, so
// it has no plans: our own requirements name the tasks that they contribute to.
func SSDF() Catalogue {
	return Catalogue{Name: "ssdf", Title: "Secure Software Development Framework", Version: "1.1", Publisher: "NIST", Licence: "public domain",
		Attribution: "Ids of tasks: NIST SP 800-218 version 1.1, not subject to copyright in the United States.",
		Address:     "https://csrc.nist.gov/pubs/sp/800/218/final"}
}

// ssdfTasks has a line a practice: its id and the numbers of its tasks.
const ssdfTasks = `
PO.1 1 2 3
PO.2 1 2 3
PO.3 1 2 3
PO.4 1 2
PO.5 1 2
PS.1 1
PS.2 1
PS.3 1 2
PW.1 1 2 3
PW.2 1
PW.4 1 2 4
PW.5 1
PW.6 1 2
PW.7 1 2
PW.8 1 2
PW.9 1 2
RV.1 1 2 3
RV.2 1 2
RV.3 1 2 3 4
`

// SSDFTasks lists the ids of its 42 tasks in its own order: PO.1.1, PO.1.2, …
func SSDFTasks() []string {
	var ids []string
	for line := range strings.Lines(strings.TrimSpace(ssdfTasks)) {
		fields := strings.Fields(line)
		for _, number := range fields[1:] {
			ids = append(ids, fields[0]+"."+number)
		}
	}
	return ids
}

// MappedTo lists the ids of a standard that the requirement names: for "SSDF"
// and "SSDF PO.1.1" the id PO.1.1. An id of MASVS or of the OSPS Baseline
// carries the name of its standard in itself.
func (r Requirement) MappedTo(standard string) []string {
	var ids []string
	for _, m := range r.Maps {
		if id, ok := strings.CutPrefix(m, standard+" "); ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		} else if strings.HasPrefix(m, standard+"-") && !slices.Contains(ids, m) {
			ids = append(ids, m)
		}
	}
	return ids
}
