package gate

import (
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
)

func introduced(f *event.Finding) { f.Change = event.Introduced }

func answersForNew(f *event.Finding) bool { return f.Change == event.Introduced }

// evaluated is the verdict on a change with one requirement.
func evaluated(now, base Input) (event.Verdict, event.Requirement) {
	v := EvaluateChange(now, base, answersForNew)
	return v, v.Requirements[0]
}

func TestChange(t *testing.T) {
	two := func(change ...func(*event.Finding)) event.Finding {
		f := token(change...)
		f.Path = "new.yml"
		return f
	}
	broken := func(w CheckWord) CheckWord { w.Incomplete = []string{"a file"}; return w }
	tests := []struct {
		name      string
		r         requirement.Selected
		now, base CheckWord
		gate      event.Gate
		before    bool
	}{
		{"nothing changes", secrets(), word(token()), word(token()), event.Met, true},
		{"all is well on both sides", secrets(), word(), word(), event.Met, false},
		{"it introduces the first", secrets(), word(token(introduced)), word(), event.NotMet, false},
		{"it introduces one beside an old one", secrets(), word(token(), two(introduced)), word(token()), event.NotMet, false},
		{"it fixes one and introduces another", secrets(), word(two(introduced)), word(token()), event.NotMet, false},
		{"it fixes one of two", secrets(), word(token()), word(token(), two()), event.Met, true},
		{"what it introduces is too mild to count", secrets(), word(token(), two(introduced, severity(event.Low))), word(token()), event.Met, true},
		{"what it introduces is decided", secrets(), word(token(), two(introduced, decided("false-positive", ""))), word(token()), event.Met, true},
		{"what it introduces is promised to be fixed", secrets(), word(two(introduced, decided("fix", ""))), word(), event.NotMet, false},
		{"it was not known before and is not now", secrets(), broken(word()), broken(word()), event.Met, true},
		{"what was known is not any more", secrets(), broken(word()), word(), event.NotMet, false},
		{"what failed is not known any more", secrets(), broken(word()), word(token()), event.NotMet, false},
		{"nobody's word was there and is not now", thought(), word(), word(), event.Met, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, r := evaluated(input(tt.r, tt.now), input(tt.r, tt.base))
			if v.Gate != tt.gate || r.Before != tt.before {
				t.Errorf("got gate %q (%s) and before %v, want %q and %v", v.Gate, v.Reason, r.Before, tt.gate, tt.before)
			}
			if whole := Evaluate(input(tt.r, tt.now)).Requirements[0].Status; r.Status != whole {
				t.Errorf("the status is %s, and %s without a comparison", r.Status, whole)
			}
		})
	}
}

// TestChangeSpeaksOfWhatIsNew: the reason names what the change introduced, not
// the older finding that sorts before it.
func TestChangeSpeaksOfWhatIsNew(t *testing.T) {
	fresh := token(introduced)
	fresh.Path = "z.yml"
	now := input(secrets(), word(token(), fresh))
	v, r := evaluated(now, input(secrets(), word(token())))
	if r.Reason != "a GitHub token, z.yml:12 (critical)" || len(v.Next) != 1 {
		t.Errorf("got %q and %v", r.Reason, v.Next)
	}
}

// TestChangeOfAttestations: a word that was there and is not any more is the
// change's doing, one that was missing all along is not.
func TestChangeOfAttestations(t *testing.T) {
	with := attested(input(thought(), word()), Attestation{Requirement: "PL-DESIGN-1", By: "ada", Effective: day("2026-06-01"), Until: day("2026-07-01")})
	without := input(thought(), word())
	if v, _ := evaluated(without, with); v.Gate != event.NotMet {
		t.Errorf("taken away: got %q", v.Gate)
	}
	if v, _ := evaluated(with, without); v.Gate != event.Met {
		t.Errorf("added: got %q", v.Gate)
	}
}

// TestIncompleteChange: a run that could not look everywhere says so, whatever
// the change did.
func TestIncompleteChange(t *testing.T) {
	now := input(secrets(), word(token()))
	now.RunIncomplete = true
	if v, _ := evaluated(now, input(secrets(), word(token()))); v.Gate != event.IncompleteGate {
		t.Errorf("got %q", v.Gate)
	}
}
