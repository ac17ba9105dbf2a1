package deliverable

import (
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/registry"
	"github.com/plimsoll-dev/plimsoll/internal/release/registry/registrytest"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// TestFromRegistry: what was prepared is found again by its digest wherever the
// tag has gone, and nothing else is.
func TestFromRegistry(t *testing.T) {
	r := registrytest.New()
	t.Cleanup(r.Close)
	digest := r.Push("1.0.0", "layer")
	taker := Taker{Root: t.TempDir(), Registry: registry.New(registry.Options{})}
	got, err := taker.Take(t.Context(), r.Name("1.0.0"), verify.KindImage)
	if err != nil || got.Digest != digest || got.Name != r.Name("1.0.0") || !strings.Contains(got.Note, "for linux/amd64, linux/arm64; layers: 2, together 22 bytes, there by their sizes, not read") {
		t.Fatalf("%+v, %v", got, err)
	}
	r.Push("1.0.0", "another")
	for _, layers := range []bool{false, true} {
		taker.Layers = layers
		if err := taker.Again(t.Context(), got.Deliverable); err != nil {
			t.Errorf("the tag has moved: %v", err)
		}
	}
	r.Swap("layer arm64", "LAYER ARM64")
	taker.Layers = false
	if err := taker.Again(t.Context(), got.Deliverable); err != nil {
		t.Errorf("a layer of the same size, not read: %v", err)
	}
	taker.Layers = true
	if err := taker.Again(t.Context(), got.Deliverable); fault.CodeOf(err) != fault.Untrusted {
		t.Errorf("another layer: %v", err)
	}
	r.Swap(`{"os":"linux","architecture":"arm64"}`, "{}")
	taker.Layers = false
	if err := taker.Again(t.Context(), got.Deliverable); fault.CodeOf(err) != fault.Untrusted {
		t.Errorf("another configuration: %v", err)
	}
	r.Close()
	if err := taker.Again(t.Context(), got.Deliverable); fault.CodeOf(err) != fault.Incomplete {
		t.Errorf("no registry: %v", err)
	}
	if _, err := (Taker{Root: taker.Root}).Take(t.Context(), r.Name("1.0.0"), verify.KindImage); fault.CodeOf(err) != fault.NotThere {
		t.Errorf("nobody may be asked: %v", err)
	}
	if _, err := taker.Take(t.Context(), r.Name("1.0.0"), verify.KindFile); err == nil {
		t.Error("a file in a registry")
	}
}
