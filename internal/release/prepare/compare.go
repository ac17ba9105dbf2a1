package prepare

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Repeat is the request that would prepare a release again. Images in a registry
// are those that were prepared, wherever their tags are by now. The bills of
// materials are dated and signed off as those were, so that they are the same.
func Repeat(r record.Prepared) Request {
	out := Request{Version: r.Version, Commit: r.Commit, By: r.PreparedBy, Emergency: asked(r.Emergency), BillsAt: r.PreparedAt, Tool: r.Verdict.Tool}
	for _, d := range r.Deliverables {
		out.Named = append(out.Named, Named{Path: d.Name, Kind: d.Kind, Digest: d.Digest})
	}
	return out
}

// Differences lists what a draft made here says otherwise than what was
// prepared, by what it is about. Moments and wording differ always and don't
// count.
func Differences(was record.Prepared, now *Draft) []string {
	n := now.Prepared
	out := differOne("the commit", was.Commit, n.Commit)
	out = append(out, differOne("the release before", was.Previous, n.Previous)...)
	out = append(out, differOne("the gate", was.Verdict.Gate, n.Verdict.Gate)...)
	out = append(out, differ("requirement", was.Verdict.Requirements, n.Verdict.Requirements, func(s verify.Status) (string, string) { return s.ID, s.Status })...)
	out = append(out, differ("precondition", was.Preconditions, n.Preconditions, func(p verify.Precondition) (string, string) { return p.ID, outcome(p) })...)
	out = append(out, differ("deliverable", was.Deliverables, n.Deliverables, func(d verify.Deliverable) (string, string) { return d.Name, content(d) })...)
	out = append(out, differ("attached", was.Attached, n.Attached, func(a verify.Attachment) (string, string) { return a.Name, a.Digest })...)
	out = append(out, standsLonger(was.Verdict.FreshUntil, n.Verdict.FreshUntil)...)
	if !maps.Equal(was.Verdict.Statuses, n.Verdict.Statuses) {
		out = append(out, fmt.Sprintf("the counts of requirements: prepared %v, here %v", was.Verdict.Statuses, n.Verdict.Statuses))
	}
	for _, a := range n.Authors {
		if !slices.Contains(was.Authors, a) {
			out = append(out, fmt.Sprintf("%s wrote part of it, and is not among its authors", a))
		}
	}
	return out
}

// content is what readers hold a deliverable against, the whole and the pieces.
func content(d verify.Deliverable) string {
	text := d.Digest
	if d.Tree != nil {
		text += fmt.Sprintf(" in chunks of %d under %s", d.Tree.Chunk, d.Tree.Root)
	}
	return text
}

// standsLonger finds a verdict that says to rest on fresher evidence than is here.
func standsLonger(was, here *time.Time) []string {
	if here == nil || was != nil && !was.After(*here) {
		return nil
	}
	say := func(t *time.Time) string {
		if t == nil {
			return "for good"
		}
		return "until " + t.Format(time.RFC3339)
	}
	return []string{fmt.Sprintf("the evidence is fresh: prepared %s, here %s", say(was), say(here))}
}

func outcome(p verify.Precondition) string {
	switch {
	case p.Met:
		return "met"
	case p.Waived != "":
		return "waived"
	}
	return "not met"
}

func differOne(what, was, now string) []string {
	if was == now {
		return nil
	}
	return []string{fmt.Sprintf("%s: prepared %q, here %q", what, was, now)}
}

// differ compares two lists by the names of what is in them, in the order of the
// first.
func differ[T any](what string, was, now []T, of func(T) (name, value string)) []string {
	const absent = "not there"
	here := map[string]string{}
	for _, x := range now {
		name, value := of(x)
		here[name] = value
	}
	var out []string
	for _, x := range was {
		name, value := of(x)
		other, ok := here[name]
		if delete(here, name); !ok {
			other = absent
		}
		if value != other {
			out = append(out, fmt.Sprintf("%s %s: prepared %s, here %s", what, name, value, other))
		}
	}
	for _, x := range now {
		if name, value := of(x); here[name] != "" {
			out = append(out, fmt.Sprintf("%s %s: prepared %s, here %s", what, name, absent, value))
		}
	}
	return out
}
