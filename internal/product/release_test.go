package product

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const releaseOwners = "owners:\n  - {name: Ada, role: security}\n  - {name: Bob, role: maintainer}\n"

func TestReleaseDefaults(t *testing.T) {
	p, faults := Load(Path, []byte("name: x\n"))
	if faults != nil {
		t.Fatal(faults)
	}
	if d := cmp.Diff([]Approval{{Count: 1}}, p.Release.Needed()); d != "" {
		t.Error(d)
	}
	if p.Release.ValidFor() != 2160*time.Hour || p.Release.Emergency.Allowed {
		t.Errorf("valid for %s, emergency %v", p.Release.ValidFor(), p.Release.Emergency)
	}
}

func TestReleaseWhole(t *testing.T) {
	p, faults := Load(Path, []byte(releaseOwners+`release:
  preconditions:
    - {id: demo, title: t, expression: counts.fail == 0, fix: f}
  approvals: []
  valid: 720h
  emergency: {allowed: true, longest: 48h, roles: [security]}
  line: "1.2"
`))
	if faults != nil {
		t.Fatal(faults)
	}
	r := p.Release
	if len(r.Needed()) != 0 || r.Approvals == nil {
		t.Errorf("an empty list does not waive approvals: %v", r.Needed())
	}
	if r.ValidFor() != 720*time.Hour || r.Emergency.Stands() != 48*time.Hour || r.Line != "1.2" || r.Preconditions[0].ID != "demo" {
		t.Errorf("read %+v", r)
	}
}

func TestReleaseFaults(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"duration", "release: {valid: 90d}\n", "valid"},
		{"no duration", "release: {valid: 0h}\n", `a release cannot stand for "0h"`},
		{"too long", "release: {valid: 99999999h}\n", "cannot stand"},
		{"twice", "release:\n  preconditions:\n    - {id: a, title: t, expression: 'true', fix: f}\n    - {id: a, title: t, expression: 'true', fix: f}\n", "4:12: the precondition a stands there twice"},
		{"people", releaseOwners + "release: {approvals: [{count: 2, roles: [security]}]}\n", "2 people must approve, and owners names 1 who could"},
		{"role", "release: {approvals: [{count: 1, roles: [boss]}]}\n", "boss"},
		{"unknown field", "release: {aprovals: []}\n", "approvals"},
		{"expression missing", "release: {preconditions: [{id: a, title: t, fix: f}]}\n", "expression"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, faults := Load(Path, []byte(test.text))
			if faults == nil {
				t.Fatal("it was taken")
			}
			var all strings.Builder
			for _, f := range faults {
				all.WriteString(f.Error() + " | " + f.Hint + "\n")
			}
			if !strings.Contains(all.String(), test.want) {
				t.Errorf("got %s", &all)
			}
		})
	}
}
