package requirement

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

func TestCompileRefuses(t *testing.T) {
	tests := []struct {
		name, text   string
		line, column int
		message      string
		hint         string
	}{
		{"unknown fact", `"web" in kind && knd == "x"`, 1, 18, `unknown fact "knd"`, "did you mean kind? known are ci, container,"},
		{"nothing like it", `"web" in xylophone`, 1, 10, `unknown fact "xylophone"`, "known are ci,"},
		{"second line", "\"web\" in kind &&\n  exposur == \"internet\"", 2, 3, `unknown fact "exposur"`, "did you mean exposure?"},
		{"syntax", `"web" in kind &&`, 1, 17, "cannot be read: syntax error", ""},
		{"empty", ``, 1, 1, "cannot be read", ""},
		{"wrong type", `exposure == 3`, 1, 10, "cannot be read: found no matching overload", ""},
		{"no condition", `kind`, 1, 1, "gives list(string), not true or false", "compare"},
		{"too deep", strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200), 0, 0, "recursion", ""},
		{"too long", `exposure == "` + strings.Repeat("x", 5000) + `"`, 0, 0, "size exceeds limit", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Facts().Compile(tt.text)
			all := fault.All(err)
			if len(all) == 0 {
				t.Fatal("compiled")
			}
			f := all[0]
			if f.Code != fault.Config || !strings.Contains(f.Message, tt.message) || !strings.Contains(f.Hint, tt.hint) {
				t.Errorf("got %s: %q, hint %q", f.Code, f.Message, f.Hint)
			}
			if tt.line > 0 && (f.Place.Line != tt.line || f.Place.Column != tt.column) {
				t.Errorf("at %d:%d, want %d:%d", f.Place.Line, f.Place.Column, tt.line, tt.column)
			}
		})
	}
}

func TestCompileTellsAllFaultsAtOnce(t *testing.T) {
	_, err := Facts().Compile(`"a" in knd || "b" in langage`)
	if got := len(fault.All(err)); got != 2 {
		t.Errorf("%d faults, want 2: %v", got, err)
	}
}

func TestNames(t *testing.T) {
	e, err := Facts().Compile(`kind.exists(k, k in ["web"]) && (exposure == "internet" || size(data_store) > 0)`)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"data_store", "exposure", "kind"}; !slices.Equal(e.Names, want) {
		t.Errorf("refers to %q, want %q", e.Names, want)
	}
}

// TestEndless wants an expression that would take years to be stopped at once.
func TestEndless(t *testing.T) {
	ten := "[1,2,3,4,5,6,7,8,9,10]"
	text := "true"
	for _, v := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
		text = ten + ".all(" + v + ", " + text + ")"
	}
	e, err := Facts().Compile(text)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	_, err = e.Eval(gather(nil).values)
	if err == nil || !strings.Contains(err.Error(), "costs too much") {
		t.Errorf("got error %v", err)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("took %s", took)
	}
}

// FuzzCompile wants no text to crash the compiler, to hang the evaluation, or
// to be refused without a place.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		"true", `"web" in kind`, `kind.exists(k, k in ["web"]) && exposure == "internet"`, "knd", "kind[", "((((", "1 +",
		`exposure.matches("(a+)+$")`, "kind.map(k, kind.map(l, k + l)).size() > 3", "\x00", "é in kind", `"\n`, "size(kind) / 0 == 1",
	} {
		f.Add(seed)
	}
	values := gather(factsOf(map[string][]string{"kind": {"web", "api"}, "exposure": {"internet"}})).values
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Facts().Compile(text)
		for _, fault := range fault.All(err) {
			if fault.Place == nil || fault.Place.Line < 0 || fault.Place.Column < 0 {
				t.Errorf("%q: a fault without a place: %v", text, fault)
			}
		}
		if err == nil {
			_, _ = e.Eval(values)
		}
	})
}
