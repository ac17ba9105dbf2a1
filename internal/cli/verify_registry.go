package cli

import (
	"context"
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/release/registry"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// verifyInRegistry holds what a registry gives out against a permit. Where a
// digest is asked for that the permit does not name, nobody is asked.
func (app *App) verifyInRegistry(ctx context.Context, name string, b *verify.Bundle, layers bool) (content, error) {
	ref, err := registry.Parse(name)
	if err != nil {
		return content{}, err
	}
	if ref.Digest != "" {
		if err := permittedImage(name, ref.Digest, b); err != nil {
			return content{}, err
		}
	}
	found, err := registry.New(registry.Options{Getenv: app.Getenv}).Resolve(ctx, ref)
	if err != nil {
		return content{}, err
	}
	if err := permittedImage(name, found.Digest, b); err != nil {
		return content{}, err
	}
	image, err := found.Read(layers)
	if err != nil {
		return content{}, err
	}
	c := content{digest: found.Digest, notes: []string{registry.Extent(image, layers)}}
	if ref.Digest == "" {
		c.notes = append(c.notes, "the tag "+ref.Tag+" may name another image later; run "+ref.At(found.Digest).String())
	}
	return c, b.Remember()
}

// permittedImage wants an image of the permit. What else the permit names under
// that digest, a file for instance, is none.
func permittedImage(name, digest string, b *verify.Bundle) error {
	p := b.Permit()
	for _, d := range p.Deliverables {
		if d.Kind == verify.KindImage && d.Digest == digest {
			return nil
		}
	}
	return refusal(&verify.Refusal{Reason: verify.WrongArtifact,
		Message: fmt.Sprintf("%s is no image of %s %s: its digest is %s", name, p.Product, p.Version, digest),
		Hint:    "do not run it; see whether it is of another release, or of one platform where the whole image was released"})
}
