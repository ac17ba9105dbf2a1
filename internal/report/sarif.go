package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// longestSnippet is the most bytes of a line that is carried along; a minified
// file is one line.
const longestSnippet = 1 << 10

// srcRoot is the name by which consumers know the root of the source tree.
const srcRoot = "%SRCROOT%"

// sarif is SARIF 2.1.0: a run for Plimsoll, and one for each other tool whose
// results were imported.
func sarif(r *run, opt Options) ([]byte, error) {
	log := sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0",
	}
	for _, tool := range tools(r) {
		log.Runs = append(log.Runs, sarifRunOf(r, tool, opt))
	}
	out, err := json.MarshalIndent(log, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing SARIF: %w", err)
	}
	return append(clean.JSON(out), '\n'), nil
}

// tools are "" for Plimsoll, always, and the names of the others that said something.
func tools(r *run) []string {
	names := map[string]bool{"": true}
	for _, f := range r.findings {
		names[f.Tool] = true
	}
	for _, o := range r.observations {
		names[o.Tool] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func sarifRunOf(r *run, tool string, opt Options) sarifRun {
	worst := rulesOf(r, tool)
	rules := slices.Sorted(maps.Keys(worst))
	out := sarifRun{
		Tool:               sarifTool{sarifDriver{Name: cmp.Or(clean.Line(tool), "Plimsoll"), Rules: []sarifRule{}}},
		Invocations:        []sarifInvocation{{ExecutionSuccessful: true}},
		OriginalURIBaseIDs: map[string]sarifBase{srcRoot: {sarifText{"the root of the examined source tree"}}},
		ColumnKind:         "utf16CodeUnits",
		Results:            []sarifResult{},
		AutomationDetails:  &sarifAutomation{ID: "plimsoll/" + url.PathEscape(tool)},
	}
	if opt.Repository != "" {
		out.VersionControl = []sarifVersionControl{{opt.Repository, r.config.Commit, sarifArtifactLink{URIBaseID: srcRoot}}}
	}
	for _, rule := range rules {
		out.Tool.Driver.Rules = append(out.Tool.Driver.Rules, sarifRuleOf(rule, worst[rule], opt))
	}
	for _, f := range r.findings {
		if f.Tool == tool && (f.State != event.Fixed || f.Change == event.Removed) {
			index, _ := slices.BinarySearch(rules, f.Rule)
			out.Results = append(out.Results, sarifResultOf(f, index))
		}
	}
	if tool == "" {
		ownRun(&out, r)
	}
	return out
}

// ownRun adds what concerns the run as a whole.
func ownRun(out *sarifRun, r *run) {
	out.Tool.Driver.Version = r.config.Version
	out.Tool.Driver.InformationURI = "https://github.com/plimsoll-dev/plimsoll"
	out.Invocations = []sarifInvocation{sarifInvocationOf(r)}
	out.Properties = map[string]any{
		"product": clean.Line(r.config.Product),
		"commit":  r.config.Commit,
		"dirty":   r.config.Dirty,
		"asOf":    day(r.config.AsOf),
		"verdict": r.verdict,
	}
}

// rulesOf are the rules that a tool ran or reported under, each with the worst
// severity of its findings, "" where there are none.
func rulesOf(r *run, tool string) map[string]event.Severity {
	worst := map[string]event.Severity{}
	for _, o := range r.observations {
		if o.Tool == tool {
			for _, rule := range o.Rules {
				worst[rule] = ""
			}
		}
	}
	for _, f := range r.findings {
		if before, ok := worst[f.Rule]; f.Tool == tool && (!ok || f.Severity.Rank() > before.Rank()) {
			worst[f.Rule] = f.Severity
		}
	}
	return worst
}

func sarifRuleOf(id string, worst event.Severity, opt Options) sarifRule {
	rule := sarifRule{ID: id, Properties: map[string]any{}}
	tags := []string{"security"}
	if doc, ok := opt.Explain(id); ok {
		rule.ShortDescription = sarifTextOf(doc.Title)
		rule.FullDescription = sarifTextOf(doc.Why)
		rule.Help = sarifTextOf(strings.TrimSpace(doc.Why + "\n\n" + doc.Fix))
		if linkable(doc.URI) {
			rule.HelpURI = doc.URI
		}
		for _, n := range doc.CWE {
			tags = append(tags, fmt.Sprintf("external/cwe/cwe-%03d", n))
		}
		tags = append(tags, doc.Tags...)
	}
	rule.Properties["tags"] = tags
	if worst != "" {
		word, _ := level(worst)
		rule.DefaultConfiguration = &sarifLevel{word}
		if score := securitySeverity(worst); score != "" {
			rule.Properties["security-severity"] = score
		}
	}
	return rule
}

func sarifTextOf(s string) *sarifText {
	if s == "" {
		return nil
	}
	return &sarifText{s}
}

// securitySeverity is a severity as hosts sort by it: the middle of each of
// CVSS v3.1's bands (§5), "" below them.
func securitySeverity(s event.Severity) string {
	return map[event.Severity]string{
		event.Critical: "9.5", event.High: "8.0", event.Medium: "5.5", event.Low: "2.0",
	}[s]
}

func sarifResultOf(f *event.Finding, index int) sarifResult {
	word, _ := level(f.Severity)
	result := sarifResult{
		RuleID: f.Rule, RuleIndex: index, Level: word,
		Message:   sarifText{cmp.Or(clean.Line(f.Message), clean.Line(f.Rule))},
		Locations: []sarifLocation{sarifLocationOf(f)},
		Properties: map[string]any{
			"check": f.Check, "severity": f.Severity, "confidence": f.Confidence, "places": max(1, f.Places),
		},
	}
	if f.Worth > 0 {
		result.Rank = rankOf(f.Worth)
		result.Properties["worth"] = f.Worth
	}
	if f.Queue != "" {
		result.Properties["queue"] = clean.Line(f.Queue)
	}
	if f.Fingerprint != "" {
		result.PartialFingerprints = map[string]string{"plimsoll/v1": f.Fingerprint}
	}
	for i, place := range f.Also {
		loc := sarifPlace(place.Path, place.Line, place.Commit)
		loc.ID = i + 1
		loc.Message = &sarifText{"the same here"}
		result.RelatedLocations = append(result.RelatedLocations, loc)
	}
	result.BaselineState = baselineStates[f.Change]
	if f.Group != "" {
		result.Properties["group"] = f.Group
	}
	switch {
	case f.State == event.Decided:
		result.Suppressions = []sarifSuppression{sarifSuppressionOf(f.Decision)}
	case f.Earlier != nil: // which does not suppress it, and says why (§3.35.3)
		earlier := sarifSuppressionOf(f.Earlier)
		earlier.Status = "underReview"
		result.Suppressions = []sarifSuppression{earlier}
	}
	return result
}

// mostWorth is the greatest worth that a finding can have.
const mostWorth = 16 * 1.875 * 2 * 1.5

// rankOf is a worth as a priority from 0 to 100 (SARIF 2.1.0 §3.27.25), on a
// scale of equal ratios so that the small ones can be told apart.
func rankOf(worth float64) *float64 {
	rank := 100 * math.Log2(1+worth) / math.Log2(1+mostWorth)
	rank = math.Round(10*min(max(rank, 0), 100)) / 10
	return &rank
}

// sarifLocationOf is the place of a finding with its columns and source.
func sarifLocationOf(f *event.Finding) sarifLocation {
	loc := sarifPlace(f.Path, f.Line, f.Commit)
	if region := loc.PhysicalLocation.Region; region != nil && f.Line > 0 {
		region.StartColumn, region.EndColumn = columnsOf(f)
		if len(f.Source) <= longestSnippet {
			region.Snippet = sarifTextOf(clean.Line(f.Source))
		}
	}
	return loc
}

// sarifPlace is a place. Hosts refuse a result without a file, so what is about
// a commit stands at .git and what is about the product at its description.
func sarifPlace(path string, line int, commit string) sarifLocation {
	var loc sarifLocation
	if commit != "" {
		loc.LogicalLocations = []sarifLogical{{Name: clean.Line(commit), Kind: "commit"}}
	}
	if path == "" {
		line = 0
		path = ".plimsoll/product.yaml"
		if commit != "" {
			path = ".git"
		}
	}
	loc.PhysicalLocation.ArtifactLocation = sarifArtifactLink{URI: uriOf(path), URIBaseID: srcRoot}
	loc.PhysicalLocation.Region = &sarifRegion{StartLine: max(1, line)}
	return loc
}

// uriOf is a path as a relative URI reference (RFC 3986 §4.2): every byte
// outside the unreserved set is encoded, so neither a scheme nor a query nor an
// encoding error can come of a file's name.
func uriOf(path string) string {
	parts := strings.Split(strings.TrimLeft(path, "/"), "/")
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(url.PathEscape(part), ":", "%3A")
	}
	return strings.Join(parts, "/")
}

func sarifSuppressionOf(d *event.Decision) sarifSuppression {
	s := sarifSuppression{Kind: "external", Status: "accepted"}
	if d == nil {
		return s
	}
	if d.Scope == "inline" {
		s.Kind = "inSource"
	}
	s.Justification = clean.Line(decision(d))
	s.Properties = map[string]any{"verdict": d.Verdict, "by": d.By, "until": d.Until}
	for name, value := range map[string]string{"owner": d.Owner, "on": d.On, "scope": d.Scope, "ended": d.Ended} {
		if value != "" {
			s.Properties[name] = value
		}
	}
	return s
}

func sarifInvocationOf(r *run) sarifInvocation {
	inv := sarifInvocation{ExecutionSuccessful: r.verdict.Gate != event.IncompleteGate}
	for _, p := range r.problems {
		note := sarifNotification{Descriptor: sarifReference{p.Code}, Level: "note", Message: sarifText{clean.Line(p.Message)}}
		if p.Incomplete {
			note.Level, inv.ExecutionSuccessful = "error", false
		}
		if p.Path != "" {
			note.Locations = []sarifLocation{sarifPlace(p.Path, p.Line, "")}
		}
		inv.Notifications = append(inv.Notifications, note)
	}
	inv.Notifications = append(inv.Notifications, sarifTailored(r.verdict.Requirements)...)
	return inv
}
