package secretscan

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/code/unwrap"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// largeArchive is the size from which only one archive at a time is in memory.
const largeArchive = 8 << 20

// inside is where a text lies within the file that is examined.
type inside struct {
	*unwrap.Walk
	depth int // of the containers and encodings around it
}

func (i inside) deeper() inside { return inside{i.Walk, i.depth + 1} }

// container examines what begins as an archive or a compressed stream does. The
// bytes of the file itself are scanned besides: it may be another thing as well.
func (t *reading) container(kind unwrap.Kind, r io.Reader, size int64) (*examined, error) {
	if t.depth > 0 {
		return t.result, t.open(kind, r)
	}
	defer func() { t.result.walk = t.Walk }()
	switch {
	case !kind.Opens():
		t.CannotRead(kind)
		return t.text(r, nil, size)
	case size > unwrap.MaxHeld:
		t.TooLarge()
		return t.text(r, nil, size)
	case size > largeArchive:
		t.large.Lock()
		defer t.large.Unlock()
	}
	data, err := io.ReadAll(io.LimitReader(r, unwrap.MaxHeld+1))
	if err != nil {
		return t.result, err
	}
	digest := sha256.Sum256(data)
	if known, ok := t.archives.Load(digest); ok {
		return known.(*examined), nil
	}
	defer t.archives.Store(digest, t.result)
	if _, err := t.text(bytes.NewReader(data), nil, int64(len(data))); err != nil {
		return t.result, err
	}
	return t.result, t.open(kind, bytes.NewReader(data))
}

// open examines everything in a container.
func (t *reading) open(kind unwrap.Kind, r io.Reader) error {
	switch {
	case !kind.Opens():
		t.CannotRead(kind)
		return nil
	case t.depth == unwrap.MaxDepth:
		t.TooDeep()
		return nil
	}
	return t.Each(kind, r, func(e unwrap.Entry) error {
		content := e.Content
		if e.Tagged {
			content = unwrap.Untagged(content)
		}
		if e.Size < 0 {
			e.Size = repo.Overlap
		}
		result, err := t.readIn(content, e.Size, t.deeper())
		if err != nil {
			return err
		}
		t.adopt(kind, e.Name, result)
		return nil
	})
}

// adopt takes over what an entry of a container holds.
func (t *reading) adopt(kind unwrap.Kind, name string, result *examined) {
	t.result.skipped += result.skipped
	t.result.more = t.result.more || result.more
	for _, g := range result.sightings {
		if kind.Compressed() {
			g.Via = joined(string(kind), ", ", g.Via)
		} else {
			g.Inside = joined(name, insideMark, g.Inside)
		}
		t.result.sightings = slices.DeleteFunc(t.result.sightings, func(raw sighting) bool {
			return raw.Inside == "" && raw.Via == "" && raw.Fingerprint == g.Fingerprint // the bytes of an entry that is stored as it is
		})
		if len(t.result.sightings) == maxSightings {
			t.result.more = true
			return
		}
		t.result.sightings = append(t.result.sightings, g)
	}
}

// insideMark parts the path of an archive from that of an entry.
const insideMark = "!/"

func joined(a, between, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + between + b
}

// lookInside adds to the matches in a window what its encoded parts say. What an
// encoded part says is told at the place where it stands.
func (t *reading) lookInside(w repo.Window, from, to int, places *unwrap.Places, matches []Match) []Match {
	if places == nil {
		places = &t.places
		places.Reset()
		places.Search(w.Data, from, to)
		places.Sort()
	}
	l := &look{reading: t, text: w.Data, matches: matches}
	t.Encoded(w.Data, places.Runs, l.run)
	t.Escaped(w.Data, places.Escapes, l.run)
	t.Manifest(w.Data, from, to, places.Secrets, l.pair)
	if w.Offset == 0 && len(w.Data) < repo.WindowSize {
		l.notebook()
	}
	if len(l.added) == 0 {
		return matches
	}
	matches = append(l.matches, l.added...)
	slices.SortStableFunc(matches, func(a, b Match) int { return cmp.Compare(a.SecretStart, b.SecretStart) })
	return matches
}

// look is the looking into the encoded parts of one window.
type look struct {
	*reading
	text    []byte
	matches []Match // in the text itself
	added   []Match
}

// run examines what one encoded part says.
func (l *look) run(r unwrap.Run) {
	if l.depth == unwrap.MaxDepth {
		l.TooDeep()
		return
	}
	broken := l.Broken // what merely looks like an archive by chance is no damage
	result := l.examine(r)
	l.Broken = broken
	for _, g := range result.sightings {
		if l.counts(r, g) {
			g.Via = joined(joined(r.Encoding, ", ", g.Inside), ", ", g.Via)
			g.Inside = ""
			l.add(r.Start, r.End, g)
		}
	}
}

// examine is a call of readBytes, which gives no errors.
func (l *look) examine(r unwrap.Run) *examined {
	if r.Kind != unwrap.None {
		t := &reading{scanner: l.scanner, inside: l.deeper(), result: &examined{}}
		_ = t.open(r.Kind, bytes.NewReader(r.Data))
		return t.result
	}
	text := r.Text()
	result, _ := l.readBytes(text, l.deeper())
	return result
}

// counts says whether a sighting is believed that stands in encoded text. A kind
// that is known by its key alone needs a text that is more than a phrase.
func (l *look) counts(r unwrap.Run, g sighting) bool {
	rule := l.rules[g.Rule]
	switch {
	case rule == nil:
		return false
	case rule.Form == knowledge.URLForm && bytes.Contains(l.text[r.Start:r.End], []byte("://")):
		return false // the URL can be read as it stands
	case !rule.Generic:
		return true
	}
	return r.Encoding == "base64" && (r.Kind != unwrap.None || bytes.IndexByte(r.Data, '\n') > 0 || r.Data[0] == '{')
}

// pair examines a value of a manifest together with its key.
func (l *look) pair(p unwrap.Pair) {
	if l.depth == unwrap.MaxDepth {
		return
	}
	result, _ := l.readBytes(p.Line, l.deeper())
	for _, g := range result.sightings {
		g.Via = joined("base64", ", ", g.Via)
		l.add(p.Start, p.End, g)
	}
}

// notebook examines the cells of a notebook as the texts that they are.
func (l *look) notebook() {
	if l.depth == unwrap.MaxDepth {
		return
	}
	cells := l.Notebook(l.text)
	if cells == nil {
		return
	}
	result, _ := l.readBytes(cells.Text, l.deeper())
	at := offsets(cells.Text, result.sightings)
	for i, g := range result.sightings {
		start := cells.Origin(l.text, at[i])
		end := max(cells.Origin(l.text, at[i]+g.EndColumn-g.Column), start+1)
		l.add(start, min(end, len(l.text)), g)
	}
}

// offsets are where in text the sightings begin.
func offsets(text []byte, sightings []sighting) []int {
	starts := []int{0}
	for i, c := range text {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	at := make([]int, len(sightings))
	for i, g := range sightings {
		at[i] = min(starts[min(g.Line, len(starts))-1]+g.Column-1, len(text))
	}
	return at
}

// add takes what is encoded in text[start:end], unless the text itself says so
// already. What is encoded tells more than the name of the key that it belongs to.
func (l *look) add(start, end int, g sighting) {
	for _, m := range l.matches {
		if m.SecretEnd <= start || end <= m.SecretStart {
			continue
		}
		covers := m.SecretStart <= start && end <= m.SecretEnd+2
		if covers && !m.Rule.Generic || l.fingerprint(m.Rule.Family, l.text[m.SecretStart:m.SecretEnd]) == g.Fingerprint {
			return
		}
	}
	for _, m := range l.added {
		if m.SecretStart <= start && start < m.SecretEnd && m.inner.Fingerprint == g.Fingerprint {
			return
		}
	}
	l.matches = slices.DeleteFunc(l.matches, func(m Match) bool { return m.Rule.Generic && start < m.SecretEnd && m.SecretStart < end })
	l.added = append(l.added, Match{Rule: encodedText, Start: start, End: end, SecretStart: start, SecretEnd: end, Anchor: start, inner: &g})
}

// encodedText is the rule of matches that stand for what is encoded.
var encodedText = &knowledge.Secret{}

// outer is the sighting in encoded text, at the place of that text.
func (t *reading) outer(text []byte, m Match, at, line int, lineStart int64) sighting {
	s := *m.inner
	end := at + cut(text[at:m.SecretEnd], "\r\n")
	s.Line, s.Column, s.EndColumn = line, at-int(lineStart)+1, end-int(lineStart)+1
	s.Source = ""
	t.show(text, at, &s)
	return s
}

// within is a path with the entry of the archive that a sighting is in.
func within(path string, g sighting) string {
	if strings.HasPrefix(g.Inside, "/") {
		return path + "!" + g.Inside
	}
	return joined(path, insideMark, g.Inside)
}

// whereInside says where a secret lies that is not to be seen in the file itself.
func whereInside(p placeOf) string {
	text := ""
	if p.Via != "" {
		text = ", in " + p.Via
	}
	if p.Inside != "" {
		text += fmt.Sprintf(", in %s:%d", within(p.path, p.sighting), p.Line)
	}
	return text
}

// outerLine is the line in the file itself, 0 for what lies in an archive.
func (g sighting) outerLine() int {
	if g.Inside != "" {
		return 0
	}
	return g.Line
}
