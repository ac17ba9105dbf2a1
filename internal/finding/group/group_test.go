package group_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding/group"
)

// at makes a finding by its line of source, in which the place is marked by ^.
func at(rule, tool, path, source string) event.Finding {
	column := strings.IndexByte(source, '^')
	return event.Finding{Rule: rule, Tool: tool, Path: path, Line: 3, Column: column + 1, Source: strings.Replace(source, "^", "", 1), Message: "wrong in " + path}
}

func TestAssign(t *testing.T) {
	message := func(rule, text string) event.Finding {
		return event.Finding{Rule: rule, Path: "CODEOWNERS", Message: text}
	}
	bill := func(text string) event.Finding {
		return event.Finding{Rule: "results.vulnerable-component", Tool: "trivy", Path: "bom.json", Message: text}
	}
	tests := []struct {
		name string
		a, b event.Finding
		same bool
	}{
		{"one key name in two files", at("secret.generic-password", "", "a.env", `db_password = "^****"`), at("secret.generic-password", "", "b/c.yml", `dbPassword: ^****`), true},
		{"two key names", at("secret.generic-password", "", "a.env", `db_password = "^****"`), at("secret.generic-password", "", "a.env", `ftp_password = "^****"`), false},
		{"a test and what ships", at("secret.generic-password", "", "a.env", `password = "^****"`), at("secret.generic-password", "", "tests/a.env", `password = "^****"`), false},
		{"two kinds of credential", at("secret.generic-password", "", "a.env", `password = "^****"`), at("secret.postgres-url", "", "a.env", `password = "^****"`), false},
		{"keys of one folder", at("secret.rsa-private-key", "", "testdata/a.pem", "^-----"), at("secret.rsa-private-key", "", "testdata/b.pem", "^-----"), true},
		{"keys of two folders", at("secret.rsa-private-key", "", "testdata/a.pem", "^-----"), at("secret.rsa-private-key", "", "x/testdata/b.pem", "^-----"), false},
		{"one sink", at("gosec/G204", "gosec", "a.go", "\tcmd := ^exec.Command(name, a...)"), at("gosec/G204", "gosec", "b.go", "return ^exec.Command(other)"), true},
		{"one sink of two values", at("go/sql", "t", "a.go", "rows, err := ^s.db.Query(q)"), at("go/sql", "t", "b.go", "x = ^t.db.Query(p)"), true},
		{"the call around the place", at("go/sql", "t", "a.go", "db.Query(^q)"), at("go/sql", "t", "b.go", "db.Query(^p + x)"), true},
		{"two sinks", at("go/sql", "t", "a.go", "^db.Query(q)"), at("go/sql", "t", "b.go", "^db.Exec(q)"), false},
		{"two tools", at("go/sql", "t", "a.go", "^db.Query(q)"), at("go/sql", "u", "b.go", "^db.Query(q)"), false},
		{"one version of a package", bill("log4j-core 2.14.0 has CVE-2021-44228: x"), bill("log4j-core 2.14.0 has CVE-2021-45046"), true},
		{"two versions", bill("log4j-core 2.14.0 has CVE-2021-44228: x"), bill("log4j-core 2.15.0 has CVE-2021-45046"), false},
		{"one message", message("codeowners.bad-owner", `"X" is no owner`), message("codeowners.bad-owner", `"X" is no owner`), true},
		{"two messages", message("codeowners.bad-owner", `"X" is no owner`), message("codeowners.bad-owner", `"Y" is no owner`), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pair := []event.Finding{tt.a, tt.b}
			group.Assign(pair)
			if same := pair[0].Group != "" && pair[0].Group == pair[1].Group; same != tt.same {
				t.Errorf("got groups %q and %q", pair[0].Group, pair[1].Group)
			}
		})
	}
}

// TestAlone: a finding without another like it has no group, and neither has one
// whose like is fixed.
func TestAlone(t *testing.T) {
	pair := []event.Finding{at("go/sql", "t", "a.go", "^db.Query(q)"), at("go/sql", "t", "b.go", "^db.Query(q)")}
	pair[1].State, pair[1].Group = event.Fixed, "of before"
	group.Assign(pair)
	if pair[0].Group != "" || pair[1].Group != "" {
		t.Errorf("got groups %q and %q", pair[0].Group, pair[1].Group)
	}
}

// TestOrderAndSize: a hundred thousand findings in any order have the same
// groups, and a member more renames none.
func TestOrderAndSize(t *testing.T) {
	const n = 100_000
	all := make([]event.Finding, n)
	for i := range all {
		all[i] = at(fmt.Sprintf("rule%d", i%50), "t", fmt.Sprintf("src/f%d.go", i), fmt.Sprintf("x := ^pkg.Sink%d(a)", i%2000))
		all[i].Fingerprint = fmt.Sprint(i)
	}
	group.Assign(all)
	want := map[string]string{}
	for _, f := range all {
		want[f.Fingerprint] = f.Group
	}
	r := rand.New(rand.NewPCG(1, 1))
	r.Shuffle(n, func(i, j int) { all[i], all[j] = all[j], all[i] })
	all = append(all, at("rule1", "t", "new.go", "x := ^pkg.Sink1(a)"))
	group.Assign(all)
	for _, f := range all[:n] {
		if f.Group == "" || f.Group != want[f.Fingerprint] {
			t.Fatalf("finding %s is in %q and was in %q", f.Fingerprint, f.Group, want[f.Fingerprint])
		}
	}
}

func FuzzAssign(f *testing.F) {
	f.Add("secret.x", "", "a", `x = "y"`, 5, 0)
	f.Add("r", "t", "a", "f(g(x))", 3, 2)
	f.Fuzz(func(t *testing.T, rule, tool, path, source string, column, begins int) {
		one := event.Finding{Rule: rule, Tool: tool, Path: path, Source: source, Column: column, SourceColumn: begins, Message: "m"}
		pair := []event.Finding{one, one}
		group.Assign(pair)
		if pair[0].Group != pair[1].Group {
			t.Error("two equal findings are in two groups")
		}
	})
}

func BenchmarkAssign(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		all := make([]event.Finding, n)
		for i := range all {
			all[i] = at(fmt.Sprintf("rule%d", i%50), "t", fmt.Sprintf("src/f%d.go", i), fmt.Sprintf("x := ^pkg.Sink%d(a)", i%2000))
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				group.Assign(all)
			}
		})
	}
}
