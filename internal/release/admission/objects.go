package admission

import (
	"encoding/json"
	"fmt"
	"strings"
)

// image is one that a container asks for.
type image struct {
	where     string // container
	reference string // as it stands there
	name      string // without tag and digest
	digest    string // "sha256:<hex>", empty where it is named by a tag
}

// podSpec is what is read of a PodSpec (core/v1).
type podSpec struct {
	Containers          []container `json:"containers"`
	InitContainers      []container `json:"initContainers"`
	EphemeralContainers []container `json:"ephemeralContainers"`
	Volumes             []struct {
		Name  string `json:"name"`
		Image *struct {
			Reference string `json:"reference"`
		} `json:"image"`
	} `json:"volumes"`
}

type container struct {
	Name  string `json:"name"`
	Image string `json:"image"`
}

// template is what holds a PodSpec: a pod's own spec, or the template in it.
type template struct {
	Spec *podSpec `json:"spec"`
}

// holders are the kinds that hold pods, and the way to their PodSpec.
var holders = map[string]func(json.RawMessage) (*podSpec, error){
	"/Pod": func(object json.RawMessage) (*podSpec, error) {
		var t template
		err := json.Unmarshal(object, &t)
		return t.Spec, err
	},
	"/PodTemplate":           inTemplate,
	"/ReplicationController": inSpec,
	"apps/Deployment":        inSpec,
	"apps/StatefulSet":       inSpec,
	"apps/DaemonSet":         inSpec,
	"apps/ReplicaSet":        inSpec,
	"batch/Job":              inSpec,
	"batch/CronJob": func(object json.RawMessage) (*podSpec, error) {
		var c struct {
			Spec struct {
				JobTemplate json.RawMessage `json:"jobTemplate"`
			} `json:"spec"`
		}
		if err := json.Unmarshal(object, &c); err != nil {
			return nil, err
		}
		return inSpec(c.Spec.JobTemplate)
	},
}

func inTemplate(object json.RawMessage) (*podSpec, error) {
	var t struct {
		Template template `json:"template"`
	}
	err := json.Unmarshal(object, &t)
	return t.Template.Spec, err
}

func inSpec(object json.RawMessage) (*podSpec, error) {
	var o struct {
		Spec struct {
			Template template `json:"template"`
		} `json:"spec"`
	}
	err := json.Unmarshal(object, &o)
	return o.Spec.Template.Spec, err
}

// imagesOf lists the images that an object would start. An object without a pod,
// where one was expected, is refused: to let it through would be a guess.
func imagesOf(q *request) ([]image, error) {
	pod, ok := holders[q.Kind.Group+"/"+q.Kind.Kind]
	if !ok {
		return nil, fmt.Errorf("%s %s is no kind that this webhook can judge; take it out of the webhook's rules", q.Kind.Group, q.Kind.Kind)
	}
	if len(q.Object) == 0 {
		return nil, fmt.Errorf("the request to %s the %s holds no object", strings.ToLower(q.Operation), q.Kind.Kind)
	}
	spec, err := pod(q.Object)
	if err != nil {
		return nil, fmt.Errorf("the %s cannot be read: %w", q.Kind.Kind, err)
	}
	if spec == nil {
		if q.Kind.Kind == "ReplicationController" || q.Kind.Kind == "PodTemplate" {
			return nil, nil // its template is optional
		}
		return nil, fmt.Errorf("the %s holds no pod", q.Kind.Kind)
	}
	return spec.images(), nil
}

func (s *podSpec) images() []image {
	var all []image
	for _, group := range [][]container{s.InitContainers, s.Containers, s.EphemeralContainers} {
		for _, c := range group {
			all = append(all, parse("container "+c.Name, c.Image))
		}
	}
	for _, v := range s.Volumes {
		if v.Image != nil {
			all = append(all, parse("volume "+v.Name, v.Image.Reference))
		}
	}
	return all
}

// parse takes an image reference apart ("registry:5000/app:1.2@sha256:<hex>").
// A digest of another algorithm is none that a permit could name.
func parse(where, reference string) image {
	name, digest, _ := strings.Cut(reference, "@")
	if colon := strings.LastIndexByte(name, ':'); colon > strings.LastIndexByte(name, '/') {
		name = name[:colon]
	}
	hex, ok := strings.CutPrefix(digest, "sha256:")
	if !ok || len(hex) != 64 || strings.Trim(hex, "0123456789abcdef") != "" {
		digest = ""
	}
	return image{where: where, reference: reference, name: name, digest: digest}
}
