package secretscan

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// isWritten tests that somebody filled b in. It is for files that hold nothing
// but what is in use, where even "password" is the password.
func isWritten(b []byte) bool {
	if len(b) == 0 || bytes.ContainsAny(b, "<>{}") || b[0] == '$' || b[0] == '%' && b[len(b)-1] == '%' || hasRun(b, 4) {
		return false
	}
	text := lower(string(b))
	for _, hint := range []string{knowledge.Mark, "your", "changeme", "change_me", "change-me", "example_", "placeholder", "redacted", "...", "insert", "replace", "%(", "#{"} {
		if strings.Contains(text, hint) {
			return false
		}
	}
	return true
}

// isFilled is isWritten without the words that documentation puts there.
func isFilled(b []byte) bool {
	words := []string{"password", "passwd", "pass", "secret", "mypassword", "userpassword", "my_password", "mysecret", "token", "test", "pwd", "passphrase", "xxx", "string", "android", "null", "none", "true", "false", "public", "private"}
	return isWritten(b) && !isConstantName(b) && !slices.Contains(words, lower(string(b)))
}

// isFilledBase64 tests that b is base64 of a password that somebody filled in.
func isFilledBase64(b []byte) bool {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(string(b), "="))
	return err == nil && isFilled(bytes.TrimSpace(raw))
}

// isRegistryLogin tests b as isBasic does, but takes a password that is the user's
// name: such files are written by the program that signs in with it.
func isRegistryLogin(b []byte) bool {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(string(b), "="))
	if err != nil || slices.ContainsFunc(raw, func(c byte) bool { return c < ' ' || c > '~' }) {
		return false
	}
	user, password, ok := bytes.Cut(raw, []byte{':'})
	return ok && len(user) > 0 && len(password) >= 4 && isFilled(password) && lower(string(user)) != "aladdin"
}
