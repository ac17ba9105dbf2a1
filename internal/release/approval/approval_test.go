package approval

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/verify"
)

type person struct {
	name string
	key  ed25519.PrivateKey
}

func newPerson(t *testing.T, name string) person {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return person{name, key}
}

func (p person) owner(role string) product.Owner {
	return product.Owner{Name: p.name, Email: strings.ToLower(p.name) + "@example.org", Role: role, Keys: []string{evidence.KeyLine(p.key.Public().(ed25519.PublicKey))}}
}

func prepared(t *testing.T, needs ...record.Need) (record.Prepared, []byte) {
	t.Helper()
	p := record.Prepared{Type: record.PreparedType, Product: "shop", Version: "1.0.0", Authors: []string{"ada@example.org"}, Needs: needs,
		Verdict:      verify.Verdict{Gate: "met"},
		Deliverables: []verify.Deliverable{{Name: "shop", Kind: verify.KindFile, Digest: verify.Digest([]byte("shop")), Size: 4}}}
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return p, raw
}

func (p person) approves(t *testing.T, prep record.Prepared, raw []byte, role string) []byte {
	t.Helper()
	line, err := Sign(prep, raw, Word{By: p.name, Role: role, Recorded: time.Unix(1e9, 0)}, p.key)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

func TestReady(t *testing.T) {
	ada, bob, eve, stranger := newPerson(t, "Ada"), newPerson(t, "Bob"), newPerson(t, "Eve"), newPerson(t, "Sam")
	owners := []product.Owner{ada.owner("maintainer"), bob.owner("security"), bob.owner("maintainer"), eve.owner("security")}
	one := record.Need{Count: 1}
	p, raw := prepared(t, one)
	security, maintainer := record.Need{Count: 1, Roles: []string{"security"}}, record.Need{Count: 1, Roles: []string{"maintainer"}}
	both, bothRaw := prepared(t, security, maintainer)
	other, otherRaw := p, []byte(nil)
	other.Version = "1.0.1"
	otherRaw, _ = json.Marshal(other)
	none, noneRaw := prepared(t)
	for _, test := range []struct {
		name string
		p    record.Prepared
		raw  []byte
		by   [][]byte
		want string // of the error; empty for none
		n    int    // approvals that count
	}{
		{"one owner", p, raw, [][]byte{bob.approves(t, p, raw, "security")}, "", 1},
		{"nobody", p, raw, nil, "0 of 1 approvals", 0},
		{"waived", none, noneRaw, nil, "", 0},
		{"the author", p, raw, [][]byte{ada.approves(t, p, raw, "")}, "wrote part of the release", 0},
		{"a stranger", p, raw, [][]byte{stranger.approves(t, p, raw, "")}, "none of the owners", 0},
		{"in another's name", p, raw, [][]byte{person{"Eve", bob.key}.approves(t, p, raw, "")}, "signed with the key of Bob", 0},
		{"a role that they lack", p, raw, [][]byte{eve.approves(t, p, raw, "maintainer")}, "has no such role", 0},
		{"another release", p, raw, [][]byte{bob.approves(t, other, otherRaw, "")}, "something else than what is prepared", 0},
		{"twice the same", both, bothRaw, [][]byte{bob.approves(t, both, bothRaw, "security"), bob.approves(t, both, bothRaw, "maintainer")}, "1 of 2 approvals", 1},
		{"roles are matched", both, bothRaw, [][]byte{bob.approves(t, both, bothRaw, ""), eve.approves(t, both, bothRaw, "")}, "", 2},
		{"one of two roles", both, bothRaw, [][]byte{eve.approves(t, both, bothRaw, "")}, "1 of 2 approvals that it needs (1 of security; 1 of maintainer)", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Ready(test.p, test.raw, test.by, owners)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Fatalf("got %v, expected %q", err, test.want)
			}
			if len(got) != test.n {
				t.Errorf("%d count, expected %d", len(got), test.n)
			}
		})
	}
}

// TestChanged: whatever is changed of an approval after it was signed, it does
// not count.
func TestChanged(t *testing.T) {
	bob := newPerson(t, "Bob")
	owners := []product.Owner{bob.owner("security")}
	p, raw := prepared(t, record.Need{Count: 1})
	line := bob.approves(t, p, raw, "")
	var e verify.Envelope
	if err := json.Unmarshal(line, &e); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*verify.Envelope){
		"payload": func(e *verify.Envelope) {
			e.Payload = bytes.Replace(e.Payload, []byte(`"gate":"met"`), []byte(`"gate":"mat"`), 1)
		},
		"type":         func(e *verify.Envelope) { e.PayloadType = "text/plain" },
		"no signature": func(e *verify.Envelope) { e.Signatures = nil },
		"signed twice": func(e *verify.Envelope) { e.Signatures = append(e.Signatures, e.Signatures[0]) },
		"signature":    func(e *verify.Envelope) { e.Signatures[0].Sig = append([]byte{1}, e.Signatures[0].Sig[1:]...) },
		"white space":  func(e *verify.Envelope) { e.Payload = append(e.Payload, ' ') },
	} {
		t.Run(name, func(t *testing.T) {
			changed := e
			changed.Signatures = append([]verify.Signature(nil), e.Signatures...)
			change(&changed)
			data, err := json.Marshal(changed)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Ready(p, raw, [][]byte{data}, owners); err == nil {
				t.Error("it counts")
			}
		})
	}
}

func FuzzOpen(f *testing.F) {
	_, key, _ := ed25519.GenerateKey(nil)
	bob := person{"Bob", key}
	p := record.Prepared{Product: "shop", Version: "1"}
	good, _ := Sign(p, nil, Word{By: "Bob"}, key)
	f.Add(good)
	f.Add([]byte(`{"payloadType":"x","payload":"","signatures":[]}`))
	owners := []product.Owner{bob.owner("security")}
	f.Fuzz(func(t *testing.T, data []byte) {
		given, err := Open(p, nil, [][]byte{data}, owners)
		if err == nil && (len(given) != 1 || given[0].By != "Bob") {
			t.Errorf("took %q", data)
		}
	})
}
