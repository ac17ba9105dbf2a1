// Package secretscan finds credentials in the work tree and in the history.
//
// It exists because a credential that was committed once is known to everybody
// who ever cloned: it has to be found wherever it lies, and told apart from the
// many strings that only look like one. What credentials look like is data, in
// knowledge/secrets; this package holds the machine that reads it.
//
// The machine makes one pass over the bytes for the literals of all rules at
// once (filter.go) and looks closer only where one stands: with a regular
// expression on a bounded stretch, or with a reader of assignments (assign.go)
// or of URLs (url.go). What was found must still pass for a credential
// (judge.go). All of it is a function of the bytes within contextBytes and
// reachBytes of the literal, so a text may be scanned in pieces, in any order,
// and what was found in a stretch holds wherever the stretch is copied (trail.go).
package secretscan

import (
	"fmt"
	"sync"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

const (
	// contextBytes is how far before a literal anything is looked at.
	contextBytes = 1 << 10
	// reachBytes is how far beyond a literal anything is looked at.
	reachBytes = 16 << 10
	// valueBytes is how far beyond a literal the readers of assignments and URLs look.
	valueBytes = 2 << 10
	// edgeBytes is how far beyond the ends of what was recognised is looked whether
	// it stands alone.
	edgeBytes = 8
	// blockBytes is how much the filter reads before its hits are followed up.
	blockBytes = 64 << 10
)

// Shape says how a credential was written down.
type Shape uint8

const (
	Plain     Shape = iota // recognised by its own form
	Quoted                 // a string that is assigned to a key
	Bare                   // a value without quotes, as in configuration files
	Element                // the text of an XML element
	Flag                   // an option on a command line
	Argument               // an argument of a setter
	Variable               // a variable of the environment, set in a command or a list
	Parameter              // a parameter of a URL or of a form
	Header                 // what follows the name of a header within a string
)

// Match is one credential in a text. All offsets count bytes from its start.
type Match struct {
	Rule       *knowledge.Secret
	Start, End int // of everything that was recognised
	// SecretStart and SecretEnd enclose the credential itself.
	SecretStart, SecretEnd int
	// Anchor is where the literal stands that led here. It says which of two
	// overlapping stretches of a text a match belongs to.
	Anchor int
	Shape  Shape
	unless []int     // allowlists of the user's that allow it in their paths
	inner  *sighting // in the text that is encoded here, see nested.go
}

// Engine finds credentials of the kinds that it was made for. It does not
// change and may be used by several goroutines.
type Engine struct {
	rules    []rule
	literals []literal
	filter   *filter
	scratch  sync.Pool
	wide     []int32 // rules of the user's that no literal gives away
}

// literal is one string that gives credentials away, and whose it is.
type literal struct {
	text    string  // as the rule has it
	plain   []int32 // rules of the forms token, line and near
	values  []int32 // rules of the form value
	schemes []int32 // rules of the form url
	users   []int32 // rules of the user's
	// reach is how many bytes from its beginning on its rules may look at; 0 until
	// somebody asks, since the rules' expressions say it.
	reach int32
}

// scratch is what one scan works with.
type scratch struct {
	hits  []hit
	name  []byte
	spent []int // bytes that each rule's expression was given
	skips int
}

// NewEngine makes an engine for the kinds given. The slice must not change afterwards.
func NewEngine(secrets []knowledge.Secret) (*Engine, error) { return newEngine(secrets, nil) }

// newEngine makes an engine that knows the rules of the user's besides, by the
// ids of their secrets.
func newEngine(secrets []knowledge.Secret, users map[string]*userRule) (*Engine, error) {
	e := &Engine{rules: make([]rule, len(secrets))}
	byText := map[string]int{}
	for i := range secrets {
		if err := e.rules[i].init(&secrets[i]); err != nil {
			return nil, fmt.Errorf("preparing %s: %w", secrets[i].ID, err)
		}
		if u := users[secrets[i].ID]; u != nil {
			e.rules[i].user = u
			if u.Regex != nil && len(secrets[i].Literals) == 0 {
				e.wide = append(e.wide, int32(i))
			}
		}
		for _, text := range secrets[i].Literals {
			n, seen := byText[lower(text)]
			if !seen {
				n = len(e.literals)
				byText[lower(text)] = n
				e.literals = append(e.literals, literal{text: lower(text)})
			}
			e.literals[n].add(int32(i), secrets[i].Form)
		}
	}
	var err error
	if e.filter, err = newFilter(e.literals); err != nil {
		return nil, err
	}
	e.scratch.New = func() any { return &scratch{spent: make([]int, len(secrets))} }
	return e, nil
}

func (l *literal) add(rule int32, form knowledge.Form) {
	switch form {
	case knowledge.ValueForm:
		l.values = append(l.values, rule)
	case knowledge.URLForm:
		l.schemes = append(l.schemes, rule)
	case userForm:
		l.users = append(l.users, rule)
	default:
		l.plain = append(l.plain, rule)
	}
}

// Scan calls emit with every credential of text whose anchor lies in
// text[from:to], in the order of the anchors but for literals that overlap. The
// rest of text is context: give contextBytes before and reachBytes after, where
// there are so many. Matches may overlap; Resolve chooses.
//
// Scan takes bounded time on any input. It returns how many places it left out
// because text was made of so many hits that looking into all would not end.
func (e *Engine) Scan(text []byte, from, to int, emit func(Match)) (skipped int) {
	from, to = max(from, 0), min(to, len(text))
	s := e.take()
	defer e.scratch.Put(s)
	first := from
	t := &scan{engine: e, scratch: s, text: text, budget: 2*(to-from) + 4<<20, emit: emit}
	for ; from < to; from += blockBytes {
		s.hits = e.filter.find(text, from, min(from+blockBytes, to), s.hits[:0])
		for _, h := range s.hits {
			t.follow(h)
		}
	}
	for _, i := range e.wide {
		t.userWide(i, first, to)
	}
	return s.skips
}

func (e *Engine) take() *scratch {
	s := e.scratch.Get().(*scratch)
	clear(s.spent)
	s.skips = 0
	return s
}

// scan is one call of Scan.
type scan struct {
	engine  *Engine
	scratch *scratch
	text    []byte
	budget  int // bytes that one rule's expression may be given
	emit    func(Match)
	at      hit // that is followed
}

// follow looks closer at one literal. What is handed on of the text ends where
// nothing may be looked at any more: that this is so must not rest on the care of
// every reader.
func (t *scan) follow(h hit) {
	l, at := &t.engine.literals[h.literal()], h.at()
	t.at = h
	whole := t.text
	defer func() { t.text = whole }()
	t.text = whole[:min(at+t.engine.reach(h.literal()), len(whole))]
	for _, i := range l.plain {
		t.expression(&t.engine.rules[i], i, at, len(l.text))
	}
	for _, i := range l.users {
		t.user(i, at, len(l.text))
	}
	if len(l.values) > 0 {
		t.value(l.values, at, len(l.text))
	}
	if len(l.schemes) > 0 {
		t.url(l.schemes, at, len(l.text))
	}
}

// report passes m on if it passes for a credential.
func (t *scan) report(r *rule, m Match) {
	m.Rule = r.Secret
	if r.accepts(t.text, m) {
		t.emit(m)
	}
}
