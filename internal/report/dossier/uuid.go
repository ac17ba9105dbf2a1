package dossier

import (
	"crypto/sha1"
	"encoding/hex"
	"strings"
)

// namespace is the UUIDv5 of "https://plimsoll.dev/report" in the namespace of
// URLs (RFC 9562, appendix A).
var namespace = [16]byte{0x5f, 0x1b, 0x44, 0x5d, 0x5d, 0xdc, 0x59, 0xa5, 0x99, 0xb2, 0xcc, 0x37, 0xc7, 0x62, 0x47, 0x7d}

// UUID is the name-based UUID (version 5, RFC 9562 section 5.5) of what the
// parts name: the same parts, the same UUID, in every report and on every
// machine. SHA-1 is what the standard says; nothing rests on its strength.
func UUID(parts ...string) string {
	h := sha1.New()
	h.Write(namespace[:])
	h.Write([]byte(strings.Join(parts, "\x00")))
	sum := h.Sum(nil)[:16]
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	text := hex.EncodeToString(sum)
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}
