// Package posture says what has changed between two releases: in what was found,
// in what was handed over, in what is inside of it and in who answers for it.
package posture

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/plimsoll-dev/plimsoll/internal/release/approval"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Side is one of the two releases.
type Side struct {
	Prepared  record.Prepared
	Approvals []approval.Given
	// Bill is the bill of materials in CycloneDX; nil where there is none.
	Bill []byte
}

// Change is one thing that differs. From is empty for what is new, To for what
// is gone.
type Change struct {
	Kind string `json:"kind"` // gate | status | precondition | deliverable | component | approval | emergency
	What string `json:"what"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// Worse is set where it speaks against the later release.
	Worse bool `json:"worse,omitempty"`
}

// Diff compares an earlier release with a later one.
func Diff(a, b Side) ([]Change, error) {
	var out []Change
	if from, to := a.Prepared.Verdict.Gate, b.Prepared.Verdict.Gate; from != to {
		out = append(out, Change{"gate", "gate", from, to, to != "met"})
	}
	out = append(out, compare("status", statuses(a), statuses(b), worseStatus)...)
	out = append(out, compare("precondition", preconditions(a), preconditions(b), func(_, to string) bool { return to != "met" && to != "" })...)
	out = append(out, compare("deliverable", deliverables(a), deliverables(b), nil)...)
	before, err := components(a.Bill)
	if err != nil {
		return nil, fmt.Errorf("reading the bill of materials of %s: %w", a.Prepared.Version, err)
	}
	after, err := components(b.Bill)
	if err != nil {
		return nil, fmt.Errorf("reading the bill of materials of %s: %w", b.Prepared.Version, err)
	}
	out = append(out, compare("component", before, after, nil)...)
	out = append(out, compare("approval", approvals(a), approvals(b), nil)...)
	return append(out, compare("emergency", emergency(a), emergency(b), func(_, to string) bool { return to != "" })...), nil
}

func compare(kind string, a, b map[string]string, worse func(from, to string) bool) []Change {
	var out []Change
	for _, what := range slices.Sorted(maps.Keys(a)) {
		if b[what] != a[what] {
			out = append(out, Change{kind, what, a[what], b[what], worse != nil && worse(a[what], b[what])})
		}
	}
	for _, what := range slices.Sorted(maps.Keys(b)) {
		if _, there := a[what]; !there {
			out = append(out, Change{kind, what, "", b[what], worse != nil && worse("", b[what])})
		}
	}
	return out
}

// order ranks statuses from best to worst.
func order() []string {
	return []string{"not-applicable", "pass", "exempt", "stale", "unknown", "fail"}
}

func worseStatus(from, to string) bool {
	if from == "" {
		return slices.Index(order(), to) > slices.Index(order(), "exempt")
	}
	return slices.Index(order(), to) > slices.Index(order(), from)
}

func statuses(s Side) map[string]string {
	out := map[string]string{}
	for _, r := range s.Prepared.Verdict.Requirements {
		out[r.ID] = r.Status
	}
	return out
}

func preconditions(s Side) map[string]string {
	out := map[string]string{}
	for _, p := range s.Prepared.Preconditions {
		out[p.ID] = "not met"
		if p.Met {
			out[p.ID] = "met"
		} else if p.Waived != "" {
			out[p.ID] = "waived (" + p.Waived + ")"
		}
	}
	return out
}

func deliverables(s Side) map[string]string {
	out := map[string]string{}
	for _, d := range s.Prepared.Deliverables {
		out[d.Name] = fmt.Sprintf("%s, %d bytes", d.Digest[:min(19, len(d.Digest))], d.Size)
		if d.Kind == verify.KindImage {
			out[d.Name] = d.Digest[:min(19, len(d.Digest))]
		}
	}
	return out
}

func approvals(s Side) map[string]string {
	out := map[string]string{}
	for _, a := range s.Approvals {
		out[a.By] = cmp.Or(a.Role, "owner")
	}
	return out
}

func emergency(s Side) map[string]string {
	e := s.Prepared.Emergency
	if e == nil {
		return nil
	}
	return map[string]string{"emergency release": e.Because}
}

// components are the parts of a bill that come from elsewhere, by name; a part
// in several versions is listed with all of them.
func components(bill []byte) (map[string]string, error) {
	out := map[string]string{}
	if bill == nil {
		return out, nil
	}
	bom := new(cdx.BOM)
	if err := cdx.NewBOMDecoder(bytes.NewReader(bill), cdx.BOMFileFormatJSON).Decode(bom); err != nil {
		return nil, err
	}
	if bom.Components == nil {
		return out, nil
	}
	versions := map[string][]string{}
	for _, c := range *bom.Components {
		if c.Type == cdx.ComponentTypeLibrary {
			versions[c.Name] = append(versions[c.Name], c.Version)
		}
	}
	for name, all := range versions {
		slices.Sort(all)
		out[name] = all[0]
		for _, v := range slices.Compact(all)[1:] {
			out[name] += ", " + v
		}
	}
	return out, nil
}
