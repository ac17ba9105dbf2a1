package review

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Bounds of a change that is read.
const (
	MostQuestions = 5
	mostFiles     = 3000
	mostBytes     = 96 << 20
	largestFile   = 2 << 20
	mostPlaces    = 50 // of one question
)

// Input is a change and what is known about its product.
type Input struct {
	Files []File
	Facts []event.Fact
	Items []Item
	// Findings are those of the product, open and decided, for the parts that
	// the change touches.
	Findings []Finding
	// Tree tells whether the product has a file that a glob takes; nil for no.
	Tree func(takes func(path string) bool) bool
	// Stats is what has become of each item so far; nil for nothing.
	Stats map[string]Stat
	// Threats will be the scenarios of the threat model that the change touches,
	// each with the globs of what it is about. There is no model yet.
	Threats []Threat
}

// Threat is a scenario of a threat model: where a change touches what it is
// about, the items that it names weigh more.
type Threat struct {
	ID    string
	Files []string // globs
	Items []string
}

// Finding is what a check said of a place, or what a person decided on it.
type Finding struct {
	Rule, Path, Message, State string // open | decided | fixed
	Because                    string // of a decision
	Line                       int
}

// Question is one that the change deserves.
type Question struct {
	Item   Item
	Places []Place
	More   int    // places beyond those listed
	Digest string // of the item and the hunks that it is about
	Score  float64
	Threat string
	// Answer is set where somebody has closed it.
	Answer *Answered
}

// Result is what a change deserves to be asked.
type Result struct {
	Asked   []Question // the five that weigh most
	Waiting []Question // the rest: counted, and shown on request
	Retired []Question // of items that never changed a diff
	Files   int        // that changed in meaning
	Unread  []string   // files that could not be read
	// Everything holds every question that was triggered, the retired aside.
	Everything []Question
}

// Examine holds the change against the items. It calls nothing and reads no
// clock, so that the same change gives the same questions.
func Examine(ctx context.Context, in Input) (*Result, error) {
	changes := compare(in.Files)
	out := &Result{}
	files := make([]*examined, len(changes))
	byPath := map[string][]Finding{}
	for _, f := range in.Findings {
		byPath[f.Path] = append(byPath[f.Path], f)
	}
	for i, c := range changes {
		files[i] = &examined{fileChange: c, findings: byPath[c.Path]}
		if c.meant() || c.Gone {
			out.Files++
		}
		if c.Unread {
			out.Unread = append(out.Unread, c.Path)
		}
	}
	values := factValues(in.Facts)
	for _, it := range in.Items {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		places := it.ask(in, files)
		if len(places) == 0 || !holds(it.Applies, values, true) {
			continue
		}
		q := question(it, places)
		q.Score, q.Threat = score(q, in, values)
		if in.Stats[it.ID].Retired {
			out.Retired = append(out.Retired, q)
			continue
		}
		out.Everything = append(out.Everything, q)
	}
	slices.SortStableFunc(out.Everything, func(a, b Question) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Item.ID, b.Item.ID))
	})
	n := min(len(out.Everything), MostQuestions)
	out.Asked, out.Waiting = out.Everything[:n:n], out.Everything[n:]
	return out, nil
}

// ask lists the places in the change that call for the item, each line once.
func (it Item) ask(in Input, files []*examined) []Place {
	var all []Place
	for i := range it.triggers {
		t := it.triggers[i]
		if t.without != nil && slices.ContainsFunc(files, func(c *examined) bool { return (c.meant() || c.Gone) && t.without.take(c.Path) }) {
			continue
		}
		var found []Place
		for _, c := range files {
			found = append(found, t.places(c)...)
		}
		if len(found) < max(1, t.Min) || t.tree != nil && (in.Tree == nil || !in.Tree(t.tree.take)) {
			continue
		}
		all = append(all, found...)
	}
	slices.SortStableFunc(all, func(a, b Place) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), strings.Compare(a.Side, b.Side))
	})
	return slices.CompactFunc(all, func(a, b Place) bool {
		return a.Path == b.Path && a.Line == b.Line && a.Side == b.Side && a.Note == b.Note
	})
}

func question(it Item, places []Place) Question {
	q := Question{Item: it, Places: places, Digest: digest(it.ID, places)}
	if n := len(places) - mostPlaces; n > 0 {
		q.Places, q.More = places[:mostPlaces:mostPlaces], n
	}
	return q
}

// factors of a question's worth.
const (
	louder      = 1.5
	threatened  = 1.5
	staleAfter  = 5.0  // unchanging answers after which a question weighs half
	perPlace    = 0.02 // each further place, up to ten
	severityGap = 0.15
)

// score is what a question is worth: weight, severity, what the product has to
// lose, whether a threat is about it, and whether asking it has helped before.
func score(q Question, in Input, values map[string]any) (float64, string) {
	worth := float64(q.Item.Weight) * (1 + severityGap*float64(event.Severity(q.Item.Severity).Rank()))
	if q.Item.Louder != "" && holds(q.Item.Louder, values, false) {
		worth *= louder
	}
	threat := ""
	for _, t := range in.Threats {
		if slices.Contains(t.Items, q.Item.ID) && touches(t, q.Places) {
			worth, threat = worth*threatened, t.ID
			break
		}
	}
	if s := in.Stats[q.Item.ID]; s.Changed == 0 {
		worth *= staleAfter / (staleAfter + float64(s.Asked))
	}
	return worth * (1 + perPlace*float64(min(len(q.Places)-1, 10))), threat
}

func touches(t Threat, places []Place) bool {
	for _, g := range t.Files {
		re := compileGlobs([]string{g})
		if slices.ContainsFunc(places, func(p Place) bool { return re.MatchString(p.Path) }) {
			return true
		}
	}
	return false
}

// factValues are the facts as expressions see them.
func factValues(facts []event.Fact) map[string]any {
	values := map[string]any{}
	for _, name := range requirement.Facts().Lists {
		values[name] = []string{}
	}
	for _, name := range requirement.Facts().Strings {
		values[name] = ""
	}
	for _, f := range facts {
		switch v := values[f.Name].(type) {
		case []string:
			values[f.Name] = append(v, f.Value)
		case string:
			if v == "" {
				values[f.Name] = f.Value
			}
		}
	}
	return values
}

// holds evaluates an expression over the facts; otherwise is what an empty one
// means, and one that cannot be evaluated.
func holds(text string, values map[string]any, otherwise bool) bool {
	if text == "" || text == "true" {
		return otherwise
	}
	e, err := requirement.Facts().Compile(text)
	if err != nil {
		return otherwise
	}
	truth, err := e.Eval(values)
	return err == nil && truth || err != nil && otherwise
}

// changedBytes says whether the content is another one.
func (c *fileChange) changedBytes() bool { return !bytes.Equal(c.Old, c.New) }

// past are the findings on what the change touches, as places.
func (c *examined) past(states []string) []Place {
	var out []Place
	for _, f := range c.findings {
		if !slices.Contains(states, f.State) {
			continue
		}
		h, ok := c.hunkNear(f.Line)
		if !ok {
			continue
		}
		note := f.Rule + " " + f.State
		if f.Because != "" {
			note += ": " + f.Because
		}
		p := Place{Path: c.Path, Side: "new", Line: f.Line, Note: cut(note, 200), file: c.fileChange, at: h, Func: functionName(c.new, max(1, min(f.Line, len(c.new.lines))))}
		p.Old, p.New = span(c.hunks[h].oldFrom, c.hunks[h].oldTo), span(c.hunks[h].newFrom, c.hunks[h].newTo)
		out = append(out, p)
	}
	return out
}

// nearFinding is how far from a finding a change still bears on it where no
// function can be told.
const nearFinding = 8

// hunkNear finds a hunk in the function that a line stands in, or close to it.
func (c *examined) hunkNear(line int) (int, bool) {
	if line < 1 || line > len(c.new.lines) {
		return 0, len(c.hunks) > 0
	}
	name := functionName(c.new, line)
	for i, h := range c.hunks {
		at := max(1, min(h.newFrom, len(c.new.lines)))
		if line >= h.newFrom-nearFinding && line < h.newTo+nearFinding || name != "" && functionName(c.new, at) == name {
			return i, true
		}
	}
	return 0, false
}

// Items are the base items and the organisation's own, which are given.
func Items(own []Item) ([]Item, error) {
	list, err := base()
	if err != nil {
		return nil, err
	}
	all := append(slices.Clone(list), own...)
	slices.SortStableFunc(all, func(a, b Item) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}

// Find finds an item that comes with the binary.
func Find(id string) (knowledge.ReviewItem, bool) {
	list, err := base()
	if err != nil {
		return knowledge.ReviewItem{}, false
	}
	for _, it := range list {
		if it.ID == id {
			return it.ReviewItem, true
		}
	}
	return knowledge.ReviewItem{}, false
}
