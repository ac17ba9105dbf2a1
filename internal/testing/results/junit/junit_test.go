package junit

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDialects(t *testing.T) {
	jar := map[string]string{"surefire.real.class.path": "/x.jar"}
	tests := []struct {
		name, text string
		want       Report
	}{
		{"surefire", `<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="shop.CartTest" tests="4" errors="1" skipped="1" failures="3" timestamp="2026-05-20T10:00:00">
  <properties><property name="surefire.real.class.path" value="/x.jar"/></properties>
  <testcase name="adds" classname="shop.CartTest" time="1,234.5"><flakyFailure message="timeout"><stackTrace>at x</stackTrace></flakyFailure></testcase>
  <testcase name="empties" classname="shop.CartTest"><failure message="expected 0&#10;but was 1" type="AssertionError">trace</failure>
    <rerunFailure message="again"/></testcase>
  <testcase name="pays" classname="shop.CartTest"><error type="java.lang.NullPointerException"/></testcase>
  <testcase name="later" classname="shop.CartTest"><skipped message="not yet"/></testcase>
</testsuite>`, Report{Tool: "Surefire", Ended: time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC), Cases: []Case{
			{Suite: "shop.CartTest", Name: "adds", Class: "shop.CartTest", Status: Passed, Attempts: 1, Time: 1234500 * time.Millisecond, Around: jar, At: 4},
			{Suite: "shop.CartTest", Name: "empties", Class: "shop.CartTest", Status: Failed, Attempts: 1, Message: "expected 0", Around: jar, At: 5},
			{Suite: "shop.CartTest", Name: "pays", Class: "shop.CartTest", Status: Errored, Message: "java.lang.NullPointerException", Around: jar, At: 7},
			{Suite: "shop.CartTest", Name: "later", Class: "shop.CartTest", Status: Skipped, Message: "not yet", Around: jar, At: 8},
		}}},
		{"pytest", `<testsuites name="pytest tests"><testsuite name="pytest" errors="0" failures="1" skipped="0" tests="2" timestamp="2026-05-20T12:00:00.5+02:00" hostname="ci">
<testcase classname="tests.test_login" name="test_wrong[a b]" file="tests/test_login.py" line="12" time="0.01"><failure message="assert 200 == 401">def test…</failure></testcase>
<testcase classname="tests.test_login" name="test_right"><properties><property name="requirement" value="PL-1"/><property name="text">inner</property></properties></testcase>
</testsuite></testsuites>`, Report{Tool: "pytest", Ended: time.Date(2026, 5, 20, 10, 0, 0, 500_000_000, time.UTC), Cases: []Case{
			{Suite: "pytest tests > pytest", Name: "test_wrong[a b]", Class: "tests.test_login", File: "tests/test_login.py", Line: 12,
				Status: Failed, Message: "assert 200 == 401", Time: 10 * time.Millisecond, At: 2},
			{Suite: "pytest tests > pytest", Name: "test_right", Class: "tests.test_login", Status: Passed, At: 3,
				Properties: map[string]string{"requirement": "PL-1", "text": "inner"}},
		}}},
		{"phpunit, nested", `<testsuites><testsuite name="all" tests="1" failures="1"><testsuite name="Unit" file="tests/CartTest.php" failures="1">
<testcase name="testAdd" class="CartTest" file="/app/tests/CartTest.php" line="7"><failure type="PHPUnit\Framework\ExpectationFailedException">CartTest::testAdd
Failed</failure></testcase></testsuite></testsuite></testsuites>`, Report{Tool: "PHPUnit", Cases: []Case{
			{Suite: "all > Unit", Name: "testAdd", Class: "CartTest", File: "/app/tests/CartTest.php", Line: 7, Status: Failed, Message: "CartTest::testAdd", At: 2},
		}}},
		{"mocha, file at the suite", `<testsuites name="Mocha Tests"><testsuite name="cart" file="test/cart.js" failures="0"><testcase name="cart adds" classname="adds"/></testsuite></testsuites>`,
			Report{Tool: "Mocha", Cases: []Case{{Suite: "Mocha Tests > cart", Name: "cart adds", Class: "adds", File: "test/cart.js", Status: Passed, At: 1}}}},
		{"ctest", `<testsuite name="Linux-c++" tests="3" failures="1" disabled="1"><testcase name="a" status="run"/><testcase name="b" status="disabled"/>
<testcase name="c" status="fail"><failure message=""/><system-out>boom</system-out></testcase></testsuite>`, Report{Tool: "JUnit XML", Cases: []Case{
			{Suite: "Linux-c++", Name: "a", Status: Passed, At: 1}, {Suite: "Linux-c++", Name: "b", Status: Skipped, At: 1},
			{Suite: "Linux-c++", Name: "c", Status: Failed, At: 2},
		}}},
		{"gotestsum", `<testsuites tests="1" failures="1"><testsuite tests="1" failures="1" name="example.com/shop" timestamp="2026-05-20T10:00:00Z">
<properties><property name="go.version" value="go1.26"/></properties><testcase classname="example.com/shop" name="TestAdd"><failure message="Failed" type="">=== RUN</failure></testcase></testsuite></testsuites>`,
			Report{Tool: "go test", Ended: time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC), Cases: []Case{
				{Suite: "example.com/shop", Name: "TestAdd", Class: "example.com/shop", Status: Failed, Message: "Failed", Around: map[string]string{"go.version": "go1.26"}, At: 2}}}},
		{"failure of a suite", `<testsuites><testsuite name="set-up"><error message="no database"/></testsuite>
<testsuite name="lost" failures="2" errors="1"><testcase name="a"><failure/></testcase></testsuite></testsuites>`, Report{Tool: "JUnit XML",
			Cases: []Case{{Suite: "lost", Name: "a", Status: Failed, At: 2}},
			Faults: []Fault{{Suite: "set-up", Message: "no database", At: 1},
				{Suite: "lost", Message: "it counts 3 failed tests and lists 1", At: 2}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, *got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBrokenReports(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "no test suite"},
		{"other root", "<html/>", "<html>"},
		{"cut off", "<testsuite>\n<testcase name='a'/>\n<testcase", ":3:"},
		{"external entity", `<!DOCTYPE testsuite [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite name="&x;"/>`, "document type"},
		{"deep", strings.Repeat("<testsuite>", 5000), "nested deeper"},
		{"not closed", "<testsuite><testcase></testsuite>", "closed by"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	report, err := Parse([]byte("<testsuite><testcase name='a'><failure/></testcase><testcase"))
	if err == nil || len(report.Cases) != 1 {
		t.Errorf("what stands before the fault is lost: %v, %v", report.Cases, err)
	}
}

func TestFullName(t *testing.T) {
	for _, tt := range []struct{ class, name, want string }{
		{"shop.Cart", "adds", "shop.Cart.adds"}, {"", "adds", "adds"}, {"shop.Cart", "", "shop.Cart"},
		{"cart", "cart adds", "cart adds"}, {"", "", "a test without a name"},
	} {
		if got := (&Case{Class: tt.class, Name: tt.name}).FullName(); got != tt.want {
			t.Errorf("%q, %q: got %q, want %q", tt.class, tt.name, got, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`<testsuites><testsuite name="a" failures="1"><properties><property name="x" value="y"/></properties><testcase name="b" time="1"><failure message="m">t</failure></testcase></testsuite></testsuites>`))
	f.Add([]byte(`<testsuite><testcase><skipped/></testcase><error>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Parse(data)
		if err == nil && r.Ran() > len(r.Cases) {
			t.Errorf("%d of %d cases ran", r.Ran(), len(r.Cases))
		}
		for _, c := range r.Cases {
			if strings.Contains(c.FullName(), "\n") || c.Time < 0 {
				t.Errorf("got %+v", c)
			}
		}
	})
}
