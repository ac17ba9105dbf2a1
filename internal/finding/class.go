package finding

import (
	"path"
	"strings"
)

// Class says what kind of file a path names. What stands in a test is less
// likely to open anything than what stands in production.
type Class string

const (
	Production    Class = "production"
	Test          Class = "test"
	Example       Class = "example"
	Generated     Class = "generated"
	Vendored      Class = "vendored"
	Documentation Class = "documentation"
)

// ClassOf is the class of a slash-separated path, judged by its names alone.
func ClassOf(name string) Class {
	name = strings.ToLower(name)
	base := path.Base(name)
	class := Production
	for folder := range strings.SplitSeq(path.Dir(name), "/") {
		if c, known := folderClass[folder]; known && (class == Production || c == Vendored) {
			class = c
		}
	}
	switch {
	case class == Vendored:
		return Vendored
	case isGenerated(base):
		return Generated
	case class != Production:
		return class
	case isTestFile(base):
		return Test
	case hasAnySuffix(base, ".example", ".sample", ".dist", ".template", ".tmpl", ".tpl") || strings.Contains(base, ".example.") || strings.Contains(base, ".sample."):
		return Example
	case hasAnySuffix(base, ".md", ".mdx", ".rst", ".adoc", ".asciidoc", ".markdown") || strings.HasPrefix(base, "changelog") || strings.HasPrefix(base, "readme"):
		return Documentation
	}
	return Production
}

var folderClass = map[string]Class{
	"test": Test, "tests": Test, "testing": Test, "testdata": Test, "test-data": Test, "test_data": Test, "__tests__": Test, "spec": Test, "specs": Test,
	"e2e": Test, "cypress": Test, "fixtures": Test, "fixture": Test, "test-fixtures": Test, "test_fixtures": Test, "__fixtures__": Test, "mocks": Test,
	"__mocks__": Test, "mock": Test, "testutil": Test, "testutils": Test, "integration-tests": Test, "golden": Test, "snapshots": Test, "__snapshots__": Test,
	"example": Example, "examples": Example, "sample": Example, "samples": Example, "demo": Example, "demos": Example, "tutorial": Example, "tutorials": Example,
	"vendor": Vendored, "node_modules": Vendored, "third_party": Vendored, "third-party": Vendored, "bower_components": Vendored, "site-packages": Vendored, ".yarn": Vendored,
	"doc": Documentation, "docs": Documentation, "documentation": Documentation, "website": Documentation,
	"dist": Generated, "generated": Generated, "gen": Generated,
}

func isTestFile(base string) bool {
	stem, _, _ := strings.Cut(base, ".")
	return strings.HasSuffix(stem, "_test") || strings.HasSuffix(stem, "_tests") || strings.HasPrefix(stem, "test_") || strings.HasSuffix(stem, "-test") ||
		strings.HasSuffix(stem, "_spec") || strings.HasSuffix(stem, "-spec") ||
		strings.Contains(base, ".test.") || strings.Contains(base, ".spec.") || strings.Contains(base, ".stories.") || hasAnySuffix(stem, "test") && hasAnySuffix(base, ".java", ".kt", ".cs", ".php", ".scala")
}

// isGenerated says whether the file is a tool's output: lock files, minified
// code, source maps, snapshots.
func isGenerated(base string) bool {
	return isLockFile(base) || hasAnySuffix(base, ".min.js", ".min.css", ".map", ".snap", ".pb.go", ".svg", "_generated.go", ".gen.go", ".designer.cs", ".ipynb.json") ||
		strings.Contains(base, ".bundle.") || strings.Contains(base, ".chunk.")
}

func isLockFile(base string) bool {
	switch base {
	case "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum", "go.work.sum", "composer.lock", "gemfile.lock", "cargo.lock", "poetry.lock",
		"pipfile.lock", "uv.lock", "yarn.lock", "flake.lock", "packages.lock.json", "podfile.lock", "mix.lock", "pubspec.lock", "bun.lock", "deno.lock", ".terraform.lock.hcl":
		return true
	}
	return strings.HasSuffix(base, ".lock")
}

func hasAnySuffix(s string, suffixes ...string) bool {
	for _, suffix := range suffixes {
		if strings.HasSuffix(s, suffix) {
			return true
		}
	}
	return false
}
