package checklist

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

// Bounds of an expression, as in package requirement.
const (
	longestExpression = 4096
	deepestExpression = 40
	costliest         = 20_000
)

// environment is the vocabulary over one set of facts.
type environment struct {
	facts  Facts
	values []value
	cel    *cel.Env
	// faults are what functions were asked for that nobody knows, since CEL lets
	// `error || true` be true.
	faults []string
}

func newEnvironment(f Facts) (*environment, error) {
	e := &environment{facts: f, values: f.values()}
	opts := []cel.EnvOption{cel.ParserExpressionSizeLimit(longestExpression), cel.ParserRecursionLimit(deepestExpression)}
	for _, v := range e.values {
		opts = append(opts, cel.Variable(v.name, celType(v.kind)))
	}
	for _, fn := range []struct {
		name  string
		gives *cel.Type
	}{{"status", cel.StringType}, {"finding", cel.IntType}, {"evidence", cel.DurationType}} {
		opts = append(opts, cel.Function(fn.name, cel.Overload(fn.name+"_of_id", []*cel.Type{cel.StringType}, fn.gives,
			cel.UnaryBinding(func(id ref.Val) ref.Val { return e.ask(fn.name, id) }))))
	}
	var err error
	e.cel, err = cel.NewEnv(opts...)
	return e, err
}

func celType(k kind) *cel.Type {
	return map[kind]*cel.Type{text: cel.StringType, number: cel.IntType, truth: cel.BoolType,
		list: cel.ListType(cel.StringType), table: cel.MapType(cel.StringType, cel.StringType)}[k]
}

// ask answers status("…"), finding("…") and evidence("…").
func (e *environment) ask(function string, arg ref.Val) ref.Val {
	id, _ := arg.Value().(string)
	if problem, _ := e.unknown(function, id); problem != "" {
		e.faults = append(e.faults, problem)
		return types.NewErr("%s", problem)
	}
	switch function {
	case "status":
		return types.String(e.facts.Statuses[id])
	case "finding":
		return types.Int(e.facts.Open[id])
	}
	made, ok := e.facts.Made[id]
	if !ok {
		problem := fmt.Sprintf("there is no evidence of %s", id)
		e.faults = append(e.faults, problem)
		return types.NewErr("%s", problem)
	}
	return types.Duration{Duration: e.facts.Now.Sub(made)}
}

// unknown says that nobody has an id, and which was likely meant.
func (e *environment) unknown(function, id string) (problem, hint string) {
	ids := e.facts.ids(function)
	if slices.Contains(ids, id) {
		return "", ""
	}
	noun := map[string]string{"status": "requirement", "finding": "rule", "evidence": "check"}[function]
	problem = fmt.Sprintf("there is no %s %q", noun, id)
	if near, ok := yamlfile.Suggest(id, ids); ok {
		return problem, fmt.Sprintf("did you mean %q?", near)
	}
	return problem, map[string]string{"status": "`plimsoll requirements list` lists those that are selected", "finding": "`plimsoll rules` lists them",
		"evidence": "checks are " + strings.Join(ids, ", ")}[function]
}

// names lists the vocabulary.
func (e *environment) names() []string {
	out := make([]string, len(e.values))
	for i, v := range e.values {
		out[i] = v.name
	}
	slices.Sort(out)
	return out
}

func (e *environment) bindings() map[string]any {
	out := make(map[string]any, len(e.values))
	for _, v := range e.values {
		out[v.name] = v.v
	}
	return out
}
