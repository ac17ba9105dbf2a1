package secretscan

import (
	"bytes"
	"strings"
)

// What people choose for a password in a test, an example or a first set-up is
// made of words: "letmein123", "kataras_pass", "changeit". It opens what was set
// up with it, so it is told, but as a kind of its own that promises less. What is
// left out here is what stands for any password: "password", "test", "my-password".

// isChosen says whether value, given to the key name, passes for a password that
// somebody chose.
func isChosen(value, name []byte, shape Shape) bool {
	if len(value) < 5 || len(value) > 100 || !isPlainWord(value) || isReference(value) || isRules(value) || isHash(value) || hasRun(value, 5) {
		return false
	}
	if bytes.IndexByte(value, '/') >= 0 && countDigits(value) == 0 || isPropertyName(value, shape == Bare) || isConstantName(value) {
		return false
	}
	if len(bytes.Trim(value, "0123456789")) == 0 && !isChosenNumber(value) {
		return false
	}
	if shape == Header || !namesPassword(name) && (shape == Bare || speaksOfSecrets(value)) {
		return false // a message, the name of an object that holds one, or "client-secret-for-tests"
	}
	var buf [maxValue]byte
	low := appendLower(buf[:0], value)
	if shape == Variable && string(low) == "password" {
		return true // what somebody sets up with it has that password
	}
	return !standsForAny(low) && !(isEmptyTalk(value) && (shape == Argument || bytes.ContainsAny(value, "-_."))) && !isNameOfKey(low, name) && !stopsTemplate(low)
}

// isChosenNumber says whether a number passes for a password: it is not one that
// counts up or down.
func isChosenNumber(b []byte) bool {
	return len(b) >= 7 && !bytes.Contains([]byte("01234567890123456789"), b) && !bytes.Contains([]byte("98765432109876543210"), b) && !countsUp(b)
}

// namesPassword says whether a key's name is that of a password, and not of a
// secret of some other kind; without a name it is.
func namesPassword(name []byte) bool {
	return len(name) == 0 || bytes.Contains(name, []byte("pass")) || bytes.Contains(name, []byte("pwd"))
}

// speaksOfSecrets says whether a value tells what it stands for, or that it is
// made up, as most do that people give to a secret which chance should have made.
func speaksOfSecrets(value []byte) bool {
	if isMadeUp(value) || countsUp(value) {
		return true
	}
	low := lower(string(value[:min(len(value), maxValue)]))
	for _, word := range []string{"key", "token", "removed", "redact", "secur", "replace", "demo", "dummy", "fake", "mock", "sample", "string", "value", "client", "oauth", "cookie", "session", "hidden", "invalid", "wrong", "123123", "foo", "baz"} {
		if strings.Contains(low, word) {
			return true
		}
	}
	return false
}

// isPlainWord says whether b is in one piece, of printable ASCII without what
// templates, expressions and markup are made of.
func isPlainWord(b []byte) bool {
	if bytes.IndexByte([]byte("$/.#:%-*&@+=,;"), b[0]) >= 0 {
		return false
	}
	for _, c := range b {
		if c <= ' ' || c > '~' || bytes.IndexByte([]byte("[]()<>{}\"'`|\\"), c) >= 0 {
			return false
		}
	}
	return true
}

// isPropertyName says whether b is names with dots or the sign of an action
// between, as code and settings have them; digits are in them where bare is set.
func isPropertyName(b []byte, bare bool) bool {
	for _, c := range b {
		digit := c >= '0' && c <= '9'
		if digit && !bare || !isWord(c) && c != '.' && c != '#' && c != '-' {
			return false
		}
	}
	return bytes.IndexAny(b, ".#") > 0
}

func appendLower(dst, b []byte) []byte {
	for _, c := range b {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		dst = append(dst, c)
	}
	return dst
}

// stopsTemplate says whether b, in lower case, is to be filled in.
func stopsTemplate(low []byte) bool {
	for _, mark := range []string{"${", "#{", "xxxx", "yyyy", "****", "...", "____", "notreal", "not-real", "not_real", "your", "changeme-", "example"} {
		if bytes.Contains(low, []byte(mark)) {
			return true
		}
	}
	return bytes.HasPrefix(low, []byte("env:")) || bytes.HasPrefix(low, []byte("file:"))
}

// standsForAny says whether b, in lower case, is the word for any password or a
// value of a setting, by itself or with numbers behind it.
func standsForAny(low []byte) bool {
	if anyPassword[string(low)] {
		return true
	}
	return numbered[string(bytes.Trim(low, "0123456789._-"))]
}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

var anyPassword = wordSet(`
	anonymous@
	password passwd passwort passphrase pass pwd pw secret secrets admin administrator root user username login email string str text value
	null nil none undefined true false yes no never always force auto empty default unset required optional object function number boolean required
	invalid valid wrong incorrect error newpass newpassword oldpassword wrongpassword testpassword other token input hidden ask prompt ignored ignore
	compat bearer oauth oauth2 basic private-token confirmation hash hashed encrypted dummy stdin file disabled enabled cancel promise
	current_password new_password old_password forgot reset change update create edit submit sign-in signin signup logout`)

// numbered are words that stand for any password with numbers behind them too.
var numbered = wordSet(`anonymous test tests something anything testing testpass pass abc abcd abcde abcdef abcdefgh foo bar baz foobar user new qwe qwerty xyz asdf todo tbd fixme key sa`)

// talk are the words of which names for passwords are made.
var talk = wordSet(`
	password passwords passwd pass pwd pw passphrase secret secrets test my new old some any api db user another nice example fake default wrong valid invalid the a an your
	this that private token key id client value string current confirm mock dummy placeholder here generated encrypted hashed hash sha sha256 sha1 sha2 md5 caching auth store trust
	smtp mail email database client server original updated change changed change me not real is for of to and sample temp tmp foo bar baz int unit one two three first
	second only plain text long short random no empty blank incorrect unknown missing replace insert enter put set it field expected must lost forgot repeat confirmation
	verify username login account input form`)

// isEmptyTalk says whether b is words with signs between that tell of a password
// and are none: "my_password", "some-secret".
func isEmptyTalk(b []byte) bool {
	var buf [2 * maxValue]byte
	name := snake(buf[:0], b)
	if bytes.IndexByte(name, '_') < 0 {
		return false
	}
	for word := range bytes.SplitSeq(name, []byte{'_'}) {
		if word = bytes.Trim(word, "0123456789"); len(word) > 0 && !talk[string(word)] {
			return false
		}
	}
	return true
}

// isNameOfKey says whether b, in lower case, is the end of the key's own name.
func isNameOfKey(low, name []byte) bool {
	if len(name) == 0 {
		return false
	}
	var buf [2][maxValue]byte
	value, key := letters(buf[0][:0], low), letters(buf[1][:0], name)
	return bytes.HasSuffix(key, value)
}

// letters appends the letters and digits of b.
func letters(dst, b []byte) []byte {
	for _, c := range b {
		if c != '_' && isWord(c) {
			dst = append(dst, c)
		}
	}
	return dst
}
