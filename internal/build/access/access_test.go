package access_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/build/access"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

const adaKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ada"

func noFile(string) ([]byte, error) { return nil, errors.New("no such file") }

const full = `
people:
  - name: Ada
    emails: [Ada@Example.org, "*@ada.example"]
    keys:
      - ` + adaKey + `
    roles: [maintainer]
    from: 2020-01-01
    until: 2024-12-31
  - name: Bob
    emails: [bob@example.org]
    keys: [keys/bob.pub]
bots:
  - name: release-bot
    emails: [bot@example.org]
rules:
  signed: required
  signed_since: 2023-06-01
  authors_must_be_listed: true
  authors_since: 0123abc
  protected_refs: [main, "release/*"]
  max_blob_size: 5 MiB
  allowed_binaries: ["gradle/wrapper/*.jar", "*.wasm", "vendor/**"]
`

func parseFull(t *testing.T) *access.Policy {
	t.Helper()
	p, err := access.Parse(access.Path, []byte(full), func(path string) ([]byte, error) {
		if path != "keys/bob.pub" {
			t.Errorf("asked for the key file %q", path)
		}
		return []byte("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg= bob\n"), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestParse(t *testing.T) {
	p := parseFull(t)
	if !p.Declared || p.Rules.Signed != access.Required || p.Rules.MaxBlobSize != 5<<20 || p.Rules.AuthorsSince.Commit != "0123abc" {
		t.Errorf("the rules were read as %+v", p.Rules)
	}
	if got := p.Rules.SignedSince.Day.Format(time.DateOnly); got != "2023-06-01" {
		t.Errorf("signed_since was read as %s", got)
	}
	if n := p.Keyring().Len(); n != 2 {
		t.Errorf("the keyring holds %d keys, want 2", n)
	}
	if k := p.People[0].Keys[0]; k.Signer != "Ada" || k.Until.Format(time.DateOnly) != "2025-01-01" {
		t.Errorf("Ada's key is %+v", k)
	}
	if !p.IsBot("release-bot") || p.IsBot("Ada") {
		t.Error("the bots were not told from the people")
	}
}

func TestWho(t *testing.T) {
	p := parseFull(t)
	for _, test := range []struct {
		email, on, name string
		want            access.Standing
	}{
		{"ada@example.org", "2022-01-01", "Ada", access.Listed},
		{"ADA@EXAMPLE.ORG", "2022-01-01", "Ada", access.Listed},
		{"anything@ada.example", "2024-12-31", "Ada", access.Listed},
		{"ada@example.org", "2025-01-01", "Ada", access.OutOfDate},
		{"ada@example.org", "2019-12-31", "Ada", access.OutOfDate},
		{"bob@example.org", "1999-01-01", "Bob", access.Listed},
		{"bot@example.org", "2022-01-01", "release-bot", access.Listed},
		{"eve@example.org", "2022-01-01", "", access.Unlisted},
		{"x@evil.ada.example", "2022-01-01", "", access.Unlisted},
		{"", "2022-01-01", "", access.Unlisted},
	} {
		at, _ := time.Parse(time.DateOnly, test.on)
		who, got := p.Who(test.email, at)
		name := ""
		if who != nil {
			name = who.Name
		}
		if got != test.want || name != test.name {
			t.Errorf("Who(%q, %s) = %q, %v; want %q, %v", test.email, test.on, name, got, test.name, test.want)
		}
	}
}

func TestGlobs(t *testing.T) {
	g := parseFull(t).Rules.AllowBinaries
	got := map[string]bool{}
	for _, path := range []string{"gradle/wrapper/gradle-wrapper.jar", "gradle/wrapper/x/y.jar", "a/b.wasm", "b.wasm", "vendor/a/b.so", "x/vendor/b.so"} {
		got[path] = g.Match(path)
	}
	want := map[string]bool{"gradle/wrapper/gradle-wrapper.jar": true, "gradle/wrapper/x/y.jar": false, "a/b.wasm": true,
		"b.wasm": true, "vendor/a/b.so": true, "x/vendor/b.so": false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestProtects(t *testing.T) {
	rules := parseFull(t).Rules
	for branch, want := range map[string]bool{"main": true, "release/1.0": true, "mainline": false, "feature": false} {
		if rules.Protects(branch) != want {
			t.Errorf("Protects(%s) = %v", branch, !want)
		}
	}
	if !(access.Rules{}).Protects("anything") {
		t.Error("without protected_refs the rules are for all branches")
	}
}

// Every fault of a file is told at once, each at its place.
func TestFaults(t *testing.T) {
	for _, test := range []struct{ name, file, want string }{
		{"schema", "people:\n  - name: Ada\n    emails: ada@example.org\n    role: [x]\nrules:\n  signed: requierd\n", `
access.yaml:3:13: emails must be a list, not the text "ada@example.org"
access.yaml:4:5: "role" is not known here
access.yaml:6:11: signed cannot be "requierd"`},
		{"dates and addresses", "people:\n  - name: Ada\n    emails: [a*@example.org]\n    from: 2024-02-01\n    until: 2024-01-01\n  - name: Bob\n    emails: [x@example.org]\n    from: 2024-02-31\n  - name: Eve\n    emails: [x@example.org]\n", `
access.yaml:8:11: from cannot be "2024-02-31"`},
		{"who owns what", "people:\n  - name: Ada\n    emails: [a*@example.org]\n    from: 2024-02-01\n    until: 2024-01-01\n  - name: Bob\n    emails: [x@example.org]\n  - name: Eve\n    emails: [x@example.org]\n", `
access.yaml:3:14: "a*@example.org": * must stand for the whole part before the @
access.yaml:5:12: 2024-01-01 ends before it begins (from 2024-02-01)
access.yaml:9:14: x@example.org belongs to Bob already`},
		{"keys", "people:\n  - name: Ada\n    emails: [a@example.org]\n    keys:\n      - ../ada.pub\n      - ssh-ed25519 AAAA broken\n      - |\n        -----BEGIN OPENSSH PRIVATE KEY-----\n", `
access.yaml:5:9: reading the key file ../ada.pub: no such file
access.yaml:6:9: not a public key: line 1 is neither an SSH public key nor an armored OpenPGP one
access.yaml:7:9: not a public key: this is a private key; keep it out of the repository, and renew it if it was pushed`},
		{"rules nobody can keep", "rules:\n  signed: required\n  authors_must_be_listed: true\n  signed_since: yesterday\n", `
access.yaml:4:17: signed_since cannot be "yesterday"`},
		{"nobody has a key", "rules:\n  signed: required\n", `
access.yaml:2:11: signatures are required, but nobody has a key`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := access.Parse("access.yaml", []byte(test.file), noFile)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(strings.TrimSpace(test.want), err.Error()); diff != "" {
				t.Error(diff)
			}
			for _, e := range fault.All(err) {
				if e.Hint == "" || e.Place.Source == "" || yamlfile.Caret(*e.Place) == "" || e.Code != fault.Config {
					t.Errorf("%v: hint, source, caret or code is missing", e)
				}
			}
		})
	}
}

func TestKnownBot(t *testing.T) {
	for _, test := range []struct {
		name, email string
		want        bool
	}{
		{"dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", true},
		{"renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com", true},
		{"github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com", true},
		{"GitHub", "noreply@github.com", true},
		{"Robot Smith", "smith@bot.example", false},
		{"Ada", "1234+ada@users.noreply.github.com", false},
	} {
		if got := access.KnownBot(test.name, test.email); got != test.want {
			t.Errorf("KnownBot(%q, %q) = %v", test.name, test.email, got)
		}
	}
}

func TestDefaultAsksNothing(t *testing.T) {
	p := access.Default()
	if p.Declared || p.Rules.Signed != access.NotAsked || p.Rules.ListedAuthors || p.Rules.MaxBlobSize != 10<<20 {
		t.Errorf("the default policy is %+v", p)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte("people: [{name: a, emails: ['*@b'], keys: [k]}]"))
	f.Add([]byte("rules: {max_blob_size: 99999999999999 GiB, allowed_binaries: ['[', '**/**']}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := access.Parse("access.yaml", data, noFile)
		if (p == nil) == (err == nil) {
			t.Fatalf("Parse returned %v and %v", p, err)
		}
	})
}
