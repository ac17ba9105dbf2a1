package prepare

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/bill"
	"github.com/plimsoll-dev/plimsoll/internal/release/deliverable"
	"github.com/plimsoll-dev/plimsoll/internal/release/registry"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// mostDeliverables bounds what globs match, maxBill a bill of the build's.
const (
	mostDeliverables = 1000
	maxBill          = 64 << 20
)

// takeAll takes down what is handed over and asks the programs among it.
func (w *work) takeAll(ctx context.Context) error {
	root := w.Repo.Root()
	named, err := w.wanted(root)
	if err != nil {
		return err
	}
	w.programs = map[string][]bill.Program{}
	module := w.module(root)
	taker := deliverable.Taker{Root: root, Registry: w.Registry, Layers: w.Layers}
	for _, n := range named {
		if err := ctx.Err(); err != nil {
			return err
		}
		t, err := taker.TakeAt(ctx, n.Path, n.Kind, n.Digest)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(w.taken, func(o deliverable.Taken) bool { return o.Name == t.Name }) {
			continue
		}
		w.taken = append(w.taken, t)
		if t.Note != "" {
			w.draft.Notes = append(w.draft.Notes, t.Note)
		}
		if err := w.ask(root, t, module); err != nil {
			return err
		}
	}
	return nil
}

// wanted lists what is named, or what product.yaml says, and notes what of that
// is not there.
func (w *work) wanted(root string) ([]Named, error) {
	tree, err := os.OpenRoot(root)
	if err != nil {
		return nil, fmt.Errorf("opening the repository: %w", err)
	}
	defer tree.Close()
	named := slices.Clone(w.Named)
	for _, d := range w.Deliverables {
		if d.Path == "" {
			w.Facts.Missing = append(w.Facts.Missing, d.Name+": product.yaml gives no path")
			continue
		}
		if registry.Is(d.Path) {
			named = w.inRegistry(named, d)
			continue
		}
		found, err := fs.Glob(tree.FS(), path.Clean(d.Path))
		if err != nil || len(found) > mostDeliverables {
			return nil, fault.New(fault.Config, "correct it in product.yaml", "the path %q of the deliverable %s: %d matches, %v", d.Path, d.Name, len(found), err)
		}
		if len(found) == 0 {
			w.Facts.Missing = append(w.Facts.Missing, d.Name+": nothing lies at "+d.Path)
		}
		for _, name := range found {
			switch {
			case len(w.Named) == 0:
				named = append(named, Named{Path: name, Kind: kindOf(tree, name)})
			case !slices.ContainsFunc(w.Named, func(n Named) bool { return path.Clean(filepath.ToSlash(n.Path)) == name }):
				w.Facts.Missing = append(w.Facts.Missing, d.Name+": "+name+" was left out")
			}
		}
	}
	return named, nil
}

// inRegistry adds an image that product.yaml names in a registry. Its tag may be
// {version}, since each release has another.
func (w *work) inRegistry(named []Named, d product.Deliverable) []Named {
	image := Named{Path: strings.ReplaceAll(d.Path, "{version}", w.Version), Kind: verify.KindImage}
	switch {
	case len(w.Named) == 0:
		return append(named, image)
	case !slices.ContainsFunc(w.Named, func(n Named) bool { return n.Path == image.Path && n.Kind == image.Kind }):
		w.Facts.Missing = append(w.Facts.Missing, d.Name+": "+image.Path+" was left out")
	}
	return named
}

// kindOf tells what lies at a path.
func kindOf(tree *os.Root, name string) verify.Kind {
	if info, err := tree.Stat(name); err != nil || !info.IsDir() {
		return verify.KindFile
	}
	if _, err := tree.Stat(path.Join(name, "oci-layout")); err == nil {
		return verify.KindImage
	}
	return verify.KindDir
}

// module is the repository's own module of Go, "" where it has none at its root.
func (w *work) module(root string) string {
	data, err := w.Repo.ReadInside("go.mod", 1<<20)
	if err != nil {
		return ""
	}
	return modfile.ModulePath(data)
}

// ask reads what the programs in a deliverable say of themselves.
func (w *work) ask(root string, t deliverable.Taken, module string) error {
	files := []string{}
	switch t.Kind {
	case verify.KindFile:
		files = append(files, t.Name)
	case verify.KindDir:
		m, err := verify.ReadManifest(t.Attached[0].Data)
		if err != nil {
			return unreadable(t.Name, err)
		}
		for _, e := range m.Entries {
			if e.Executable {
				files = append(files, path.Join(t.Name, e.Path))
			}
		}
	}
	for _, name := range files {
		p, ok, err := program(root, name, t.Digest)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		w.programs[t.Name] = append(w.programs[t.Name], p)
		if why := p.Foreign(w.Repo.Head()); why != "" && p.Of(module) {
			w.Facts.Foreign = append(w.Facts.Foreign, name+" "+why)
		}
	}
	return nil
}

func program(root, name, digest string) (bill.Program, bool, error) {
	tree, err := os.OpenRoot(root)
	if err != nil {
		return bill.Program{}, false, err
	}
	defer tree.Close()
	f, err := tree.Open(filepath.FromSlash(name))
	if err != nil {
		return bill.Program{}, false, unreadable(name, err)
	}
	defer f.Close()
	p, ok := bill.Read(name, digest, f)
	return p, ok, nil
}

// foreignBill attaches a bill of materials that the build wrote.
func (w *work) foreignBill(name string) (deliverable.Attached, error) {
	none := deliverable.Attached{}
	f, err := os.Open(name)
	if err != nil {
		return none, fault.Wrap(fault.Usage, err, "give the path of a file", "reading the bill of materials %s", name)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBill+1))
	if err != nil || len(data) > maxBill {
		return none, fault.New(fault.TooCostly, "give a smaller one", "reading the bill of materials %s: more than %d bytes, or %v", name, maxBill, err)
	}
	var head struct {
		Format string `json:"bomFormat"`
		SPDX   string `json:"spdxVersion"`
	}
	media := ""
	if json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &head) == nil {
		switch {
		case head.Format == "CycloneDX":
			media = "application/vnd.cyclonedx+json"
		case head.SPDX != "":
			media = "application/spdx+json"
		}
	}
	if media == "" {
		return none, fault.New(fault.Usage, "give CycloneDX or SPDX 2 in JSON", "%s is no bill of materials that can be attached", name)
	}
	return deliverable.Attach("build's "+filepath.Base(name), media, data), nil
}
