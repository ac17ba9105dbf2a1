// Package verifylive asks issuers whether credentials that were found still work.
//
// It does so only when a user asks for it, for an alarm about a live key is
// another thing than one about a key that was revoked. A credential goes to the
// host that knowledge/liveness fixes for its kind and nowhere else: not to where
// an answer redirects to, not to a place that a repository names, and never to
// disk. What an issuer says depends on the day, so it is no part of evidence.
package verifylive

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Limits of a run.
const (
	MaxProbes = 50
	Timeout   = 10 * time.Second

	maxBody = 64 << 10
	between = 250 * time.Millisecond // from call to call
)

// State is what an issuer says.
type State string

const (
	Live    State = "live"
	Revoked State = "revoked"
	Unknown State = "unknown"
)

// Answer is what became of asking.
type Answer struct {
	State State
	Why   string // where it is unknown
}

// Verifier asks. Its methods may be called from several goroutines.
type Verifier struct {
	client *http.Client
	probes map[string]knowledge.Probe
	pause  time.Duration

	mu    sync.Mutex
	asked int
	known map[string]Answer // by rule and secret, for this run
}

// New makes a verifier that goes through transport; nil for the usual one.
func New(probes []knowledge.Probe, transport http.RoundTripper) *Verifier {
	if transport == nil {
		transport = &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: Timeout, ResponseHeaderTimeout: Timeout, MaxResponseHeaderBytes: maxBody, DisableKeepAlives: true,
		}
	}
	v := &Verifier{probes: map[string]knowledge.Probe{}, pause: between, known: map[string]Answer{}}
	v.client = &http.Client{Transport: transport, Timeout: Timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, p := range probes {
		for _, rule := range p.Rules {
			v.probes[rule] = p
		}
	}
	return v
}

// CanAsk says whether there is a way to ask about a kind of credential.
func (v *Verifier) CanAsk(rule string) bool { _, ok := v.probes[rule]; return ok }

// Ask asks the issuer about one credential, one after the other.
func (v *Verifier) Ask(ctx context.Context, rule string, secret []byte) Answer {
	v.mu.Lock()
	defer v.mu.Unlock()
	key := rule + "\n" + string(secret)
	if a, ok := v.known[key]; ok {
		return a
	}
	p, ok := v.probes[rule]
	switch {
	case !ok:
		return Answer{Unknown, "there is no way to ask its issuer"}
	case v.asked == MaxProbes:
		return Answer{Unknown, fmt.Sprintf("a run asks about %d credentials at most", MaxProbes)}
	case v.asked > 0:
		select {
		case <-ctx.Done():
			return Answer{Unknown, "the run was stopped"}
		case <-time.After(v.pause):
		}
	}
	v.asked++
	a := v.ask(ctx, p, string(secret))
	v.known[key] = a
	return a
}

func (v *Verifier) ask(ctx context.Context, p knowledge.Probe, secret string) Answer {
	for _, c := range []byte(secret) {
		if c <= ' ' || c >= 0x7f {
			return Answer{Unknown, "it is no token"}
		}
	}
	request, err := http.NewRequestWithContext(ctx, p.Method, strings.ReplaceAll(p.URL, knowledge.SecretPlace, url.PathEscape(secret)), nil)
	if err != nil {
		return Answer{Unknown, "the call could not be made"}
	}
	for name, value := range p.Headers {
		request.Header.Set(name, strings.ReplaceAll(value, knowledge.SecretPlace, secret))
	}
	if p.User != "" {
		request.SetBasicAuth(p.User, secret)
	}
	request.Header.Set("User-Agent", "plimsoll")
	response, err := v.client.Do(request)
	if err != nil {
		return Answer{Unknown, reason(request.URL.Host, err)}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return Answer{Unknown, reason(request.URL.Host, err)}
	}
	return judge(p, response.StatusCode, body)
}

// judge reads an answer.
func judge(p knowledge.Probe, status int, body []byte) Answer {
	says := func(statuses []int, pattern string) bool {
		if !slices.Contains(statuses, status) {
			return false
		}
		matched, err := regexp.Match(pattern, body)
		return err == nil && matched
	}
	switch {
	case says(p.Live, p.LiveBody):
		return Answer{State: Live}
	case says(p.Dead, p.DeadBody):
		return Answer{State: Revoked}
	}
	return Answer{Unknown, fmt.Sprintf("its issuer answered with status %d", status)}
}

// reason says why a call failed, without the URL: it may hold the secret.
func reason(host string, err error) string {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		if failed.Timeout() {
			return host + " did not answer in time"
		}
	}
	return host + " could not be reached"
}
