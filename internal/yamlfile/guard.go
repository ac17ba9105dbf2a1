package yamlfile

import (
	"strings"
	"unicode/utf8"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// normal is the text without a byte order mark and with plain line ends, so
// that lines count the same everywhere.
func normal(text string) string {
	text = strings.TrimPrefix(text, "\ufeff")
	if !strings.Contains(text, "\r") {
		return text
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
}

// guard refuses what no YAML parser should be asked to read, and what is
// better said in our words than as the parser's surprise.
func (f *File) guard(data []byte) (string, fault.List) {
	text := normal(string(data))
	f.lines = strings.Split(text, "\n")
	var faults fault.List
	depth := 0
	var entries []int
	for i, line := range f.lines {
		if entries = countEntry(entries, line); len(entries) > 0 && entries[len(entries)-1] > mostEntries {
			return "", append(faults, f.at(pos{i + 1, 1}, "split the mapping", "more than %d entries in one mapping", mostEntries))
		}
		if e := f.guardLine(i+1, line); e != nil {
			faults = append(faults, e)
		}
		var e *fault.Error
		if depth, e = f.guardDepth(depth, i+1, line); e != nil {
			return "", append(faults, e)
		}
	}
	return text, faults
}

func (f *File) guardLine(n int, line string) *fault.Error {
	if strings.HasPrefix(line, "<<<<<<< ") || line == "<<<<<<<" {
		return f.at(pos{n, 1}, "keep one side, remove the lines with <<<<<<<, ======= and >>>>>>>", "a merge conflict that is not resolved")
	}
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		if r == utf8.RuneError && size == 1 {
			return f.at(pos{n, 1 + utf8.RuneCountInString(line[:i])}, "save the file as UTF-8", "the text is not UTF-8")
		}
		if r < ' ' && r != '\t' || r == 0x7f {
			return f.at(pos{n, 1 + utf8.RuneCountInString(line[:i])}, "remove it", "a control character (U+%04X)", r)
		}
		i += size
	}
	return nil
}

// mostEntries bounds one mapping in block style: the parser's time grows with
// the square of it.
const mostEntries = 3000

// countEntry keeps, by indentation, how many lines have followed one another
// in the same mapping. An element of a list begins a new one.
func countEntry(entries []int, line string) []int {
	body := strings.TrimLeft(line, " ")
	if body == "" || body[0] == '#' {
		return entries
	}
	indent := min(len(line)-len(body), 200)
	if len(entries) > indent+1 {
		entries = entries[:indent+1]
	}
	for len(entries) <= indent {
		entries = append(entries, 0)
	}
	if body[0] == '-' {
		entries[indent] = 0
		return entries
	}
	entries[indent]++
	return entries
}

// parserDepth is what the parser's own recursion may be asked to bear. It
// counts brackets without regard to quotes, so it lies far above MaxDepth.
const parserDepth = 300

// guardDepth keeps the balance of flow brackets and of the markers that open
// a level each without indentation ("- - - -", "? ? ?", "!a !b").
func (f *File) guardDepth(depth, n int, line string) (int, *fault.Error) {
	openers := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(0, depth-1)
		case '-', '?', '!', '&', ':':
			openers++
		}
		if depth > parserDepth {
			return 0, f.at(pos{n, 1 + utf8.RuneCountInString(line[:i])}, "", "values are nested too deeply; at most %d levels are read", MaxDepth)
		}
	}
	if openers > parserDepth && leadingMarkers(line) > parserDepth {
		return 0, f.at(pos{n, 1}, "", "values are nested too deeply; at most %d levels are read", MaxDepth)
	}
	return depth, nil
}

// leadingMarkers counts the words at the start of the line that only open
// another level or decorate what follows.
func leadingMarkers(line string) int {
	count := 0
	for word := range strings.FieldsSeq(line) {
		if word != "-" && word != "?" && word != ":" && word[0] != '!' && word[0] != '&' {
			break
		}
		count++
	}
	return count
}
