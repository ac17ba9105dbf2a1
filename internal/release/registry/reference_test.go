package registry

import (
	"net/url"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

var some = "sha256:" + strings.Repeat("0123456789abcdef", 4)

func TestParse(t *testing.T) {
	for name, want := range map[string]string{
		"oci://registry.example.org/team/app:1.2.3":         "https://registry.example.org/v2/team/app/manifests/1.2.3",
		"oci://registry.example.org:5000/app@" + some:       "https://registry.example.org:5000/v2/app/manifests/" + some,
		"oci://registry.example.org/app:1@" + some:          "https://registry.example.org/v2/app/manifests/" + some,
		"oci://localhost:5000/app:1":                        "http://localhost:5000/v2/app/manifests/1",
		"oci://127.9.9.9/app:1":                             "http://127.9.9.9/v2/app/manifests/1",
		"oci://[::1]:5000/app:1":                            "http://[::1]:5000/v2/app/manifests/1",
		"oci://localhost.example.org/app:1":                 "https://localhost.example.org/v2/app/manifests/1",
		"oci://docker.io/library/alpine:3":                  "https://registry-1.docker.io/v2/library/alpine/manifests/3",
		"oci://registry.example.org/a_b/c__d/e--f.g:v1.0_x": "https://registry.example.org/v2/a_b/c__d/e--f.g/manifests/v1.0_x",
	} {
		r, err := Parse(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		what := r.Digest
		if what == "" {
			what = r.Tag
		}
		if got := r.address("manifests", what); got != want || r.String() != name {
			t.Errorf("%s: %s, %s", name, got, r)
		}
	}
	for _, name := range []string{
		"registry.example.org/app:1", "oci:app", "oci://", "oci://app:1", "oci:///app:1", "oci://registry.example.org/app", "oci://registry.example.org/App:1",
		"oci://registry.example.org/../app:1", "oci://registry.example.org//app:1", "oci://registry.example.org/app:", "oci://registry.example.org/app:1@", "oci://registry.example.org/app:a/b",
		"oci://registry.example.org/app@md5:00", "oci://registry.example.org/app@" + strings.ToUpper(some), "oci://ada@registry.example.org/app:1", "oci://ada:x@registry.example.org/app:1",
		"oci://registry.example.org:port/app:1", "oci://registry.example.org/app:1?x", "oci://registry.example.org/app:1#x", "oci://registry.example.org/app%2f:1", "oci://-x/app:1",
		"oci://registry.example.org/" + strings.Repeat("a", 256) + ":1", "oci://registry.example.org/app:1\n",
	} {
		if r, err := Parse(name); fault.CodeOf(err) != fault.Usage {
			t.Errorf("%q: %+v, %v", name, r, err)
		}
	}
}

// FuzzParse: what is read is written the same, and nobody is asked but the host
// that stands there.
func FuzzParse(f *testing.F) {
	f.Add("oci://registry.example.org/team/app:1.2.3")
	f.Add("oci://[::1]:5000/app@" + some)
	f.Add("oci://docker.io/library/alpine:3")
	f.Fuzz(func(t *testing.T, name string) {
		r, err := Parse(name)
		if err != nil {
			return
		}
		if r.String() != name {
			t.Errorf("%q is %q", name, r)
		}
		what := r.Digest
		if what == "" {
			what = r.Tag
		}
		u, err := url.Parse(r.address("manifests", what))
		if err != nil {
			if strings.HasPrefix(r.Host, "[") {
				return // no address, and none is asked
			}
			t.Fatalf("%q: %v", name, err)
		}
		if u.Host != r.Host && u.Host != "registry-1.docker.io" || u.Path != "/v2/"+r.Repository+"/manifests/"+what || u.RawQuery != "" || u.User != nil {
			t.Errorf("%q asks %s", name, u)
		}
		if u.Scheme == "http" && !loopback(u.Hostname()) {
			t.Errorf("%q asks %s in the clear", name, u)
		}
	})
}
