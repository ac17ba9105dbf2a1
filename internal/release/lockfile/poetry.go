package lockfile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"
)

// poetryLock compares poetry's hash over the manifest, and the names. Poetry has
// changed over the years which tables it hashes, so each of its ways counts.
func (e *examiner) poetryLock(p, lock string, data []byte, tree map[string]any) error {
	var content struct {
		Package  []pythonLocked `toml:"package"`
		Metadata struct {
			Hash  string         `toml:"content-hash"`
			Files map[string]any `toml:"files"` // up to poetry 1.4
		} `toml:"metadata"`
	}
	if err := parseTOML(data, &content); err != nil {
		return err
	}
	wants := pythonWants(tree)
	diffs := namesMissing(wants, content.Package)
	if len(diffs) == 0 && content.Metadata.Hash != "" && !poetryHashes(tree)[content.Metadata.Hash] {
		diffs = []string{"its content-hash is not the manifest's"}
	}
	line, _ := find(data, "content-hash")
	e.mismatch(p, lock, "poetry lock", diffs, line)
	s := e.sources(lock, data)
	for _, pkg := range content.Package {
		kind, _ := pkg.Source["type"].(string)
		from, _ := pkg.Source["url"].(string)
		needle := fmt.Sprintf("name = %q", pkg.Name)
		switch kind {
		case "directory", "file":
		case "git":
			commit, _ := pkg.Source["resolved_reference"].(string)
			s.check(pkg.Name, "git+"+from+"#"+commit, true, needle)
		default:
			old, _ := content.Metadata.Files[pkg.Name].([]any)
			s.check(pkg.Name, from, len(pkg.Files)+len(old) > 0, needle)
		}
	}
	e.sourcesDone(s)
	return nil
}

// poetryHashes are the content hashes that versions 1.0 to 2.x of poetry would
// write for the manifest (poetry.packages.locker, Locker._get_content_hash):
// first over [tool.poetry] alone, from 2.0 over [project] too, from 2.2 over
// [dependency-groups] too.
func poetryHashes(tree map[string]any) map[string]bool {
	poetry := table(tree, "tool", "poetry")
	legacy := []string{"dependencies", "source", "extras", "dev-dependencies"}
	current := append([]string{"group"}, legacy...)
	alone := pick(poetry, legacy...)
	for _, key := range legacy {
		alone[key] = poetry[key] // null where it is not there
	}
	grouped := pick(poetry, current...)
	for _, key := range legacy {
		grouped[key] = poetry[key]
	}
	variants := []map[string]any{alone, grouped}
	project := pick(table(tree, "project"), "requires-python", "dependencies", "optional-dependencies")
	tool := map[string]any{"poetry": pick(poetry, current...)}
	if len(project) > 0 {
		variants = append(variants, map[string]any{"project": project, "tool": tool})
	}
	if groups := table(tree, "dependency-groups"); len(groups) > 0 {
		with := map[string]any{"dependency-groups": groups, "tool": tool}
		if len(project) > 0 {
			with["project"] = project
		}
		variants = append(variants, with)
	}
	hashes := map[string]bool{}
	for _, relevant := range variants {
		sum := sha256.Sum256([]byte(pythonJSON(relevant, ", ", ": ")))
		hashes[hex.EncodeToString(sum[:])] = true
	}
	return hashes
}

func pick(from map[string]any, keys ...string) map[string]any {
	picked := map[string]any{}
	for _, key := range keys {
		if value, ok := from[key]; ok {
			picked[key] = value
		}
	}
	return picked
}

// pythonJSON is what Python's json.dumps(v, sort_keys=True) writes with these
// separators: keys sorted, everything outside ASCII escaped.
func pythonJSON(v any, comma, colon string) string {
	switch v := v.(type) {
	case map[string]any:
		var parts []string
		for _, key := range sortedKeys(v) {
			parts = append(parts, pythonString(key)+colon+pythonJSON(v[key], comma, colon))
		}
		return "{" + strings.Join(parts, comma) + "}"
	case []map[string]any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = v[i]
		}
		return pythonJSON(list, comma, colon)
	case []any:
		var parts []string
		for _, item := range v {
			parts = append(parts, pythonJSON(item, comma, colon))
		}
		return "[" + strings.Join(parts, comma) + "]"
	case string:
		return pythonString(v)
	case time.Time:
		return pythonString(v.Format(time.RFC3339))
	case nil:
		return "null"
	}
	plain, _ := json.Marshal(v) // numbers and truth values
	return string(plain)
}

func pythonString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r >= ' ' && r < 0x7f || r == 0x7f:
			b.WriteRune(r)
		case strings.ContainsRune("\b\f\n\r\t", r):
			b.WriteString(map[rune]string{'\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}[r])
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
