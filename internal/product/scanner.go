package product

import (
	"strconv"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Scanner is a scanner of somebody else's that is to be run: one that Plimsoll
// knows, by name, or any other, by its command.
type Scanner struct {
	Tool string `yaml:"tool"`
	// Args are added to the arguments that Plimsoll gives a scanner it knows.
	Args []string `yaml:"args"`
	// Command is the whole command of one that it does not know; "{output}" stands
	// for the SARIF file to write, without it what is printed is read.
	Command []string `yaml:"command"`
	Timeout string   `yaml:"timeout"` // a duration such as 10m
	Env     []string `yaml:"env"`     // names of variables that it is given
}

// UnmarshalYAML reads a name or a mapping.
func (s *Scanner) UnmarshalYAML(decode func(any) error) error {
	if decode(&s.Tool) == nil {
		return nil
	}
	type plain Scanner
	return decode((*plain)(s))
}

// badScanners are scanners that nobody knows, or that are told twice.
func badScanners(f *yamlfile.File, scanners []Scanner) fault.List {
	known, err := knowledge.Scanners()
	if err != nil {
		return fault.List{fault.Wrap(fault.Internal, err, "", "reading the scanners")}
	}
	names := make([]string, len(known))
	byName := map[string]knowledge.Scanner{}
	for i, k := range known {
		names[i], byName[k.ID] = k.ID, k
	}
	var faults fault.List
	seen := map[string]bool{}
	for i, s := range scanners {
		at := yamlfile.Pointer("scanners", strconv.Itoa(i))
		k, ok := byName[s.Tool]
		switch {
		case s.Tool == "": // the schema says so
		case seen[s.Tool]:
			faults = append(faults, f.Fault(at, "remove one of them", "the scanner %s is named twice", s.Tool))
		case len(s.Command) > 0 && ok:
			faults = append(faults, f.Fault(at, "give `args`, or call the tool something else", "Plimsoll knows how to run %s", s.Tool))
		case len(s.Command) == 0 && !ok:
			faults = append(faults, f.Fault(at, yamlfile.OneOf(s.Tool, names)+"; for another, give its `command`", "the scanner %q is not known", s.Tool))
		case len(s.Command) == 0 && len(k.Run) == 0:
			faults = append(faults, f.Fault(at, k.Note, "%s is not run by Plimsoll", s.Tool))
		}
		seen[s.Tool] = true
		if _, err := time.ParseDuration(s.Timeout); s.Timeout != "" && err != nil {
			faults = append(faults, f.Fault(at, "write it as 10m or 90s", "%q is no duration", s.Timeout))
		}
	}
	return faults
}
