package yamlfile

import (
	"sort"
	"strings"
)

// longestWord bounds what is compared; longer words are no slips of the pen.
const longestWord = 64

// Suggest is the allowed word that was most likely meant by word, and whether
// one is near enough to say so.
func Suggest(word string, allowed []string) (string, bool) {
	if len(word) > longestWord {
		return "", false
	}
	best, distance := "", 1+max(1, len(word)/3)
	plain := strings.ToLower(strings.NewReplacer("_", "-", " ", "-").Replace(word))
	for _, a := range sortedCopy(allowed) {
		if len(a) > longestWord {
			continue
		}
		if d := editDistance(plain, strings.ReplaceAll(strings.ToLower(a), "_", "-")); d < distance && d < len(plain) {
			best, distance = a, d
		}
	}
	return best, best != ""
}

// OneOf is the hint that names the likely word, and all allowed ones where
// they are few enough to read.
func OneOf(word string, allowed []string) string {
	const few = 40
	var hint string
	if likely, ok := Suggest(word, allowed); ok {
		hint = "did you mean " + likely + "?"
	}
	if len(allowed) > 0 && len(allowed) <= few {
		hint = strings.TrimSpace(hint + " allowed: " + strings.Join(sortedCopy(allowed), ", "))
	}
	return hint
}

func sortedCopy(words []string) []string {
	out := append([]string(nil), words...)
	sort.Strings(out)
	return out
}

// editDistance counts the inserted, removed, changed and swapped letters
// between a and b (the restricted Damerau-Levenshtein distance).
func editDistance(a, b string) int {
	prev, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], prev[j-2]+1)
			}
		}
		prev, row, next = row, next, prev
	}
	return row[len(b)]
}
