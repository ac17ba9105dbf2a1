// Package registry asks a registry of container images what it holds.
//
// A registry is a place on a network that many people can write to, so nothing
// that it says is believed: every manifest and every configuration is hashed
// here, a tag is resolved once and from then on the digest is asked for, and
// whatever is read is bounded. Nothing in here happens unless somebody has named
// an image with oci://, and then only that host, those that it redirects to and
// the one that it sends us to for a token are asked, over TLS.
package registry

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Reference names an image in a registry.
type Reference struct {
	Host       string // with the port, where it is not the usual one
	Repository string
	Tag        string // may be empty where Digest is not
	Digest     string // "sha256:<hex>", or empty
}

// The forms are those of the OCI distribution specification 1.1.
var (
	hostForm       = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?$`)
	repositoryForm = regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)
	tagForm        = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)
	digestForm     = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

const (
	maxRepository = 255
	howToName     = "write oci://registry.example.org/team/app:1.2.3, or …/app@sha256:… for a digest"
)

// Is reports whether a name is meant for a registry. A path is never: oci: with
// one folder after it is skopeo's word for a layout, and stays a path.
func Is(name string) bool { return strings.HasPrefix(name, verify.RegistryPrefix) }

// Meant is the form with oci:// of a name that others write with another prefix,
// empty for a path.
func Meant(name string) string {
	if rest, ok := strings.CutPrefix(name, "docker://"); ok {
		return verify.RegistryPrefix + rest
	}
	return ""
}

// Parse reads a reference. There is no host and no tag that go without saying:
// "latest" is whatever somebody pushed last.
func Parse(name string) (Reference, error) {
	rest, ok := strings.CutPrefix(name, verify.RegistryPrefix)
	if !ok {
		return Reference{}, fault.New(fault.Usage, howToName, "%q names no image in a registry", name)
	}
	var r Reference
	r.Host, rest, _ = strings.Cut(rest, "/")
	rest, r.Digest, ok = strings.Cut(rest, "@")
	if ok && !digestForm.MatchString(r.Digest) {
		return r, wrong(name, "%q is no SHA-256 digest", r.Digest)
	}
	r.Repository, r.Tag, ok = strings.Cut(rest, ":")
	switch {
	case !hostForm.MatchString(r.Host):
		return r, wrong(name, "%q is no host", r.Host)
	case len(r.Repository) > maxRepository || !repositoryForm.MatchString(r.Repository):
		return r, wrong(name, "%q is no repository: small letters and digits, with / . _ - between them", r.Repository)
	case ok && !tagForm.MatchString(r.Tag):
		return r, wrong(name, "%q is no tag", r.Tag)
	case r.Tag == "" && r.Digest == "":
		return r, wrong(name, "it has neither a tag nor a digest")
	}
	return r, nil
}

func wrong(name, format string, args ...any) error {
	e := fault.New(fault.Usage, howToName, format, args...)
	e.Message = "reading the image " + quote(name) + ": " + e.Message
	return e
}

// String is the name as Parse reads it.
func (r Reference) String() string { return verify.RegistryPrefix + r.short() }

func (r Reference) short() string {
	s := r.Host + "/" + r.Repository
	if r.Tag != "" {
		s += ":" + r.Tag
	}
	if r.Digest != "" {
		s += "@" + r.Digest
	}
	return s
}

// At is the same image by a digest, whatever its tag says by now.
func (r Reference) At(digest string) Reference {
	r.Tag, r.Digest = "", digest
	return r
}

// address is where the registry is asked. Docker's has another name there.
// Without TLS nothing is asked but this very machine.
func (r Reference) address(kind, what string) string {
	host, scheme := r.Host, "https"
	if host == "docker.io" || host == "index.docker.io" {
		host = "registry-1.docker.io"
	}
	if loopback(hostname(host)) {
		scheme = "http"
	}
	return scheme + "://" + host + "/v2/" + r.Repository + "/" + kind + "/" + what
}

// hostname is a host without port and brackets.
func hostname(host string) string {
	if in, ok := strings.CutPrefix(host, "["); ok {
		name, _, _ := strings.Cut(in, "]")
		return name
	}
	name, _, _ := strings.Cut(host, ":")
	return name
}

// loopback goes by the name alone: what a name server says of another one is not
// asked.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
