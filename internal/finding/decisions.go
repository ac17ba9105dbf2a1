package finding

import (
	_ "embed"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

// DecisionsPath is where decisions stand in a repository.
const DecisionsPath = ".plimsoll/decisions.yaml"

// DecisionsSchema is the JSON Schema of decisions.yaml.
//
//go:embed decisions.schema.json
var DecisionsSchema []byte

// The verdicts of a decision.
const (
	FalsePositive = "false-positive" // it is not wrong
	Accepted      = "accepted"       // it is wrong, and stays until a date
	Fix           = "fix"            // it will be fixed
)

// Decision is what somebody said of one finding. Dates are YYYY-MM-DD.
type Decision struct {
	Fingerprint string `yaml:"fingerprint"`
	Rule        string `yaml:"rule"`
	Place       string `yaml:"place"` // for people
	Verdict     string `yaml:"verdict"`
	Because     string `yaml:"because"`
	By          string `yaml:"by"`
	On          string `yaml:"on"`
	Until       string `yaml:"until"`

	line int
}

// Decisions are all decisions of a repository, sorted by fingerprint.
type Decisions []Decision

// ParseDecisions reads decisions.yaml. Every fault is returned, as a fault.List.
func ParseDecisions(path string, data []byte) (Decisions, error) {
	var file struct {
		Decisions Decisions `yaml:"decisions"`
	}
	f, faults := yamlfile.Open(path, data, DecisionsSchema, &file)
	if len(faults) > 0 {
		return nil, faults.Err()
	}
	seen := map[string]bool{}
	for i := range file.Decisions {
		d := &file.Decisions[i]
		pointer := "/decisions/" + strconv.Itoa(i)
		faults = append(faults, d.check(f, pointer)...)
		if seen[d.Fingerprint] {
			faults = append(faults, f.Fault(pointer+"/fingerprint", "keep one of the entries", "finding %s is decided twice", d.Fingerprint))
		}
		seen[d.Fingerprint] = true
		d.line = f.Place(pointer).Line
	}
	return file.Decisions, yamlfile.Sorted(faults).Err()
}

// check says what the schema cannot.
func (d *Decision) check(f *yamlfile.File, pointer string) fault.List {
	var faults fault.List
	for name, date := range map[string]string{"on": d.On, "until": d.Until} {
		if _, err := time.Parse(time.DateOnly, date); date != "" && err != nil {
			faults = append(faults, f.Fault(pointer+"/"+name, "write a day of the calendar as YYYY-MM-DD", "%q is no date", date))
		}
	}
	if d.Verdict == Accepted && d.Until == "" {
		faults = append(faults, f.Fault(pointer+"/verdict", "add `until: YYYY-MM-DD`", "an accepted finding needs a day until which it is accepted"))
	}
	if d.Until != "" && d.Until < d.On {
		faults = append(faults, f.Fault(pointer+"/until", "the day of the decision comes first", "the decision ends (%s) before it begins (%s)", d.Until, d.On))
	}
	return faults
}

// stands reports whether the decision is in force on a day, both ends included.
func (d *Decision) stands(asOf time.Time) bool {
	day := asOf.UTC().Format(time.DateOnly)
	return d.On <= day && (d.Until == "" || day <= d.Until)
}

// Apply marks each finding that a standing decision is about, and tells of
// decisions that have run out or are about nothing any more. complete says that
// all findings are at hand, so that a decision without one is unused. The
// findings are changed in place.
func (ds Decisions) Apply(findings []event.Finding, asOf time.Time, complete bool) []event.Problem {
	byPrint := make(map[string]*Decision, len(ds))
	used := map[string]bool{}
	for i := range ds {
		byPrint[ds[i].Fingerprint] = &ds[i]
	}
	for i := range findings {
		d, decided := byPrint[findings[i].Fingerprint]
		if !decided || findings[i].State == event.Fixed {
			continue
		}
		used[d.Fingerprint] = true
		if !d.stands(asOf) {
			continue
		}
		findings[i].Decision = &event.Decision{Verdict: d.Verdict, Because: d.Because, By: d.By, Until: d.Until}
		if d.Verdict != Fix {
			findings[i].State = event.Decided
		}
	}
	return ds.tell(used, asOf, complete)
}

func (ds Decisions) tell(used map[string]bool, asOf time.Time, complete bool) []event.Problem {
	day := asOf.UTC().Format(time.DateOnly)
	var problems []event.Problem
	for _, d := range ds {
		switch {
		case used[d.Fingerprint] && d.Until != "" && d.Until < day:
			problems = append(problems, d.problem("decision-expired", "renew it with `plimsoll triage "+d.Fingerprint[:12]+"`, or fix the finding",
				fmt.Sprintf("the decision on %s (%s) ran out on %s, so the finding is open again", d.Rule, d.Place, d.Until)))
		case !used[d.Fingerprint] && complete:
			problems = append(problems, d.problem("decision-unused", "remove the entry",
				fmt.Sprintf("the decision on %s (%s) is about a finding that is no longer there", d.Rule, d.Place)))
		}
	}
	return problems
}

func (d *Decision) problem(code, hint, message string) event.Problem {
	return event.Problem{Code: code, Message: message, Hint: hint, Path: DecisionsPath, Line: d.line}
}

// With returns ds with d added, or put in the place of an earlier decision on
// the same finding.
func (ds Decisions) With(d Decision) Decisions {
	all := Decisions{d}
	for _, other := range ds {
		if other.Fingerprint != d.Fingerprint {
			all = append(all, other)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Fingerprint < all[j].Fingerprint })
	return all
}

// Without returns ds without the decision on a fingerprint.
func (ds Decisions) Without(fingerprint string) Decisions {
	var all Decisions
	for _, d := range ds {
		if d.Fingerprint != fingerprint {
			all = append(all, d)
		}
	}
	return all
}

// Encode writes decisions.yaml: an entry is a block of its own lines and stands
// where its fingerprint sorts, so that git merges two people's decisions.
func (ds Decisions) Encode() []byte {
	var b strings.Builder
	b.WriteString("# Decisions on findings: written by `plimsoll triage`, read by people, merged by git.\n")
	if len(ds) == 0 {
		b.WriteString("decisions: []\n")
		return []byte(b.String())
	}
	b.WriteString("decisions:\n")
	for _, d := range ds {
		fmt.Fprintf(&b, "  - fingerprint: %q\n", d.Fingerprint)
		for _, field := range []struct{ name, value string }{
			{"rule", d.Rule}, {"place", d.Place}, {"verdict", d.Verdict},
			{"because", d.Because}, {"by", d.By}, {"on", d.On}, {"until", d.Until},
		} {
			if field.value != "" {
				fmt.Fprintf(&b, "    %s: %s\n", field.name, quote(field.value))
			}
		}
	}
	return []byte(b.String())
}

// quote writes a scalar in double quotes. JSON's escapes are YAML's too.
func quote(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// Line is where the decision stands in the file it was read from, 0 for none.
func (d Decision) Line() int { return d.line }
