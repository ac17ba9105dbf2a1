package lockfile

import (
	"regexp"
	"strings"

	"golang.org/x/mod/semver"
)

// ranges is how a package manager reads a bare version in a range.
type ranges int

const (
	npmRanges   ranges = iota // "1.2.3" is exactly that; a blank is "and"
	cargoRanges               // "1.2.3" is "^1.2.3"; a comma is "and"
)

var comparator = regexp.MustCompile(`^(\^|~>?|>=|<=|>|<|=|==)?\s*v?([0-9xX*]+(?:\.[0-9xX*]+){0,2})(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

// satisfies reports whether version is in the range spec. A range that is not
// understood (a tag, a URL, an alias) is satisfied by anything: we only speak up
// where we are sure.
func satisfies(version, spec string, kind ranges) bool {
	v := "v" + strings.TrimPrefix(version, "v")
	spec = strings.TrimSpace(spec)
	if !semver.IsValid(v) || spec == "" {
		return true
	}
	for alternative := range strings.SplitSeq(spec, "||") {
		if within(v, strings.TrimSpace(alternative), kind) {
			return true
		}
	}
	return false
}

var operatorGap = regexp.MustCompile(`([\^~<>=])\s+`)

func within(v, spec string, kind ranges) bool {
	if low, high, ok := strings.Cut(spec, " - "); ok && kind == npmRanges {
		return within(v, ">="+strings.TrimSpace(low), kind) && within(v, "<="+strings.TrimSpace(high), kind)
	}
	spec = operatorGap.ReplaceAllString(spec, "$1")
	separator := " "
	if kind == cargoRanges {
		separator = ","
	}
	for part := range strings.SplitSeq(spec, separator) {
		if part = strings.TrimSpace(part); part != "" && !compares(v, part, kind) {
			return false
		}
	}
	return true
}

// compares holds v against one comparator.
func compares(v, part string, kind ranges) bool {
	m := comparator.FindStringSubmatch(part)
	if m == nil {
		return true
	}
	op, numbers, pre := m[1], strings.Split(m[2], "."), m[3]
	given := 0
	for given < len(numbers) && !strings.ContainsAny(numbers[given], "xX*") {
		given++
	}
	if given == 0 {
		return true
	}
	low := "v" + strings.Join(numbers[:given], ".") + strings.Repeat(".0", 3-given) + pre
	if !semver.IsValid(low) {
		return true
	}
	cmp := semver.Compare(v, low)
	switch op {
	case ">=":
		return cmp >= 0
	case ">":
		return cmp > 0 && (given == 3 || !samePrefix(v, numbers[:given]))
	case "<":
		return cmp < 0
	case "<=":
		return cmp <= 0 || given < 3 && samePrefix(v, numbers[:given])
	case "^":
		return cmp >= 0 && samePrefix(v, numbers[:caret(numbers[:given])])
	case "~", "~>":
		return cmp >= 0 && samePrefix(v, numbers[:min(given, 2)])
	case "":
		if kind == cargoRanges && given == len(numbers) {
			return cmp >= 0 && samePrefix(v, numbers[:caret(numbers)])
		}
	}
	return cmp == 0 || given < 3 && samePrefix(v, numbers[:given])
}

// caret is how many numbers "^" fixes: up to the first that is not zero.
func caret(numbers []string) int {
	for i, n := range numbers {
		if strings.Trim(n, "0") != "" {
			return i + 1
		}
	}
	return len(numbers)
}

// samePrefix reports whether the first numbers of v are these.
func samePrefix(v string, numbers []string) bool {
	core, _, _ := strings.Cut(strings.TrimPrefix(semver.Canonical(v), "v"), "-")
	have := strings.Split(core, ".")
	for i, n := range numbers {
		if i >= len(have) || have[i] != n {
			return false
		}
	}
	return true
}
