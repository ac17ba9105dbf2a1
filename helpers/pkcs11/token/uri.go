package token

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/release/keyring/keeper"
)

// URI names a key in a token (RFC 7512). What is empty fits everything.
type URI struct {
	Module                             string
	PINSource                          string
	Token, Manufacturer, Model, Serial string
	Slot                               *uint
	Object                             string
	ID                                 []byte
}

// Parse reads a URI. It is stricter than libraries that know the form, which pass
// over an attribute that they do not know: a misspelt one would then choose
// another key.
func Parse(text string) (u URI, err error) {
	rest, ok := strings.CutPrefix(text, "pkcs11:")
	if !ok {
		return u, errors.New("a PKCS #11 URI begins with pkcs11:")
	}
	path, query, asks := strings.Cut(rest, "?")
	if err := each(path, ";", u.setPath); err != nil {
		return u, err
	}
	if asks {
		if err := each(query, "&", u.setQuery); err != nil {
			return u, err
		}
	}
	if u.Object == "" && len(u.ID) == 0 {
		return u, keeper.Hint("add object=LABEL or id=%01; pkcs11-tool --list-objects shows them", "the URI names no key")
	}
	return u, nil
}

// each gives every attribute to set, none of them twice.
func each(text, separator string, set func(name, value string) error) error {
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, separator) {
		if part == "" && text == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		value, err := url.PathUnescape(value)
		if !ok || err != nil {
			return fmt.Errorf("%q in the URI: expected NAME=VALUE, percent-encoded", name)
		}
		if seen[name] {
			return fmt.Errorf("%q stands twice in the URI", name)
		}
		seen[name] = true
		if err := set(name, value); err != nil {
			return err
		}
	}
	return nil
}

func (u *URI) setPath(name, value string) error {
	switch name {
	case "token":
		u.Token = value
	case "manufacturer":
		u.Manufacturer = value
	case "model":
		u.Model = value
	case "serial":
		u.Serial = value
	case "object":
		u.Object = value
	case "id":
		u.ID = []byte(value)
	case "slot-id":
		n, err := strconv.ParseUint(value, 10, 32)
		if err != nil {
			return fmt.Errorf("slot-id %q is no number", value)
		}
		slot := uint(n)
		u.Slot = &slot
	case "type":
		if value != "private" {
			return fmt.Errorf("the type %q cannot sign: leave it out, or say type=private", value)
		}
	default:
		return keeper.Hint("use token, manufacturer, model, serial, slot-id, object, id", "the attribute %q is not supported", name)
	}
	return nil
}

func (u *URI) setQuery(name, value string) error {
	switch name {
	case "module-path":
		if !filepath.IsAbs(value) {
			return fmt.Errorf("module-path %q is not absolute", value)
		}
		u.Module = value
	case "pin-source":
		path := strings.TrimPrefix(strings.TrimPrefix(value, "file://"), "file:")
		if !filepath.IsAbs(path) {
			return keeper.Hint("pin-source=file:/run/credentials/pin", "pin-source %q names no file by its absolute path", value)
		}
		u.PINSource = path
	case "pin-value":
		return keeper.Hint("use pin-source=file:PATH, or let plimsoll ask; and change this PIN", "pin-value is refused: every user of the machine can read the arguments of a program")
	default:
		return keeper.Hint("use module-path, pin-source", "the attribute %q is not supported", name)
	}
	return nil
}

// fits reports whether a token is meant. Tokens pad their texts with blanks.
func (u URI) fits(slot uint, label, manufacturer, model, serial string) bool {
	same := func(want, got string) bool { return want == "" || want == strings.TrimRight(got, " \x00") }
	return (u.Slot == nil || *u.Slot == slot) && same(u.Token, label) && same(u.Manufacturer, manufacturer) && same(u.Model, model) && same(u.Serial, serial)
}

// what says which key is meant, for messages.
func (u URI) what() string {
	var parts []string
	if u.Object != "" {
		parts = append(parts, fmt.Sprintf("labelled %q", u.Object))
	}
	if len(u.ID) > 0 {
		parts = append(parts, "with the id "+hex.EncodeToString(u.ID))
	}
	return strings.Join(parts, " and ")
}
