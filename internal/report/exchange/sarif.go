package exchange

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// printName is the name of our fingerprint in partialFingerprints.
const printName = "plimsoll/v1"

// The part of SARIF 2.1.0 that carries decisions.
type (
	log struct {
		Schema  string `json:"$schema"`
		Version string `json:"version"`
		Runs    []run  `json:"runs"`
	}
	run struct {
		Tool struct {
			Driver driver `json:"driver"`
		} `json:"tool"`
		ColumnKind string   `json:"columnKind,omitempty"`
		Results    []result `json:"results"`
	}
	driver struct {
		Name           string `json:"name"`
		Version        string `json:"version,omitempty"`
		InformationURI string `json:"informationUri,omitempty"`
	}
	result struct {
		RuleID  string `json:"ruleId"`
		Rule    *rule  `json:"rule,omitempty"`
		Message struct {
			Text string `json:"text"`
		} `json:"message"`
		Locations           []location        `json:"locations,omitempty"`
		PartialFingerprints map[string]string `json:"partialFingerprints,omitempty"`
		Suppressions        []suppression     `json:"suppressions"`
	}
	rule struct {
		ID string `json:"id"`
	}
	location struct {
		Physical struct {
			Artifact struct {
				URI       string `json:"uri"`
				URIBaseID string `json:"uriBaseId,omitempty"`
			} `json:"artifactLocation"`
			Region region `json:"region"`
		} `json:"physicalLocation"`
	}
	region struct {
		StartLine int `json:"startLine"`
		Snippet   struct {
			Text string `json:"text"`
		} `json:"snippet,omitzero"`
	}
	suppression struct {
		Kind          string         `json:"kind"`
		Status        string         `json:"status,omitempty"`
		Justification string         `json:"justification,omitempty"`
		Properties    map[string]any `json:"properties,omitempty"`
	}
)

// SARIF writes a log of the findings that were decided on, each with its
// suppression. What will be fixed, or is not in force, is under review.
func SARIF(w io.Writer, version string, words []Word) error {
	var r run
	r.Tool.Driver = driver{"Plimsoll", version, "https://github.com/plimsoll-dev/plimsoll"}
	r.ColumnKind, r.Results = "utf16CodeUnits", []result{}
	for _, word := range words {
		r.Results = append(r.Results, resultOf(word))
	}
	return write(w, log{"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json", "2.1.0", []run{r}})
}

func resultOf(word Word) (r result) {
	f, d := word.Finding, word.Decision
	r.RuleID, r.Message.Text = f.Rule, clean.Line(f.Message)
	r.PartialFingerprints = map[string]string{printName: f.Fingerprint}
	if f.Path != "" {
		var at location
		parts := strings.Split(f.Path, "/")
		for i := range parts {
			parts[i] = strings.ReplaceAll(url.PathEscape(parts[i]), ":", "%3A")
		}
		at.Physical.Artifact.URI, at.Physical.Artifact.URIBaseID = strings.Join(parts, "/"), "%SRCROOT%"
		at.Physical.Region.StartLine = max(1, f.Line)
		r.Locations = []location{at}
	}
	s := suppression{Kind: "external", Status: "underReview", Justification: d.Because}
	if d.Verdict != finding.Fix && f.Earlier == nil {
		s.Status = "accepted"
	}
	if word.Whole {
		s.Properties = map[string]any{"plimsoll": d.Map()}
	} else {
		s.Properties = map[string]any{"coveredBy": d.Fingerprint}
	}
	r.Suppressions = []suppression{s}
	return r
}

func readSARIF(runs []json.RawMessage) (all []Given, err error) {
	for _, raw := range runs {
		var r run
		if err := json.Unmarshal(raw, &r); err != nil {
			return nil, fault.Wrap(fault.Usage, err, "give a SARIF 2.1.0 log", "reading the results")
		}
		for i := range r.Results {
			for _, s := range r.Results[i].Suppressions {
				if s.Properties["coveredBy"] != nil {
					continue
				}
				if len(all) == mostWords {
					return nil, fault.New(fault.TooCostly, "split the file", "the file has more than %d suppressions", mostWords)
				}
				all = append(all, givenBy(&r, &r.Results[i], s))
			}
		}
	}
	return all, nil
}

func givenBy(r *run, res *result, s suppression) (g Given) {
	g.Tool, g.Rule = r.Tool.Driver.Name, res.RuleID
	if g.Rule == "" && res.Rule != nil {
		g.Rule = res.Rule.ID
	}
	if len(res.Locations) > 0 {
		at := res.Locations[0].Physical
		g.Path, _ = url.PathUnescape(strings.TrimPrefix(at.Artifact.URI, "./"))
		g.Line, g.Snippet = at.Region.StartLine, at.Region.Snippet.Text
	}
	if m, ok := s.Properties["plimsoll"].(map[string]any); ok {
		g.Ours = true
		g.Decision, g.Refused = ours(m)
		return g
	}
	g.Decision = finding.Decision{Fingerprint: res.PartialFingerprints[printName], Because: strings.Join(strings.Fields(s.Justification), " ")}
	for _, name := range []string{"by", "author", "suppressedBy"} {
		if by, ok := s.Properties[name].(string); ok && g.Decision.By == "" {
			g.Decision.By = strings.TrimSpace(by)
		}
	}
	if s.Status != "" && s.Status != "accepted" {
		g.Refused = "its status is " + s.Status
	}
	return g
}
