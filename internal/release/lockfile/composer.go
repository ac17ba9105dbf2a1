package lockfile

import (
	"bytes"
	"crypto/md5" //nolint:gosec // composer's own choice; nothing rests on it but "same or not"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// composerLock is what matters of composer.lock.
type composerLock struct {
	Hash     string           `json:"content-hash"`
	Packages []composerLocked `json:"packages"`
	Dev      []composerLocked `json:"packages-dev"`
}

type composerLocked struct {
	Name   string `json:"name"`
	Source struct {
		Type, URL, Reference string
	} `json:"source"`
	Dist struct {
		Type, URL, Reference, Shasum string
	} `json:"dist"`
}

// composer holds a composer.json against the hash of it in composer.lock.
func (e *examiner) composer(p string) {
	data, ok := e.read(p)
	if !ok {
		return
	}
	manifest, err := orderedJSON(data)
	if err != nil {
		e.unreadable(p, data, err)
		return
	}
	if len(manifest.get("require").items)+len(manifest.get("require-dev").items) == 0 {
		return
	}
	e.report.Manifests++
	lock := beside(p, "composer.lock")
	if !e.has[lock] {
		kind := manifest.get("type").text
		library := kind != "project" && manifest.get("name").text != ""
		e.missing(p, "composer update --lock", library, "composer.lock")
		return
	}
	e.report.Locks++
	lockData, ok := e.read(lock)
	if !ok {
		return
	}
	var content composerLock
	if err := json.Unmarshal(lockData, &content); err != nil {
		e.unreadable(lock, lockData, err)
		return
	}
	if content.Hash != "" && content.Hash != composerHash(manifest) {
		line, _ := find(lockData, `"content-hash"`)
		e.mismatch(p, lock, "composer update --lock", composerDifferences(manifest, content), line)
	}
	e.composerSources(lock, lockData, content)
}

// composerDifferences says, where it can, what made the hash differ.
func composerDifferences(manifest *node, content composerLock) []string {
	have := map[string]bool{}
	for _, p := range slices.Concat(content.Packages, content.Dev) {
		have[strings.ToLower(p.Name)] = true
	}
	var diffs []string
	for _, section := range []string{"require", "require-dev"} {
		for _, item := range manifest.get(section).items {
			if strings.Contains(item.key, "/") && !have[strings.ToLower(item.key)] {
				diffs = append(diffs, item.key+" is not in it")
			}
		}
	}
	if len(diffs) == 0 {
		diffs = []string{"its content-hash is not the manifest's"}
	}
	return diffs
}

// composerHash is composer's content-hash (Composer\Package\Locker::getContentHash):
// MD5 over the keys that matter, sorted, as PHP's json_encode writes them.
func composerHash(manifest *node) string {
	relevant := &node{kind: '{'}
	for _, key := range []string{"conflict", "extra", "minimum-stability", "name", "prefer-stable", "provide", "replace",
		"repositories", "require", "require-dev", "version"} {
		if v := manifest.get(key); v.kind != 0 {
			relevant.items = append(relevant.items, item{key, v})
		}
	}
	if platform := manifest.get("config").get("platform"); platform.kind != 0 {
		relevant.items = append([]item{{"config", &node{kind: '{', items: []item{{"platform", platform}}}}}, relevant.items...)
	}
	slices.SortFunc(relevant.items, func(a, b item) int { return strings.Compare(a.key, b.key) })
	var b bytes.Buffer
	relevant.php(&b)
	sum := md5.Sum(b.Bytes()) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

func (e *examiner) composerSources(lock string, data []byte, content composerLock) {
	s := e.sources(lock, data)
	for _, p := range slices.Concat(content.Packages, content.Dev) {
		needle := quoted(p.Name)
		switch {
		case p.Dist.Type == "path":
		case p.Dist.URL != "":
			// Archives of a git host are named by their commit and have no hash.
			hashed := p.Dist.Shasum != "" || p.Dist.Reference != ""
			s.check(p.Name, p.Dist.URL, hashed, needle)
		case p.Source.URL != "":
			s.check(p.Name, "git+"+p.Source.URL+"#"+p.Source.Reference, true, needle)
		}
	}
	e.sourcesDone(s)
}

// node is a JSON value that keeps the order of its keys, as PHP does.
type node struct {
	kind  byte // '{', '[', '"', or 'l' for a literal; 0 for nothing
	text  string
	items []item
}

type item struct {
	key   string
	value *node
}

// get is the value at key; a node of kind 0 where there is none.
func (n *node) get(key string) *node {
	for _, it := range n.items {
		if it.key == key && n.kind == '{' {
			return it.value
		}
	}
	return &node{}
}

const maxJSONDepth = 200

// orderedJSON parses an object.
func orderedJSON(data []byte) (*node, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	n, err := readNode(dec, 0)
	if err != nil {
		return nil, err
	}
	if n.kind != '{' {
		return nil, errors.New("not an object")
	}
	return n, nil
}

func readNode(dec *json.Decoder, depth int) (*node, error) {
	if depth > maxJSONDepth {
		return nil, errors.New("nested too deeply")
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		n := &node{kind: byte(t)}
		for dec.More() {
			if err := n.readItem(dec, depth); err != nil {
				return nil, err
			}
		}
		_, err := dec.Token() // the closing bracket
		return n, err
	case string:
		return &node{kind: '"', text: t}, nil
	case nil:
		return &node{kind: 'l', text: "null"}, nil
	default:
		return &node{kind: 'l', text: fmt.Sprint(t)}, nil
	}
}

func (n *node) readItem(dec *json.Decoder, depth int) error {
	key := strconv.Itoa(len(n.items))
	if n.kind == '{' {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		key, _ = token.(string)
	}
	value, err := readNode(dec, depth+1)
	if err != nil {
		return err
	}
	if n.kind == '{' { // the last of two values counts, at the first one's place
		for i := range n.items {
			if n.items[i].key == key {
				n.items[i].value = value
				return nil
			}
		}
	}
	n.items = append(n.items, item{key, value})
	return nil
}

// php writes n as PHP's json_encode does after json_decode into arrays: objects
// that are empty or numbered from 0 have become lists, slashes are escaped.
func (n *node) php(b *bytes.Buffer) {
	switch n.kind {
	case '"':
		phpString(b, n.text)
		return
	case 'l':
		b.WriteString(n.text)
		return
	}
	list := true
	for i, it := range n.items {
		list = list && it.key == strconv.Itoa(i)
	}
	open, shut := byte('{'), byte('}')
	if list {
		open, shut = '[', ']'
	}
	b.WriteByte(open)
	for i, it := range n.items {
		if i > 0 {
			b.WriteByte(',')
		}
		if !list {
			phpString(b, it.key)
			b.WriteByte(':')
		}
		it.value.php(b)
	}
	b.WriteByte(shut)
}

func phpString(b *bytes.Buffer, s string) {
	short := map[rune]string{'"': `\"`, '\\': `\\`, '/': `\/`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}
	b.WriteByte('"')
	for _, r := range s {
		switch esc := short[r]; {
		case esc != "":
			b.WriteString(esc)
		case r >= ' ' && r <= 0x7f:
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
}
