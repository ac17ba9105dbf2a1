package evidence

import (
	"context"
	"crypto/ed25519"
	"strings"
	"time"
)

// ExemptionsDir is where signed exemptions stand in a repository, one DSSE
// envelope a file. The first signature asks, the second approves.
const ExemptionsDir = ".plimsoll/exemptions"

// ExemptionType names a request not to meet a requirement until a day.
const ExemptionType = "https://plimsoll.dev/exemption/v1"

// Exemption asks that a requirement need not be met until a day. It holds once
// a second person has signed it too.
type Exemption struct {
	Requirement  string     `json:"requirement"`
	Because      string     `json:"because"`      // why it cannot be met now
	Compensating string     `json:"compensating"` // what lessens the risk meanwhile
	By           string     `json:"by"`
	From         string     `json:"from"`  // YYYY-MM-DD, first day
	Until        string     `json:"until"` // YYYY-MM-DD, last day
	Recorded     time.Time  `json:"recorded"`
	Repository   Repository `json:"repository"`
}

// SignExemption wraps x in an envelope with the signature of whoever asks.
func SignExemption(ctx context.Context, x Exemption, key ed25519.PrivateKey) (envelope []byte, digest string, err error) {
	return signWord(ctx, ExemptionType, x, x.Repository, nil, key)
}

// OpenExemption verifies an exemption as OpenAttestation does an attestation.
func OpenExemption(ctx context.Context, name string, envelope []byte, keys []Key) (Signed[Exemption], error) {
	s, err := openWord[Exemption](ctx, name, ExemptionType, envelope, keys)
	if err != nil {
		return s, err
	}
	x := s.Word
	for _, text := range []string{x.Requirement, x.Because, x.By} {
		if strings.TrimSpace(text) == "" {
			return s, refused(name, "ask again with `plimsoll exempt`", "it lacks the requirement, the reason or who asks")
		}
	}
	return s, checkDays(name, "from", x.From, x.Until)
}
