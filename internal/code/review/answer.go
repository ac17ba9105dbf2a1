package review

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/product"
)

// enoughToRetire is how often an item was asked before it is retired for never
// having changed a diff.
const enoughToRetire = 20

// Stat is what has become of an item so far.
type Stat struct {
	Asked   int // answers on different changes
	Changed int // of them, how many changed the diff
	Retired bool
}

// Answered is an answer as it stands in the repository, verified.
type Answered struct {
	Path   string
	Word   evidence.Review
	Digest string
	// Refused says why it does not count, "" where it does.
	Refused string
}

// Answers are all answers of a repository.
type Answers struct {
	list  []Answered
	keep  map[string]bool // items that somebody wants asked whatever came of them
	never map[string]bool // items that the organisation does not want asked
}

// Keep has items asked that would be retired, and others not.
func (a *Answers) Keep(s Settings) {
	a.keep, a.never = map[string]bool{}, map[string]bool{}
	for _, k := range s.Keep {
		a.keep[k.ID] = true
	}
	for _, k := range s.Retire {
		a.never[k.ID] = true
	}
}

// Add verifies one file. An error says why it cannot be believed; what can be,
// and does not count, is kept with the reason.
func (a *Answers) Add(ctx context.Context, path string, data []byte, p *product.Product, repo evidence.Repository) error {
	s, err := evidence.OpenReview(ctx, path, data, keysOf(p))
	if err != nil {
		return err
	}
	a.list = append(a.list, Answered{Path: path, Word: s.Word, Digest: s.Digest, Refused: refusal(s, p, repo)})
	return nil
}

func keysOf(p *product.Product) []evidence.Key {
	var keys []evidence.Key
	for _, owner := range p.Owners {
		for _, line := range owner.Keys {
			key, err := evidence.ParseKeyLine(line)
			if err == nil && !slices.ContainsFunc(keys, func(k evidence.Key) bool { return k.ID == key.ID }) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// refusal says why an answer closes nothing: it must be that of the person who
// signed it, about this repository, and not of an author about their own lines.
func refusal(s evidence.Signed[evidence.Review], p *product.Product, repo evidence.Repository) string {
	who, ok := p.Person(s.Word.By)
	if !ok {
		return s.Word.By + " is none of the owners in " + product.Path
	}
	for _, key := range s.Signers {
		signer, known := p.KeyOf(evidence.KeyLine(key.Public))
		if !known || !signer.Same(who) {
			return "it speaks for " + s.Word.By + " and is signed with another's key"
		}
	}
	if len(s.Word.Repository.Roots) > 0 && len(repo.Roots) > 0 && !s.Word.Repository.Same(repo) {
		return "it was given for another repository"
	}
	if s.Word.Note || IsAuthor(p, s.Word.By, s.Word.Authors) {
		return "an author's note on their own change"
	}
	return ""
}

// IsAuthor says whether a person is among those who wrote the change: by name,
// by address, or as the same owner of the product.
func IsAuthor(p *product.Product, by string, authors []string) bool {
	who, known := p.Person(by)
	for _, author := range authors {
		if sameText(by, author) {
			return true
		}
		if other, ok := p.Person(author); known && ok && other.Same(who) {
			return true
		}
	}
	return false
}

// sameText compares two people, each "Name <address>" or one of the two.
func sameText(a, b string) bool {
	for _, x := range partsOf(a) {
		if slices.Contains(partsOf(b), x) {
			return true
		}
	}
	return false
}

func partsOf(s string) []string {
	s = strings.ToLower(strings.TrimSpace(s))
	name, rest, ok := strings.Cut(s, "<")
	if !ok {
		return []string{s}
	}
	out := []string{strings.TrimSuffix(strings.TrimSpace(rest), ">")}
	if name = strings.TrimSpace(name); name != "" {
		out = append(out, name)
	}
	return out
}

// For finds what closes a question, and of what does not the last that was said.
func (a *Answers) For(item, diff string) (closed *Answered, note *Answered) {
	for i := range a.list {
		x := &a.list[i]
		if x.Word.Item != item || x.Word.Diff != diff {
			continue
		}
		if x.Refused == "" {
			return x, note
		}
		note = x
	}
	return nil, note
}

// ClosedBy is whether somebody other than the authors given has answered, and
// whether at least an author has.
func (a *Answers) ClosedBy(item, diff string, p *product.Product, authors []string) (closed, own bool) {
	for _, x := range a.list {
		if x.Word.Item != item || x.Word.Diff != diff {
			continue
		}
		mine := x.Word.Note || IsAuthor(p, x.Word.By, authors) || IsAuthor(p, x.Word.By, x.Word.Authors)
		closed = closed || x.Refused == "" && !mine
		own = own || mine
	}
	return closed, own
}

// Before lists what was answered about an item on earlier states of the same
// change: its file came with the change, it is about the same files, and its
// lines were others.
func (a *Answers) Before(item, diff string, c *Change, places []Place) []Answered {
	came := map[string]bool{}
	for _, f := range c.Files {
		came[f.Path] = f.OldPath == "" || c.Base == ""
	}
	var out []Answered
	for _, x := range a.list {
		if x.Word.Item == item && x.Word.Diff != diff && came[x.Path] && sharesFile(x.Word.Places, places) {
			out = append(out, x)
		}
	}
	return out
}

func sharesFile(told []string, places []Place) bool {
	return slices.ContainsFunc(places, func(p Place) bool {
		return slices.ContainsFunc(told, func(s string) bool { return s == p.Path || strings.HasPrefix(s, p.Path+":") })
	})
}

// All lists every answer, by path.
func (a *Answers) All() []Answered { return a.list }

// Stats counts for each item how often it was answered on different lines, and
// how often that changed the diff. It needs no file of its own: the answers say.
func (a *Answers) Stats() map[string]Stat {
	type once struct{ item, diff string }
	changedOn := map[once]bool{}
	for _, x := range a.list {
		if x.Refused != "" && !x.Word.Note {
			continue
		}
		key := once{x.Word.Item, x.Word.Diff}
		changedOn[key] = changedOn[key] || x.Word.Changed
	}
	out := map[string]Stat{}
	for key, yes := range changedOn {
		s := out[key.item]
		s.Asked++
		if yes {
			s.Changed++
		}
		out[key.item] = s
	}
	for id, s := range out {
		s.Retired = s.Asked >= enoughToRetire && s.Changed == 0 && !a.keep[id]
		out[id] = s
	}
	for id := range a.never {
		s := out[id]
		s.Retired = true
		out[id] = s
	}
	return out
}

// WhyRetired says why an item is not asked any more.
func (a *Answers) WhyRetired(id string, s Stat) string {
	if a.never[id] {
		return "the organisation does not want it asked"
	}
	return fmt.Sprintf("asked %d times, and it never changed a diff", s.Asked)
}

// Close sets what closes each question of a result.
func (a *Answers) Close(r *Result) {
	for _, list := range [][]Question{r.Asked, r.Waiting, r.Everything} {
		for i := range list {
			list[i].Answer, _ = a.For(list[i].Item.ID, list[i].Digest)
		}
	}
}

// Open counts the questions asked that nothing closes.
func (r *Result) Open() (n int) {
	for _, q := range r.Asked {
		if q.Answer == nil {
			n++
		}
	}
	return n
}
