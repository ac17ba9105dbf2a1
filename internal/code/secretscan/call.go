package secretscan

// passwordAt is the place of the password, from 0, among the arguments of the
// function whose dotted name is given; 0 for functions that take none.
func passwordAt(name []byte) int {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '.' {
			name = name[i+1:]
			break
		}
	}
	switch lower(string(name[:min(len(name), 32)])) {
	case "login", "basicauth", "setbasicauth", "httpbasicauth", "networkcredential", "passwordauthentication", "usernamepasswordcredentials", "basic_auth":
		return 1
	case "mysql_connect", "mysqli_connect", "mysql_pconnect", "getconnection", "ftp_login", "oci_connect":
		return 2
	}
	return 0
}

// readPositional reads the string that is argument n of the call whose
// parenthesis opens before pos. The arguments before it may be strings or names;
// the one that follows, if any, is not looked at.
func readPositional(text []byte, pos, n int) (assigned, bool) {
	for ; n > 0; n-- {
		pos = skipBlanks(text, pos)
		if a, ok := readString(text, pos); ok {
			pos = a.end + 1
		} else {
			for start := pos; pos < len(text) && pos-start < maxKey && isKey(text[pos]); pos++ {
			}
		}
		pos = skipBlanks(text, pos)
		if pos >= len(text) || text[pos] != ',' {
			return assigned{}, false
		}
		pos++
	}
	return readArgument(text, pos)
}
