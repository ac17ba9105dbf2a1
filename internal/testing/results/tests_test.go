package results

import (
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/testing/mapping"
)

// suite writes cases in short: a name, and what stands in the case.
func suite(cases ...string) string {
	var b strings.Builder
	b.WriteString(`<testsuite name="shop" timestamp="2026-05-20T10:00:00">`)
	for i := 0; i < len(cases); i += 2 {
		fmt.Fprintf(&b, "<testcase classname='auth' name='%s'>%s</testcase>\n", cases[i], cases[i+1])
	}
	return b.String() + "</testsuite>"
}

func TestWhatTestsShow(t *testing.T) {
	const failed, skipped, flaky = "<failure/>", "<skipped/>", "<flakyFailure message='x'/>"
	property := func(name, value string) string {
		return "<properties><property name='" + name + "' value='" + value + "'/></properties>"
	}
	tests := []struct {
		name string
		tree checktest.Tree
		want []event.Test
	}{
		{"in the name", checktest.Tree{"junit.xml": suite("TestLock_V6_3_1", "", "TestOther", "")},
			[]event.Test{{Requirement: "v5.0.0-6.3.1", Passed: 1, Names: []string{"auth.TestLock_V6_3_1"}, Path: "junit.xml"}}},
		{"in a property", checktest.Tree{"junit.xml": suite("locks", property("requirement", "6.3.1"), "resets", property("tag", "@PL-CODE-1"))}, []event.Test{
			{Requirement: "PL-CODE-1", Passed: 1, Names: []string{"auth.resets"}, Path: "junit.xml"},
			{Requirement: "v5.0.0-6.3.1", Passed: 1, Names: []string{"auth.locks"}, Path: "junit.xml"}}},
		{"one failed, one flaky, one skipped", checktest.Tree{"junit.xml": suite("a [V6.3.1]", failed, "b [V6.3.1]", flaky, "c [V6.3.1]", skipped, "d [V6.3.1]", "")},
			[]event.Test{{Requirement: "v5.0.0-6.3.1", Passed: 2, Failed: 1, Skipped: 1, Flaky: 1, First: "auth.a [V6.3.1]", Path: "junit.xml",
				Names: []string{"auth.a [V6.3.1]", "auth.b [V6.3.1]", "auth.c [V6.3.1]", "auth.d [V6.3.1]"}}}},
		{"passed and failed", checktest.Tree{"a/junit.xml": suite("a [V6.3.1]", ""), "b/junit.xml": suite("a [V6.3.1]", failed)},
			[]event.Test{{Requirement: "v5.0.0-6.3.1", Failed: 1, Flaky: 1, First: "auth.a [V6.3.1]", Names: []string{"auth.a [V6.3.1]"}, Path: "b/junit.xml"}}},
		{"skipped here, passed there", checktest.Tree{"a/junit.xml": suite("a [V6.3.1]", skipped), "b/junit.xml": suite("a [V6.3.1]", "")},
			[]event.Test{{Requirement: "v5.0.0-6.3.1", Passed: 1, Names: []string{"auth.a [V6.3.1]"}, Path: "a/junit.xml"}}},
		{"mapped", checktest.Tree{"junit.xml": suite("TestLocks", "", "TestLocksAgain", ""), mapping.Path: "- {requirement: V6.3.1, tests: ['auth/*Locks*']}"},
			[]event.Test{{Requirement: "v5.0.0-6.3.1", Passed: 2, Names: []string{"auth.TestLocks", "auth.TestLocksAgain"}, Path: "junit.xml"}}},
		{"mapped, did not run", checktest.Tree{"junit.xml": suite("TestLocks", ""), mapping.Path: "- {requirement: V6.3.1, tests: [TestLocks, TestGone]}"},
			[]event.Test{{Requirement: "v5.0.0-6.3.1", Passed: 1, NotRun: []string{"TestGone"}, Names: []string{"auth.TestLocks"}, First: "TestGone", Path: mapping.Path}}},
		{"mapped, no results", checktest.Tree{mapping.Path: "- {requirement: ACME-1, tests: [TestLocks]}"},
			[]event.Test{{Requirement: "ACME-1", NotRun: []string{"TestLocks"}, First: "TestLocks", Path: mapping.Path}}},
		{"written, did not run", checktest.Tree{"junit.xml": suite("TestLock_V6_3_1", ""),
			"auth/lock_test.go": "func TestLock_V6_3_1(t *testing.T) {\n}\nfunc TestUnlock_V6_3_1(t *testing.T) {\n}\n"},
			[]event.Test{{Requirement: "v5.0.0-6.3.1", Passed: 1, NotRun: []string{"TestUnlock_V6_3_1"}, Names: []string{"auth.TestLock_V6_3_1"}, First: "TestUnlock_V6_3_1", Path: "auth/lock_test.go"}}},
		{"subtests answer with their parent", checktest.Tree{"junit.xml": suite("TestLock_V6_3_1", "", "TestLock_V6_3_1/deep/er", ""),
			"auth/lock_test.go": "func TestLock_V6_3_1(t *testing.T) {\n\tt.Run(\"deep\", func(t *testing.T) {\n\tt.Run(\"er\", func(t *testing.T) {\n"},
			[]event.Test{{Requirement: "v5.0.0-6.3.1", Passed: 2, Names: []string{"auth.TestLock_V6_3_1", "auth.TestLock_V6_3_1/deep/er"}, Path: "junit.xml"}}},
		{"tagged in the source", checktest.Tree{"junit.xml": suite("locksOut()", ""), "src/test/java/auth.java": "class auth {\n@Test\n@Tag(\"V6.3.1\")\nvoid locksOut() {}\n@Tag(\"ACME-7\")\n@Test\nvoid other() {}}"}, []event.Test{
			{Requirement: "ACME-7", NotRun: []string{"other"}, First: "other", Path: "src/test/java/auth.java"},
			{Requirement: "v5.0.0-6.3.1", Passed: 1, Names: []string{"auth.locksOut()"}, Path: "junit.xml"}}},
		{"samples are not the product's", checktest.Tree{"examples/lock_test.go": "func TestUnlock_V6_3_1(t *testing.T) {\n}\n"}, nil},
		{"go test -json", checktest.Tree{"out/go-test.json": `{"Time":"2026-05-20T10:00:00Z","Action":"run","Package":"example.org/auth","Test":"TestA"}
{"Time":"2026-05-20T10:00:00Z","Action":"attr","Package":"example.org/auth","Test":"TestA","Key":"requirement","Value":"V6.3.1"}
{"Time":"2026-05-20T10:00:00Z","Action":"pass","Package":"example.org/auth","Test":"TestA"}
`}, []event.Test{{Requirement: "v5.0.0-6.3.1", Passed: 1, Names: []string{"example.org/auth.TestA"}, Path: "out/go-test.json"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			record := examine(t, tt.tree)
			for i := range tt.want {
				tt.want[i].Check = ID
			}
			if diff := gocmp.Diff(tt.want, record.Tests); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, p := range record.Problems {
				t.Errorf("problem: %+v", p)
			}
		})
	}
}

// TestOldTestsEnd holds that what tests show ends thirty days after they ran.
func TestOldTestsEnd(t *testing.T) {
	record := examine(t, checktest.Tree{"junit.xml": suite("TestLock_V6_3_1", "")})
	if got := record.FreshUntil.Format("2006-01-02"); got != "2026-06-19" {
		t.Errorf("fresh until %s", got)
	}
}

func TestBrokenMappingIsTold(t *testing.T) {
	record := examine(t, checktest.Tree{mapping.Path: "- {requirement: V6.3.1}", "junit.xml": suite("TestLock_V6_3_1", "")})
	if len(record.Tests) != 0 || len(record.Problems) != 1 || !record.Problems[0].Incomplete || record.Problems[0].Path != mapping.Path {
		t.Errorf("got %+v, %+v", record.Tests, record.Problems)
	}
}
