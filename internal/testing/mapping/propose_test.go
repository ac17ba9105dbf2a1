package mapping

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

func TestPropose(t *testing.T) {
	reqs := []knowledge.Requirement{
		{ID: "A-1", Title: "account lockout after failed logins", Statement: "An account must be locked for a while when logins fail again and again."},
		{ID: "A-2", Title: "expiry of password reset links", Statement: "A link that resets a password must expire."},
		{ID: "A-3", Title: "parameterised queries", Statement: "Queries to a database must be built with parameters."},
	}
	tests := []Found{
		{Name{Class: "auth", Name: "TestAccountLockedAfterFailedLogins"}, "auth.TestAccountLockedAfterFailedLogins", "auth/a_test.go:3"},
		{Name{Class: "reset", Name: "expires the password reset link"}, "*expires the password reset link", "reset.spec.ts:9"},
		{Name{Class: "auth", Name: "TestPassword"}, "auth.TestPassword", "auth/a_test.go:9"},
		{Name{Class: "math", Name: "adds two numbers"}, "math.adds", "m.js:1"},
		{Name{Class: "login", Name: "test_links_in_footer_work_for_every_theme_and_language_of_page"}, "x", "y.py:1"},
	}
	want := []Proposal{
		{"A-1", "auth.TestAccountLockedAfterFailedLogins", "auth/a_test.go:3", "its name and the requirement share account, locked, logins"},
		{"A-2", "*expires the password reset link", "reset.spec.ts:9", "its name and the requirement share expires, link, password, reset"},
	}
	if diff := cmp.Diff(want, Propose(reqs, tests)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Propose(nil, tests); got != nil {
		t.Errorf("without requirements: %v", got)
	}
}
