// Package watch compares what runs with what was permitted.
//
// A release process that ends at the release knows nothing of the host where
// somebody copied a build by hand, of the cluster that still runs last year's
// image, of the permit that ended while its program ran on. So this package
// asks the places where things run (files on this host, a cluster's API, a
// version endpoint) what they run, and holds every answer against the permits.
// What could not be asked is told as such and never counts as permitted.
package watch

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/release/permits"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Running is one thing that runs somewhere.
type Running struct {
	Place   string `json:"place"`             // the deployment as its file names it
	Where   string `json:"where"`             // path, pod and container, or address
	Name    string `json:"name,omitempty"`    // image reference or file name
	Digest  string `json:"digest,omitempty"`  // "sha256:<hex>"; empty where only a version is told
	Product string `json:"product,omitempty"` // where the deployment names it
	Version string `json:"version,omitempty"` // as an endpoint tells it
	Commit  string `json:"commit,omitempty"`
}

// Standing is how a running thing stands against the permits.
type Standing string

const (
	Permitted Standing = "permitted"
	// Behind: permitted, but a later release of the same line is permitted too.
	Behind  Standing = "behind"
	Ended   Standing = "ended"   // its permit has expired or no longer counts
	Revoked Standing = "revoked" // its permit was taken back
	Unknown Standing = "unknown" // no permit names it
	// Unverified: an endpoint tells a version that is permitted, and no digest
	// shows that it tells the truth.
	Unverified Standing = "told"
)

// Wrong reports whether somebody has to act.
func (s Standing) Wrong() bool { return s == Ended || s == Revoked || s == Unknown }

// Result is a running thing and how it stands.
type Result struct {
	Running
	Standing Standing `json:"standing"`
	Because  string   `json:"because"`
	Permit   string   `json:"permit,omitempty"` // product and version
	Newest   string   `json:"newest,omitempty"` // version that could run instead
}

// Place is somewhere that things run.
type Place interface {
	// Running lists what runs there. What it could not find out about a part is
	// in the faults; an error says that it found out nothing.
	Running(ctx context.Context) (running []Running, faults []error, err error)
	Name() string
}

// Fault is a place, or a part of one, that could not be asked.
type Fault struct {
	Place string `json:"place"`
	Error string `json:"error"`
}

// Look asks every place and compares. The results are sorted, the worst first.
func Look(ctx context.Context, places []Place, known *permits.Index) ([]Result, []Fault) {
	var results []Result
	var faults []Fault
	for _, place := range places {
		running, parts, err := place.Running(ctx)
		if err != nil {
			parts = append(parts, err)
		}
		for _, part := range parts {
			faults = append(faults, Fault{Place: place.Name(), Error: part.Error()})
		}
		for _, r := range running {
			r.Place = place.Name()
			results = append(results, Judge(r, known))
		}
	}
	slices.SortStableFunc(results, worstFirst)
	return results, faults
}

func worstFirst(a, b Result) int {
	order := []Standing{Revoked, Unknown, Ended, Behind, Unverified, Permitted}
	return cmp.Or(cmp.Compare(slices.Index(order, a.Standing), slices.Index(order, b.Standing)),
		strings.Compare(a.Place, b.Place), strings.Compare(a.Where, b.Where), strings.Compare(a.Name, b.Name))
}

// Judge holds one running thing against the permits.
func Judge(r Running, known *permits.Index) Result {
	if r.Digest != "" {
		return judgeAll(r, known.ByDigest(r.Digest), known, "no permit names "+short(r.Digest))
	}
	out := judgeAll(r, known.ByVersion(r.Product, r.Version), known, "no permit is for "+strings.TrimSpace(r.Product+" "+r.Version))
	if out.Standing == Permitted {
		out.Standing = Unverified
		out.Because += "; the version is what the endpoint says of itself"
	}
	return out
}

// judgeAll takes the best of several permits: the same file may be released twice.
func judgeAll(r Running, all []permits.Known, known *permits.Index, none string) Result {
	out := Result{Running: r, Standing: Unknown, Because: none}
	for _, k := range all {
		if r.Product != "" && k.Permit.Product != r.Product {
			continue
		}
		one := judge(r, k, known)
		if out.Permit == "" || worstFirst(out, one) < 0 {
			out = one
		}
	}
	return out
}

func judge(r Running, k permits.Known, known *permits.Index) Result {
	p := k.Permit
	out := Result{Running: r, Permit: p.Product + " " + p.Version}
	newest, later := known.Later(k)
	if later {
		out.Newest = newest.Permit.Version
	}
	switch {
	case k.Against != nil && k.Against.Reason == verify.Revoked:
		out.Standing, out.Because = Revoked, k.Against.Message
	case k.Against != nil:
		out.Standing, out.Because = Ended, k.Against.Message
	case r.Commit != "" && p.Commit != "" && !sameCommit(r.Commit, p.Commit):
		out.Standing, out.Because = Unknown, "it says it is built of commit "+short(r.Commit)+", the permit is for "+short(p.Commit)
	case later:
		out.Standing, out.Because = Behind, "permitted until "+p.Expires.UTC().Format(time.DateOnly)+", and "+newest.Permit.Version+" is out"
	default:
		out.Standing, out.Because = Permitted, "permitted until "+p.Expires.UTC().Format(time.DateOnly)
	}
	return out
}

// sameCommit compares a commit with one that may be shortened.
func sameCommit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) >= 7 && strings.HasPrefix(strings.ToLower(b), strings.ToLower(a))
}

func short(digest string) string { return digest[:min(len(digest), 19)] }

// unreachable is a place that there is no way to.
type unreachable struct {
	name string
	err  error
}

func (u unreachable) Name() string { return u.name }
func (u unreachable) Running(context.Context) ([]Running, []error, error) {
	return nil, nil, u.err
}
