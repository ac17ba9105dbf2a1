package knowledge

import (
	"bytes"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

func TestFactRulesLoad(t *testing.T) {
	rules := FactRules()
	topics := map[string]int{}
	for _, r := range rules {
		topic, _, _ := strings.Cut(r.ID, ".")
		topics[topic]++
	}
	for _, topic := range []string{"ci", "data", "environment", "exposure", "framework", "identity", "infrastructure", "kind", "package", "platform", "store"} {
		if topics[topic] == 0 {
			t.Errorf("no rules on %s", topic)
		}
	}
}

// TestFactTable fails while fact_table.go is older than facts/*.yaml.
func TestFactTable(t *testing.T) {
	rules, err := ReadFactRules(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	want, err := FactSource(rules)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("fact_table.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("fact_table.go is out of date: run go generate ./knowledge")
	}
	for i := range rules {
		rules[i].Examples = Examples{}
	}
	if !reflect.DeepEqual(FactRules(), rules) {
		t.Error("the table says something else than the files")
	}
}

func TestFactListsLoad(t *testing.T) {
	names, err := FactNames()
	if err != nil || len(names) == 0 {
		t.Fatal(len(names), err)
	}
	languages, err := Languages()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, l := range languages {
		for _, x := range append(l.Extensions, l.Files...) {
			if other := seen[x]; other != "" {
				t.Errorf("%s is both %s and %s", x, other, l.Value)
			}
			seen[x] = l.Value
		}
	}
	sets, err := FileSets()
	if err != nil || len(sets) == 0 {
		t.Fatal(len(sets), err)
	}
	digest, err := FactsDigest()
	if err != nil || !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(digest) {
		t.Errorf("digest %q: %v", digest, err)
	}
}

func TestFactFilesAreStrict(t *testing.T) {
	if _, err := readList[FactValue](factFiles, vocabularyFile, "entries"); err == nil {
		t.Error("a file with unknown fields was read")
	}
	if _, err := readFactRules(factFiles, setsFile); err == nil {
		t.Error("a list of sets was read as rules")
	}
}
