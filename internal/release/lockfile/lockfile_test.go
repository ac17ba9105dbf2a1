package lockfile

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree is a set of files: content by path.
type tree map[string]string

func (t tree) Paths() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(t)), func(p string) bool { return !Wants(p) })
}

func (t tree) Read(p string) ([]byte, error) {
	if text, ok := t[p]; ok {
		return []byte(text), nil
	}
	return nil, os.ErrNotExist
}

func TestExamine(t *testing.T) {
	const app = `{"private": true, "dependencies": {"a": "^1.0.0"}}`
	tests := []struct {
		name string
		tree tree
		want []string // "rule path:line message"
	}{
		{"member of a pnpm workspace", tree{
			"package.json": `{"private": true}`, "pnpm-workspace.yaml": "packages:\n- 'packages/*'\n- '!packages/old'\n",
			"packages/x/package.json": app,
			"pnpm-lock.yaml":          "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n\n  packages/x:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.0.0\n",
		}, nil},
		{"a test of an editor's highlighting", tree{"assets/syntax_test_requirements.txt": "requests\nbabel>=1\n"}, nil},
		{"excluded from the workspace", tree{
			"package.json": `{"private": true}`, "pnpm-workspace.yaml": "packages:\n  - packages/*\n  - '!packages/old'\n",
			"packages/old/package.json": app, "pnpm-lock.yaml": "lockfileVersion: '9.0'\nimporters:\n  .: {}\n",
		}, []string{"lockfile.missing packages/old/package.json:0 package.json declares dependencies, but there is no package-lock.json or yarn.lock or pnpm-lock.yaml"}},
		{"optional wins", tree{
			"package.json":      `{"private": true, "dependencies": {"a": "1"}, "optionalDependencies": {"a": "2"}}`,
			"package-lock.json": `{"lockfileVersion": 3, "packages": {"": {"optionalDependencies": {"a": "2"}}}}`,
		}, nil},
		{"version 1 out of range", tree{
			"package.json":      app,
			"package-lock.json": `{"lockfileVersion": 1, "dependencies": {"a": {"version": "2.0.0", "resolved": "https://registry.npmjs.org/a.tgz", "integrity": "sha512-x"}}}`,
		}, []string{"lockfile.mismatch package-lock.json:0 package-lock.json does not belong to package.json: a is 2.0.0, wanted ^1.0.0"}},
		{"yarn berry", tree{
			"package.json": app,
			"yarn.lock": "__metadata:\n  version: 8\n\n\"a@npm:^1.0.0\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0\"\n  checksum: 10/x\n\n" +
				"\"app@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"app@workspace:.\"\n  dependencies:\n    a: \"npm:^1.0.0\"\n",
		}, nil},
		{"yarn berry without a checksum", tree{
			"package.json": app,
			"yarn.lock": "__metadata:\n  version: 8\n\n\"a@npm:^1.0.0\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0\"\n\n" +
				"\"app@workspace:.\":\n  resolution: \"app@workspace:.\"\n  dependencies:\n    a: ^1.0.0\n",
		}, []string{"lockfile.no-integrity yarn.lock:4 yarn.lock has no hash for a"}},
		{"yarn resolutions", tree{
			"package.json": `{"private": true, "dependencies": {"a": "^1.0.0"}, "resolutions": {"a": "2.0.0"}}`,
			"yarn.lock":    "# yarn lockfile v1\n\na@2.0.0:\n  version \"2.0.0\"\n",
		}, nil},
		{"pnpm 5 with specifiers", tree{
			"package.json":   app,
			"pnpm-lock.yaml": "lockfileVersion: 5.4\n\nspecifiers:\n  a: ^0.9.0\n\ndependencies:\n  a: 0.9.0\n\npackages:\n\n  /a/0.9.0:\n    resolution: {integrity: sha512-x}\n",
		}, []string{"lockfile.mismatch pnpm-lock.yaml:1 pnpm-lock.yaml does not belong to package.json: a was ^0.9.0, now ^1.0.0"}},
		{"pnpm tarball", tree{
			"package.json":   `{"private": true, "dependencies": {"a": "https://x.test/a.tgz"}}`,
			"pnpm-lock.yaml": "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: https://x.test/a.tgz\n        version: https://x.test/a.tgz\npackages:\n  a@https://x.test/a.tgz:\n    resolution: {tarball: https://x.test/a.tgz}\n",
		}, []string{
			"lockfile.foreign-source pnpm-lock.yaml:9 pnpm-lock.yaml takes a@https://x.test/a.tgz from x.test, which is no known registry, at nothing that is fixed",
			"lockfile.no-integrity pnpm-lock.yaml:9 pnpm-lock.yaml has no hash for a@https://x.test/a.tgz",
		}},
		{"binary lock of bun", tree{"package.json": app, "bun.lockb": "\x00"},
			[]string{"lockfile.unreadable bun.lockb:0 bun.lockb is binary: no review and no scanner can see what it locks"}},
		{"go.work.sum", tree{
			"go.mod": "module m.test/m\n\nrequire a.test/a v1.0.0\n", "go.sum": "", "go.work": "go 1.26\n", "go.work.sum": "a.test/a v1.0.0/go.mod h1:x=\n",
		}, nil},
		{"broken go.sum", tree{"go.mod": "module m.test/m\n\nrequire a.test/a v1.0.0\n", "go.sum": "a.test/a v1.0.0\n"},
			[]string{"lockfile.unreadable go.sum:1 go.sum cannot be parsed: line 1 has 2 fields instead of 3"}},
		{"cargo workspace", tree{
			"Cargo.toml":    "[workspace]\nmembers = [\"x\"]\n[workspace.dependencies]\na = { package = \"b\", version = \"1\" }\n",
			"x/Cargo.toml":  "[package]\nname = \"x\"\nversion = \"2.0.0\"\n[dependencies]\na = { workspace = true }\n",
			"x/src/main.rs": "",
			"Cargo.lock":    "[[package]]\nname = \"b\"\nversion = \"1.5.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"x\"\n\n[[package]]\nname = \"x\"\nversion = \"1.0.0\"\n",
		}, []string{"lockfile.mismatch Cargo.lock:0 Cargo.lock does not belong to x/Cargo.toml: x 2.0.0 itself is not in it"}},
		{"bundler pinned to a commit", tree{
			"Gemfile":      "gem 'a', git: 'https://x.test/a.git'\n",
			"Gemfile.lock": "GIT\n  remote: https://x.test/a.git\n  revision: 0123456789012345678901234567890123456789\n\nDEPENDENCIES\n  a!\n",
		}, []string{"lockfile.foreign-source Gemfile.lock:2 Gemfile.lock takes GIT gems from x.test instead of a registry, at a fixed commit or hash"}},
		{"gradle says it locks", tree{"build.gradle": "dependencyLocking {\n    lockAllConfigurations()\n}\n"},
			[]string{"lockfile.missing build.gradle:0 build.gradle declares dependencies, but there is no gradle.lockfile"}},
		{"ignored by git", tree{"Pipfile": "[packages]\n", ".gitignore": "*.pyc\n/Pipfile.lock\n"},
			[]string{`lockfile.missing .gitignore:2 Pipfile declares dependencies, but there is no Pipfile.lock: git is told to ignore it by "/Pipfile.lock"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range Examine(tt.tree).Findings {
				got = append(got, fmt.Sprintf("%s %s:%d %s", f.Rule, f.Path, f.Line, f.Message))
				if f.Fix == "" || len(f.Key) == 0 {
					t.Errorf("%s: no advice or no key", f.Message)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSatisfies(t *testing.T) {
	tests := []struct {
		version, spec string
		kind          ranges
		want          bool
	}{
		{"1.2.3", "^1.2.0", npmRanges, true}, {"2.0.0", "^1.2.0", npmRanges, false}, {"0.3.0", "^0.2.3", npmRanges, false},
		{"1.2.9", "~1.2.3", npmRanges, true}, {"1.3.0", "~1.2.3", npmRanges, false}, {"1.9.0", "1.x", npmRanges, true},
		{"1.2.3", "1.2.4", npmRanges, false}, {"1.5.0", ">=1.2 <2", npmRanges, true}, {"2.0.0", ">= 1.2 < 2", npmRanges, false},
		{"3.0.0", "1.x || >=3", npmRanges, true}, {"2.5.0", "1.0.0 - 2.3.4", npmRanges, false}, {"9.9.9", "latest", npmRanges, true},
		{"1.9.0", "1.2", cargoRanges, true}, {"2.0.0", "1.2", cargoRanges, false}, {"0.4.2", "0.4", cargoRanges, true},
		{"0.5.0", "0.4", cargoRanges, false}, {"1.5.0", ">=1.2, <1.5", cargoRanges, false}, {"1.2.3", "=1.2.3", cargoRanges, true},
		{"0.0.4", "0.0.3", cargoRanges, false}, {"1.0.0", "*", cargoRanges, true},
	}
	for _, tt := range tests {
		if got := satisfies(tt.version, tt.spec, tt.kind); got != tt.want {
			t.Errorf("satisfies(%q, %q, %d) = %v", tt.version, tt.spec, tt.kind, got)
		}
	}
}

// TestHashes holds our hashes against the tools' own algorithms, worked out with
// Python's json and hashlib and with PHP's json_encode.
func TestHashes(t *testing.T) {
	if got, want := pythonJSON(map[string]any{"b": []any{true, int64(1), "é\U0001F600/<\""}, "a": nil}, ", ", ": "), `{"a": null, "b": [true, 1, "\u00e9\ud83d\ude00/<\""]}`; got != want {
		t.Errorf("Python's JSON: got %s, want %s", got, want)
	}
	var pipfile, poetry map[string]any
	if err := parseTOML([]byte("[requires]\npython_version = '3.12'\n[packages]\na = '*'\n[docs.b]\nversion = '==1'\nextras = ['é']\n[scripts]\nx = 'y'\n"), &pipfile); err != nil {
		t.Fatal(err)
	}
	if got, want := pipfileHash(pipfile), "6731619940a093bd68b5d46e0f4e05fc5977b45ee85fd1ef8f2c397b77a31e80"; got != want {
		t.Errorf("pipenv's hash: got %s, want %s", got, want)
	}
	if err := parseTOML([]byte("[project]\nname = 'x'\nrequires-python = '>=3.9'\ndependencies = ['a (>=1)']\n[dependency-groups]\ndev = ['b']\n[[tool.poetry.source]]\nname = 'x'\n"), &poetry); err != nil {
		t.Fatal(err)
	}
	if want := "528e30f0d016bdeb9a2371dc0f7aa4abf58cabcad0c053439e108d331a7eba71"; !poetryHashes(poetry)[want] {
		t.Errorf("poetry's hash: %s is not in %v", want, poetryHashes(poetry))
	}
	n, err := orderedJSON([]byte(`{"require": {"z/z": "1/é", "a/a": {}}, "name": "x", "extra": {"0": 1, "1": []}, "other": 1}`))
	if err != nil {
		t.Fatal(err)
	}
	// php -r 'echo md5(json_encode(["extra"=>[1,[]],"name"=>"x","require"=>["z/z"=>"1/é","a/a"=>[]]]));'
	if got, want := composerHash(n), "8f6b0dfe09b73a4ce7774eccc7f2520d"; got != want {
		t.Errorf("composer's hash: got %s, want %s", got, want)
	}
}

// TestHostileTOML: deep nesting must be refused before it costs the stack.
func TestHostileTOML(t *testing.T) {
	for _, text := range []string{"a = " + strings.Repeat("[", 1<<20), "a = " + strings.Repeat("{x=", 1<<20), strings.Repeat("#", maxTOMLSize+1)} {
		if err := parseTOML([]byte(text), new(map[string]any)); err == nil {
			t.Errorf("%.10s… is accepted", text)
		}
	}
	if _, err := orderedJSON([]byte(`{"a":` + strings.Repeat("[", 1<<20))); err == nil {
		t.Error("deep JSON is accepted")
	}
}

func FuzzExamine(f *testing.F) {
	f.Add("package.json", `{"dependencies":{"a":"1"},"workspaces":["*"]}`, "pnpm-lock.yaml", "lockfileVersion: 9\npackages:\n  a:\n    resolution: {integrity: x, tarball: 'y'}\n- a: b\n")
	f.Add("package.json", `{"dependencies":{"a":"1"}}`, "yarn.lock", "__metadata:\n\"@a@npm:1, b\":\n  resolution: \"@\"\n")
	f.Add("package.json", `{"dependencies":{"a":"1"}}`, "bun.lock", `{"packages": {"a": ["a@http://x",],},}`)
	f.Add("composer.json", `{"require":{"a/b":"1"},"extra":[[[]]]}`, "composer.lock", `{"content-hash":"x"}`)
	f.Add("Cargo.toml", "[dependencies]\na = {workspace=true}\n", "Cargo.lock", "[[package]]\nname='a'\n")
	f.Add("pyproject.toml", "[tool.poetry.dependencies]\na='*'\n", "poetry.lock", "[metadata]\ncontent-hash='x'\n")
	f.Add("pyproject.toml", "[project]\nname='a'\ndependencies=['b[c]>=1; x']\n", "uv.lock", "[[package]]\nname='a'\n")
	f.Add("Gemfile", "if x\ngem 'a'\nend\ngem 'b' # c\n", "Gemfile.lock", "DEPENDENCIES\n  !\n")
	f.Add("go.mod", "module a\nrequire b v1.0.0\n", "go.sum", "b v1.0.0/go.mod h1:x\n")
	f.Add("requirements.txt", "a==1 \\\n --hash=x\nb #c\n", ".gitignore", "x")
	f.Fuzz(func(t *testing.T, manifest, text, lock, locked string) {
		if len(text)+len(locked) > 1<<16 || strings.HasPrefix(manifest, "/") {
			return
		}
		files := tree{manifest: text, lock: locked}
		first, second := Examine(files), Examine(files)
		if diff := cmp.Diff(first.Findings, second.Findings); diff != "" {
			t.Errorf("two runs differ:\n%s", diff)
		}
		for _, finding := range first.Findings {
			if finding.Line < 0 || finding.Line > strings.Count(files[finding.Path], "\n")+1 {
				t.Errorf("line %d of %s", finding.Line, finding.Path)
			}
		}
	})
}
