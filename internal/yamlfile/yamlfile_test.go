package yamlfile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

const crewSchema = `{
  "type": "object", "additionalProperties": false, "required": ["name"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "description": "the ship's name"},
    "crew": {"type": "array", "items": {"$ref": "#/$defs/sailor"}},
    "sails": {"type": "integer", "minimum": 1},
    "flags": {"anyOf": [{"type": "string", "enum": ["red", "white"]}, {"type": "array", "items": {"enum": ["red", "white"]}}]},
    "cargo": {"type": "object", "propertyNames": {"enum": ["grain", "timber"]}, "additionalProperties": {"type": "integer"}},
    "built": {"type": "string", "format": "date", "description": "a day as YYYY-MM-DD"}
  },
  "$defs": {"sailor": {"type": "object", "additionalProperties": false, "properties": {"rank": {"type": "string"}, "age": {"type": "integer"}}}}
}`

type ship struct {
	Name string `yaml:"name"`
	Crew []struct {
		Rank string `yaml:"rank"`
		Age  int    `yaml:"age"`
	} `yaml:"crew"`
	Sails int            `yaml:"sails"`
	Cargo map[string]int `yaml:"cargo"`
	Built string         `yaml:"built"`
}

func TestLoadDecodes(t *testing.T) {
	var s ship
	text := "# a comment\nname: \"Cutty Sark\"\r\ncrew:\r\n- rank: mate\n  age: 30\nbuilt: 1869-11-22\ncargo: {grain: 3}\n"
	if faults := Load("ship.yaml", []byte(text), []byte(crewSchema), &s); faults != nil {
		t.Fatal(faults)
	}
	if s.Name != "Cutty Sark" || s.Crew[0].Age != 30 || s.Built != "1869-11-22" || s.Cargo["grain"] != 3 {
		t.Errorf("decoded %+v", s)
	}
}

// show is a fault as one line: place, message, hint.
func show(l fault.List) []string {
	var out []string
	for _, e := range l {
		out = append(out, e.Error()+" | "+e.Hint)
	}
	return out
}

func TestFaults(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty file", "# nothing\n", []string{`f: name is missing | add name:`}},
		{"unknown, at every depth, all at once", "nane: x\nname: x\ncrew:\n  - rnak: mate\n    age: old\n", []string{
			`f:1:1: "nane" is not known here | did you mean name? allowed: built, cargo, crew, flags, name, sails`,
			`f:4:5: "rnak" is not known here | did you mean rank? allowed: age, rank`,
			`f:5:10: age must be a whole number, not the text "old" | `,
		}},
		{"number for text", "name: 1.10\n", []string{`f:1:7: name must be text, not the number 1.1 | put it in quotes`}},
		{"empty value", "name:\n", []string{`f:1:1: name must be text, not empty | write a value, or remove the line. the ship's name`}},
		{"neither of two", "name: x\nflags: 3\n", []string{`f:2:8: flags must be text or a list, not the number 3 | put it in quotes`}},
		{"in one of two", "name: x\nflags: [rde]\n", []string{`f:2:9: an entry of flags cannot be "rde" | did you mean red? allowed: red, white`}},
		{"names", "name: x\ncargo:\n  grian: 1\n", []string{`f:3:3: "grian" is not known here | did you mean grain? allowed: grain, timber`}},
		{"date", "name: x\nbuilt: 1869-02-30\n", []string{`f:2:8: built cannot be "1869-02-30" | a day as YYYY-MM-DD`}},
		{"twice", "name: x\nname: y\n", []string{`f:2:1: "name" is given twice; the first is in line 1 | remove one of the two`}},
		{"alias", "name: &a x\nbuilt: *a\n", []string{
			`f:1:7: anchors and aliases are not read in this file | write the value out; where text begins with & or *, put it in quotes`,
			`f:1:7: name must be text, not empty | write a value, or remove the line. the ship's name`,
			`f:2:8: anchors and aliases are not read in this file | write the value out; where text begins with & or *, put it in quotes`,
			`f:2:8: built must be text, not empty | write a value, or remove the line. a day as YYYY-MM-DD`,
		}},
		{"conflict", "name: x\n<<<<<<< ours\nsails: 1\n=======\nsails: 2\n>>>>>>> theirs\n", []string{
			`f:2:1: a merge conflict that is not resolved | keep one side, remove the lines with <<<<<<<, ======= and >>>>>>>`,
		}},
		{"not UTF-8", "name: \"é\xff\"\n", []string{`f:1:10: the text is not UTF-8 | save the file as UTF-8`}},
		{"column counts bytes", "name: é\ncrew: [{rank: \"éé\", age: x}]\n", []string{`f:2:28: age must be a whole number, not the text "x" | `}},
		{"second document", "name: x\n---\nname: y\n", []string{`f:3:5: a second document; the file must hold one | remove the --- line`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, faults := Open("f", []byte(tt.text), []byte(crewSchema), nil)
			if d := cmp.Diff(tt.want, show(faults)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSeveralSyntaxErrorsAtOnce(t *testing.T) {
	text := "name: \"x\nsails: 0\ncrew: [a\nbuilt: x\n"
	_, faults := Open("f", []byte(text), []byte(crewSchema), nil)
	lines := map[int]bool{}
	for _, e := range faults {
		lines[e.Place.Line] = true
	}
	for _, line := range []int{1, 2, 3, 4} {
		if !lines[line] {
			t.Errorf("no fault in line %d:\n%v", line, strings.Join(show(faults), "\n"))
		}
	}
}

func TestHostile(t *testing.T) {
	lines := func(n int, f string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, f, i)
		}
		return b.String()
	}
	tests := map[string]string{
		"too large":         strings.Repeat("#", MaxSize+1),
		"deep flow":         "name: " + strings.Repeat("[", 500_000),
		"deep maps":         "name: " + strings.Repeat("{a: ", 250_000),
		"deep block":        strings.Repeat("- ", 500_000) + "x",
		"deep questions":    strings.Repeat("? ", 500_000) + "x",
		"deep tags":         "name: " + strings.Repeat("!!str ", 150_000) + "x",
		"many anchors":      "name: " + strings.Repeat("&a ", 300_000) + "x",
		"bomb":              "a: &a [x,x]\n" + lines(30, "b%d: &b [*a,*a,*a,*a]\n"),
		"unknown keys":      lines(30_000, "key%d: 1\n"),
		"unknown nested":    "name: x\ncargo:\n" + lines(30_000, "  key%d: 1\n"),
		"unknown in flow":   "{" + lines(60_000, "key%d: 1, ") + "}",
		"bad names in flow": "name: x\ncargo: {" + lines(20_000, "key%d: 1, ") + "}",
		"long list":         "crew: [" + strings.Repeat("1,", 200_000) + "]",
		"broken lines":      lines(20_000, "k%d: \"x\n"),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			var s ship
			faults := Load("f", []byte(text), []byte(crewSchema), &s)
			if len(faults) == 0 || len(faults) > MaxFaults+1 {
				t.Errorf("%d faults", len(faults))
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	f, faults := Parse("f", []byte("a:\n  - b: 1\n    c/d: [x,\n      y]\n"))
	if faults != nil {
		t.Fatal(faults)
	}
	got := []string{f.Place("/a/0/c~1d/1").String(), f.KeyPlace("/a/0/c~1d").String(), f.Place("/a/0/nowhere/at/all").String(), f.Place(Pointer("a", 0, "c/d")).String()}
	if d := cmp.Diff([]string{"f:4:7", "f:3:5", "f:2:5", "f:3:10"}, got); d != "" {
		t.Error(d)
	}
	if !f.Has("/a/0/b") || f.Has("/a/1") {
		t.Error("Has is wrong")
	}
}

func TestCaret(t *testing.T) {
	tests := []struct {
		place fault.Place
		want  string
	}{
		{fault.Place{Line: 12, Column: 11, Source: "exposure: intrenet"}, "  12 | exposure: intrenet\n     |           ^\n"},
		{fault.Place{Line: 3, Column: 5, Source: "é\tx\x1b[31m"}, "   3 | é x?[31m\n     |    ^\n"},
		{fault.Place{Line: 3}, ""},
		{fault.Place{Line: 3, Source: "x"}, "   3 | x\n"},
	}
	for _, tt := range tests {
		if d := cmp.Diff(tt.want, Caret(tt.place)); d != "" {
			t.Error(d)
		}
	}
	long := Caret(fault.Place{Line: 1, Column: 500, Source: strings.Repeat("x", 1000)})
	if len(long) > 400 {
		t.Errorf("a long line is not cut: %q", long)
	}
}

func TestSuggest(t *testing.T) {
	for word, want := range map[string]string{"intrenet": "internet", "approved-by": "approved_by", "xyzzy": ""} {
		if got, _ := Suggest(word, []string{"internet", "internal", "approved_by"}); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", word, got, want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, seed := range []string{"name: x\n", "a: &b [*b]\n", "? [a]: b\n", "- - -\n", "a: |\n  x\nb: >-\n y\n", "{a: [b, {c: d}]}", "name: !!int x\n<<: *a", "\"\\ud800\": 1", "a:\n\t- b", "%YAML 1.2\n---\na: .inf"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var s ship
		file, faults := Open("f", data, []byte(crewSchema), &s)
		for _, e := range faults {
			if e.Place != nil && (e.Place.Line > len(file.lines)+1 || e.Place.Column > len(e.Place.Source)+1 && e.Place.Source != "") {
				t.Errorf("a place outside the file: %v", e)
			}
			if e.Code == fault.Internal {
				t.Errorf("internal: %v", e)
			}
			if e.Place != nil {
				Caret(*e.Place)
			}
		}
	})
}
