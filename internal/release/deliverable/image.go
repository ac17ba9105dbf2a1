package deliverable

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// maxIndex bounds an index of an OCI layout.
const maxIndex = 4 << 20

// takeImage takes down the one image of an OCI layout, by the digest that
// registries and clusters call it by. An index for several platforms is one
// image; a layout of several images is several deliverables.
func takeImage(root, name string) (Taken, error) {
	layout, err := os.OpenRoot(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return Taken{}, unreadable(name, err)
	}
	defer layout.Close()
	var version struct {
		Version string `json:"imageLayoutVersion"`
	}
	if err := readJSON(layout, "oci-layout", &version); err != nil || version.Version != "1.0.0" {
		return Taken{}, fault.New(fault.Usage, "name a folder that `skopeo copy … oci:DIR` or `docker buildx build --output type=oci,tar=false` wrote", "%s is no OCI image layout 1.0.0", name)
	}
	var index struct {
		Manifests []struct {
			Digest string `json:"digest"`
			Size   int64  `json:"size"`
		} `json:"manifests"`
	}
	if err := readJSON(layout, "index.json", &index); err != nil {
		return Taken{}, unreadable(name, err)
	}
	if len(index.Manifests) != 1 {
		return Taken{}, fault.New(fault.NotThere, "write each image to a layout of its own", "the layout %s names %d images, expected one", name, len(index.Manifests))
	}
	d := verify.Deliverable{Name: name, Kind: verify.KindImage, Digest: index.Manifests[0].Digest}
	return Taken{Deliverable: d}, whole(layout, name, d.Digest)
}

// whole wants the manifest there, with the digest that it is called by.
func whole(layout *os.Root, name, digest string) error {
	if len(digest) != len("sha256:")+64 {
		return fault.New(fault.NotThere, "build it with SHA-256", "the image %s is called by %q, which is no SHA-256 digest", name, digest)
	}
	data, err := readSmall(layout, filepath.Join("blobs", "sha256", digest[len("sha256:"):]))
	if err != nil {
		return unreadable(name, err)
	}
	if verify.Digest(data) != digest {
		return fault.New(fault.Untrusted, "build it again", "the image %s is not what its index says: %s", name, verify.Digest(data))
	}
	return nil
}

func readJSON(layout *os.Root, name string, into any) error {
	data, err := readSmall(layout, name)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

func readSmall(layout *os.Root, name string) ([]byte, error) {
	f, err := layout.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxIndex))
}
