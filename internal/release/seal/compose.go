package seal

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// compose makes the permit and its statements, unsigned. The same folder, number
// and date give the same bytes, on whatever machine.
func (s *sealer) compose(approvals [][]byte, approved []verify.Approved, sequence int, issued time.Time) (*pending, error) {
	statement, err := s.permit(approved, sequence, issued)
	if err != nil {
		return nil, err
	}
	p := &pending{Type: pendingType, Prepared: verify.Digest(s.raw), Approvals: len(approvals)}
	for _, a := range approvals {
		e, err := envelope.Read(a)
		if err != nil {
			return nil, err
		}
		p.Statements = append(p.Statements, a)
		statement.Predicate.Statements = append(statement.Predicate.Statements, verify.Digest(e.Payload))
	}
	ours := append(s.prepared.Statements[:len(s.prepared.Statements):len(s.prepared.Statements)], nil)
	if ours[len(ours)-1], err = s.summary(statement, issued); err != nil {
		return nil, err
	}
	for _, payload := range ours {
		line, err := unsigned(payload)
		if err != nil {
			return nil, err
		}
		p.Statements = append(p.Statements, line)
		statement.Predicate.Statements = append(statement.Predicate.Statements, verify.Digest(payload))
	}
	payload, err := json.Marshal(statement) // the one form that verifiers accept
	if err != nil {
		return nil, err
	}
	p.Permit, err = unsigned(payload)
	return p, err
}

// unsigned is an envelope that waits for signatures.
func unsigned(payload []byte) ([]byte, error) {
	return json.Marshal(verify.Envelope{PayloadType: verify.StatementPayload, Payload: payload, Signatures: []verify.Signature{}})
}

func (s *sealer) permit(approved []verify.Approved, sequence int, issued time.Time) (verify.PermitStatement, error) {
	p, trust := s.prepared, s.Trust.Document()
	out := verify.PermitStatement{Type: verify.StatementType, PredicateType: verify.PermitType}
	lasts, err := time.ParseDuration(p.ValidFor)
	if err != nil || lasts <= 0 {
		return out, fault.New(fault.Config, "prepare it again with a duration such as 2160h", "the release is to be valid for %q", p.ValidFor)
	}
	for _, d := range p.Deliverables {
		hex, ok := strings.CutPrefix(d.Digest, "sha256:")
		if !ok {
			return out, fault.New(fault.Config, "prepare it again", "the deliverable %q has no SHA-256 digest", d.Name)
		}
		out.Subject = append(out.Subject, verify.Subject{Name: d.Name, Digest: map[string]string{"sha256": hex}})
	}
	out.Predicate = verify.PermitPredicate{
		Organisation: trust.Organisation, Product: p.Product, Version: p.Version, Sequence: sequence, Line: p.Line,
		Commit: p.Commit, Roots: p.Roots, Issued: issued, Expires: issued.Add(lasts).Truncate(time.Second), Trust: trust.Version, Epoch: trust.Epoch,
		Deliverables: p.Deliverables, Verdict: p.Verdict, Preconditions: p.Preconditions, Approvals: approved,
		Attached: p.Attached, Evidence: p.Evidence, Emergency: p.Emergency,
	}
	return out, nil
}

// summary is the SLSA Verification Summary Attestation of the release, for those
// who know that and not our permit. It claims no SLSA level: the gate has looked
// at requirements, which is another thing.
func (s *sealer) summary(permit verify.PermitStatement, issued time.Time) ([]byte, error) {
	p := s.prepared
	predicate := vsa{
		Verifier:           vsaVerifier{ID: "https://plimsoll.dev/gate", Version: map[string]string{"plimsoll": strings.TrimPrefix(p.Verdict.Tool, "plimsoll ")}},
		TimeVerified:       p.Verdict.AsOf.UTC(),
		ResourceURI:        fmt.Sprintf("pkg:generic/%s@%s", p.Product, p.Version),
		Policy:             vsaPolicy{URI: "https://plimsoll.dev/prepared/v1", Digest: map[string]string{"sha256": strings.TrimPrefix(verify.Digest(s.raw), "sha256:")}},
		VerificationResult: "PASSED",
		VerifiedLevels:     []string{"PLIMSOLL_GATE_MET"},
		SLSAVersion:        "1.0",
	}
	if p.Verdict.Gate != "met" {
		predicate.VerificationResult, predicate.VerifiedLevels = "FAILED", []string{"FAILED"}
	}
	for _, raw := range p.Statements {
		predicate.Inputs = append(predicate.Inputs, vsaInput{Digest: map[string]string{"sha256": strings.TrimPrefix(verify.Digest(raw), "sha256:")}})
	}
	return json.Marshal(vsaStatement{Type: verify.StatementType, Subject: permit.Subject, PredicateType: verify.VSAType, Predicate: predicate})
}

// The fields of a VSA (SLSA 1.0, Verification Summary Attestation).
type (
	vsaStatement struct {
		Type          string           `json:"_type"`
		Subject       []verify.Subject `json:"subject"`
		PredicateType string           `json:"predicateType"`
		Predicate     vsa              `json:"predicate"`
	}
	vsa struct {
		Verifier           vsaVerifier `json:"verifier"`
		TimeVerified       time.Time   `json:"timeVerified"`
		ResourceURI        string      `json:"resourceUri"`
		Policy             vsaPolicy   `json:"policy"`
		Inputs             []vsaInput  `json:"inputAttestations,omitempty"`
		VerificationResult string      `json:"verificationResult"`
		VerifiedLevels     []string    `json:"verifiedLevels"`
		SLSAVersion        string      `json:"slsaVersion"`
	}
	vsaVerifier struct {
		ID      string            `json:"id"`
		Version map[string]string `json:"version"`
	}
	vsaPolicy struct {
		URI    string            `json:"uri"`
		Digest map[string]string `json:"digest"`
	}
	vsaInput struct {
		Digest map[string]string `json:"digest"`
	}
)
