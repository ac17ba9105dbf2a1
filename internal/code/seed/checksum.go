package seed

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"strings"
)

// checksums make what the tests of credentials of the same names want to see; the
// formats and their sources stand there.
var checksums = map[string]func(rng *rand.Rand, text string) string{
	"github":            github,
	"grafana":           grafana,
	"bech32":            bech32,
	"nkey":              nkey,
	"jwt":               webToken,
	"basic":             basic,
	"opaque":            func(_ *rand.Rand, text string) string { return text },
	"pem":               func(rng *rand.Rand, _ string) string { return wrapped(der(rng)) },
	"openssh-plain":     func(rng *rand.Rand, _ string) string { return wrapped(openssh(rng, "none")) },
	"openssh-encrypted": func(rng *rand.Rand, _ string) string { return wrapped(openssh(rng, "aes256-ctr")) },
}

// github ends in the CRC-32 of the random part, in base 62.
func github(_ *rand.Rand, text string) string {
	const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	at := strings.IndexByte(text, '_') + 1
	body := text[at : len(text)-6]
	sum, n := make([]byte, 6), crc32.ChecksumIEEE([]byte(body))
	for i := 5; i >= 0; i-- {
		sum[i], n = base62[n%62], n/62
	}
	return text[:at] + body + string(sum)
}

// grafana ends in the CRC-32 of what stands before, little-endian.
func grafana(_ *rand.Rand, text string) string {
	head := text[:strings.LastIndexByte(text, '_')]
	return head + "_" + hex.EncodeToString(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(head))))
}

// bech32 ends in six digits that make the polynomial of BIP 173 come to one.
func bech32(_ *rand.Rand, text string) string {
	const digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	s := strings.ToLower(text)
	at := strings.LastIndexByte(s, '1')
	var values []byte
	for i := range at {
		values = append(values, s[i]>>5)
	}
	values = append(values, 0)
	for i := range at {
		values = append(values, s[i]&31)
	}
	for _, c := range s[at+1 : len(s)-6] {
		values = append(values, byte(strings.IndexRune(digits, c)))
	}
	sum := polymod(append(values, 0, 0, 0, 0, 0, 0)) ^ 1
	out := []byte(s[:len(s)-6])
	for i := range 6 {
		out = append(out, digits[sum>>(5*(5-i))&31])
	}
	if text == strings.ToUpper(text) {
		return strings.ToUpper(string(out))
	}
	return string(out)
}

func polymod(values []byte) uint32 {
	sum := uint32(1)
	for _, v := range values {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ uint32(v)
		for i, g := range []uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	return sum
}

// nkey ends in a CRC-16 of the bytes before.
func nkey(_ *rand.Rand, text string) string {
	encoding := base32.StdEncoding.WithPadding(base32.NoPadding)
	raw, err := encoding.DecodeString(text)
	if err != nil || len(raw) < 3 {
		return text
	}
	sum := uint16(0)
	for _, c := range raw[:len(raw)-2] {
		sum ^= uint16(c) << 8
		for range 8 {
			carry := sum&0x8000 != 0
			if sum <<= 1; carry {
				sum ^= 0x1021
			}
		}
	}
	binary.LittleEndian.PutUint16(raw[len(raw)-2:], sum)
	return encoding.EncodeToString(raw)
}

// webToken is a JSON web token with a random subject and signature.
func webToken(rng *rand.Rand, _ string) string {
	encode := base64.RawURLEncoding.EncodeToString
	claims := fmt.Sprintf(`{"sub":"u%d","iat":%d}`, rng.Uint64(), 1_700_000_000+rng.IntN(100_000_000))
	return encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode([]byte(claims)) + "." + encode(noise(rng, 32))
}

// basic is a name and a random password as HTTP carries them.
func basic(rng *rand.Rand, _ string) string {
	return base64.StdEncoding.EncodeToString([]byte("deploy:" + base64.RawURLEncoding.EncodeToString(noise(rng, 12))))
}

// der is a sequence as long as a private key.
func der(rng *rand.Rand) []byte {
	body := noise(rng, 600)
	return append([]byte{0x30, 0x82, byte(len(body) >> 8), byte(len(body))}, body...)
}

// openssh is how a private key of OpenSSH begins, and noise.
func openssh(rng *rand.Rand, cipher string) []byte {
	raw := binary.BigEndian.AppendUint32([]byte("openssh-key-v1\x00"), uint32(len(cipher)))
	return append(append(raw, cipher...), noise(rng, 300)...)
}

// wrapped is base64 in lines, as PEM has it.
func wrapped(raw []byte) string {
	text := base64.StdEncoding.EncodeToString(raw)
	var b strings.Builder
	for len(text) > 64 {
		b.WriteString("\n" + text[:64])
		text = text[64:]
	}
	return strings.TrimPrefix(b.String()+"\n"+text+"\n", "\n")
}

func noise(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}
