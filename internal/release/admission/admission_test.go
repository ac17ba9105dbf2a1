package admission_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/release/admission"
	"github.com/plimsoll-dev/plimsoll/internal/release/permits"
	"github.com/plimsoll-dev/plimsoll/verify"
)

var now = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

var (
	good    = "sha256:" + strings.Repeat("a1", 32)
	older   = "sha256:" + strings.Repeat("b2", 32)
	revoked = "sha256:" + strings.Repeat("c3", 32)
	binary  = "sha256:" + strings.Repeat("d4", 32)
	other   = "sha256:" + strings.Repeat("e5", 32)
	nobody  = "sha256:" + strings.Repeat("f6", 32)
)

func permit(product, version string, sequence int, digest string, kind verify.Kind, against *verify.Refusal) permits.Known {
	return permits.Known{Digest: "sha256:permit-" + version, Against: against, Permit: verify.PermitPredicate{
		Product: product, Version: version, Sequence: sequence, Issued: now, Expires: now.AddDate(0, 0, 60),
		Deliverables: []verify.Deliverable{{Name: product, Kind: kind, Digest: digest}}}}
}

func webhook() *admission.Webhook {
	index := permits.New(
		permit("shop", "1.1.0", 1, older, verify.KindImage, nil),
		permit("shop", "1.2.0", 2, good, verify.KindImage, nil),
		permit("shop", "1.0.9", 0, revoked, verify.KindImage, &verify.Refusal{Reason: verify.Revoked, Message: "the permit of shop 1.0.9 was taken back: it leaks sessions"}),
		permit("shop", "1.3.0", 3, binary, verify.KindFile, nil),
		permit("other", "9", 1, other, verify.KindImage, nil),
	)
	return &admission.Webhook{Permits: func() (*permits.Index, error) { return index, nil }, Products: []string{"shop"},
		Others: func(image string) bool { return image == "registry.k8s.io/pause" }, Soon: 14 * 24 * time.Hour, Clock: func() time.Time { return now }}
}

func pod(images ...string) string {
	var boxes []string
	for i, image := range images {
		boxes = append(boxes, fmt.Sprintf(`{"name":"c%d","image":%q}`, i, image))
	}
	return `{"metadata":{"name":"p"},"spec":{"containers":[` + strings.Join(boxes, ",") + `]}}`
}

func nested(pod string) string { return `{"spec":{"template":` + pod + `}}` }

// ask sends a review over HTTP, as the API server does.
func ask(t *testing.T, hook http.Handler, group, kind, operation, object string) (allowed bool, message string, warnings []string) {
	t.Helper()
	server := httptest.NewServer(hook)
	defer server.Close()
	body := fmt.Sprintf(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u-1","operation":%q,"kind":{"group":%q,"version":"v1","kind":%q},"object":%s}}`,
		operation, group, kind, object)
	resp, err := http.Post(server.URL, "application/json", bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var r struct {
		Kind     string `json:"kind"`
		Response struct {
			UID      string   `json:"uid"`
			Allowed  bool     `json:"allowed"`
			Warnings []string `json:"warnings"`
			Status   struct {
				Message string `json:"message"`
			} `json:"status"`
		} `json:"response"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		t.Fatal(err)
	}
	if r.Kind != "AdmissionReview" || r.Response.UID != "u-1" {
		t.Fatalf("the answer is a %q about %q", r.Kind, r.Response.UID)
	}
	return r.Response.Allowed, r.Response.Status.Message, r.Response.Warnings
}

func TestWebhook(t *testing.T) {
	cronjob := `{"spec":{"jobTemplate":` + nested(pod("shop@"+nobody)) + `}}`
	tests := []struct {
		name, group, kind, operation, object string
		says                                 string // of a refusal; empty where it is let through
	}{
		{"permitted", "", "Pod", "CREATE", pod("registry:5000/shop:1.2.0@" + good), ""},
		{"permitted and somebody else's", "", "Pod", "CREATE", pod("shop@"+good, "registry.k8s.io/pause:3.9"), ""},
		{"somebody else's name as a prefix", "", "Pod", "CREATE", pod("registry.k8s.io/pause-2:3.9"), "named by a tag"},
		{"by tag", "", "Pod", "CREATE", pod("shop:1.2.0"), "named by a tag"},
		{"without permit", "", "Pod", "CREATE", pod("shop@" + nobody), "no permit names"},
		{"one of two without permit", "", "Pod", "CREATE", pod("shop@"+good, "shop@"+nobody), "c1"},
		{"revoked", "", "Pod", "UPDATE", pod("shop@" + revoked), "leaks sessions"},
		{"other product", "", "Pod", "CREATE", pod("other@" + other), "may not run here"},
		{"a file's digest", "", "Pod", "CREATE", pod("shop@" + binary), "no image"},
		{"short digest", "", "Pod", "CREATE", pod("shop@" + good[:20]), "named by a tag"},
		{"upper case digest", "", "Pod", "CREATE", pod("shop@" + strings.ToUpper(good)), "named by a tag"},
		{"init container", "", "Pod", "CREATE", `{"spec":{"initContainers":[{"name":"i","image":"x:1"}],"containers":[]}}`, "container i"},
		{"ephemeral container", "", "Pod", "UPDATE", `{"spec":{"ephemeralContainers":[{"name":"e","image":"x:1"}]}}`, "container e"},
		{"image volume", "", "Pod", "CREATE", `{"spec":{"volumes":[{"name":"v","image":{"reference":"x:1"}}]}}`, "volume v"},
		{"deployment", "apps", "Deployment", "CREATE", nested(pod("shop@" + nobody)), "no permit names"},
		{"deployment permitted", "apps", "Deployment", "CREATE", nested(pod("shop@" + good)), ""},
		{"cron job", "batch", "CronJob", "CREATE", cronjob, "no permit names"},
		{"no pod in it", "apps", "Deployment", "CREATE", `{"spec":{}}`, "holds no pod"},
		{"unknown kind", "argoproj.io", "Rollout", "CREATE", nested(pod("shop@" + good)), "no kind that this webhook"},
		{"not an object", "", "Pod", "CREATE", `"x"`, "cannot be read"},
		{"deletion", "", "Pod", "DELETE", `null`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			allowed, message, _ := ask(t, webhook(), tt.group, tt.kind, tt.operation, tt.object)
			if allowed != (tt.says == "") {
				t.Fatalf("allowed: %v, %s", allowed, message)
			}
			if !strings.Contains(message, tt.says) {
				t.Errorf("it says %q, expected %q in it", message, tt.says)
			}
		})
	}
}

func TestWebhookWarns(t *testing.T) {
	hook := webhook()
	hook.Soon = 90 * 24 * time.Hour
	_, _, warnings := ask(t, hook, "", "Pod", "CREATE", pod("shop@"+older))
	said := strings.Join(warnings, "\n")
	for _, want := range []string{"ends on 2027-01-25", "1.3.0 is out"} {
		if !strings.Contains(said, want) {
			t.Errorf("warnings %q lack %q", said, want)
		}
	}
}

// TestWebhookFailsClosed: permits that cannot be read permit nothing.
func TestWebhookFailsClosed(t *testing.T) {
	hook := webhook()
	hook.Permits = func() (*permits.Index, error) { return nil, errors.New("the disk is gone") }
	if allowed, message, _ := ask(t, hook, "", "Pod", "CREATE", pod("shop@"+good)); allowed || !strings.Contains(message, "the disk is gone") {
		t.Errorf("allowed: %v, %q", allowed, message)
	}
}

func TestWebhookRefusesWhatIsNoReview(t *testing.T) {
	server := httptest.NewServer(webhook())
	defer server.Close()
	for _, body := range []string{"", "{}", `{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{"uid":"1"}}`, strings.Repeat("[", 1<<20), `{"x":"` + strings.Repeat("a", 9<<20) + `"}`} {
		resp, err := http.Post(server.URL, "application/json", strings.NewReader(body))
		if err != nil {
			continue // cut off while it was sent
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%.40q: %s", body, resp.Status)
		}
	}
	resp, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %s", resp.Status)
	}
}

func FuzzReview(f *testing.F) {
	f.Add([]byte(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE","kind":{"kind":"Pod"},"object":` + pod("a@"+good) + `}}`))
	hook := webhook()
	f.Fuzz(func(t *testing.T, body []byte) {
		out := httptest.NewRecorder()
		hook.ServeHTTP(out, httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body)))
		if out.Code != http.StatusOK && out.Code != http.StatusBadRequest {
			t.Errorf("status %d", out.Code)
		}
	})
}
