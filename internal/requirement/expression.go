package requirement

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

// Bounds of an expression. They are far above what a person writes and far
// below what would be felt: an expression may come from a repository or from
// somebody else's catalogue.
const (
	longestExpression = 4096 // code points
	deepestExpression = 40   // levels of nesting
	costliest         = 20_000
)

// Vocabulary is the set of names that an expression may use. The environment
// that compiles it is made when the first expression is, and once.
type Vocabulary struct {
	// Noun says what the names are: "fact", "count".
	Noun string
	// Lists are lists of strings, Strings are strings, Ints whole numbers.
	Lists, Strings, Ints []string

	once sync.Once
	env  *cel.Env
	err  error
}

// Names lists all names, sorted.
func (v *Vocabulary) Names() []string {
	return slices.Sorted(slices.Values(slices.Concat(v.Lists, v.Strings, v.Ints)))
}

func (v *Vocabulary) environment() (*cel.Env, error) {
	v.once.Do(func() {
		opts := []cel.EnvOption{
			cel.ParserExpressionSizeLimit(longestExpression),
			cel.ParserRecursionLimit(deepestExpression),
		}
		for _, name := range v.Lists {
			opts = append(opts, cel.Variable(name, cel.ListType(cel.StringType)))
		}
		for _, name := range v.Strings {
			opts = append(opts, cel.Variable(name, cel.StringType))
		}
		for _, name := range v.Ints {
			opts = append(opts, cel.Variable(name, cel.IntType))
		}
		v.env, v.err = cel.NewEnv(opts...)
	})
	return v.env, v.err
}

// Expression is a compiled condition, in the Common Expression Language
// (https://cel.dev). It may be evaluated by several goroutines at once.
type Expression struct {
	Text    string
	Names   []string // of the vocabulary that it refers to, sorted
	program cel.Program
}

// Compile checks text and prepares it. Its errors are of type fault.List, code
// Config, with the position in text; Place.Path is empty, for only the caller
// knows where the text stands.
func (v *Vocabulary) Compile(text string) (*Expression, error) {
	env, err := v.environment()
	if err != nil {
		return nil, fmt.Errorf("preparing expressions over %ss: %w", v.Noun, err)
	}
	tree, issues := env.Compile(text)
	if err := issues.Err(); err != nil {
		return nil, v.explain(text, issues.Errors())
	}
	if tree.OutputType() != cel.BoolType {
		return nil, fault.List{fault.At(fault.Config, fault.Place{Line: 1, Column: 1, Source: text},
			"compare with something: \"web\" in kind, exposure == \"internet\"",
			"the expression gives %s, not true or false", tree.OutputType())}
	}
	program, err := env.Program(tree, cel.CostLimit(costliest))
	if err != nil {
		return nil, fmt.Errorf("preparing the expression %q: %w", text, err)
	}
	return &Expression{Text: text, Names: v.referred(tree), program: program}, nil
}

// referred lists the names of v that the expression mentions.
func (v *Vocabulary) referred(tree *cel.Ast) []string {
	known := v.Names()
	found := map[string]bool{}
	ast.PreOrderVisit(tree.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.IdentKind && slices.Contains(known, e.AsIdent()) {
			found[e.AsIdent()] = true
		}
	}))
	return slices.Sorted(maps.Keys(found))
}

// explain turns the compiler's complaints into ours.
func (v *Vocabulary) explain(text string, complaints []*common.Error) fault.List {
	var list fault.List
	for _, c := range complaints {
		line, column := max(1, c.Location.Line()), max(1, c.Location.Column()+1)
		place := fault.Place{Line: line, Column: column, Source: lineOf(text, line)}
		message, hint := "the expression cannot be read: "+lowerFirst(c.Message), ""
		if name, unknown := undeclared(c.Message); unknown {
			message = fmt.Sprintf("unknown %s %q in the expression", v.Noun, name)
			hint = "known are " + strings.Join(v.Names(), ", ")
			if near, found := yamlfile.Suggest(name, v.Names()); found {
				hint = fmt.Sprintf("did you mean %s? %s", near, hint)
			}
		}
		list = append(list, fault.At(fault.Config, place, hint, "%s", message))
	}
	return list
}

// undeclared takes the name out of the compiler's words for an unknown one.
func undeclared(message string) (string, bool) {
	rest, found := strings.CutPrefix(message, "undeclared reference to '")
	name, _, closed := strings.Cut(rest, "'")
	return name, found && closed && !strings.ContainsAny(name, "_@")
}

// Eval gives the truth of e for values by name. An expression that costs too
// much is an error, and so is a name without a value.
func (e *Expression) Eval(values map[string]any) (bool, error) {
	out, _, err := e.program.Eval(values)
	if err != nil {
		if strings.Contains(err.Error(), "cost limit exceeded") {
			return false, errors.New("the expression costs too much: it may not take more than a few thousand steps")
		}
		return false, fmt.Errorf("the expression cannot be evaluated: %w", err)
	}
	truth, ok := out.Value().(bool)
	if !ok {
		return false, fmt.Errorf("the expression gave %v, not true or false", out.Value())
	}
	return truth, nil
}

func lineOf(text string, line int) string {
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return lines[line-1]
}

func lowerFirst(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}
