package secretscan

import (
	"strings"
	"testing"
)

// TestReadMore reads values in the places where programs and people put them
// besides plain assignments.
func TestReadMore(t *testing.T) {
	tests := []struct {
		text, want string
		shape      Shape
	}{
		{`password = Some("v1")`, "v1", Quoted},
		{`Password: []byte("v1"),`, "v1", Quoted},
		{`password = new NetworkPassword("v1");`, "v1", Quoted},
		{`password = getPassword("v1")`, "", 0},
		{`password = os.environ.get("PW") or "v1"`, "v1", Quoted},
		{`password: process.env.PW || 'v1',`, "v1", Quoted},
		{`password = other || 'v1'`, "", 0},
		{`login, password = 'me', 'v1'`, "v1", Quoted},
		{`f(login, password = 'v1')`, "v1", Quoted},
		{`?x=1&password=v1&y=2`, "v1", Parameter},
		{`'password=v1&y=2'`, "v1", Parameter},
		{`a && password=v1`, "v1", Bare},
		{`docker run -e DB_PASSWORD=v1 -d x`, "v1", Variable},
		{"- DB_USER=a DB_PASSWORD=v1\n", "v1", Variable},
		{"export DB_PASSWORD=v1 \\\n", "v1", Variable},
		{`DB_PASSWORD=read(v1)`, "", 0},
		{`openssl -password pass:v1 -x`, "v1", Flag},
		{"# password: v1\n", "v1", Bare},
	}
	for _, tt := range tests {
		at := strings.Index(lower(tt.text), "password")
		key, ok := keyAround([]byte(tt.text), at, len("password"))
		if !ok {
			t.Errorf("%s: no key", tt.text)
			continue
		}
		a, ok := readAssigned([]byte(tt.text), key)
		if got := tt.text[a.start:a.end]; ok != (tt.want != "") && a.stands() || ok && a.stands() && (got != tt.want || a.shape != tt.shape) {
			t.Errorf("%s: got %q, %v, shape %d, want %q, shape %d", tt.text, got, ok, a.shape, tt.want, tt.shape)
		}
	}
}

func TestReadPositional(t *testing.T) {
	for text, want := range map[string]string{
		`ftp.login("me", "v1")`:                    "v1",
		`ftp.login(user, "v1", true)`:              "v1",
		`mysql_connect("localhost", 'root', 'v1')`: "v1",
		`login("v1")`:                              "",
		`login(user, password)`:                    "",
		`login(f(x), "v1")`:                        "",
	} {
		name := text[:strings.IndexByte(text, '(')]
		a, ok := readPositional([]byte(text), len(name)+1, passwordAt([]byte(name)))
		if got := text[a.start:a.end]; ok != (want != "") || ok && got != want {
			t.Errorf("%s: got %q, %v", text, got, ok)
		}
	}
	if passwordAt([]byte("x.setLogin")) != 0 {
		t.Error("setLogin takes no password")
	}
}

func TestIsChosen(t *testing.T) {
	for _, s := range []string{"letmein123", "tr0ubador", "kataras_pass", "changeit", "Admin12345", "vagrant", "s0meveryhardpassword", "eat-the-living"} {
		if !isChosen([]byte(s), []byte("db_password"), Quoted) {
			t.Errorf("%q is a password that somebody chose", s)
		}
	}
	for _, s := range []string{
		"password", "test123", "my_password", "some-secret", "xxxxxxxxxx", "12345678", "Enter a password", "user.password", "account#lost_password", "DB_PASSWORD",
		"${PW}", "db_password", "required|min:8", "aaaaaaaa", "x1y2", "tb.proxy.password", "new_password2", "http://x/y",
	} {
		if isChosen([]byte(s), []byte("db_password"), Quoted) {
			t.Errorf("%q stands for any password", s)
		}
	}
}

func TestIsRandom(t *testing.T) {
	for _, s := range []string{
		"b9841238feb177a84330", "699dd4ff-e381-46b8-8bf8-5de49dd56c1f", "KVKFKRCPNZQUYMLXOVYDSQKJKZDTSRLD", "xmc9kFgOXpMdQ590Tho2", "428004849-cebdct6bwobn",
	} {
		if !isRandom([]byte(s)) {
			t.Errorf("%q looks random", s)
		}
	}
	for _, s := range []string{
		"user_access_token_name", "extremely-secure-keyboard-cat", "webhook_events_by_webhook_id", "94287082", "abcdef123456", "nightworld", "2024-01-02T03:04:05", "",
	} {
		if isRandom([]byte(s)) {
			t.Errorf("%q doesn't look random", s)
		}
	}
}

func TestShapeFits(t *testing.T) {
	for path, want := range map[string]bool{"a/config.yml": true, "README.md": true, ".bashrc": true, "main.go": false, "web/app.ts": false} {
		if Bare.fits(path) != want || Variable.fits(path) != want || !Quoted.fits(path) {
			t.Errorf("%s: want %v", path, want)
		}
	}
	for path, want := range map[string]bool{"config/locales/de.yml": true, "po/it.po": true, "src/messages_fr.properties": true, "config/app.yml": false} {
		if isTranslation(path) != want {
			t.Errorf("%s: want %v", path, want)
		}
	}
}

// FuzzReadAssigned holds that the readers stay within the text and look no
// farther than the engine gives them to see.
func FuzzReadAssigned(f *testing.F) {
	for _, text := range []string{
		`password = Some("v1")`, `login, password = 'me', 'v1'`, `?x=1&password=v1&y`, "password: process.env.PW || 'v1'", `password(user, "x", 'y')`, "-e PASSWORD=v1 \\\n",
		`password{`, `password=`, `,,,password="`, `password: []byte("`, `password: pass:`,
	} {
		f.Add([]byte(text), uint16(0), uint8(1))
	}
	f.Fuzz(func(t *testing.T, text []byte, at uint16, place uint8) {
		if int(at) >= len(text) {
			return
		}
		key, ok := keyAround(text, int(at), min(8, len(text)-int(at)))
		if !ok {
			return
		}
		a, ok := readAssigned(text, key)
		if ok && (a.start < 0 || a.start > a.end || a.end > len(text)) {
			t.Fatalf("%+v is not within %d bytes", a, len(text))
		}
		from := max(key.start-contextBytes, 0)
		near := text[from:min(key.end+reachBytes, len(text))]
		b, also := readAssigned(near, span{key.start - from, key.end - from})
		if also != ok || ok && (b.start+from != a.start || b.end+from != a.end || b.shape != a.shape) {
			t.Errorf("with less around it: %+v, %v instead of %+v, %v", b, also, a, ok)
		}
		if p, ok := readPositional(text, key.end, int(place%4)); ok && (p.start > p.end || p.end > len(text)) {
			t.Errorf("%+v is not within %d bytes", p, len(text))
		}
		if ok && a.end > a.start {
			isChosen(text[a.start:a.end], text[key.start:key.end], a.shape)
			isRandom(text[a.start:a.end])
		}
	})
}
