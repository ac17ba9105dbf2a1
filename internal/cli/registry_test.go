package cli_test

import (
	"context"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/plimsoll-dev/plimsoll/internal/release/registry"
	"github.com/plimsoll-dev/plimsoll/internal/release/registry/registrytest"
)

// registryKey is where a script keeps its registry.
type registryKey struct{}

// registryOf starts the registry of a script once it is wanted.
func registryOf(ts *testscript.TestScript) *registrytest.Registry {
	kept := ts.Value(registryKey{}).(*struct{ *registrytest.Registry })
	if kept.Registry == nil {
		kept.Registry = registrytest.New()
		ts.Defer(kept.Close)
	}
	return kept.Registry
}

// inRegistry works on a registry on loopback with one repository, team/app, and
// sets REGISTRY to its host:
//
//	registry push TAG LAYER     an image for two platforms; sets DIGEST
//	registry swap DATA WITH     other bytes under the digest of some
//	registry remove DATA
//	registry attach TAG FILE    attaches a file as if it were a bundle
//	registry asked FILE         writes the requests so far
func inRegistry(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: registry push|swap|remove|asked ARG...")
	}
	r := registryOf(ts)
	ts.Setenv("REGISTRY", r.Host())
	switch args[0] {
	case "push":
		ts.Setenv("DIGEST", r.Push(args[1], args[2]))
	case "swap":
		r.Swap(args[1], args[2])
	case "remove":
		r.Remove(args[1])
	case "attach":
		data, err := os.ReadFile(ts.MkAbs(args[2]))
		ts.Check(err)
		ref, err := registry.Parse(r.Name(args[1]))
		ts.Check(err)
		client := registry.New(registry.Options{})
		image, err := client.Resolve(context.Background(), ref)
		ts.Check(err)
		_, err = client.Attach(context.Background(), image, "application/vnd.plimsoll.bundle.v1+jsonl", "x", data)
		ts.Check(err)
	case "asked":
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Join(r.Asked(), "\n")+"\n"), 0o644))
	default:
		ts.Fatalf("registry %s?", args[0])
	}
}
