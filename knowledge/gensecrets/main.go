// Gensecrets writes the kinds of credential of secrets/*.yaml as Go, so that a
// program which scans pays neither for reading YAML nor for checking it. Run it
// with `go generate ./knowledge`; a test fails while its output is out of date.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

func main() {
	out := flag.String("o", "secret_table.go", "the file to write")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "gensecrets:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	secrets, err := knowledge.ReadSecrets(os.DirFS("."))
	if err != nil {
		return err
	}
	source, err := knowledge.SecretSource(secrets)
	if err != nil {
		return err
	}
	return os.WriteFile(out, source, 0o644)
}
