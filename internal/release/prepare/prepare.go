// Package prepare makes a release ready to be approved: it takes down what is
// handed over and how the product stands, judges the preconditions, and writes
// all of it to one file whose bytes are what people approve.
package prepare

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/bill"
	"github.com/plimsoll-dev/plimsoll/internal/release/checklist"
	"github.com/plimsoll-dev/plimsoll/internal/release/deliverable"
	"github.com/plimsoll-dev/plimsoll/internal/release/provenance"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/registry"
	"github.com/plimsoll-dev/plimsoll/internal/release/releases"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Product is the product as it stands now.
type Product struct {
	*product.Product
	Repo    *repo.Repo
	Roots   []string
	Verdict verify.Verdict
	// Facts are those of the assessment; preparing adds those of the release.
	Facts    checklist.Facts
	Evidence []verify.Evidence
	// Trust is the organisation's trust file, by which the release before is
	// verified; nil where there is none.
	Trust *verify.Trust
}

// Request is what somebody asks for.
type Request struct {
	Version   string
	Commit    string    // what is released; HEAD where it is empty
	Named     []Named   // empty for the deliverables of product.yaml
	Bills     []string  // bills of materials that the build wrote, by path
	BillsAt   time.Time // what they are dated that are written here; Now where it is zero
	By        string    // who prepares
	Emergency *Emergency
	Now       time.Time
	Tool      string
	Getenv    func(string) string
	Registry  *registry.Client // asks nobody unless an image is named in a registry
	Layers    bool             // read the layers of such an image, too
}

// Named is a deliverable by its path, or an image by its name in a registry.
type Named struct {
	Path   string
	Kind   verify.Kind
	Digest string // of an image in a registry, where it is known already
}

// Draft is a release before it is written.
type Draft struct {
	Prepared record.Prepared
	Attached []deliverable.Attached
	Outcomes []checklist.Outcome
	Notes    []string // what somebody might have expected and is not there

	released, pending bool
}

// Unmet are the preconditions that hold the release up.
func (d *Draft) Unmet() []checklist.Outcome {
	var out []checklist.Outcome
	for i, o := range d.Outcomes {
		if !o.Met && d.Prepared.Preconditions[i].Waived == "" {
			out = append(out, o)
		}
	}
	return out
}

// Prepare makes a draft. It writes nothing.
func Prepare(ctx context.Context, p Product, r Request) (*Draft, error) {
	if err := releases.CheckVersion(r.Version); err != nil {
		return nil, err
	}
	w := &work{Product: p, Request: r, draft: &Draft{}}
	steps := []func(context.Context) error{w.history, w.takeAll, w.bills, w.changelog, w.emergency, w.judge}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return w.draft, nil
}

// work is a release that is being prepared.
type work struct {
	Product
	Request
	draft    *Draft
	taken    []deliverable.Taken
	programs map[string][]bill.Program // by deliverable
	previous string
	base     string // the commit of the release before
	authors  []string
	asked    *verify.Emergency
	needs    []record.Need
	validFor time.Duration
}

// commit is what is released.
func (w *work) commit() string { return cmp.Or(w.Commit, w.Repo.Head()) }

// judge evaluates the preconditions and fills in what people will approve.
func (w *work) judge(context.Context) error {
	f := w.placed(w.Facts)
	f.Commit, f.Emergency, f.Deliverables = w.commit(), w.asked != nil, len(w.taken)
	f.Authors, f.PreparedBy, f.Now = w.authors, w.By, w.Now
	for _, o := range w.People() {
		f.Owners = append(f.Owners, o.Name)
	}
	w.Facts = f
	var err error
	if w.draft.Outcomes, err = checklist.Evaluate(w.Product.Product, f); err != nil {
		return err
	}
	return w.fill()
}

// placed adds where the release stands among the others.
func (w *work) placed(f checklist.Facts) checklist.Facts {
	f.Version, f.Previous, f.Line = w.Version, w.previous, w.Release.Line
	f.Later, f.Released = w.previous != "" && releases.Compare(w.Version, w.previous) > 0, w.draft.released
	return f
}

func (w *work) fill() error {
	p := &w.draft.Prepared
	*p = record.Prepared{Type: record.PreparedType, Product: w.Name, Version: w.Version, Line: w.Release.Line, Commit: w.commit(), Roots: w.Roots,
		Authors: w.authors, Previous: w.previous, PreparedAt: w.Now.UTC().Truncate(time.Second), PreparedBy: w.By, Verdict: w.Verdict,
		Preconditions: checklist.Preconditions(w.draft.Outcomes, w.asked != nil), Evidence: w.Evidence, Emergency: w.asked, Needs: w.needs,
		ValidFor: fmt.Sprintf("%dh", int(w.validFor.Hours()))}
	for _, t := range w.taken {
		p.Deliverables = append(p.Deliverables, t.Deliverable)
		w.draft.Attached = append(w.draft.Attached, t.Attached...)
	}
	w.draft.Attached = deliverable.Unique(w.draft.Attached)
	for _, a := range w.draft.Attached {
		p.Attached = append(p.Attached, a.Attachment)
	}
	statement, note, err := provenance.Statement(w.Getenv, w.commit(), subjects(p.Deliverables), w.Now)
	if err != nil {
		return fmt.Errorf("writing the provenance: %w", err)
	}
	if statement != nil {
		p.Statements = append(p.Statements, statement)
	} else {
		w.draft.Notes = append(w.draft.Notes, "there is no provenance: "+note)
	}
	return nil
}

func subjects(all []verify.Deliverable) []verify.Subject {
	out := make([]verify.Subject, len(all))
	for i, d := range all {
		out[i] = verify.Subject{Name: d.Name, Digest: map[string]string{"sha256": d.Digest[len("sha256:"):]}}
	}
	return out
}

// bills writes the bill of materials and attaches those of the build.
func (w *work) bills(context.Context) error {
	if len(w.taken) == 0 {
		return nil
	}
	r := bill.Release{Product: w.Name, Version: w.Version, At: w.Now, Tool: w.Tool, Programs: w.programs}
	if !w.BillsAt.IsZero() {
		r.At = w.BillsAt
	}
	for _, t := range w.taken {
		r.Deliverables = append(r.Deliverables, t.Deliverable)
		if len(w.programs[t.Name]) == 0 && len(w.Bills) == 0 {
			w.Facts.WithoutSBOM = append(w.Facts.WithoutSBOM, t.Name)
		}
	}
	for _, b := range []struct {
		name, media string
		write       func(bill.Release) ([]byte, error)
	}{{"sbom.cdx.json", "application/vnd.cyclonedx+json", bill.CycloneDX}, {"sbom.spdx.json", "application/spdx+json", bill.SPDX}} {
		data, err := b.write(r)
		if err != nil {
			return fmt.Errorf("writing %s: %w", b.name, err)
		}
		w.draft.Attached = append(w.draft.Attached, deliverable.Attach(b.name, b.media, data))
	}
	for _, name := range w.Bills {
		a, err := w.foreignBill(name)
		if err != nil {
			return err
		}
		w.draft.Attached = append(w.draft.Attached, a)
	}
	return nil
}

// Needs is who must approve.
func needs(all []product.Approval) []record.Need {
	out := make([]record.Need, len(all))
	for i, a := range all {
		out[i] = record.Need{Count: a.Count, Roles: slices.Clone(a.Roles)}
	}
	return out
}

// unreadable is the fault of a file that the release needs.
func unreadable(name string, err error) error {
	return fault.Wrap(fault.Incomplete, err, "see whether it can be read", "reading %s", name)
}
