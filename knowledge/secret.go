package knowledge

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

//go:generate go run ./gensecrets -o secret_table.go

// SecretCheck is the check that the kinds of credential belong to.
const SecretCheck = "code.secrets"

// A Form says how the credential shows itself in text, and so how it is read.
type Form string

const (
	// TokenForm begins with one of the literals, as tokens with a prefix do:
	// the pattern is tried where a literal stands and nowhere else.
	TokenForm Form = "token"
	// LineForm holds one of the literals somewhere, within one line.
	LineForm Form = "line"
	// NearForm has one of the literals in its neighbourhood, at most a few lines away.
	NearForm Form = "near"
	// ValueForm is what is assigned to a key whose name holds one of the
	// literals and matches Name; the pattern is tried on the whole value.
	ValueForm Form = "value"
	// URLForm is the password in the user part of a URL whose scheme matches
	// Name; the literals are the ends of schemes.
	URLForm Form = "url"
)

// Secret is one kind of credential: how it looks, what it can do, how to rotate
// it. The fields up to Revision document it, the rest recognise it.
type Secret struct {
	ID         string   `yaml:"id"`         // "secret.github-pat"
	Family     string   `yaml:"family"`     // stays when the rule is split or replaced; ID where empty
	Title      string   `yaml:"title"`      // lower case, no full stop; what was found
	Issuer     string   `yaml:"issuer"`     // who gives it out; empty for kinds that anybody makes
	Severity   string   `yaml:"severity"`   // critical | high | medium | low | info
	Confidence string   `yaml:"confidence"` // high | medium | low
	Why        string   `yaml:"why"`        // what somebody can do who has it
	Fix        string   `yaml:"fix"`        // how to rotate it
	CWE        []int    `yaml:"cwe"`        // 798 where empty
	Maps       []string `yaml:"maps"`       // other standards' ids
	Revision   int      `yaml:"revision"`   // moves when the same input may give another result

	Form Form `yaml:"form"`
	// Literals are the strings, at least three bytes long, that give the
	// credential away; matched without regard to ASCII case.
	Literals []string `yaml:"literals"`
	// Name is what the key's name (ValueForm) or the scheme (URLForm) must
	// match, as RE2, without regard to case.
	Name string `yaml:"name"`
	// Pattern is RE2. The group named "secret" is the secret; the whole match
	// where there is no such group.
	Pattern string `yaml:"pattern"`
	// MinEntropy is the least Shannon entropy of the secret, in bits per character.
	MinEntropy float64 `yaml:"min_entropy"`
	// Checksum names the test that the secret must pass besides: a checksum or
	// a structure that the issuer documents.
	Checksum string `yaml:"checksum"`
	// Generic is set for kinds without a format of their own: they yield to any
	// other, and everything that looks like a placeholder, a name or a word is
	// left out.
	Generic bool `yaml:"generic"`
	// Weak is set for generic kinds whose value may be made of words: passwords
	// that somebody chose, told with less weight than those that chance made.
	Weak bool `yaml:"weak"`
	// Prefix is how many bytes at the start of the secret are the same for all
	// and may be shown.
	Prefix int `yaml:"prefix"`

	Examples Examples `yaml:"examples"`
}

// Rule is the documentation of s in the form of any other rule.
func (s *Secret) Rule() Rule {
	return Rule{
		ID: s.ID, Check: SecretCheck, Family: s.Family, Title: s.Title, Severity: s.Severity, Confidence: s.Confidence,
		Why: s.Why, Fix: s.Fix, CWE: s.CWE, Maps: s.Maps, Revision: s.Revision, Examples: s.Examples,
	}
}

// Secrets returns all kinds of credential, sorted by id, without their
// examples. They are compiled in, so that no program pays for reading YAML; the
// slice is shared and must not be written to.
func Secrets() []Secret { return secretTable }

// Mark stands in the examples of secrets/*.yaml within each credential, so that
// no scanner, ours included, takes those files for a leak. ReadSecrets takes it out.
const Mark = "¦"

// ReadSecrets reads secrets/*.yaml of fsys, examples included. It reads to the
// end before it fails, so that somebody who writes rules sees every mistake at once.
func ReadSecrets(fsys fs.FS) ([]Secret, error) {
	names, err := fs.Glob(fsys, "secrets/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("loading secrets: %w", err)
	}
	var all []Secret
	var faults []error
	for _, name := range names {
		secrets, err := readSecrets(fsys, name)
		all, faults = append(all, secrets...), append(faults, err)
	}
	slices.SortStableFunc(all, func(a, b Secret) int { return strings.Compare(a.ID, b.ID) })
	for i := 1; i < len(all); i++ {
		if all[i].ID == all[i-1].ID {
			faults = append(faults, fmt.Errorf("%s: defined twice", all[i].ID))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("loading secrets: %w", err)
	}
	return all, nil
}

func readSecrets(fsys fs.FS, name string) ([]Secret, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	data = bytes.ReplaceAll(data, []byte(Mark), nil)
	secrets, err := decodeList[Secret](data, name, "kinds of credential")
	if err != nil {
		return nil, err
	}
	var faults []error
	for i := range secrets {
		s := &secrets[i]
		s.settle()
		for _, fault := range s.faults() {
			faults = append(faults, fmt.Errorf("%s: entry %d (%s): %s", name, i+1, s.ID, fault))
		}
	}
	return secrets, errors.Join(faults...)
}

// settle fills in what an entry may leave out.
func (s *Secret) settle() {
	if s.Family == "" {
		s.Family = s.ID
	}
	if len(s.CWE) == 0 {
		s.CWE = []int{798}
	}
	if s.Revision == 0 {
		s.Revision = 1
	}
}

// faults lists what is wrong with the entry.
func (s *Secret) faults() []string {
	faults := s.Rule().faults(SecretCheck)
	need := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	need(strings.HasPrefix(s.ID, "secret.") && strings.HasPrefix(s.Family, "secret."), "id and family must begin with secret.")
	need(slices.Contains([]Form{TokenForm, LineForm, NearForm, ValueForm, URLForm}, s.Form), "form %q is unknown", s.Form)
	need(len(s.Literals) > 0, "no literals")
	for _, l := range s.Literals {
		need(len(l) >= 3, "literal %q is shorter than three bytes", l)
	}
	re, err := regexp.Compile(s.Pattern)
	need(err == nil, "pattern: %v", err)
	need(err != nil || !re.MatchString(""), "pattern matches nothing at all")
	_, err = regexp.Compile(s.Name)
	need(err == nil, "name: %v", err)
	need((s.Name != "") == (s.Form == ValueForm || s.Form == URLForm), "name belongs to forms value and url, and they need it")
	return faults
}
