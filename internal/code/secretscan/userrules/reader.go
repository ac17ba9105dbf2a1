package userrules

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

// reader makes rules of what the parser gave, and collects what is wrong.
type reader struct {
	file     *File
	source   *source
	faults   fault.List
	taken    func(string) bool
	seen     map[string]bool
	global   []*Allow
	targeted map[string][]*Allow
	defaults bool // the file wants gitleaks' own rules besides
}

type table = map[string]any

// at is where something stands: the path of tables, and the key in the last.
type at struct {
	tables []string // "rules[3]", "allowlists[0]"
	key    string
}

func (a at) in(name string, i int) at {
	return at{append(slices.Clone(a.tables), fmt.Sprintf("%s[%d]", name, i)), ""}
}

func (a at) of(key string) at { return at{a.tables, key} }

func (r *reader) fault(a at, hint, format string, args ...any) {
	r.faultAt(r.source.place(a, ""), hint, format, args...)
}

func (r *reader) faultAt(p pos, hint, format string, args ...any) {
	r.faults = append(r.faults, fault.At(fault.Config, r.source.faultPlace(p), hint, format, args...))
}

func (r *reader) sorted() fault.List { return yamlfile.Sorted(r.faults) }

func (r *reader) note(format string, args ...any) {
	if note := fmt.Sprintf(format, args...); !slices.Contains(r.file.Notes, note) {
		r.file.Notes = append(r.file.Notes, note)
	}
}

// known faults the keys of t that are not in names.
func (r *reader) known(t table, a at, names ...string) {
	for _, key := range slices.Sorted(maps.Keys(t)) {
		if !slices.Contains(names, strings.ToLower(key)) {
			r.fault(a.of(key), yamlfile.OneOf(key, names), "%q is not known here", key)
		}
	}
}

// get is the value of a key in any case, as T; the zero value where there is none.
func get[T any](r *reader, t table, a at, key, want string) (value T, ok bool) {
	for have, v := range t {
		if !strings.EqualFold(have, key) {
			continue
		}
		if value, ok = v.(T); !ok {
			r.fault(a.of(have), "write "+want, "%s must be %s", key, want)
		}
	}
	return value, ok
}

func (r *reader) text(t table, a at, key string) string {
	s, _ := get[string](r, t, a, key, "text in quotes")
	return s
}

func (r *reader) tables(t table, a at, key string) []table {
	for have, v := range t {
		if !strings.EqualFold(have, key) {
			continue
		}
		switch v := v.(type) {
		case []table:
			return v
		case []any: // of inline tables
			var list []table
			for _, one := range v {
				if one, ok := one.(table); ok {
					list = append(list, one)
				}
			}
			if len(list) == len(v) {
				return list
			}
		}
		r.fault(a.of(have), "write [[…"+key+"]]", "%s must be a list of tables", key)
	}
	return nil
}

func (r *reader) texts(t table, a at, key string) []string {
	list, ok := get[[]any](r, t, a, key, "a list of texts")
	var out []string
	for _, v := range list {
		s, isText := v.(string)
		if !isText {
			r.fault(a.of(key), `write ["one", "two"]`, "%s must be a list of texts", key)
			return nil
		}
		out = append(out, s)
	}
	if ok && len(out) == 0 {
		return nil
	}
	return out
}

// regex compiles one expression; element is its text in a list.
func (r *reader) regex(a at, pattern string, inList bool) *regexp.Regexp {
	p := r.source.place(a, "")
	if inList {
		p = r.source.place(a, pattern)
	}
	if len(pattern) > maxRegex {
		r.faultAt(p, "split the rule", "the expression is %d bytes long; at most %d are read", len(pattern), maxRegex)
		return nil
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		r.faultAt(p, "expressions are RE2, without lookaround and backreferences", "%s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return nil
	}
	return re
}

func (r *reader) regexes(t table, a at, key string) []*regexp.Regexp {
	var list []*regexp.Regexp
	for _, pattern := range r.texts(t, a, key) {
		if re := r.regex(a.of(key), pattern, true); re != nil {
			list = append(list, re)
		}
	}
	return list
}

func (r *reader) root(t table) {
	top := at{}
	r.known(t, top, "title", "description", "minversion", "extend", "allowlist", "allowlists", "rules")
	r.text(t, top, "title")
	r.extend(t)
	r.targeted = map[string][]*Allow{}
	rules := r.tables(t, top, "rules")
	if len(rules) > MaxRules {
		r.fault(top.in("rules", MaxRules), "split the file", "there are %d rules; at most %d are read", len(rules), MaxRules)
		return
	}
	for i, one := range rules {
		r.rule(one, top.in("rules", i))
	}
	for i, one := range r.tables(t, top, "allowlists") {
		r.globalAllow(one, top.in("allowlists", i))
	}
	if one, ok := get[table](r, t, top, "allowlist", "a table"); ok {
		r.globalAllow(one, top.in("allowlist", 0))
	}
	if len(r.file.Rules) == 0 && len(r.faults) == 0 {
		r.fault(top, "add [[rules]], or don't name the file", "the file has no rule of its own")
	}
}

func (r *reader) extend(t table) {
	one, ok := get[table](r, t, at{}, "extend", "a table")
	if !ok {
		return
	}
	a := at{}.in("extend", 0)
	r.known(one, a, "path", "url", "usedefault", "disabledrules")
	for _, key := range []string{"path", "url"} {
		if r.text(one, a, key) != "" {
			r.fault(a.of(key), "name that file in product.yaml too, under secrets: rules:", "extending another file is not supported")
		}
	}
	if r.defaults, _ = get[bool](r, one, a, "useDefault", "true or false"); r.defaults {
		r.note("extend.useDefault: the kinds that Plimsoll knows take the place of gitleaks' own rules")
	}
	if len(r.texts(one, a, "disabledRules")) > 0 {
		r.note("extend.disabledRules: the rules are gitleaks' own, which are not in use; decide on findings with `plimsoll triage` instead")
	}
}

func (r *reader) rule(t table, a at) {
	r.known(t, a, "id", "description", "regex", "secretgroup", "entropy", "path", "keywords", "tags", "allowlist", "allowlists", "required", "skipreport")
	rule := &Rule{ID: strings.TrimSpace(r.text(t, a, "id")), Description: r.text(t, a, "description"), Source: r.file.Path}
	r.identify(rule, a)
	if pattern := r.text(t, a, "regex"); pattern != "" {
		rule.Regex = r.regex(a.of("regex"), pattern, false)
	}
	if pattern := r.text(t, a, "path"); pattern != "" {
		rule.Path = r.regex(a.of("path"), pattern, false)
	}
	r.numbers(rule, t, a)
	for _, word := range r.texts(t, a, "keywords") {
		rule.Keywords = append(rule.Keywords, strings.ToLower(word))
	}
	r.texts(t, a, "tags")
	allow := r.tables(t, a, "allowlists")
	for i, one := range allow {
		rule.Allow = append(rule.Allow, r.allow(one, a.in("allowlists", i))...)
	}
	if one, ok := get[table](r, t, a, "allowlist", "a table"); ok {
		rule.Allow = append(rule.Allow, r.allow(one, a.in("allowlist", 0))...)
	}
	if len(r.tables(t, a, "required")) > 0 {
		r.fault(a.of("required"), "write one expression that holds both parts, or remove the rule", "rules that require other rules are not supported")
	}
	if skip, _ := get[bool](r, t, a, "skipReport", "true or false"); skip {
		r.note("rule %s: left out, as its skipReport asks", rule.ID)
		return
	}
	r.keep(rule, t, a)
}

// keep takes a rule that finds something.
func (r *reader) keep(rule *Rule, t table, a at) {
	if r.text(t, a, "regex") == "" && r.text(t, a, "path") == "" {
		if r.defaults {
			r.note("rule %s: it changes a rule of gitleaks' own, which is not in use", rule.ID)
			return
		}
		r.fault(a, "give it a regex, a path, or both", "the rule %q finds nothing", rule.ID)
		return
	}
	r.file.Rules = append(r.file.Rules, rule)
}

var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

func (r *reader) identify(rule *Rule, a at) {
	switch id := rule.ID; {
	case id == "":
		r.fault(a, `write id = "…"`, "the rule has no id")
	case len(id) > 100 || !idForm.MatchString(id):
		r.fault(a.of("id"), "use letters, digits, dots, dashes and underscores", "%q cannot be the id of a rule", id)
	case r.taken != nil && r.taken(id):
		r.fault(a.of("id"), "give it another id", "%q is the id of one of Plimsoll's own rules", id)
	case r.seen[id]:
		r.fault(a.of("id"), "give one of them another id", "the rule %q is defined twice", id)
	}
	r.seen[rule.ID] = true
}

func (r *reader) numbers(rule *Rule, t table, a at) {
	group, _ := get[int64](r, t, a, "secretGroup", "a whole number")
	rule.Group = int(min(max(group, -1), 1000))
	if rule.Regex != nil && (group < 0 || int(group) > rule.Regex.NumSubexp()) {
		r.fault(a.of("secretGroup"), fmt.Sprintf("give a number from 0 to %d", rule.Regex.NumSubexp()), "the expression has no group %d", group)
	}
	for have, v := range t {
		if !strings.EqualFold(have, "entropy") {
			continue
		}
		switch v := v.(type) {
		case float64:
			rule.Entropy = v
		case int64:
			rule.Entropy = float64(v)
		default:
			r.fault(a.of(have), "write a number such as 3.5", "entropy must be a number")
		}
		if math.IsNaN(rule.Entropy) || rule.Entropy < 0 || rule.Entropy > 8 {
			r.fault(a.of(have), "give a number from 0 to 8, in bits per character", "no text has an entropy of %v", v)
			rule.Entropy = 0
		}
	}
}

func (r *reader) globalAllow(t table, a at) {
	targets := r.texts(t, a, "targetRules")
	list := r.allow(t, a)
	if len(targets) == 0 {
		r.global = append(r.global, list...)
	}
	for _, id := range targets {
		if !r.seen[id] && !r.defaults {
			r.fault(a.of("targetRules"), "name a rule of this file", "there is no rule %q", id)
		}
		r.targeted[id] = append(r.targeted[id], list...)
	}
}

// allow reads one list of what is allowed; none where nothing of it can be honoured.
func (r *reader) allow(t table, a at) []*Allow {
	r.known(t, a, "description", "condition", "commits", "paths", "regextarget", "regexes", "stopwords", "targetrules")
	one := &Allow{Paths: r.regexes(t, a, "paths"), Regexes: r.regexes(t, a, "regexes"), Target: r.text(t, a, "regexTarget")}
	for _, word := range r.texts(t, a, "stopwords") {
		one.StopWords = append(one.StopWords, strings.ToLower(word))
	}
	switch condition := r.text(t, a, "condition"); strings.ToUpper(condition) {
	case "AND", "&&":
		one.All = true
	case "", "OR", "||":
	default:
		r.fault(a.of("condition"), `write "AND" or "OR"`, "there is no condition %q", condition)
	}
	switch one.Target {
	case "":
		one.Target = "secret"
	case "secret", "match", "line":
	default:
		r.fault(a.of("regexTarget"), `write "secret", "match" or "line"`, "there is no target %q", one.Target)
	}
	commits := len(r.texts(t, a, "commits")) > 0
	if commits {
		r.note("allowlists of commits are not honoured: what a commit brought in is known to everybody who has it")
	}
	switch rest := len(one.Paths) + len(one.Regexes) + len(one.StopWords); {
	case commits && (one.All || rest == 0):
		return nil
	case rest == 0 && len(r.faults) == 0:
		r.fault(a, "give paths, regexes or stopwords", "the allowlist allows nothing")
		return nil
	}
	return []*Allow{one}
}
