package suppress

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// ignore is the literal, which must not stand in this file as a comment would have it.
const ignore = "# " + "plimsoll:" + "ignore"

const rest = ` go.sql until=2026-07-01 by=ada reason="the table is ours"`

func TestFind(t *testing.T) {
	ok := Comment{Path: "a.py", Line: 2, Column: 9, Rule: "go.sql", Until: "2026-07-01", By: "ada", Reason: "the table is ours"}
	tests := []struct {
		name, path, text string
		want             []Comment
		fault            string
	}{
		{"behind code", "a.py", "x = 1\ny = 2 " + ignore + rest + "\nz\n", []Comment{ok}, ""},
		{"alone", "a.py", "\n" + ignore + rest, []Comment{{Path: "a.py", Line: 2, Column: 3, Rule: "go.sql", Until: "2026-07-01", By: "ada", Reason: "the table is ours", Alone: true}}, ""},
		{"closed", "a.css", "\n/* " + ignore[2:] + rest + " */", []Comment{{Path: "a.css", Line: 2, Column: 4, Rule: "go.sql", Until: "2026-07-01", By: "ada", Reason: "the table is ours", Alone: true}}, ""},
		{"in prose", "a.py", "print('use " + ignore[2:] + rest + "')", nil, ""},
		{"in a document", "a.md", "    " + ignore + " RULE", nil, ""},
		{"no rule", "a.py", ignore, nil, "names no rule"},
		{"no rule, but the rest", "a.py", ignore + " until=2026-07-01", nil, "names no rule"},
		{"all rules", "a.py", ignore + " * until=2026-07-01", nil, `"*" is no rule`},
		{"two rules", "a.py", ignore + " go.sql,go.exec until=2026-07-01", nil, `"go.sql,go.exec" is no rule`},
		{"no end", "a.py", ignore + ` go.sql by=ada reason="because"`, nil, "has no end"},
		{"no such day", "a.py", ignore + ` go.sql until=2026-02-30 by=ada reason="because"`, nil, "is no date"},
		{"nobody", "a.py", ignore + ` go.sql until=2026-07-01 reason="because"`, nil, "who answers for it"},
		{"no reason", "a.py", ignore + ` go.sql until=2026-07-01 by=ada`, nil, "gives no reason"},
		{"empty reason", "a.py", ignore + ` go.sql until=2026-07-01 by=ada reason="  "`, nil, "gives no reason"},
		{"unknown key", "a.py", ignore + ` go.sql until=2026-07-01 by=ada because="abc"`, nil, `there is no "because"`},
		{"twice", "a.py", ignore + ` go.sql until=2026-07-01 until=2027-07-01`, nil, "given twice"},
		{"not closed", "a.py", ignore + ` go.sql until=2026-07-01 by=ada reason="abc`, nil, "is not closed"},
		{"single quotes", "a.py", ignore + ` go.sql until=2026-07-01 by=ada reason='abc def'`, nil, "quotation marks"},
		{"more text", "a.py", ignore + rest + " and so on", nil, "not of the form name=value"},
		{"stuck together", "a.py", ignore + "d go.sql", nil, "a blank is missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, faults := Find(tt.path, []byte(tt.text), 1)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if (tt.fault == "") != (len(faults) == 0) || tt.fault != "" && !strings.Contains(faults.Error(), tt.fault) {
				t.Errorf("faults %v, want %q", faults, tt.fault)
			}
		})
	}
}

func TestApply(t *testing.T) {
	known := func(rule string) (string, bool) {
		check := map[string]string{"go.sql": "code.sast", "secret.x": "code.secrets"}[rule]
		return check, check != ""
	}
	f := func(line int, rule, print string) event.Finding {
		return event.Finding{Rule: rule, Path: "a.py", Line: line, Fingerprint: print, State: event.Open}
	}
	c := Comment{Path: "a.py", Line: 2, Rule: "go.sql", Until: "2026-07-01", By: "ada", Reason: "because"}
	edit := func(fn func(*Comment)) Comment { d := c; fn(&d); return d }
	tests := []struct {
		name    string
		comment Comment
		finding event.Finding
		want    event.State
		code    string
	}{
		{"same line", c, f(2, "go.sql", "aa"), event.Decided, ""},
		{"the line after code", c, f(3, "go.sql", "aa"), event.Open, "suppression-unused"},
		{"the line after a comment", edit(func(c *Comment) { c.Alone = true }), f(3, "go.sql", "aa"), event.Decided, ""},
		{"other rule", c, f(2, "go.exec", "aa"), event.Open, "suppression-unused"},
		{"ran out", edit(func(c *Comment) { c.Until = "2026-05-31" }), f(2, "go.sql", "aa"), event.Open, "suppression-expired"},
		{"no such rule", edit(func(c *Comment) { c.Rule = "go.sqll" }), f(2, "go.sql", "aa"), event.Open, "config"},
		{"any credential", edit(func(c *Comment) { c.Rule = "secret.x" }), f(2, "secret.x", "aa"), event.Open, "config"},
		{"this credential", edit(func(c *Comment) { c.Rule, c.Finding = "secret.x", "12345678" }), f(2, "secret.x", "123456789"), event.Decided, ""},
		{"another credential on the line", edit(func(c *Comment) { c.Rule, c.Finding = "secret.x", "12345678" }), f(2, "secret.x", "aa3456789"), event.Open, "suppression-unused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list := []event.Finding{tt.finding}
			problems := Apply([]Comment{tt.comment}, list, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), true, known)
			code := ""
			for _, p := range problems {
				code += p.Code
			}
			if list[0].State != tt.want || code != tt.code {
				t.Errorf("got %s %q, want %s %q", list[0].State, code, tt.want, tt.code)
			}
		})
	}
}

func FuzzFind(f *testing.F) {
	f.Add("x " + ignore + rest)
	f.Fuzz(func(t *testing.T, text string) {
		comments, faults := Find("a.go", []byte(text), 1)
		for _, c := range comments {
			if c.Rule == "" || c.Until == "" || c.By == "" || c.Reason == "" || c.Line < 1 {
				t.Errorf("%+v", c)
			}
		}
		for _, e := range faults {
			if e.Place.Column < 1 {
				t.Errorf("%+v", e.Place)
			}
		}
	})
}
