package finding

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// The states that a list of findings can be cut down to. Each finding is in one
// of them; "expired" are open findings on which an earlier decision ended.
const (
	StateOpen    = "open"
	StateQueued  = "queued"  // open, and not asking for attention now
	StateDecided = "decided" // somebody has said that it is none, or accepted it
	StateExpired = "expired"
	StateAll     = "all"
)

// States lists them.
var States = []string{StateOpen, StateQueued, StateDecided, StateExpired, StateAll}

// Filter selects findings; an empty field takes all.
type Filter struct {
	State    string
	Rule     string // a rule's id, or its start and *
	Path     string // a pattern of paths, or a part of one
	Severity string // this or worse
	Class    string
	Text     []string // words that message, rule or path hold
}

// StateOf is a finding's state as people look for it.
func StateOf(f *event.Finding) string {
	switch {
	case f.State == event.Decided || f.State == event.Fixed:
		return StateDecided
	case f.Earlier != nil:
		return StateExpired
	case f.Queue != "":
		return StateQueued
	}
	return StateOpen
}

// Match says whether the filter takes f. Open takes what has expired, too, and
// what waits: nobody has decided on either.
func (q *Filter) Match(f *event.Finding) bool {
	state := StateOf(f)
	if q.State != "" && q.State != StateAll && q.State != state && !(q.State == StateOpen && state != StateDecided) {
		return false
	}
	if q.Severity != "" && f.Severity.Rank() < event.Severity(q.Severity).Rank() || q.Class != "" && class(f) != q.Class {
		return false
	}
	if q.Rule != "" && !matchRule(q.Rule, f.Rule) || q.Path != "" && !matchPath(q.Path, f.Path) {
		return false
	}
	for _, word := range q.Text {
		if !holds(f.Message, word) && !holds(f.Rule, word) && !holds(f.Path, word) && !strings.HasPrefix(f.Fingerprint, word) {
			return false
		}
	}
	return true
}

func matchRule(pattern, rule string) bool {
	if start, open := strings.CutSuffix(pattern, "*"); open {
		return strings.HasPrefix(rule, start)
	}
	return pattern == rule
}

func matchPath(pattern, path string) bool {
	if strings.ContainsAny(pattern, "*?[") {
		return MatchPath(pattern, path)
	}
	return strings.Contains(path, pattern)
}

// holds finds a lower-case ASCII word without regard to case, and without a copy.
func holds(text, word string) bool {
	for i := 0; i+len(word) <= len(text); i++ {
		if strings.EqualFold(text[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

// ParseFilter reads a filter as people type it: words, and name:value for
// state, rule, path, severity and class.
func ParseFilter(text string) (q Filter, err error) {
	for word := range strings.FieldsSeq(text) {
		name, value, named := strings.Cut(word, ":")
		if !named {
			q.Text = append(q.Text, word)
			continue
		}
		switch name {
		case "state":
			q.State = value
		case "rule":
			q.Rule = value
		case "path":
			q.Path = value
		case "severity":
			q.Severity = value
		case "class":
			q.Class = value
		default:
			return q, fmt.Errorf("there is no %q to filter by: use state, rule, path, severity or class", name)
		}
	}
	return q, q.Check()
}

// Check says what is wrong with the filter's words.
func (q *Filter) Check() error {
	switch {
	case q.State != "" && !slices.Contains(States, q.State):
		return fmt.Errorf("there is no state %q: use one of %s", q.State, strings.Join(States, ", "))
	case q.Severity != "" && event.Severity(q.Severity).Rank() < 0:
		return fmt.Errorf("there is no severity %q: use one of %s", q.Severity, strings.Join(severityWords(), ", "))
	case strings.ContainsAny(q.Path, "*?[") && !validGlob(q.Path):
		return fmt.Errorf("%q is no pattern of paths: write for instance **/testdata/**", q.Path)
	}
	return nil
}

// String is the filter as ParseFilter reads it.
func (q *Filter) String() string {
	var parts []string
	for _, p := range []struct{ name, value string }{{"state", q.State}, {"rule", q.Rule}, {"path", q.Path}, {"severity", q.Severity}, {"class", q.Class}} {
		if p.value != "" {
			parts = append(parts, p.name+":"+p.value)
		}
	}
	return strings.Join(append(parts, q.Text...), " ")
}
