package sarif

import "testing"

func TestResolvePlace(t *testing.T) {
	index := func(n int) *int { return &n }
	bases := map[string]wireArtifactLocation{
		"%SRCROOT%": {URI: "file:///home/ci/src/shop/"},
		"SRC":       {URI: "src/", URIBaseID: "%SRCROOT%"},
		"OBJ":       {URI: "file:///tmp/build/"},
		"UP":        {URI: "../../", URIBaseID: "%SRCROOT%"},
		"LOOP":      {URI: "a/", URIBaseID: "LOOP2"},
		"LOOP2":     {URI: "b/", URIBaseID: "LOOP"},
		"NOWHERE":   {},
		"WEB":       {URI: "https://example.com/"},
	}
	r := run{bases: bases, artifacts: []wireArtifactLocation{{URI: "lib/x.js", URIBaseID: "SRC"}}}
	p := r.places()
	tests := []struct {
		name           string
		loc            wireArtifactLocation
		path, absolute string
		outside        bool
	}{
		{"relative", wireArtifactLocation{URI: "src/a.go"}, "src/a.go", "", false},
		{"dot", wireArtifactLocation{URI: "./src//a.go"}, "src/a.go", "", false},
		{"root base", wireArtifactLocation{URI: "a.go", URIBaseID: "%SRCROOT%"}, "a.go", "", false},
		{"unknown base", wireArtifactLocation{URI: "a.go", URIBaseID: "X"}, "a.go", "", false},
		{"base without address", wireArtifactLocation{URI: "a.go", URIBaseID: "NOWHERE"}, "a.go", "", false},
		{"chain", wireArtifactLocation{URI: "a.go", URIBaseID: "SRC"}, "src/a.go", "", false},
		{"other base", wireArtifactLocation{URI: "gen/a.go", URIBaseID: "OBJ"}, "gen/a.go", "", false},
		{"index", wireArtifactLocation{Index: index(0)}, "src/lib/x.js", "", false},
		{"index out of range", wireArtifactLocation{Index: index(7)}, "", "", false},
		{"absolute in root", wireArtifactLocation{URI: "file:///home/ci/src/shop/a%20b.go"}, "a b.go", "", false},
		{"absolute elsewhere", wireArtifactLocation{URI: "/usr/lib/x.go"}, "", "/usr/lib/x.go", false},
		{"sibling of the root", wireArtifactLocation{URI: "/home/ci/src/shop2/x.go"}, "", "/home/ci/src/shop2/x.go", false},
		{"the root itself", wireArtifactLocation{URI: "file:///home/ci/src/shop"}, "", "", false},
		{"drive", wireArtifactLocation{URI: "file:///D:/src/x.cs"}, "", "/d:/src/x.cs", false},
		{"drive, two slashes", wireArtifactLocation{URI: "file://D:/src/x.cs"}, "", "/d:/src/x.cs", false},
		{"backslashes", wireArtifactLocation{URI: `D:\src\x.cs`}, "", "/d:/src/x.cs", false},
		{"relative backslashes", wireArtifactLocation{URI: `src\x.cs`}, "src/x.cs", "", false},
		{"stray percent", wireArtifactLocation{URI: "100%.txt"}, "100%.txt", "", false},
		{"out by dots", wireArtifactLocation{URI: "../etc/passwd"}, "", "", true},
		{"out by hidden dots", wireArtifactLocation{URI: "src/%2e%2e/%2e%2e/etc/passwd"}, "", "", true},
		{"out by hidden slash", wireArtifactLocation{URI: "file:%2fetc/passwd"}, "", "", true},
		{"out by backslash", wireArtifactLocation{URI: `a\..\..\b`}, "", "", true},
		{"out by base", wireArtifactLocation{URI: "a.go", URIBaseID: "UP"}, "", "/home/ci/a.go", false},
		{"circle", wireArtifactLocation{URI: "a.go", URIBaseID: "LOOP"}, "", "", false},
		{"network", wireArtifactLocation{URI: "https://example.com/x.js"}, "", "", true},
		{"network base", wireArtifactLocation{URI: "x.js", URIBaseID: "WEB"}, "", "", true},
		{"other host", wireArtifactLocation{URI: "file://host/share/x"}, "", "", true},
		{"nul", wireArtifactLocation{URI: "a\x00b"}, "", "", true},
		{"none", wireArtifactLocation{}, "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path, absolute, outside := p.resolve(tt.loc)
			if tt.name == "circle" { // any path will do, so long as it ends
				return
			}
			if path != tt.path || absolute != tt.absolute || outside != tt.outside {
				t.Errorf("got %q, %q, %v; want %q, %q, %v", path, absolute, outside, tt.path, tt.absolute, tt.outside)
			}
		})
	}
}
