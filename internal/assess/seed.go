package assess

import (
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/check"
)

// unasked are the checks that are called without being asked for by name, and
// that have something to do.
func unasked(checks []*check.Check) []*check.Check {
	return slices.DeleteFunc(slices.Clone(checks), func(c *check.Check) bool { return c.Ask != "" || c.Idle != "" })
}
