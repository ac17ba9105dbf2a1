package unwrap

import "bytes"

// Span is text[Start:End].
type Span struct{ Start, End int }

// Places are where in a text something encoded may begin. They are a function of
// the bytes in and next to each place, so they hold wherever a stretch of the
// text is copied: a text that was made from another is searched only where it is
// new, and what was found there takes the place of a search.
type Places struct {
	Runs    []Span // whole runs of letters of base64, of those that begin as something readable
	Escapes []Span // where escapes begin, those that are near one another together
	Secrets []Span // where a manifest says that it is one of a secret
}

const (
	// Beyond is how many bytes behind its beginning a place rests on, but for runs.
	Beyond = len(manifestMark)
	// manifestMark is what the manifests hold that Manifest reads.
	manifestMark = "kind: Secret"
	// nearEscapes is how far apart escapes are kept one by one.
	nearEscapes = 64
)

// Search appends the places that begin in text[from:to]. A run that began before
// from is none of them.
func (p *Places) Search(text []byte, from, to int) {
	p.searchRuns(text, from, to)
	p.searchOthers(text, from, to)
}

// searchOthers appends the places that rest on no more than Beyond bytes.
func (p *Places) searchOthers(text []byte, from, to int) {
	p.searchEscapes(text, from, to, '%')
	p.searchEscapes(text, from, to, '\\')
	p.searchMark(text, from, to)
}

// SearchNew is Search where a text was made from another and text[from:to] is
// new: runs that touch it are other ones than they were, and are searched as a
// whole, but for those before done. It returns where the last of them ends.
func (p *Places) SearchNew(text []byte, from, to, done int) int {
	if from >= to {
		return done
	}
	start, end := from, runEnd(text, to)
	for start > done && classes[text[start-1]] != 0 {
		start--
	}
	p.searchRuns(text, max(start, done), end)
	p.searchOthers(text, from, to)
	return end
}

// Reset empties the places and keeps their memory.
func (p *Places) Reset() { p.Runs, p.Escapes, p.Secrets = p.Runs[:0], p.Escapes[:0], p.Secrets[:0] }

// Sort puts the places in the order of the text.
func (p *Places) Sort() {
	sortSpans(p.Runs)
	sortSpans(p.Secrets)
	p.Escapes = mergeSpans(p.Escapes)
}

// searchEscapes looks for all escapes that begin with the same byte at once.
func (p *Places) searchEscapes(text []byte, from, to int, first byte) {
	for i := from; i < to; i++ {
		n := bytes.IndexByte(text[i:to], first)
		if n < 0 {
			return
		}
		i += n
		if beginsEscape(text[i:min(i+longestEscape, len(text))]) {
			p.addEscape(i)
		}
	}
}

// beginsEscape says whether text begins with an escape for a printable character.
func beginsEscape(text []byte) bool {
	if len(text) < shortestEscape || text[0] == '\\' && text[1] != 'x' && text[1] != 'u' || text[0] == '%' && classes[text[1]]&hexDigit == 0 {
		return false // most, for little
	}
	for _, e := range escapes {
		if _, ok := e.at(text, 0); ok {
			return true
		}
	}
	return false
}

// addEscape adds the place of an escape, which comes behind the others of its kind.
func (p *Places) addEscape(at int) {
	if n := len(p.Escapes); n > 0 {
		if last := &p.Escapes[n-1]; last.Start <= at && at < last.End+nearEscapes {
			last.End = max(last.End, at+1)
			return
		}
	}
	p.Escapes = append(p.Escapes, Span{at, at + 1})
}

// searchMark looks for the rarest letter of the mark.
func (p *Places) searchMark(text []byte, from, to int) {
	const capital = len("kind: ")
	for i, end := from+capital, min(to+capital, len(text)); i < end; i++ {
		n := bytes.IndexByte(text[i:end], manifestMark[capital])
		if n < 0 {
			return
		}
		i += n
		if start := i - capital; bytes.HasPrefix(text[start:], []byte(manifestMark)) {
			p.Secrets = append(p.Secrets, Span{start, start + len(manifestMark)})
		}
	}
}

// Carry appends what base has that rests on its text[start-shift:end-shift]
// alone, which was copied to text[start:end] of another. AtStart and atEnd say of
// either end whether it is that of both texts.
func (p *Places) Carry(base *Places, start, end, shift int, atStart, atEnd bool) {
	for _, s := range reaching(base.Runs, start-shift, end-shift) {
		s.Start, s.End = s.Start+shift, s.End+shift
		if (s.Start > start || atStart) && (s.End < end || atEnd) {
			p.Runs = append(p.Runs, s)
		}
	}
	for _, s := range reaching(base.Secrets, start-shift, end-shift) {
		if s.Start, s.End = s.Start+shift, s.End+shift; s.Start >= start {
			p.Secrets = append(p.Secrets, s)
		}
	}
	for _, s := range reaching(base.Escapes, start-shift, end-shift) {
		if s.Start, s.End = max(s.Start+shift, start), min(s.End+shift, end); s.Start < s.End {
			p.Escapes = append(p.Escapes, s)
		}
	}
}
