package secretscan

import (
	"bytes"
	"encoding/base64"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// accepts says whether what was recognised passes for a credential that works:
// published examples, placeholders and words do not.
func (r *rule) accepts(text []byte, m Match) bool {
	secret := text[m.SecretStart:m.SecretEnd]
	if r.test != nil && !r.test(secret) {
		return false
	}
	if r.Weak {
		return !isPublished(secret) && (r.Form != knowledge.LineForm || isChosen(secret, nil, m.Shape))
	}
	body := secret[min(r.Prefix, len(secret)):]
	if r.MinEntropy > 0 && entropy(body) < r.MinEntropy || isPublished(secret) {
		return false
	}
	if isNoise(body) && r.Generic {
		return true
	}
	if r.test == nil && isPlaceholder(body) {
		return false
	}
	if r.Form == knowledge.URLForm && (isPhrase(secret) || 2*chance(secret) < len(secret) && !isRandom(secret)) {
		return false // made of words; see secret.weak-url-password
	}
	random := r.MinEntropy >= 2.3
	return !r.Generic || !isOrdinary(secret, random) && (random || !isMadeUp(secret))
}

// isNoise says whether b is long and full of all kinds of signs, as the keys are
// that WordPress and Django make: templates and phrases have few.
func isNoise(b []byte) bool {
	var kinds, signs int
	var seen [256]bool
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
		if kindOf(c) < 3 || c == ' ' {
			continue
		}
		signs++
		if !seen[c] {
			seen[c] = true
			kinds++
		}
	}
	return len(b) >= 48 && kinds >= 8 && 5*signs >= len(b) && 2*signs <= len(b)
}

// entropy is the Shannon entropy of b in bits per byte, of its first 4 KiB.
func entropy(b []byte) float64 {
	b = b[:min(len(b), 4<<10)]
	var counts [256]int
	for _, c := range b {
		counts[c]++
	}
	sum := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(b))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}

// placeholders stand where a credential should be put, in any language of
// templates; knowledge.Mark stands in those that are examples of ours.
var placeholders = []string{
	knowledge.Mark,
	"example", "changeme", "change-me", "change_me", "placeholder", "redacted", "xxxx", "****", "...", "____", "----------",
	"${", "{{", "<%", "%(", "#{", "$(", "%{", "dummy", "notreal", "not-real", "not_real", "your_", "your-", "yourpass", "yourtoken", "yourkey",
	"replaceme", "replace-me", "replace_me", "insert-", "insert_", "fakefake", "a1b2c3", "foobar", "123456789", "abcdefgh", "deadbeef", "qwerty",
}

// isPlaceholder says whether b is no credential but the sign for one.
func isPlaceholder(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	if b[0] == '$' || b[0] == '%' && b[len(b)-1] == '%' || b[0] == '<' && b[len(b)-1] == '>' || hasRun(b, 7) {
		return true
	}
	if b[0] == '{' && b[len(b)-1] == '}' || b[0] == '[' && b[len(b)-1] == ']' || b[0] == '@' && b[len(b)-1] == '@' {
		return true
	}
	head := lower(string(b[:min(len(b), 200)]))
	for _, p := range placeholders {
		if strings.Contains(head, p) {
			return true
		}
	}
	return isConstantName(b) || strings.Contains(unleet.Replace(head), "randomstring") || stopWords[strings.Trim(head, "0123456789_-.,:;!?#*@ ")] || stopWords[head]
}

// isConstantName says whether b is made of capitals and separators, as the
// names of constants and of what is to be filled in are; a few digits may be in it.
func isConstantName(b []byte) bool {
	digits := 0
	for _, c := range b {
		if c >= '0' && c <= '9' {
			digits++
		} else if c != '_' && c != '-' && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return bytes.IndexAny(b, "_-") > 0 && (digits == 0 || digits <= 3 && bytes.IndexByte(b, '_') > 0)
}

// isPhrase says whether b is made of words with something between them.
func isPhrase(b []byte) bool {
	text, err := url.PathUnescape(string(b))
	if err != nil {
		return false
	}
	for _, c := range []byte(text) {
		if kindOf(c) > 1 && strings.IndexByte("-_. ", c) < 0 {
			return false
		}
	}
	return strings.ContainsAny(text, "-_. ")
}

// unleet undoes the usual replacements of letters.
var unleet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// isMadeUp says whether a password says of itself that it is one, as those of
// tests and documentation do: "P@ssw0rd1". It is told as one that somebody chose.
func isMadeUp(secret []byte) bool {
	text := unleet.Replace(lower(string(secret[:min(len(secret), maxValue)])))
	for _, word := range []string{"passw", "secret", "admin", "test", "pass_", "mypass"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// hasRun says whether b has n equal bytes in a row.
func hasRun(b []byte, n int) bool {
	run := 1
	for i := 1; i < len(b); i++ {
		if b[i] != b[i-1] || b[i] == '\n' {
			run = 1
		} else if run++; run >= n {
			return true
		}
	}
	return false
}

// isOrdinary says whether b is what stands beside keys in great numbers without
// being a credential: words, names, paths, addresses, dates, formats. Random
// asks for the look of chance besides.
func isOrdinary(b []byte, random bool) bool {
	var lowers, uppers, digits, others int
	for _, c := range b {
		switch {
		case c >= 'a' && c <= 'z':
			lowers++
		case c >= 'A' && c <= 'Z':
			uppers++
		case c >= '0' && c <= '9':
			digits++
		case c < ' ' || c > '~':
			return true
		default:
			others++
		}
	}
	letters := lowers + uppers
	if letters == 0 || digits+others == 0 && !random || bytes.ContainsAny(b, " \t") {
		return true
	}
	if isReference(b) || isRules(b) || isHash(b) || bytes.HasPrefix(b, []byte("eyJ")) { // web tokens have a kind of their own
		return true
	}
	if isPlaceholder(decoded(b)) {
		return true
	}
	if random {
		return !isRandom(b)
	}
	return isName(b) && (digits == 0 || lowers == 0) || 2*chance(b) < len(b)
}

// decoded is what b says if it is base64 of words, and nothing otherwise.
func decoded(b []byte) []byte {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(string(b), "="))
	if err != nil {
		return nil
	}
	raw = bytes.TrimSpace(raw)
	for _, c := range raw {
		if c < ' ' || c > '~' {
			return nil
		}
	}
	return raw
}

// isReference says whether b points to something: a path, an address, a
// variable, a call, a format.
func isReference(b []byte) bool {
	if b[0] == '/' || b[0] == '.' || b[0] == '#' && len(b) == 7 || b[0] == ':' || b[0] == '-' || b[0] == '\\' {
		return true
	}
	if b[len(b)-1] == ':' || b[len(b)-1] == '?' && len(b) > 12 {
		return true
	}
	if bytes.HasSuffix(b, []byte(".html")) || bytes.HasSuffix(b, []byte(".htm")) {
		return true
	}
	for _, mark := range []string{"://", "()", "](", "->", "::", "=>", "==", "&&", "||", "process.env", "os.environ", "getenv", "secrets.", "vault:", "arn:", "var.", "local.", "%s", "%d", "%v", "\\n", "\\u"} {
		if bytes.Contains(b, []byte(mark)) && !(mark == "==" && bytes.HasSuffix(b, []byte(mark))) {
			return true
		}
	}
	return false
}

// isName says whether b is made of words and separators alone.
func isName(b []byte) bool {
	for _, c := range b {
		if !isKey(c) && strings.IndexByte(`/\:@',?`, c) < 0 {
			return false
		}
	}
	return true
}

// hashed is how the hash of a password begins, as web frameworks store it: the
// scheme and what was put into it. Those that begin with a dollar sign are no
// values for isPlaceholder already.
var hashed = regexp.MustCompile(`^(?i:pbkdf2|argon2|bcrypt|scrypt|sha1|sha256|sha512|md5)[\w\-]*(:[\w:]+)?\$[^$]+\$`)

// isHash says whether b is the hash of a password, which nobody can sign in with.
func isHash(b []byte) bool { return hashed.Match(b) }

// ruleOf is one rule that a form gives for a field, as PHP frameworks write it.
var ruleOf = regexp.MustCompile(`^[a-z][A-Za-z_]*(:[\w,.\-]*)?$`)

// isRules says whether b is how a form wants the field that has the name of a
// credential: "required|string|min:16", "between:8,60".
func isRules(b []byte) bool {
	parts := bytes.Split(b, []byte("|"))
	named := 0
	for _, part := range parts {
		switch {
		case ruleOf.Match(part):
			named++
		case len(bytes.Trim(part, "0123456789")) > 0:
			return false
		}
	}
	return named > 0 && (len(parts) > 1 || isLimit(b))
}

// isLimit says whether b is the name of a rule with numbers alone behind it.
func isLimit(b []byte) bool {
	name, numbers, found := bytes.Cut(b, []byte(":"))
	known := slices.Contains([]string{"between", "min", "max", "size", "digits"}, string(name))
	return found && known && len(bytes.Trim(numbers, "0123456789,")) == 0
}

// chance is how many bytes of b lie in parts that look as if chance had chosen
// them. Parts are what separators part; in words and numbers the kind of byte
// hardly changes from one to the next, in random text at every other byte.
func chance(b []byte) int {
	sum := 0
	for part := range bytes.FieldsFuncSeq(b, func(c rune) bool { return strings.ContainsRune("-_./:,=+", c) }) {
		changes := 0
		for i := 1; i < len(part); i++ {
			if kindOf(part[i]) != kindOf(part[i-1]) {
				changes++
			}
		}
		if 4*changes >= len(part) {
			sum += len(part)
		}
	}
	return sum
}

func kindOf(c byte) int {
	switch {
	case c >= 'a' && c <= 'z':
		return 0
	case c >= 'A' && c <= 'Z':
		return 1
	case c >= '0' && c <= '9':
		return 2
	}
	return 3
}
