package assess

import (
	"github.com/plimsoll-dev/plimsoll/internal/build/access"
	"github.com/plimsoll-dev/plimsoll/internal/build/history"
	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/code/secretscan"
	"github.com/plimsoll-dev/plimsoll/internal/release/basics"
	"github.com/plimsoll-dev/plimsoll/internal/testing/mapping"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results"
)

// Table is the one table of all checks, in the order in which they are told.
// named tells whether product.yaml names a path as a result file; nil for none.
func Table(named func(path string) bool) []*check.Check {
	if named == nil {
		named = func(string) bool { return false }
	}
	return []*check.Check{
		secretscan.New(),
		history.New(),
		results.Naming(named),
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
