package trustfile_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/release/keyring"
	"github.com/plimsoll-dev/plimsoll/internal/release/trustfile"
	"github.com/plimsoll-dev/plimsoll/verify"
)

var now = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func person(t *testing.T, name string) keyring.Signer {
	t.Helper()
	seed := sha256.Sum256([]byte("trustfile " + name))
	s, err := keyring.FromEd25519(ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// document names people for all roles, threshold of whom it takes.
func document(threshold int, people ...keyring.Signer) verify.TrustDocument {
	doc := verify.TrustDocument{Organisation: "example", Issued: now, Expires: now.AddDate(1, 0, 0), Epoch: 1, Roles: map[verify.Role]verify.Authority{}}
	a := verify.Authority{Threshold: threshold}
	for _, p := range people {
		doc.Keys = append(doc.Keys, verify.TrustKey{Key: p.Key().Line(), Name: p.Key().ID[:8], Epoch: 1})
		a.Keys = append(a.Keys, p.Key().ID)
	}
	doc.Roles[verify.RoleRoot], doc.Roles[verify.RoleRelease] = a, a
	return doc
}

// TestSeveralPeople: a draft goes from one to the next as a file, and counts for
// nothing until enough have signed it.
func TestSeveralPeople(t *testing.T) {
	ada, grace, alan := person(t, "ada"), person(t, "grace"), person(t, "alan")
	draft, err := trustfile.First(document(2, ada, grace, alan))
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range []keyring.Signer{ada, grace} {
		if _, err := draft.Finish(nil, nil); verify.ReasonOf(err) == "" {
			t.Fatalf("finished with %d signatures", i)
		}
		if _, own := draft.Missing(nil); own != 2-i {
			t.Errorf("%d are missing after %d", own, i)
		}
		data, err := draft.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if draft, err = trustfile.Read(data); err != nil {
			t.Fatal(err)
		}
		if err := draft.Sign(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		if err := draft.Sign(t.Context(), p); err == nil {
			t.Error("one person signed twice")
		}
	}
	file, err := draft.Finish(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verify.ReadTrust(file, nil); err != nil {
		t.Error(err)
	}
}

// TestForeseen: what a team would regret is refused before anybody signs.
func TestForeseen(t *testing.T) {
	ada, grace := person(t, "ada"), person(t, "grace")
	tests := map[string]func(*verify.TrustDocument){
		"stands for three years": func(d *verify.TrustDocument) { d.Expires = now.AddDate(3, 0, 0) },
		"nobody could sign any more": func(d *verify.TrustDocument) {
			d.Keys[0].Compromised = &now
		},
		"no key at all": func(d *verify.TrustDocument) { d.Keys[0].Key = "ed25519:" },
	}
	for name, bend := range tests {
		t.Run(name, func(t *testing.T) {
			doc := document(2, ada, grace)
			bend(&doc)
			if _, err := trustfile.First(doc); err == nil {
				t.Error("it was drafted")
			}
		})
	}
	if w := trustfile.Fragile(document(2, ada, grace)); len(w) != 3 {
		t.Errorf("two of two and no log: %q", w)
	}
}

// TestSameFirstDigits: a key that was made until its id looks like that of another
// is told from it, though both have been in the file for long.
func TestSameFirstDigits(t *testing.T) {
	for _, alike := range []string{"0123456789", "0123456789abcdef0123"} {
		before := document(1, person(t, "ada"))
		after := document(1, person(t, "ada"))
		id := func(last string) []string { return []string{alike + strings.Repeat(last, 64-len(alike))} }
		before.Roles[verify.RoleRelease] = verify.Authority{Threshold: 1, Keys: id("a")}
		after.Roles[verify.RoleRelease] = verify.Authority{Threshold: 1, Keys: id("b")}
		if lines := trustfile.Changes(before, after); len(lines) != 1 || !strings.Contains(lines[0], "role release") {
			t.Errorf("%s: the change of a key reads %q", alike, lines)
		}
	}
}

// TestSmallChanges: what is said of a key is part of what is signed.
func TestSmallChanges(t *testing.T) {
	before, after := document(1, person(t, "ada")), document(1, person(t, "ada"))
	later := now.Add(time.Hour)
	before.Keys[0].Compromised, after.Keys[0].Compromised = &now, &later
	after.Keys[0].Epoch = 2
	if lines := trustfile.Changes(before, after); len(lines) != 2 {
		t.Errorf("the change of a date and an epoch reads %q", lines)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"payloadType":"application/vnd.plimsoll.trust.v1+json","payload":"e30=","signatures":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := trustfile.Read(data)
		if err != nil {
			return
		}
		if _, err := d.Finish(nil, nil); err == nil {
			t.Error("a draft that nobody signed was finished")
		}
	})
}
