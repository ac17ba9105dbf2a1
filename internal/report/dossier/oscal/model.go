// Package oscal writes a dossier as NIST OSCAL 1.1.3: assessment results, and a
// plan of action and milestones.
//
// Governance tools and auditors of governments read OSCAL. The documents hold to
// the JSON schemas of 1.1.3 and, using nothing that has changed since, to those
// of 1.2.2. A requirement is an OSCAL control objective, a record of evidence an
// observation, a requirement's status a finding, and what is knowingly or
// unknowingly not met a risk.
package oscal

import (
	"strings"
	"unicode"

	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
)

// version of OSCAL that the documents declare.
const version = "1.1.3"

// namespace of our properties.
const namespace = "https://plimsoll.dev/ns/oscal"

// The types are those of the OSCAL models "assessment results", "plan of action
// and milestones" and what both share, with the fields that we fill in.

type metadata struct {
	Title        string     `json:"title"`
	LastModified string     `json:"last-modified"`
	Version      string     `json:"version"`
	OSCALVersion string     `json:"oscal-version"`
	Props        []property `json:"props,omitempty"`
	Parties      []party    `json:"parties,omitempty"`
	Remarks      string     `json:"remarks,omitempty"`
}

type property struct {
	Name  string `json:"name"`
	NS    string `json:"ns"`
	Value string `json:"value"`
}

type party struct {
	UUID string `json:"uuid"`
	Type string `json:"type"`
	Name string `json:"name"`
}

type assessmentResults struct {
	UUID       string      `json:"uuid"`
	Metadata   metadata    `json:"metadata"`
	ImportAP   href        `json:"import-ap"`
	Results    []result    `json:"results"`
	BackMatter *backMatter `json:"back-matter,omitempty"`
}

type href struct {
	Href    string `json:"href"`
	Remarks string `json:"remarks,omitempty"`
}

type backMatter struct {
	Resources []resource `json:"resources"`
}

type resource struct {
	UUID        string    `json:"uuid"`
	Title       string    `json:"title"`
	Description string    `json:"description,omitempty"`
	Citation    *citation `json:"citation,omitempty"`
	RLinks      []href    `json:"rlinks,omitempty"`
}

type citation struct {
	Text string `json:"text"`
}

type result struct {
	UUID             string           `json:"uuid"`
	Title            string           `json:"title"`
	Description      string           `json:"description"`
	Start            string           `json:"start"`
	End              string           `json:"end"`
	Props            []property       `json:"props,omitempty"`
	LocalDefinitions localDefinitions `json:"local-definitions"`
	ReviewedControls reviewedControls `json:"reviewed-controls"`
	Observations     []observation    `json:"observations,omitempty"`
	Risks            []risk           `json:"risks,omitempty"`
	Findings         []finding        `json:"findings,omitempty"`
}

type localDefinitions struct {
	Components       []component `json:"components,omitempty"`
	AssessmentAssets assets      `json:"assessment-assets"`
}

type assets struct {
	Components []component `json:"components"`
	Platforms  []platform  `json:"assessment-platforms"`
}

type component struct {
	UUID        string     `json:"uuid"`
	Type        string     `json:"type"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Props       []property `json:"props,omitempty"`
	Status      state      `json:"status"`
}

type state struct {
	State string `json:"state"`
}

type platform struct {
	UUID  string          `json:"uuid"`
	Title string          `json:"title"`
	Uses  []usesComponent `json:"uses-components"`
}

type usesComponent struct {
	ComponentUUID string `json:"component-uuid"`
}

type reviewedControls struct {
	Controls   []controlSelection   `json:"control-selections"`
	Objectives []objectiveSelection `json:"control-objective-selections,omitempty"`
}

type controlSelection struct {
	Description string    `json:"description"`
	All         *struct{} `json:"include-all,omitempty"` // where none applies; the schema wants one of the two
	Include     []control `json:"include-controls,omitempty"`
}

type control struct {
	ID string `json:"control-id"`
}

type objectiveSelection struct {
	Include []objective `json:"include-objectives"`
}

type objective struct {
	ID string `json:"objective-id"`
}

type observation struct {
	UUID        string             `json:"uuid"`
	Title       string             `json:"title"`
	Description string             `json:"description"`
	Props       []property         `json:"props,omitempty"`
	Methods     []string           `json:"methods"`
	Types       []string           `json:"types"`
	Origins     []origin           `json:"origins"`
	Subjects    []subject          `json:"subjects"`
	Evidence    []relevantEvidence `json:"relevant-evidence"`
	Collected   string             `json:"collected"`
	Expires     string             `json:"expires,omitempty"`
	Remarks     string             `json:"remarks,omitempty"`
}

type origin struct {
	Actors []actor `json:"actors"`
}

type actor struct {
	Type string `json:"type"`
	UUID string `json:"actor-uuid"`
}

type subject struct {
	UUID string `json:"subject-uuid"`
	Type string `json:"type"`
}

type relevantEvidence struct {
	Href        string     `json:"href,omitempty"`
	Description string     `json:"description"`
	Props       []property `json:"props,omitempty"`
}

type finding struct {
	UUID         string               `json:"uuid"`
	Title        string               `json:"title"`
	Description  string               `json:"description"`
	Props        []property           `json:"props,omitempty"`
	Origins      []origin             `json:"origins"`
	Target       target               `json:"target"`
	Observations []relatedObservation `json:"related-observations,omitempty"`
	Risks        []relatedRisk        `json:"related-risks,omitempty"`
}

type target struct {
	Type   string       `json:"type"`
	ID     string       `json:"target-id"`
	Title  string       `json:"title,omitempty"`
	Status targetStatus `json:"status"`
}

type targetStatus struct {
	State   string `json:"state"`
	Reason  string `json:"reason"`
	Remarks string `json:"remarks,omitempty"`
}

type relatedObservation struct {
	UUID string `json:"observation-uuid"`
}

type relatedRisk struct {
	UUID string `json:"risk-uuid"`
}

type relatedFinding struct {
	UUID string `json:"finding-uuid"`
}

type risk struct {
	UUID         string               `json:"uuid"`
	Title        string               `json:"title"`
	Description  string               `json:"description"`
	Statement    string               `json:"statement"`
	Props        []property           `json:"props,omitempty"`
	Status       string               `json:"status"`
	Origins      []origin             `json:"origins"`
	Mitigating   []mitigating         `json:"mitigating-factors,omitempty"`
	Deadline     string               `json:"deadline,omitempty"`
	Remediations []response           `json:"remediations,omitempty"`
	Observations []relatedObservation `json:"related-observations,omitempty"`
}

type mitigating struct {
	UUID        string `json:"uuid"`
	Description string `json:"description"`
}

type response struct {
	UUID        string     `json:"uuid"`
	Lifecycle   string     `json:"lifecycle"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Props       []property `json:"props,omitempty"`
}

type plan struct {
	UUID             string           `json:"uuid"`
	Metadata         metadata         `json:"metadata"`
	SystemID         systemID         `json:"system-id"`
	LocalDefinitions localDefinitions `json:"local-definitions"`
	Observations     []observation    `json:"observations,omitempty"`
	Risks            []risk           `json:"risks,omitempty"`
	Findings         []finding        `json:"findings,omitempty"`
	Items            []item           `json:"poam-items"`
	BackMatter       *backMatter      `json:"back-matter,omitempty"`
}

type systemID struct {
	Type string `json:"identifier-type"`
	ID   string `json:"id"`
}

type item struct {
	UUID         string               `json:"uuid"`
	Title        string               `json:"title"`
	Description  string               `json:"description"`
	Props        []property           `json:"props,omitempty"`
	Findings     []relatedFinding     `json:"related-findings,omitempty"`
	Observations []relatedObservation `json:"related-observations,omitempty"`
	Risks        []relatedRisk        `json:"related-risks,omitempty"`
	Remarks      string               `json:"remarks,omitempty"`
}

// prop is a property of ours. OSCAL wants its value to be one line and not empty.
func prop(name, value string) property {
	return property{Name: name, NS: namespace, Value: said(value)}
}

// said is text as OSCAL takes it: one line, and something on it.
func said(text string) string {
	if text = dossier.Text(text); text != "" {
		return text
	}
	return "none"
}

// token is id as an OSCAL token (an XML NCName): most ids are one already. One
// that is not keeps what it can and gets a UUID after it, so that no two meet.
func token(id string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}, strings.ToValidUTF8(id, "_"))
	first := []rune(clean + "_")[0]
	if !unicode.IsLetter(first) && first != '_' {
		clean = "_" + clean
	}
	if clean != id || id == "" {
		return clean + "_" + dossier.UUID("token", id)
	}
	return id
}
