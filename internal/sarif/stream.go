package sarif

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/docfile"
)

// stream walks through a JSON text value by value.
type stream struct {
	data []byte
	dec  *json.Decoder
	log  *Log
}

func newStream(data []byte, log *Log) *stream {
	return &stream{data: data, dec: json.NewDecoder(bytes.NewReader(data)), log: log}
}

// object calls fn for each property of the object that comes next; fn reads the
// value. A null counts as an object without properties.
func (s *stream) object(what string, fn func(key string) error) error {
	open, err := s.enter(what, '{')
	if err != nil || !open {
		return err
	}
	for s.dec.More() {
		key, err := s.dec.Token()
		if err != nil {
			return err
		}
		name, ok := key.(string)
		if !ok {
			return fmt.Errorf("the name of a property was expected in %s", what)
		}
		if err := fn(name); err != nil {
			return err
		}
	}
	_, err = s.dec.Token()
	return err
}

// array calls fn for each element of the array that comes next; fn reads it.
func (s *stream) array(what string, fn func() error) error {
	open, err := s.enter(what, '[')
	if err != nil || !open {
		return err
	}
	for s.dec.More() {
		if err := fn(); err != nil {
			return err
		}
	}
	_, err = s.dec.Token()
	return err
}

// enter reads the opening delimiter; it returns false for a null.
func (s *stream) enter(what string, delim json.Delim) (bool, error) {
	tok, err := s.dec.Token()
	if err != nil {
		return false, err
	}
	if tok != nil && tok != delim {
		return false, fmt.Errorf("%s was expected to begin with %s", what, delim)
	}
	return tok != nil, nil
}

// value decodes the next value into v. A part of the wrong type is noted as an
// oddity and left at zero.
func (s *stream) value(what string, v any) error {
	err := s.dec.Decode(v)
	kind, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok {
		return err
	}
	if len(s.log.Oddities) < maxFaults {
		s.log.Oddities = append(s.log.Oddities,
			fmt.Sprintf("%s: %s holds a %s, which does not belong there", what, kind.Field, kind.Value))
	}
	return nil
}

// skip passes over the next value without keeping it: files embed whole sources.
func (s *stream) skip() error {
	for depth := 0; ; {
		tok, err := s.dec.Token()
		if err != nil {
			return err
		}
		switch tok {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

func (s *stream) fault(err error) error {
	return docfile.JSONFault(s.data, s.dec.InputOffset(), err)
}
