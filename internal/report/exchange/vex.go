package exchange

import (
	"cmp"
	"encoding/json"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
)

// The part of OpenVEX 0.2.0 that carries decisions.
type (
	document struct {
		Context    string      `json:"@context"`
		ID         string      `json:"@id"`
		Author     string      `json:"author"`
		Timestamp  string      `json:"timestamp"`
		Version    int         `json:"version"`
		Tooling    string      `json:"tooling,omitempty"`
		Statements []statement `json:"statements"`
	}
	statement struct {
		Vulnerability vulnerability `json:"vulnerability"`
		Products      []product     `json:"products"`
		Status        string        `json:"status"`
		Notes         string        `json:"status_notes,omitempty"`
		Justification string        `json:"justification,omitempty"`
		Impact        string        `json:"impact_statement,omitempty"`
		Action        string        `json:"action_statement,omitempty"`
		Timestamp     string        `json:"timestamp,omitempty"`
	}
	vulnerability struct {
		Name    string   `json:"name"`
		Aliases []string `json:"aliases,omitempty"`
	}
	product struct {
		ID            string    `json:"@id"`
		Subcomponents []product `json:"subcomponents,omitempty"`
	}
)

// notePrefix begins the status notes in which a decision travels as a whole.
const notePrefix = "plimsoll decision "

// OpenVEX writes a document of the decisions: a false positive does not affect
// the product, for the reason given; what is accepted or will be fixed does.
func OpenVEX(w io.Writer, name, author, version string, at time.Time, words []Word) error {
	doc := document{Context: "https://openvex.dev/ns/v0.2.0", Author: author, Timestamp: at.UTC().Format(time.RFC3339), Version: 1,
		Tooling: "plimsoll " + version, Statements: []statement{}}
	prints := make([]string, 0, len(words))
	for _, word := range words {
		// The decision itself says what it covers; and of a file that nobody has
		// looked into there is nothing to state.
		if !word.Whole || word.Decision.Rule == finding.Unexamined {
			continue
		}
		s, err := statementOf(name, word)
		if err != nil {
			return err
		}
		doc.Statements = append(doc.Statements, s)
		prints = append(prints, word.Finding.Fingerprint)
	}
	doc.ID = "https://plimsoll.dev/vex/" + finding.Fingerprint("vex", name, doc.Timestamp, strings.Join(prints, " "))
	return write(w, doc)
}

func statementOf(name string, word Word) (s statement, err error) {
	f, d := word.Finding, word.Decision
	note, err := json.Marshal(d.Map())
	if err != nil {
		return s, err
	}
	s = statement{Vulnerability: vulnerability{Name: cmp.Or(vulnerabilityID.FindString(f.Rule+" "+f.Message), f.Rule)}, Notes: notePrefix + string(note)}
	if on, err := time.Parse(time.DateOnly, d.On); err == nil {
		s.Timestamp = on.Format(time.RFC3339)
	}
	s.Products = []product{{ID: "pkg:generic/" + url.PathEscape(name), Subcomponents: partOf(name, f)}}
	switch d.Verdict {
	case finding.FalsePositive:
		s.Status, s.Impact = "not_affected", d.Because
	case finding.Accepted:
		s.Status, s.Action = "affected", "accepted until "+d.Until+" by "+d.By+": "+d.Because
	default:
		s.Status, s.Action = "affected", "will be fixed by "+d.Until+": "+d.Because
	}
	return s, nil
}

// partOf names the file that a finding stands in.
func partOf(name string, f *event.Finding) []product {
	if f.Path == "" {
		return nil
	}
	parts := strings.Split(f.Path, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return []product{{ID: "pkg:generic/" + url.PathEscape(name) + "#" + strings.Join(parts, "/")}}
}

// vulnerabilityID takes what the world knows a vulnerability by.
var vulnerabilityID = regexp.MustCompile(`\b(CVE-\d{4}-\d{4,}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}|GO-\d{4}-\d{4,}|PYSEC-\d{4}-\d+|RUSTSEC-\d{4}-\d{4})\b`)

func readVEX(data []byte) (all []Given, err error) {
	var doc document
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fault.Wrap(fault.Usage, err, "give an OpenVEX 0.2.0 document", "reading the statements")
	}
	if len(doc.Statements) > mostWords {
		return nil, fault.New(fault.TooCostly, "split the file", "the file has more than %d statements", mostWords)
	}
	for i := range doc.Statements {
		all = append(all, givenIn(&doc, &doc.Statements[i]))
	}
	return all, nil
}

func givenIn(doc *document, s *statement) (g Given) {
	g.Vulnerabilities = append([]string{s.Vulnerability.Name}, s.Vulnerability.Aliases...)
	for _, p := range s.Products {
		for _, part := range p.Subcomponents {
			g.Products = append(g.Products, part.ID)
		}
		if len(p.Subcomponents) == 0 {
			g.Products = append(g.Products, p.ID)
		}
	}
	if text, ok := strings.CutPrefix(s.Notes, notePrefix); ok {
		var m map[string]any
		if json.Unmarshal([]byte(text), &m) == nil {
			g.Ours = true
			g.Decision, g.Refused = ours(m)
			g.Rule = g.Decision.Rule
			return g
		}
	}
	reason := s.Impact
	if s.Justification != "" {
		reason = strings.TrimSuffix(strings.ReplaceAll(s.Justification, "_", " ")+": "+reason, ": ")
	}
	g.Decision = finding.Decision{Verdict: finding.FalsePositive, Because: strings.Join(strings.Fields(reason), " "), By: strings.TrimSpace(doc.Author)}
	if s.Status != "not_affected" {
		g.Refused = "its status is " + s.Status
	}
	return g
}
