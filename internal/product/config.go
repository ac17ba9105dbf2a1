package product

import (
	_ "embed"
	"regexp"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Schema is the JSON Schema of product.yaml.
//
//go:embed product.schema.json
var Schema []byte

// Path is where the product's file stands in a repository.
const Path = ".plimsoll/product.yaml"

// Defaults of what a file leaves out.
const (
	DefaultLevel = 1
	DefaultGate  = "fail == 0 && unknown == 0 && stale == 0"
)

// Product is what people wrote of the product in product.yaml.
type Product struct {
	Name         string            `yaml:"name"`
	Description  string            `yaml:"description"`
	Owners       []Owner           `yaml:"owners"`
	Facts        map[string]Values `yaml:"facts"` // replace everything inferred under the name
	Not          map[string]Values `yaml:"not"`   // inferred values that are wrong
	Deliverables []Deliverable     `yaml:"deliverables"`
	Requirements Selection         `yaml:"requirements"`
	Exemptions   []Exemption       `yaml:"exemptions"`
	Gate         Gate              `yaml:"gate"`
	Results      []string          `yaml:"results"` // globs
	Scanners     []Scanner         `yaml:"scanners"`
	Review       Review            `yaml:"review"`
	Secrets      Secrets           `yaml:"secrets"`
	Attention    Attention         `yaml:"attention"`
	Release      Release           `yaml:"release"`

	file *yamlfile.File
}

// Secrets says what to look for besides the credentials that Plimsoll knows.
type Secrets struct {
	Rules []string `yaml:"rules"` // paths of rule files
}

// RuleFileFault is a fault about the n-th rule file that the file names.
func (p *Product) RuleFileFault(n int, hint, format string, args ...any) *fault.Error {
	if p.file == nil {
		return fault.New(fault.Config, hint, format, args...)
	}
	return p.file.Fault(yamlfile.Pointer("secrets", "rules", n), hint, format, args...)
}

// Owner is a person who answers for the product.
type Owner struct {
	Name  string   `yaml:"name"`
	Email string   `yaml:"email"`
	Role  string   `yaml:"role"` // architect | developer | maintainer | security | operations | product
	Keys  []string `yaml:"keys"`
}

// Deliverable is one thing that a release hands over.
type Deliverable struct {
	Name        string `yaml:"name"`
	Type        string `yaml:"type"`
	Path        string `yaml:"path"`
	Description string `yaml:"description"`
}

// Exemption is a requirement knowingly not met.
type Exemption struct {
	Requirement  string `yaml:"requirement"`
	Reason       string `yaml:"reason"`
	RequestedBy  string `yaml:"requested_by"`
	ApprovedBy   string `yaml:"approved_by"`
	From         string `yaml:"from"`  // YYYY-MM-DD; empty for always
	Until        string `yaml:"until"` // YYYY-MM-DD, the last day on which it stands
	Compensating string `yaml:"compensating"`
}

// Attention says how much of people's attention findings may ask for.
type Attention struct {
	Budget int `yaml:"budget"` // findings shown first; 0 where the file says nothing
}

// Gate is the rule that a release must pass.
type Gate struct {
	Rule string `yaml:"rule"` // CEL over the counts of statuses
}

// Review says which merged changes must have been reviewed.
type Review struct {
	Required bool     `yaml:"required"`
	Branches []string `yaml:"branches"` // the main branch where empty
	Since    string   `yaml:"since"`    // YYYY-MM-DD, the first day on which changes owe a review
	// Authors says what becomes of an answer by an author of the change: refuse,
	// or note, which is kept and closes nothing.
	Authors string `yaml:"authors"`
}

// Values are one or more values of a fact; one may be written without a list.
type Values []string

// UnmarshalYAML reads a word or a list of words.
func (v *Values) UnmarshalYAML(decode func(any) error) error {
	var one string
	if decode(&one) == nil {
		*v = Values{one}
		return nil
	}
	var many []string
	err := decode(&many)
	*v = many
	return err
}

// Default is the product of a repository without product.yaml.
func Default() *Product {
	return &Product{Requirements: Selection{Level: DefaultLevel}, Gate: Gate{Rule: DefaultGate}}
}

// Load reads product.yaml, named path in faults. With any fault the product is
// nil, and the list holds all faults, sorted by place.
func Load(path string, data []byte) (*Product, fault.List) {
	p := Default()
	file, faults := yamlfile.Open(path, data, Schema, p)
	more, err := strangers(file)
	if err != nil {
		return nil, append(faults, fault.Wrap(fault.Internal, err, "", "reading the vocabulary of facts"))
	}
	more = append(more, badSelection(file, p.Requirements)...)
	more = append(more, badScanners(file, p.Scanners)...)
	more = append(more, badRelease(file, p)...)
	faults = yamlfile.Sorted(append(append(faults, more...), append(badExemptions(file), sharedKeys(file, p.Owners)...)...))
	if len(faults) > 0 {
		return nil, faults
	}
	p.file = file
	if p.Requirements.Level == 0 {
		p.Requirements.Level = DefaultLevel
	}
	if p.Gate.Rule == "" {
		p.Gate.Rule = DefaultGate
	}
	return p, nil
}

// section is the part of the file under a top-level key, as what it should be.
func section[T any](f *yamlfile.File, key string) T {
	top, _ := f.Value().(map[string]any)
	part, _ := top[key].(T)
	return part
}

// strangers are facts and values that are not in the vocabulary.
func strangers(f *yamlfile.File) (fault.List, error) {
	known, err := knowledge.FactNames()
	if err != nil {
		return nil, err
	}
	var names []string
	byName := map[string]knowledge.FactName{}
	for _, n := range known {
		names = append(names, n.Name)
		byName[n.Name] = n
	}
	var faults fault.List
	for _, key := range []string{"facts", "not"} {
		for name, value := range section[map[string]any](f, key) {
			at := yamlfile.Pointer(key, name)
			n, ok := byName[name]
			if !ok {
				faults = append(faults, f.KeyFault(at, yamlfile.OneOf(name, names), "%q is not the name of a fact", name))
				continue
			}
			faults = append(faults, badValues(f, at, n, value)...)
		}
	}
	return faults, nil
}

func badValues(f *yamlfile.File, at string, n knowledge.FactName, value any) fault.List {
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	var faults fault.List
	if n.Single && len(list) > 1 && strings.HasPrefix(at, "/facts") {
		faults = append(faults, f.Fault(at, "keep one of them", "%s has one value", n.Name))
	}
	for i, v := range list {
		text, ok := v.(string)
		if !ok {
			continue // the schema has said so
		}
		place := at
		if isList {
			place += yamlfile.Pointer(i)
		}
		if hint, bad := badValue(n, text); bad {
			faults = append(faults, f.Fault(place, hint, "%q is not a value of %s", text, n.Name))
		}
	}
	return faults
}

// badValue says whether the fact cannot have the value, with a hint.
func badValue(n knowledge.FactName, value string) (hint string, bad bool) {
	if n.Pattern != "" {
		re, err := regexp.Compile(n.Pattern)
		return n.Doc, err != nil || !re.MatchString(value)
	}
	var allowed []string
	for _, v := range n.Values {
		if v.Value == value {
			return "", false
		}
		allowed = append(allowed, v.Value)
	}
	return yamlfile.OneOf(value, allowed), true
}

// badExemptions finds what a schema cannot: dates in the wrong order, and
// people who approve what they asked for.
func badExemptions(f *yamlfile.File) fault.List {
	var faults fault.List
	people := peopleOf(f)
	for i, x := range section[[]any](f, "exemptions") {
		e, _ := x.(map[string]any)
		text := func(key string) string { s, _ := e[key].(string); return s }
		asked, approved := text("requested_by"), text("approved_by")
		if asked != "" && same(asked, approved, people) {
			faults = append(faults, f.Fault(yamlfile.Pointer("exemptions", i, "approved_by"), "have a second person approve it",
				"%s approves what they asked for themselves", approved))
		}
		from, errFrom := time.Parse(time.DateOnly, text("from"))
		until, errUntil := time.Parse(time.DateOnly, text("until"))
		if errFrom == nil && errUntil == nil && until.Before(from) {
			faults = append(faults, f.Fault(yamlfile.Pointer("exemptions", i, "until"), "give a day on or after "+text("from"), "the exemption ends before it begins"))
		}
	}
	return faults
}

// peopleOf gives every way to name an owner the same number.
func peopleOf(f *yamlfile.File) map[string]int {
	out := map[string]int{}
	for i, x := range section[[]any](f, "owners") {
		o, _ := x.(map[string]any)
		for _, key := range []string{"name", "email"} {
			if s, _ := o[key].(string); s != "" {
				out[plain(s)] = i + 1
			}
		}
	}
	return out
}

func plain(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// address matches the e-mail address in "Name <address>".
var address = regexp.MustCompile(`^(.*?)\s*<([^<>]+)>\s*$`)

func same(a, b string, people map[string]int) bool {
	for _, x := range forms(a) {
		for _, y := range forms(b) {
			if x == y || people[x] != 0 && people[x] == people[y] {
				return true
			}
		}
	}
	return false
}

// forms are the ways in which one text names a person: whole, name, address.
func forms(s string) []string {
	out := []string{plain(s)}
	if parts := address.FindStringSubmatch(s); parts != nil {
		for _, part := range parts[1:] {
			if part = plain(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}
