package checklist

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

// compiled is an expression that can be read.
type compiled struct {
	tree    *cel.Ast
	program cel.Program
	source  string
}

// compile reads an expression. Faults have their place in it.
func (e *environment) compile(source string) (*compiled, fault.List) {
	tree, issues := e.cel.Compile(source)
	if issues.Err() != nil {
		var faults fault.List
		for _, c := range issues.Errors() {
			faults = append(faults, e.explain(source, c))
		}
		return nil, faults
	}
	if tree.OutputType() != cel.BoolType {
		return nil, fault.List{at(source, common.NoLocation, "compare with something: counts.fail == 0", "the expression gives %s, not true or false", tree.OutputType())}
	}
	if faults := e.unknownIDs(source, tree); len(faults) > 0 {
		return nil, faults
	}
	program, err := e.cel.Program(tree, cel.CostLimit(costliest), cel.EvalOptions(cel.OptTrackState))
	if err != nil {
		return nil, fault.List{at(source, common.NoLocation, "", "preparing the expression: %v", err)}
	}
	return &compiled{tree, program, source}, nil
}

// explain turns the compiler's complaint into ours.
func (e *environment) explain(source string, c *common.Error) *fault.Error {
	name, ok := undeclared(c.Message)
	if !ok {
		return at(source, c.Location, "`plimsoll docs release` lists what can be asked", "the expression cannot be read: %s", firstLine(c.Message))
	}
	line := lineOf(source, c.Location.Line())
	begin := whole(line, c.Location.Column(), name)
	name = nameAt(line[begin:], name)
	hint := "known are " + strings.Join(e.names(), ", ")
	if near, found := yamlfile.Suggest(name, e.names()); found {
		hint = "did you mean " + near + "? `plimsoll docs release` lists the names"
	}
	return at(source, common.NewLocation(c.Location.Line(), begin), hint, "nothing is called %q in a precondition", name)
}

// undeclared takes the name out of the compiler's words for an unknown one.
func undeclared(message string) (string, bool) {
	rest, found := strings.CutPrefix(message, "undeclared reference to '")
	name, _, closed := strings.Cut(rest, "'")
	return name, found && closed && !strings.ContainsAny(name, "_@")
}

// whole is where a name with dots begins, of which the compiler names the first
// part and points at a dot: "release" of "release.versoin".
func whole(line string, column int, name string) int {
	for i := min(max(column, 0), len(line)); i >= 0; i-- {
		if strings.HasPrefix(line[i:], name) {
			return i
		}
	}
	return max(0, strings.Index(line, name))
}

// nameAt is the name with dots at the beginning of text.
func nameAt(text, name string) string {
	end := strings.IndexFunc(text, func(r rune) bool {
		return r != '.' && r != '_' && !(r >= 'a' && r <= 'z') && !(r >= 'A' && r <= 'Z') && !(r >= '0' && r <= '9')
	})
	if end >= 0 {
		text = text[:end]
	}
	if strings.HasPrefix(text, name) {
		return text
	}
	return name
}

// unknownIDs finds ids in the expression that nobody has, whether they would be
// asked for or not.
func (e *environment) unknownIDs(source string, tree *cel.Ast) fault.List {
	var faults fault.List
	info := tree.NativeRep().SourceInfo()
	ast.PreOrderVisit(tree.NativeRep().Expr(), ast.NewExprVisitor(func(x ast.Expr) {
		function, id, ok := asked(x)
		if !ok {
			return
		}
		if problem, hint := e.unknown(function, id); problem != "" {
			faults = append(faults, at(source, info.GetStartLocation(x.AsCall().Args()[0].ID()), hint, "%s", problem))
		}
	}))
	return faults
}

// asked takes function and id out of a call such as status("PL-CODE-1").
func asked(x ast.Expr) (function, id string, ok bool) {
	if x.Kind() != ast.CallKind {
		return "", "", false
	}
	call := x.AsCall()
	switch call.FunctionName() {
	case "status", "finding", "evidence":
	default:
		return "", "", false
	}
	if len(call.Args()) != 1 || call.Args()[0].Kind() != ast.LiteralKind {
		return "", "", false
	}
	id, ok = call.Args()[0].AsLiteral().Value().(string)
	return call.FunctionName(), id, ok
}

// at is a fault at a place in an expression; the caller adds where that stands.
func at(source string, l common.Location, hint, format string, args ...any) *fault.Error {
	line, column := max(1, l.Line()), max(1, l.Column()+1)
	return fault.At(fault.Config, fault.Place{Line: line, Column: column, Source: lineOf(source, line)}, hint, "%s", fmt.Sprintf(format, args...))
}

func lineOf(s string, line int) string {
	lines := strings.Split(s, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return lines[line-1]
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}
