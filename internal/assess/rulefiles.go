package assess

import (
	"errors"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/code/secretscan/userrules"
	"github.com/plimsoll-dev/plimsoll/internal/product"
)

// ruleFiles reads the files with kinds of credential that product.yaml names;
// read gives a file of the repository, nil where there is none.
func ruleFiles(p *product.Product, read func(path string) ([]byte, error)) ([]*userrules.File, error) {
	var files []*userrules.File
	var errs []error
	taken := ownRules()
	for n, path := range p.Secrets.Rules {
		data, err := read(path)
		switch {
		case err != nil:
			errs = append(errs, err)
			continue
		case data == nil:
			errs = append(errs, p.RuleFileFault(n, "name a file of the repository, and see that git doesn't ignore it", "there is no %s", path))
			continue
		}
		f, faults := userrules.Read(path, data, func(id string) bool { return slices.Contains(taken, id) })
		if len(faults) > 0 {
			errs = append(errs, faults.Err())
			continue
		}
		for _, r := range f.Rules {
			taken = append(taken, r.ID)
		}
		files = append(files, f)
	}
	return files, errors.Join(errs...)
}

// ownRules are the ids that a user's rule cannot have.
func ownRules() []string {
	var ids []string
	for _, c := range Table(Setup{}) {
		for _, r := range c.Rules {
			ids = append(ids, r.ID)
		}
	}
	return ids
}
