package product

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestKinds infers a small tree of every kind of product.
func TestKinds(t *testing.T) {
	flutter := "name: app\npublish_to: none\ndependencies:\n  flutter:\n    sdk: flutter\n"
	tests := []struct {
		name  string
		files tree
		want  map[string]string // fact → values
	}{
		{"web: Django", tree{"requirements.txt": "django==5\npsycopg==3\n", "manage.py": "x = 1\n", "shop/models.py": "class A:\n    email = models.EmailField()\n    first_name = models.CharField()\n", ".github/workflows/a.yml": "on: push\n"},
			map[string]string{"kind": "web", "exposure": "internet", "data": "personal", "language": "python", "framework": "django", "data_store": "postgresql", "ci": "github-actions", "package_manager": "pip"}},
		{"web: Rails", tree{"Gemfile": "gem 'rails'\ngem 'devise'\n", "app/models/user.rb": "class User\nend\n", "Procfile": "web: x\n"},
			map[string]string{"kind": "web", "exposure": "internet", "framework": "rails", "identity_provider": "devise", "language": "ruby"}},
		{"api: Express", tree{"package.json": `{"name":"a","private":true,"dependencies":{"express":"4","pg":"8"}}`, "index.js": "x()\n", "Dockerfile": "FROM node:22\nEXPOSE 80\n"},
			map[string]string{"kind": "api", "exposure": "internet", "framework": "express", "data_store": "postgresql", "deliverable": "image:Dockerfile", "platform": "container", "container": "docker"}},
		{"service: Go", tree{"go.mod": "module example.org/d\n", "cmd/d/main.go": "package main\n\nfunc main() { net.Listen(\"tcp\", \":1\") }\n"},
			map[string]string{"kind": "service", "exposure": "internal", "deliverable": "go-binary:d", "language": "go"}},
		{"mobile: Android", tree{"app/build.gradle.kts": "plugins {\n  id(\"com.android.application\")\n}\n", "app/src/main/AndroidManifest.xml": "<manifest><uses-permission android:name=\"android.permission.ACCESS_FINE_LOCATION\"/></manifest>", "app/src/main/java/com/example/samples/A.kt": "class A\n"},
			map[string]string{"kind": "mobile", "exposure": "local", "platform": "android", "language": "kotlin", "deliverable": "apk:app", "data": "location"}},
		{"mobile and desktop: Flutter", tree{"pubspec.yaml": flutter, "lib/main.dart": "main() {}\n", "android/app/build.gradle": "x\n", "windows/runner/main.cpp": "int x;\n"},
			map[string]string{"kind": "mobile desktop", "exposure": "local", "framework": "flutter", "deliverable": "flutter:app"}},
		{"desktop: Electron", tree{"package.json": `{"name":"d","dependencies":{"react-dom":"18","express":"4"},"devDependencies":{"electron":"30"}}`, "src/a.ts": "x()\n"},
			map[string]string{"kind": "desktop", "exposure": "local", "deliverable": "electron:d", "language": "typescript"}},
		{"cli: Rust", tree{"Cargo.toml": "[package]\nname = \"c\"\nversion = \"1.0.0\"\n[dependencies]\nclap = \"4\"\n", "src/main.rs": "fn main() {}\n"},
			map[string]string{"kind": "cli", "exposure": "local", "deliverable": "binary:c", "framework": "clap", "language": "rust"}},
		{"library: npm", tree{"package.json": `{"name":"l","version":"1.0.0","exports":"./a.js","devDependencies":{"express":"4"}}`, "a.js": "x()\n"},
			map[string]string{"kind": "library", "exposure": "none", "deliverable": "npm:l", "framework": ""}},
		{"library: Go", tree{"go.mod": "module example.org/l\n", "l.go": "package l\n", "examples/a/main.go": "package main\nfunc main() {}\n"},
			map[string]string{"kind": "library", "exposure": "none", "deliverable": "go-module:example.org/l"}},
		{"firmware", tree{"src/link/chip.ld": "MEMORY\n{\n  FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 512K\n}\n", "src/main.c": "int main(void) { return 0; }\n"},
			map[string]string{"kind": "firmware", "exposure": "local", "platform": "embedded", "language": "c"}},
		{"infrastructure", tree{"main.tf": "resource \"a\" \"b\" {}\n", "modules/x/main.tf": "y\n"},
			map[string]string{"kind": "infrastructure", "exposure": "internal", "infrastructure": "terraform"}},
		{"web: Laravel", tree{"composer.json": `{"require":{"laravel/framework":"11"}}`, "app/User.php": "<?php\n", "routes/api.php": "<?php\n", ".env.example": "DB_CONNECTION=mysql\n"},
			map[string]string{"kind": "api web", "framework": "laravel", "data_store": "mysql", "language": "php"}},
		{"web: Spring", tree{"pom.xml": "<project><artifactId>p</artifactId><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-thymeleaf</artifactId></dependency><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies></project>", "src/main/java/A.java": "class A {}\n"},
			map[string]string{"kind": "web", "framework": "spring-boot", "deliverable": "jar:p", "package_manager": "maven"}},
		{"exposed by an ingress", tree{"go.mod": "module x\n", "k8s/a.yaml": "kind: Ingress\n---\nkind: Service\nspec:\n  type: ClusterIP\n"},
			map[string]string{"exposure": "internet", "infrastructure": "kubernetes"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			facts, problems, err := Infer(t.Context(), tt.files, nil)
			if err != nil || len(problems) > 0 {
				t.Fatal(err, problems)
			}
			for name, want := range tt.want {
				if got := strings.Join(values(facts, name), " "); got != want {
					t.Errorf("%s: got %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestAsideDecidesNothing holds that tests, examples and other people's code
// do not make a product what it is not.
func TestAsideDecidesNothing(t *testing.T) {
	product := tree{"go.mod": "module example.org/x\n\nrequire github.com/spf13/cobra v1.0.0\n", "main.go": "package main\n\nfunc main() {}\n"}
	plain, _, err := Infer(t.Context(), product, nil)
	if err != nil {
		t.Fatal(err)
	}
	strange := map[string]string{
		"package.json": `{"name":"n","dependencies":{"express":"4","react-dom":"1","mongodb":"1"}}`, "Dockerfile": "FROM x\nEXPOSE 1\n", "main.tf": "x\n",
		"Chart.yaml": "x\n", "Gemfile": "gem 'rails'\n", "models/user.py": "password = 1\nemail = 2\n", "index.php": "<?php\n",
		"k8s/a.yaml": "kind: Ingress\n", "AndroidManifest.xml": "<x/>\n", "docker-compose.yml": "services:\n  a:\n    image: redis\n",
	}
	for _, folder := range []string{"testdata/a", "internal/x/test", "examples/b", "vendor/github.com/y", "docs", "node_modules/z", "third_party/q", ".devcontainer"} {
		for p, text := range strange {
			product[folder+"/"+p] = text
		}
	}
	got, _, err := Infer(t.Context(), product, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(plain, got); d != "" {
		t.Error(d)
	}
}

func TestLanguageShares(t *testing.T) {
	files := tree{"a.go": strings.Repeat("x", 900), "b.py": strings.Repeat("x", 60), "c.rb": strings.Repeat("x", 40), "vendor/d.js": strings.Repeat("x", 9000), "e.pb.go": "x", "f.html": strings.Repeat("x", 5000)}
	facts, _, err := Infer(t.Context(), files, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range facts {
		if f.Name == "language" {
			got = append(got, f.Value+" "+f.Because)
		}
	}
	if d := cmp.Diff([]string{"go 90 % of the source, the main language", "python 6 % of the source"}, got); d != "" {
		t.Error(d)
	}
}

func TestProblems(t *testing.T) {
	files := tree{"package.json": "{", "testdata/package.json": "{", "go.mod": "\x00unreadable", "main.go": "package main\n"}
	facts, problems, err := Infer(t.Context(), files, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprint(p.Path, " ", p.Code, " ", p.Incomplete))
	}
	if d := cmp.Diff([]string{"go.mod unreadable true", "package.json manifest false"}, got); d != "" {
		t.Error(d)
	}
	if len(facts) == 0 {
		t.Error("one broken file hides all facts")
	}
}

// TestCluesKeep holds that clues survive being kept as JSON.
func TestCluesKeep(t *testing.T) {
	files := tree{"package.json": `{"name":"a","dependencies":{"express":"4","ejs":"3"}}`, "models/user.js": "email: x,\nlastName: y,\n", "server.js": "x\n"}
	kept := map[string]Clues{}
	for _, f := range Select(files.Files()) {
		data, err := json.Marshal(Extract(f.Path, []byte(files[f.Path])))
		if err != nil {
			t.Fatal(err)
		}
		var c Clues
		if err := json.Unmarshal(data, &c); err != nil {
			t.Fatal(err)
		}
		kept[f.Path] = c
	}
	direct, _, err := Infer(t.Context(), files, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(direct, Combine(files.Files(), kept)); d != "" {
		t.Error(d)
	}
}

// remembered is a memory that counts what it gives.
type remembered struct {
	sync.Mutex
	kept map[string][]byte
	hits int
}

func (m *remembered) Get(key string) ([]byte, bool) {
	m.Lock()
	defer m.Unlock()
	v, ok := m.kept[key]
	if ok {
		m.hits++
	}
	return v, ok
}

func (m *remembered) Put(key string, value []byte) {
	m.Lock()
	defer m.Unlock()
	m.kept[key] = value
}

// TestMemory holds that what is remembered gives the same facts, and that what
// could not be read is not remembered.
func TestMemory(t *testing.T) {
	files := tree{"package.json": `{"dependencies":{"express":"4"}}`, "Dockerfile": "FROM x\n", "go.mod": "\x00unreadable"}
	memory := &remembered{kept: map[string][]byte{}}
	first, _, err := Infer(t.Context(), files, memory)
	if err != nil {
		t.Fatal(err)
	}
	second, problems, err := Infer(t.Context(), files, memory)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(first, second); d != "" {
		t.Error(d)
	}
	if memory.hits != 2 || len(problems) != 1 {
		t.Errorf("%d files were remembered, want 2; problems %v", memory.hits, problems)
	}
}

func TestDeclaredFields(t *testing.T) {
	tests := []struct {
		line string
		want bool
	}{
		{`email = models.EmailField()`, true}, {`t.string "email", default: ""`, true}, {"  email VARCHAR(80) NOT NULL", true},
		{`private String email;`, true}, {"Email string `json:\"email\"`", true}, {`val userEmail: String`, true}, {`email  String @unique`, true},
		{`string email = 1;`, true}, {`t.string :email`, true}, {`"email",`, true}, {`public string Email { get; set; }`, true},
		{`// email = x`, false}, {`# the email: x`, false}, {`return "the email of the user"`, false}, {`if email == x`, false},
		{`send(email)`, false}, {`email_backend = 3`, false}, {`email.send`, false}, {`email is sent`, false},
	}
	for _, tt := range tests {
		got := false
		declared([]byte(tt.line), func(field, _ string, _ int) { got = got || field == "email" })
		if got != tt.want {
			t.Errorf("%s: %v", tt.line, got)
		}
	}
}

func TestGlobs(t *testing.T) {
	tests := []struct {
		glob, path string
		want       bool
	}{
		{"Dockerfile", "a/b/Dockerfile", true}, {"*.tf", "a/x.tf", true}, {"*.tf", "x.tfvars", false}, {"a/*.yml", "a/b.yml", true}, {"a/*.yml", "b/a/b.yml", false},
		{"**/models/**/*.{py,rb}", "app/models/a/b.rb", true}, {"**/models/**/*.{py,rb}", "app/models/b.go", false}, {"**/models.py", "models.py", true},
		{"k8s/**", "k8s/a/b", true}, {"k8s/**", "k8s", false}, {"requirements-*.txt", "x/requirements-a.txt", true}, {"**/templates/**/*.html", "templates/a.html", true},
		{"Dockerfile.*", "Dockerfile.prod", true}, {"roles/*/tasks/main.yml", "roles/a/tasks/main.yml", true},
	}
	for _, tt := range tests {
		g := newGlobs()
		g.add(tt.glob, 1)
		got := false
		g.match(tt.path, func(int) { got = true })
		if got != tt.want {
			t.Errorf("%s on %s: %v", tt.glob, tt.path, got)
		}
	}
}

func BenchmarkInfer(b *testing.B) {
	files := tree{"go.mod": "module x\n", "package.json": `{"dependencies":{"express":"4"}}`}
	for i := range 10_000 {
		dir := []string{"internal/a", "web/src/components", "app/models", "testdata/x", "docs"}[i%5]
		files[fmt.Sprintf("%s/d%d/file%d.%s", dir, i%97, i, []string{"go", "ts", "rb", "md", "yaml"}[i%5])] = strings.Repeat("name: string\n", 200)
	}
	if _, err := load(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := Infer(b.Context(), files, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzExtract(f *testing.F) {
	f.Add("package.json", []byte(`{"dependencies":{"express":"4"}}`))
	f.Add("app/models/user.py", []byte("email = 1\n\"email\nemail VARCHAR\n:email\n"))
	f.Add("k8s/a.yaml", []byte("kind: Deployment\n"))
	f.Add("cmd/a/main.go", []byte("package main\n"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		c := Extract(name, data)
		lines := strings.Count(string(data), "\n") + 1
		for _, h := range c.Hits {
			if h.Line < 1 || h.Line > lines {
				t.Errorf("%+v in a text of %d lines", h, lines)
			}
		}
		files := tree{name: string(data)}
		Combine(files.Files(), map[string]Clues{name: c})
	})
}
