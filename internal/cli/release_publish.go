package cli

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/registry"
	"github.com/plimsoll-dev/plimsoll/internal/release/releases"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/verify"
)

func newReleasePublish(app *App) *cobra.Command {
	var dir, trust string
	cmd := &cobra.Command{
		Use:   "publish VERSION [oci://REGISTRY/REPOSITORY:TAG...]",
		Short: "Attach a sealed release's bundle to its images in a registry",
		Long: `Attach a sealed release's bundle to its images in a registry.

It becomes a manifest of its own whose subject is the image (OCI 1.1), so that
plimsoll verify oci://… finds it there, and so does any tool that lists what
belongs to an image. The image itself, its digest and its tags do not change. A
registry that keeps no such lists gets one under the tag sha256-….

The images are those that were prepared from a registry, by their digests, or
those named here; each must be one of the permit. Publishing again changes
nothing. The credentials, those of docker login, must allow to push.`,
		Example: `  plimsoll release publish 1.2.3
  plimsoll release publish 1.2.3 oci://mirror.example.org/team/app:1.2.3`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.releasePublish(cmd.Context(), args[0], args[1:], dir, trust)
		},
	}
	cmd.Flags().StringVarP(&dir, "dir", "C", ".", "the repository")
	cmd.Flags().StringVar(&trust, "trust", "", "the organisation's trust file (default: .plimsoll/trust.json of the repository)")
	return cmd
}

func (app *App) releasePublish(ctx context.Context, version string, images []string, dir, trustFile string) error {
	if err := releases.CheckVersion(version); err != nil {
		return err
	}
	trust, err := app.repositoryTrust(trustFile, dir)
	if err != nil {
		return err
	}
	name := version + verify.Extension
	data, err := readNamed(filepath.Join(dir, record.Dir, version, name), verify.MaxBundle)
	if err != nil {
		return err
	}
	b, err := verify.OpenBundle(data, trust, verify.Policy{Now: app.Clock, AllowEmergency: true})
	if err != nil {
		return refusal(err)
	}
	refs, err := publishTo(b, images)
	if err != nil {
		return err
	}
	client := registry.New(registry.Options{Getenv: app.Getenv})
	for _, ref := range refs {
		image, err := client.Resolve(ctx, ref)
		if err == nil {
			err = permittedImage(ref.String(), image.Digest, b)
		}
		if err != nil {
			return refusal(err)
		}
		digest, err := client.Attach(ctx, image, bundleMedia, name, data)
		if err != nil {
			return err
		}
		app.printLines([]string{clean.Line(fmt.Sprintf("attached %s to %s", digest, ref.At(image.Digest)))})
	}
	return nil
}

// publishTo are the images to attach it to.
func publishTo(b *verify.Bundle, images []string) ([]registry.Reference, error) {
	var refs []registry.Reference
	for _, name := range images {
		ref, err := registry.Parse(name)
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	if len(images) > 0 {
		return refs, nil
	}
	p := b.Permit()
	for _, d := range p.Deliverables {
		if d.Kind != verify.KindImage || !registry.Is(d.Name) {
			continue
		}
		ref, err := registry.Parse(d.Name)
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref.At(d.Digest))
	}
	if len(refs) == 0 {
		return nil, fault.New(fault.Usage, "name where they are: oci://registry.example.org/team/app:"+p.Version, "no image of %s %s was prepared from a registry", p.Product, p.Version)
	}
	return refs, nil
}
