package verify_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

func FuzzOpenBundle(f *testing.F) {
	o := verifytest.New()
	trust := o.Trust()
	f.Add(fullRelease(o).Bundle())
	f.Add(o.Release("app", "1.0.0", app).Bundle())
	f.Add([]byte("\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := verify.OpenBundle(data, trust, verify.Policy{Now: now})
		if err != nil && verify.ReasonOf(err) == "" {
			t.Errorf("no refusal: %v", err)
		}
		if err == nil && b.Permit().Organisation != "example" {
			t.Error("a permit of nobody")
		}
	})
}

// FuzzPermit goes past the signatures: the bytes are signed by those who may.
func FuzzPermit(f *testing.F) {
	o := verifytest.New()
	trust := o.Trust()
	for _, r := range []*verifytest.Release{fullRelease(o), o.Release("app", "1.0.0", app)} {
		payload, _ := json.Marshal(r.Statement)
		f.Add(payload)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		line := verifytest.Envelope(verify.StatementPayload, payload, o.Releasers[:2]...)
		b, err := verify.OpenBundle(append(line, '\n'), trust, verify.Policy{Now: now})
		if err != nil && verify.ReasonOf(err) == "" {
			t.Errorf("no refusal: %v", err)
		}
		if err == nil && len(b.Permit().Deliverables) == 0 {
			t.Error("a permit for nothing")
		}
	})
}

func FuzzReadTrust(f *testing.F) {
	o := verifytest.New()
	o.Next(func(d *verify.TrustDocument) { d.Epoch = 2 })
	f.Add(o.TrustFile())
	doc, _ := json.Marshal(o.Document())
	f.Add(doc)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, file := range [][]byte{data, verifytest.Envelope(verify.TrustPayload, data, o.Roots...)} {
			if trust, err := verify.ReadTrust(file, verifytest.P256Verifier()); err == nil {
				_ = trust.Document()
			} else if verify.ReasonOf(err) == "" {
				t.Errorf("no refusal: %v", err)
			}
		}
	})
}

// FuzzRevocations goes past the signature as well.
func FuzzRevocations(f *testing.F) {
	o := verifytest.New()
	trust := o.Trust()
	f.Add(o.Revoke(1, verify.Digest(nil)))
	var e verify.Envelope
	if err := json.Unmarshal(o.Revoke(2, verify.Digest(nil)), &e); err != nil {
		f.Fatal(err)
	}
	f.Add(e.Payload)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, file := range [][]byte{data, verifytest.Envelope(verify.RevocationsPayload, data, o.Revokers...)} {
			if doc, err := verify.ReadRevocations(file, trust); err == nil {
				if doc.Organisation != "example" || doc.Version < 1 {
					t.Errorf("the list of nobody: %+v", doc)
				}
			} else if verify.ReasonOf(err) == "" {
				t.Errorf("no refusal: %v", err)
			}
		}
	})
}

// FuzzProof puts a proof of any kind behind a permit that is sound.
func FuzzProof(f *testing.F) {
	o := verifytest.New()
	trust := o.Trust()
	lines := o.Release("app", "1.0.0", app).Lines()
	f.Add(lines[1])
	f.Add(o.Release("app", "1.0.1", app).Lines()[1])
	f.Fuzz(func(t *testing.T, proof []byte) {
		b, err := verify.OpenBundle(verifytest.Join([][]byte{lines[0], proof}), trust, verify.Policy{Now: now, RequireLog: true})
		if err != nil && verify.ReasonOf(err) == "" {
			t.Errorf("no refusal: %v", err)
		}
		if err != nil {
			return
		}
		if c, _, ok := b.Checkpoint(); !ok || c.Origin != "log.example" {
			t.Errorf("a log that nobody named: %+v", c)
		}
	})
}

// FuzzStrictJSON holds what the strict reader accepts against encoding/json by
// itself: no key was dropped as the second of its name, and a document in its
// one form comes out again as it went in.
func FuzzStrictJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `[]`, `null`, ` 1e400 `, `{"a":1,"A":2}`, `{"a":{"b":[{"c":null}]}}`, `{"\u0061":1,"a":2}`, `{"k":1,"\u212a":2}`,
		`{"s":1,"\u017f":2}`, "{\"a\":\"\\ud800\"}", "\"\xff\"", `{"a":1}{"b":2}`, `{"a":1,}`} {
		f.Add([]byte(seed))
	}
	statement, _ := json.Marshal(fullRelease(verifytest.New()).Statement)
	f.Add(statement)
	f.Fuzz(func(t *testing.T, data []byte) {
		var signed verify.PermitStatement
		if verify.DecodeSigned(data, &signed) == nil {
			if again, err := json.Marshal(signed); err != nil || !bytes.Equal(again, data) {
				t.Errorf("it is not what was signed: %s, %v", again, err)
			}
		}
		err := verify.Unambiguous(data)
		if err != nil {
			if verify.ReasonOf(err) == "" {
				t.Errorf("no refusal: %v", err)
			}
			return
		}
		var loose any
		if d := json.NewDecoder(bytes.NewReader(data)); !json.Valid(data) {
			t.Error("it is no JSON")
		} else if d.UseNumber(); d.Decode(&loose) != nil {
			t.Error("another reader refuses it")
		}
		if written, kept := keysWritten(t, data), keys(loose); written != kept {
			t.Errorf("%d keys are written, %d are read", written, kept)
		}
	})
}

// keys counts those of all objects of a value, as they were kept.
func keys(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		n = len(v)
		for _, inner := range v {
			n += keys(inner)
		}
	case []any:
		for _, inner := range v {
			n += keys(inner)
		}
	}
	return n
}

// keysWritten counts the keys of a text: a colon outside of strings follows each.
func keysWritten(t *testing.T, data []byte) int {
	t.Helper()
	n, inString := 0, false
	for i := 0; i < len(data); i++ {
		switch {
		case inString && data[i] == '\\':
			i++
		case data[i] == '"':
			inString = !inString
		case !inString && data[i] == ':':
			n++
		}
	}
	return n
}
