package keeper_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/release/keyring/keeper"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// echo is a key that signs nothing: it shows what arrives.
type echo struct{ key verify.Key }

func (e echo) Public() verify.Key { return e.key }
func (e echo) Close() error       { return nil }
func (e echo) Sign(_ context.Context, message []byte) ([]byte, error) {
	return append([]byte("over "), message...), nil
}

func openEcho(_ context.Context, uri string, ask func(string) (string, error)) (keeper.Key, error) {
	if uri == "refused:" {
		return nil, keeper.Hint("take another", "there is no such key")
	}
	if _, err := ask("the token"); err != nil {
		return nil, err
	}
	key, err := verify.NewKey(verify.Ed25519, make([]byte, 32))
	return echo{key}, err
}

// TestServe is the conversation of the package's comment, to the letter.
func TestServe(t *testing.T) {
	const key = `{"key":"ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}`
	const open, answer = `{"op":"open","version":1,"uri":"x:"}`, `{"answer":"1234","later":"unknown"}`
	tests := []struct{ name, in, out string }{
		{"signs", open + "\n" + answer + "\n" + `{"op":"sign","message":"aGk="}`, `{"ask":"the token"}` + "\n" + key + "\n" + `{"signature":"b3ZlciBoaQ=="}` + "\n"},
		{"refused, then asked again", `{"op":"open","version":1,"uri":"refused:"}` + "\n" + open + "\n" + answer,
			`{"error":"there is no such key","hint":"take another"}` + "\n" + `{"ask":"the token"}` + "\n" + key + "\n"},
		{"another version", `{"op":"open","version":2,"uri":"x:"}`, "version 2 of the protocol"},
		{"too early", `{"op":"sign","message":"aGk="}`, `\"sign\" cannot be asked now`},
		{"nobody answers", open, `{"ask":"the token"}` + "\n" + `{"error":"asking for the passphrase`},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := keeper.Serve(t.Context(), strings.NewReader(tt.in), &out, openEcho); err != nil {
				t.Fatal(err)
			}
			if got := out.String(); !strings.Contains(got, tt.out) || tt.out == "" && got != "" {
				t.Errorf("got\n%s, expected\n%s", got, tt.out)
			}
		})
	}
	if err := keeper.Serve(t.Context(), strings.NewReader("hello\n"), new(bytes.Buffer), openEcho); err == nil {
		t.Error("garbage was taken")
	}
}

func FuzzServe(f *testing.F) {
	f.Add([]byte(`{"op":"open","version":1,"uri":"x:"}` + "\n" + `{"answer":"1"}` + "\n" + `{"op":"sign","message":"aGk="}`))
	f.Add([]byte(`{"op":"open","version":1,"uri":"refused:"}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		var out bytes.Buffer
		if err := keeper.Serve(t.Context(), bytes.NewReader(in), &out, openEcho); err != nil && out.Len() > len(in)*8+1024 {
			t.Errorf("%d bytes of %d", out.Len(), len(in))
		}
		for line := range bytes.Lines(out.Bytes()) {
			if !json.Valid(line) {
				t.Errorf("no line of JSON: %q", line)
			}
		}
	})
}
