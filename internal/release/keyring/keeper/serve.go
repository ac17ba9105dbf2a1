package keeper

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/plimsoll-dev/plimsoll/verify"
)

// Key is an open key of a keeper.
type Key interface {
	Public() verify.Key
	Sign(ctx context.Context, message []byte) ([]byte, error)
	Close() error
}

// Opener opens the key that a URI names; ask asks the person at Plimsoll.
type Opener func(ctx context.Context, uri string, ask func(what string) (string, error)) (Key, error)

// Hinted is an error that says what to do.
type Hinted struct {
	Err  error
	Hint string
}

func (h *Hinted) Error() string { return h.Err.Error() }
func (h *Hinted) Unwrap() error { return h.Err }

// Hint makes an error that says what to do.
func Hint(hint, format string, args ...any) error {
	return &Hinted{fmt.Errorf(format, args...), hint}
}

// Serve is the keeper's side: it answers until in ends.
func Serve(ctx context.Context, in io.Reader, out io.Writer, open Opener) (err error) {
	s := &server{in: bufio.NewScanner(in), out: json.NewEncoder(out), open: open}
	s.in.Buffer(nil, MaxRequest)
	s.out.SetEscapeHTML(false)
	defer func() {
		if s.key != nil {
			err = errors.Join(err, s.key.Close())
		}
	}()
	for {
		r, err := s.read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.out.Encode(s.answer(ctx, r)); err != nil {
			return fmt.Errorf("answering: %w", err)
		}
	}
}

type server struct {
	in   *bufio.Scanner
	out  *json.Encoder
	open Opener
	key  Key
}

func (s *server) read() (r Request, err error) {
	if !s.in.Scan() {
		if err := s.in.Err(); err != nil {
			return r, fmt.Errorf("reading what is asked: %w", err)
		}
		return r, io.EOF
	}
	if err := json.Unmarshal(s.in.Bytes(), &r); err != nil {
		return r, fmt.Errorf("reading what is asked: %w", err)
	}
	return r, nil
}

func (s *server) answer(ctx context.Context, r Request) Answer {
	a, err := s.do(ctx, r)
	if err == nil {
		return a
	}
	a = Answer{Error: err.Error()}
	if h, ok := errors.AsType[*Hinted](err); ok {
		a.Hint = h.Hint
	}
	return a
}

func (s *server) do(ctx context.Context, r Request) (Answer, error) {
	switch {
	case r.Op == "open" && r.Version != Version:
		return Answer{}, Hint("install the program anew, of the version that plimsoll has", "version %d of the protocol is asked for, this program speaks %d", r.Version, Version)
	case r.Op == "open" && s.key == nil:
		key, err := s.open(ctx, r.URI, s.ask)
		if err != nil {
			return Answer{}, err
		}
		s.key = key
		return Answer{Key: key.Public().Line()}, nil
	case r.Op == "sign" && s.key != nil:
		signature, err := s.key.Sign(ctx, r.Message)
		return Answer{Signature: signature}, err
	}
	return Answer{}, fmt.Errorf("%q cannot be asked now", r.Op)
}

func (s *server) ask(what string) (string, error) {
	if err := s.out.Encode(Answer{Ask: what}); err != nil {
		return "", fmt.Errorf("asking for the passphrase of %s: %w", what, err)
	}
	r, err := s.read()
	if err != nil {
		return "", fmt.Errorf("asking for the passphrase of %s: %w", what, err)
	}
	return r.Answer, nil
}
