package product

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const keyA, keyB = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE="

// TestPeople: one person may be an owner twice, and is one person all the same.
func TestPeople(t *testing.T) {
	p, faults := Load(Path, []byte(`owners:
  - {name: Ada, email: ada@example.org, role: security, keys: ["`+keyA+`"]}
  - {name: Bob, email: bob@example.org, role: product}
  - {name: Ada Lovelace, email: ADA@example.org, role: developer, keys: ["`+keyB+`"]}
`))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if got := len(p.People()); got != 2 {
		t.Errorf("%d people, expected 2", got)
	}
	tests := []struct{ text, want string }{
		{"Ada", "Ada"}, {"ada  LOVELACE", "Ada"}, {"Ada <ada@example.org>", "Ada"}, {"bob@example.org", "Bob"},
		{"Someone <bob@example.org>", "Bob"}, {"Ada <bob@example.org>", ""}, {"Eve", ""}, {"", ""},
	}
	for _, test := range tests {
		if who, _ := p.Person(test.text); who.Name != test.want {
			t.Errorf("Person(%q) = %q, expected %q", test.text, who.Name, test.want)
		}
	}
	a, _ := p.KeyOf(keyA)
	b, _ := p.KeyOf(keyB)
	if !a.Same(b) {
		t.Error("two keys of Ada count as two people")
	}
	if diff := cmp.Diff([]string{"Ada"}, p.InRole("developer")); diff != "" {
		t.Error(diff)
	}
}

func TestSharedAndBrokenKeys(t *testing.T) {
	_, faults := Load(Path, []byte("owners:\n  - {name: Ada, keys: [\""+keyA+"\"]}\n  - {name: Bob, keys: [\""+keyA+"\"]}\n"))
	if len(faults) != 1 || !strings.Contains(faults[0].Message, "another person's too") || faults[0].Place.Line != 3 {
		t.Errorf("a shared key: %v", faults)
	}
	// Another spelling of Ada's key: the last digit has bits that mean nothing.
	_, faults = Load(Path, []byte("owners:\n  - {name: Ada, keys: [\""+keyA+"\"]}\n  - {name: Bob, keys: [\""+strings.Replace(keyA, "A=", "B=", 1)+"\"]}\n"))
	if len(faults) != 1 || faults[0].Place.Line != 3 {
		t.Errorf("a key in another spelling: %v", faults)
	}
	_, faults = Load(Path, []byte("owners:\n  - {name: Ada, keys: [\"ssh-ed25519 AAAA\"]}\n"))
	if len(faults) != 1 || !strings.Contains(faults[0].Hint, "plimsoll key export --line") {
		t.Errorf("no key of ours: %v", faults)
	}
}
