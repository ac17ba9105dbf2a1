package lockfile

import (
	"errors"

	"github.com/BurntSushi/toml"
)

// Bounds on a TOML file: its parser is recursive, so nesting costs stack.
const (
	maxTOMLSize  = 8 << 20
	maxTOMLDepth = 200
)

// parseTOML reads data into v.
func parseTOML(data []byte, v any) error {
	if len(data) > maxTOMLSize {
		return errors.New("larger than 8 MB")
	}
	depth := 0
	for _, c := range data {
		switch c {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case '\n':
			depth = max(depth, 0)
		}
		if depth > maxTOMLDepth {
			return errors.New("nested too deeply")
		}
	}
	_, err := toml.Decode(string(data), v)
	return err
}

// table is t[name] where that is a table, else nil; nil may be asked again.
func table(t map[string]any, names ...string) map[string]any {
	for _, name := range names {
		t, _ = t[name].(map[string]any)
	}
	return t
}

// texts is v as a list of texts; anything else in it is left out.
func texts(v any) []string {
	list, _ := v.([]any)
	var all []string
	for _, item := range list {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}
