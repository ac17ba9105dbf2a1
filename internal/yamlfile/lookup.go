package yamlfile

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// description is what the schema says of the place that failed. It is the hint
// of last resort.
func (c *checker) description(e *jsonschema.ValidationError) string {
	m, _ := c.subschema(e).(map[string]any)
	text, _ := m["description"].(string)
	return text
}

// properties are the names that the schema allows at the place that failed.
func (c *checker) properties(e *jsonschema.ValidationError) []string {
	m, _ := c.subschema(e).(map[string]any)
	known, _ := m["properties"].(map[string]any)
	var out []string
	for name := range known {
		out = append(out, name)
	}
	return sortedCopy(out)
}

// subschema finds the part of the schema that a failure is about.
func (c *checker) subschema(e *jsonschema.ValidationError) any {
	_, fragment, _ := strings.Cut(e.SchemaURL, "#")
	return step(c.schema, fragment)
}

// valueAt is the file's value at a location.
func (c *checker) valueAt(location []string) any { return step(c.f.value, pointerOf(location)) }

func (c *checker) text(pointer string) string { return fmt.Sprint(step(c.f.value, pointer)) }

// step follows a JSON pointer; nil where it leads nowhere.
func step(v any, pointer string) any {
	if pointer == "" {
		return v
	}
	for part := range strings.SplitSeq(pointer[1:], "/") {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		switch here := v.(type) {
		case map[string]any:
			v = here[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(here) {
				return nil
			}
			v = here[i]
		default:
			return nil
		}
	}
	return v
}
