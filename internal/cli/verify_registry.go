package cli

import (
	"context"
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/registry"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// bundleMedia is what a bundle is attached to an image as.
const bundleMedia = "application/vnd.plimsoll.bundle.v1+jsonl"

// verifyInRegistry holds what a registry gives out against a permit. Where a
// bundle is at hand, nobody is asked for a digest that its permit does not name.
func (app *App) verifyInRegistry(ctx context.Context, name string, f verifyFlags, trust *verify.Trust, policy verify.Policy) (*verify.Bundle, content, error) {
	ref, err := registry.Parse(name)
	if err != nil {
		return nil, content{}, err
	}
	var b *verify.Bundle
	if f.bundle != "" {
		if b, err = app.openBundle(name, f.bundle, trust, policy); err != nil {
			return nil, content{}, err
		}
		if ref.Digest != "" {
			if err := permittedImage(name, ref.Digest, b); err != nil {
				return nil, content{}, refusal(err)
			}
		}
	}
	client := registry.New(registry.Options{Getenv: app.Getenv})
	found, err := client.Resolve(ctx, ref)
	if err != nil {
		return nil, content{}, refusal(err)
	}
	if b == nil {
		b, err = attachedBundle(ctx, client, name, found, trust, policy)
	} else {
		err = permittedImage(name, found.Digest, b)
	}
	if err != nil {
		return nil, content{}, refusal(err)
	}
	image, err := found.Read(f.layers)
	if err != nil {
		return nil, content{}, refusal(err)
	}
	c := content{digest: found.Digest, notes: []string{registry.Extent(image, f.layers)}}
	if ref.Digest == "" {
		c.notes = append(c.notes, "the tag "+ref.Tag+" may name another image later; run "+ref.At(found.Digest).String())
	}
	return b, c, refusal(b.Remember())
}

// attachedBundle is the first bundle at the image whose permit stands and names
// it. Whose hands it went through does not matter; where none is good, the first
// says why.
func attachedBundle(ctx context.Context, client *registry.Client, name string, image *registry.Resolved, trust *verify.Trust, policy verify.Policy) (*verify.Bundle, error) {
	var good *verify.Bundle
	var against error
	err := client.Attached(ctx, image, bundleMedia, func(data []byte) bool {
		b, err := verify.OpenBundle(data, trust, policy)
		if err == nil {
			err = permittedImage(name, image.Digest, b)
		}
		if err == nil {
			good = b
		} else if against == nil {
			against = err
		}
		return good != nil
	})
	switch {
	case err != nil:
		return nil, err
	case good != nil:
		return good, nil
	case against != nil:
		return nil, against
	}
	return nil, fault.New(fault.NotFound, "give --bundle FILE; `plimsoll release publish VERSION` attaches one", "looking for the bundle of %s: none is attached to it", name)
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
	return &verify.Refusal{Reason: verify.WrongArtifact,
		Message: fmt.Sprintf("%s is no image of %s %s: its digest is %s", name, p.Product, p.Version, digest),
		Hint:    "do not run it; see whether it is of another release, or of one platform where the whole image was released"}
}
