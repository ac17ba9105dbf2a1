package review

import "strings"

// movedLines are the lines that went in one place and came in another: those
// they went from and those they came to, by file.
type movedLines struct{ from, to map[*fileChange]map[int]bool }

// A line that moved alone must be this long, or have neighbours that moved with
// it: "return nil" comes and goes everywhere.
const (
	longMoved  = 28 // of the key, in bytes
	mostMoved  = 200_000
	sameTarget = 64 // places of one line that are tried
)

// lineRef is a line of one side of a file that the other side has not got.
type lineRef struct {
	c    *fileChange
	line int
	next int // the line that follows it among them, -1 for the end of a run
	key  string
	used bool
}

// findMoved pairs lines that went with lines that came, the longest runs first
// met, each once.
func findMoved(changes []*fileChange) movedLines {
	moved := movedLines{map[*fileChange]map[int]bool{}, map[*fileChange]map[int]bool{}}
	var went, came []lineRef
	for _, c := range changes {
		for _, h := range c.hunks {
			went = appendLines(went, c, c.old, h.oldFrom, h.oldTo)
			came = appendLines(came, c, c.new, h.newFrom, h.newTo)
		}
	}
	if len(went) == 0 || len(went)+len(came) > mostMoved {
		return moved
	}
	byKey := map[string][]int{}
	for i := range went {
		byKey[went[i].key] = append(byKey[went[i].key], i)
	}
	for j := 0; j < len(came); {
		from, n := longestRun(went, came[j:], byKey[came[j].key])
		if n == 0 || n < 3 && weight(came[j:j+n]) < longMoved {
			j++
			continue
		}
		for k := range n {
			went[from+k].used = true
			moved.add(went[from+k], came[j+k])
		}
		j += n
	}
	return moved
}

func weight(run []lineRef) (n int) {
	for _, r := range run {
		n += len(r.key)
	}
	return n
}

// longestRun finds where the lines that came stood one after the other.
func longestRun(went, came []lineRef, starts []int) (from, n int) {
	for i, start := range starts {
		if i == sameTarget {
			break
		}
		k := 0
		for k < len(came) && start+k < len(went) && !went[start+k].used && went[start+k].key == came[k].key &&
			(k == 0 || came[k-1].next == k0(came, k) && went[start+k-1].next == k0(went[start:], k)) {
			k++
		}
		if k > n {
			from, n = start, k
		}
	}
	return from, n
}

// k0 is the line of the k-th, for comparing with what the one before it expects.
func k0(list []lineRef, k int) int { return list[k].line }

func appendLines(list []lineRef, c *fileChange, s *source, from, to int) []lineRef {
	first := len(list)
	for line := from; line < to && line < len(s.from); line++ {
		var b strings.Builder
		for _, t := range s.of(line) {
			if !t.idle() {
				b.WriteString(t.text + " ")
			}
		}
		key := b.String()
		if key == "" {
			continue
		}
		if len(list) > first {
			list[len(list)-1].next = line
		}
		list = append(list, lineRef{c: c, line: line, next: -1, key: key})
	}
	return list
}

func (m movedLines) add(from, to lineRef) {
	for _, one := range []struct {
		into map[*fileChange]map[int]bool
		ref  lineRef
	}{{m.from, from}, {m.to, to}} {
		if one.into[one.ref.c] == nil {
			one.into[one.ref.c] = map[int]bool{}
		}
		one.into[one.ref.c][one.ref.line] = true
	}
}
