package text

import (
	"bytes"
	"path"
	"strings"
)

// Syntax is as much of a language's as tells code from comments and strings.
type Syntax struct {
	lineComments []string
	blockOpen    string
	blockClose   string
	quotes       string // each opens and closes a string
	longQuotes   string // those of quotes whose strings may go over several lines
	triple       bool   // """ and ''' too
	charQuote    bool   // ' quotes one character, and means other things besides
	regexps      bool   // /…/ where a value may stand
}

// families of syntax. Extensions stand in languages.
var families = map[string]*Syntax{
	"c":       {lineComments: []string{"//"}, blockOpen: "/*", blockClose: "*/", quotes: `"'`},
	"go":      {lineComments: []string{"//"}, blockOpen: "/*", blockClose: "*/", quotes: "\"'`", longQuotes: "`"},
	"js":      {lineComments: []string{"//"}, blockOpen: "/*", blockClose: "*/", quotes: "\"'`", longQuotes: "`", regexps: true},
	"rust":    {lineComments: []string{"//"}, blockOpen: "/*", blockClose: "*/", quotes: `"`, longQuotes: `"`, charQuote: true},
	"kotlin":  {lineComments: []string{"//"}, blockOpen: "/*", blockClose: "*/", quotes: `"'`, triple: true},
	"php":     {lineComments: []string{"//", "#"}, blockOpen: "/*", blockClose: "*/", quotes: `"'`, longQuotes: `"'`},
	"css":     {blockOpen: "/*", blockClose: "*/", quotes: `"'`},
	"hcl":     {lineComments: []string{"//", "#"}, blockOpen: "/*", blockClose: "*/", quotes: `"`},
	"python":  {lineComments: []string{"#"}, quotes: `"'`, triple: true},
	"hash":    {lineComments: []string{"#"}, quotes: `"'`},
	"shell":   {lineComments: []string{"#"}, quotes: `"'`, longQuotes: `"'`},
	"ruby":    {lineComments: []string{"#"}, quotes: `"'`, longQuotes: `"'`, regexps: true},
	"power":   {lineComments: []string{"#"}, blockOpen: "<#", blockClose: "#>", quotes: `"'`, longQuotes: `"'`},
	"sql":     {lineComments: []string{"--"}, blockOpen: "/*", blockClose: "*/", quotes: `"'`, longQuotes: `'`},
	"lua":     {lineComments: []string{"--"}, blockOpen: "--[[", blockClose: "]]", quotes: `"'`},
	"haskell": {lineComments: []string{"--"}, blockOpen: "{-", blockClose: "-}", quotes: `"`, charQuote: true},
	"percent": {lineComments: []string{"%"}, quotes: `"`},
	"lisp":    {lineComments: []string{";"}, quotes: `"`, longQuotes: `"`},
	"ml":      {blockOpen: "(*", blockClose: "*)", quotes: `"`, longQuotes: `"`, charQuote: true},
	"basic":   {lineComments: []string{"'"}, quotes: `"`},
}

// languages lists the extensions of each family. Markup, prose and data are
// left out: they are where human languages live, and nothing runs them.
var languages = map[string]string{
	"c":       "c h cc cpp cxx hh hpp hxx ino m mm java cs csx proto thrift sol v sv svh cu cl glsl hlsl vert frag d vala zig groovy jenkinsfile",
	"go":      "go",
	"js":      "js mjs cjs jsx ts mts cts tsx vue svelte astro",
	"rust":    "rs",
	"kotlin":  "kt kts scala swift dart gradle",
	"php":     "php phtml",
	"css":     "css scss less",
	"hcl":     "tf hcl tfvars bicep",
	"python":  "py pyi pyw pyx star bzl gyp",
	"hash":    "r jl nim pl pm t toml mk cmake tcl cr ex exs",
	"shell":   "sh bash zsh ksh fish",
	"ruby":    "rb rake gemspec",
	"power":   "ps1 psm1",
	"sql":     "sql",
	"lua":     "lua",
	"haskell": "hs elm purs",
	"percent": "erl hrl",
	"lisp":    "clj cljs cljc el lisp scm rkt asm s",
	"ml":      "ml mli fs fsx",
	"basic":   "vb vbs bas",
}

// fileNames are source files by their whole name, in lower case.
var fileNames = map[string]string{
	"dockerfile": "shell", "containerfile": "shell", "makefile": "hash", "gnumakefile": "hash", "rakefile": "ruby",
	"gemfile": "ruby", "jenkinsfile": "c", "vagrantfile": "ruby", "cmakelists.txt": "hash", "build": "python",
	"build.bazel": "python", "workspace": "python", "package.json": "js", "action.yml": "hash", "action.yaml": "hash",
	".gitlab-ci.yml": "hash", ".travis.yml": "hash", "azure-pipelines.yml": "hash", "bitbucket-pipelines.yml": "hash",
	"docker-compose.yml": "hash", "docker-compose.yaml": "hash", "compose.yml": "hash", "compose.yaml": "hash",
}

// SyntaxOf is the syntax of the source file at a path, nil where it is no
// source by its name.
func SyntaxOf(file string) *Syntax {
	base := strings.ToLower(path.Base(file))
	if family, ok := fileNames[base]; ok {
		return families[family]
	}
	ext := strings.TrimPrefix(path.Ext(base), ".")
	if ext == "yml" || ext == "yaml" {
		if strings.HasPrefix(file, ".github/") || strings.HasPrefix(file, ".circleci/") {
			return families["hash"]
		}
		return nil
	}
	if ext == "" || strings.HasSuffix(base, ".min.js") || strings.HasSuffix(base, ".min.css") {
		return nil
	}
	for family, extensions := range languages {
		if hasWord(extensions, ext) {
			return families[family]
		}
	}
	return nil
}

// ScriptSyntax is the syntax of a file without a telling name that begins with
// "#!"; nil where it does not.
func ScriptSyntax(head []byte) *Syntax {
	if !bytes.HasPrefix(head, []byte("#!")) {
		return nil
	}
	line, _, _ := bytes.Cut(head, []byte("\n"))
	for _, s := range []struct{ program, family string }{
		{"python", "python"}, {"node", "js"}, {"deno", "js"}, {"ruby", "ruby"}, {"perl", "hash"}, {"php", "php"}, {"sh", "shell"},
	} {
		if bytes.Contains(line, []byte(s.program)) {
			return families[s.family]
		}
	}
	return families["hash"]
}

// IsTranslation recognises Qt's translation files, which share an extension
// with TypeScript.
func IsTranslation(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\ufeff"))
	return bytes.HasPrefix(bytes.TrimSpace(head), []byte("<?xml")) || bytes.HasPrefix(bytes.TrimSpace(head), []byte("<!DOCTYPE TS"))
}

func hasWord(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}
