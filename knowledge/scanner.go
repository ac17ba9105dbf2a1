package knowledge

import (
	"embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed scanners/scanners.yaml
var scannerFiles embed.FS

// Scanner is a scanner of somebody else's that Plimsoll knows how to run.
type Scanner struct {
	ID         string   `yaml:"id"`
	Title      string   `yaml:"title"`
	Executable string   `yaml:"executable"` // its name on PATH
	Suits      []string `yaml:"suits"`      // values of facts that it is made for; empty for all
	// Run are the arguments. "{output}" stands for the file that it is to write,
	// "{folder}" for the folder in which it writes one of the name Writes; without
	// either, what it prints is read. Empty where Plimsoll cannot run it; then Note
	// says what to do instead.
	Run    []string `yaml:"run"`
	Writes string   `yaml:"writes"`
	Found  []int    `yaml:"found"` // exit statuses that mean that it ran, besides 0
	// Unread are rules of results that tell of code that it could not read, and
	// Complains takes the lines that it writes to its log of such code.
	Unread    []string `yaml:"unread"`
	Complains string   `yaml:"complains"`
	// Taciturn says that it lists the rules of its findings alone, so that a run
	// which finds nothing says nothing of what it looked for.
	Taciturn bool   `yaml:"taciturn"`
	Network  bool   `yaml:"network"`  // rules or data come over the network
	Executes bool   `yaml:"executes"` // runs code or configuration of the repository
	Install  string `yaml:"install"`
	Note     string `yaml:"note"`
}

var allScanners = sync.OnceValues(readScanners)

// Scanners returns the scanners known, sorted by id. The slice is the caller's.
func Scanners() ([]Scanner, error) {
	all, err := allScanners()
	return slices.Clone(all), err
}

func readScanners() ([]Scanner, error) {
	all, err := readList[Scanner](scannerFiles, "scanners/scanners.yaml", "scanners")
	if err != nil {
		return nil, fmt.Errorf("loading scanners: %w", err)
	}
	slices.SortFunc(all, func(a, b Scanner) int { return strings.Compare(a.ID, b.ID) })
	var faults []error
	for i, s := range all {
		if i > 0 && all[i-1].ID == s.ID {
			faults = append(faults, fmt.Errorf("scanner %s: defined twice", s.ID))
		}
		if s.ID == "" || s.Title == "" || s.Executable == "" || s.Install == "" || (len(s.Run) == 0) != (s.Note != "") {
			faults = append(faults, fmt.Errorf("scanner %s: needs id, title, executable, install, and run or note", s.ID))
		}
		if _, err := regexp.Compile(s.Complains); err != nil {
			faults = append(faults, fmt.Errorf("scanner %s: %w", s.ID, err))
		}
		if strings.ContainsAny(s.Executable, "/\\ ") {
			faults = append(faults, fmt.Errorf("scanner %s: the executable is a name on PATH", s.ID))
		}
	}
	return all, errors.Join(faults...)
}
