package access

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/build/signature"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

// written is the policy as it stands in the file.
type written struct {
	People []writtenPerson `yaml:"people"`
	Bots   []writtenPerson `yaml:"bots"`
	Rules  struct {
		Signed          string   `yaml:"signed"`
		SignedSince     string   `yaml:"signed_since"`
		ListedAuthors   bool     `yaml:"authors_must_be_listed"`
		AuthorsSince    string   `yaml:"authors_since"`
		ProtectedRefs   []string `yaml:"protected_refs"`
		MaxBlobSize     string   `yaml:"max_blob_size"`
		AllowedBinaries []string `yaml:"allowed_binaries"`
	} `yaml:"rules"`
}

type writtenPerson struct {
	Name   string   `yaml:"name"`
	Emails []string `yaml:"emails"`
	Keys   []string `yaml:"keys"`
	Roles  []string `yaml:"roles"`
	From   string   `yaml:"from"`
	Until  string   `yaml:"until"`
}

// ReadKey returns the content of a key file, by its path in the repository.
type ReadKey func(path string) ([]byte, error)

// Parse reads a policy file. Its error is a fault.List with everything that is
// wrong with it.
func Parse(path string, data []byte, readKey ReadKey) (*Policy, error) {
	var w written
	f, faults := yamlfile.Open(path, data, Schema, &w)
	if len(faults) > 0 {
		return nil, faults
	}
	r := reader{file: f, readKey: readKey, owner: map[string]string{}}
	p := Default()
	p.Declared = true
	p.People = r.people("people", w.People)
	p.Bots = r.people("bots", w.Bots)
	r.rules(&p.Rules, w)
	r.consistent(p)
	if len(r.faults) > 0 {
		return nil, yamlfile.Sorted(r.faults)
	}
	return p, nil
}

// reader checks what a schema cannot say.
type reader struct {
	file    *yamlfile.File
	readKey ReadKey
	owner   map[string]string // by email and by key id
	faults  fault.List
}

func (r *reader) fault(at, hint, format string, args ...any) {
	r.faults = append(r.faults, r.file.Fault(at, hint, format, args...))
}

func (r *reader) people(list string, in []writtenPerson) []Person {
	var out []Person
	for i, w := range in {
		at := yamlfile.Pointer(list, i)
		p := Person{Name: w.Name, Roles: w.Roles}
		p.From = r.day(at+"/from", w.From)
		if p.Until = r.day(at+"/until", w.Until); !p.Until.IsZero() {
			p.Until = p.Until.AddDate(0, 0, 1)
		}
		if !p.Until.IsZero() && !p.From.Before(p.Until) {
			r.fault(at+"/until", "exchange the two, or correct the year", "%s ends before it begins (from %s)", w.Until, w.From)
		}
		r.emails(&p, at, w.Emails)
		for k, text := range w.Keys {
			r.key(&p, at+yamlfile.Pointer("keys", k), text)
		}
		out = append(out, p)
	}
	return out
}

func (r *reader) emails(p *Person, at string, emails []string) {
	for k, e := range emails {
		e = strings.ToLower(e)
		if local, _, _ := strings.Cut(e, "@"); strings.Contains(local, "*") && local != "*" {
			r.fault(at+yamlfile.Pointer("emails", k), "write the whole address, or *@domain", "%q: * must stand for the whole part before the @", e)
			continue
		}
		r.claim(at+yamlfile.Pointer("emails", k), e, p)
		p.Emails = append(p.Emails, e)
	}
}

// claim refuses an address or a key that two people share: who did it would
// depend on the order in the file. One person may stand in the file twice, for
// two periods.
func (r *reader) claim(at, what string, p *Person) {
	if other, taken := r.owner[what]; taken && other != p.Name {
		r.fault(at, "give it to one of them", "%s belongs to %s already", what, other)
		return
	}
	r.owner[what] = p.Name
}

func (r *reader) key(p *Person, at, text string) {
	if path, is := keyFile(text); is {
		data, err := r.readKey(path)
		if err != nil {
			r.fault(at, "give the path from the top of the repository, and commit the file", "reading the key file %s: %v", path, err)
			return
		}
		text = string(data)
	}
	keys, err := signature.ParseKeys([]byte(text))
	if err != nil {
		r.fault(at, "paste the line from id_ed25519.pub, or the output of `gpg --armor --export`", "not a public key: %v", err)
		return
	}
	for _, k := range keys {
		k.Signer, k.From, k.Until = p.Name, p.From, p.Until
		r.claim(at, k.ID(), p)
		p.Keys = append(p.Keys, k)
	}
}

// keyFile tells the path of a file from a key itself: a key has blanks in it.
func keyFile(text string) (string, bool) {
	text = strings.TrimSpace(text)
	return strings.TrimPrefix(text, "./"), !strings.ContainsAny(text, " \n")
}

func (r *reader) rules(out *Rules, w written) {
	in := w.Rules
	if in.Signed != "" {
		out.Signed = Level(in.Signed)
	}
	out.SignedSince = r.since("/rules/signed_since", in.SignedSince)
	out.ListedAuthors = in.ListedAuthors
	out.AuthorsSince = r.since("/rules/authors_since", in.AuthorsSince)
	out.ProtectedRefs = in.ProtectedRefs
	if in.MaxBlobSize != "" {
		n, err := size(in.MaxBlobSize)
		if err != nil {
			r.fault("/rules/max_blob_size", "write for instance 10 MiB", "%v", err)
		}
		out.MaxBlobSize = n
	}
	for i, pattern := range in.AllowedBinaries {
		if err := out.AllowBinaries.add(pattern); err != nil {
			r.fault(yamlfile.Pointer("rules", "allowed_binaries", i), "use *, ** and ? only", "%v", err)
		}
	}
}

// consistent finds rules that nobody could keep.
func (r *reader) consistent(p *Policy) {
	if p.Rules.ListedAuthors && len(p.People) == 0 {
		r.fault("/rules/authors_must_be_listed", "add the people, or set it to false", "authors must be listed, but people is empty")
	}
	if p.Rules.Signed == Required && p.Keyring().Len() == 0 && len(r.faults) == 0 {
		r.fault("/rules/signed", "add keys to the people, or write wanted", "signatures are required, but nobody has a key")
	}
}

func (r *reader) day(at, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		r.fault(at, "write it YYYY-MM-DD", "%q is no day of the calendar", text)
	}
	return t
}

func (r *reader) since(at, text string) Since {
	if len(text) == len(time.DateOnly) && text[4] == '-' {
		return Since{Day: r.day(at, text)}
	}
	return Since{Commit: text}
}

// size reads "10 MiB", "500KiB" or a number of bytes.
func size(text string) (int64, error) {
	digits := strings.TrimRight(text, " BKMGi")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is no size", text)
	}
	shift := map[string]uint{"": 0, "B": 0, "KiB": 10, "MiB": 20, "GiB": 30}[strings.TrimSpace(text[len(digits):])]
	if n > (1<<62)>>shift {
		return 0, fmt.Errorf("%q is too large", text)
	}
	return n << shift, nil
}
