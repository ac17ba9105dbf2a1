package deliverable

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/registry"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// takeImage takes down the one image of an OCI layout, by the digest that
// registries and clusters call it by. An index for several platforms is one
// image; a layout of several images is several deliverables. All blobs are
// hashed, so that a layout with one that is broken is never released.
func takeImage(root, name string) (Taken, error) {
	images, err := verify.Layout(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return Taken{}, notImage(name, err)
	}
	if len(images) != 1 {
		return Taken{}, fault.New(fault.NotThere, "write each image to a layout of its own", "the layout %s names %d images, expected one", name, len(images))
	}
	return taken(name, images[0], true), nil
}

// fromRegistry takes down an image by the digest that its tag has now or, where
// one is given, by that digest.
func (t Taker) fromRegistry(ctx context.Context, name, digest string) (Taken, error) {
	ref, err := registry.Parse(name)
	if err != nil {
		return Taken{}, err
	}
	if t.Registry == nil {
		return Taken{}, fault.New(fault.NotThere, "name a folder with an OCI layout", "no registry is asked here: %s", name)
	}
	if digest != "" {
		ref = ref.At(digest)
	}
	image, err := t.Registry.Image(ctx, ref, t.Layers)
	if err != nil {
		return Taken{}, notImage(name, err)
	}
	return taken(name, image, t.Layers), nil
}

// taken says for people what the digest stands for, and what was not read of it.
func taken(name string, image verify.Image, layers bool) Taken {
	return Taken{Deliverable: verify.Deliverable{Name: name, Kind: verify.KindImage, Digest: image.Digest}, Note: name + ": " + registry.Extent(image, layers)}
}

// notImage says what is wrong with an image, wherever it is.
func notImage(name string, err error) error {
	r, ok := errors.AsType[*verify.Refusal](err)
	switch {
	case !ok:
		return err // a fault of the registry, which says it all
	case r.Reason == verify.WrongArtifact || r.Reason == verify.WrongType:
		return fault.Wrap(fault.Untrusted, err, cmp.Or(r.Hint, "build the image again"), "taking down the image %s", name)
	}
	return fault.Wrap(fault.Usage, err, "name a folder that `skopeo copy … oci:DIR` or `docker buildx build --output type=oci,tar=false` wrote, or oci://REGISTRY/REPOSITORY:TAG",
		"taking down the image %s", name)
}
