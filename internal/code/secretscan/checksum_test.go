package secretscan

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"testing"
)

// TestMarvin32 is SymCrypt's own test, marvin32.c, whose two halves of the
// result are taken together as .NET does.
func TestMarvin32(t *testing.T) {
	tests := []struct {
		text string
		seed uint64
		want uint64
	}{
		{"abc", 0xd53cd9cecd0893b7, 0x22c74339492769bf},
		{"abcdefghijklmnopqrstuvwxyz", 0x0ddddeeeeffff000, 0xa128eb7e7260aca2},
	}
	for _, tt := range tests {
		if got, want := marvin32([]byte(tt.text), tt.seed), uint32(tt.want)^uint32(tt.want>>32); got != want {
			t.Errorf("%q: got %#x, want %#x", tt.text, got, want)
		}
	}
}

// TestAzureKey signs keys as Azure does, and breaks them.
func TestAzureKey(t *testing.T) {
	for _, signature := range []string{"+ASt", "ACDb", "+ABa", "APIM", "+AMC", "AzCa", "+ASb", "+AEh", "+ARm", "AIoT", "AZEG", "AzSe", "+ACR"} {
		size := map[string]int{"+ASt": 64, "ACDb": 64, "+ABa": 64, "APIM": 64, "+AMC": 64, "AzSe": 39, "+ACR": 39}[signature]
		if size == 0 {
			size = 32
		}
		for _, seed := range azureSeeds(signature) {
			key := signAzure(t, size, signature, seed)
			if !isAzureKey([]byte(key)) {
				t.Errorf("%s: %s is refused", signature, key)
			}
			if broken := "zz" + key[2:]; isAzureKey([]byte(broken)) {
				t.Errorf("%s: %s is taken", signature, broken)
			}
		}
	}
	if seeds := azureSeeds("abcd"); seeds != nil {
		t.Errorf("a signature of nobody has seeds %v", seeds)
	}
}

// signAzure makes a key of size bytes, all equal but for signature and checksum.
func signAzure(t *testing.T, size int, signature string, seed uint64) string {
	t.Helper()
	text := strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", size))), "=")
	at := len(text) - 10
	raw, err := base64.RawStdEncoding.DecodeString(text[:at] + signature + "A" + text[at+5:])
	if err != nil {
		t.Fatal(err)
	}
	binary.LittleEndian.PutUint32(raw[size-4:], marvin32(raw[:size-4], seed))
	return base64.StdEncoding.EncodeToString(raw)
}

// TestChecksumVectors holds the tests to what issuers and standards print. Parts
// are put together here, so that no scanner takes this file for a leak.
func TestChecksumVectors(t *testing.T) {
	tests := []struct{ name, from, good string }{
		{"aws-key-id", "T. Be'ery, 2023: account 029608264753", "ASIAQNZGKI" + "QY56JQ7WML"},
		{"base58check", "the Bitcoin wiki, WIF", "5HueCGU8rMjxEXxiP" + "uD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"},
		{"base58check", "the Bitcoin wiki, WIF, compressed", "KwdMAjGmerYanjeui5" + "SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617"},
		{"base58check", "BIP 32, test vector 1", "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqji" + "ChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"},
		{"ripple", "xrpl.org, the first account", "snoPBrXtMeMyM" + "HUVTgbuqAfg1SUTb"},
		{"ripple", "XRPLF/xrpl.js, ripple-keypairs", "sEdSKaCy2JT7JaM" + "7v95H9SxkhP9wS2r"},
		{"bech32", "NIP-19", "nsec1vl029mgpspedva04g90vltkh6" + "fvh240zqtv9k0t9af8935ke9laqsnlfe5"},
		{"stellar", "SEP-0023", "SBU2RRGLXH3E5CQHTD3ODLDF2BWDCYUSSBLLZ5" + "GNW7JXHDIYKXZWHOKR"},
		{"github", "netbirdio/netbird, management/server/testdata", "nbp_apTmlmUXHSC4P" + "KmHwtIZNaGr8eqcVI2gMURp"},
		{"discord", "Discord's reference", "MTk4NjIyNDgzNDcx" + "OTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"},
	}
	for _, tt := range tests {
		if !checksums[tt.name]([]byte(tt.good)) {
			t.Errorf("%s refuses the example of %s", tt.name, tt.from)
		}
		broken := []byte(tt.good)
		if at := len(broken) / 3; broken[at] != 'A' {
			broken[at] = 'A'
		} else {
			broken[at] = 'B'
		}
		if tt.name != "aws-key-id" && tt.name != "discord" && checksums[tt.name](broken) {
			t.Errorf("%s takes the example of %s with one character changed", tt.name, tt.from)
		}
	}
}

func TestAWSKeyID(t *testing.T) {
	for id, want := range map[string]bool{
		"AKIAJ7777777" + "23456ABC": false, // the same byte too often
		"AKIA7" + "7777YWXVU54TSR":  false, // no account has thirteen digits
		"AKIAQ" + "3EGRS5SPUKTMGXN": true,
		"AKIAI" + "44QH8DHBEXAMPLE": false, // an eight is no digit of base 32
		"AKIA":                      false,
	} {
		if got := isAWSKeyID([]byte(id)); got != want {
			t.Errorf("%s: got %v, want %v", id, got, want)
		}
	}
}

// TestGitLabRoutable computes what the generator of GitLab would.
func TestGitLabRoutable(t *testing.T) {
	for token, want := range map[string]bool{
		"glpat-" + strings.Repeat("k", 3) + "9xLmQ2vT7wRZ1dY4": true, // no checksum
		"glpat-AAAA.01.0x0000000":                              false,
		"glpat-AAAA.0x0000000":                                 false,
	} {
		if got := isGitLab([]byte(token)); got != want {
			t.Errorf("%s: got %v, want %v", token, got, want)
		}
	}
}

func TestWritten(t *testing.T) {
	for text, want := range map[string][2]bool{ // written, filled
		"password": {true, false}, "hunter22": {true, true}, "pass123": {true, true}, "${PW}": {false, false}, "<pw>": {false, false},
		"your-password": {false, false}, "****": {false, false}, "": {false, false}, "MY_PASSWORD": {true, false},
	} {
		if got := [2]bool{isWritten([]byte(text)), isFilled([]byte(text))}; got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

// FuzzChecksums wants no test to fail on any bytes.
func FuzzChecksums(f *testing.F) {
	for _, s := range []string{"", "a.b.c", "pypi-AgEIcHlwaS5vcmc", "=AAAA\n", "glpat-a.b.c", "MIIK", "AKIAQ"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, test := range checksums {
			test(b)
		}
	})
}

// A key stands indented in source, with its headers.
func TestIndentedPGPKey(t *testing.T) {
	e, secrets := newTestEngine(t)
	for _, s := range secrets {
		if s.ID != "secret.pgp-private-key" {
			continue
		}
		text := strings.ReplaceAll("\n"+s.Examples.Match[0].Text, "\n", "\n    ")
		if matches := scanAll(e, text); len(matches) != 1 || matches[0].Rule.ID != s.ID {
			t.Errorf("found:%s", describe(text, matches))
		}
	}
}
