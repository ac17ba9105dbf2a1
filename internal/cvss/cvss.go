// Package cvss turns scores into severities. SARIF's "security-severity" and
// the ratings of CycloneDX both are such scores, and a score must weigh the same
// whichever file it comes in.
package cvss

import (
	"math"
	"strconv"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// Score reads a number from 0 to 10 that may be written as a string, as JSON
// decodes it into an any.
func Score(v any) (float64, bool) {
	var f float64
	switch v := v.(type) {
	case float64:
		f = v
	case string:
		parsed, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil {
			return 0, false
		}
		f = parsed
	default:
		return 0, false
	}
	return f, !math.IsNaN(f) && f >= 0 && f <= 10
}

// Band is the severity of a CVSS score (CVSS 3.1, section 5).
func Band(score float64) event.Severity {
	switch {
	case score >= 9:
		return event.Critical
	case score >= 7:
		return event.High
	case score >= 4:
		return event.Medium
	case score > 0:
		return event.Low
	}
	return event.Info
}
