package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

func TestAllAndExit(t *testing.T) {
	usage := fault.New(fault.Usage, "", "usage")
	config := fault.At(fault.Config, fault.Place{Path: "a", Line: 2, Column: 3}, "", "config")
	tests := []struct {
		name  string
		err   error
		count int
		exit  int
	}{
		{"nothing", nil, 0, fault.ExitMet},
		{"one", usage, 1, fault.ExitUsage},
		{"wrapped", fmt.Errorf("doing: %w", usage), 1, fault.ExitUsage},
		{"a list", fault.List{config, usage}, 2, fault.ExitUsage},
		{"an empty list", fault.List{}.Err(), 0, fault.ExitMet},
		{"lists joined", errors.Join(fault.List{config, config}, fault.List{usage}), 3, fault.ExitUsage},
		{"a stranger", errors.New("boo"), 1, fault.ExitIncomplete},
		{"nothing to examine", fault.New(fault.Nothing, "", "empty"), 1, fault.ExitNothing},
		{"untrusted", fault.New(fault.Untrusted, "", "bad"), 1, fault.ExitNotMet},
	}
	for _, test := range tests {
		if got := len(fault.All(test.err)); got != test.count {
			t.Errorf("%s: %d faults, expected %d", test.name, got, test.count)
		}
		if got := fault.Exit(test.err); got != test.exit {
			t.Errorf("%s: exit %d, expected %d", test.name, got, test.exit)
		}
	}
	if got := config.Error(); got != "a:2:3: config" {
		t.Errorf("got %q", got)
	}
}
