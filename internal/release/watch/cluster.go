package watch

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
)

// Cluster is a Kubernetes cluster, asked through its API for the pods that run.
// It wants `list` on pods and nothing else.
type Cluster struct {
	Label      string
	Access     Access
	Namespaces []string // all where empty
	// Ignore are patterns of image names that are somebody else's:
	// "registry.k8s.io/*". They are matched against the name without tag and
	// digest, a star within one path segment, a trailing "/**" for all below.
	Ignore  []string
	Product string
}

// Access is how a cluster is reached.
type Access struct {
	Server string
	Client *http.Client
	Header http.Header // Authorization
}

const (
	maxBody = 64 << 20 // of one page of pods
	perPage = 500
	maxPods = 1_000_000
)

func (c Cluster) Name() string { return c.Label }

// podList is what is read of a PodList (core/v1).
type podList struct {
	Metadata struct {
		Continue string `json:"continue"`
	} `json:"metadata"`
	Items []pod `json:"items"`
}

type pod struct {
	Metadata struct {
		Namespace string `json:"namespace"`
		Name      string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		Containers          []container `json:"containers"`
		InitContainers      []container `json:"initContainers"`
		EphemeralContainers []container `json:"ephemeralContainers"`
	} `json:"spec"`
	Status struct {
		Phase                      string            `json:"phase"`
		ContainerStatuses          []containerStatus `json:"containerStatuses"`
		InitContainerStatuses      []containerStatus `json:"initContainerStatuses"`
		EphemeralContainerStatuses []containerStatus `json:"ephemeralContainerStatuses"`
	} `json:"status"`
}

type container struct {
	Name  string `json:"name"`
	Image string `json:"image"`
}

type containerStatus struct {
	Name    string `json:"name"`
	Image   string `json:"image"`
	ImageID string `json:"imageID"`
}

// Running lists the containers of pods that have not ended.
func (c Cluster) Running(ctx context.Context) (running []Running, faults []error, err error) {
	namespaces := c.Namespaces
	if len(namespaces) == 0 {
		namespaces = []string{""}
	}
	for _, namespace := range namespaces {
		found, parts, err := c.pods(ctx, namespace)
		running, faults = append(running, found...), append(faults, parts...)
		if err != nil {
			faults = append(faults, err)
		}
	}
	return running, faults, nil
}

func (c Cluster) pods(ctx context.Context, namespace string) (running []Running, faults []error, err error) {
	where := "/api/v1/pods"
	if namespace != "" {
		where = "/api/v1/namespaces/" + url.PathEscape(namespace) + "/pods"
	}
	next := ""
	for seen := 0; seen < maxPods; {
		query := url.Values{"limit": {fmt.Sprint(perPage)}}
		if next != "" {
			query.Set("continue", next)
		}
		body, err := get(ctx, c.Access.Client, strings.TrimSuffix(c.Access.Server, "/")+where+"?"+query.Encode(), c.Access.Header)
		if err != nil {
			return running, faults, err
		}
		var page podList
		if err := json.Unmarshal(body, &page); err != nil {
			return running, faults, fmt.Errorf("reading the list of pods: %w", err)
		}
		for _, p := range page.Items {
			found, parts := c.containers(p)
			running, faults = append(running, found...), append(faults, parts...)
		}
		seen += len(page.Items)
		if page.Metadata.Continue == "" || page.Metadata.Continue == next {
			return running, faults, nil
		}
		next = page.Metadata.Continue
	}
	return running, faults, fmt.Errorf("the cluster lists more than %d pods", maxPods)
}

// containers are those of one pod. A container without a status has not been
// started: its image is what the pod asks for.
func (c Cluster) containers(p pod) (running []Running, faults []error) {
	if p.Status.Phase == "Succeeded" || p.Status.Phase == "Failed" {
		return nil, nil
	}
	statuses := map[string]containerStatus{}
	for _, s := range slices.Concat(p.Status.ContainerStatuses, p.Status.InitContainerStatuses, p.Status.EphemeralContainerStatuses) {
		statuses[s.Name] = s
	}
	for _, box := range slices.Concat(p.Spec.InitContainers, p.Spec.Containers, p.Spec.EphemeralContainers) {
		if c.ignored(box.Image) {
			continue
		}
		where := p.Metadata.Namespace + "/" + p.Metadata.Name + "/" + box.Name
		digest := digestOf(statuses[box.Name].ImageID)
		if digest == "" {
			digest = digestOf(box.Image)
		}
		if digest == "" {
			if p.Status.Phase == "Running" {
				faults = append(faults, fmt.Errorf("%s runs %s, and the cluster tells no digest of it", where, box.Image))
			}
			continue
		}
		running = append(running, Running{Where: where, Name: box.Image, Digest: digest, Product: c.Product})
	}
	return running, faults
}

// digestOf takes the digest out of an image reference
// ("docker-pullable://repo@sha256:…"). An id without "@" is that of a
// configuration, which no permit names.
func digestOf(reference string) string {
	_, digest, ok := strings.Cut(reference, "@")
	if !ok {
		return ""
	}
	return asDigest(digest)
}

func (c Cluster) ignored(image string) bool {
	name, _, _ := strings.Cut(image, "@")
	if colon := strings.LastIndexByte(name, ':'); colon > strings.LastIndexByte(name, '/') {
		name = name[:colon]
	}
	return slices.ContainsFunc(c.Ignore, func(pattern string) bool { return MatchImage(pattern, name) })
}

// MatchImage reports whether the name of an image, without tag and digest, fits
// a pattern: path.Match's, or "prefix/**" for everything below.
func MatchImage(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "/**"); ok {
		return strings.HasPrefix(name, prefix+"/")
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}
