package assess

import (
	"github.com/plimsoll-dev/plimsoll/internal/build/access"
	"github.com/plimsoll-dev/plimsoll/internal/build/history"
	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/code/review"
	"github.com/plimsoll-dev/plimsoll/internal/code/scanners"
	"github.com/plimsoll-dev/plimsoll/internal/code/secretscan"
	"github.com/plimsoll-dev/plimsoll/internal/code/secretscan/userrules"
	"github.com/plimsoll-dev/plimsoll/internal/code/seed"
	"github.com/plimsoll-dev/plimsoll/internal/code/suppressions"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/basics"
	"github.com/plimsoll-dev/plimsoll/internal/testing/mapping"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results"
)

// Setup is what the checks are told of a product before they are called. Its zero
// value is that of a product that says nothing of itself.
type Setup struct {
	NamesResult func(path string) bool // product.yaml names the path as a result file
	Scanners    []product.Scanner
	SecretRules []*userrules.File // kinds of credential that product.yaml names files of
	RunScanners bool              // they may be run on this machine
	Reviewed    bool              // product.yaml wants changes reviewed
}

// Table is the one table of all checks, in the order in which they are told.
func Table(s Setup) []*check.Check {
	if s.NamesResult == nil {
		s.NamesResult = func(string) bool { return false }
	}
	return []*check.Check{
		secretscan.With(s.SecretRules...),
		scanners.New(s.Scanners, s.RunScanners),
		suppressions.New(),
		review.Where(s.Reviewed),
		seed.New(),
		history.New(),
		results.Naming(s.NamesResult),
		basics.New(),
	}
}

// configParser parses a file in .plimsoll/ that a check reads itself, so that
// what is wrong with it is told with the rest. read gives other files of the
// repository.
type configParser struct {
	path  string
	parse func(path string, data []byte, read func(string) ([]byte, error)) error
}

func configParsers() []configParser {
	return []configParser{
		{access.Path, func(path string, data []byte, read func(string) ([]byte, error)) error {
			_, err := access.Parse(path, data, read)
			return err
		}},
		{mapping.Path, func(path string, data []byte, _ func(string) ([]byte, error)) error {
			_, err := mapping.Parse(path, data)
			return err
		}},
	}
}
