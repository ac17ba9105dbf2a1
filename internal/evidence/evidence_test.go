package evidence_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	attestation "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

var here = evidence.Repository{Roots: []string{"1111111111111111111111111111111111111111"}}

func record() evidence.Record {
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	return evidence.Record{
		Call: evidence.Call{Check: "code.secrets", Tool: evidence.Tool{Name: "plimsoll", Version: "v1", Digest: "sha256:aa"},
			Rules: "sha256:bb", Inputs: []evidence.Input{{Name: "work tree", Digest: "sha256:" + strings.Repeat("c", 64)}}},
		Repository:   here,
		Observations: []event.Observation{{Check: "code.secrets", What: "files", Count: 3}},
		Findings:     []event.Finding{{Rule: "secret.x", Message: "<&> found", Fingerprint: "f"}},
		Started:      at, Finished: at.Add(time.Second), FreshUntil: at.Add(time.Hour),
	}
}

func store(t *testing.T) (*evidence.Store, string) {
	dir := t.TempDir()
	return evidence.OpenStore(filepath.Join(dir, "evidence"), evidence.OpenKeys(filepath.Join(dir, "keys"))), dir
}

func TestRoundTrip(t *testing.T) {
	s, _ := store(t)
	put, err := s.Put(t.Context(), record())
	if err != nil {
		t.Fatal(err)
	}
	got, ok, err := s.Get(t.Context(), record().Call, here)
	if err != nil || !ok {
		t.Fatalf("got %v, %v", ok, err)
	}
	if diff := cmp.Diff(put, got); diff != "" {
		t.Error(diff)
	}
	if _, ok, err := s.Get(t.Context(), evidence.Call{Check: "code.secrets"}, here); ok || err != nil {
		t.Errorf("another call: got %v, %v", ok, err)
	}
}

// TestRefusals changes good evidence in each way that must be noticed.
func TestRefusals(t *testing.T) {
	tests := map[string]struct {
		spoil func(t *testing.T, s *evidence.Store, path string)
		want  string
	}{
		"flipped bit in the payload": {func(t *testing.T, _ *evidence.Store, path string) {
			edit(t, path, func(e map[string]any) {
				payload, _ := base64.StdEncoding.DecodeString(e["payload"].(string))
				payload[len(payload)/2] ^= 1
				e["payload"] = base64.StdEncoding.EncodeToString(payload)
			})
		}, "does not fit"},
		"another payload type": {func(t *testing.T, _ *evidence.Store, path string) {
			edit(t, path, func(e map[string]any) { e["payloadType"] = "text/plain" })
		}, "payload type"},
		"no signature": {func(t *testing.T, _ *evidence.Store, path string) {
			edit(t, path, func(e map[string]any) { e["signatures"] = []any{} })
		}, "no signature"},
		"not JSON": {func(t *testing.T, _ *evidence.Store, path string) {
			if err := os.WriteFile(path, []byte("{"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, "no DSSE envelope"},
		"wrong key": {func(t *testing.T, _ *evidence.Store, path string) {
			other, _ := store(t)
			item, err := other.Put(t.Context(), record())
			if err != nil {
				t.Fatal(err)
			}
			copyFile(t, item.Path, path)
		}, "none of the 1 known here"},
		"another repository": {func(t *testing.T, s *evidence.Store, path string) {
			foreign := record()
			foreign.Repository.Roots = []string{"2222222222222222222222222222222222222222"}
			if _, err := s.Put(t.Context(), foreign); err != nil {
				t.Fatal(err)
			}
		}, "another repository"},
		"another call under this name": {func(t *testing.T, s *evidence.Store, path string) {
			other := record()
			other.Inputs[0].Digest = "sha256:dd"
			item, err := s.Put(t.Context(), other)
			if err != nil {
				t.Fatal(err)
			}
			copyFile(t, item.Path, path)
		}, "another call"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, _ := store(t)
			item, err := s.Put(t.Context(), record())
			if err != nil {
				t.Fatal(err)
			}
			test.spoil(t, s, item.Path)
			_, ok, err := s.Get(t.Context(), record().Call, here)
			if ok || fault.CodeOf(err) != fault.Untrusted || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, %v; expected a refusal with %q", ok, err, test.want)
			}
		})
	}
}

func edit(t *testing.T, path string, change func(map[string]any)) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var e map[string]any
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	change(e)
	if data, err = json.Marshal(e); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestRotationKeepsOldEvidence(t *testing.T) {
	s, _ := store(t)
	if _, err := s.Put(t.Context(), record()); err != nil {
		t.Fatal(err)
	}
	old, fresh, err := s.Keys().Rotate()
	if err != nil || old.ID == fresh.ID {
		t.Fatalf("rotating: %v", err)
	}
	again := evidence.OpenStore(filepath.Join(filepath.Dir(s.Keys().Dir()), "evidence"), s.Keys())
	if _, ok, err := again.Get(t.Context(), record().Call, here); !ok || err != nil {
		t.Errorf("evidence by the retired key: %v, %v", ok, err)
	}
	all, err := s.Keys().All()
	if err != nil || len(all) != 2 || all[0].ID != fresh.ID || !all[1].Retired {
		t.Errorf("keys after rotation: %+v, %v", all, err)
	}
}

func TestFirstUseRace(t *testing.T) {
	keys := evidence.OpenKeys(t.TempDir())
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			key, err := keys.Private()
			if err != nil {
				t.Error(err)
				return
			}
			ids[i], _ = evidence.KeyID(key.Public().(ed25519.PublicKey))
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("two keys were made: %v", ids)
		}
	}
	if info, err := os.Stat(filepath.Join(keys.Dir(), "local.pem")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the private key's mode: %v, %v", info.Mode(), err)
	}
}

// TestInTotoReadsOurStatement holds our statement against in-toto's own module.
func TestInTotoReadsOurStatement(t *testing.T) {
	data, err := json.Marshal(evidence.NewStatement(record()))
	if err != nil {
		t.Fatal(err)
	}
	var s attestation.Statement
	if err := protojson.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
}

// TestOpenSSLVerifies proves the envelope with an implementation that shares no
// code with the one that signed: the pre-authentication encoding of the DSSE
// protocol is written out here by hand, the signature is checked by OpenSSL.
func TestOpenSSLVerifies(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("openssl is not installed")
		}
		t.Skip("openssl is not installed")
	}
	s, _ := store(t)
	item, err := s.Put(t.Context(), record())
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(item.Path)
	if err != nil {
		t.Fatal(err)
	}
	var e struct {
		Payload     []byte `json:"payload"`
		PayloadType string `json:"payloadType"`
		Signatures  []struct{ Sig []byte }
	}
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	private, err := s.Keys().Private()
	if err != nil {
		t.Fatal(err)
	}
	public, err := evidence.EncodePublic(private.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	pae := fmt.Appendf(nil, "DSSEv1 %d %s %d ", len(e.PayloadType), e.PayloadType, len(e.Payload))
	verify := func(message []byte) error {
		dir := t.TempDir()
		for name, content := range map[string][]byte{"key": public, "sig": e.Signatures[0].Sig, "message": message} {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command(openssl, "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key", "-sigfile", "sig", "-in", "message")
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}
	if err := verify(append(pae, e.Payload...)); err != nil {
		t.Errorf("OpenSSL refuses our signature: %v", err)
	}
	if verify(append(pae, bytes.ToUpper(e.Payload)...)) == nil {
		t.Error("OpenSSL takes a changed payload")
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(`{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"k","sig":"AA=="}]}`))
	f.Add([]byte(`{}`))
	key := ed25519.NewKeyFromSeed(binary.BigEndian.AppendUint64(make([]byte, 24), 7))
	id, err := evidence.KeyID(key.Public().(ed25519.PublicKey))
	if err != nil {
		f.Fatal(err)
	}
	keys := []evidence.Key{{ID: id, Public: key.Public().(ed25519.PublicKey)}}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, _, err := evidence.Open(t.Context(), "x", data, keys); err == nil {
			t.Error("an envelope was believed that nobody signed")
		}
	})
}
