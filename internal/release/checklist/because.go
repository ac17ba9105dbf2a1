package checklist

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// shown is how many entries of a list an explanation names.
const shown = 5

func start(c *compiled) common.Location {
	return c.tree.NativeRep().SourceInfo().GetStartLocation(c.tree.NativeRep().Expr().ID())
}

// because says the values that decided an expression: of an unmet conjunction
// the parts that are false, of a met alternative those that are true.
func (e *environment) because(c *compiled, details *cel.EvalDetails, met bool) string {
	var said []string
	for _, part := range decisive(c.tree.NativeRep().Expr(), details, met) {
		for _, v := range e.spoken(c, part, details) {
			if !slices.Contains(said, v) {
				said = append(said, v)
			}
		}
	}
	if len(said) == 0 {
		return fmt.Sprintf("the expression is %v", met)
	}
	return strings.Join(said, ", ")
}

func decisive(x ast.Expr, details *cel.EvalDetails, met bool) []ast.Expr {
	if x.Kind() != ast.CallKind {
		return []ast.Expr{x}
	}
	call := x.AsCall()
	if name := call.FunctionName(); name != operators.LogicalAnd && name != operators.LogicalOr {
		return []ast.Expr{x}
	}
	var out []ast.Expr
	for _, arg := range call.Args() {
		v, evaluated := details.State().Value(arg.ID())
		if evaluated && v.Value() == met {
			out = append(out, decisive(arg, details, met)...)
		}
	}
	if len(out) == 0 {
		return []ast.Expr{x}
	}
	return out
}

// spoken says the values of all names and calls in a part.
func (e *environment) spoken(c *compiled, part ast.Expr, details *cel.EvalDetails) []string {
	refs := c.tree.NativeRep().ReferenceMap()
	var out []string
	ast.PreOrderVisit(part, ast.NewExprVisitor(func(x ast.Expr) {
		if function, id, ok := asked(x); ok {
			out = append(out, fmt.Sprintf("%s(%q) is %s", function, id, say(e.ask(function, x.AsCall().Args()[0].AsLiteral()).Value())))
			return
		}
		if x.Kind() == ast.CallKind && x.AsCall().FunctionName() == operators.Index {
			if v, ok := details.State().Value(x.ID()); ok && x.AsCall().Args()[1].Kind() == ast.LiteralKind {
				out = append(out, fmt.Sprintf("%v is %s", x.AsCall().Args()[1].AsLiteral(), say(v.Value())))
			}
			return
		}
		r, ok := refs[x.ID()]
		if !ok || r.Name == "" {
			return
		}
		if i := slices.IndexFunc(e.values, func(v value) bool { return v.name == r.Name }); i >= 0 && e.values[i].kind != table {
			out = append(out, r.Name+" is "+say(e.values[i].v))
		}
	}))
	return out
}

func say(v any) string {
	switch v := v.(type) {
	case string:
		if v == "" {
			return "empty"
		}
		return fmt.Sprintf("%q", v)
	case time.Duration:
		return v.Round(time.Minute).String()
	case []string:
		if len(v) == 0 {
			return "empty"
		}
		more := ""
		if len(v) > shown {
			more = fmt.Sprintf(" and %d more", len(v)-shown)
			v = v[:shown]
		}
		return strings.Join(v, "; ") + more
	}
	return fmt.Sprint(v)
}
