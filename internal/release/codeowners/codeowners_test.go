package codeowners

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMatch(t *testing.T) {
	tests := []struct {
		dialect      Dialect
		pattern      string
		match, other []string
	}{
		{GitHub, "*", []string{"a", "a/b/c"}, nil},
		{GitHub, "*.go", []string{"a.go", "x/y/a.go", "x.go/y"}, []string{"a.gox", "go"}},
		{GitHub, "/*", []string{"a"}, []string{"a/b"}},
		{GitHub, "*/", []string{"a/b", "a/b/c"}, []string{"a"}},
		{GitHub, "**/**/a", []string{"a", "x/y/a/z"}, []string{"b"}},
		{GitHub, "docs", []string{"docs", "docs/a", "x/docs/a/b"}, []string{"docs2/a"}},
		{GitHub, "docs/", []string{"docs/a", "x/docs/a/b"}, []string{"docs"}},
		{GitHub, "/docs/", []string{"docs/a", "docs/a/b"}, []string{"x/docs/a", "docs"}},
		{GitHub, "docs/*", []string{"docs/a"}, []string{"docs/a/b", "x/docs/a"}},
		{GitHub, "docs/**", []string{"docs/a", "docs/a/b"}, []string{"docs"}},
		{GitHub, "src/api", []string{"src/api", "src/api/a"}, []string{"x/src/api"}},
		{GitHub, "**/logs", []string{"logs", "a/logs/b", "a/b/logs"}, []string{"alogs/b"}},
		{GitHub, "/a/**/z", []string{"a/z", "a/b/z", "a/b/c/z/y"}, []string{"z", "b/a/z"}},
		{GitHub, "/build/log?.txt", []string{"build/log1.txt"}, []string{"build/log.txt", "build/log12.txt"}},
		{GitHub, `my\ file.txt`, []string{"my file.txt"}, []string{"my"}},
		{GitHub, "/a*b*c", []string{"abc", "axxbyyc"}, []string{"abcd", "acb"}},
		{GitLab, "*", []string{"a", "a/b/c"}, nil},
		{GitLab, "README.md", []string{"README.md", "a/README.md"}, []string{"README.md/a"}},
		{GitLab, "internal/x.go", []string{"internal/x.go", "a/internal/x.go"}, []string{"internal/y/x.go"}},
		{GitLab, "/docs", nil, []string{"docs/a"}},
		{GitLab, "/docs/", []string{"docs/a", "docs/a/b"}, []string{"x/docs/a"}},
		{GitLab, "/docs/*", []string{"docs/a"}, []string{"docs/a/b"}},
		{GitLab, "/docs/**/*.md", []string{"docs/a.md", "docs/a/b.md"}, []string{"docs/a.txt"}},
		{GitLab, "/[a-c]*.go", []string{"b1.go"}, []string{"d1.go"}},
	}
	for _, tt := range tests {
		p := compile(tt.pattern, tt.dialect)
		for _, path := range tt.match {
			if !p.match(strings.Split(path, "/")) {
				t.Errorf("%s does not match %s", tt.pattern, path)
			}
		}
		for _, path := range tt.other {
			if p.match(strings.Split(path, "/")) {
				t.Errorf("%s matches %s", tt.pattern, path)
			}
		}
	}
}

func TestParseFaults(t *testing.T) {
	tests := []struct {
		dialect    Dialect
		text, want string // "line:column owner"; empty for none
	}{
		{GitHub, "# all\n\n* @ann @org/team.x ann@b.test # inline\n/docs\\ old/ @org/docs-team\n", ""},
		{GitHub, "*.md ann", `1:6 ann`},
		{GitHub, "*.md @ann_corp", ""},
		{GitHub, "*.md @-ann", "1:6 @-ann"},
		{GitHub, "a @org/team/sub", "1:3 @org/team/sub"},
		{GitHub, "!a @ann", "1:1 "},
		{GitHub, "a[bc] @ann", "1:1 "},
		{GitHub, "@ann *.go", "1:1 "},
		{GitHub, "/a/***/b @ann", "1:1 "},
		{GitHub, "* @ann\n\xff @ann", "2:1 "},
		{GitLab, "[Docs][2] @group/docs\n*.md\n^[Optional]\n!*.txt\n* @@maintainers a@b.test @a/b/c.d\n", ""},
		{GitLab, "[]\n* @ann", "1:1 "},
		{GitLab, "* ann", "1:3 ann"},
	}
	for _, tt := range tests {
		_, faults := Parse([]byte(tt.text), tt.dialect)
		var got []string
		for _, f := range faults {
			got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Owner))
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, "; ")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestCover(t *testing.T) {
	paths := []string{"README.md", "api/a.go", "api/b.md", "web/a.ts", "web/gen/b.ts"}
	tests := []struct {
		name      string
		dialect   Dialect
		text      string
		uncovered []string
		disowned  int
		dead      []string
	}{
		{"everything", GitHub, "* @ann", nil, 0, nil},
		{"last match wins", GitHub, "* @ann\n/web/gen/", []string{"web/gen/b.ts"}, 1, nil},
		{"owned again", GitHub, "/web/gen/\n* @ann", nil, 0, nil},
		{"bad line is skipped", GitHub, "* ann", paths, 0, nil},
		{"dead line", GitHub, "* @ann\n/old/ @bob\n*.py @bob", nil, 0, []string{"/old/", "*.py"}},
		{"sections add up", GitLab, "/api/ @ann\n[Docs] @doc\n*.md", []string{"web/a.ts", "web/gen/b.ts"}, 0, nil},
		{"exclusion", GitLab, "* @ann\n!/web/gen/", []string{"web/gen/b.ts"}, 1, nil},
		{"section again", GitLab, "[All] @ann\n*\n[Web]\n/web/ @bob\n[all]\n!/web/a.ts", nil, 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, _ := Parse([]byte(tt.text), tt.dialect)
			c, err := f.Cover(paths)
			if err != nil {
				t.Fatal(err)
			}
			var dead []string
			for _, r := range c.Dead {
				dead = append(dead, r.Pattern)
			}
			if diff := cmp.Diff(tt.uncovered, c.Uncovered); diff != "" {
				t.Errorf("uncovered (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.dead, dead); diff != "" || c.Disowned != tt.disowned {
				t.Errorf("disowned %d, dead (-want +got):\n%s", c.Disowned, diff)
			}
		})
	}
}

func TestFolders(t *testing.T) {
	c := Cover{Uncovered: []string{"a", "b/c", "x/y/1", "x/y/2", "x/y/z/3"}}
	want := []Folder{{"x/y", 3}, {"", 1}, {"b", 1}}
	if diff := cmp.Diff(want, c.Folders()); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
}

func TestDialectOf(t *testing.T) {
	tests := []struct {
		path, text string
		want       Dialect
	}{
		{".gitlab/CODEOWNERS", "* @ann", GitLab},
		{".github/CODEOWNERS", "[Docs]\n* @ann", GitHub},
		{"CODEOWNERS", "* @ann\n^[Docs][2] @bob\n", GitLab},
		{"CODEOWNERS", "[ab]/x @ann\n", GitHub},
	}
	for _, tt := range tests {
		if got := DialectOf(tt.path, []byte(tt.text)); got != tt.want {
			t.Errorf("%s %q: got %d", tt.path, tt.text, got)
		}
	}
}

// large makes a repository of 10,000 paths and 500 rules of every kind.
func large() (File, []string) {
	var paths []string
	var text strings.Builder
	for i := range 10_000 {
		paths = append(paths, fmt.Sprintf("src/mod%03d/part%d/file%05d.%s", i/20, i%5, i, []string{"go", "ts", "md"}[i%3]))
	}
	for i := range 500 {
		fmt.Fprintf(&text, []string{"/src/mod%03d/ @a\n", "mod%03d @a\n", "part%d/*.go @a\n", "**/file%05d.* @a\n", "/src/*/part*/file%04d?.go @a\n"}[i%5], i)
	}
	f, _ := Parse([]byte(text.String()), GitHub)
	return f, paths
}

// TestCoverIsFast holds the time for 10,000 paths and 500 rules, with room for a
// slow machine.
func TestCoverIsFast(t *testing.T) {
	f, paths := large()
	start := time.Now()
	if _, err := f.Cover(paths); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestCoverGivesUp(t *testing.T) {
	f, _ := Parse([]byte(strings.Repeat("a*b @ann\n", 60_000)), GitHub)
	if _, err := f.Cover(strings.Split(strings.Repeat("p/q ", 1000)+"z", " ")); err == nil {
		t.Error("60 million tries must be too many")
	}
}

func BenchmarkCover(b *testing.B) {
	f, paths := large()
	for b.Loop() {
		if _, err := f.Cover(paths); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("* @ann\n/docs/ docs@b.test # x\n", "docs/a")
	f.Add("[A][2] @b\n!x\\", "x")
	f.Add("/[a-/**/]*?\\ @b", "a/b/c")
	f.Fuzz(func(t *testing.T, text, path string) {
		for _, dialect := range []Dialect{GitHub, GitLab} {
			file, faults := Parse([]byte(text), dialect)
			for _, fault := range faults {
				if fault.Line < 1 || fault.Column < 1 {
					t.Errorf("fault %+v", fault)
				}
			}
			c, err := file.Cover([]string{path})
			if err == nil && len(c.Dead) > len(file.Rules) {
				t.Errorf("%d dead lines of %d", len(c.Dead), len(file.Rules))
			}
		}
	})
}
