package assess

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/requirement/official"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// importedCatalogues are the catalogues that were imported and for which there
// are no built-in plans: their requirements are a person's to verify. Of several
// versions the newest counts.
func importedCatalogues(ctx context.Context, a *assessment) ([]brought, error) {
	files := map[string]repo.File{}
	var paths []string
	for _, f := range a.snapshot.Files() {
		if strings.HasPrefix(f.Path, official.Dir+"/") && strings.HasSuffix(f.Path, ".json") {
			files[f.Path] = f
			paths = append(paths, f.Path)
		}
	}
	read := func(path string) ([]byte, error) {
		return repo.ReadFile(ctx, a.snapshot, files[path], official.MaxSize)
	}
	_, catalogues, faults := official.Load(read, paths)
	var out []brought
	for _, c := range catalogues {
		_, builtIn := knowledge.FindCatalogue(c.Name)
		if builtIn || len(out) > 0 && out[len(out)-1].Name == c.Name {
			continue
		}
		out = append(out, brought{
			Catalogue:    knowledge.Catalogue{Name: c.Name, Title: c.Title, Version: c.Version, Publisher: c.Publisher, Licence: c.Licence, Attribution: c.Attribution},
			requirements: c.Plans(), place: c.Path(),
		})
	}
	return out, faults.Err()
}

// OfficialText is what the publisher of a catalogue says of a requirement, with
// the terms that travel along, where the catalogue was imported into the
// repository in o.Dir. Outside a repository there is none.
func OfficialText(ctx context.Context, o Options, id string) (official.Text, bool, error) {
	texts, err := OfficialTexts(ctx, o)
	t, ok := texts[knowledge.NormalID(id)]
	return t, ok, err
}

// OfficialTexts are all official texts of the repository in o.Dir, by id.
func OfficialTexts(ctx context.Context, o Options) (map[string]official.Text, error) {
	r, err := repo.Open(ctx, o.Dir)
	if errors.Is(err, repo.ErrNone) {
		return nil, nil
	}
	if err != nil || r.Root() == "" {
		return nil, err
	}
	paths, err := filesIn(r, official.Dir, ".json")
	if err != nil {
		return nil, err
	}
	texts, _, faults := official.Load(func(path string) ([]byte, error) { return readInside(r, path, official.MaxSize) }, paths)
	return texts, faults.Err()
}

// filesIn lists the files of a folder of the work tree that end so; none where
// there is no such folder.
func filesIn(r *repo.Repo, dir, suffix string) ([]string, error) {
	at, err := r.Inside(dir)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(at)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", dir, err)
	}
	var paths []string
	for _, e := range entries {
		if e.Type().IsRegular() && strings.HasSuffix(e.Name(), suffix) {
			paths = append(paths, dir+"/"+e.Name())
		}
	}
	return paths, nil
}

// readInside reads a file of the work tree of at most limit bytes.
func readInside(r *repo.Repo, path string, limit int64) ([]byte, error) {
	at, err := r.Inside(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Lstat(at)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, fault.At(fault.Config, fault.Place{Path: path}, fmt.Sprintf("put a plain file under %d MiB there", limit>>20), "this is no plain file, or too large")
	}
	return os.ReadFile(at)
}
