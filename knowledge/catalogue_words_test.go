package knowledge

import (
	"strings"
	"testing"
	"unicode"
)

// commonRun is the most words in a row that a plan may share with a standard.
const commonRun = 7

// wordsOf splits text into its words, without case and marks.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// runs calls fn for each run of n words in text.
func runs(text string, n int, fn func(run string)) {
	words := wordsOf(text)
	for i := 0; i+n <= len(words); i++ {
		fn(strings.Join(words[i:i+n], " "))
	}
}

// TestPlansAreOurOwnWords compares every text of every plan, of our own
// requirements too, with every text of the standards: no eight words in a row
// are the same.
func TestPlansAreOurOwnWords(t *testing.T) {
	theirs := map[string]string{} // eight words → where they stand
	learn := func(id, text string) { runs(text, commonRun+1, func(run string) { theirs[run] = id }) }
	for _, list := range [][]official{officialASVS(t), officialMASVS(t), officialOSPS(t)} {
		for _, o := range list {
			learn(o.id, o.text)
		}
	}
	for _, i := range officialSSDF(t) {
		learn("SSDF "+i.ID, strings.Join(append(i.Examples, i.Text), "\n"))
	}
	if len(theirs) < 10_000 {
		t.Fatalf("only %d runs of words were read from the standards", len(theirs))
	}
	for _, name := range []string{Own, "asvs", "masvs", "osps"} {
		for _, r := range plans(t, name) {
			for what, text := range map[string]string{
				"title": r.Title, "statement": r.Statement, "evidence": r.Plan.Evidence, "why": r.Why, "fix": r.Fix, "person": r.Plan.Person,
			} {
				runs(text, commonRun+1, func(run string) {
					if id, copied := theirs[run]; copied {
						t.Errorf("%s: the %s shares %q with %s", r.ID, what, run, id)
					}
				})
			}
		}
	}
}

func TestRuns(t *testing.T) {
	var got []string
	runs("One, two;\nTHREE four", 3, func(run string) { got = append(got, run) })
	if strings.Join(got, "|") != "one two three|two three four" {
		t.Errorf("got %q", got)
	}
}
