// Package admission lets a cluster start only what was permitted: a validating
// admission webhook for Kubernetes (admission.k8s.io/v1).
//
// An image that is named by a tag cannot be verified, since the node resolves
// the tag anew; so each container must name its image by digest, and a permit
// that stands must name that digest. What cannot be read, and what this version
// does not know how to read, is refused.
package admission

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/release/permits"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Webhook answers admission reviews.
type Webhook struct {
	// Permits gives the permits as they stand now.
	Permits func() (*permits.Index, error)
	// Products are those that may run; all where empty.
	Products []string
	// Others are patterns of image names that are let through unverified, see
	// watch.MatchImage.
	Others func(image string) bool
	// Soon warns of permits that end within it.
	Soon  time.Duration
	Clock func() time.Time
}

// maxReview bounds a review; the API server's own objects are smaller than 3 MiB.
const maxReview = 8 << 20

// review is what is read and written of an AdmissionReview.
type review struct {
	APIVersion string    `json:"apiVersion"`
	Kind       string    `json:"kind"`
	Request    *request  `json:"request,omitempty"`
	Response   *response `json:"response,omitempty"`
}

type request struct {
	UID         string          `json:"uid"`
	Kind        kind            `json:"kind"`
	SubResource string          `json:"subResource"`
	Namespace   string          `json:"namespace"`
	Name        string          `json:"name"`
	Operation   string          `json:"operation"`
	Object      json.RawMessage `json:"object"`
}

type kind struct {
	Group   string `json:"group"`
	Version string `json:"version"`
	Kind    string `json:"kind"`
}

type response struct {
	UID              string            `json:"uid"`
	Allowed          bool              `json:"allowed"`
	Status           *status           `json:"status,omitempty"`
	Warnings         []string          `json:"warnings,omitempty"`
	AuditAnnotations map[string]string `json:"auditAnnotations,omitempty"`
}

type status struct {
	Code    int    `json:"code"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// ServeHTTP answers one review. A request that is none gets 400, and the API
// server then goes by the webhook's failurePolicy, which must be Fail.
func (w *Webhook) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	if in.Method != http.MethodPost {
		http.Error(out, "expected an AdmissionReview by POST", http.StatusMethodNotAllowed)
		return
	}
	r, err := read(http.MaxBytesReader(out, in.Body, maxReview))
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	answer := review{APIVersion: r.APIVersion, Kind: r.Kind, Response: w.judge(r.Request)}
	out.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(out).Encode(answer) // the API server went away
}

func read(body io.Reader) (review, error) {
	var r review
	data, err := io.ReadAll(body)
	if err != nil {
		return r, fmt.Errorf("reading an AdmissionReview: %w", err)
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("reading an AdmissionReview: %w", err)
	}
	if r.APIVersion != "admission.k8s.io/v1" || r.Kind != "AdmissionReview" || r.Request == nil || r.Request.UID == "" {
		return r, errors.New("expected an AdmissionReview of admission.k8s.io/v1 with a request")
	}
	return r, nil
}

func (w *Webhook) judge(q *request) *response {
	answer := &response{UID: q.UID, Allowed: true}
	if q.Operation == "DELETE" || q.Operation == "CONNECT" {
		return answer // nothing is started by it
	}
	images, err := imagesOf(q)
	if err != nil {
		return refuse(answer, []string{err.Error()})
	}
	known, err := w.Permits()
	if err != nil {
		return refuse(answer, []string{"the permits cannot be read: " + err.Error()})
	}
	var against, ran []string
	for _, image := range images {
		if w.Others != nil && w.Others(image.name) {
			continue
		}
		k, why := w.permitted(image, known)
		if why != "" {
			against = append(against, image.where+": "+why)
			continue
		}
		ran = append(ran, k.Permit.Product+" "+k.Permit.Version+" "+k.Digest)
		answer.Warnings = append(answer.Warnings, w.warnings(image, k, known)...)
	}
	if len(against) > 0 {
		return refuse(answer, against)
	}
	if len(ran) > 0 {
		answer.AuditAnnotations = map[string]string{"permits": strings.Join(slices.Compact(slices.Sorted(slices.Values(ran))), "; ")}
	}
	return answer
}

func refuse(answer *response, against []string) *response {
	answer.Allowed = false
	answer.Status = &status{Code: http.StatusForbidden, Reason: "Forbidden", Message: "plimsoll: " + strings.Join(against, "; ")}
	return answer
}

// permitted finds a permit that stands and names the image.
func (w *Webhook) permitted(image image, known *permits.Index) (permits.Known, string) {
	if image.digest == "" {
		return permits.Known{}, image.reference + " is named by a tag, which can be moved; name it by digest (" + image.name + "@sha256:…)"
	}
	why := "no permit names " + image.reference
	for _, k := range known.ByDigest(image.digest) {
		switch {
		case len(w.Products) > 0 && !slices.Contains(w.Products, k.Permit.Product):
			why = image.reference + " is of the product " + k.Permit.Product + ", which may not run here"
		case k.Against != nil:
			why = image.reference + ": " + k.Against.Message
		case !isImage(k.Permit, image.digest):
			why = image.reference + " is permitted as something that is no image"
		default:
			return k, ""
		}
	}
	return permits.Known{}, why
}

func isImage(p verify.PermitPredicate, digest string) bool {
	return slices.ContainsFunc(p.Deliverables, func(d verify.Deliverable) bool {
		return d.Digest == digest && d.Kind == verify.KindImage
	})
}

func (w *Webhook) warnings(image image, k permits.Known, known *permits.Index) (said []string) {
	p := k.Permit
	if left := p.Expires.Sub(w.Clock()); left < w.Soon {
		said = append(said, fmt.Sprintf("plimsoll: the permit of %s %s ends on %s", p.Product, p.Version, p.Expires.UTC().Format(time.DateOnly)))
	}
	if newest, ok := known.Later(k); ok {
		said = append(said, fmt.Sprintf("plimsoll: %s runs %s %s, and %s is out", image.where, p.Product, p.Version, newest.Permit.Version))
	}
	return said
}
