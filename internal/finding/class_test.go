package finding

import "testing"

func TestClassOf(t *testing.T) {
	tests := []struct {
		path string
		want Class
	}{
		{"main.go", Production},
		{"internal/server/server.go", Production},
		{"config/production.yml", Production},
		{"latest/contest.go", Production},
		{"internal/server/server_test.go", Test},
		{"src/app/login.spec.ts", Test},
		{"src/test/java/LoginTest.java", Test},
		{"LoginTest.java", Test},
		{"pkg/testdata/key.pem", Test},
		{".env.example", Example},
		{"examples/web/config.yml", Example},
		{"vendor/github.com/x/y/y_test.go", Vendored},
		{"web/node_modules/a/b.js", Vendored},
		{"package-lock.json", Generated},
		{"static/app.min.js", Generated},
		{"api/v1/api.pb.go", Generated},
		{"README.md", Documentation},
		{"docs/setup.html", Documentation},
	}
	for _, tt := range tests {
		if got := ClassOf(tt.path); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.path, got, tt.want)
		}
	}
}
