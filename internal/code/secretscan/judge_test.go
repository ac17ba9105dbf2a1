package secretscan

import (
	"slices"
	"strings"
	"testing"
)

func TestMask(t *testing.T) {
	tests := []struct {
		secret string
		prefix int
		want   string
	}{
		{token, 4, "ghp_…, 40 characters"},
		{token, 20, "ghp_…, 40 characters"},
		{"hunter2!", 0, "8 characters"},
		{"ab12cd", 4, "a…, 6 characters"},
		{"", 4, "0 characters"},
	}
	for _, tt := range tests {
		if got := Mask(tt.secret, tt.prefix); got != tt.want {
			t.Errorf("Mask(%q, %d) = %q, want %q", tt.secret, tt.prefix, got, tt.want)
		}
	}
}

// TestSourceLine wants every secret of the line covered, the caret's too.
func TestSourceLine(t *testing.T) {
	e, _ := newTestEngine(t)
	short := "first\n  a = \"" + token + "\", db_password = \"" + password + "\"\nlast"
	long := strings.Repeat("x", 5000) + " a = \"" + token + "\" " + strings.Repeat("y", 5000)
	for _, text := range []string{short, long} {
		matches := scanAll(e, text)
		if len(matches) == 0 {
			t.Fatalf("nothing found in %q", text)
		}
		for _, m := range matches {
			got, before := sourceLine([]byte(text), m.SecretStart, matches)
			if !strings.HasPrefix(got[before:], text[m.SecretStart:m.SecretStart+1]) && got[before] != '*' {
				t.Errorf("%q: the secret doesn't begin at byte %d", got, before)
			}
			if strings.Contains(got, token[6:]) || strings.Contains(got, "92xLm") || len(got) > maxSource || strings.Contains(got, "\n") {
				t.Errorf("got %q", got)
			}
			if !strings.Contains(got, "ghp_****") {
				t.Errorf("%q doesn't show what the token begins with", got)
			}
		}
	}
}

func TestIsPlaceholder(t *testing.T) {
	for _, s := range []string{
		"changeme", "changeme123", "CHANGE_ME", "<password>", "${DB_PASSWORD}", "{{ .Values.key }}", "$PASSWORD", "%PASSWORD%", "xxxxxxxx",
		"********", "your-api-key-here", "YOUR_TOKEN", "password", "Password1!", "secret", "test", "aaaaaaaa", "123456789", "my-secret", "MACHINE-PASS",
	} {
		if !isPlaceholder([]byte(s)) {
			t.Errorf("%q is a placeholder", s)
		}
	}
	for _, s := range []string{"k7Wq-92xLm", "ncc-1701", token, "J6aVjTgOpRs@?5l!Zkq2"} {
		if isPlaceholder([]byte(s)) {
			t.Errorf("%q is no placeholder", s)
		}
	}
}

func TestChecksums(t *testing.T) {
	tests := []struct{ name, good, bad string }{
		{"github", token, "ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq18"},
		{"bech32", "AGE-SECRET-KEY-1" + "PQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQS5DNRLX", "AGE-SECRET-KEY-1" + "QQQQ"},
		{"basic", "ZGVwbG95Oms3V3E5MnhMbQ==", "dXNlcjpwYXNzd29yZA=="},
		{"jwt", "eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln", "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln"},
	}
	for _, tt := range tests {
		if tt.name != "bech32" && !checksums[tt.name]([]byte(tt.good)) {
			t.Errorf("%s refuses %q", tt.name, tt.good)
		}
		if checksums[tt.name]([]byte(tt.bad)) {
			t.Errorf("%s takes %q", tt.name, tt.bad)
		}
	}
	anything := []string{"opaque", "written", "filled", "gitlab"} // they refuse placeholders alone
	for name, test := range checksums {
		for _, s := range []string{"", "_", "1", "a.b.c", "====", "glsa_"} {
			if test([]byte(s)) && !slices.Contains(anything, name) {
				t.Errorf("%s takes %q", name, s)
			}
		}
	}
}

func TestSnake(t *testing.T) {
	for name, want := range map[string]string{
		"dbPassword": "db_password", "DB_PASSWORD": "db_password", "db.password": "db_password", "--api-key": "api_key",
		"APIKey": "api_key", "X-RapidAPI-Key": "x_rapid_api_key", "$pwd": "pwd", "S3Key": "s3_key",
	} {
		if got := string(snake(nil, []byte(name))); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// TestReadAssigned reads values as languages and configuration files assign them.
func TestReadAssigned(t *testing.T) {
	tests := []struct{ text, want string }{
		{`password = "v1"`, "v1"},
		{`password := "v1"`, "v1"},
		{`"password": "v1"`, "v1"},
		{`'password' => 'v1',`, "v1"},
		{`const password string = "v1"`, "v1"},
		{`let password: &str = "v1";`, "v1"},
		{`private password: string = 'v1'`, "v1"},
		{`char password[16] = "v1";`, "v1"},
		{`settings["password"] = "v1"`, "v1"},
		{`if (password == "v1")`, "v1"},
		{`define('password', 'v1');`, "v1"},
		{`user.setPassword("v1")`, "v1"},
		{`<password>v1</password>`, "v1"},
		{`<add key="password" value="v1"/>`, "v1"},
		{"- name: password\n  value: v1\n", "v1"},
		{`{"name":"password","value":"v1"}`, "v1"},
		{`--password=v1 --host x`, "v1"},
		{`tool --password v1 --host x`, "v1"},
		{"ENV password v1\n", "v1"},
		{"password=v1\n", "v1"},
		{"password: v1 # note\n", "v1"},
		{`{\"password\": \"v1\"}`, "v1"},
		{`password = "a" + b`, ""},
		{`password = """v1"""`, ""},
		{`password = call("v1")`, "call(\"v1\")"},
		{`password::v1`, ""},
		{`password (see "v1")`, ""},
		{`password`, ""},
		{`password =`, ""},
		{`password = "v1`, ""},
	}
	for _, tt := range tests {
		at := strings.Index(lower(tt.text), "password")
		key, ok := keyAround([]byte(tt.text), at, len("password"))
		if !ok {
			t.Errorf("%s: no key", tt.text)
			continue
		}
		got := ""
		if a, ok := readAssigned([]byte(tt.text), key); ok {
			got = tt.text[a.start:a.end]
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.text, got, tt.want)
		}
	}
}
