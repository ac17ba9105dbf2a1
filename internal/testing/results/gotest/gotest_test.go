package gotest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/junit"
)

// stream writes events in short: "action package test [more JSON]".
func stream(lines ...string) []byte {
	var b strings.Builder
	for _, line := range lines {
		f := strings.SplitN(line, " ", 4)
		b.WriteString(`{"Time":"2026-05-20T12:00:00Z","Action":"` + f[0] + `","Package":"` + f[1] + `"`)
		if len(f) > 2 && f[2] != "-" {
			b.WriteString(`,"Test":"` + f[2] + `"`)
		}
		if len(f) > 3 {
			b.WriteString("," + f[3])
		}
		b.WriteString("}\n")
	}
	return []byte(b.String())
}

func TestParse(t *testing.T) {
	tests := []struct {
		name   string
		data   []byte
		cases  []junit.Case
		faults []junit.Fault
	}{
		{"passed, skipped, failed", stream("start a", "run a TestA", "pass a TestA", "run a TestB", "skip a TestB", "run a TestC",
			`output a TestC "Output":"=== RUN TestC\n"`, `output a TestC "Output":"    c_test.go:9: got 1\n"`, "fail a TestC", "fail a"),
			[]junit.Case{{Name: "TestA", Status: junit.Passed}, {Name: "TestB", Status: junit.Skipped}, {Name: "TestC", Status: junit.Failed, Message: "c_test.go:9: got 1"}}, nil},
		{"an attribute", stream("run a TestA", `attr a TestA "Key":"requirement","Value":"V6.3.1"`, "pass a TestA", "pass a"),
			[]junit.Case{{Name: "TestA", Status: junit.Passed, Properties: map[string]string{"requirement": "V6.3.1"}}}, nil},
		{"subtests", stream("run a TestA", "run a TestA/x", "fail a TestA/x", "fail a TestA", "fail a"),
			[]junit.Case{{Name: "TestA", Status: junit.Failed, Message: "its subtest TestA/x failed"}, {Name: "TestA/x", Status: junit.Failed}}, nil},
		{"run again and passed", stream("start a", "run a TestA", "fail a TestA", "fail a", "start a", "run a TestA", "pass a TestA", "pass a"),
			[]junit.Case{{Name: "TestA", Status: junit.Passed, Attempts: 1}}, nil},
		{"-count=2, one failed", stream("run a TestA", "fail a TestA", "run a TestA", "pass a TestA", "fail a"),
			[]junit.Case{{Name: "TestA", Status: junit.Failed}}, nil},
		{"run again and skipped", stream("run a TestA", "fail a TestA", "fail a", "run a TestA", "skip a TestA", "pass a"),
			[]junit.Case{{Name: "TestA", Status: junit.Skipped, Attempts: 1}}, nil},
		{"never ended", stream("run a TestA", "fail a"),
			[]junit.Case{{Name: "TestA", Status: junit.Errored, Message: "it began and did not end"}}, nil},
		{"not built", stream("start a", `fail a - "FailedBuild":"a"`), nil, []junit.Fault{{Suite: "a", Message: "it could not be built", At: 2}}},
		{"failed outside", stream("run a TestA", "pass a TestA", "fail a"),
			[]junit.Case{{Name: "TestA", Status: junit.Passed}}, []junit.Fault{{Suite: "a", Message: "it failed outside of any test", At: 3}}},
		{"words between", append([]byte("go: downloading x v1.2.3\n\n"), stream("run a TestA", "pass a TestA")...),
			[]junit.Case{{Name: "TestA", Status: junit.Passed}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.cases {
				tt.cases[i].Suite, tt.cases[i].Class = "a", "a"
			}
			got, err := Parse(tt.data)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.cases, got.Cases, cmpopts.IgnoreFields(junit.Case{}, "At")); diff != "" {
				t.Errorf("cases (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.faults, got.Faults); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
			if !got.Ended.Equal(time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)) || got.Tool != Tool {
				t.Errorf("ended %v, tool %q", got.Ended, got.Tool)
			}
			if !Sniff(tt.data) {
				t.Error("it is not known for what it is")
			}
		})
	}
}

func TestBroken(t *testing.T) {
	report, err := Parse(append(stream("run a TestA", "pass a TestA"), `{"Action":"run","Pack`...))
	if all := fault.All(err); err == nil || all[0].Place == nil || all[0].Place.Line != 3 {
		t.Errorf("got %v", err)
	}
	if len(report.Cases) != 1 {
		t.Errorf("%d cases before the place", len(report.Cases))
	}
	if _, err := Parse([]byte("FAIL\n")); err == nil {
		t.Error("a file without an event is none")
	}
}

func TestSniff(t *testing.T) {
	for text, want := range map[string]bool{
		`{"Action":"start","Package":"x"}`:                 true,
		`{"ImportPath":"x","Action":"build-output"}`:       true,
		`{"Action":"start"}`:                               false,
		`{"Action":"deploy","Package":"x"}`:                false,
		`{"name":"x","version":"1"}`:                       false,
		"{\n \"Action\": \"run\",\n \"Package\": \"x\"\n}": false,
		"": false,
	} {
		if got := Sniff([]byte(text)); got != want {
			t.Errorf("Sniff(%s) = %v", text, got)
		}
	}
}

// FuzzParse wants every case to have a status, and no test twice.
func FuzzParse(f *testing.F) {
	f.Add(stream("start a", "run a TestA", "fail a TestA", "fail a", "run a TestA", "pass a TestA", "pass a"))
	f.Add(stream("run a TestA", "run a TestA/x", `attr a TestA/x "Key":"k"`, "pass a TestA/x"))
	f.Add([]byte("x\n{}\n{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		report, _ := Parse(data)
		for _, c := range report.Cases {
			if c.Status != junit.Passed && c.Status != junit.Failed && c.Status != junit.Errored && c.Status != junit.Skipped {
				t.Fatalf("%s has the status %q", c.FullName(), c.Status)
			}
			if c.Attempts < 0 || c.Time < 0 {
				t.Fatalf("%+v", c)
			}
		}
	})
}
