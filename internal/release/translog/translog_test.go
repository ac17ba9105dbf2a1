//go:build unix

package translog

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	formats "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/tessera"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// ed is a signer as keyring has them.
type ed struct{ private ed25519.PrivateKey }

func newEd(seed byte) ed {
	return ed{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))}
}
func (s ed) Key() verify.Key {
	k, err := verify.NewKey(verify.Ed25519, s.private.Public().(ed25519.PublicKey))
	if err != nil {
		panic(err)
	}
	return k
}
func (s ed) Sign(_ context.Context, m []byte) ([]byte, error) {
	return ed25519.Sign(s.private, m), nil
}
func (ed) Close() error { return nil }

const origin = "log.example.org/releases"

// testLog is a log in a folder, with its keys.
type testLog struct {
	dir      string
	signer   note.Signer
	verifier note.Verifier
}

func newLog(t *testing.T) testLog {
	t.Helper()
	return logIn(t, t.TempDir())
}

func logIn(t *testing.T, dir string) testLog {
	t.Helper()
	signer, err := NewSigner(origin, newEd(1))
	if err != nil {
		t.Fatal(err)
	}
	line, err := VerifierKey(origin, newEd(1).Key())
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := NewVerifier(line)
	if err != nil {
		t.Fatal(err)
	}
	l := testLog{dir, signer, verifier}
	if _, err := Init(t.Context(), dir, signer, verifier); err != nil {
		t.Fatal(err)
	}
	return l
}

func permit(n int) verify.Entry {
	return verify.Entry{Kind: "permit", Product: "shop", Version: fmt.Sprintf("1.%d", n), Sequence: n, Digest: fmt.Sprintf("sha256:%064x", n)}
}

func (l testLog) append(t *testing.T, e verify.Entry) (int64, *View) {
	t.Helper()
	index, v, err := Append(t.Context(), l.dir, l.signer, l.verifier, e)
	if err != nil {
		t.Fatal(err)
	}
	return index, v
}

// grow adds entries without waiting for a checkpoint after each.
func (l testLog) grow(t *testing.T, from, to int) {
	t.Helper()
	w, err := openWriter(t.Context(), l.dir, l.signer)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	for n := from; n <= to; n++ {
		data, err := newEntry(permit(n))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.appender.Add(t.Context(), tessera.NewEntry(data))(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.published(t.Context(), int64(to)); err != nil {
		t.Fatal(err)
	}
}

func (l testLog) look(t *testing.T) *View {
	t.Helper()
	v, err := Look(t.Context(), folder(l.dir), l.verifier)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (l testLog) copy(t *testing.T) testLog {
	t.Helper()
	other := l
	other.dir = filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(other.dir, os.DirFS(l.dir)); err != nil {
		t.Fatal(err)
	}
	return other
}

// TestProofs: over the border of a tile, every entry is proved against the
// checkpoint, every earlier size is a prefix, and the tree is rebuilt.
func TestProofs(t *testing.T) {
	l := newLog(t)
	l.append(t, permit(1))
	early := l.look(t).Checkpoint.Tree
	l.grow(t, 2, 300)
	v := l.look(t)
	if v.Size() != 300 {
		t.Fatalf("the log has %d entries", v.Size())
	}
	if err := v.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := v.Follows(early); err != nil {
		t.Error(err)
	}
	n := 0
	for leaf, err := range v.Leaves(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		proof, err := v.Inclusion(leaf.Index)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckRecord(hashes(proof), v.Size(), v.Checkpoint.Tree.Hash, leaf.Index, tlog.RecordHash(leaf.Data)); err != nil {
			t.Fatalf("entry %d: %v", leaf.Index, err)
		}
		n++
	}
	if n != 300 {
		t.Errorf("%d entries were read", n)
	}
	for _, size := range []int64{1, 2, 255, 256, 257, 299} {
		proof, err := v.Consistency(size)
		if err != nil {
			t.Fatal(err)
		}
		then, err := tlog.TreeHash(size, v.hashes)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckTree(hashes(proof), v.Size(), v.Checkpoint.Tree.Hash, size, then); err != nil {
			t.Errorf("size %d: %v", size, err)
		}
	}
}

func hashes(rows [][]byte) []tlog.Hash {
	out := make([]tlog.Hash, len(rows))
	for i, r := range rows {
		out[i] = tlog.Hash(r)
	}
	return out
}

// TestRules: the same entry is not added twice, and a version has one permit.
func TestRules(t *testing.T) {
	l := newLog(t)
	l.append(t, permit(1))
	l.append(t, permit(2))
	if index, v := l.append(t, permit(1)); index != 0 || v.Size() != 2 {
		t.Errorf("an entry that is there already: index %d of %d", index, v.Size())
	}
	other := permit(2)
	other.Digest = "sha256:" + strings.Repeat("f", 64)
	lower := permit(3)
	lower.Sequence = 2
	for name, e := range map[string]verify.Entry{"another permit of a version": other, "a sequence twice": lower} {
		if _, _, err := Append(t.Context(), l.dir, l.signer, l.verifier, e); fault.CodeOf(err) != fault.Untrusted {
			t.Errorf("%s: %v", name, err)
		}
	}
	elsewhere := permit(1)
	elsewhere.Product = "bank"
	if index, _ := l.append(t, elsewhere); index != 2 {
		t.Errorf("another product's entry has the index %d", index)
	}
	large := permit(9)
	large.Subjects = make([]string, maxEntry/64)
	for i := range large.Subjects {
		large.Subjects[i] = other.Digest
	}
	if _, _, err := Append(t.Context(), l.dir, l.signer, l.verifier, large); fault.CodeOf(err) != fault.NotThere {
		t.Errorf("an entry that is too large: %v", err)
	}
}

// TestUnpublished: what a killed process sequenced without a checkpoint is seen
// by the next one.
func TestUnpublished(t *testing.T) {
	l := newLog(t)
	l.append(t, permit(1))
	before, err := os.ReadFile(filepath.Join(l.dir, "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	l.append(t, permit(2))
	if err := os.WriteFile(filepath.Join(l.dir, "checkpoint"), before, 0o644); err != nil { // as if it had been killed
		t.Fatal(err)
	}
	other := permit(2)
	other.Digest = "sha256:" + strings.Repeat("f", 64)
	if _, _, err := Append(t.Context(), l.dir, l.signer, l.verifier, other); fault.CodeOf(err) != fault.Untrusted {
		t.Errorf("another permit of a version that no checkpoint shows: %v", err)
	}
	if index, v := l.append(t, permit(2)); index != 1 || v.Size() != 2 {
		t.Errorf("index %d of %d", index, v.Size())
	}
}

// TestTampering: every file that is changed is found.
func TestTampering(t *testing.T) {
	l := newLog(t)
	l.grow(t, 1, 300)
	for _, path := range []string{"tile/entries/000", "tile/entries/001.p/44", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "checkpoint"} {
		t.Run(path, func(t *testing.T) {
			bad := l.copy(t)
			file := filepath.Join(bad.dir, path)
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			data[len(data)/2] ^= 1
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
			v, err := Look(t.Context(), folder(bad.dir), bad.verifier)
			if err == nil {
				err = v.Verify(t.Context())
			}
			if fault.CodeOf(err) != fault.Untrusted {
				t.Errorf("a flipped bit: %v", err)
			}
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			if v, err = Look(t.Context(), folder(bad.dir), bad.verifier); err == nil {
				err = v.Verify(t.Context())
			}
			if err == nil {
				t.Error("a file that is gone was not missed")
			}
		})
	}
}

// TestSplitView: a log that shows two histories, each well signed, is found by
// whoever remembers one of them.
func TestSplitView(t *testing.T) {
	l := newLog(t)
	l.append(t, permit(1))
	fork, young := l.copy(t), l.copy(t)
	l.append(t, permit(2))
	l.append(t, permit(3))
	evil := permit(2)
	evil.Digest = "sha256:" + strings.Repeat("e", 64)
	fork.append(t, evil)
	memory := NewMemory(filepath.Join(t.TempDir(), "seen"))
	if _, err := memory.Advance(young.look(t), l.verifier, nil); err != nil {
		t.Fatal(err)
	}
	if earlier, err := memory.Advance(l.look(t), l.verifier, nil); err != nil || earlier.Tree.N != 1 {
		t.Fatalf("growth: %v", err)
	}
	cases := map[string]testLog{"shrunk and forked": fork, "shrunk": young}
	fork2 := fork.copy(t)
	fork2.append(t, permit(3))
	cases["forked at the same size"] = fork2
	fork3 := fork2.copy(t)
	fork3.append(t, permit(4))
	cases["forked and grown"] = fork3
	for name, other := range cases {
		if _, err := memory.Advance(other.look(t), l.verifier, nil); !errors.Is(err, ErrFork) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := memory.Advance(l.look(t), l.verifier, nil); err != nil {
		t.Errorf("the memory was spoilt by a fork: %v", err)
	}
}

// TestWeb: the folder behind a web server is the same log.
func TestWeb(t *testing.T) {
	l := newLog(t)
	l.grow(t, 1, 5)
	files := http.FileServer(http.Dir(l.dir))
	server := httptest.NewServer(http.StripPrefix("/log/", files))
	defer server.Close()
	source, err := NewSource(server.URL + "/log/")
	if err != nil {
		t.Fatal(err)
	}
	v, err := Look(t.Context(), source, l.verifier)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Verify(t.Context()); err != nil || v.Size() != 5 {
		t.Errorf("%d entries, %v", v.Size(), err)
	}
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 1000 {
			_, _ = w.Write(make([]byte, 4096))
		}
	}))
	defer endless.Close()
	if source, err = NewSource(endless.URL); err != nil {
		t.Fatal(err)
	}
	if _, err := Look(t.Context(), source, l.verifier); err == nil {
		t.Error("a checkpoint of 4 MB was read")
	}
}

// TestWitness: another implementation verifies our cosignature, it survives in
// the log's folder, and a witness signs no second history.
func TestWitness(t *testing.T) {
	l := newLog(t)
	l.append(t, permit(1))
	fork := l.copy(t)
	l.append(t, permit(2))
	memory := NewMemory(filepath.Join(t.TempDir(), "seen"))
	now := func() time.Time { return time.Unix(1790000000, 0) }
	raw, err := Cosign(t.Context(), l.look(t), l.verifier, memory, "witness.example.org", newEd(7), now)
	if err != nil {
		t.Fatal(err)
	}
	line, err := CosignatureKey("witness.example.org", newEd(7).Key())
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := formats.NewVerifierForCosignatureV1(line)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(raw, note.VerifierList(theirs))
	if err != nil || len(n.Sigs) != 1 {
		t.Fatalf("formats/note reads %v", err)
	}
	if at, err := formats.CoSigV1Timestamp(n.Sigs[0]); err != nil || !at.Equal(now()) {
		t.Errorf("its time is %v, %v", at, err)
	}
	ours, err := NewVerifier(line)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // once more changes nothing
		c, err := Publish(t.Context(), l.dir, raw, l.verifier, ours)
		if err != nil || len(c.Witnesses) != 1 || strings.Count(c.Raw, "— ") != 2 {
			t.Fatalf("%v, %v", c, err)
		}
	}
	evil := permit(2)
	evil.Digest = "sha256:" + strings.Repeat("e", 64)
	fork.append(t, evil)
	if _, err := Cosign(t.Context(), fork.look(t), l.verifier, memory, "witness.example.org", newEd(7), now); !errors.Is(err, ErrFork) {
		t.Errorf("a witness signed a second history: %v", err)
	}
	l.append(t, permit(3))
	if _, err := Publish(t.Context(), l.dir, raw, l.verifier, ours); err == nil {
		t.Error("an old cosigned checkpoint took the place of a newer one")
	}
}

func TestCheckpointRefused(t *testing.T) {
	l := newLog(t)
	sign := func(text string) []byte {
		raw, err := note.Sign(&note.Note{Text: text}, l.signer)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	root := tlog.RecordHash(nil).String()
	if _, err := ReadCheckpoint(sign(origin+"\n1\n"+root+"\n"), l.verifier); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"another origin":       "other\n1\n" + root + "\n",
		"no root":              origin + "\n1\n",
		"negative":             origin + "\n-1\n" + root + "\n",
		"leading zero":         origin + "\n01\n" + root + "\n",
		"too many":             origin + "\n999999999999\n" + root + "\n",
		"short root":           origin + "\n1\nAAAA\n",
		"empty with a root":    origin + "\n0\n" + root + "\n",
		"empty extension line": origin + "\n1\n" + root + "\n\nx\n",
	} {
		if _, err := ReadCheckpoint(sign(text), l.verifier); fault.CodeOf(err) != fault.Untrusted {
			t.Errorf("%s: %v", name, err)
		}
	}
	if line, err := VerifierKey(origin, newEd(2).Key()); err != nil {
		t.Fatal(err)
	} else if other, err := NewVerifier(line); err != nil {
		t.Fatal(err)
	} else if _, err := ReadCheckpoint(sign(origin+"\n1\n"+root+"\n"), other); fault.CodeOf(err) != fault.Untrusted {
		t.Errorf("another key: %v", err)
	}
}

// TestPublicLine: as golang.org/x/mod pairs them, whatever the base64 holds.
func TestPublicLine(t *testing.T) {
	for range 50 {
		private, public, err := note.GenerateKey(rand.Reader, origin)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := PublicLine(private); got != public || err != nil {
			t.Fatalf("%s gives %s, %v", public, got, err)
		}
	}
	for _, bad := range []string{"", "PRIVATE+KEY+a+b", "PRIVATE+KEY+a+b+c"} {
		if _, err := PublicLine(bad); err == nil {
			t.Errorf("%q is a key", bad)
		}
	}
}
