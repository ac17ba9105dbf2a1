// Package declare writes a dossier as CycloneDX 1.6 declarations: what is
// claimed of the product, by which evidence, and how far each requirement of a
// standard is met.
//
// Nothing is made up to fill a field. A claim is there where a requirement
// passes, a counter-claim where it fails; what is unknown has no score. Nobody
// has affirmed the document, so it has no affirmation and no signatory: whoever
// wants one signs the file.
package declare

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/CycloneDX/cyclonedx-go"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// CycloneDX writes d as a CycloneDX 1.6 document in JSON.
func CycloneDX(w io.Writer, d *dossier.Dossier) error {
	b := &builder{d: d.Sorted(), digest: d.Digest()}
	b.book = b.d.Book()
	var out bytes.Buffer
	encoder := cyclonedx.NewBOMEncoder(&out, cyclonedx.BOMFileFormatJSON)
	encoder.SetPretty(true)
	encoder.SetEscapeHTML(true)
	if err := encoder.EncodeVersion(b.document(), cyclonedx.SpecVersion1_6); err != nil {
		return fmt.Errorf("encoding the declarations: %w", err)
	}
	if _, err := w.Write(clean.JSON(out.Bytes())); err != nil {
		return fmt.Errorf("writing the declarations: %w", err)
	}
	return nil
}

type builder struct {
	d      *dossier.Dossier
	digest string
	book   dossier.Book
}

// References within the document, by what they name.
const (
	targetRef   = "product"
	assessorRef = "assessor"
)

func standardRef(catalogue string) string { return "standard:" + cmp.Or(catalogue, knowledge.Own) }

func requirementRef(q *dossier.Requirement) string {
	return "requirement:" + cmp.Or(q.Catalogue, knowledge.Own) + ":" + dossier.Text(q.ID)
}

func claimRef(q *dossier.Requirement) string { return "claim:" + requirementRef(q) }

func evidenceRef(e *dossier.Evidence) string {
	return "evidence:" + dossier.UUID("evidence", string(e.Kind), e.Digest, e.By, e.Requirement)
}

func counterRef(e *dossier.Evidence) string { return "counter-" + evidenceRef(e) }

func (b *builder) document() *cyclonedx.BOM {
	bom := cyclonedx.NewBOM()
	bom.SerialNumber = "urn:uuid:" + dossier.UUID("cyclonedx", b.digest)
	bom.Metadata = &cyclonedx.Metadata{
		Timestamp: moment(b.d.AsOf),
		Tools: &cyclonedx.ToolsChoice{Components: &[]cyclonedx.Component{{Type: cyclonedx.ComponentTypeApplication,
			Name: said(b.d.Tool.Name), Version: dossier.Text(b.d.Tool.Version), Hashes: hashes(b.d.Tool.Digest)}}},
		Component: b.product("product-itself"),
		Properties: &[]cyclonedx.Property{
			{Name: "plimsoll:gate", Value: dossier.Text(string(b.d.Gate))}, {Name: "plimsoll:gate:reason", Value: dossier.Text(b.d.GateReason)},
			{Name: "plimsoll:commit", Value: dossier.Text(b.d.Commit)},
		},
	}
	bom.Definitions = &cyclonedx.Definitions{Standards: list(b.standards())}
	bom.Declarations = &cyclonedx.Declarations{
		Assessors:    &[]cyclonedx.Assessor{{BOMRef: assessorRef, Organization: &cyclonedx.OrganizationalEntity{Name: said(b.d.Tool.Name)}}},
		Attestations: &[]cyclonedx.Attestation{b.attestation()},
		Claims:       list(b.claims()), Evidence: list(b.evidence()),
		Targets: &cyclonedx.Targets{Components: &[]cyclonedx.Component{*b.product(targetRef)}},
	}
	return bom
}

// list is a pointer to l, nil where l is empty.
func list[T any](l []T) *[]T {
	if len(l) == 0 {
		return nil
	}
	return &l
}

func said(text string) string { return cmp.Or(dossier.Text(text), "unnamed") }

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// hashes is a SHA-256 digest as the format wants it.
func hashes(digest string) *[]cyclonedx.Hash {
	value, ok := bytes.CutPrefix([]byte(digest), []byte("sha256:"))
	if !ok || len(value) != 64 || len(bytes.Trim(value, "0123456789abcdef")) > 0 {
		return nil
	}
	return &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: string(value)}}
}

func (b *builder) product(ref string) *cyclonedx.Component {
	return &cyclonedx.Component{BOMRef: ref, Type: cyclonedx.ComponentTypeApplication, Name: said(b.d.Product),
		Version: dossier.Text(b.d.Commit), Description: dossier.Text(b.d.Description)}
}

// standards are the catalogues with their requirements, those that do not apply
// among them: a reader should see what was left out.
func (b *builder) standards() []cyclonedx.StandardDefinition {
	var all []cyclonedx.StandardDefinition
	for _, c := range b.catalogues() {
		s := cyclonedx.StandardDefinition{BOMRef: standardRef(c.Name), Name: said(c.Title), Version: dossier.Text(c.Version),
			Description: dossier.Text(c.Attribution), Owner: dossier.Text(c.Publisher)}
		if link := dossier.WebAddress(c.Address); link != "" {
			s.ExternalReferences = &[]cyclonedx.ExternalReference{{Type: cyclonedx.ERTypeWebsite, URL: link}}
		}
		var requirements []cyclonedx.StandardRequirement
		for i := range b.d.Requirements {
			if q := &b.d.Requirements[i]; cmp.Or(q.Catalogue, knowledge.Own) == cmp.Or(c.Name, knowledge.Own) {
				requirements = append(requirements, standardRequirement(q))
			}
		}
		s.Requirements = list(requirements)
		all = append(all, s)
	}
	return all
}

// catalogues are those that the dossier names, and those that only its
// requirements do.
func (b *builder) catalogues() []dossier.Catalogue {
	all := slices.Clone(b.d.Catalogues)
	for _, q := range b.d.Requirements {
		name := cmp.Or(q.Catalogue, knowledge.Own)
		if !slices.ContainsFunc(all, func(c dossier.Catalogue) bool { return cmp.Or(c.Name, knowledge.Own) == name }) {
			all = append(all, dossier.Catalogue{Name: name, Title: name})
		}
	}
	return all
}

func standardRequirement(q *dossier.Requirement) cyclonedx.StandardRequirement {
	r := cyclonedx.StandardRequirement{BOMRef: requirementRef(q), Identifier: said(q.ID), Title: dossier.Text(q.Title), Text: dossier.Text(q.Official),
		Properties: &[]cyclonedx.Property{{Name: "plimsoll:level", Value: strconv.Itoa(q.Level)}, {Name: "plimsoll:status", Value: dossier.Text(string(q.Status))}}}
	if text := dossier.Text(q.Statement); text != "" {
		r.Descriptions = &[]string{text}
	}
	return r
}

// attestation says of each requirement that applies how far it is met.
func (b *builder) attestation() cyclonedx.Attestation {
	a := cyclonedx.Attestation{Summary: said(b.d.GateReason), Assessor: assessorRef}
	var all []cyclonedx.AttestationMap
	for i := range b.d.Requirements {
		q := &b.d.Requirements[i]
		if q.Status == event.NotApplicable {
			continue
		}
		m := cyclonedx.AttestationMap{Requirement: requirementRef(q)}
		refs := &[]cyclonedx.BOMReference{cyclonedx.BOMReference(claimRef(q))}
		switch q.Status {
		case event.Pass:
			m.Claims = refs
		case event.Fail, event.Exempt:
			m.CounterClaims = refs
		}
		m.Conformance = conformance(q)
		m.Confidence = b.confidence(q)
		all = append(all, m)
	}
	a.Map = list(all)
	return a
}

// conformance is 1 for a pass and 0 for what is known not to be met. Of anything
// else nobody can tell, and a number would.
func conformance(q *dossier.Requirement) *cyclonedx.AttestationConformance {
	c := &cyclonedx.AttestationConformance{Rationale: said(string(q.Status) + ": " + q.Reason)}
	switch q.Status {
	case event.Pass:
		c.Score = score(1)
	case event.Fail, event.Exempt:
		c.Score = score(0)
	}
	return c
}

// confidence is the strength of the evidence that stands, a quarter for each of
// the four steps: a word, a documented or reviewed word, a test or check, both.
func (b *builder) confidence(q *dossier.Requirement) *cyclonedx.AttestationConfidence {
	var word, machine float64
	for _, e := range b.book.Of(q) {
		switch {
		case e.Refused != "" || e.Stale != "":
		case e.Kind != dossier.Attestation:
			machine = 3
		case e.Reviewer != "" || len(e.Basis) > 0:
			word = 2
		default:
			word = max(word, 1)
		}
	}
	strength := max(word, machine)
	if word > 0 && machine > 0 {
		strength = 4
	}
	if strength == 0 {
		return nil
	}
	return &cyclonedx.AttestationConfidence{Score: score(strength / 4), Rationale: fmt.Sprintf("strength of the evidence: %.0f of 4", strength)}
}

func score(n float64) *float64 { return &n }
