package deliverable

import (
	"path/filepath"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
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
	return Taken{Deliverable: verify.Deliverable{Name: name, Kind: verify.KindImage, Digest: images[0].Digest}, Platforms: images[0].Platforms}, nil
}

// notImage says what is wrong with an image, wherever it is.
func notImage(name string, err error) error {
	switch verify.ReasonOf(err) {
	case "":
		return err // a fault of the registry, which says it all
	case verify.WrongArtifact, verify.WrongType:
		return fault.Wrap(fault.Untrusted, err, "build the image again", "taking down the image %s", name)
	}
	return fault.Wrap(fault.Usage, err, "name a folder that `skopeo copy … oci:DIR` or `docker buildx build --output type=oci,tar=false` wrote, or oci://REGISTRY/REPOSITORY:TAG",
		"taking down the image %s", name)
}
