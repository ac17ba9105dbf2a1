package posture

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/release/approval"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/verify"
)

func side(gate string, bill string, change func(*record.Prepared)) Side {
	p := record.Prepared{Version: "1", Verdict: verify.Verdict{Gate: gate, Requirements: []verify.Status{{ID: "A", Status: "pass"}, {ID: "B", Status: "unknown"}}},
		Preconditions: []verify.Precondition{{ID: "gate", Met: true}},
		Deliverables:  []verify.Deliverable{{Name: "app", Kind: verify.KindFile, Digest: verify.Digest([]byte("1")), Size: 1}}}
	if change != nil {
		change(&p)
	}
	return Side{Prepared: p, Bill: []byte(bill), Approvals: []approval.Given{{Approved: verify.Approved{By: "Bob", Role: "security"}}}}
}

const (
	before = `{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"x","version":"1"},{"type":"library","name":"gone","version":"1"},{"type":"application","name":"app","version":"1"}]}`
	after  = `{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"x","version":"2"},{"type":"library","name":"x","version":"1"},{"type":"library","name":"new","version":"3"}]}`
)

func TestDiff(t *testing.T) {
	a := side("met", before, nil)
	b := side("not met", after, func(p *record.Prepared) {
		p.Verdict.Requirements = []verify.Status{{ID: "A", Status: "fail"}, {ID: "B", Status: "pass"}, {ID: "C", Status: "stale"}}
		p.Preconditions = []verify.Precondition{{ID: "gate", Waived: "emergency"}}
		p.Deliverables[0].Digest, p.Deliverables[0].Size = verify.Digest([]byte("2")), 2
		p.Emergency = &verify.Emergency{Because: "it burns"}
	})
	b.Approvals = nil
	got, err := Diff(a, b)
	if err != nil {
		t.Fatal(err)
	}
	want := []Change{
		{"gate", "gate", "met", "not met", true},
		{"status", "A", "pass", "fail", true},
		{"status", "B", "unknown", "pass", false},
		{"status", "C", "", "stale", true},
		{"precondition", "gate", "met", "waived (emergency)", true},
		{"deliverable", "app", "sha256:6b86b273ff34, 1 bytes", "sha256:d4735e3a265e, 2 bytes", false},
		{"component", "gone", "1", "", false},
		{"component", "x", "1", "1, 2", false},
		{"component", "new", "", "3", false},
		{"approval", "Bob", "security", "", false},
		{"emergency", "emergency release", "", "it burns", true},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if same, err := Diff(a, a); err != nil || len(same) != 0 {
		t.Errorf("a release differs from itself: %v, %v", same, err)
	}
	if _, err := Diff(a, side("met", "{", nil)); err == nil {
		t.Error("a broken bill is passed over")
	}
}
