package aside

import "testing"

func TestPath(t *testing.T) {
	tests := map[string]bool{
		"package.json":                    false,
		"web/package.json":                false,
		"src/testimony/go.mod":            false,
		"tests":                           false, // a file of that name
		"tests/package.json":              true,
		"pkg/testdata/a/go.mod":           true,
		"Examples/app/package.json":       true,
		"web/node_modules/x/package.json": true,
		"internal/e2e/go.mod":             true,
		"crates/api-tests/Cargo.toml":     true,
	}
	for path, want := range tests {
		if got := Path(path); got != want {
			t.Errorf("Path(%q) = %v, want %v", path, got, want)
		}
	}
}
