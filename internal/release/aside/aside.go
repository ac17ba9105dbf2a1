// Package aside tells the product from what only lies beside it.
//
// A lock file that is missing from a test fixture is nobody's risk, and a
// vendored library has its own owners. Checks that judge the product leave such
// folders out.
package aside

import "strings"

// folders are names of folders whose content is not the product's own.
var folders = map[string]bool{
	"test": true, "tests": true, "testing": true, "testdata": true, "test-data": true, "__tests__": true,
	"__fixtures__": true, "__mocks__": true, "fixture": true, "fixtures": true, "mocks": true, "spec": true, "specs": true,
	"e2e": true, "integration-tests": true, "integration_tests": true, "benchmark": true, "benchmarks": true, "bench": true,
	"example": true, "examples": true, "sample": true, "samples": true, "demo": true, "demos": true, "playground": true,
	"template": true, "templates": true, "fuzz": true, "fuzzing": true, "vendor": true, "vendored": true, "node_modules": true, "bower_components": true,
	"third_party": true, "third-party": true, "thirdparty": true, "external": true, "site-packages": true,
	"cypress": true, "snapshots": true, "__snapshots__": true, "dist": true, ".yarn": true, ".git": true,
}

// Path reports whether path lies in a folder of tests, fixtures, examples,
// templates or other people's code.
func Path(path string) bool {
	for {
		folder, rest, more := strings.Cut(path, "/")
		if !more {
			return false
		}
		name := strings.ToLower(folder)
		if folders[name] || strings.HasSuffix(name, "-fixtures") || strings.HasSuffix(name, "_test") ||
			strings.HasSuffix(name, "-tests") || strings.HasSuffix(name, "-test") || strings.HasPrefix(name, "test-") || strings.HasPrefix(name, "template-") {
			return true
		}
		path = rest
	}
}
