package product

import (
	"path"
	"strings"
)

// asideFolders hold what is in the repository and is not the product: tests and
// what they need, examples, documents, other people's code.
var asideFolders = words(`test tests testing testdata test_data test-data __tests__ __mocks__ __fixtures__ spec specs e2e
	fixture fixtures mock mocks androidtest unittest unittests integration-tests integration_tests integrationtest
	benchmark benchmarks bench fuzz fuzzing macrobenchmark test_driver test_goldens test_benchmarks testutil testutils testlib
	example examples sample samples demo demos tutorial tutorials playground
	doc docs documentation website man
	vendor vendored node_modules bower_components third_party third-party thirdparty 3rdparty external externals extern
	pods carthage venv .venv site-packages __pycache__ .git .idea .vscode .devcontainer .yarn .mvn .husky
	templates-skeleton skeleton cookiecutter scaffold scaffolds`)

// madeFolders hold what tools wrote; they do not tell the language.
var madeFolders = words(`dist build out target generated gen __generated__ public static assets migrations locale locales i18n lang`)

func words(text string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		out[w] = true
	}
	return out
}

// aside says whether a path lies where nothing decides what the product is.
func aside(name string) bool {
	dir, base := path.Split(name)
	if i := strings.Index("/"+dir, "/src/main/"); i >= 0 {
		dir = dir[:i] // below it stand the names of packages
	}
	for segment := range strings.SplitSeq(dir, "/") {
		if segment != "" && asideFolders[lower(segment)] {
			return true
		}
	}
	return testFile(lower(base))
}

// lower avoids the copy that strings.ToLower would make of most names anyway.
func lower(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= 'A' && c <= 'Z' || c >= 0x80 {
			return strings.ToLower(s)
		}
	}
	return s
}

func testFile(base string) bool {
	stem := strings.TrimSuffix(base, path.Ext(base))
	switch {
	case strings.HasSuffix(stem, "_test"), strings.HasSuffix(stem, "_spec"), strings.HasSuffix(stem, ".test"), strings.HasSuffix(stem, ".spec"), strings.HasSuffix(stem, ".cy"):
		return true
	case strings.HasPrefix(base, "test_") && strings.HasSuffix(base, ".py"):
		return true
	}
	return false
}

// made says whether a file was written by a tool, as far as its path tells.
func made(name string) bool {
	dir, base := path.Split(name)
	for segment := range strings.SplitSeq(dir, "/") {
		if segment != "" && madeFolders[lower(segment)] {
			return true
		}
	}
	for _, mark := range []string{".min.js", ".bundle.js", ".pb.go", ".pb.gw.go", "_pb2.py", "_pb2_grpc.py", ".g.dart", ".freezed.dart", ".designer.cs", "_generated.go", "zz_generated", ".gen.go", "_string.go", ".d.ts"} {
		if strings.Contains(base, mark) {
			return true
		}
	}
	return false
}

// depth is 1 for a file at the root.
func depth(name string) int { return strings.Count(name, "/") + 1 }
