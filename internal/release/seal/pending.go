package seal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// pendingFile holds a permit that waits for signatures or for the log.
const pendingFile = "pending.json"

const pendingType = "https://plimsoll.dev/pending/v1"

// pending is a permit under way. It travels with git to the next signer.
type pending struct {
	Type     string `json:"type"`
	Prepared string `json:"prepared"` // digest of prepared.json
	// Approvals is how many of Statements are approvals, which come first and
	// bear their authors' signatures; the rest is signed along with the permit.
	Approvals  int               `json:"approvals"`
	Permit     json.RawMessage   `json:"permit"`
	Statements []json.RawMessage `json:"statements"`
}

func (f *folder) readPending() (*pending, error) {
	raw, err := readBounded(f.path(pendingFile), maxPending)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p, err := parsePending(raw)
	if err != nil {
		return nil, fault.Wrap(fault.Untrusted, err, "restore it from git, or begin again with --restart", "reading %s", f.path(pendingFile))
	}
	return p, nil
}

func parsePending(raw []byte) (*pending, error) {
	var p pending
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		return nil, err
	}
	if p.Type != pendingType || p.Approvals < 0 || p.Approvals > len(p.Statements) || len(p.Statements) > verify.MaxStatement {
		return nil, errors.New("it is no permit under way")
	}
	if _, err := p.permit(); err != nil {
		return nil, err
	}
	for i, s := range p.Statements {
		if _, err := envelope.Read(s); err != nil {
			return nil, fmt.Errorf("statement %d: %w", i+1, err)
		}
	}
	return &p, nil
}

func (f *folder) writePending(p *pending) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if len(raw) > maxPending {
		return fault.New(fault.TooCostly, "release fewer statements", "the permit and its statements have %d bytes, more than %d", len(raw), maxPending)
	}
	return durable.WriteFile(f.path(pendingFile), append(raw, '\n'), 0o644)
}

func (p *pending) payload() ([]byte, error) {
	e, err := envelope.Read(p.Permit)
	if err != nil {
		return nil, err
	}
	if e.PayloadType != verify.StatementPayload {
		return nil, fmt.Errorf("it holds a %s, expected %s", e.PayloadType, verify.StatementPayload)
	}
	return e.Payload, nil
}

func (p *pending) permit() (verify.PermitPredicate, error) {
	payload, err := p.payload()
	if err != nil {
		return verify.PermitPredicate{}, err
	}
	s, err := parsePermit(payload)
	return s.Predicate, err
}

// parsePermit reads a permit's statement.
func parsePermit(payload []byte) (verify.PermitStatement, error) {
	var s verify.PermitStatement
	if err := json.Unmarshal(payload, &s); err != nil {
		return s, fmt.Errorf("reading a permit: %w", err)
	}
	if s.Type != verify.StatementType || s.PredicateType != verify.PermitType {
		return s, fmt.Errorf("reading a permit: it is a %s", s.PredicateType)
	}
	return s, nil
}

func (p *pending) approvals() [][]byte {
	var out [][]byte
	for _, s := range p.Statements[:p.Approvals] {
		out = append(out, s)
	}
	return out
}

func (p *pending) signers() []string {
	e, err := envelope.Read(p.Permit)
	if err != nil {
		return nil
	}
	return envelope.Signers(e)
}

// sign adds a signer to the permit and to the statements that are ours. What it
// signed already stays as it is.
func (p *pending) sign(ctx context.Context, signer envelope.Signer) error {
	lines := append([]*json.RawMessage{}, &p.Permit)
	for i := p.Approvals; i < len(p.Statements); i++ {
		lines = append(lines, &p.Statements[i])
	}
	for _, line := range lines {
		signed, err := envelope.Add(ctx, *line, signer)
		if errors.Is(err, envelope.ErrSigned) {
			continue
		}
		if err != nil {
			return fault.Wrap(fault.Incomplete, err, "run it again: nothing was written", "sealing")
		}
		*line = signed
	}
	return nil
}

// sameAs wants the payloads of both to be the same, byte for byte.
func (p *pending) sameAs(again *pending) error {
	if p.Approvals != again.Approvals || len(p.Statements) != len(again.Statements) || p.Prepared != again.Prepared {
		return errors.New("it holds other statements than the release in this folder gives")
	}
	if !samePayload(p.Permit, again.Permit) {
		return errors.New("it is another permit than the release in this folder gives")
	}
	for i := range p.Statements {
		if !samePayload(p.Statements[i], again.Statements[i]) {
			return fmt.Errorf("statement %d is another than the release in this folder gives", i+1)
		}
	}
	return nil
}

func samePayload(a, b []byte) bool {
	x, err := envelope.Read(a)
	if err != nil {
		return false
	}
	y, err := envelope.Read(b)
	return err == nil && x.PayloadType == y.PayloadType && bytes.Equal(x.Payload, y.Payload)
}
