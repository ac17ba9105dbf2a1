package registry

import (
	"slices"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/release/registry/registrytest"
	"github.com/plimsoll-dev/plimsoll/verify"
)

const kind = "application/vnd.example.kind"

func resolve(t *testing.T, c *Client, r *registrytest.Registry) *Resolved {
	t.Helper()
	ref, err := Parse(r.Name("1.0.0"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := c.Resolve(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func attached(t *testing.T, c *Client, to *Resolved) ([]string, error) {
	t.Helper()
	var all []string
	err := c.Attached(t.Context(), to, kind, func(data []byte) bool {
		all = append(all, string(data))
		return false
	})
	slices.Sort(all)
	return all, err
}

// TestAttach: in registries that list what belongs to an image, and in those
// before.
func TestAttach(t *testing.T) {
	for _, lists := range []bool{false, true} {
		r := start(t)
		r.Lists = lists
		r.Push("1.0.0", "layer")
		c := New(Options{})
		to := resolve(t, c, r)
		if all, err := attached(t, c, to); err != nil || len(all) != 0 {
			t.Fatalf("lists %t: %q, %v", lists, all, err)
		}
		digests := map[string]bool{}
		for _, data := range []string{"one", "two", "one"} {
			digest, err := c.Attach(t.Context(), to, kind, "name", []byte(data))
			if err != nil {
				t.Fatalf("lists %t: %v", lists, err)
			}
			digests[digest] = true
		}
		if _, err := c.Attach(t.Context(), to, "application/vnd.example.other", "name", []byte("three")); err != nil {
			t.Fatal(err)
		}
		if all, err := attached(t, c, to); err != nil || len(digests) != 2 || !slices.Equal(all, []string{"one", "two"}) {
			t.Errorf("lists %t: %q, %v", lists, all, err)
		}
		if _, err := read(t, r.Name("1.0.0"), true, Options{}); err != nil {
			t.Errorf("lists %t: the image itself: %v", lists, err)
		}
		r.Swap("two", "TWO")
		if _, err := attached(t, c, to); verify.ReasonOf(err) != verify.WrongArtifact {
			t.Errorf("lists %t: other bytes: %v", lists, err)
		}
	}
}
