package seal

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/translog"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// assemble writes the lines of the bundle.
func (s *sealer) assemble(w io.Writer, proof *verify.Proof) error {
	line := func(data []byte) error {
		_, err := w.Write(append(data[:len(data):len(data)], '\n'))
		return err
	}
	if err := line(s.pending.Permit); err != nil {
		return err
	}
	for _, statement := range s.pending.Statements {
		if err := line(statement); err != nil {
			return err
		}
	}
	for _, a := range s.prepared.Attached {
		if a.Apart {
			continue
		}
		data, err := s.folder.attached(a)
		if err != nil {
			return err
		}
		content, err := json.Marshal(verify.AttachmentContent{MediaType: verify.AttachmentLine, Digest: a.Digest, Data: data})
		if err != nil {
			return err
		}
		if err := line(content); err != nil {
			return err
		}
	}
	if proof == nil {
		return nil
	}
	data, err := json.Marshal(proof)
	if err != nil {
		return err
	}
	return line(data)
}

// appendToLog puts the permit into the log and gives the proof of it; nil where
// the organisation keeps no log.
func (s *sealer) appendToLog(ctx context.Context, payload []byte) (*verify.Proof, int64, error) {
	if s.Log == nil {
		return nil, -1, nil
	}
	earlier, err := s.consistent(ctx)
	if err != nil {
		return nil, -1, err
	}
	p, err := parsePermit(payload)
	if err != nil {
		return nil, -1, err
	}
	entry := verify.Entry{Kind: "permit", Product: p.Predicate.Product, Version: p.Predicate.Version, Sequence: p.Predicate.Sequence, Digest: verify.Digest(payload)}
	for _, d := range p.Predicate.Deliverables {
		entry.Subjects = append(entry.Subjects, d.Digest)
	}
	s.at("before-append")
	index, view, err := s.Log.Append(ctx, entry)
	if err != nil {
		return nil, -1, err
	}
	proof, err := view.Prove(ctx, index, earlier)
	return proof, index, err
}

// consistent holds the log against what earlier bundles saw of it, before
// anything is added: they travel with the repository, where a machine's memory
// does not. It gives the sizes at earlier releases.
func (s *sealer) consistent(ctx context.Context) ([]int64, error) {
	view, err := s.Log.Look(ctx)
	if err != nil {
		return nil, err
	}
	var sizes []int64
	for _, name := range bundles(s.Dir) {
		proof, err := proofOf(name)
		if err != nil || proof == nil {
			continue // it is no bundle, or has no proof: nothing was seen by it
		}
		c, err := translog.ReadCheckpoint([]byte(proof.Checkpoint), s.Log.Verifier)
		if err != nil {
			continue // of another log, or of its earlier key
		}
		if err := view.Follows(c.Tree); err != nil {
			return nil, fmt.Errorf("holding the log against %s: %w", filepath.Base(name), err)
		}
		sizes = append(sizes, c.Tree.N)
	}
	slices.Sort(sizes)
	sizes = slices.Compact(sizes)
	return sizes[max(0, len(sizes)-maxEarlier):], nil
}

// maxEarlier is how many earlier releases a proof leads from.
const maxEarlier = 16

// mostAhead is how far a number may lie beyond those before it. Nobody has signed
// what lies in the repository for sure, and with the highest number that there is
// no release could ever follow.
const mostAhead = 1_000_000

// nextSequence is one more than any permit of the product that the log, a bundle
// or a pending permit here has.
func (s *sealer) nextSequence(ctx context.Context) (int, error) {
	last, err := s.lastLogged(ctx)
	if err != nil {
		return 0, err
	}
	var here []int
	for _, p := range permits(s.Dir) {
		if p.Predicate.Product == s.prepared.Product && p.Predicate.Version != s.prepared.Version {
			here = append(here, p.Predicate.Sequence)
		}
	}
	slices.Sort(here)
	for _, n := range here {
		if n > last && n <= last+mostAhead {
			last = n
		}
	}
	return last + 1, nil
}

// lastLogged is the highest number that the log has of the product, 0 for none.
func (s *sealer) lastLogged(ctx context.Context) (last int, err error) {
	if s.Log == nil {
		return 0, nil
	}
	view, err := s.Log.Look(ctx)
	if err != nil {
		return 0, err
	}
	for leaf, err := range view.Leaves(ctx, 0) {
		if err != nil {
			return 0, err
		}
		if leaf.Kind == "permit" && leaf.Product == s.prepared.Product {
			last = max(last, leaf.Sequence)
		}
	}
	return last, nil
}

// bundles are the sealed releases in a repository.
func bundles(root string) []string {
	names, _ := filepath.Glob(filepath.Join(root, record.Dir, "*", "*"+verify.Extension))
	return names
}

// permits are those of all bundles and pending releases in a repository, as far
// as they can be read. Nothing of them is verified.
func permits(root string) []verify.PermitStatement {
	var out []verify.PermitStatement
	for _, name := range bundles(root) {
		if payload, err := permitIn(name); err == nil {
			if s, err := parsePermit(payload); err == nil {
				out = append(out, s)
			}
		}
	}
	names, _ := filepath.Glob(filepath.Join(root, record.Dir, "*", pendingFile))
	for _, name := range names {
		raw, err := readBounded(name, maxPending)
		if err != nil {
			continue
		}
		if p, err := parsePending(raw); err == nil {
			payload, _ := p.payload()
			s, _ := parsePermit(payload)
			out = append(out, s)
		}
	}
	return out
}

// permitOf is the payload of the permit in a bundle.
func permitOf(bundle []byte) ([]byte, error) {
	first, _, _ := bytes.Cut(bundle, []byte("\n"))
	e, err := envelope.Read(first)
	if err != nil {
		return nil, err
	}
	_, err = parsePermit(e.Payload)
	return e.Payload, err
}

// permitIn reads the first line of a bundle alone: the rest may be large.
func permitIn(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	first, err := bufio.NewReader(io.LimitReader(file, verify.MaxEnvelope)).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return permitOf(first)
}

// maxProof bounds the line of a proof.
const maxProof = 1 << 20

// proofOf reads the last line of a bundle; nil where it is no proof.
func proofOf(name string) (*verify.Proof, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	tail := make([]byte, min(info.Size(), maxProof))
	if _, err := file.ReadAt(tail, info.Size()-int64(len(tail))); err != nil {
		return nil, err
	}
	return parseProof(tail)
}

// parseProof reads the last line of what is given.
func parseProof(tail []byte) (*verify.Proof, error) {
	tail = bytes.TrimRight(tail, "\n")
	line := tail[bytes.LastIndexByte(tail, '\n')+1:]
	var p verify.Proof
	if err := json.Unmarshal(line, &p); err != nil || p.MediaType != verify.ProofLine {
		return nil, err
	}
	return &p, nil
}
