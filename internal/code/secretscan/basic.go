package secretscan

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// isUserPassword tests that b is base64 of a user's name and a password with a
// colon between, in printable text. Source: RFC 7617 §2.
func isUserPassword(b []byte) bool {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(string(b), "="))
	if err != nil {
		return false
	}
	raw = bytes.TrimRight(raw, "\n")
	for _, c := range raw {
		if c < ' ' || c > '~' {
			return false
		}
	}
	user, password, ok := bytes.Cut(raw, []byte{':'})
	return ok && len(user) > 0 && len(password) >= 3 && lower(string(user)) != "aladdin" && !(isEmptyTalk(user) && isEmptyTalk(password))
}
