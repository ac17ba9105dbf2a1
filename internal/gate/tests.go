package gate

import (
	"cmp"
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// testParts judges what the product's own tests say of r: a part for each word,
// none where no test is mapped to it.
func (b *book) testParts(r knowledge.Requirement) []part {
	var parts []part
	for _, w := range b.tests[r.ID] {
		p := b.tested(w, r)
		if w.Digest != "" {
			p.evidence = []string{w.Digest}
		}
		parts = append(parts, p)
	}
	return parts
}

// tested judges one word of tests. What they found counts while they are of the
// source under examination; then a failure outweighs what did not run, and a
// test that was skipped has shown nothing.
func (b *book) tested(w TestWord, r knowledge.Requirement) part {
	const rerun = "run the tests and then plimsoll check"
	first := ""
	if w.First != "" {
		first = ": " + w.First
	}
	switch {
	case !w.Current:
		return part{status: event.Stale, reason: "its tests: " + cmp.Or(w.StaleBecause, "what they ran on has changed"), do: rerun, minutes: againMinutes}
	case !w.FreshUntil.IsZero() && w.FreshUntil.Before(b.in.AsOf):
		return part{status: event.Stale, reason: "its tests stood until " + date(w.FreshUntil), do: rerun, minutes: againMinutes}
	case w.Failed > 0:
		return part{status: event.Fail, reason: plural(w.Failed, "mapped test") + " failed" + first, do: "mend what fails" + first, minutes: r.Minutes}
	case len(w.NotRun) > 0:
		return part{status: event.Unknown, reason: plural(len(w.NotRun), "mapped test") + " did not run: " + some(w.NotRun),
			do: "run " + some(w.NotRun) + ", or correct the mapping", minutes: againMinutes}
	case w.Skipped > 0:
		return part{status: event.Unknown, reason: plural(w.Skipped, "mapped test") + " skipped" + first, do: "let it run" + first, minutes: r.Minutes}
	case w.Passed == 0:
		return part{status: event.Unknown, reason: "no mapped test ran", do: rerun, minutes: againMinutes}
	}
	reason := plural(w.Passed, "mapped test") + " passed"
	if w.Flaky > 0 {
		reason += fmt.Sprintf(", %d of them flaky", w.Flaky)
	}
	return part{status: event.Pass, reason: reason}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// testsInOrder makes the order of words that of what they say.
func testsInOrder(a, b TestWord) int {
	return cmp.Or(cmp.Compare(a.Digest, b.Digest), cmp.Compare(a.First, b.First), cmp.Compare(a.Passed, b.Passed),
		cmp.Compare(a.Failed, b.Failed), cmp.Compare(a.Skipped, b.Skipped), a.FreshUntil.Compare(b.FreshUntil))
}
