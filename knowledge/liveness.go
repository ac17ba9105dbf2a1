package knowledge

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// SecretPlace stands in a probe for the credential.
const SecretPlace = "{secret}"

// Probe is how an issuer is asked whether a credential of its own still works.
type Probe struct {
	Rules    []string          `yaml:"rules"`     // kinds of credential
	Method   string            `yaml:"method"`    // GET where empty
	URL      string            `yaml:"url"`       // https; its host is fixed
	Headers  map[string]string `yaml:"headers"`   // by name
	User     string            `yaml:"user"`      // for basic authentication, with the secret as password
	Live     []int             `yaml:"live"`      // statuses of a credential that works
	LiveBody string            `yaml:"live_body"` // RE2 that the answer must match besides
	Dead     []int             `yaml:"dead"`      // statuses of one that doesn't
	DeadBody string            `yaml:"dead_body"`
}

//go:embed liveness/*.yaml
var livenessFiles embed.FS

// Probes returns how issuers are asked. The slice is shared and must not be written to.
var Probes = sync.OnceValues(func() ([]Probe, error) { return ReadProbes(livenessFiles) })

// ReadProbes reads liveness/*.yaml of fsys.
func ReadProbes(fsys fs.FS) ([]Probe, error) {
	names, err := fs.Glob(fsys, "liveness/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("loading probes: %w", err)
	}
	var all []Probe
	var faults []error
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("loading probes: %w", err)
		}
		list, err := decodeList[Probe](data, name, "probes")
		faults = append(faults, err)
		for i := range list {
			if err := list[i].settle(); err != nil {
				faults = append(faults, fmt.Errorf("%s: entry %d: %w", name, i+1, err))
			}
		}
		all = append(all, list...)
	}
	return all, errors.Join(faults...)
}

// settle fills in the method, and refuses what could send a secret elsewhere.
func (p *Probe) settle() error {
	if p.Method == "" {
		p.Method = http.MethodGet
	}
	u, err := url.Parse(strings.ReplaceAll(p.URL, SecretPlace, "secret"))
	switch {
	case err != nil:
		return err
	case u.Scheme != "https" || u.Host == "" || u.User != nil || u.Port() != "":
		return fmt.Errorf("%s: the URL must be https with a host and nothing else before its path", p.URL)
	case !strings.HasPrefix(p.URL, "https://"+u.Host+"/"):
		return fmt.Errorf("%s: the host must be fixed", p.URL)
	case p.Method != http.MethodGet && p.Method != http.MethodPost:
		return fmt.Errorf("%s: method %s", p.URL, p.Method)
	case len(p.Rules) == 0 || len(p.Live) == 0:
		return fmt.Errorf("%s: rules and live must not be empty", p.URL)
	}
	for _, re := range []string{p.LiveBody, p.DeadBody} {
		if _, err := regexp.Compile(re); err != nil {
			return err
		}
	}
	return nil
}
