package sarif

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// cweID is how tools write the id of a weakness: "CWE-79", "CWE-079: Cross-site
// scripting", "external/cwe/cwe-079".
var cweID = regexp.MustCompile(`(?i)\bcwe-0*([1-9][0-9]{0,4})\b`)

// weaknesses are the ids that a rule names in its tags, or that it stands in
// relation to in the taxonomy of CWE (section 3.49.15), sorted, each once.
func weaknesses(rule *wireRule) []int {
	if rule == nil {
		return nil
	}
	texts := slices.Clone(rule.Properties.Tags)
	for _, words := range rule.Properties.CWE {
		texts = append(texts, words)
	}
	for _, rel := range rule.Relationships {
		if strings.EqualFold(rel.Target.Component.Name, "CWE") {
			texts = append(texts, "CWE-"+strings.TrimPrefix(strings.ToUpper(rel.Target.ID), "CWE-"))
		}
	}
	var ids []int
	for _, text := range texts {
		for _, m := range cweID.FindAllStringSubmatch(text, 8) {
			if n, err := strconv.Atoi(m[1]); err == nil {
				ids = append(ids, n)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
