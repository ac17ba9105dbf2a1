package testnames

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestScan(t *testing.T) {
	tests := []struct {
		path, text string
		want       []Test
	}{
		{"auth/login_test.go", `package auth
// func TestOld(t *testing.T) {}
func TestLogin_V6_3_1(t *testing.T) {
	t.Run("wrong password", func(t *testing.T) {})
	t.Run(tt.name, func(t *testing.T) {})
}
func Testify(t *testing.T) {}
func TestMain(m *testing.M) {}
func FuzzParse(f *testing.F) {}
func (s *LoginSuite) TestLocks() {}
func helper() {}
`, []Test{{Name: "TestLogin_V6_3_1", Line: 3}, {Name: "TestLogin_V6_3_1/wrong_password", Line: 4}, {Name: "FuzzParse", Line: 9}, {Name: "TestLocks", In: "LoginSuite", Line: 10}}},

		{"login.spec.ts", `describe('login', () => {
  // it('is commented out', ...)
  it('locks the account [V6.3.1]', async () => {})
  describe("reset", () => {
    test.only("sends one mail, at once", { tag: ['@V6.4.3'] }, () => {})
  })
  it.each([1, 2])('dynamic', () => {})
  it(` + "`says ${word}`" + `, () => {})
  it(
    'stands on its own line', () => {})
  it('has \'quotes\'')
})
test.describe('other', () => {
  test('works', fn)
})
const it = 3
`, []Test{
			{Name: "locks the account [V6.3.1]", In: "login", Line: 3}, {Name: "sends one mail, at once", In: "login reset", Line: 5, Tags: []string{"v5.0.0-6.4.3"}},
			{Name: "says ${word}", In: "login", Line: 8, Dynamic: true}, {Name: "stands on its own line", In: "login", Line: 9},
			{Name: "has 'quotes'", In: "login", Line: 11}, {Name: "works", In: "other", Line: 14}}},

		{"tests/test_login.py", `import pytest

class TestLogin:
    @pytest.mark.requirement("V6.3.1", "ACME-7")
    @pytest.mark.parametrize("v", ["1.2.5"])
    def test_lockout(self): pass

    async def test_slow(self): pass

def test_free(): pass
# def test_gone(): pass
def helper(): pass
`, []Test{{Name: "test_lockout", In: "TestLogin", Line: 6, Tags: []string{"ACME-7", "v5.0.0-6.3.1"}}, {Name: "test_slow", In: "TestLogin", Line: 8}, {Name: "test_free", Line: 10}}},

		{"src/test/java/LoginTest.java", `class LoginTest {
  @Test
  @Tag("V6.3.1")
  void locksOut() throws Exception { x(); }

  @Tag("V6.4.3") @ParameterizedTest
  @ValueSource(strings = {"a"})
  public void resets(String s) {}

  @Test public void plain() {}
  void helper() {}
}`, []Test{{Name: "locksOut", In: "LoginTest", Line: 4, Tags: []string{"v5.0.0-6.3.1"}},
			{Name: "resets", In: "LoginTest", Line: 8, Tags: []string{"v5.0.0-6.4.3"}}, {Name: "plain", In: "LoginTest", Line: 10}}},

		{"src/test/kotlin/LoginTest.kt", "class LoginTest {\n  @Test\n  fun `locks the account out V6_3_1`() {}\n  @Test fun short() = x()\n}", []Test{
			{Name: "locks the account out V6_3_1", In: "LoginTest", Line: 3}, {Name: "short", In: "LoginTest", Line: 4}}},

		{"spec/login_spec.rb", `RSpec.describe Login do
  context "when locked" do
    it "stays locked", requirement: "V6.3.1" do
    end
    it('is told') { }
  end
end
class LoginTest < Minitest::Test
  def test_lock
  end
end`, []Test{{Name: "stays locked", In: "when locked", Line: 3, Tags: []string{"v5.0.0-6.3.1"}}, {Name: "is told", In: "when locked", Line: 5}, {Name: "test_lock", In: "LoginTest", Line: 9}}},

		{"Shop.Tests/LoginTests.cs", `public class LoginTests
{
    [Fact]
    [Trait("requirement", "V6.3.1")]
    public async Task LocksOut() { }
    [TestCase(1)]
    [TestCase(2)]
    public void Resets(int n) { }
}`, []Test{{Name: "LocksOut", In: "LoginTests", Line: 5, Tags: []string{"v5.0.0-6.3.1"}}, {Name: "Resets", In: "LoginTests", Line: 8}}},

		{"tests/LoginTest.php", `<?php
final class LoginTest extends TestCase {
    public function testLocks(): void {}
    #[Test]
    #[Group('V6.3.1')]
    public function resets(): void {}
    public function helper() {}
}
it('is written for Pest', function () {});
`, []Test{{Name: "testLocks", In: "LoginTest", Line: 3}, {Name: "resets", In: "LoginTest", Line: 6, Tags: []string{"v5.0.0-6.3.1"}}, {Name: "is written for Pest", Line: 9}}},

		{"src/lib.rs", `fn main() {}
mod tests {
    #[test]
    fn locks_out_v6_3_1() {}
    #[tokio::test]
    async fn slow() {}
}`, []Test{{Name: "locks_out_v6_3_1", In: "tests", Line: 4}, {Name: "slow", In: "tests", Line: 6}}},

		{"notes.txt", "func TestX(t *testing.T) {}", nil},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			got := Scan(tt.path, []byte(tt.text))
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if want := len(tt.want) > 0; Candidate(tt.path) != want {
				t.Errorf("Candidate = %v", !want)
			}
		})
	}
}

func TestIDs(t *testing.T) {
	got := Test{Name: "locks [V6.3.1]", In: "MASVS-STORAGE-1", Tags: []string{"ACME-7", "v5.0.0-6.3.1"}}.IDs()
	if diff := cmp.Diff([]string{"ACME-7", "MASVS-STORAGE-1", "v5.0.0-6.3.1"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestBounds(t *testing.T) {
	many := Scan("a_test.go", []byte(strings.Repeat("func TestX(t *testing.T) {}\n", 2*maxTests)))
	if len(many) != maxTests {
		t.Errorf("%d tests", len(many))
	}
	long := Scan("a.spec.js", []byte("it('"+strings.Repeat("ä", 500)+"', f)"))
	if len(long) != 1 || len(long[0].Name) > longestName {
		t.Errorf("got %v", long)
	}
}

// FuzzScan wants names, lines that there are, and an end.
func FuzzScan(f *testing.F) {
	f.Add("go", "func TestA(t *testing.T) {\n\tt.Run(\"x\", func(")
	f.Add("ts", "describe(`a\nit('b\\")
	f.Add("py", "class A:\n @x\n def test_a(")
	f.Add("java", "@Test void a(\n@Test")
	f.Add("rb", "it 'a' do\ndef test_")
	f.Add("cs", "[Fact] public void A(")
	f.Add("php", "/** @test */ function a(")
	f.Add("rs", "#[test]\nfn a(")
	f.Fuzz(func(t *testing.T, ext, text string) {
		total := strings.Count(text, "\n") + 1
		for _, test := range Scan("tests/x_test."+ext, []byte(text)) {
			if test.Name == "" || test.Line < 1 || test.Line > total || len(test.Name) > longestName {
				t.Fatalf("%+v of %d lines", test, total)
			}
		}
	})
}
