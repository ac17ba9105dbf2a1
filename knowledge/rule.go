package knowledge

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed rules/*.yaml
var ruleFiles embed.FS

// allRules reads every rule once, and only when somebody asks for one.
var allRules = sync.OnceValues(func() ([]Rule, error) { return loadRules(ruleFiles) })

// AllRules returns the rules of all checks, sorted by id. The slice is the
// caller's; the texts and lists in it are shared and must not be written to.
func AllRules() ([]Rule, error) {
	rules, err := allRules()
	return slices.Clone(rules), err
}

// Rules returns the rules of one check, sorted by id. A check without rules is
// an error: it could report nothing.
func Rules(checkID string) ([]Rule, error) {
	all, err := allRules()
	if err != nil {
		return nil, err
	}
	var rules []Rule
	for _, r := range all {
		if r.Check == checkID {
			rules = append(rules, r)
		}
	}
	if len(rules) == 0 {
		return nil, fmt.Errorf("loading rules: no rules for check %q", checkID)
	}
	return rules, nil
}

// loadRules reads rules/*.yaml of fsys. It reads to the end before it fails, so
// that somebody who writes rules sees every mistake at once.
func loadRules(fsys fs.FS) ([]Rule, error) {
	names, err := fs.Glob(fsys, "rules/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("loading rules: %w", err)
	}
	var all []Rule
	var faults []error
	for _, name := range names {
		rules, err := readRules(fsys, name)
		all, faults = append(all, rules...), append(faults, err)
	}
	slices.SortStableFunc(all, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	for i := 1; i < len(all); i++ {
		if all[i].ID == all[i-1].ID {
			faults = append(faults, fmt.Errorf("rule %s: defined twice, for %s and for %s", all[i].ID, all[i-1].Check, all[i].Check))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("loading rules: %w", err)
	}
	return all, nil
}

// readRules reads one file, which holds the rules of the check it is named after.
func readRules(fsys fs.FS, name string) ([]Rule, error) {
	rules, err := readList[Rule](fsys, name, "rules")
	if err != nil {
		return nil, err
	}
	check := strings.TrimSuffix(path.Base(name), ".yaml")
	var faults []error
	for i, r := range rules {
		rules[i].Family = cmp.Or(r.Family, r.ID)
		for _, fault := range r.faults(check) {
			faults = append(faults, fmt.Errorf("%s: rule %d (%s): %s", name, i+1, r.ID, fault))
		}
	}
	return rules, errors.Join(faults...)
}

var (
	ruleID = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$`)
	// mapID is a standard's short name and a number of its own, or an id that
	// says itself whose it is: "ASVS 15.1.1", "OSPS-BR-07.01", "SSDF PS.1.1".
	mapID = regexp.MustCompile(`^[A-Z][A-Za-z0-9.-]*( [A-Za-z0-9.:()-]+){0,3}$`)
)

// lastCWE is well above the highest weakness number given out so far (below 1500).
const lastCWE = 1999

// faults lists what is wrong with the entry r in the file of the check named.
func (r Rule) faults(check string) []string {
	var faults []string
	need := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	need(ruleID.MatchString(r.ID), "id %q is not of the form family.what", r.ID)
	need(r.Family == "" || ruleID.MatchString(r.Family), "family %q is not of the form family.what", r.Family)
	need(r.Check == check, "check is %q, but the file is for %q", r.Check, check)
	for _, text := range []struct{ name, value string }{{"title", r.Title}, {"why", r.Why}, {"fix", r.Fix}} {
		need(strings.TrimSpace(text.value) != "", "%s is missing", text.name)
	}
	need(!strings.HasSuffix(strings.TrimSpace(r.Title), ".") && !strings.Contains(strings.TrimSpace(r.Title), "\n"),
		"title must be one line without a full stop")
	need(slices.Contains([]string{"critical", "high", "medium", "low", "info"}, r.Severity), "severity %q is unknown", r.Severity)
	need(slices.Contains([]string{"high", "medium", "low"}, r.Confidence), "confidence %q is unknown", r.Confidence)
	need(r.Revision >= 1, "revision must be 1 or more")
	for _, n := range r.CWE {
		need(n > 0 && n <= lastCWE, "CWE-%d does not exist", n)
	}
	for _, id := range r.Maps {
		need(mapID.MatchString(id) && strings.ContainsAny(id, "0123456789"), "maps: %q is not the id of a standard", id)
	}
	need(len(r.Examples.Match) > 0, "no example that must match")
	need(len(r.Examples.NoMatch) > 0, "no example that must not match")
	return append(faults, r.Examples.faults()...)
}

// faults lists the examples that hold nothing or the same file twice.
func (e Examples) faults() []string {
	var faults []string
	for i, ex := range slices.Concat(e.Match, e.NoMatch) {
		if ex.Path == "" && ex.Text == "" && len(ex.Files) == 0 {
			faults = append(faults, fmt.Sprintf("example %d is empty", i+1))
		}
		if _, twice := ex.Files[ex.Path]; twice {
			faults = append(faults, fmt.Sprintf("example %d has %s twice", i+1, ex.Path))
		}
	}
	return faults
}
