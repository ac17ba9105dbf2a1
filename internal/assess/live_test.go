package assess

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/code/verifylive"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// asks answers in place of all issuers.
type asks func(*http.Request) int

func (f asks) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: f(r), Body: io.NopCloser(strings.NewReader("")), Header: http.Header{}, Request: r}, nil
}

// TestAskIssuers asks about a credential in the tree and one in the history, and
// wants the word in this run and in no other.
func TestAskIssuers(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	token := "ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17"
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=T", "-c", "user.email=t@t.invalid", "-c", "commit.gpgsign=false"}, args...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	git("init", "-q")
	if err := os.WriteFile(filepath.Join(dir, "a.env"), []byte("TOKEN="+token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	git("add", "-A")
	git("commit", "-q", "-m", "one")
	probes, err := knowledge.Probes()
	if err != nil {
		t.Fatal(err)
	}
	ask := func(status int) string {
		t.Helper()
		asked := 0
		v := verifylive.New(probes, asks(func(r *http.Request) int {
			if asked++; r.URL.Host != "api.github.com" || r.Header.Get("Authorization") != "Bearer "+token {
				t.Errorf("asked %s with %q", r.URL, r.Header.Get("Authorization"))
			}
			return status
		}))
		r, err := Run(t.Context(), Options{Dir: dir, StateDir: state, KeysDir: state, Only: []string{knowledge.SecretCheck}, AskIssuer: v, Handler: discard{}})
		if err != nil || len(r.Findings) != 1 || asked != 1 {
			t.Fatalf("asked %d times: %+v (%v)", asked, r, err)
		}
		return r.Findings[0].Message
	}
	if got := ask(http.StatusOK); !strings.HasSuffix(got, ", live: its issuer takes it") {
		t.Errorf("got %q", got)
	}
	if got := ask(http.StatusUnauthorized); !strings.HasSuffix(got, ", revoked: its issuer refuses it") {
		t.Errorf("got %q", got)
	}
	git("rm", "-q", "a.env")
	git("commit", "-q", "-m", "two")
	if got := ask(http.StatusTeapot); !strings.HasSuffix(got, "answered with status 418") || !strings.Contains(got, "in history only") {
		t.Errorf("got %q", got)
	}
	r, err := Run(t.Context(), Options{Dir: dir, StateDir: state, KeysDir: state, Only: []string{knowledge.SecretCheck}, Handler: discard{}})
	if err != nil || len(r.Findings) != 1 || strings.Contains(r.Findings[0].Message, "issuer") {
		t.Errorf("the issuer's word is kept: %+v (%v)", r, err)
	}
}

// discard is a handler that shows nothing.
type discard struct{}

func (discard) Handle(event.Event) error { return nil }
func (discard) Flush() error             { return nil }
