// Package formats names the formats of a report, so that the command line and
// the server offer the same ones.
package formats

import (
	"io"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier/declare"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier/oscal"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier/page"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier/sheet"
)

// Format is one way to write a dossier.
type Format struct {
	Name  string
	Media string // type, for HTTP
	// Binary is set where the bytes are not text.
	Binary bool
	Write  func(io.Writer, *dossier.Dossier) error
}

// All lists the formats, the one for people first.
func All() []Format {
	return []Format{
		{"html", "text/html; charset=utf-8", false, page.HTML},
		{"markdown", "text/markdown; charset=utf-8", false, page.Markdown},
		{"csv", "text/csv; charset=utf-8", false, sheet.CSV},
		{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", true, sheet.XLSX},
		{"oscal-ar", "application/json", false, oscal.AssessmentResults},
		{"oscal-poam", "application/json", false, oscal.PlanOfAction},
		{"cyclonedx", "application/vnd.cyclonedx+json; version=1.6", false, declare.CycloneDX},
	}
}

// Names lists the names of all.
func Names() []string {
	var names []string
	for _, f := range All() {
		names = append(names, f.Name)
	}
	return names
}

// Find returns a format by its name, or a *fault.Error with code Usage.
func Find(name string) (Format, error) {
	all := All()
	i := slices.IndexFunc(all, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, fault.New(fault.Usage, "use html", "there is no format %q", name)
	}
	return all[i], nil
}
