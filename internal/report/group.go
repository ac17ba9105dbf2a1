package report

import "github.com/plimsoll-dev/plimsoll/internal/event"

// alike keeps the first finding of each group, in their order, and counts how
// many more each stands for.
func alike(findings []*event.Finding) (leads []*event.Finding, more map[*event.Finding]int) {
	more = map[*event.Finding]int{}
	lead := map[string]*event.Finding{}
	for _, f := range findings {
		if first := lead[f.Group]; f.Group != "" && first != nil {
			more[first]++
			continue
		}
		lead[f.Group] = f
		leads = append(leads, f)
	}
	return leads, more
}

// oneOfEach is alike, with the counts kept for when the findings are written.
func (p *page) oneOfEach(findings []*event.Finding) []*event.Finding {
	leads, more := alike(findings)
	p.more = more
	return leads
}

func moreLikeIt(n int) string { return "and " + thousands(int64(n)) + " more like it" }
