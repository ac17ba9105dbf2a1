package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// decode reads JSON that two readers cannot read differently: no key twice (in
// whatever case, since encoding/json does not tell cases apart), no unknown
// field, no invalid UTF-8, nothing after it, and not deep.
func decode(what string, data []byte, into any) error {
	if err := unambiguous(what, data); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return refuse(Malformed, "reading %s: %v", what, err)
	}
	return nil
}

// decodeSigned is decode for what we sign: it must be in the one form that
// encoding/json writes, so that its bytes and its meaning are the same thing.
func decodeSigned(what string, data []byte, into any) error {
	if err := decode(what, data, into); err != nil {
		return err
	}
	again, err := json.Marshal(into)
	if err != nil {
		return refuse(Malformed, "reading %s: %v", what, err)
	}
	if !bytes.Equal(again, data) {
		return refuse(Malformed, "reading %s: it is not in its canonical form, so it could be read in two ways", what)
	}
	return nil
}

func unambiguous(what string, data []byte) error {
	if !utf8.Valid(data) {
		return refuse(Malformed, "reading %s: it is not UTF-8", what)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := walk(d, what, 0); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return refuse(Malformed, "reading %s: something stands after its end", what)
	}
	return nil
}

// walk reads one value.
func walk(d *json.Decoder, what string, depth int) error {
	if depth > MaxDepth {
		return refuse(TooLarge, "reading %s: it is nested deeper than %d", what, MaxDepth)
	}
	token, err := d.Token()
	if err != nil {
		return refuse(Malformed, "reading %s: %v", what, err)
	}
	switch token {
	case json.Delim('{'):
		return walkObject(d, what, depth)
	case json.Delim('['):
		for d.More() {
			if err := walk(d, what, depth+1); err != nil {
				return err
			}
		}
		_, err = d.Token()
	}
	if err != nil {
		return refuse(Malformed, "reading %s: %v", what, err)
	}
	return nil
}

func walkObject(d *json.Decoder, what string, depth int) error {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return refuse(Malformed, "reading %s: %v", what, err)
		}
		key, ok := token.(string)
		if !ok {
			return refuse(Malformed, "reading %s: expected a key", what)
		}
		folded := strings.ToLower(strings.ToUpper(key))
		if seen[folded] {
			return refuse(Malformed, "reading %s: the key %q is there twice", what, key)
		}
		seen[folded] = true
		if err := walk(d, what, depth+1); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return refuse(Malformed, "reading %s: %v", what, err)
	}
	return nil
}
