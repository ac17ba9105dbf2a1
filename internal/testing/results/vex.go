package results

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/plimsoll-dev/plimsoll/internal/docfile"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/openvex"
)

// statement is what a VEX document says of one vulnerability in one product, or
// in one part of it.
type statement struct {
	*openvex.Statement
	product, part openvex.Product // part has no ids where the product as a whole is meant
	author, tool  string
	path          string
}

// maxStatements bounds the statements of a document, one for each product and part.
const maxStatements = 20_000

func (im *importer) vex(name string, doc *openvex.Document) {
	im.pass.Observe(event.Observation{What: "VEX statements", Tool: doc.Tool, Count: int64(len(doc.Statements))})
	for _, fault := range doc.Faults {
		im.note(name, "vex-statement", "complete the statement", "%s; it was not applied", fault)
	}
	im.age(name, cmp.Or(doc.Author, doc.Tool), doc.Time)
	before := len(im.statements)
	for i := range doc.Statements {
		s := &doc.Statements[i]
		for _, product := range s.Products {
			parts := product.Parts
			if len(parts) == 0 {
				parts = []openvex.Product{{}}
			}
			for _, part := range parts {
				if len(im.statements)-before >= maxStatements {
					im.lack(name, "split the document", "the document makes more than %d statements", maxStatements)
					return
				}
				im.statements = append(im.statements, statement{s, product, part, doc.Author, doc.Tool, name})
			}
		}
	}
}

// applyStatements lets the latest word on each vulnerability in each place
// stand: it decides findings of other tools, or is a finding itself.
func (im *importer) applyStatements() {
	slices.SortStableFunc(im.statements, func(a, b statement) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.path, b.path), cmp.Compare(a.Index, b.Index))
	})
	last := map[string]int{} // vulnerability and target → position of the latest
	for i := range im.statements {
		for _, id := range im.statements[i].IDs {
			last[key(id)+im.statements[i].target()] = i
		}
	}
	byID := map[string][]*statement{}
	live := make([]bool, len(im.statements))
	for i := range im.statements {
		s := &im.statements[i]
		superseded := slices.ContainsFunc(s.IDs, func(id string) bool { return last[key(id)+s.target()] != i })
		if superseded {
			continue
		}
		live[i] = true
		for _, id := range s.IDs {
			byID[key(id)] = append(byID[key(id)], s)
		}
	}
	for i := range im.found {
		im.found[i].heed(byID)
	}
	for i := range im.statements {
		if live[i] {
			im.state(&im.statements[i])
		}
	}
}

func key(id string) string { return strings.ToUpper(id) + "\n" }

func (s *statement) target() string {
	return strings.Join(s.product.IDs, "\n") + "\n\n" + strings.Join(s.part.IDs, "\n")
}

// heed applies to f the latest of the statements that are about it.
func (f *found) heed(byID map[string][]*statement) {
	var latest *statement
	for _, id := range f.vulnerabilities {
		for _, s := range byID[key(id)] {
			if s.covers(f) && (latest == nil || !s.Time.Before(latest.Time)) {
				latest = s
			}
		}
	}
	if latest == nil || f.Rule == Exploitable && f.stated.After(latest.Time) {
		return
	}
	verdict := ""
	switch latest.Status {
	case openvex.NotAffected:
		verdict = finding.FalsePositive
		if f.State != event.Fixed {
			f.State = event.Decided
		}
	case openvex.Fixed:
		f.State, verdict = event.Fixed, finding.Fix
	default:
		return
	}
	f.Decision = &event.Decision{Verdict: verdict, Because: latest.Because(), By: cmp.Or(latest.author, latest.path)}
}

// covers says whether a statement is about the finding: about the component
// that has the vulnerability, in this product or in any; or about the product
// as a whole. What a tool only says in words must name the package.
func (s *statement) covers(f *found) bool {
	if len(s.part.IDs) > 0 {
		return meets(s.part, f) && (len(f.product) == 0 || anyCovers(s.product.IDs, f.product) || meets(s.product, f))
	}
	return meets(s.product, f) || anyCovers(s.product.IDs, f.product)
}

func meets(p openvex.Product, f *found) bool {
	if len(f.components) > 0 {
		return anyCovers(p.IDs, f.components)
	}
	return slices.ContainsFunc(p.IDs, func(id string) bool { return mentions(f.Message, id) })
}

func anyCovers(stated, ids []string) bool {
	return slices.ContainsFunc(stated, func(s string) bool {
		return slices.ContainsFunc(ids, func(id string) bool { return openvex.Covers(s, id) })
	})
}

// mentions says whether a message names the package of a purl, and its version
// where the purl has one.
func mentions(message, id string) bool {
	names, version := openvex.PackageName(id)
	words := strings.FieldsFunc(message, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(`'"`+"`,;()[]", r)
	})
	for i := range words {
		words[i] = strings.TrimRight(words[i], ":.")
	}
	for _, name := range names {
		switch {
		case version != "" && slices.Contains(words, name+"@"+version):
			return true
		case version == "" && slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, name+"@") }):
			return true
		case slices.Contains(words, name) && (version == "" || slices.Contains(words, version)):
			return true
		}
	}
	return false
}

// state reports what a statement says is harmful, or may be.
func (im *importer) state(s *statement) {
	rule, words := Exploitable, "affects"
	switch s.Status {
	case openvex.Affected:
	case openvex.UnderStudy:
		rule, words = UnderInvestigation, "may affect"
	default:
		return
	}
	target := s.product.IDs[0]
	if len(s.part.IDs) > 0 {
		target = s.part.IDs[0] + " in " + target
	}
	notes := ""
	if detail := cmp.Or(s.Notes, s.Impact); detail != "" {
		notes = ": " + detail
	}
	f := im.own(rule, s.tool, s.path, 0, "%s %s %s%s", s.IDs[0], words, docfile.OneLine(target, 300), notes)
	f.Fix = s.Action
	f.Identity, f.Twin = []string{"vex", s.IDs[0], target}, s.path
	im.add(f)
}
