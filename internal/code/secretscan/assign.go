package secretscan

import (
	"bytes"
	"slices"
)

const (
	maxKey   = 80  // bytes of a key's name on either side of a literal
	maxValue = 600 // bytes of a value
	maxGap   = 60  // bytes between a key and what belongs to its value
	maxList  = 10  // values of a list
)

// span is text[start:end].
type span struct{ start, end int }

// assigned is the value that a text gives to a key.
type assigned struct {
	span
	shape Shape
	// alone is set where key and value without quotes make up the line, as in
	// configuration files; elsewhere such a value may be an expression.
	alone bool
}

// stands says whether what was read is a value for kinds without a format.
func (a assigned) stands() bool { return a.shape != Bare || a.alone }

// value tries the rules of form value on what is assigned to the key around at.
func (t *scan) value(rules []int32, at, length int) {
	key, ok := keyAround(t.text, at, length)
	if !ok {
		return
	}
	t.scratch.name = t.scratch.name[:0]
	if a, ok := readAssigned(t.text, key); ok {
		t.values(rules, key, a, at)
		return
	}
	for pos, n := listAfter(t.text, key), 0; pos > 0 && n < maxList; n++ {
		a, ok := readString(t.text, skipSpace(t.text, pos))
		if !ok {
			return
		}
		pos = skipSpace(t.text, a.end+1)
		if pos >= len(t.text) || bytes.IndexByte([]byte(",]}"), t.text[pos]) < 0 {
			return
		}
		t.values(rules, key, a, at)
		if t.text[pos] != ',' {
			return
		}
		pos++
	}
}

func (t *scan) values(rules []int32, key span, a assigned, at int) {
	if a.start >= a.end {
		return
	}
	for _, i := range rules {
		t.valueOf(&t.engine.rules[i], key, a, at)
	}
}

// valueOf reports the value a of key where it is of the kind r. What costs
// least is asked first: few values have the right length.
func (t *scan) valueOf(r *rule, key span, a assigned, at int) {
	x := r.compile()
	v := a.span
	if a.shape == Bare {
		if r.Generic && !a.stands() {
			return
		}
		if !r.Generic {
			v.end = v.start + cut(t.text[v.start:v.end], "\"'`<>,;)}]&")
		}
	}
	if v.end-v.start < x.least || v.end-v.start > x.reach {
		return
	}
	loc := x.pattern.FindSubmatchIndex(t.text[v.start:v.end])
	if loc == nil || loc[2*x.group] < 0 {
		return
	}
	if len(t.scratch.name) == 0 {
		t.scratch.name = snake(t.scratch.name, t.text[key.start:key.end])
	}
	if !x.name.Match(t.scratch.name) || r.Generic && namesSomethingElse(t.scratch.name) {
		return
	}
	if r.Weak && !isChosen(t.text[v.start:v.end], t.scratch.name, a.shape) {
		return
	}
	t.report(r, Match{
		Start: min(key.start, v.start), End: v.end, Anchor: at, Shape: a.shape,
		SecretStart: v.start + loc[2*x.group], SecretEnd: v.start + loc[2*x.group+1],
	})
}

// keyAround is the name in which the literal at stands.
func keyAround(text []byte, at, length int) (span, bool) {
	in := at
	for in < at+length && !isKey(text[in]) {
		in++
	}
	k := span{in, in}
	for k.start > 0 && at-k.start < maxKey && isKey(text[k.start-1]) {
		k.start--
	}
	for k.end < len(text) && k.end-at < maxKey && isKey(text[k.end]) {
		k.end++
	}
	for i := k.end; i < at+length; i++ {
		if isKey(text[i]) {
			return k, false // the literal runs into the next name
		}
	}
	return k, k.end > k.start && k.end-at < maxKey && at-k.start < maxKey
}

func isKey(c byte) bool { return isWord(c) || c == '-' || c == '.' || c == '$' }

// readAssigned reads the value that key is given, in the ways of the usual
// languages and configuration files.
func readAssigned(text []byte, key span) (assigned, bool) {
	pos := key.end
	quoted := false
	if pos < len(text) && text[pos] == '\\' {
		pos++
	}
	if pos < len(text) && isQuote(text[pos]) {
		quoted = true
		pos++
		if isAlternative(text, key.start) {
			return assigned{}, false
		}
	}
	pos = skipIndex(text, pos)
	pos = skipBlanks(text, pos)
	if pos >= len(text) {
		return assigned{}, false
	}
	flag := isFlag(text, key)
	switch c := text[pos]; {
	case c == '>' && key.start > 0 && text[key.start-1] == '<':
		return readElement(text, pos+1)
	case c == ',' && quoted && opensCall(text, key.start):
		return readArgument(text, pos+1)
	case c == '(' && passwordAt(text[key.start:key.end]) > 0:
		return readPositional(text, pos+1, passwordAt(text[key.start:key.end]))
	case c == '(' && setsSomething(text[key.start:key.end]):
		return readArgument(text, pos+1)
	case namesVariable(text, key.start):
		return readValueBeside(text, pos)
	case c == '=' || c == ':' || c == '!' || c == '?':
		return readOperand(text, key, pos, flag)
	case flag && pos > key.end && !quoted:
		return readFlag(text, pos)
	case quoted || pos == key.end, key.start > 0 && text[key.start-1] == '<': // what follows a tag's name is an attribute's
		return assigned{}, false
	case setsBefore(text, key.start, "ENV"):
		return readBare(text, pos, true)
	}
	return readTyped(text, pos)
}

// readOperand reads from the operator at pos on.
func readOperand(text []byte, key span, pos int, flag bool) (assigned, bool) {
	operator := pos
	for pos < len(text) && pos < operator+3 && bytes.IndexByte([]byte("=:!?>"), text[pos]) >= 0 {
		pos++
	}
	op := string(text[operator:pos])
	if !slices.Contains([]string{"=", ":", ":=", "=>", "==", "===", "!=", "!==", "?=", "?:"}, op) {
		return assigned{}, false
	}
	if op == "=" && isParameter(text, key, operator, pos) {
		return readParameter(text, pos), true
	}
	pos = skipBlanks(text, pos)
	if a, ok := readLiteral(text, key, pos); ok {
		if flag {
			a.shape = Flag
		}
		return a, true
	}
	switch op {
	case "=", ":", "?=":
	default:
		return assigned{}, false
	}
	if pos >= len(text) || isQuote(text[pos]) {
		return assigned{}, false
	}
	if flag && op == "=" {
		return readFlag(text, pos)
	}
	if op == ":" {
		if a, ok := readTyped(text, pos); ok {
			return a, true
		}
	}
	if op == ":" && operator == key.end && pos > operator+1 && key.start > 0 && isQuote(text[key.start-1]) {
		return readHeader(text, pos, text[key.start-1])
	}
	if op == "=" && pos == operator+1 && isVariable(text, key) {
		return readVariable(text, pos)
	}
	return readBare(text, pos, beginsLine(text, key.start))
}

// readLiteral reads the string that an expression at pos amounts to: the string
// itself, the one that a call wraps, as in Some("x"), or, where several keys are
// given values at once, the one in the place of key.
func readLiteral(text []byte, key span, pos int) (assigned, bool) {
	for n := keysBefore(text, key.start); n > 0; n-- {
		a, ok := readString(text, pos)
		if !ok {
			return a, false
		}
		if pos = skipBlanks(text, a.end+1); pos >= len(text) || text[pos] != ',' {
			return a, false
		}
		pos = skipBlanks(text, pos+1)
	}
	if a, ok := readString(text, pos); ok {
		return a, true
	}
	if a, ok := readWrapped(text, pos); ok {
		return a, true
	}
	if a, ok := readDecoded(text, pos); ok {
		return a, true
	}
	return readFallback(text, pos)
}

// readFallback reads the string that an expression falls back on where the
// environment has no value: `process.env.X || "y"`, `os.environ.get("X") or "y"`.
func readFallback(text []byte, pos int) (assigned, bool) {
	if !readsEnvironment(text[pos:min(pos+maxGap/3, len(text))]) {
		return assigned{}, false
	}
	line := text[pos:min(pos+2*maxGap, len(text))]
	line = line[:cut(line, "\r\n;{}")]
	for _, or := range []string{" || ", " or ", " ?? ", " ?: "} {
		if at := bytes.Index(line, []byte(or)); at > 0 {
			return readString(text, pos+at+len(or))
		}
	}
	return assigned{}, false
}

// readWrapped reads the one string that is put into a type: Some("x"),
// new NetworkPassword("x"), []byte("x"). Calls that do something with a name,
// such as getenv("x"), are not of the kind.
func readWrapped(text []byte, pos int) (assigned, bool) {
	end := pos
	for end < len(text) && end-pos < maxKey && (isKey(text[end]) || bytes.IndexByte([]byte("[]:& *"), text[end]) >= 0) {
		end++
	}
	if end >= len(text) || text[end] != '(' || !wraps(text[pos:end]) {
		return assigned{}, false
	}
	a, ok := readString(text, skipBlanks(text, end+1))
	if !ok {
		return a, false
	}
	next := skipBlanks(text, a.end+1)
	return a, next < len(text) && text[next] == ')'
}

// listAfter is where the list begins, behind its bracket, that is given to key,
// or 0.
func listAfter(text []byte, key span) int {
	pos := key.end
	if pos < len(text) && text[pos] == '\\' {
		pos++
	}
	if pos < len(text) && isQuote(text[pos]) {
		pos++
	}
	pos = skipBlanks(text, pos)
	if pos >= len(text) || text[pos] != ':' && text[pos] != '=' {
		return 0
	}
	pos = skipBlanks(text, pos+1)
	if pos >= len(text) || text[pos] != '[' && text[pos] != '{' {
		return 0
	}
	return pos + 1
}

// skipSpace skips blanks and the ends of lines.
func skipSpace(text []byte, pos int) int {
	for n := 0; n < maxGap && pos < len(text) && (text[pos] == ' ' || text[pos] == '\t' || text[pos] == '\n' || text[pos] == '\r'); n++ {
		pos++
	}
	return pos
}

// readString reads a string on one line that stands at pos, with the prefixes
// that languages put before its quote. A string that is only a part of an
// expression is none.
func readString(text []byte, pos int) (assigned, bool) {
	for n := 0; n < 2 && pos < len(text) && bytes.IndexByte([]byte("fFrRbBuUL@$&"), text[pos]) >= 0; n++ {
		pos++
	}
	escaped := pos+1 < len(text) && text[pos] == '\\'
	if escaped {
		pos++
	}
	if pos >= len(text) || !isQuote(text[pos]) {
		return assigned{}, false
	}
	quote := text[pos]
	pos++
	for i := pos; i < len(text) && i-pos < maxValue; i++ {
		switch c := text[i]; {
		case c == '\n':
			return assigned{}, false
		case c == '\\' && escaped && i+1 < len(text) && text[i+1] == quote:
			return assigned{span: span{pos, i}, shape: Quoted}, true
		case c == '\\':
			i++
		case c == quote:
			return assigned{span: span{pos, i}, shape: Quoted}, !goesOn(text, i+1, quote)
		}
	}
	return assigned{}, false
}

// goesOn says whether an expression goes on behind a string that ended before pos.
func goesOn(text []byte, pos int, quote byte) bool {
	if pos < len(text) && text[pos] == quote {
		return true // three quotes
	}
	pos = skipBlanks(text, pos)
	return pos < len(text) && (text[pos] == '+' || text[pos] == '%' || text[pos] == '.' && pos+1 < len(text) && (text[pos+1] == '.' || text[pos+1] == ' '))
}

// readsEnvironment says whether an expression begins with a variable of the environment.
func readsEnvironment(b []byte) bool {
	if len(b) == 0 || bytes.IndexByte([]byte("poiEegS"), b[0]) < 0 {
		return false
	}
	for _, begins := range []string{"process.env", "os.environ", "os.getenv", "os.Getenv", "import.meta.env", "ENV[", "env(", "getenv(", "System.getenv"} {
		if bytes.HasPrefix(b, []byte(begins)) {
			return true
		}
	}
	return false
}

// readBare reads a value without quotes. Line says that its key begins a line.
func readBare(text []byte, pos int, line bool) (assigned, bool) {
	if pos >= len(text) || bytes.IndexByte([]byte("&*|>!%@{[(<\n\r"), text[pos]) >= 0 {
		return assigned{}, false
	}
	end := pos + cut(text[pos:min(pos+maxValue, len(text))], " \t\r\n")
	rest := skipBlanks(text, end)
	a := assigned{span: span{pos, end}, shape: Bare}
	for a.end > a.start && (text[a.end-1] == ',' || text[a.end-1] == ';') {
		a.end--
	}
	ends := rest >= len(text) || text[rest] == '\n' || text[rest] == '\r' || rest > end && (text[rest] == '#' || continues(text, rest))
	a.alone = line && ends && !bytes.ContainsAny(text[a.start:a.end], "()\"'") && text[end-1] != ';' && text[end-1] != ','
	return a, true
}

// continues says whether the backslash at pos ends its line, as between the lines of a command.
func continues(text []byte, pos int) bool {
	return text[pos] == '\\' && (pos+1 >= len(text) || text[pos+1] == '\n' || text[pos+1] == '\r')
}

// readHeader reads what follows the name of a header in a string that ends with
// quote: 'X-Auth-Token: x'.
func readHeader(text []byte, pos int, quote byte) (assigned, bool) {
	end := pos + cut(text[pos:min(pos+maxValue, len(text))], " \t\r\n\"'`<>(){}\\")
	return assigned{span: span{pos, end}, shape: Header}, end > pos && end < len(text) && text[end] == quote
}

// readFlag reads the value of an option on a command line.
func readFlag(text []byte, pos int) (assigned, bool) {
	pos = skipSource(text, pos)
	if a, ok := readString(text, pos); ok {
		a.shape = Flag
		return a, true
	}
	end := pos + cut(text[pos:min(pos+maxValue, len(text))], " \t\r\n\"'`|;&<>(),]\\")
	if end == pos || text[pos] == '-' {
		return assigned{}, false
	}
	return assigned{span: span{pos, end}, shape: Flag}, true
}

// readElement reads the text of an XML element that begins at pos.
func readElement(text []byte, pos int) (assigned, bool) {
	limit := min(pos+maxValue, len(text))
	end := pos + cut(text[pos:limit], "<\n")
	if end+1 >= len(text) || text[end] != '<' || text[end+1] != '/' {
		return assigned{}, false
	}
	inner := bytes.TrimSpace(text[pos:end])
	start := pos + bytes.Index(text[pos:end], inner)
	return assigned{span: span{start, start + len(inner)}, shape: Element}, true
}

// readArgument reads a string that is an argument of a call.
func readArgument(text []byte, pos int) (assigned, bool) {
	a, ok := readString(text, skipBlanks(text, pos))
	a.shape = Argument
	if !ok {
		return readDecoded(text, skipBlanks(text, pos))
	}
	next := skipBlanks(text, a.end+1)
	return a, next < len(text) && (text[next] == ')' || text[next] == ',')
}

// readTyped reads "type = string", what follows a name in Go, TypeScript, Rust.
// Angle brackets that are open at the sign are a tag's: the words before
// `<a href="…">` in a page are no type.
func readTyped(text []byte, pos int) (assigned, bool) {
	open := 0
	for end := pos + maxGap; pos < len(text) && pos < end; pos++ {
		c := text[pos]
		if c == '=' {
			if open > 0 || pos+1 < len(text) && (text[pos+1] == '=' || text[pos+1] == '>') {
				return assigned{}, false
			}
			return readString(text, skipBlanks(text, pos+1))
		}
		if !isWord(c) && bytes.IndexByte([]byte("&'<>[]., |*?"), c) < 0 {
			return assigned{}, false
		}
		switch c {
		case '<':
			open++
		case '>':
			open--
		}
	}
	return assigned{}, false
}

// readValueBeside reads `value: x` or `value="x"`, which follows the name of a
// variable in manifests and XML configuration, on this line or the next.
func readValueBeside(text []byte, pos int) (assigned, bool) {
	end := min(pos+maxGap, len(text))
	for pos < end && bytes.IndexByte([]byte(" \t\r\n,\"'"), text[pos]) >= 0 {
		pos++
	}
	if pos+5 >= len(text) || !equalFold(text[pos:pos+5], "value") {
		return assigned{}, false
	}
	pos += 5
	if isQuote(text[pos]) {
		pos++
	}
	pos = skipBlanks(text, pos)
	if pos >= len(text) || text[pos] != ':' && text[pos] != '=' {
		return assigned{}, false
	}
	pos = skipBlanks(text, pos+1)
	if a, ok := readString(text, pos); ok {
		return a, true
	}
	return readBare(text, pos, true)
}
