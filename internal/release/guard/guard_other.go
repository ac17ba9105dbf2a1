//go:build !linux

package guard

import (
	"runtime"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Hold needs a system that runs what a descriptor holds.
func Hold(path string, _ *verify.Bundle, _ bool) (*Program, error) {
	return nil, fault.New(fault.NotThere, "use package verify in the program itself, or run it on Linux",
		"guarding %s: on %s a program can be run by its path alone, so it could be swapped after it was verified", path, runtime.GOOS)
}

// Run is never reached here.
func (p *Program) Run(_, _ []string) error {
	return fault.New(fault.NotThere, "", "running a held program")
}

// Secret is never reached here either.
func Secret(string, []byte) (string, error) {
	return "", fault.New(fault.NotThere, "", "handing over a secret in memory")
}
