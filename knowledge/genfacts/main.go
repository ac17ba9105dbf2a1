// Genfacts writes the rules of facts/*.yaml as Go: reading them as YAML took a
// seventh of the time of a check that finds nothing changed. Run it with `go
// generate ./knowledge`; a test fails while its output is out of date.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

func main() {
	out := flag.String("o", "fact_table.go", "the file to write")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "genfacts:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	rules, err := knowledge.ReadFactRules(os.DirFS("."))
	if err != nil {
		return err
	}
	source, err := knowledge.FactSource(rules)
	if err != nil {
		return err
	}
	return os.WriteFile(out, source, 0o644)
}
