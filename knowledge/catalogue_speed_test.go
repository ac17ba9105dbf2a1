package knowledge

import "testing"

// BenchmarkCatalogue reads ASVS from its YAML, as the first use in a run does.
func BenchmarkCatalogue(b *testing.B) {
	for b.Loop() {
		all, err := readCatalogue("asvs")
		if err != nil || len(all) == 0 {
			b.Fatal(len(all), err)
		}
	}
}
