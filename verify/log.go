package verify

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Bounds of a proof.
const (
	maxCheckpoint = 64 << 10
	maxProof      = 64 // hashes: a tree of 2^63 entries has no more
	maxEarlier    = 256
)

// Checkpoint is the size and root of a log, as it was signed.
type Checkpoint struct {
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
	Root   []byte `json:"root"`
}

func logVerifier(line string) (note.Verifier, error) { return note.NewVerifier(line) }

// OpenCheckpoint verifies a checkpoint (C2SP tlog-checkpoint) with the key of the
// log, and counts the witnesses that have signed it (C2SP tlog-cosignature).
func OpenCheckpoint(text string, log LogTrust) (c Checkpoint, witnesses int, err error) {
	if len(text) > maxCheckpoint {
		return c, 0, refuse(TooLarge, "reading a checkpoint: it has %d bytes", len(text))
	}
	own, err := logVerifier(log.Key)
	if err != nil {
		return c, 0, refuse(Malformed, "reading the key of the log: %v", err)
	}
	verifiers := []note.Verifier{own}
	for _, w := range log.Witnesses {
		v, err := witnessVerifier(w)
		if err != nil {
			return c, 0, refuse(Malformed, "reading the key of a witness: %v", err)
		}
		verifiers = append(verifiers, v)
	}
	n, err := note.Open([]byte(text), note.VerifierList(verifiers...))
	if err != nil {
		return c, 0, refuse(BadSignature, "verifying a checkpoint: %v", err)
	}
	signed := false
	for _, s := range n.Sigs {
		if s.Name == own.Name() && s.Hash == own.KeyHash() {
			signed = true
		} else {
			witnesses++
		}
	}
	if !signed {
		return c, 0, refuse(BadSignature, "verifying a checkpoint: the log itself has not signed it")
	}
	c, err = parseCheckpoint(n.Text)
	if err == nil && c.Origin != own.Name() {
		err = refuse(BadSignature, "verifying a checkpoint: it is of the log %q, expected %q", cut(c.Origin), own.Name())
	}
	return c, witnesses, err
}

// parseCheckpoint reads origin, size and root; what stands after them is the
// log's own matter.
func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] == "" {
		return Checkpoint{}, refuse(Malformed, "reading a checkpoint: expected origin, size and root on three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, refuse(Malformed, "reading a checkpoint: %q is no size", cut(lines[1]))
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return Checkpoint{}, refuse(Malformed, "reading a checkpoint: its root is no hash")
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root}, nil
}

// logged is what the proof of a bundle has shown.
type logged struct {
	checkpoint Checkpoint
	witnesses  int
	earlier    []Consistency
}

// readProof verifies that the permit stands in the log that the trust file names.
func readProof(line []byte, log *LogTrust, p PermitPredicate, digest string) (*logged, error) {
	var proof Proof
	if err := decodeSigned("the proof of the log", line, &proof); err != nil {
		return nil, err
	}
	if log == nil {
		return nil, refuse(NotLogged, "verifying the proof of the log: the trust file names no log")
	}
	if err := checkEntry(proof.Entry, p, digest); err != nil {
		return nil, err
	}
	checkpoint, witnesses, err := OpenCheckpoint(proof.Checkpoint, *log)
	if err != nil {
		return nil, err
	}
	path, err := hashes(proof.Inclusion)
	if err != nil {
		return nil, err
	}
	if proof.Index < 0 || proof.Index >= checkpoint.Size {
		return nil, refuse(NotLogged, "verifying the proof of the log: entry %d of a log of %d", proof.Index, checkpoint.Size)
	}
	if err := tlog.CheckRecord(path, checkpoint.Size, tlog.Hash(checkpoint.Root), proof.Index, tlog.RecordHash(proof.Entry)); err != nil {
		return nil, refuse(NotLogged, "verifying the proof of the log: the checkpoint does not hold the permit")
	}
	return &logged{checkpoint, witnesses, proof.Consistency}, checkEarlier(proof.Consistency)
}

func checkEarlier(all []Consistency) error {
	if len(all) > maxEarlier {
		return refuse(TooLarge, "verifying the proof of the log: it leads from %d earlier sizes, more than %d", len(all), maxEarlier)
	}
	for _, c := range all {
		if _, err := hashes(c.Hashes); err != nil {
			return err
		}
	}
	return nil
}

func checkEntry(data []byte, p PermitPredicate, digest string) error {
	var e Entry
	if err := decodeSigned("the log's entry", data, &e); err != nil {
		return err
	}
	var subjects []string
	for _, d := range p.Deliverables {
		subjects = append(subjects, d.Digest)
	}
	if e.Type != EntryType || e.Kind != "permit" || e.Digest != digest || e.Product != p.Product || e.Version != p.Version || e.Sequence != p.Sequence || !slices.Equal(e.Subjects, subjects) {
		return refuse(NotLogged, "verifying the proof of the log: the entry is about something else than this permit")
	}
	return nil
}

func hashes(raw [][]byte) ([]tlog.Hash, error) {
	if len(raw) > maxProof {
		return nil, refuse(TooLarge, "verifying the proof of the log: %d hashes, more than %d", len(raw), maxProof)
	}
	out := make([]tlog.Hash, len(raw))
	for i, h := range raw {
		if len(h) != tlog.HashSize {
			return nil, refuse(Malformed, "verifying the proof of the log: a hash of %d bytes", len(h))
		}
		out[i] = tlog.Hash(h)
	}
	return out, nil
}

// agrees compares with a checkpoint that was seen before. Compared is false
// where nothing leads from one to the other, so that they may be of two logs.
func (l *logged) agrees(seen Checkpoint) (compared bool, err error) {
	now := l.checkpoint
	switch {
	case seen.Origin == "" || seen.Size == 0:
		return true, nil
	case seen.Origin != now.Origin:
		return false, nil
	case seen.Size == now.Size:
		if !bytes.Equal(seen.Root, now.Root) {
			return true, fork(seen, now)
		}
		return true, nil
	case seen.Size > now.Size:
		return false, nil // an older release: its own bundle cannot lead forward
	}
	for _, c := range l.earlier {
		if c.Size != seen.Size {
			continue
		}
		path, err := hashes(c.Hashes)
		if err != nil {
			return true, err
		}
		if tlog.CheckTree(path, now.Size, tlog.Hash(now.Root), seen.Size, tlog.Hash(seen.Root)) != nil {
			return true, fork(seen, now)
		}
		return true, nil
	}
	return false, nil
}

func fork(seen, now Checkpoint) *Refusal {
	r := refuse(LogFork, "the log %s shows two histories: that of %d entries seen before is no part of that of %d", now.Origin, seen.Size, now.Size)
	r.Hint = "keep both bundles, and ask the organisation: somebody was shown something else than you"
	return r
}

// algCosignature is the type of witnesses' keys (C2SP signed-note).
const algCosignature = 4

// witness verifies cosignature/v1: eight bytes of time and an Ed25519 signature.
type witness struct {
	name   string
	hash   uint32
	public ed25519.PublicKey
}

func witnessVerifier(line string) (*witness, error) {
	name, rest, _ := strings.Cut(line, "+")
	hash, text, _ := strings.Cut(rest, "+")
	public, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || name == "" || strings.ContainsAny(name, " \t\r\n") || len(public) != 1+ed25519.PublicKeySize || public[0] != algCosignature {
		return nil, errors.New("expected name+hash+base64 of a cosignature/v1 key")
	}
	h := sha256.New()
	h.Write([]byte(name + "\n"))
	h.Write(public)
	sum := binary.BigEndian.Uint32(h.Sum(nil))
	if fmt.Sprintf("%08x", sum) != hash {
		return nil, errors.New("its hash does not fit its name and key")
	}
	return &witness{name, sum, public[1:]}, nil
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }
func (w *witness) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	message := append([]byte("cosignature/v1\ntime "+strconv.FormatUint(at, 10)+"\n"), text...)
	return at < 1<<62 && ed25519.Verify(w.public, message, sig[8:])
}
