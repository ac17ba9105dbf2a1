package review

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// family says how the languages of a kind write comments and strings. A lexer
// that small is enough to tell code from comments; it need not parse.
type family struct {
	line   []string    // what opens a comment to the end of the line
	block  [][2]string // what opens and closes a comment
	quotes string      // characters that open a string on one line
	multi  []string    // what opens and closes a string over several lines
	// prose says that a quotation mark inside a word is an apostrophe.
	prose bool
	// docstring says that a string which is a statement by itself is a comment.
	docstring bool
	// regex says that a slash may open a regular expression.
	regex bool
	// lifetimes says that a quotation mark may stand alone: 'a in Rust.
	lifetimes bool
	// flat says that a statement is a line, whatever brackets are open.
	flat bool
}

var (
	cLike      = &family{line: []string{"//"}, block: [][2]string{{"/*", "*/"}}, quotes: `"'`, multi: []string{`"""`, "`"}}
	scriptLike = &family{line: []string{"//"}, block: [][2]string{{"/*", "*/"}}, quotes: `"'`, multi: []string{"`"}, regex: true}
	rustLike   = &family{line: []string{"//"}, block: [][2]string{{"/*", "*/"}}, quotes: `"'`, lifetimes: true}
	phpLike    = &family{line: []string{"//", "# ", "##"}, block: [][2]string{{"/*", "*/"}}, quotes: `"'`}
	pythonLike = &family{line: []string{"#"}, quotes: `"'`, multi: []string{`"""`, "'''"}, docstring: true}
	rubyLike   = &family{line: []string{"#"}, block: [][2]string{{"=begin", "=end"}}, quotes: "\"'`", multi: []string{`"""`}, prose: true}
	sqlLike    = &family{line: []string{"--"}, block: [][2]string{{"/*", "*/"}}, quotes: `"'`}
	hclLike    = &family{line: []string{"#", "//"}, block: [][2]string{{"/*", "*/"}}, quotes: `"`}
	dataLike   = &family{line: []string{"#"}, quotes: `"'`, prose: true, flat: true}
	shellLike  = &family{line: []string{"#"}, quotes: `"'`, prose: true}
	jsonLike   = &family{line: []string{"//"}, block: [][2]string{{"/*", "*/"}}, quotes: `"`, flat: true}
	markupLike = &family{block: [][2]string{{"<!--", "-->"}, {"{#", "#}"}, {"{{!--", "--}}"}, {"<%#", "%>"}, {"{/*", "*/}"}}, quotes: `"'`, prose: true, flat: true}
	lispLike   = &family{line: []string{";"}, quotes: `"`}
	modLike    = &family{line: []string{"//"}, quotes: `"`, flat: true}
	plainLike  = &family{flat: true}
)

// byLanguage are the families of the languages that knowledge/facts names.
var byLanguage = map[string]*family{
	"go": cLike, "java": cLike, "kotlin": cLike, "scala": cLike, "groovy": cLike, "csharp": cLike, "swift": cLike, "dart": cLike, "c": cLike, "cpp": cLike,
	"objective-c": cLike, "solidity": cLike, "d": cLike, "zig": cLike, "apex": cLike, "verilog": cLike,
	"javascript": scriptLike, "typescript": scriptLike, "rust": rustLike, "php": phpLike,
	"python": pythonLike, "nim": pythonLike, "gdscript": pythonLike, "ruby": rubyLike, "crystal": rubyLike, "elixir": rubyLike, "coffeescript": rubyLike,
	"perl": shellLike, "r": shellLike, "julia": shellLike, "shell": shellLike, "powershell": shellLike,
	"terraform": hclLike, "vue": markupLike, "svelte": markupLike, "lua": sqlLike, "haskell": sqlLike, "ada": sqlLike, "elm": sqlLike, "vhdl": sqlLike,
	"clojure": lispLike,
}

// byExtension are those of files that are no programs.
var byExtension = map[string]*family{
	".sql": sqlLike, ".yaml": dataLike, ".yml": dataLike, ".toml": dataLike, ".ini": dataLike, ".cfg": dataLike, ".conf": dataLike, ".properties": dataLike,
	".env": dataLike, ".editorconfig": dataLike, ".json": jsonLike, ".jsonc": jsonLike, ".json5": jsonLike, ".hcl": hclLike, ".tfvars": hclLike,
	".html": markupLike, ".htm": markupLike, ".xml": markupLike, ".xhtml": markupLike, ".svg": markupLike, ".erb": markupLike, ".ejs": markupLike, ".hbs": markupLike,
	".mustache": markupLike, ".jinja": markupLike, ".jinja2": markupLike, ".j2": markupLike, ".twig": markupLike, ".jsp": markupLike, ".cshtml": markupLike,
	".razor": markupLike, ".haml": dataLike, ".slim": dataLike, ".pug": dataLike, ".csproj": markupLike, ".plist": markupLike, ".config": markupLike, ".storyboard": markupLike,
	".gradle": cLike, ".proto": cLike, ".graphql": dataLike, ".gql": dataLike, ".graphqls": dataLike, ".prisma": scriptLike, ".rego": dataLike, ".bicep": hclLike,
	".dockerfile": dataLike, ".mk": dataLike, ".gemspec": rubyLike, ".podspec": rubyLike, ".mod": modLike, ".fish": shellLike, ".nix": dataLike, ".bzl": pythonLike,
}

// byName are those of files known by their whole name, in lower case.
var byName = map[string]*family{
	"dockerfile": dataLike, "containerfile": dataLike, "makefile": dataLike, "gemfile": rubyLike, "podfile": rubyLike, "jenkinsfile": cLike, "vagrantfile": rubyLike,
	"procfile": dataLike, "codeowners": dataLike, "build.bazel": pythonLike, "workspace": pythonLike, "go.mod": modLike, ".htaccess": dataLike, ".gitattributes": dataLike,
	"requirements.txt": dataLike, "pipfile": dataLike,
}

// languageOf is the language of a path, "" where it is written in none.
func languageOf(name string) string {
	known := languageTable()
	base := path.Base(name)
	if l, ok := known[base]; ok {
		return l
	}
	return known[strings.ToLower(path.Ext(base))]
}

var languageTable = sync.OnceValue(func() map[string]string {
	table := map[string]string{}
	list, err := knowledge.Languages()
	if err != nil {
		panic(err) // the data is compiled in, and a test reads it
	}
	for _, l := range list {
		for _, key := range slices.Concat(l.Extensions, l.Files) {
			table[key] = l.Value
		}
	}
	return table
})

// familyOf is how the file at a path writes comments and strings.
func familyOf(name string) *family {
	base := strings.ToLower(path.Base(name))
	if f := byName[base]; f != nil {
		return f
	}
	if strings.HasPrefix(base, "dockerfile") || strings.HasPrefix(base, ".env") || strings.HasPrefix(base, "requirements") && strings.HasSuffix(base, ".txt") {
		return dataLike
	}
	ext := path.Ext(base)
	if f := byExtension[ext]; f != nil {
		return f
	}
	if f := byLanguage[languageOf(name)]; f != nil {
		return f
	}
	return plainLike
}
