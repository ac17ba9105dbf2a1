package watch

import (
	_ "embed"
	"os"
	"path/filepath"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

// Schema is the JSON Schema of deployments.yaml.
//
//go:embed places.schema.json
var Schema []byte

// Path is where the file stands in a repository.
const Path = ".plimsoll/deployments.yaml"

type file struct {
	Deployments []deployment `yaml:"deployments"`
}

type deployment struct {
	Name    string   `yaml:"name"`
	Product string   `yaml:"product"`
	Files   []string `yaml:"files"`
	HTTP    *struct {
		URL     string `yaml:"url"`
		Version string `yaml:"version"`
		Commit  string `yaml:"commit"`
		Digest  string `yaml:"digest"`
	} `yaml:"http"`
	Kubernetes *struct {
		Kubeconfig string   `yaml:"kubeconfig"`
		Context    string   `yaml:"context"`
		InCluster  bool     `yaml:"in-cluster"`
		Namespaces []string `yaml:"namespaces"`
		Ignore     []string `yaml:"ignore"`
	} `yaml:"kubernetes"`
}

// ReadPlaces reads a deployments file. Relative paths in it are those from its
// own folder. A cluster that cannot be reached for want of its kubeconfig is a
// place all the same, and tells so when it is asked.
func ReadPlaces(path string, data []byte, getenv func(string) string) ([]Place, error) {
	var f file
	y, faults := yamlfile.Open(path, data, Schema, &f)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	var places []Place
	names := map[string]bool{}
	for i, d := range f.Deployments {
		if names[d.Name] {
			faults = append(faults, y.Fault(yamlfile.Pointer("deployments", i, "name"), "give each its own name", "there are two deployments %q", d.Name))
		}
		names[d.Name] = true
		place, fault := d.place(filepath.Dir(path), getenv, func(field, hint, format string) *fault.Error {
			return y.Fault(yamlfile.Pointer("deployments", i, field), hint, "%s", format)
		})
		if fault != nil {
			faults = append(faults, fault)
			continue
		}
		places = append(places, place)
	}
	return places, yamlfile.Sorted(faults).Err()
}

func (d deployment) place(dir string, getenv func(string) string, wrong func(field, hint, message string) *fault.Error) (Place, *fault.Error) {
	switch {
	case d.HTTP != nil && d.Product == "":
		return nil, wrong("http", "add product: NAME", "a version alone names no product")
	case d.HTTP != nil:
		return Endpoint{Label: d.Name, Product: d.Product, URL: d.HTTP.URL, Version: d.HTTP.Version, Commit: d.HTTP.Commit, Digest: d.HTTP.Digest}, nil
	case d.Kubernetes != nil:
		return d.cluster(dir, getenv, wrong)
	}
	paths := make([]string, len(d.Files))
	for i, p := range d.Files {
		paths[i] = beside(dir, p)
	}
	return Files{Label: d.Name, Product: d.Product, Paths: paths}, nil
}

func (d deployment) cluster(dir string, getenv func(string) string, wrong func(field, hint, message string) *fault.Error) (Place, *fault.Error) {
	k := d.Kubernetes
	if k.InCluster == (k.Kubeconfig != "") {
		return nil, wrong("kubernetes", "name a kubeconfig, or set in-cluster: true", "it must say which cluster, once")
	}
	var a Access
	var err error
	if k.InCluster {
		a, err = InCluster(getenv)
	} else {
		a, err = FromKubeconfig(beside(dir, home(k.Kubeconfig)), k.Context)
	}
	if err != nil {
		return unreachable{d.Name, err}, nil
	}
	return Cluster{Label: d.Name, Access: a, Namespaces: k.Namespaces, Ignore: k.Ignore, Product: d.Product}, nil
}

// home resolves a leading "~/".
func home(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	if !ok {
		return path
	}
	dir, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	return filepath.Join(dir, rest)
}
