package review

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// digest identifies what a question is about: the item, and of each file the
// tokens that went and came in the hunks concerned. Layout, comments, line
// numbers and commits are not in it, so that a rebase keeps it and another line
// does not.
func digest(item string, places []Place) string {
	type where struct {
		file *fileChange
		at   int
	}
	seen := map[where]bool{}
	var parts []string
	for _, p := range places {
		key := where{p.file, p.at}
		if seen[key] {
			continue
		}
		seen[key] = true
		parts = append(parts, p.file.fingerprint(p.at))
	}
	slices.Sort(parts)
	h := sha256.New()
	fmt.Fprintf(h, "review 1\n%s\n", item)
	for _, part := range parts {
		fmt.Fprintf(h, "%d %s\n", len(part), part)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// fingerprint is what changed in a hunk, or in the whole file.
func (c *fileChange) fingerprint(at int) string {
	var b strings.Builder
	b.WriteString(c.Path + "\n")
	hunks := c.hunks
	switch {
	case at >= 0:
		hunks = c.hunks[at : at+1]
	case len(hunks) == 0:
		before, after := sha256.Sum256(c.Old), sha256.Sum256(c.New)
		fmt.Fprintf(&b, "%x %x %v %v", before, after, c.Gone, c.Executable)
	}
	for _, h := range hunks {
		c.old.writeChanged(&b, '-', h.oldFrom, h.oldTo)
		c.new.writeChanged(&b, '+', h.newFrom, h.newTo)
	}
	return b.String()
}

// writeChanged writes the tokens of lines that the other side has not got.
func (s *source) writeChanged(b *strings.Builder, sign byte, from, to int) {
	for line := from; line < to && line < len(s.from); line++ {
		for _, t := range s.of(line) {
			if t.changed {
				b.WriteByte(sign)
				b.WriteByte(byte('0' + t.kind))
				b.WriteString(t.text)
				b.WriteByte(0)
			}
		}
	}
}
