package sarif

import (
	"cmp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/cvss"
	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// severity of a result. A score for security decides where there is one, by
// the bands of CVSS 3.1, section 5. Otherwise the level does, and it weighs one
// step less where the rule is shown to be about something other than security:
// an "error" of a style checker holds nobody's release.
func severity(score any, level string, other bool) event.Severity {
	if s, ok := cvss.Score(score); ok {
		return cvss.Band(s)
	}
	step := slices.Index([]string{"error", "warning", "note", "none"}, strings.ToLower(level))
	if step < 0 {
		step = 1
	}
	if other && step < 2 {
		step++
	}
	return []event.Severity{event.High, event.Medium, event.Low, event.Info}[step]
}

// level of a result by section 3.27.10: its own, else as the invocation was
// configured, else the rule's default, else "warning".
func (r *run) level(d *draft, rule *wireRule) string {
	var byRule string
	if rule != nil {
		byRule = rule.Default.Level
	}
	return cmp.Or(d.level, r.override(d.invocation, rule), byRule, "warning")
}

// marksSecurity says whether the tool marks those of its rules that are about
// security, so that the lack of a mark means something.
func (r *run) marksSecurity() bool {
	for _, c := range r.components() {
		if slices.ContainsFunc(c.Rules, func(rule wireRule) bool { return rule.aboutSecurity() }) {
			return true
		}
	}
	return false
}

func (rule *wireRule) aboutSecurity() bool {
	if rule.Properties.SecuritySeverity != nil {
		return true
	}
	for _, tag := range append(rule.Properties.Tags, rule.Properties.Category) {
		tag = strings.ToLower(tag)
		if strings.Contains(tag, "security") || strings.Contains(tag, "cwe") || strings.Contains(tag, "owasp") {
			return true
		}
	}
	for _, rel := range rule.Relationships {
		if strings.EqualFold(rel.Target.Component.Name, "CWE") {
			return true
		}
	}
	return strings.Contains(strings.ToLower(rule.ID), "security")
}

// styleTools check style and quality first of all; a rule of theirs counts as a
// matter of security only where it is marked as one.
var styleTools = []string{
	"checkstyle", "clippy", "detekt", "eslint", "golangci-lint", "ktlint", "markdownlint", "pmd", "pylint",
	"rubocop", "ruff", "shellcheck", "stylelint", "swiftlint", "yamllint",
}

// other says that a rule is about something other than security.
func (r *run) other(rule *wireRule, marked bool) bool {
	if rule != nil && rule.aboutSecurity() {
		return false
	}
	return marked && rule != nil || slices.Contains(styleTools, strings.ToLower(r.tool.Driver.Name))
}

// confidence is the precision that the rule or the result claims (CodeQL's
// "precision", Semgrep's tag "HIGH CONFIDENCE"); medium where none does.
func confidence(result wireProperties, rule *wireRule) event.Confidence {
	words := []string{result.Precision, result.Confidence}
	if rule != nil {
		words = append(words, rule.Properties.Precision, rule.Properties.Confidence)
		for _, tag := range rule.Properties.Tags {
			if level, ok := strings.CutSuffix(strings.ToLower(tag), " confidence"); ok {
				words = append(words, level)
			}
		}
	}
	for _, word := range words {
		switch strings.ToLower(word) {
		case "very-high", "high", "certain":
			return event.Sure
		case "medium":
			return event.Likely
		case "low":
			return event.Possible
		}
	}
	return event.Likely
}
