package secretscan

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"strings"
)

// isAWSKeyID tests that the account which a key id names can exist. Ids made
// since about 2019 hold it, behind a bit that is set. Source: what
// sts:GetAccessKeyInfo answers for them; T. Be'ery, "A short note on AWS key ID", 2023.
func isAWSKeyID(b []byte) bool {
	if len(b) != 20 {
		return false
	}
	raw, err := base32.StdEncoding.DecodeString(string(b[4:]))
	if err != nil || isPlaceholder(b[4:]) || isPlaceholder(b) {
		return false
	}
	n := binary.BigEndian.Uint64(append([]byte{0, 0}, raw[:6]...))
	const highest = 999999999999 // accounts have twelve digits
	return n>>47 == 0 || n&(1<<47-1)>>7 <= highest
}

// isPyPI tests that the token is a macaroon of the Python package index: version
// 2, its location, an identifier, and a signature of 32 bytes at its end. Source:
// pypi/warehouse, warehouse/macaroons; rescrv/libmacaroons, doc/format.txt.
func isPyPI(b []byte) bool {
	_, body, ok := bytes.Cut(b, []byte{'-'})
	if !ok {
		return false
	}
	raw, err := base64.RawURLEncoding.DecodeString(string(body))
	if err != nil || len(raw) < 2 || raw[0] != 2 {
		return false
	}
	field, rest, ok := macaroonField(raw[1:], 1)
	if !ok || string(field) != "pypi.org" && string(field) != "test.pypi.org" {
		return false
	}
	if _, _, ok = macaroonField(rest, 2); !ok {
		return false
	}
	signature := raw[max(len(raw)-34, 0):]
	return signature[0] == 6 && signature[1] == 32
}

// macaroonField reads one field of the kind given, whose length takes one byte or two.
func macaroonField(b []byte, kind byte) (field, rest []byte, ok bool) {
	if len(b) < 2 || b[0] != kind {
		return nil, nil, false
	}
	length, n := binary.Uvarint(b[1:])
	if n <= 0 || length > uint64(len(b)-1-n) {
		return nil, nil, false
	}
	return b[1+n : 1+n+int(length)], b[1+n+int(length):], true
}

// isPGPSecret tests that armour holds a secret key: the tag of its first packet,
// and its CRC-24 where it has one. Source: RFC 9580 §4.2, §4.3, §6.
func isPGPSecret(b []byte) bool {
	var body []byte
	sum := -1
	for line := range bytes.Lines(b) {
		line = bytes.TrimSpace(line)
		if len(line) == 5 && line[0] == '=' {
			raw, err := base64.StdEncoding.DecodeString(string(line[1:]))
			if err != nil {
				return false
			}
			sum = int(raw[0])<<16 | int(raw[1])<<8 | int(raw[2])
			break
		}
		body = append(body, line...)
	}
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(string(body), "="))
	if err != nil || len(raw) < 64 {
		return false
	}
	const secretKey = 5
	old, recent := raw[0]&0xC0 == 0x80 && raw[0]>>2&15 == secretKey, raw[0] == 0xC0|secretKey
	return (old || recent) && (sum < 0 || sum == crc24(raw))
}

// crc24 is the checksum of RFC 9580 §6.1.1.
func crc24(b []byte) int {
	sum := 0xB704CE
	for _, c := range b {
		sum ^= int(c) << 16
		for range 8 {
			if sum <<= 1; sum&0x1000000 != 0 {
				sum ^= 0x864CFB
			}
		}
	}
	return sum & 0xFFFFFF
}

// isPKCS12 tests that b is base64 of a PFX: a sequence of version 3 and of data.
// Source: RFC 7292 §4.
func isPKCS12(b []byte) bool {
	raw, err := base64.StdEncoding.DecodeString(string(b[:len(b)&^3]))
	if err != nil || len(raw) < 64 || raw[0] != 0x30 || raw[1] != 0x82 {
		return false
	}
	data := []byte{0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01}
	return bytes.HasPrefix(raw[4:], []byte{2, 1, 3, 0x30}) && bytes.Contains(raw[:40], data)
}

// isDER tests that b is base64 of one DER sequence with a length in its second
// byte, as a login is that Firefox saved. Source: mozilla/nss, lib/pk11wrap/pk11sdr.c.
func isDER(b []byte) bool {
	raw, err := base64.StdEncoding.DecodeString(string(b))
	return err == nil && len(raw) > 40 && len(raw) < 130 && raw[0] == 0x30 && int(raw[1]) == len(raw)-2
}

// isCrypt tests that the hash of a password, as crypt(3) writes it, isn't one
// that stands for any.
func isCrypt(b []byte) bool {
	_, salt, ok := bytes.Cut(bytes.TrimPrefix(b, []byte{'$'}), []byte{'$'})
	return ok && !hasRun(salt, 7)
}

// holdsJSON tests that a token's base64, which begins as every object under
// base64 does, holds one. Source: the issuers print what is in it: Grafana's
// satokengen and authlib, Sentry's RFC 91, 1Password's service accounts.
func holdsJSON(b []byte) bool {
	at := bytes.Index(b, []byte("eyJ"))
	return at >= 0 && (jsonBegins(b[at:], base64.RawStdEncoding, "+/") || jsonBegins(b[at:], base64.RawURLEncoding, "-_"))
}

func jsonBegins(b []byte, encoding *base64.Encoding, more string) bool {
	n := 0
	for n < len(b) && (isWord(b[n]) && b[n] != '_' || strings.IndexByte(more, b[n]) >= 0) {
		n++
	}
	for _, cut := range []int{n, n &^ 3} {
		raw, err := encoding.DecodeString(string(b[:cut]))
		var object map[string]json.RawMessage
		if err == nil && json.NewDecoder(bytes.NewReader(raw)).Decode(&object) == nil && len(object) > 0 {
			return true
		}
	}
	return false
}

// holdsText tests that b is base64 of text.
func holdsText(b []byte) bool {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(string(b), "="))
	if err != nil {
		return false
	}
	for _, c := range raw {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return len(raw) >= 8
}

// isMapbox tests that the middle of a token names its user. Source:
// docs.mapbox.com, "Token format": u is the user, a the token's id.
func isMapbox(b []byte) bool {
	parts := bytes.Split(b, []byte{'.'})
	var payload struct{ U, A string }
	return len(parts) == 3 && decodeJSON(parts[1], &payload) && payload.U != "" && payload.A != ""
}

// isDiscordBot tests that a token begins with the number of its bot. Source:
// Discord's reference, "Authentication", whose example does.
func isDiscordBot(b []byte) bool {
	first, _, _ := bytes.Cut(b, []byte{'.'})
	raw, err := base64.RawURLEncoding.DecodeString(string(first))
	return err == nil && len(raw) >= 17 && len(raw) <= 20 && len(bytes.Trim(raw, "0123456789")) == 0
}

// isServiceAccount tests that b is the token of a Kubernetes service account.
// Source: kubernetes.io, "Managing Service Accounts".
func isServiceAccount(b []byte) bool {
	claims, ok := claimsOf(b)
	subject, _ := claims["sub"].(string)
	return ok && strings.HasPrefix(subject, "system:serviceaccount:")
}

// isServiceRole tests that b is the key of Supabase that no policy holds back.
// Source: supabase.com, "API keys".
func isServiceRole(b []byte) bool {
	claims, ok := claimsOf(b)
	return ok && claims["role"] == "service_role"
}

func claimsOf(b []byte) (map[string]any, bool) {
	parts := bytes.Split(b, []byte{'.'})
	var claims map[string]any
	return claims, isJWT(b) && decodeJSON(parts[1], &claims)
}
