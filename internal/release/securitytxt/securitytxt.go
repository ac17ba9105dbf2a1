// Package securitytxt reads security.txt files by RFC 9116.
//
// The file tells a finder of a weakness whom to tell. A file that a program
// cannot read, or that has expired, tells nobody; so the parser is strict about
// what the RFC is strict about, and goes on after a fault to find them all.
package securitytxt

import (
	"bytes"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// File is a parsed security.txt.
type File struct {
	Fields []Field
	Signed bool // in an OpenPGP cleartext signature, which is not verified here
}

// Field is one line of the file that says something.
type Field struct {
	Name, Value  string
	Line, Column int // of the value, from 1; columns count bytes
}

// Fault is one thing that RFC 9116 does not allow.
type Fault struct {
	Line, Column int // from 1; 0 where something is missing from the file
	Message      string
	Fix          string
}

// Expires is the instant at which the file expires; false where it has no
// valid one.
func (f File) Expires() (at time.Time, line int, ok bool) {
	for _, field := range f.Fields {
		if strings.EqualFold(field.Name, "Expires") {
			at, err := parseTime(field.Value)
			return at, field.Line, err == nil
		}
	}
	return time.Time{}, 0, false
}

// parseTime reads a date by RFC 3339, which allows small letters too.
func parseTime(s string) (time.Time, error) { return time.Parse(time.RFC3339, strings.ToUpper(s)) }

// MaxSize is the most that a reader needs to accept (RFC 9116, section 5.3,
// advises readers to set a limit).
const MaxSize = 64 << 10

type parser struct {
	file   File
	faults []Fault
}

func (p *parser) fault(line, column int, fix, format string, args ...any) {
	p.faults = append(p.faults, Fault{line, column, fmt.Sprintf(format, args...), fix})
}

// Parse reads data and returns what it could read together with every fault, in
// the order of the lines; faults about the whole file stand last.
func Parse(data []byte) (File, []Fault) {
	p := &parser{}
	if len(data) > MaxSize {
		p.fault(0, 0, "Keep the file small: it needs a few lines.", "larger than %d KB: readers may refuse it", MaxSize>>10)
		return p.file, p.faults
	}
	if rest, ok := bytes.CutPrefix(data, []byte("\ufeff")); ok {
		p.fault(1, 1, "Save the file as UTF-8 without a byte order mark.", "begins with a byte order mark")
		data = rest
	}
	lines := p.unwrap(strings.Split(string(data), "\n"))
	for _, l := range lines {
		p.line(l)
	}
	p.whole()
	return p.file, p.faults
}

// numbered is a line and where it stands in the file.
type numbered struct {
	text   string
	number int
	shift  int // bytes taken off its start
}

const (
	beginMessage   = "-----BEGIN PGP SIGNED MESSAGE-----"
	beginSignature = "-----BEGIN PGP SIGNATURE-----"
	endSignature   = "-----END PGP SIGNATURE-----"
)

// unwrap takes the lines out of an OpenPGP cleartext signature (RFC 9580,
// section 7): armour headers, dash-escapes and the signature itself go.
func (p *parser) unwrap(raw []string) []numbered {
	const before, headers, body, signature, after = 0, 1, 2, 3, 4
	var kept []numbered
	state := before
	for i, text := range raw {
		text = strings.TrimSuffix(text, "\r")
		trimmed := strings.TrimRight(text, " \t")
		switch {
		case state == before && trimmed == beginMessage && blank(kept):
			state, p.file.Signed, kept = headers, true, nil
		case state == headers:
			if trimmed == "" {
				state = body
			}
		case state == body && trimmed == beginSignature:
			state = signature
		case state == signature:
			if trimmed == endSignature {
				state = after
			}
		case state == after && trimmed != "":
			p.fault(i+1, 1, "Put every line inside the signed message and sign again.", "stands after the signature and is not covered by it")
		case state == body && strings.HasPrefix(text, "- "):
			kept = append(kept, numbered{text[2:], i + 1, 2})
		case state != after:
			kept = append(kept, numbered{text, i + 1, 0})
		}
	}
	if state != before && state != after {
		p.fault(len(raw), 1, "Sign the file again with `gpg --clearsign`.", "the OpenPGP signature is incomplete")
	}
	return kept
}

func blank(lines []numbered) bool {
	for _, l := range lines {
		if strings.TrimSpace(l.text) != "" {
			return false
		}
	}
	return true
}

// fieldName is RFC 5322's ftext, which RFC 9116 uses.
var fieldName = regexp.MustCompile(`^[!-9;-~]+$`)

// line reads a field, a comment or an empty line.
func (p *parser) line(l numbered) {
	text := strings.TrimRight(l.text, " \t")
	if !utf8.ValidString(text) {
		p.fault(l.number, 1, "Save the file as UTF-8.", "is not UTF-8")
		return
	}
	if at := strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }); at >= 0 {
		p.fault(l.number, at+1+l.shift, "Take the character out.", "holds a control character")
		return
	}
	if text == "" || text[0] == '#' {
		return
	}
	name, value, ok := strings.Cut(text, ":")
	if !ok || !fieldName.MatchString(name) {
		p.fault(l.number, 1+l.shift, "Write `Name: value`, or put a # before a comment.", "is neither a field nor a comment")
		return
	}
	column := len(name) + 2 + l.shift
	if !strings.HasPrefix(value, " ") {
		p.fault(l.number, column, fmt.Sprintf("Write `%s: %s`.", name, value), "%s: a space must follow the colon", name)
	}
	trimmed := strings.TrimLeft(value, " \t")
	field := Field{name, trimmed, l.number, column + len(value) - len(trimmed)}
	p.file.Fields = append(p.file.Fields, field)
	if trimmed == "" {
		p.fault(field.Line, field.Column, "Give the field a value or delete it.", "%s has no value", name)
		return
	}
	p.value(field)
}

// value checks one field's value by the field's own rules; fields that the RFC
// does not know are allowed (section 2.4).
func (p *parser) value(f Field) {
	switch strings.ToLower(f.Name) {
	case "contact":
		p.contact(f)
	case "encryption", "acknowledgments", "canonical", "policy", "hiring", "csaf":
		p.uri(f)
	case "acknowledgements":
		p.fault(f.Line, 1, "Write Acknowledgments, as the RFC spells it.", "%s is not a field that readers know", f.Name)
	case "preferred-languages":
		p.languages(f)
	case "expires":
		if _, err := parseTime(f.Value); err != nil {
			p.fault(f.Line, f.Column, "Write the date as 2027-01-31T23:59:00Z.", "Expires: %q is not a date by RFC 3339", f.Value)
		}
	}
}

func (p *parser) contact(f Field) {
	if _, err := mail.ParseAddress(f.Value); err == nil && !strings.Contains(f.Value, ":") {
		p.fault(f.Line, f.Column, "Write `Contact: mailto:"+f.Value+"`.", "Contact: an e-mail address must be a mailto: URI")
		return
	}
	if strings.Trim(f.Value, "+0123456789 -()") == "" {
		p.fault(f.Line, f.Column, "Write `Contact: tel:"+strings.ReplaceAll(f.Value, " ", "-")+"`.", "Contact: a telephone number must be a tel: URI")
		return
	}
	u := p.uri(f)
	if u == nil {
		return
	}
	if _, err := mail.ParseAddress(u.Opaque); u.Scheme == "mailto" && err != nil {
		p.fault(f.Line, f.Column, "Write `Contact: mailto:security@` and your domain.", "Contact: %q names no e-mail address", f.Value)
	}
	if u.Scheme == "tel" && strings.Trim(u.Opaque, "+0123456789-.()") != "" && !strings.Contains(u.Opaque, ";") {
		p.fault(f.Line, f.Column, "Write `Contact: tel:+1-201-555-0123` with your own number.", "Contact: %q names no telephone number", f.Value)
	}
}

// uri checks that f's value is a URI with a scheme, and https where it is a web
// address; nil where it is not.
func (p *parser) uri(f Field) *url.URL {
	u, err := url.Parse(f.Value)
	switch {
	case err != nil || u.Scheme == "" || strings.ContainsAny(f.Value, " \t<>\""):
		p.fault(f.Line, f.Column, "Write a full address that begins with https://.", "%s: %q is not a URI", f.Name, f.Value)
		return nil
	case u.Scheme == "http":
		p.fault(f.Line, f.Column, "Write `"+f.Name+": https"+strings.TrimPrefix(f.Value[4:], "s")+"`.", "%s: a web address must begin with https://", f.Name)
		return nil
	case u.Scheme == "https" && u.Hostname() == "", u.Scheme != "https" && u.Opaque == "" && u.Host == "" && u.Path == "":
		p.fault(f.Line, f.Column, "Write the whole address.", "%s: %q names no place", f.Name, f.Value)
		return nil
	}
	return u
}

// languageTag is the shape of RFC 5646's tags; whether a language exists is
// nothing that a reader of the file would check.
var languageTag = regexp.MustCompile(`^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*|[xX](-[A-Za-z0-9]{1,8})+)$`)

func (p *parser) languages(f Field) {
	for tag := range strings.SplitSeq(f.Value, ",") {
		if tag = strings.TrimSpace(tag); !languageTag.MatchString(tag) {
			p.fault(f.Line, f.Column, "Write language tags with commas between them, such as `en, fr`.", "Preferred-Languages: %q is not a language tag", tag)
			return
		}
	}
}

// whole checks how often each field stands in the file (sections 2.5.3, 2.5.5
// and 2.5.8).
func (p *parser) whole() {
	count := map[string]int{}
	for _, f := range p.file.Fields {
		name := strings.ToLower(f.Name)
		count[name]++
		if count[name] == 2 && (name == "expires" || name == "preferred-languages") {
			p.fault(f.Line, 1, "Keep one of the lines.", "%s stands in the file more than once", f.Name)
		}
	}
	if count["contact"] == 0 {
		p.fault(0, 0, "Add `Contact: mailto:` and an address that somebody reads.", "has no Contact field")
	}
	if count["expires"] == 0 {
		p.fault(0, 0, "Add `Expires:` and a date less than a year from now, as 2027-01-31T23:59:00Z.", "has no Expires field")
	}
}
