// Package cyclonedx reads CycloneDX bills of materials and the vulnerabilities
// that stand in them, in JSON and XML.
//
// The types of the format are CycloneDX's own Go library's; this package bounds
// what the library is given, and reduces a bill to what a verdict rests on: how
// many components, how well each is identified, which are known to be
// vulnerable, and what somebody said of that.
package cyclonedx

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/plimsoll-dev/plimsoll/internal/docfile"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Bounds of what is read from one file.
const (
	MaxComponents      = 500_000
	MaxVulnerabilities = 100_000 // pairs of a vulnerability and a component
	maxNesting         = 100
)

// Bill is what one file holds.
type Bill struct {
	Spec    string // version of the specification
	Tool    string // "CycloneDX" where the bill does not say
	Version string // of the tool
	Product Component
	Time    time.Time
	// Components counts those of the bill, nested ones included; the others count
	// those of them that lack something.
	Components                           int
	NoVersion, NoPurl, NoHash, NoLicence int
	Vulnerabilities                      []Vulnerability
	// Assessed says that the bill has a list of vulnerabilities, be it empty: a
	// bill without one says nothing of them.
	Assessed  bool
	Truncated bool
	byRef     map[string]Component
}

// Component is a part of the product.
type Component struct{ Name, Version, Purl string }

// String is "name version".
func (c Component) String() string { return strings.TrimSpace(c.Name + " " + c.Version) }

// Vulnerability is a known weakness of one component of the product.
type Vulnerability struct {
	IDs       []string // its names, the bill's own first
	Component Component
	Severity  event.Severity
	CWEs      []int
	Summary   string // one line; may be empty
	Fix       string
	// State is what the analysis came to, "" where there was none.
	State         cdx.ImpactAnalysisState
	Justification string
	Analysed      time.Time
}

// Parse reads one bill in UTF-8, JSON or XML. The error is a *fault.Error.
func Parse(data []byte) (*Bill, error) {
	bom, err := decode(data)
	if err != nil {
		return nil, err
	}
	b := &Bill{Spec: bom.SpecVersion.String(), Tool: "CycloneDX", byRef: map[string]Component{}}
	if m := bom.Metadata; m != nil {
		b.Time = docfile.Time(m.Timestamp)
		b.setTool(m.Tools)
		if m.Component != nil {
			b.Product = component(m.Component)
			b.byRef[m.Component.BOMRef] = b.Product
			b.count(m.Component.Components, 0)
		}
	}
	b.count(bom.Components, 0)
	if bom.Services != nil {
		for _, s := range *bom.Services {
			b.byRef[s.BOMRef] = Component{Name: docfile.OneLine(s.Name, 200), Version: docfile.OneLine(s.Version, 100)}
		}
	}
	if bom.Vulnerabilities != nil {
		b.Assessed = true
		for i := range *bom.Vulnerabilities {
			b.vulnerability(&(*bom.Vulnerabilities)[i])
		}
	}
	return b, nil
}

func decode(data []byte) (*cdx.BOM, error) {
	bom := &cdx.BOM{}
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '<' {
		if err := docfile.CheckXML(data); err != nil {
			return nil, err
		}
		if root := docfile.Root(data); root.Local != "bom" || !strings.Contains(root.Space, "cyclonedx.org") {
			return nil, fault.New(fault.Incomplete, "", "reading CycloneDX: the file begins with <%s>, not with a bill of materials",
				docfile.OneLine(root.Local, 40))
		}
		if err := cdx.NewBOMDecoder(bytes.NewReader(data), cdx.BOMFileFormatXML).Decode(bom); err != nil {
			return nil, fault.Wrap(fault.Incomplete, err, "", "reading CycloneDX")
		}
		return bom, checkSpec(bom)
	}
	if err := cdx.NewBOMDecoder(bytes.NewReader(data), cdx.BOMFileFormatJSON).Decode(bom); err != nil {
		return nil, docfile.JSONFault(data, 0, err)
	}
	if bom.BOMFormat != "CycloneDX" {
		return nil, fault.New(fault.Incomplete, "", "reading CycloneDX: the file is JSON, but no CycloneDX bill of materials")
	}
	return bom, checkSpec(bom)
}

func checkSpec(bom *cdx.BOM) error {
	if bom.SpecVersion == 0 {
		return fault.New(fault.Incomplete, "write one of the versions 1.0 to 1.7",
			"reading CycloneDX: the version of the specification is missing or not supported")
	}
	return nil
}

func (b *Bill) setTool(tools *cdx.ToolsChoice) {
	switch {
	case tools == nil:
	case tools.Components != nil && len(*tools.Components) > 0:
		first := (*tools.Components)[0]
		b.Tool, b.Version = first.Name, first.Version
	case tools.Tools != nil && len(*tools.Tools) > 0: //nolint:staticcheck // how bills before 1.5 name their tool
		first := (*tools.Tools)[0]
		b.Tool, b.Version = first.Name, first.Version
	}
	b.Tool = cmp.Or(docfile.OneLine(b.Tool, 100), "CycloneDX")
	b.Version = docfile.OneLine(b.Version, 60)
}

func component(c *cdx.Component) Component {
	name := c.Name
	if c.Group != "" {
		name = c.Group + "/" + c.Name
	}
	return Component{Name: docfile.OneLine(name, 200), Version: docfile.OneLine(c.Version, 100), Purl: docfile.OneLine(c.PackageURL, 500)}
}

// count walks the components, nested ones included.
func (b *Bill) count(list *[]cdx.Component, depth int) {
	if list == nil {
		return
	}
	for i := range *list {
		c := &(*list)[i]
		if b.Components >= MaxComponents || depth > maxNesting {
			b.Truncated = true
			return
		}
		b.Components++
		b.byRef[c.BOMRef] = component(c)
		b.miss(c)
		b.count(c.Components, depth+1)
	}
}

// software are the types of components that are released under a version. Of
// files, devices, keys and data sets none of what miss looks for is expected.
var software = []cdx.ComponentType{
	cdx.ComponentTypeApplication, cdx.ComponentTypeContainer, cdx.ComponentTypeFirmware,
	cdx.ComponentTypeFramework, cdx.ComponentTypeLibrary,
}

func (b *Bill) miss(c *cdx.Component) {
	add := func(n *int, missing bool) {
		if missing {
			*n++
		}
	}
	if !slices.Contains(software, c.Type) {
		return
	}
	add(&b.NoVersion, strings.TrimSpace(c.Version) == "")
	add(&b.NoPurl, c.PackageURL == "" && c.CPE == "" && c.SWID == nil)
	add(&b.NoLicence, c.Licenses == nil || len(*c.Licenses) == 0)
	add(&b.NoHash, c.Hashes == nil || len(*c.Hashes) == 0)
}
