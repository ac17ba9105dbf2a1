package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/internal/requirement/official"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

type importFlags struct {
	official.Options
	dir     string
	columns []string
}

func newRequirementsImport(app *App) *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Import the official text of a catalogue, or a company's policy",
		Long: `Import the official text of a catalogue, or a company's policy, into
.plimsoll/catalogues/. What the file is, is found out:

  asvs       OWASP ASVS 4.0 and 5.0: JSON tree, flat JSON, both legacy forms
  csv        OWASP ASVS as CSV, or any table with a mapping of columns
  cyclonedx  CycloneDX 1.6 with definitions.standards
  gemara     OSPS Baseline and other Gemara catalogues: a file or their folder
  masvs      OWASP MASVS as YAML
  oscal      OSCAL 1.1 and 1.2: a catalog, or a profile with what it imports
  ssdf       NIST SSDF as a flat list

The sentence of the standard then stands beside our plan in "plimsoll explain".
A catalogue without built-in plans is chosen by its name in product.yaml; its
requirements are verified by people. Nothing is fetched from the network.`,
		Example: `  plimsoll requirements import OWASP_ASVS_5.0.0_en.json
  plimsoll requirements import security-baseline/baseline
  plimsoll requirements import policy.csv --name acme --licence internal \
    --column id=ID --column text=Description`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.requirementsImport(cmd.Context(), args[0], f)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.dir, "dir", "C", ".", "the repository")
	flags.Var(enum(&f.Form, "", official.Forms()...), "as", "what the file is (default: found out)")
	flags.StringVar(&f.Name, "name", "", "name of the catalogue (default: from the file)")
	flags.StringVar(&f.Title, "title", "", "its title (default: from the file)")
	flags.StringVar(&f.Version, "version", "", "its version (default: from the file)")
	flags.StringVar(&f.Licence, "licence", "", "licence of the text (default: from the file, or known of the standard)")
	flags.StringVar(&f.Prefix, "prefix", "", "put before every id")
	flags.StringVar(&f.Standard, "standard", "", "the standard that is meant, where a CycloneDX file holds several")
	flags.StringArrayVar(&f.columns, "column", nil, "FIELD=HEADING of a table; fields are "+strings.Join(official.ColumnFields(), ", ")+"; may be repeated")
	return cmd
}

func (app *App) requirementsImport(ctx context.Context, file string, f importFlags) error {
	var err error
	if f.Columns, err = columnsOf(f.columns); err != nil {
		return err
	}
	r, err := repo.Open(ctx, f.dir)
	if err != nil {
		return err
	}
	f.Imported = app.Clock().UTC().Format(time.DateOnly)
	result, err := readOfficial(r, file, f.Options)
	if err != nil {
		return err
	}
	done, err := keep(r, &result.Catalogue)
	if err != nil {
		return err
	}
	return app.sayImported(result, done)
}

func columnsOf(pairs []string) (map[string]string, error) {
	columns := map[string]string{}
	fields := official.ColumnFields()
	for _, pair := range pairs {
		field, heading, ok := strings.Cut(pair, "=")
		switch {
		case !ok || heading == "":
			return nil, fault.New(fault.Usage, "write --column id=HEADING", "--column %q names no heading", pair)
		case !slices.Contains(fields, field):
			return nil, fault.New(fault.Usage, yamlfile.OneOf(field, fields), "%q is no field of a requirement", field)
		case columns[field] != "":
			return nil, fault.New(fault.Usage, "keep one of them", "--column %s stands twice", field)
		}
		columns[field] = heading
	}
	return columns, nil
}

// readOfficial opens no more than it must: the repository for a file in it, or
// else the folder in which the file stands.
func readOfficial(r *repo.Repo, file string, o official.Options) (*official.Result, error) {
	root, name, err := rootOf(r, file)
	if err != nil {
		return nil, err
	}
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, fault.Wrap(fault.Usage, err, "name a file in a folder that can be read", "opening the folder of %s", file)
	}
	defer dir.Close()
	result, faults := official.Read(dir.FS(), name, o)
	return result, faults.Err()
}

// rootOf is the folder to open, and the slash-separated path of the file in it.
func rootOf(r *repo.Repo, file string) (root, name string, err error) {
	at, err := filepath.Abs(file)
	if err == nil {
		at, err = filepath.EvalSymlinks(at)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", fault.New(fault.NotFound, "check the name, and in which folder you are", "there is no file %s", file)
	}
	if err != nil {
		return "", "", fault.Wrap(fault.Usage, err, "name a file that can be read", "looking for %s", file)
	}
	if r.Root() != "" {
		if top, err := filepath.EvalSymlinks(r.Root()); err == nil {
			if inside, err := filepath.Rel(top, at); err == nil && filepath.IsLocal(inside) {
				return top, filepath.ToSlash(inside), nil
			}
		}
	}
	return filepath.Dir(at), filepath.Base(at), nil
}

// kept says what became of a catalogue's file.
type kept struct {
	path                    string
	fresh, same             bool
	added, removed, changed int // against the file that was there
}

// keep writes the catalogue, unless the file says the same already: then the
// day of the first import stays.
func keep(r *repo.Repo, c *official.Catalogue) (kept, error) {
	k := kept{path: c.Path(), fresh: true}
	path, err := r.Inside(k.path)
	if err != nil {
		return k, err
	}
	data, err := c.Marshal()
	if err != nil {
		return k, err
	}
	if old, err := os.ReadFile(path); err == nil {
		k.fresh = false
		if before, faults := official.Parse(k.path, old); len(faults) == 0 {
			k.compare(*before, *c)
			again := *c
			again.Imported = before.Imported
			if data, err := again.Marshal(); err == nil && bytes.Equal(data, old) {
				k.same = true
				return k, nil
			}
		}
	}
	return k, durable.WriteFile(path, data, 0o644)
}

func (k *kept) compare(before, after official.Catalogue) {
	was := map[string]string{}
	for _, q := range before.Requirements {
		was[q.ID] = q.Text
	}
	for _, q := range after.Requirements {
		text, there := was[q.ID]
		switch {
		case !there:
			k.added++
		case text != q.Text:
			k.changed++
		}
		delete(was, q.ID)
	}
	k.removed = len(was)
}

func (app *App) sayImported(result *official.Result, k kept) error {
	c := result.Catalogue
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s\n", c.Name, c.Version, countsOf(c))
	fmt.Fprintf(&b, "%s\n", plansOf(c))
	fmt.Fprintf(&b, "licence: %s; %s\n", c.Licence, c.Attribution)
	for _, n := range result.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	switch {
	case k.same:
		fmt.Fprintf(&b, "%s says the same already\n", k.path)
	case k.fresh:
		fmt.Fprintf(&b, "wrote %s\n", k.path)
	default:
		fmt.Fprintf(&b, "replaced %s: %d added, %d removed, %d changed\n", k.path, k.added, k.removed, k.changed)
	}
	for l := range linesOf(b.String()) {
		if _, err := fmt.Fprintln(app.Stdout, clean.Line(l)); err != nil {
			return err
		}
	}
	return nil
}

// countsOf is "345 requirements in 17 chapters (70 first in level 1, …)".
func countsOf(c official.Catalogue) string {
	sections, levels := map[string]bool{}, map[int]int{}
	for _, q := range c.Requirements {
		sections[q.Section] = true
		if len(q.Levels) > 0 {
			levels[slices.Min(q.Levels)]++
		}
	}
	delete(sections, "")
	text := fmt.Sprintf("%d %s", len(c.Requirements), several(len(c.Requirements), "requirement"))
	if len(sections) > 0 {
		text += fmt.Sprintf(" in %d %s", len(sections), several(len(sections), "chapter"))
	}
	var each []string
	for _, level := range slices.Sorted(maps.Keys(levels)) {
		each = append(each, fmt.Sprintf("level %d: %d", level, levels[level]))
	}
	if len(each) > 0 {
		text += " (" + strings.Join(each, ", ") + ")"
	}
	return text
}

// several is the noun for a number of things.
func several(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// plansOf says how the requirements are verified.
func plansOf(c official.Catalogue) string {
	plans, err := knowledge.CatalogueRequirements(c.Name)
	if err != nil {
		return fmt.Sprintf("there are no built-in plans: select it with {name: %s} under requirements.catalogues, and people verify it", c.Name)
	}
	known := map[string]bool{}
	for _, r := range plans {
		known[r.ID] = true
	}
	n := 0
	for _, q := range c.Requirements {
		if known[q.ID] {
			n++
		}
	}
	return fmt.Sprintf("%d of them have a built-in plan; `plimsoll explain ID` shows both", n)
}
