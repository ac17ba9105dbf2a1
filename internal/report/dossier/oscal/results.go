package oscal

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
)

// AssessmentResults writes d as OSCAL assessment results.
func AssessmentResults(w io.Writer, d *dossier.Dossier) error {
	b := newBuilder(d, "assessment-results")
	document := assessmentResults{
		UUID: b.uuid("document"), Metadata: b.metadata("Assessment results of " + said(d.Product)),
		ImportAP:   href{Href: "#" + b.uuid("plan"), Remarks: "The plan is the requirements' own: each says how it is verified and how strong the evidence must be."},
		Results:    []result{b.result()},
		BackMatter: b.backMatter(),
	}
	return write(w, "assessment-results", document)
}

// write encodes a document under its root key.
func write(w io.Writer, root string, document any) error {
	text, err := json.MarshalIndent(map[string]any{root: document}, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the %s: %w", root, err)
	}
	if _, err := w.Write(append(clean.JSON(text), '\n')); err != nil {
		return fmt.Errorf("writing the %s: %w", root, err)
	}
	return nil
}

// builder makes the parts that both documents have.
type builder struct {
	d      *dossier.Dossier
	kind   string
	digest string
	book   dossier.Book
	exempt map[string]*dossier.Exemption // that hold, by requirement
}

func newBuilder(d *dossier.Dossier, kind string) *builder {
	b := &builder{d: d.Sorted(), kind: kind, digest: d.Digest(), exempt: map[string]*dossier.Exemption{}}
	b.book = b.d.Book()
	for i, e := range b.d.Exemptions {
		if e.Holds {
			b.exempt[e.Requirement] = &b.d.Exemptions[i]
		}
	}
	return b
}

// uuid names a part of this very document: other content, other UUID. What a
// name means beyond it (a person, a record) has a UUID of its own.
func (b *builder) uuid(parts ...string) string {
	return dossier.UUID(append([]string{b.kind, b.digest}, parts...)...)
}

// lasting names what is the same in every document on this product, so that
// somebody who follows an item or a risk finds it again in the next one.
func (b *builder) lasting(kind, id string) string {
	return dossier.UUID(kind, b.d.Product, id)
}

func (b *builder) metadata(title string) metadata {
	m := metadata{Title: title, LastModified: moment(b.d.AsOf), Version: moment(b.d.AsOf), OSCALVersion: version,
		Props:   []property{prop("tool-digest", b.d.Tool.Digest)},
		Remarks: "Made by Plimsoll from the evidence alone: the same evidence gives this same document, byte for byte."}
	if b.d.Commit != "" {
		m.Props = append(m.Props, prop("commit", b.d.Commit))
	}
	seen := map[string]bool{}
	add := func(name string) {
		if name = dossier.Text(name); name != "" && !seen[name] {
			seen[name] = true
			m.Parties = append(m.Parties, party{UUID: person(name), Type: "person", Name: name})
		}
	}
	for _, o := range b.d.Owners {
		add(o.Name)
	}
	for _, e := range b.d.Evidence {
		if e.Kind == dossier.Attestation {
			add(e.By)
			add(e.Reviewer)
		}
	}
	return m
}

// person is the UUID of somebody by name, the same in every document.
func person(name string) string { return dossier.UUID("person", dossier.Text(name)) }

func (b *builder) tool() string {
	return dossier.UUID("tool", b.d.Tool.Name, b.d.Tool.Version, b.d.Tool.Digest)
}

func (b *builder) product() string { return dossier.UUID("product", b.d.Product) }

// moment is t as OSCAL takes it; never empty.
func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// result is everything that was found, as of the dossier's moment.
func (b *builder) result() result {
	r := result{
		UUID: b.uuid("result"), Title: "Gate: " + said(string(b.d.Gate)), Description: said(b.d.GateReason),
		Start: moment(b.start()), End: moment(b.d.AsOf),
		Props:            []property{prop("gate", string(b.d.Gate)), prop("gate-rule", b.d.GateRule)},
		LocalDefinitions: b.localDefinitions(),
		Observations:     b.observations(nil),
	}
	r.ReviewedControls = b.reviewed()
	for i := range b.d.Requirements {
		q := &b.d.Requirements[i]
		if q.Status == event.NotApplicable {
			continue
		}
		risky := q.Status == event.Fail || q.Status == event.Exempt
		r.Findings = append(r.Findings, b.finding(q, risky))
		if risky {
			r.Risks = append(r.Risks, b.risk(q))
		}
	}
	return r
}

// start is when the first of the evidence was made, the dossier's moment where
// there is none.
func (b *builder) start() time.Time {
	first := b.d.AsOf
	for _, e := range b.d.Evidence {
		if !e.Made.IsZero() && e.Made.Before(first) {
			first = e.Made
		}
	}
	return first
}

// reviewed lists the requirements that apply.
func (b *builder) reviewed() reviewedControls {
	controls := controlSelection{Description: "The requirements that apply to the product."}
	var objectives objectiveSelection
	for _, q := range b.d.Requirements {
		if q.Status != event.NotApplicable {
			controls.Include = append(controls.Include, control{token(q.ID)})
			objectives.Include = append(objectives.Include, objective{token(q.ID)})
		}
	}
	if len(controls.Include) == 0 {
		controls.All = &struct{}{}
	}
	reviewed := reviewedControls{Controls: []controlSelection{controls}}
	if len(objectives.Include) > 0 {
		reviewed.Objectives = []objectiveSelection{objectives}
	}
	return reviewed
}

// localDefinitions name the product, which is the subject, and the tool.
func (b *builder) localDefinitions() localDefinitions {
	subject := component{UUID: b.product(), Type: "this-system", Title: said(b.d.Product), Description: said(b.d.Description), Status: state{"operational"}}
	for _, f := range b.d.Facts {
		subject.Props = append(subject.Props, prop("fact", f.Name+"="+f.Value))
	}
	tool := component{UUID: b.tool(), Type: "software", Title: said(b.d.Tool.Name), Description: "The program that judged, version " + said(b.d.Tool.Version) + ".",
		Props: []property{prop("digest", b.d.Tool.Digest)}, Status: state{"operational"}}
	return localDefinitions{Components: []component{subject}, AssessmentAssets: assets{
		Components: []component{tool},
		Platforms:  []platform{{UUID: b.uuid("platform"), Title: tool.Title, Uses: []usesComponent{{tool.UUID}}}},
	}}
}

// backMatter names the plan and the catalogues, with their terms.
func (b *builder) backMatter() *backMatter {
	resources := []resource{{UUID: b.uuid("plan"), Title: "Verification plans",
		Description: "The verification plans built into the tool and those of the product's own requirements, as the tool's digest and the commit fix them."}}
	for _, c := range b.d.Catalogues {
		r := resource{UUID: dossier.UUID("catalogue", c.Name, c.Version), Title: said(c.Title + " " + c.Version)}
		if c.Attribution != "" {
			r.Citation = &citation{said(c.Attribution)}
		}
		if link := dossier.WebAddress(c.Address); link != "" {
			r.RLinks = []href{{Href: link}}
		}
		resources = append(resources, r)
	}
	return &backMatter{resources}
}
