package assess

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/report"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
	"github.com/plimsoll-dev/plimsoll/internal/requirement/official"
	"github.com/plimsoll-dev/plimsoll/internal/version"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Dossier puts together what a report on the requirements says. No check is
// called: it rests on the evidence there is, as the result beside it does.
func Dossier(ctx context.Context, o Options) (*dossier.Dossier, *Result, error) {
	o.NoCalls = true
	if o.Handler == nil {
		o.Handler = report.Tee()
	}
	a, err := judge(ctx, o.withDefaults())
	if err != nil {
		return nil, nil, err
	}
	s, err := stock(ctx, a)
	if err != nil {
		return nil, nil, err
	}
	result := a.result()
	d := &dossier.Dossier{
		Product: a.product.Name, Description: a.product.Description, AsOf: a.AsOf.UTC(), Commit: a.repo.Head(), Dirty: a.dirty,
		Tool:  dossier.Tool{Name: "plimsoll", Version: version.Version(), Digest: version.Digest()},
		Level: a.level(), GateRule: cmp.Or(a.product.Gate.Rule, product.DefaultGate),
		Gate: a.verdict.Gate, GateReason: a.verdict.Reason, Next: a.verdict.Next,
		Facts: a.facts, Findings: result.Findings, Problems: result.Problems,
		Evidence: append(a.checkRecords(), a.attestationRecords()...), Exemptions: a.dossierExemptions(), Tailoring: a.tailoring(),
	}
	for _, p := range a.product.Owners {
		d.Owners = append(d.Owners, dossier.Owner{Name: p.Name, Email: p.Email, Role: p.Role})
	}
	a.chart(ctx, d, s)
	return d, result, nil
}

// chart fills in the requirements, those that do not apply among them, and their
// catalogues, with the official texts where the user has imported them.
func (a *assessment) chart(ctx context.Context, d *dossier.Dossier, s shelf) {
	texts, imported := a.officialTexts(ctx, d)
	verdicts := make(map[string]event.Requirement, len(a.verdict.Requirements))
	for _, r := range a.verdict.Requirements {
		verdicts[r.ID] = r
	}
	used := map[string]bool{}
	for _, r := range a.selected {
		used[r.Catalogue] = true
		d.Requirements = append(d.Requirements, entryOf(r, verdicts[r.ID], texts[r.ID]))
	}
	for _, c := range s.catalogues() {
		if used[c.Name] {
			d.Catalogues = append(d.Catalogues, terms(c, imported))
		}
	}
}

// officialTexts reads what the user has imported. What is wrong with a file is
// told in the report; the report is written without it.
func (a *assessment) officialTexts(ctx context.Context, d *dossier.Dossier) (map[string]official.Text, []official.Catalogue) {
	var paths []string
	for _, f := range a.snapshot.Files() {
		if strings.HasPrefix(f.Path, official.Dir+"/") && strings.HasSuffix(f.Path, ".json") {
			paths = append(paths, f.Path)
		}
	}
	read := func(path string) ([]byte, error) { return a.catalogueFile(ctx, path) }
	texts, imported, faults := official.Load(read, paths)
	for _, f := range faults {
		p := problemOf("", f)
		p.Incomplete = false // the texts are beside the verdict
		d.Problems = append(d.Problems, p)
	}
	return texts, imported
}

// catalogueFile is configFile for the larger files that an import writes.
func (a *assessment) catalogueFile(ctx context.Context, path string) ([]byte, error) {
	files := a.snapshot.Files()
	i, found := slices.BinarySearchFunc(files, path, func(f repo.File, path string) int { return cmp.Compare(f.Path, path) })
	if !found {
		return nil, fmt.Errorf("%s is not there", path)
	}
	return repo.ReadFile(ctx, a.snapshot, files[i], official.MaxSize)
}

// terms are a catalogue's name and licence, and what was imported of it.
func terms(c knowledge.Catalogue, imported []official.Catalogue) dossier.Catalogue {
	out := dossier.Catalogue{Name: c.Name, Title: c.Title, Version: c.Version, Publisher: c.Publisher,
		Licence: c.Licence, Attribution: c.Attribution, Address: c.Address}
	for _, i := range imported {
		if i.Name == c.Name && i.Version == cmp.Or(c.Version, i.Version) {
			out.Digest = i.Source.Digest
			out.Licence = cmp.Or(out.Licence, i.Licence)
			if i.Attribution != "" && !strings.Contains(out.Attribution, i.Attribution) {
				out.Attribution = strings.TrimSpace(out.Attribution + " " + i.Attribution)
			}
		}
	}
	return out
}

// entryOf is one requirement with its verdict.
func entryOf(r requirement.Selected, v event.Requirement, text official.Text) dossier.Requirement {
	chapter := r.Section
	if chapter == "" {
		chapter = r.Wing
	}
	e := dossier.Requirement{
		ID: r.ID, Title: r.Title, Catalogue: r.Catalogue, Chapter: chapter, ChapterTitle: text.SectionTitle, Level: r.Level, Profiles: r.Profiles,
		Statement: r.Statement, Official: text.Text, Status: v.Status, Reason: v.Reason, Next: v.Next, Minutes: v.Cost, Until: v.Due,
		Automation: r.Plan.Automation, Methods: r.Plan.Methods, Strength: r.Plan.Strength, Days: r.Plan.Days, Owner: r.Plan.Owner,
		Checks: v.Checks, CWE: r.CWE, Maps: r.Maps, Evidence: v.Evidence,
	}
	if r.Applies {
		e.Because = r.Reason
	}
	return e
}
