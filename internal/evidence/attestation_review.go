package evidence

import (
	"context"
	"crypto/ed25519"
	"strings"
	"time"
)

// ReviewsDir is where answers to review questions stand in a repository, one
// DSSE envelope a file, so that git merges them by itself.
const ReviewsDir = ".plimsoll/reviews"

// ReviewType names a person's answer to a question about a change.
const ReviewType = "https://plimsoll.dev/review/v1"

// Review is a person's answer to one question about one change.
type Review struct {
	Item     string `json:"item"`
	Question string `json:"question"` // as it was asked
	// Diff is the digest of the lines that the question was about.
	Diff   string   `json:"diff"`
	Places []string `json:"places"`
	// How says what closes it: test, check or person; Test names the test, Check
	// the check, and Because is what the person says.
	How     string `json:"how"`
	Test    string `json:"test,omitempty"`
	Check   string `json:"check,omitempty"`
	Because string `json:"because,omitempty"`
	// Changed says that the question changed the diff: the lines were others when
	// it was first asked about this change.
	Changed bool `json:"changed"`
	// Note says that an author speaks of their own change, which closes nothing.
	Note       bool       `json:"note,omitempty"`
	By         string     `json:"by"`
	Authors    []string   `json:"authors,omitempty"` // of the commits, as they name them
	Base       string     `json:"base,omitempty"`
	Head       string     `json:"head,omitempty"`
	Recorded   time.Time  `json:"recorded"`
	Repository Repository `json:"repository"`
}

// SignReview wraps an answer in an envelope with its author's signature.
func SignReview(ctx context.Context, r Review, key ed25519.PrivateKey) (envelope []byte, digest string, err error) {
	return signWord(ctx, ReviewType, r, r.Repository, []Basis{{Name: "diff", Digest: r.Diff}}, key)
}

// OpenReview verifies an answer as OpenAttestation does an attestation.
func OpenReview(ctx context.Context, name string, envelope []byte, keys []Key) (Signed[Review], error) {
	s, err := openWord[Review](ctx, name, ReviewType, envelope, keys)
	if err != nil {
		return s, err
	}
	r := s.Word
	if strings.TrimSpace(r.Item) == "" || strings.TrimSpace(r.By) == "" || !strings.HasPrefix(r.Diff, "sha256:") {
		return s, refused(name, "give it again with `plimsoll review answer`", "it names no question, no change, or nobody who answers")
	}
	if r.Test == "" && r.Check == "" && strings.TrimSpace(r.Because) == "" {
		return s, refused(name, "give it again with `plimsoll review answer`", "it names neither a test nor a check, and says nothing")
	}
	return s, nil
}
