package cli

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// approved verifies the approvals of a prepared release: by people of the
// product, with their keys, on these very bytes, as many as the release needs.
func (app *App) approved(ctx context.Context, dir string, p record.Prepared, raw []byte, approvals [][]byte) ([]verify.Approved, error) {
	desk, err := app.desk(ctx, dir)
	if err != nil {
		return nil, err
	}
	var out []verify.Approved
	var people []product.Person
	for _, line := range approvals {
		a, who, err := openApproval(desk, p, raw, line)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(people, who.Same) {
			continue // one person, one approval
		}
		out, people = append(out, a), append(people, who)
	}
	return out, enough(p.Needs, people)
}

func openApproval(desk *assess.Desk, p record.Prepared, raw, line []byte) (verify.Approved, product.Person, error) {
	refuse := func(format string, args ...any) (verify.Approved, product.Person, error) {
		return verify.Approved{}, product.Person{}, fault.New(fault.Untrusted, "remove it, and approve what is prepared now", format, args...)
	}
	e, err := envelope.Read(line)
	if err != nil {
		return refuse("reading an approval: %v", err)
	}
	var s struct {
		PredicateType string                   `json:"predicateType"`
		Predicate     verify.ApprovalPredicate `json:"predicate"`
	}
	if err := json.Unmarshal(e.Payload, &s); err != nil || s.PredicateType != verify.ApprovalType {
		return refuse("reading an approval: it is a %q", s.PredicateType)
	}
	a := s.Predicate
	if a.Prepared != verify.Digest(raw) || a.Product != p.Product || a.Version != p.Version {
		return refuse("the approval of %s is of something else than what is prepared", a.By)
	}
	for _, key := range desk.Keys() {
		for _, sig := range e.Signatures {
			if sig.KeyID != key.ID || !ed25519.Verify(key.Public, verify.PAE(e.PayloadType, e.Payload), sig.Sig) {
				continue
			}
			holder, _ := desk.Product().KeyOf(evidence.KeyLine(key.Public))
			if who, ok := desk.Product().Person(a.By); !ok || !who.Same(holder) {
				return refuse("the approval of %s is signed with the key of %s", a.By, holder.Name)
			}
			if slices.ContainsFunc(p.Authors, func(author string) bool { who, ok := desk.Product().Person(author); return ok && who.Same(holder) }) {
				return refuse("%s wrote part of the release, and may not approve it", a.By)
			}
			return verify.Approved{By: a.By, Role: a.Role, Key: key.ID, Statement: verify.Digest(e.Payload)}, holder, nil
		}
	}
	return refuse("the approval of %s is signed by no key of the product's people", a.By)
}

// enough fills the needs with people, each once: those who can fill the fewest
// first would be exact only for needs that do not overlap, so every way is tried.
func enough(needs []record.Need, people []product.Person) error {
	var seats []record.Need
	for _, n := range needs {
		for range n.Count {
			seats = append(seats, n)
		}
	}
	taken := make([]int, len(people))
	for i := range taken {
		taken[i] = -1
	}
	filled := 0
	for seat := range seats {
		if seatPerson(seat, seats, people, taken, make([]bool, len(people))) {
			filled++
		}
	}
	if filled < len(seats) {
		var want []string
		for _, n := range needs {
			want = append(want, roleText(n))
		}
		return fault.New(fault.Incomplete, "`plimsoll release approve` gives one", "the release has %d of %d approvals that it needs (%s)", filled, len(seats), strings.Join(want, "; "))
	}
	return nil
}

// seatPerson finds a person for a seat, moving others where that helps (Kuhn's
// matching).
func seatPerson(seat int, seats []record.Need, people []product.Person, taken []int, tried []bool) bool {
	for i, who := range people {
		if tried[i] || !mayFill(seats[seat], who) {
			continue
		}
		tried[i] = true
		if taken[i] < 0 || seatPerson(taken[i], seats, people, taken, tried) {
			taken[i] = seat
			return true
		}
	}
	return false
}

func mayFill(n record.Need, who product.Person) bool {
	return len(n.Roles) == 0 || slices.ContainsFunc(n.Roles, func(r string) bool { return slices.Contains(who.Roles, r) })
}

func roleText(n record.Need) string {
	if len(n.Roles) == 0 {
		return fmt.Sprintf("%d of any owner", n.Count)
	}
	return fmt.Sprintf("%d of %s", n.Count, strings.Join(n.Roles, " or "))
}
