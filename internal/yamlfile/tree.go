package yamlfile

import (
	"fmt"
	"math"

	"github.com/goccy/go-yaml/ast"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// builder turns the parser's nodes into plain values and notes where each stands.
type builder struct {
	f      *File
	skip   int // lines before the part that was parsed
	faults fault.List
}

// build adds the part's values to f; a part after the first extends the
// mapping that the file is.
func (f *File) build(root ast.Node, pointer string, skip int) fault.List {
	b := &builder{f: f, skip: skip}
	if root == nil {
		return nil
	}
	value := b.value(root, pointer, 0)
	have, ok := f.value.(map[string]any)
	more, isMap := value.(map[string]any)
	if !ok || !isMap {
		f.value = value
		return b.faults
	}
	for key, v := range more {
		if _, twice := have[key]; twice {
			b.faults = append(b.faults, f.KeyFault(Pointer(key), "remove one of the two", "%q is given twice", key))
		}
		have[key] = v
	}
	return b.faults
}

func (b *builder) fail(n ast.Node, hint, format string, args ...any) any {
	if len(b.faults) <= 2*MaxFaults {
		b.faults = append(b.faults, b.f.at(b.pos(n), hint, format, args...))
	}
	return nil
}

func (b *builder) pos(n ast.Node) pos {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return b.pos(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return b.pos(n.Key)
	case *ast.MappingKeyNode:
		if n.Value != nil {
			return b.pos(n.Value)
		}
	}
	return b.f.tokenPos(n.GetToken(), b.skip)
}

// value is n as a plain value, with its places and those of what it holds
// noted under pointer.
func (b *builder) value(n ast.Node, pointer string, depth int) any {
	if depth > MaxDepth {
		return b.fail(n, "", "values are nested too deeply; at most %d levels are read", MaxDepth)
	}
	if len(b.f.marks) >= MaxNodes {
		if len(b.f.marks) == MaxNodes {
			b.f.marks[pointer+"/…"] = mark{} // say it once
			return b.fail(n, "", "more than %d values", MaxNodes)
		}
		return nil
	}
	if _, ok := b.f.marks[pointer]; !ok {
		b.f.marks[pointer] = mark{key: b.pos(n), value: b.pos(n)}
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return b.mapping(n.Values, pointer, depth)
	case *ast.MappingValueNode:
		return b.mapping([]*ast.MappingValueNode{n}, pointer, depth)
	case *ast.SequenceNode:
		list := make([]any, 0, len(n.Values))
		for i, item := range n.Values {
			list = append(list, b.value(item, fmt.Sprintf("%s/%d", pointer, i), depth+1))
		}
		return list
	}
	return b.scalar(n)
}

func (b *builder) mapping(values []*ast.MappingValueNode, pointer string, depth int) any {
	out := make(map[string]any, len(values))
	for _, v := range values {
		key, ok := b.key(v.Key)
		if !ok {
			continue
		}
		at := pointer + Pointer(key)
		if _, twice := out[key]; twice {
			b.fail(v.Key, "remove one of the two", "%q is given twice; the first is in line %d", key, b.f.marks[at].key.line)
			continue
		}
		m := mark{key: b.pos(v.Key), value: b.pos(v.Key)}
		if _, null := v.Value.(*ast.NullNode); !null && v.Value != nil {
			m.value = b.pos(v.Value)
		}
		b.f.marks[at] = m
		out[key] = b.value(v.Value, at, depth+1)
	}
	return out
}

// key is the text of a mapping's key; only plain words, text and numbers serve.
func (b *builder) key(k ast.MapKeyNode) (string, bool) {
	if wrapped, ok := k.(*ast.MappingKeyNode); ok {
		inner, ok := wrapped.Value.(ast.MapKeyNode)
		if !ok {
			b.fail(k, "use plain text as a key", "a key that is a list or a mapping")
			return "", false
		}
		k = inner
	}
	switch k := k.(type) {
	case *ast.StringNode:
		return k.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		return k.GetToken().Value, true
	case *ast.MergeKeyNode:
		b.fail(k, "write the values out", "merge keys (<<) are not read in this file")
		return "", false
	}
	b.fail(k, "use plain text as a key", "a key that is not plain text")
	return "", false
}

func (b *builder) scalar(n ast.Node) any {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return nil
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.BoolNode:
		return n.Value
	case *ast.IntegerNode:
		return n.Value
	case *ast.FloatNode:
		if math.IsInf(n.Value, 0) || math.IsNaN(n.Value) {
			return b.fail(n, "put it in quotes where text is meant", "a number that is too large")
		}
		return n.Value
	case *ast.InfinityNode, *ast.NanNode:
		return b.fail(n, "put it in quotes where text is meant", "not a finite number")
	case *ast.AnchorNode, *ast.AliasNode:
		return b.fail(n, "write the value out; where text begins with & or *, put it in quotes", "anchors and aliases are not read in this file")
	case *ast.TagNode:
		return b.fail(n, "remove it; where text begins with !, put it in quotes", "tags are not read in this file")
	}
	return b.fail(n, "write a word, a number, a list or a mapping", "a value that is not read in this file")
}
