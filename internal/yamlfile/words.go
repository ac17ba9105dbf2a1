package yamlfile

import (
	"fmt"
	"strings"
)

var typeNames = map[string]string{
	"string": "text", "array": "a list", "object": "a mapping", "integer": "a whole number",
	"number": "a number", "boolean": "true or false", "null": "empty",
}

func typeWords(types []string) string {
	var out []string
	for _, t := range types {
		if name := typeNames[t]; !contains(out, name) {
			out = append(out, name)
		}
	}
	return strings.Join(out, " or ")
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "empty"
	case string:
		return "the text " + quoted(v)
	case bool:
		return fmt.Sprint(v)
	case []any:
		return "a list"
	case map[string]any:
		return "a mapping"
	}
	return fmt.Sprintf("the number %v", v)
}

func numberText(v any) (string, bool) {
	switch v.(type) {
	case int, int64, uint64, float64, bool:
		return fmt.Sprint(v), true
	}
	return "", false
}
