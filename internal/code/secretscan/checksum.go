package secretscan

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"hash/crc32"
	"strconv"
	"strings"
)

// checksums are the tests that a credential's own format offers, by the name
// that rules call them.
var checksums = map[string]func([]byte) bool{
	"github":            isGitHub,
	"gitlab":            isGitLab,
	"synapse":           isSynapse,
	"grafana":           isGrafana,
	"bech32":            isBech32,
	"nkey":              isNKey,
	"jwt":               isJWT,
	"basic":             isBasic,
	"user-password":     isUserPassword,
	"opaque":            isOpaque,
	"pem":               isKeyDER,
	"openssh-plain":     func(b []byte) bool { return opensshCipher(b) == "none" },
	"azure":             isAzureKey,
	"azure-account":     isAzureAccountKey,
	"azure-devops":      isAzureDevOpsLegacy,
	"aws-key-id":        isAWSKeyID,
	"pypi":              isPyPI,
	"base58check":       isBase58Check,
	"ripple":            isRippleSeed,
	"stellar":           isStellarSeed,
	"pgp":               isPGPSecret,
	"pkcs12":            isPKCS12,
	"der":               isDER,
	"crypt":             isCrypt,
	"json":              holdsJSON,
	"base64-text":       holdsText,
	"mapbox":            isMapbox,
	"discord":           isDiscordBot,
	"service-account":   isServiceAccount,
	"service-role":      isServiceRole,
	"written":           isWritten,
	"filled":            isFilled,
	"filled-base64":     isFilledBase64,
	"registry-login":    isRegistryLogin,
	"openssh-encrypted": func(b []byte) bool { c := opensshCipher(b); return c != "" && c != "none" },
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// isGitHub tests a token of GitHub's form, which npm took over: behind the first
// underscore random characters, the last six of all being their CRC-32 in base 62.
// Source: "Behind GitHub's new authentication token formats", 2021.
func isGitHub(b []byte) bool {
	_, body, ok := bytes.Cut(b, []byte{'_'})
	if !ok || len(body) < 7 {
		return false
	}
	return inBase62(crc32.ChecksumIEEE(body[:len(body)-6]), body[len(body)-6:])
}

// inBase62 says whether digits are n in base 62.
func inBase62(n uint32, digits []byte) bool {
	for i := len(digits) - 1; i >= 0; i-- {
		if digits[i] != base62[n%62] {
			return false
		}
		n /= 62
	}
	return n == 0
}

// isSynapse tests an access token of a Matrix server: the CRC-32 of all before
// the last underscore follows it in base 62. Source: element-hq/synapse,
// synapse/handlers/auth.py, generate_access_token.
func isSynapse(b []byte) bool {
	at := bytes.LastIndexByte(b, '_')
	return at > 0 && len(b)-at == 7 && inBase62(crc32.ChecksumIEEE(b[:at]), b[at+1:])
}

// isGitLab tests a token of GitLab that can be routed: "….01.<length><crc>", the
// length of the payload and the CRC-32 of all before it in base 36. Those of
// other forms have no checksum. Source: gitlab-org/gitlab,
// lib/authn/token_field/generator/routable_token.rb.
func isGitLab(b []byte) bool {
	parts := bytes.Split(b, []byte{'.'})
	if len(parts) == 1 {
		return !isPlaceholder(b)
	}
	last := parts[len(parts)-1]
	if len(parts) != 3 || len(last) != 9 {
		return false
	}
	sum, err := strconv.ParseUint(string(last[2:]), 36, 32)
	return err == nil && uint32(sum) == crc32.ChecksumIEEE(b[:len(b)-7])
}

// isGrafana tests "glsa_<random>_<crc>", the CRC-32 of what stands before it,
// little-endian in hex. Source: grafana/grafana, pkg/components/satokengen.
func isGrafana(b []byte) bool {
	at := bytes.LastIndexByte(b, '_')
	if at < 0 {
		return false
	}
	n := crc32.ChecksumIEEE(b[:at])
	sum := []byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}
	return hex.EncodeToString(sum) == string(b[at+1:])
}

const bech32Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// isBech32 tests the six last characters of a Bech32 string. Source: BIP 173.
func isBech32(b []byte) bool {
	s := lower(string(b))
	at := strings.LastIndexByte(s, '1')
	if at < 1 || len(s)-at < 7 {
		return false
	}
	sum := uint32(1)
	step := func(v byte) {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ uint32(v)
		for i, g := range []uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	for i := range at {
		step(s[i] >> 5)
	}
	step(0)
	for i := range at {
		step(s[i] & 31)
	}
	for i := at + 1; i < len(s); i++ {
		digit := strings.IndexByte(bech32Digits, s[i])
		if digit < 0 {
			return false
		}
		step(byte(digit))
	}
	return sum == 1
}

// isNKey tests the two last bytes of an NKEY, a CRC-16 of the rest. Source: nats-io/nkeys.
func isNKey(b []byte) bool {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(string(b))
	if err != nil || len(raw) < 3 {
		return false
	}
	sum := crc16(raw[:len(raw)-2])
	return raw[len(raw)-2] == byte(sum) && raw[len(raw)-1] == byte(sum>>8)
}

// isJWT tests that header and payload are JSON objects and that the header names
// an algorithm that signs. Source: RFC 7515 §7.1, RFC 7519 §3.
func isJWT(b []byte) bool {
	parts := bytes.Split(b, []byte{'.'})
	if len(parts) != 3 {
		return false
	}
	var header struct {
		Alg string `json:"alg"`
	}
	var claims map[string]any
	return decodeJSON(parts[0], &header) && header.Alg != "" && header.Alg != "none" && decodeJSON(parts[1], &claims) && len(claims) > 0
}

func decodeJSON(b []byte, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(string(b))
	return err == nil && json.Unmarshal(raw, into) == nil
}

// isBasic tests that b is base64 of "user:password" and that the password is
// neither empty nor a placeholder. Source: RFC 7617 §2.
func isBasic(b []byte) bool {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(string(b), "="))
	if err != nil {
		return false
	}
	for _, c := range raw {
		if c < ' ' || c > '~' {
			return false
		}
	}
	user, password, ok := bytes.Cut(raw, []byte{':'})
	return ok && len(user) > 0 && len(password) >= 4 && !bytes.Equal(user, password) && !isPlaceholder(password) &&
		lower(string(user)) != "aladdin" // RFC 7617 and everybody who tells of it
}

// isOpaque tests that b is no JSON web token: those have a kind of their own,
// which says more about what they are worth.
func isOpaque(b []byte) bool { return !bytes.HasPrefix(b, []byte("eyJ")) && !isPlaceholder(b) }

// isKeyDER tests that the text between the lines of a PEM block is base64 of a
// DER sequence long enough for a private key. Source: RFC 7468 §4.
func isKeyDER(b []byte) bool {
	raw := decodePEM(b)
	return len(raw) >= 32 && raw[0] == 0x30
}

// opensshCipher is the name of the cipher of an OpenSSH private key; "" where b
// is none. Source: openssh-portable, PROTOCOL.key.
func opensshCipher(b []byte) string {
	raw, ok := bytes.CutPrefix(decodePEM(b), []byte("openssh-key-v1\x00"))
	if !ok || len(raw) < 8 || raw[0]|raw[1]|raw[2] != 0 || int(raw[3]) > len(raw)-4 {
		return ""
	}
	return string(raw[4 : 4+raw[3]])
}

// decodePEM decodes the text of a PEM block, which may stand in a string of some
// language. What is cut off at its end does not matter.
func decodePEM(b []byte) []byte {
	clean := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '\\':
			i++ // an escaped line feed
		case isWord(c) && c != '_' || c == '+' && !joins(b, i) || c == '/':
			clean = append(clean, c)
		}
	}
	raw := make([]byte, base64.StdEncoding.DecodedLen(len(clean)))
	n, _ := base64.RawStdEncoding.Decode(raw, clean[:len(clean)&^3])
	return raw[:n]
}

// joins says whether the + at i joins strings: a blank or quote stands on both sides.
func joins(b []byte, i int) bool {
	blank := func(j int) bool { return j < 0 || j >= len(b) || bytes.IndexByte([]byte(" \t\n\"'"), b[j]) >= 0 }
	return blank(i-1) || blank(i+1)
}
