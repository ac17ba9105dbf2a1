package releases

import (
	"cmp"
	"strconv"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// CheckVersion wants a version that can be the name of a folder and of a file
// everywhere, and that verifiers accept.
func CheckVersion(v string) error {
	bad := fault.New(fault.Usage, "give a version such as 1.2.3", "%q is no version: letters, digits and . - + _ ~, and neither . nor - first", v)
	if v == "" || len(v) > 100 || v[0] == '.' || v[0] == '-' || strings.HasSuffix(v, ".") {
		return bad
	}
	for _, r := range v {
		if !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(".-+_~", r)) {
			return bad
		}
	}
	return nil
}

// Compare orders versions: those of semantic versioning by its rules, others part
// by part, numbers by their value.
func Compare(a, b string) int {
	x, y := "v"+strings.TrimPrefix(a, "v"), "v"+strings.TrimPrefix(b, "v")
	if semver.IsValid(x) && semver.IsValid(y) {
		return semver.Compare(x, y)
	}
	return natural(a, b)
}

func natural(a, b string) int {
	split := func(r rune) bool { return strings.ContainsRune(".-+_~", r) }
	x, y := strings.FieldsFunc(a, split), strings.FieldsFunc(b, split)
	for i := range min(len(x), len(y)) {
		n, errN := strconv.ParseUint(x[i], 10, 63)
		m, errM := strconv.ParseUint(y[i], 10, 63)
		c := cmp.Compare(x[i], y[i])
		if errN == nil && errM == nil {
			c = cmp.Compare(n, m)
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(len(x), len(y))
}
