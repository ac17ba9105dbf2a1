package sarif

import (
	"cmp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/docfile"
)

// draft is a result as far as it can be understood by itself.
type draft struct {
	Result
	rule       wireReference
	level      string
	message    wireMessage
	properties wireProperties
	artifact   wireArtifactLocation
	logical    string
	invocation int
}

func newDraft(w *wireResult) draft {
	d := draft{
		rule: w.Rule, level: w.Level, message: w.Message, properties: w.Properties,
		Result: Result{Offset: -1, Fixed: w.BaselineState == "absent"},
	}
	d.properties.Tags = nil
	d.rule.ID = cmp.Or(w.RuleID, d.rule.ID)
	if d.rule.Index == nil {
		d.rule.Index = w.RuleIndex
	}
	if w.Provenance.Invocation != nil {
		d.invocation = *w.Provenance.Invocation
	}
	if len(w.Locations) > 0 {
		d.locate(&w.Locations[0])
	}
	if len(w.Fixes) > 0 {
		d.Fix = plain(w.Fixes[0].Description.Text)
	}
	d.Stable = cmp.Or(stable(w.Fingerprints), stable(w.Partial))
	d.suppress(w)
	return d
}

// locate takes over the first location; the others say where else to look.
func (d *draft) locate(loc *wireLocation) {
	d.artifact = loc.Physical.Artifact
	region := loc.Physical.Region
	d.Line, d.Column = max(region.StartLine, 0), max(region.StartColumn, 0)
	if d.Column > 0 && region.EndColumn > d.Column && (region.EndLine == 0 || region.EndLine == region.StartLine) {
		d.EndColumn = region.EndColumn
	}
	if d.Line == 0 && region.CharOffset != nil && *region.CharOffset >= 0 {
		d.Offset = *region.CharOffset
	}
	const enough = 2000
	d.Snippet = cut(cmp.Or(region.Snippet.Text, loc.Physical.Context.Snippet.Text), enough)
	if len(loc.Logical) > 0 {
		d.logical = docfile.OneLine(cmp.Or(loc.Logical[0].FullName, loc.Logical[0].Name), 200)
	}
}

// suppress applies section 3.27.23: a result is suppressed if it has
// suppressions and every one of them was accepted, which is also the default.
func (d *draft) suppress(w *wireResult) {
	d.Suppressed = len(w.Suppressions) > 0
	for _, s := range w.Suppressions {
		if s.Status != "" && s.Status != "accepted" {
			d.Suppressed = false
		}
		d.Justification = cmp.Or(d.Justification, docfile.OneLine(s.Justification, 500))
	}
	if !d.Suppressed {
		d.Justification = ""
	}
}

// stable picks the tool's fingerprint of the latest version, which sorts last.
// Short values are line or column numbers, and values with blanks are remarks
// such as "requires login".
func stable(prints map[string]string) string {
	names := make([]string, 0, len(prints))
	for name := range prints {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range slices.Backward(names) {
		if v := prints[name]; len(v) >= 8 && len(v) <= 1000 && !strings.ContainsAny(v, " \t\n") {
			return name + "=" + v
		}
	}
	return ""
}

// resolve completes a draft with what the rest of the run says.
func (r *run) resolve(d *draft, places *places, marked bool) Result {
	rule := r.find(d.rule)
	res := d.Result
	res.Rule = cleanID(d.rule.ID)
	score := d.properties.SecuritySeverity
	if rule != nil {
		res.Rule = cmp.Or(res.Rule, cleanID(rule.ID))
		if score == nil {
			score = rule.Properties.SecuritySeverity
		}
		if res.Fix == "" && (strings.HasPrefix(rule.HelpURI, "https://") || strings.HasPrefix(rule.HelpURI, "http://")) {
			res.Fix = "see " + docfile.OneLine(rule.HelpURI, 300)
		}
	}
	res.Rule = cmp.Or(res.Rule, "unnamed")
	res.Severity = severity(score, r.level(d, rule), r.other(rule, marked))
	res.Confidence = confidence(d.properties, rule)
	res.Message = r.message(d, rule)
	res.CWE = weaknesses(rule)
	if r.columnKind == "unicodeCodePoints" {
		res.Units = CodePoints
	}
	var outside bool
	res.Path, res.Absolute, outside = places.resolve(d.artifact)
	if outside {
		r.Outside++
	}
	return res
}

func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.Clone(strings.ToValidUTF8(s[:limit], ""))
}
