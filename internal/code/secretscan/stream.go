package secretscan

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"io"
	"sort"
	"sync"

	"golang.org/x/text/encoding/unicode"

	"github.com/plimsoll-dev/plimsoll/internal/code/secretscan/userrules"
	"github.com/plimsoll-dev/plimsoll/internal/code/unwrap"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

const (
	// seam is the part of an overlap that belongs to the window before it; the
	// other half is context for what lies at its end.
	seam = repo.Overlap / 2
	// maxSightings is the most credentials that one file is reported for.
	maxSightings = 1000
	// longLine is the length from which a line counts as written by a machine.
	longLine = 2000
)

// sighting is one credential in one text. It is a function of the bytes alone
// and holds no secret.
type sighting struct {
	Rule         string `json:"r"`
	Fingerprint  string `json:"f"`
	Line         int    `json:"l"`
	Column       int    `json:"c"`
	EndColumn    int    `json:"e"`
	Masked       string `json:"m"`
	Source       string `json:"s,omitempty"`
	SourceColumn int    `json:"b,omitempty"`
	Shape        Shape  `json:"p,omitempty"`
	LongLine     bool   `json:"w,omitempty"`
	Inside       string `json:"i,omitempty"` // the entry of the archive, in which Line is; see nested.go
	Via          string `json:"v,omitempty"` // the encodings it was found in, outermost first
	Unless       []int  `json:"x,omitempty"` // see Match
	Said         string `json:"a,omitempty"` // in a message: the commit and the tag, see said
}

// examined is what reading one text gave.
type examined struct {
	sightings []sighting
	bytes     int64
	skipped   int          // places left out, see Engine.Scan
	more      bool         // credentials beyond maxSightings were left out
	walk      *unwrap.Walk // what was looked into; nil where there was nothing
	pointer   bool         // it is a Git LFS pointer
}

// scanner reads whole texts with an engine.
type scanner struct {
	engine   *Engine
	rules    map[string]*knowledge.Secret
	users    map[string]*userRule                    // by id, those of the rules that are the user\'s
	prints   sync.Map                                // of family and digest of the secret: its fingerprint
	large    sync.Mutex                              // held while a large archive is in memory
	capture  func(fingerprint string, secret []byte) // is given each secret; nil but in Recover
	history  *blobs                                  // what the history of this run holds; nil where it was not walked
	buffers  buffers
	archives sync.Map // by digest: the *examined of an archive, which often is in the tree and in the history
}

func newScanner(secrets []knowledge.Secret, files ...*userrules.File) (*scanner, error) {
	secrets, users := withUserRules(secrets, files)
	engine, err := newEngine(secrets, users)
	if err != nil {
		return nil, err
	}
	s := &scanner{engine: engine, rules: map[string]*knowledge.Secret{}, users: users}
	for i := range secrets {
		s.rules[secrets[i].ID] = &secrets[i]
	}
	return s, nil
}

// read examines one text of about size bytes, and all that is in it, in constant
// memory but for archives.
func (s *scanner) read(r io.Reader, size int64) (*examined, error) {
	return s.readIn(r, size, inside{Walk: unwrap.NewWalk(size)})
}

func (s *scanner) readIn(r io.Reader, size int64, in inside) (*examined, error) {
	t := &reading{scanner: s, result: &examined{}, inside: in}
	buffered := bufio.NewReaderSize(r, unwrap.HeadSize)
	mark, _ := buffered.Peek(unwrap.HeadSize)
	if kind := unwrap.Sniff(mark); kind != unwrap.None {
		return t.container(kind, buffered, size)
	}
	mark = mark[:min(len(mark), 2)]
	return t.text(buffered, mark, size)
}

// readBytes is readIn of what is in memory.
func (s *scanner) readBytes(data []byte, in inside) (*examined, error) {
	if !asItStands(data) {
		return s.readIn(bytes.NewReader(data), int64(len(data)), in)
	}
	t := &reading{scanner: s, result: &examined{}, inside: in}
	t.window(repo.Window{Data: data, Line: 1}, nil, func(emit func(Match)) int { return t.engine.Scan(data, 0, len(data), emit) })
	return t.told(), nil
}

// told is the result, which at the outermost says what was looked into.
func (t *reading) told() *examined {
	if t.depth == 0 && t.Tells() {
		t.result.walk = t.Walk
	}
	return t.result
}

// text examines a text that begins with mark.
func (t *reading) text(r io.Reader, mark []byte, size int64) (*examined, error) {
	if bytes.Equal(mark, []byte{0xff, 0xfe}) || bytes.Equal(mark, []byte{0xfe, 0xff}) {
		r = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(r)
		size += size / 2 // three bytes for two at most; unknown remains unknown
	}
	if size > repo.WindowSize-1<<10 {
		size = repo.WindowSize // so that only a window with another behind it is of that length
	}
	err := repo.Windows(r, size, func(w repo.Window) error {
		t.window(w, nil, func(emit func(Match)) int { return t.engine.Scan(w.Data, 0, len(w.Data), emit) })
		return nil
	})
	return t.told(), err
}

// reading is one text on its way through the engine.
type reading struct {
	*scanner
	inside
	result  *examined
	binary  bool
	matches []Match
	places  unwrap.Places // in the window, where they are searched there
	// lineStart is where the line begins, from the start of the text, that runs
	// into the next window.
	lineStart int64
}

// window takes the matches whose anchors belong to w: those in the last part of
// an overlapping end are left to the next window, which sees what follows them.
// Scan gives all matches and says how many places it left out; places are where
// something encoded may begin in w, nil where that is not known.
func (t *reading) window(w repo.Window, places *unwrap.Places, scan func(emit func(Match)) (skipped int)) {
	from, to := max(w.Fresh-seam, 0), len(w.Data)
	if len(w.Data) == repo.WindowSize {
		to -= seam
	}
	if w.Offset == 0 {
		t.binary = bytes.IndexByte(w.Data[:min(len(w.Data), 8<<10)], 0) >= 0
		t.result.pointer = isPointer(w.Data)
	}
	t.result.bytes += int64(len(w.Data) - w.Fresh)
	t.matches = t.matches[:0]
	t.result.skipped += scan(func(m Match) {
		if !t.binary || inBinary(m.Rule) {
			t.matches = append(t.matches, m)
		}
	})
	t.matches = t.lookInside(w, from, to, places, resolved(t.matches))
	t.locate(w, from, to)
}

// inBinary says whether a rule is sure enough of itself to be believed amid
// bytes that are no text.
func inBinary(s *knowledge.Secret) bool {
	return s.Confidence == string(event.Sure) && !s.Generic && (s.Form == knowledge.TokenForm || s.Form == knowledge.LineForm)
}

// locate gives the matches of t with anchors in from and to their lines and columns.
func (t *reading) locate(w repo.Window, from, to int) {
	line, at, start := w.Line, 0, t.lineStart-w.Offset
	advance := func(pos int) {
		if n := bytes.Count(w.Data[at:pos], []byte{'\n'}); n > 0 {
			line += n
			start = int64(at + bytes.LastIndexByte(w.Data[at:pos], '\n') + 1)
		}
		at = pos
	}
	for _, m := range t.matches {
		if m.Anchor < from || m.Anchor >= to {
			continue
		}
		if len(t.result.sightings) == maxSightings {
			t.result.more = true
			break
		}
		shows := showsAt(w.Data, m)
		if shows < at { // an earlier match began later
			line, at, start = w.Line, 0, t.lineStart-w.Offset
		}
		advance(shows)
		t.result.sightings = append(t.result.sightings, t.sighting(w.Data, m, shows, line, start))
	}
	if len(w.Data) == repo.WindowSize {
		line, at, start = w.Line, 0, t.lineStart-w.Offset
		advance(len(w.Data) - repo.Overlap)
		t.lineStart = w.Offset + start
	}
}

// showsAt is where a reader should look: at the secret, but at the line that
// says what it is where the secret runs over lines of its own.
func showsAt(text []byte, m Match) int {
	if m.Start < m.SecretStart && bytes.IndexByte(text[m.Start:m.SecretStart], '\n') >= 0 {
		return m.Start
	}
	return m.SecretStart
}

func (t *reading) sighting(text []byte, m Match, at, line int, lineStart int64) sighting {
	if m.inner != nil {
		return t.outer(text, m, at, line, lineStart)
	}
	secret := text[m.SecretStart:m.SecretEnd]
	end := at + cut(text[at:m.SecretEnd], "\r\n")
	s := sighting{
		Rule: m.Rule.ID, Fingerprint: t.fingerprint(m.Rule.Family, secret), Masked: Mask(string(secret), m.Rule.Prefix),
		Line: line, Column: at - int(lineStart) + 1, EndColumn: end - int(lineStart) + 1, Shape: m.Shape,
		LongLine: end-int(lineStart) > longLine, Unless: m.unless,
	}
	if t.capture != nil {
		t.capture(s.Fingerprint, secret)
	}
	t.show(text, at, &s)
	return s
}

// show adds the line that s stands in.
func (t *reading) show(text []byte, at int, s *sighting) {
	if t.binary {
		return
	}
	var before int
	s.Source, before = sourceLine(text, at, t.matches)
	s.SourceColumn = 0
	if begins := s.Column - before; begins != 1 {
		s.SourceColumn = begins
	}
}

// fingerprint is slow by intent, so each secret pays once.
func (s *scanner) fingerprint(family string, secret []byte) string {
	secret = canonical(secret)
	key := sha256.Sum256(append([]byte(family+"\n"), secret...))
	if print, ok := s.prints.Load(key); ok {
		return print.(string)
	}
	print := finding.SecretFingerprint(family, secret)
	s.prints.Store(key, print)
	return print
}

// canonical is the secret without what a language or a reformatting puts between
// the lines of one that runs over several.
func canonical(secret []byte) []byte {
	if bytes.IndexByte(secret, '\n') < 0 && !bytes.Contains(secret, []byte(`\n`)) {
		return secret
	}
	var b []byte
	for i := 0; i < len(secret); i++ {
		switch c := secret[i]; {
		case c == '\\':
			i++
		case isWord(c) || c == '/' || c == '=' || c == '-' || c == '+' && !joins(secret, i):
			b = append(b, c)
		}
	}
	return b
}

// judge decides what a sighting under a path is worth; ok is false where it is
// not worth telling.
func (s *scanner) judge(path string, g sighting) (confidence event.Confidence, ok bool) {
	rule := s.rules[g.Rule]
	if rule == nil {
		return "", false
	}
	if u := s.users[g.Rule]; u != nil && !u.counts(path, g) {
		return "", false
	}
	class := finding.ClassOf(path)
	if rule.Generic && g.Said != "" {
		return "", false // messages quote configuration to explain it
	}
	if rule.Generic && (class == finding.Generated || class == finding.Vendored || g.LongLine || !g.Shape.fits(path) || isTranslation(path)) {
		return "", false
	}
	confidence = event.Confidence(rule.Confidence)
	if class == finding.Production {
		return confidence, true
	}
	if confidence == event.Sure && rule.Checksum == "" {
		return event.Likely, true
	}
	return event.Possible, true
}

// ruleIDs lists the ids of all rules, sorted.
func (s *scanner) ruleIDs() []string {
	ids := make([]string, 0, len(s.rules))
	for id := range s.rules {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return ids
}
