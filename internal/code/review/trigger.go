package review

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Place is a piece of the change that a question is about.
type Place struct {
	Path string `json:"path"`
	// Old and New are ranges of lines, "12" or "12-14", on the sides that have any.
	Old  string `json:"old,omitempty"`
	New  string `json:"new,omitempty"`
	Side string `json:"side"` // old | new: on which the lines stand
	Line int    `json:"line,omitempty"`
	Func string `json:"in,omitempty"` // what it stands in
	// Source is the line, without what looks like a secret.
	Source string `json:"source,omitempty"`
	Note   string `json:"note,omitempty"`

	file *fileChange
	at   int // number of the hunk in the file, -1 for the whole file
}

// hit is one match of a pattern in a changed statement.
type hit struct {
	st    statement
	line  int
	key   string
	major int
	text  string
}

// side is the statements of one side of a file in which anything changed.
type side struct {
	src   *source
	parts []part
}

type part struct {
	st               statement
	full, code       string
	lower            string
	atFull, atCode   []int
	builtFull, built bool
}

func (c *fileChange) side(s *source) *side {
	out := &side{src: s}
	for _, st := range s.statements() {
		if st.anyChanged() {
			out.parts = append(out.parts, part{st: st})
		}
	}
	return out
}

func (p *part) write(in string) (string, []int) {
	if !p.builtFull {
		p.full, p.atFull = p.st.write(true)
		p.lower, p.builtFull = strings.ToLower(p.full), true
	}
	if in != "code" {
		return p.full, p.atFull
	}
	if !p.built {
		p.code, p.atCode = p.st.write(false)
		p.built = true
	}
	return p.code, p.atCode
}

// mostSpans is how often a pattern is looked for in one statement.
const mostSpans = 40

// find lists where the trigger's pattern takes something that changed.
// With whole, a change anywhere in the statement will do.
func (t *trigger) find(s *side, whole bool) []hit {
	var hits []hit
	for i := range s.parts {
		p := &s.parts[i]
		text, starts := p.write(t.In)
		if !t.may(p.lower) {
			continue
		}
		re, ok := t.ready()
		if !ok || t.unless != nil && t.unless.takes(text) {
			continue
		}
		for _, span := range re.FindAllStringSubmatchIndex(text, mostSpans) {
			from, to := span[0], span[1]
			if whole || t.Change == changed || t.Change == touched {
				from, to = 0, len(text)
			}
			line, ok := p.st.changedIn(starts, from, to)
			if !ok {
				continue
			}
			h := hit{st: p.st, line: line, key: group(text, span, t.key), text: text}
			h.major, _ = strconv.Atoi(group(text, span, t.major))
			if t.surrounded(s.src, h) {
				hits = append(hits, h)
			}
		}
	}
	return hits
}

func group(text string, span []int, n int) string {
	if n < 0 || 2*n+1 >= len(span) || span[2*n] < 0 {
		return ""
	}
	return strings.ToLower(text[span[2*n]:span[2*n+1]])
}

// surrounded holds a hit against what it stands in and near.
func (t *trigger) surrounded(s *source, h hit) bool {
	if t.inside != nil || t.notInside != nil {
		lines := s.enclosing(h.st.first)
		if t.inside != nil && !anyLine(s, t.inside, lines) || t.notInside != nil && anyLine(s, t.notInside, lines) {
			return false
		}
	}
	if t.near == nil && t.notNear == nil {
		return true
	}
	within := cmp.Or(t.Within, 6)
	var lines []int
	for n := max(1, h.st.first-within); n <= min(len(s.lines), h.st.last+within); n++ {
		lines = append(lines, n)
	}
	return (t.near == nil || anyLine(s, t.near, lines)) && (t.notNear == nil || !anyLine(s, t.notNear, lines))
}

func anyLine(s *source, p *pattern, lines []int) bool {
	return slices.ContainsFunc(lines, func(n int) bool { return p.takes(s.lineText(n)) })
}

// balance keeps the hits of one side that the trigger asks for, by what the
// other side has of the same: a call that was only rewritten is none that came.
func (t *trigger) balance(came, went []hit) (onNew, onOld []hit) {
	news, olds := byKey(came), byKey(went)
	switch t.Change {
	case added:
		return pick(came, func(h hit) bool { return len(news[h.key]) > len(olds[h.key]) && !saysSame(olds[h.key], h) }), nil
	case removed:
		return nil, pick(went, func(h hit) bool { return len(olds[h.key]) > len(news[h.key]) && !saysSame(news[h.key], h) })
	case changed:
		return pick(came, func(h hit) bool { return len(olds[h.key]) > 0 && !saysSame(olds[h.key], h) }), nil
	case newer:
		return pick(came, func(h hit) bool {
			return len(olds[h.key]) > 0 && !slices.ContainsFunc(olds[h.key], func(o hit) bool { return o.major >= h.major })
		}), nil
	}
	return came, pick(went, func(h hit) bool { return len(news[h.key]) == 0 })
}

// saysSame says whether the very statement stands on the other side, too.
func saysSame(list []hit, h hit) bool {
	return slices.ContainsFunc(list, func(o hit) bool { return o.text == h.text })
}

func byKey(hits []hit) map[string][]hit {
	out := map[string][]hit{}
	for _, h := range hits {
		out[h.key] = append(out[h.key], h)
	}
	return out
}

func pick(hits []hit, keep func(hit) bool) (out []hit) {
	for _, h := range hits {
		if keep(h) {
			out = append(out, h)
		}
	}
	return out
}

// takesFile says whether the trigger is about such a file at all.
func (t *trigger) takesFile(c *fileChange) bool {
	if len(t.Languages) > 0 && !slices.Contains(t.Languages, c.language) {
		return false
	}
	if t.files != nil && !t.files.take(c.Path) || t.notFiles.take(c.Path) {
		return false
	}
	if len(t.Class) == 0 {
		return c.class == "production"
	}
	return slices.Contains(t.Class, "any") || slices.Contains(t.Class, string(c.class))
}

// places are where in a file the change calls for the question.
func (t *trigger) places(c *examined) []Place {
	if (!c.meant() && !c.Gone && !c.Executable && c.OldPath != "") || !t.takesFile(c.fileChange) || t.fileHas != nil && !t.fileHas.takes(string(c.New)) {
		return nil
	}
	whole := func(ok bool, note string) []Place {
		if !ok {
			return nil
		}
		side := "new"
		if c.Gone {
			side = "old"
		}
		return []Place{{Path: c.Path, Side: side, Note: note, file: c.fileChange, at: -1}}
	}
	switch t.Change {
	case fileAdded:
		return whole(c.OldPath == "" && !c.Gone && (c.meant() || len(c.New) > 0), "new file")
	case fileGone:
		return whole(c.Gone, "removed")
	case fileTouch:
		return whole(c.meant() || c.Gone, fileNote(c.fileChange))
	case fileBinary:
		return whole(c.binary && !c.Gone && c.New != nil && c.changedBytes(), fmt.Sprintf("binary, %d bytes", len(c.New)))
	case fileExec:
		return whole(c.Executable, "it became a program")
	case pastOne:
		return c.past(t.States)
	}
	came, went := t.find(c.news(), t.Change == removed), t.find(c.olds(), t.Change == added || t.Change == newer)
	onNew, onOld := t.balance(came, went)
	var out []Place
	for _, h := range onNew {
		out = append(out, c.place(h, "new"))
	}
	for _, h := range onOld {
		out = append(out, c.place(h, "old"))
	}
	return out
}

func fileNote(c *fileChange) string {
	switch {
	case c.Gone:
		return "removed"
	case c.OldPath == "":
		return "new file"
	}
	return "changed"
}

// examined is a file with the sides that the triggers share.
type examined struct {
	*fileChange
	newSide, oldSide *side
	findings         []Finding
}

func (c *examined) news() *side {
	if c.newSide == nil {
		c.newSide = c.side(c.new)
	}
	return c.newSide
}

func (c *examined) olds() *side {
	if c.oldSide == nil {
		c.oldSide = c.side(c.old)
	}
	return c.oldSide
}

func (c *examined) place(h hit, on string) Place {
	s := c.new
	if on == "old" {
		s = c.old
	}
	p := Place{Path: c.Path, Side: on, Line: h.line, file: c.fileChange, at: -1, Func: functionName(s, h.st.first), Source: s.shown(h.line)}
	if on == "old" && c.OldPath != "" {
		p.Path = c.OldPath
	}
	for i, k := range c.hunks {
		from, to := k.newFrom, k.newTo
		if on == "old" {
			from, to = k.oldFrom, k.oldTo
		}
		if h.line >= from && h.line < to {
			p.at = i
			p.Old, p.New = span(k.oldFrom, k.oldTo), span(k.newFrom, k.newTo)
		}
	}
	return p
}

func span(from, to int) string {
	switch {
	case to <= from:
		return ""
	case to == from+1:
		return strconv.Itoa(from)
	}
	return strconv.Itoa(from) + "-" + strconv.Itoa(to-1)
}

// functionHead matches a line that names a function, in most languages.
var functionHead = regexp.MustCompile(`(?:^|[ (])(?:func(?:tion)?(?: \([^)]*\))?|def|fn|fun|sub|module|class|resource "[^"]*") \*? ?"?([A-Za-z_$][\w$.!?-]*)|([A-Za-z_$][\w$]*) ?(?:=|:) ?(?:async )?(?:function\b|\([^)]*\) ?=>)|^(?:(?:public|private|protected|internal|static|final|async|override|virtual|export|default) )+[\w<>\[\], .?]*?([A-Za-z_]\w*) ?\(`)

// functionName names what a line stands in, "" where that cannot be told.
func functionName(s *source, line int) string {
	lines := []int{line}
	for n := line; n < line+8 && n <= len(s.lines) && s.decorates(n); n++ {
		lines = append(lines, n+1) // what an annotation stands above
	}
	for _, n := range append(lines, s.enclosing(line)...) {
		if n > len(s.lines) {
			continue
		}
		m := functionHead.FindStringSubmatch(s.lineText(n))
		for _, name := range m[min(1, len(m)):] {
			if name != "" {
				return name
			}
		}
	}
	return ""
}

// shown is a line for a report: what looks like a secret is left out of it.
func (s *source) shown(line int) string {
	if line < 1 || line > len(s.lines) {
		return ""
	}
	out := strings.TrimSpace(s.lines[line-1])
	for _, t := range s.of(line) {
		if secretLike(t.text) {
			out = strings.ReplaceAll(out, t.text, "…")
		}
	}
	return cut(out, 160)
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// secretLike says whether a word could open something: long, and of letters and
// digits mixed.
func secretLike(s string) bool {
	if len(s) < 16 || strings.ContainsAny(s, " /.<>(){}") || path.Ext(s) != "" {
		return false
	}
	digits := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			digits++
		}
	}
	return digits >= 3
}
