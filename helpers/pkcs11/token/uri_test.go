package token

import (
	"reflect"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/verify"
)

func TestParse(t *testing.T) {
	slot := uint(3)
	tests := []struct {
		text string
		want URI
		says string
	}{
		{"pkcs11:token=our%20release;object=seal;type=private?module-path=/lib/m.so&pin-source=file:/run/pin", URI{Token: "our release", Object: "seal", Module: "/lib/m.so", PINSource: "/run/pin"}, ""},
		{"pkcs11:id=%01%ff;serial=42;slot-id=3;manufacturer=m;model=n?pin-source=/run/pin", URI{ID: []byte{1, 255}, Serial: "42", Slot: &slot, Manufacturer: "m", Model: "n", PINSource: "/run/pin"}, ""},
		{"pkcs11:object=a%3bb", URI{Object: "a;b"}, ""},
		{"pkcs11:token=release", URI{}, "names no key"},
		{"pkcs11:", URI{}, "names no key"},
		{"pkcs11:objekt=seal", URI{}, `"objekt" is not supported`},
		{"pkcs11:object=seal;object=other", URI{}, "twice"},
		{"pkcs11:object=seal;type=cert", URI{}, "cannot sign"},
		{"pkcs11:object=%zz", URI{}, "percent-encoded"},
		{"pkcs11:object", URI{}, "NAME=VALUE"},
		{"pkcs11:object=seal;", URI{}, "NAME=VALUE"},
		{"pkcs11:object=seal;slot-id=-1", URI{}, "no number"},
		{"pkcs11:object=seal?pin-value=1234", URI{}, "refused"},
		{"pkcs11:object=seal?module-path=m.so", URI{}, "not absolute"},
		{"pkcs11:object=seal?module-name=softhsm2", URI{}, "not supported"},
		{"pkcs11:object=seal?pin-source=%7c/bin/cat", URI{}, "absolute path"},
		{"file:a.key", URI{}, "begins with"},
	}
	for _, tt := range tests {
		got, err := Parse(tt.text)
		switch {
		case tt.says == "" && (err != nil || !reflect.DeepEqual(got, tt.want)):
			t.Errorf("%s: %+v, %v", tt.text, got, err)
		case tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)):
			t.Errorf("%s: %v, expected %q", tt.text, err, tt.says)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("pkcs11:token=our%20release;id=%01;object=seal;slot-id=3?module-path=/lib/m.so&pin-source=file:/run/pin")
	f.Add("pkcs11:object=a?")
	f.Fuzz(func(t *testing.T, text string) {
		u, err := Parse(text)
		if err == nil && u.Object == "" && len(u.ID) == 0 {
			t.Errorf("%q names no key, and was taken", text)
		}
	})
}

func FuzzPublicKey(f *testing.F) {
	f.Add([]byte("\x04\x41\x04"), true)
	f.Add(make([]byte, 32), false)
	f.Fuzz(func(t *testing.T, point []byte, p256 bool) {
		algorithm := map[bool]verify.Algorithm{true: verify.ECDSAP256, false: verify.Ed25519}[p256]
		if k, err := publicKey(algorithm, point); err == nil && len(k.ID) != 64 {
			t.Errorf("%x: %+v", point, k)
		}
	})
}
