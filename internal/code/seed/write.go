package seed

import (
	"fmt"
	"math/rand/v2"
	"path"
	"regexp"
	"strings"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// written is a text in which one credential stands as people write it in files
// of the kind that name is of.
func written(rng *rand.Rand, s *knowledge.Secret, name string) (string, error) {
	text, err := credential(rng, s)
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(text, "-----BEGIN") { // the writers of keys break the line there
		text = strings.Replace(text, "KEY-----", "KEY-----\n", 1)
	}
	switch s.Form {
	case knowledge.ValueForm:
		key, err := keyFor(rng, s)
		return assign(name, key, text), err
	case knowledge.URLForm:
		scheme, err := schemeFor(rng, s)
		return assign(name, "endpoint", scheme+"://svc:"+text+"@node7.corp.net:7443/main"), err
	case knowledge.NearForm:
		if strings.ContainsAny(text, "\"'") {
			return "{" + s.Literals[0] + ": \"EC\", " + text + "}\n", nil
		}
		return remark(name, "for "+s.Literals[0]) + assign(name, "setting", text), nil
	}
	manyLines := strings.Contains(text, "\n") && !strings.Contains(s.Pattern, `\\[nr]`) // and not in a string
	if manyLines || strings.ContainsAny(text, "\"'") || s.Form == knowledge.LineForm && strings.Contains(text, " ") {
		return text + "\n", nil
	}
	return assign(name, "setting", text), nil
}

// keyFor is a name under which a value of the kind s stands.
func keyFor(rng *rand.Rand, s *knowledge.Secret) (string, error) {
	pattern, err := regexp.Compile(`\A(?i:` + s.Name + `)\z`)
	if err != nil {
		return "", err
	}
	for _, literal := range s.Literals {
		for _, end := range []string{"", "_key", "_token", "_secret", "_password", "_api_key", "word", "ord", "ret", "ret_key", "_access_key", "_id"} {
			if key := literal + end; isName(key) && pattern.MatchString(key) {
				return key, nil
			}
		}
	}
	for range 50 {
		key, err := matching(rng, s.Name)
		if err == nil && isName(key) && holdsAny(key, s.Literals) {
			return key, nil
		}
	}
	return "", fmt.Errorf("no name is found that the rule looks under")
}

// schemeFor is the scheme of an address whose password is of the kind s.
func schemeFor(rng *rand.Rand, s *knowledge.Secret) (string, error) {
	for range 100 {
		scheme, err := matching(rng, s.Name)
		if err == nil && holdsAny(scheme+"://", s.Literals) {
			return scheme, nil
		}
	}
	return "", fmt.Errorf("no scheme is found that the rule looks under")
}

func holdsAny(text string, literals []string) bool {
	for _, l := range literals {
		if strings.Contains(strings.ToLower(text), strings.ToLower(l)) {
			return true
		}
	}
	return false
}

func isName(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// assign gives a key a value in the way of the files that name is one of.
func assign(name, key, value string) string {
	escaped := strings.ReplaceAll(value, "\n", `\n`)
	switch kind := kindOf(name); kind {
	case ".json", ".ipynb":
		return fmt.Sprintf("  %q: \"%s\",\n", key, escaped)
	case ".yml", ".yaml":
		return fmt.Sprintf("%s: \"%s\"\n", key, escaped)
	case ".xml", ".html", ".htm", ".config", ".plist":
		return fmt.Sprintf("<%s>%s</%s>\n", key, value, key)
	case ".env", ".properties", ".ini", ".cfg", ".conf":
		return fmt.Sprintf("%s=%s\n", key, value)
	case ".go":
		return fmt.Sprintf("var %s = \"%s\"\n", key, escaped)
	case ".js", ".ts", ".jsx", ".tsx", ".mjs", ".cjs":
		return fmt.Sprintf("const %s = \"%s\";\n", key, escaped)
	case ".java", ".cs", ".kt", ".scala":
		return fmt.Sprintf("    String %s = \"%s\";\n", key, escaped)
	case ".php":
		return fmt.Sprintf("$%s = \"%s\";\n", key, escaped)
	}
	return fmt.Sprintf("%s = \"%s\"\n", key, escaped)
}

// remark is a comment in the way of the files that name is one of.
func remark(name, text string) string {
	switch kindOf(name) {
	case ".json", ".ipynb":
		return fmt.Sprintf("  \"note\": %q,\n", text)
	case ".xml", ".html", ".htm", ".config", ".plist":
		return "<!-- " + text + " -->\n"
	case ".go", ".js", ".ts", ".jsx", ".tsx", ".mjs", ".cjs", ".java", ".cs", ".kt", ".scala", ".php", ".c", ".h", ".cpp", ".rs", ".swift":
		return "// " + text + "\n"
	}
	return "# " + text + "\n"
}

// kindOf is the ending of a file's name, the whole name of those that begin with
// a dot and have no other.
func kindOf(name string) string {
	base := strings.ToLower(path.Base(name))
	if strings.HasPrefix(base, ".env") {
		return ".env"
	}
	return path.Ext(base)
}
