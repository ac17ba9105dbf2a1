package scope_test

import (
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/finding/scope"
)

// The line that holds HERE is the one asked about.
func TestOf(t *testing.T) {
	tests := []struct {
		name, path, text string
		want             scope.Span
	}{
		{"go function", "a.go", "package a\n\nvar x = T{1}\n\nfunc (s *Server) Handle(w W) error {\n\tif x {\n\t\tHERE()\n\t}\n}\n", scope.Span{Name: "Server.Handle", From: 5, To: 9}},
		{"go closure", "a.go", "func run() {\n\tgo func() {\n\t\tHERE\n\t}()\n}\n", scope.Span{Name: "run", From: 1, To: 5}},
		{"go top level", "a.go", "func run() {\n}\nvar key = HERE\n", scope.Span{}},
		{"go on the first line", "a.go", "func run(key string) { // HERE\n}\n", scope.Span{Name: "run", From: 1, To: 2}},
		{"go braces in text", "a.go", "func a() {\n\tx := \"}\" + `}\n}`\n\tHERE\n}\n", scope.Span{Name: "a", From: 1, To: 5}},
		{"java", "A.java", "package a;\npublic class A {\n  @Test\n  public void login(String a) throws E {\n    for (int i = 0; i < 3; i++) { HERE }\n  }\n}\n", scope.Span{Name: "A.login", From: 4, To: 6}},
		{"javascript arrow", "a.js", "const load = async (id) => {\n  if (id) {\n    HERE\n  }\n}\n", scope.Span{Name: "load", From: 1, To: 5}},
		{"typescript method", "a.ts", "export class Api {\n  get(path: string): Promise<void> {\n    HERE\n  }\n}\n", scope.Span{Name: "Api.get", From: 2, To: 4}},
		{"rust", "a.rs", "impl Store {\n    pub fn open<'a>(p: &'a str) -> R {\n        HERE\n    }\n}\n", scope.Span{Name: "Store.open", From: 2, To: 4}},
		{"terraform", "a.tf", "resource \"aws_db\" \"main\" {\n  password = HERE\n}\n", scope.Span{Name: "resource.aws_db.main", From: 1, To: 3}},
		{"json", "a.json", "{\n  \"db\": {\n    \"password\": \"HERE\"\n  }\n}\n", scope.Span{Name: "db", From: 2, To: 4}},
		{"python", "a.py", "class A:\n    def get(self):\n        if x:\n            HERE\n\n        return 1\n\n    def put(self):\n        pass\n", scope.Span{Name: "A.get", From: 2, To: 6}},
		{"ruby", "a.rb", "class User < Base\n  def find(id)\n    HERE\n  end\nend\n", scope.Span{Name: "User.find", From: 2, To: 4}},
		{"yaml", "a.yml", "jobs:\n  build:\n    steps:\n      - run: HERE\n  test:\n    x: 1\n", scope.Span{Name: "jobs.build.steps.run", From: 4, To: 4}},
		{"markdown", "a.md", "# A\n\n## B\nHERE\n```\n# no heading\n```\n## C\n", scope.Span{Name: "B", From: 3, To: 7}},
		{"ini", "a.ini", "[main]\nx=1\n[db]\npassword=HERE\n", scope.Span{Name: "db", From: 3, To: 5}},
		{"not known", "a.bin", "HERE", scope.Span{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			line := 1 + strings.Count(tt.text[:strings.Index(tt.text, "HERE")], "\n")
			if got := scope.Of(tt.path, []byte(tt.text), line); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestStatement(t *testing.T) {
	text := "a()\ncall(b,\n  c,\n  d)\ne()\n"
	for line, want := range map[int]string{1: "a()\n", 2: "call(b,\n  c,\n  d)\n", 5: "e()\n", 6: "", 99: ""} {
		if got := scope.Statement([]byte(text), line); got != want {
			t.Errorf("line %d: got %q, want %q", line, got, want)
		}
	}
}

func FuzzOf(f *testing.F) {
	for _, ext := range []string{"a.go", "a.py", "a.yml", "a.md", "a.json", "a.tf", "a.rb", "a.ini"} {
		f.Add(ext, "func a() {\n  \"x\n}\n/* { */ `", 2)
	}
	f.Fuzz(func(t *testing.T, path, text string, line int) {
		span := scope.Of(path, []byte(text), line)
		if span.Name != "" && (span.From < 1 || span.To < span.From || span.To > 1+strings.Count(text, "\n")) {
			t.Errorf("%s:%d: %+v", path, line, span)
		}
		_ = span.Text([]byte(text))
		scope.Statement([]byte(text), line)
	})
}
