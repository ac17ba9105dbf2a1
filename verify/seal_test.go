package verify_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/sealing"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

var forApp = verify.Sealed{Name: "DATABASE", Organisation: "example", Product: "app", MinVersion: "1.2.0"}

func sealKey(t testing.TB) *sealing.Key {
	t.Helper()
	key, err := sealing.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sealed(t testing.TB, f verify.Sealed, key *sealing.Key) []byte {
	t.Helper()
	box, err := sealing.Seal(f, []byte("open sesame"), key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return box
}

// permitOf is that of app as a release of a product.
func permitOf(t testing.TB, product, version string, clock func() time.Time) verify.Permit {
	t.Helper()
	o := verifytest.New()
	b, err := verify.OpenBundle(o.Release(product, version, app).Bundle(), o.Trust(), verify.Policy{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	p, err := verify.File(written(t, "app", app.Data), b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestUnseal(t *testing.T) {
	key := sealKey(t)
	box := sealed(t, forApp, key)
	bend := func(change func(*verify.Sealed)) []byte {
		var f verify.Sealed
		if err := json.Unmarshal(box, &f); err != nil {
			t.Fatal(err)
		}
		change(&f)
		line, _ := json.Marshal(f)
		return line
	}
	right := permitOf(t, "app", "1.2.0", now)
	tests := []struct {
		name   string
		permit verify.Permit
		box    []byte
		key    *sealing.Key
		want   verify.Reason
	}{
		{"right", right, box, key, ""},
		{"a later version", permitOf(t, "app", "2.0.0", now), box, key, ""},
		{"no permit", verify.Permit{}, box, key, verify.NoPermit},
		{"no key", right, box, nil, verify.NoPermit},
		{"an empty key", right, box, new(sealing.Key), verify.NoPermit},
		{"an older version", permitOf(t, "app", "1.1.9", now), box, key, verify.WrongRecipient},
		{"a version that cannot be compared", permitOf(t, "app", "latest", now), box, key, verify.WrongRecipient},
		{"another product", permitOf(t, "other", "1.2.0", now), box, key, verify.WrongRecipient},
		{"another organisation", right, bend(func(f *verify.Sealed) { f.Organisation = "other" }), key, verify.WrongRecipient},
		{"another key", right, box, sealKey(t), verify.WrongRecipient},
		{"another product is written on it", permitOf(t, "other", "1.2.0", now), bend(func(f *verify.Sealed) { f.Product = "other" }), key, verify.WrongRecipient},
		{"the version is taken off it", permitOf(t, "app", "1.0.0", now), bend(func(f *verify.Sealed) { f.MinVersion = "" }), key, verify.WrongRecipient},
		{"another name is written on it", right, bend(func(f *verify.Sealed) { f.Name = "LD_PRELOAD" }), key, verify.WrongRecipient},
		{"a bit is flipped", right, bend(func(f *verify.Sealed) { f.Data[len(f.Data)-1] ^= 1 }), key, verify.WrongRecipient},
		{"no ciphertext", right, bend(func(f *verify.Sealed) { f.Data = nil }), key, verify.WrongRecipient},
		{"another media type", right, bend(func(f *verify.Sealed) { f.MediaType = verify.ProofLine }), key, verify.WrongType},
		{"a key twice", right, bytes.Replace(box, []byte(`"product"`), []byte(`"product":"other","product"`), 1), key, verify.Malformed},
		{"an unknown field", right, bytes.Replace(box, []byte(`"product"`), []byte(`"x":1,"product"`), 1), key, verify.Malformed},
		{"too large", right, make([]byte, 3<<20), key, verify.TooLarge},
	}
	for _, test := range tests {
		secret, err := test.permit.Unseal(test.box, test.key)
		if got := verify.ReasonOf(err); got != test.want || err == nil != (string(secret) == "open sesame") {
			t.Errorf("%s: %q, %v, expected %q", test.name, secret, err, test.want)
		}
	}
}

// TestUnsealLater: a process lives longer than its permit.
func TestUnsealLater(t *testing.T) {
	at := now()
	permit := permitOf(t, "app", "1.2.0", func() time.Time { return at })
	key := sealKey(t)
	at = at.AddDate(0, 0, 91)
	if secret, err := permit.Unseal(sealed(t, forApp, key), key); verify.ReasonOf(err) != verify.Expired || secret != nil {
		t.Errorf("%q, %v", secret, err)
	}
}

func TestSealRefuses(t *testing.T) {
	public := sealKey(t).Public()
	tests := map[string]struct {
		what   verify.Sealed
		secret []byte
		want   verify.Reason
	}{
		"no name":      {verify.Sealed{Organisation: "example", Product: "app"}, nil, verify.UnsafeName},
		"no product":   {verify.Sealed{Name: "A", Organisation: "example"}, nil, verify.UnsafeName},
		"odd version":  {verify.Sealed{Name: "A", Organisation: "example", Product: "app", MinVersion: "new"}, nil, verify.Malformed},
		"large secret": {forApp, make([]byte, verify.MaxSecret+1), verify.TooLarge},
	}
	for name, test := range tests {
		if _, err := sealing.Seal(test.what, test.secret, public); verify.ReasonOf(err) != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSealKeys(t *testing.T) {
	key := sealKey(t)
	text, err := key.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again, err := sealing.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	public, err := sealing.ParsePublic([]byte(key.String()))
	if err != nil || public.ID() != again.Public().ID() {
		t.Fatal(err)
	}
	private := strings.TrimSpace(string(text))
	for _, form := range []string{"%v", "%s", "%+v", "%#v", "%d"} {
		if strings.Contains(fmt.Sprintf(form, key), private[len(private)-20:]) {
			t.Errorf("%s prints the private key", form)
		}
	}
	for _, bad := range []string{"", "x", key.String(), private[:60], private + "AA"} {
		if _, err := sealing.ParseKey([]byte(bad)); verify.ReasonOf(err) != verify.Malformed {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := sealing.ParsePublic(text); verify.ReasonOf(err) != verify.Malformed {
		t.Errorf("a private key for a public one: %v", err)
	}
}

func FuzzUnseal(f *testing.F) {
	key := sealKey(f)
	permit := permitOf(f, "app", "1.2.0", now)
	box := sealed(f, forApp, key)
	f.Add(box)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		secret, err := permit.Unseal(data, key)
		if err != nil && verify.ReasonOf(err) == "" {
			t.Errorf("no refusal: %v", err)
		}
		if err == nil && string(secret) != "open sesame" {
			t.Errorf("another secret: %q", secret)
		}
	})
}

func FuzzSealKeys(f *testing.F) {
	text, _ := sealKey(f).Marshal()
	f.Add(text)
	f.Fuzz(func(t *testing.T, data []byte) {
		if key, err := sealing.ParseKey(data); err == nil {
			_ = key.Public().ID()
		}
		if public, err := sealing.ParsePublic(data); err == nil {
			_ = public.ID()
		}
	})
}
