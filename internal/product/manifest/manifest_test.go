package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// show writes a manifest as lines: name, then dependencies and traits.
func show(m Manifest) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s", m.Ecosystem, m.Name, m.Version)
	if m.Private {
		b.WriteString(" private")
	}
	for _, d := range m.Dependencies {
		fmt.Fprintf(&b, "\n%d %s", d.Line, d.Name)
		if d.Version != "" {
			b.WriteString(" " + d.Version)
		}
		if d.Dev {
			b.WriteString(" dev")
		}
		if d.Indirect {
			b.WriteString(" indirect")
		}
	}
	for _, t := range m.Traits {
		fmt.Fprintf(&b, "\n+%s %d", t.Name, t.Line)
	}
	return b.String()
}

func TestParse(t *testing.T) {
	tests := []struct{ path, text, want string }{
		{"package.json", "{\n \"name\": \"shop\",\n \"version\": \"1.0.0\", \"private\": true,\n \"bin\": {\"a\": \"b\"},\n \"dependencies\": {\n  \"express\": \"^4\",\n  \"pg\": \"8\"\n },\n \"devDependencies\": {\"jest\": \"1\"},\n \"packageManager\": \"pnpm@9.1.0\"\n}",
			"npm shop 1.0.0 private\n6 express ^4\n7 pg 8\n9 jest 1 dev\n+bin 4\n+packageManager=pnpm 10"},
		{"go.mod", "module example.com/x\n\ngo 1.26\n\nrequire (\n\tgithub.com/a/b v1.2.3\n\tgithub.com/c/d v0.1.0 // indirect\n)\n",
			"go example.com/x \n6 github.com/a/b v1.2.3\n7 github.com/c/d v0.1.0 indirect"},
		{"requirements.txt", "# web\nDjango[argon2]==5.0 ; python_version > '3'\n-r base.txt\npsycopg2_binary\n",
			"pypi  \n2 django ==5.0\n4 psycopg2-binary"},
		{"requirements-dev.txt", "pytest\n", "pypi  \n1 pytest dev"},
		{"pyproject.toml", "[project]\nname = \"tool\"\nversion = \"2\"\ndependencies = [\n  \"click>=8\",\n]\n[project.scripts]\ntool = \"a:b\"\n[dependency-groups]\ndev = [\"pytest\"]\n",
			"pypi tool 2\n5 click >=8\n10 pytest dev\n+package 2\n+scripts 7"},
		{"pyproject.toml", "[tool.poetry]\nname = \"p\"\n[tool.poetry.dependencies]\npython = \"^3\"\nFlask = {version = \"3\"}\n[tool.poetry.group.dev.dependencies]\nruff = \"1\"\n",
			"pypi p \n4 python\n5 flask\n7 ruff dev\n+package 2"},
		{"setup.cfg", "[metadata]\nname = x\n[options]\ninstall_requires =\n  requests>=2\n  six\n", "pypi x \n5 requests >=2\n6 six"},
		{"setup.py", "setup(\n  name='x',\n  install_requires=[\n    'flask>=1',\n    'Jinja2',\n  ],\n)\n", "pypi x \n4 flask\n5 jinja2\n+package 2"},
		{"Pipfile", "[packages]\ndjango = \"*\"\n[dev-packages]\nblack = \"*\"\n", "pypi  \n2 django\n4 black dev"},
		{"pom.xml", "<project>\n<artifactId>a</artifactId><version>1</version>\n<packaging>war</packaging>\n<dependencies>\n<dependency><groupId>g</groupId><artifactId>x</artifactId></dependency>\n<dependency><groupId>g</groupId><artifactId>t</artifactId><scope>test</scope></dependency>\n</dependencies>\n<dependencyManagement><dependencies><dependency><groupId>g</groupId><artifactId>no</artifactId></dependency></dependencies></dependencyManagement>\n</project>",
			"maven a 1\n5 g:x\n6 g:t dev\n+packaging=war 3"},
		{"app/build.gradle.kts", "plugins {\n  id(\"com.android.application\")\n  alias(libs.plugins.hilt)\n  application\n}\ndependencies {\n  implementation(\"a.b:c:1.0\")\n  testImplementation(\"j:u:1\")\n}\n",
			"gradle  \n2 com.android.application\n4 application\n7 a.b:c 1.0\n8 j:u 1 dev\n+alias=hilt 3"},
		{"build.gradle", "plugins {\n id 'java'\n}\napply plugin: 'war'\ndependencies {\n implementation 'a:b:1'\n}\n", "gradle  \n2 java\n4 war\n6 a:b 1"},
		{"gradle/libs.versions.toml", "[libraries]\nroom = { group = \"androidx.room\", name = \"room-ktx\" }\n[plugins]\napp = { id = \"com.android.application\" }\n",
			"gradle  \n2 androidx.room:room-ktx\n4 com.android.application"},
		{"Cargo.toml", "[package]\nname = \"rg\"\nversion = \"1.0\"\n[[bin]]\nname = \"rg\"\n[dependencies]\nclap = \"4\"\nserde = { version = \"1\" }\n[dev-dependencies]\ntempfile = \"3\"\n",
			"cargo rg 1.0\n7 clap 4\n8 serde\n10 tempfile 3 dev\n+bin 4\n+bin=rg 4"},
		{"Gemfile", "source 'x'\ngem 'rails', '~> 7'\ngroup :development, :test do\n  gem \"rspec\"\nend\ngem 'pg'\ngem 'byebug', group: :development\n",
			"gem  \n2 rails ~> 7\n4 rspec dev\n6 pg\n7 byebug dev"},
		{"x.gemspec", "Gem::Specification.new do |s|\n s.name = 'x'\n s.executables = ['x']\n s.add_dependency 'thor', '1'\n s.add_development_dependency 'rake'\nend\n",
			"gem x \n4 thor\n5 rake dev\n+bin 3\n+gemspec 1"},
		{"composer.json", "{\"name\": \"a/b\", \"type\": \"project\",\n\"require\": {\"laravel/framework\": \"^11\"},\n\"require-dev\": {\"phpunit/phpunit\": \"1\"}}",
			"composer a/b \n2 laravel/framework ^11\n3 phpunit/phpunit 1 dev\n+type=project 1"},
		{"App.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n<PropertyGroup><OutputType>Exe</OutputType></PropertyGroup>\n<ItemGroup>\n<PackageReference Include=\"Npgsql\" Version=\"8\" />\n</ItemGroup></Project>",
			"nuget  \n4 Npgsql 8\n+outputtype=exe 2\n+sdk=Microsoft.NET.Sdk.Web 1"},
		{"pubspec.yaml", "name: app\npublish_to: none\ndependencies:\n  flutter:\n    sdk: flutter\n  sqflite: ^2\ndev_dependencies:\n  lints: 1\n", "pub app  private\n4 flutter\n6 sqflite ^2\n8 lints dev"},
		{"mix.exs", "def project do\n [app: :shop]\nend\n{:phoenix, \"~> 1.7\"},\n{:credo, \"1\", only: [:dev, :test]}\n", "hex shop \n4 phoenix\n5 credo dev"},
		{"Package.swift", "let package = Package(\n  name: \"x\",\n  platforms: [.iOS(.v16)],\n  products: [.library(name: \"x\")],\n  dependencies: [.package(url: \"https://github.com/vapor/vapor.git\", from: \"4\")])\n",
			"swift x \n5 github.com/vapor/vapor\n+iOS 3\n+library 4"},
		{"Dockerfile", "FROM golang:1.26 AS build\nRUN x\nFROM build AS tested\nFROM alpine:3.20\nEXPOSE 8080\nUSER 10\n", "docker  \n1 golang 1.26 dev\n4 alpine 3.20\n+expose 5\n+user 6"},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			m, err := Parse(tt.path, []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, show(m)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	tests := map[string]string{
		"package.json": `{"name": "x", `, "go.mod": "module (", "pyproject.toml": "[a\n", "Cargo.toml": "=", "pom.xml": "<a><b",
		"a/package.json": "{", "composer.json": "[]", "pubspec.yaml": "a: &x [*x]\n", "README.md": "x",
	}
	for path, text := range tests {
		if _, err := Parse(path, []byte(text)); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
	if _, err := Parse("package.json", make([]byte, MaxSize+1)); err == nil {
		t.Error("no error for a manifest that is too large")
	}
}

func TestKnown(t *testing.T) {
	for path, want := range map[string]bool{
		"a/package.json": true, "Dockerfile.prod": true, "api.Dockerfile": true, "Dockerfile.md": false, "requirements/base.txt": true,
		"notes.txt": false, "package-lock.json": false, "x.fsproj": true,
	} {
		if Known(path) != want {
			t.Errorf("Known(%q) = %v", path, !want)
		}
	}
}

func FuzzParse(f *testing.F) {
	names := []string{"package.json", "go.mod", "requirements.txt", "pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "pom.xml", "build.gradle",
		"libs.versions.toml", "Cargo.toml", "Gemfile", "x.gemspec", "composer.json", "x.csproj", "pubspec.yaml", "mix.exs", "Package.swift", "Dockerfile"}
	for i, text := range []string{`{"dependencies":{"a":"1"}}`, "module x\nrequire a v1.0.0\n", "a==1\n", "[project]\ndependencies=['a']\n", "[options]\ninstall_requires=\n a\n",
		"install_requires=['a']", "[packages]\na='1'\n", "<project><dependencies><dependency/></dependencies></project>", "id 'x'\n", "[libraries]\na='b:c:1'\n",
		"[[bin]]\nname='x'\n", "gem 'x'\n", "s.name='x'", `{"require":[]}`, `<Project Sdk="x"/>`, "name: x\ndependencies: {a: 1}\n", "{:a, 1}", ".package(url: \"x\")", "FROM a AS b\nFROM b\n"} {
		f.Add(i, []byte(text))
	}
	f.Fuzz(func(t *testing.T, i int, data []byte) {
		name := names[(i%len(names)+len(names))%len(names)]
		m, _ := Parse(name, data)
		lines := strings.Count(string(data), "\n") + 1
		for _, d := range m.Dependencies {
			if d.Name == "" || d.Line < 0 || d.Line > lines {
				t.Errorf("%s: dependency %+v of a text of %d lines", name, d, lines)
			}
		}
	})
}
