// Package openvex reads OpenVEX documents: statements on whether a known
// vulnerability can harm a product that contains it.
//
// The types are our own, since the format is small and the project's Go module
// brings YAML and Protocol Buffers along. Source: OpenVEX specification 0.2.0;
// the looser forms of 0.0.x, where a vulnerability or a product is a string,
// are read too.
package openvex

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/docfile"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Context is what the @context of every OpenVEX document begins with.
const Context = "https://openvex.dev/ns"

// Status of a statement (section "Status Labels").
type Status string

const (
	NotAffected Status = "not_affected"
	Affected    Status = "affected"
	Fixed       Status = "fixed"
	UnderStudy  Status = "under_investigation"
)

// Document is one file.
type Document struct {
	ID         string
	Author     string
	Tool       string // that wrote it; "OpenVEX" where it does not say
	Time       time.Time
	Statements []Statement
	// Faults say which statements cannot be used, and why.
	Faults []string
}

// Statement says something of one vulnerability in some products.
type Statement struct {
	// IDs are all names of the vulnerability: name, aliases, the end of its @id.
	IDs           []string
	Status        Status
	Products      []Product
	Justification string // machine-readable reason of not_affected
	Impact        string // the same in words
	Action        string // what to do, for affected
	Notes         string
	Time          time.Time // when it was last said
	Index         int       // position in the document, from 0
}

// Product is a product or a part of one, by purl or any other identifier.
type Product struct {
	IDs   []string // at least one
	Parts []Product
}

type wireDocument struct {
	Context     string          `json:"@context"`
	ID          string          `json:"@id"`
	Author      string          `json:"author"`
	Tooling     string          `json:"tooling"`
	Timestamp   string          `json:"timestamp"`
	LastUpdated string          `json:"last_updated"`
	Statements  []wireStatement `json:"statements"`
}

type wireStatement struct {
	Vulnerability wireVulnerability `json:"vulnerability"`
	Products      []wireProduct     `json:"products"`
	Parts         []wireProduct     `json:"subcomponents"` // 0.0.x
	Status        Status            `json:"status"`
	Justification string            `json:"justification"`
	Impact        string            `json:"impact_statement"`
	Action        string            `json:"action_statement"`
	Notes         string            `json:"status_notes"`
	Timestamp     string            `json:"timestamp"`
	LastUpdated   string            `json:"last_updated"`
}

type wireVulnerability struct {
	ID      string   `json:"@id"`
	Name    string   `json:"name"`
	Aliases []string `json:"aliases"`
}

type wireProduct struct {
	ID          string            `json:"@id"`
	Identifiers map[string]string `json:"identifiers"`
	Hashes      map[string]string `json:"hashes"`
	Parts       []wireProduct     `json:"subcomponents"`
}

func (v *wireVulnerability) UnmarshalJSON(data []byte) error {
	type object wireVulnerability // without this method
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &v.Name)
	}
	return json.Unmarshal(data, (*object)(v))
}

func (p *wireProduct) UnmarshalJSON(data []byte) error {
	type object wireProduct
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &p.ID)
	}
	return json.Unmarshal(data, (*object)(p))
}

// Parse reads one document in UTF-8. The error is a *fault.Error.
func Parse(data []byte) (*Document, error) {
	var w wireDocument
	if err := json.Unmarshal(data, &w); err != nil {
		return nil, docfile.JSONFault(data, 0, err)
	}
	if !strings.HasPrefix(w.Context, Context) {
		return nil, fault.New(fault.Incomplete, "", "reading OpenVEX: the @context is %q, not %s", docfile.OneLine(w.Context, 80), Context)
	}
	doc := &Document{
		ID: docfile.OneLine(w.ID, 300), Author: docfile.OneLine(w.Author, 200),
		Tool: cmp.Or(docfile.OneLine(w.Tooling, 100), "OpenVEX"), Time: latest(w.Timestamp, w.LastUpdated),
	}
	for i := range w.Statements {
		s, err := statement(&w.Statements[i], i, doc.Time)
		if err != nil {
			doc.Faults = append(doc.Faults, err.Error())
			continue
		}
		doc.Statements = append(doc.Statements, s)
	}
	return doc, nil
}

// statement takes over a statement; the document's time stands where it has
// none of its own (section "Inheritance Flow").
func statement(w *wireStatement, index int, inherited time.Time) (Statement, error) {
	s := Statement{
		IDs: w.Vulnerability.ids(), Status: w.Status, Index: index,
		Justification: docfile.OneLine(w.Justification, 100), Impact: docfile.OneLine(w.Impact, 500),
		Action: docfile.OneLine(w.Action, 500), Notes: docfile.OneLine(w.Notes, 500),
		Time: latest(w.Timestamp, w.LastUpdated), Products: products(w.Products),
	}
	if s.Time.IsZero() {
		s.Time = inherited
	}
	parts := products(w.Parts)
	for i := range s.Products {
		if len(s.Products[i].Parts) == 0 {
			s.Products[i].Parts = parts
		}
	}
	return s, s.check()
}

func (s *Statement) check() error {
	number := s.Index + 1
	switch {
	case len(s.IDs) == 0:
		return fmt.Errorf("statement %d names no vulnerability", number)
	case !slices.Contains([]Status{NotAffected, Affected, Fixed, UnderStudy}, s.Status):
		return fmt.Errorf("statement %d on %s has the unknown status %q", number, s.IDs[0], docfile.OneLine(string(s.Status), 40))
	case len(s.Products) == 0:
		return fmt.Errorf("statement %d on %s names no product", number, s.IDs[0])
	case s.Status == NotAffected && s.Justification == "" && s.Impact == "":
		return fmt.Errorf("statement %d says that %s does no harm, and does not say why", number, s.IDs[0])
	}
	return nil
}

// Because is the reason that a statement gives, in words.
func (s *Statement) Because() string {
	reason := cmp.Or(s.Impact, s.Notes)
	label := strings.ReplaceAll(s.Justification, "_", " ")
	switch {
	case label == "" && reason == "":
		return "VEX statement: " + strings.ReplaceAll(string(s.Status), "_", " ")
	case label == "":
		return reason
	case reason == "":
		return label
	}
	return label + ": " + reason
}

func (v *wireVulnerability) ids() []string {
	var ids []string
	for _, id := range append([]string{v.Name, v.ID[strings.LastIndexByte(v.ID, '/')+1:]}, v.Aliases...) {
		id = docfile.OneLine(id, 100)
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// products flattens nothing: parts of parts are rare, and taken as parts.
func products(list []wireProduct) []Product {
	var all []Product
	for _, w := range list {
		p := Product{IDs: w.ids()}
		for _, part := range w.Parts {
			if ids := part.ids(); len(ids) > 0 {
				p.Parts = append(p.Parts, Product{IDs: ids})
			}
		}
		if len(p.IDs) > 0 {
			all = append(all, p)
		}
	}
	return all
}

func (w *wireProduct) ids() []string {
	var ids []string
	if w.ID != "" {
		ids = append(ids, w.ID)
	}
	for _, id := range w.Identifiers {
		if id != "" && id != w.ID {
			ids = append(ids, id)
		}
	}
	for algorithm, hash := range w.Hashes {
		ids = append(ids, algorithm+":"+hash)
	}
	slices.Sort(ids)
	return ids
}

func latest(times ...string) time.Time {
	var t time.Time
	for _, s := range times {
		if at := docfile.Time(s); at.After(t) {
			t = at
		}
	}
	return t
}
