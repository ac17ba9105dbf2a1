package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// What the first screen has room for; the rest is said to exist, and how to see it.
const (
	mostFindings = 5
	mostProblems = 8
	mostReasons  = 6
	mostSteps    = 3
)

// text is the main screen.
func text(r *run, opt Options) ([]byte, error) {
	p := newPage(opt)
	if !opt.Quiet {
		p.header(r.config)
		p.facts(r.config.Facts)
		p.gap()
		p.origins(r.config.Facts)
		p.findings(r)
		p.gap()
		p.waterline(r.verdict)
		p.reasons(held(r.verdict))
		p.before(r.verdict)
		p.tailored(r.verdict.Requirements)
	}
	p.problems(r.problems)
	if !opt.Quiet {
		p.gap()
	}
	p.gateLine(r)
	if r.verdict.Gate == event.IncompleteGate {
		p.block("  ", r.verdict.Reason, "", 2)
	}
	if !opt.Quiet {
		p.steps(r.verdict.Next)
		p.hint(r)
	}
	return []byte(p.String()), nil
}

// header says what was examined: product, commit, date.
func (p *page) header(c *event.Config) {
	name := clean.Truncate(clean.Line(cmp.Or(c.Product, c.Directory, "this product")), p.width/2, p.ellipsis)
	rest := ""
	switch {
	case c.Commit != "":
		rest += " @ " + short(c.Commit, 7)
	case c.Protocol != "":
		rest += ", without a commit"
	}
	if c.Dirty {
		rest += ", with uncommitted changes"
	}
	if !c.AsOf.IsZero() {
		rest += ", as of " + day(c.AsOf)
	}
	p.line(p.paint(bold, name), rest)
}

// origins says of every fact where it was seen, for whoever asks for more.
func (p *page) origins(facts []event.Fact) {
	if !p.opt.Verbose || len(facts) == 0 {
		return
	}
	p.line(p.paint(bold, "Facts"))
	for _, f := range facts {
		how := string(f.Confidence)
		if f.Origin == "declared" {
			how = "declared"
		}
		text := fmt.Sprintf("%s %s (%s)", f.Name, f.Value, how)
		if f.Path != "" {
			text += " " + fault.Place{Path: f.Path, Line: f.Line}.String()
		}
		if f.Because != "" {
			text += ": " + f.Because
		}
		p.block("  ", text, "", 4)
	}
	p.gap()
}

// labels name the facts in a reader's order; others follow by their own names.
var labels = []struct{ fact, label string }{
	{"kind", "kind"}, {"language", "languages"}, {"framework", "frameworks"}, {"platform", "platforms"},
	{"exposure", "exposure"}, {"data", "data"}, {"data_store", "stores"}, {"identity_provider", "identity"},
	{"container", "containers"}, {"infrastructure", "infrastructure"}, {"environment", "environments"},
	{"ci", "CI"}, {"package_manager", "packages"}, {"deliverable", "deliverables"},
}

// facts says in a paragraph what the requirements were chosen by. A guess
// carries a question mark.
func (p *page) facts(facts []event.Fact) {
	byName := map[string][]string{}
	guessed := false
	sorted := slices.Clone(facts)
	slices.SortStableFunc(sorted, func(a, b event.Fact) int { return cmp.Compare(b.Confidence.Rank(), a.Confidence.Rank()) })
	for _, f := range sorted {
		value := f.Value
		if f.Confidence == event.Possible && f.Origin != "declared" {
			value += "?"
			guessed = true
		}
		if !slices.Contains(byName[f.Name], value) {
			byName[f.Name] = append(byName[f.Name], value)
		}
	}
	var parts []string
	for _, l := range labelsFor(byName) {
		parts = append(parts, l.label+": "+some(byName[l.fact], 6, ""))
	}
	paragraph := strings.Join(parts, "; ")
	if guessed {
		paragraph += " (? is a guess)"
	}
	p.block("  ", paragraph, dim, 6)
}

func labelsFor(byName map[string][]string) []struct{ fact, label string } {
	var out []struct{ fact, label string }
	for _, l := range labels {
		if len(byName[l.fact]) > 0 {
			out = append(out, l)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if !slices.ContainsFunc(labels, func(l struct{ fact, label string }) bool { return l.fact == name }) {
			out = append(out, struct{ fact, label string }{name, strings.ReplaceAll(name, "_", " ")})
		}
	}
	return out
}

// looked says what was looked at, which is what a silence about findings is worth.
func looked(observations []*event.Observation, n int) string {
	var order []string
	counts := map[string]int64{}
	for _, o := range observations {
		if _, seen := counts[o.What]; !seen {
			order = append(order, o.What)
		}
		counts[o.What] += o.Count
	}
	var parts []string
	for _, what := range order {
		if counts[what] > 0 {
			parts = append(parts, thousands(counts[what])+" "+what)
		}
	}
	if len(parts) == 0 {
		return "Nothing was looked at"
	}
	return "Looked at: " + some(parts, n, "")
}

// findings writes those that the user selected, or the few that matter most.
func (p *page) findings(r *run) {
	open, decided := r.in(event.Open), r.in(event.Decided)
	switch p.opt.Show {
	case ShowDecided:
		p.listed("Decided findings", decided)
		return
	case ShowOpen:
		p.listed("Open findings", open)
	case ShowQueue:
		_, waiting := asking(open)
		p.listed("Findings that wait", waiting)
		return
	case ShowAll:
		p.listed("Findings", r.findings)
	default:
		p.firstOf(r, open)
	}
	if len(decided) > 0 && p.opt.Show != ShowAll {
		p.line(count(len(decided), "finding"), " decided: ", p.paint(bold, p.command(r, "check --show decided")))
	}
}

func (p *page) listed(title string, findings []*event.Finding) {
	if len(findings) == 0 {
		p.line("No ", strings.ToLower(title), ".")
		return
	}
	p.line(p.paint(bold, fmt.Sprintf("%s (%s)", title, thousands(int64(len(findings))))))
	for _, f := range findings {
		p.finding(f)
		p.gap()
	}
}

func (p *page) first(r *run, open []*event.Finding) {
	if len(open) == 0 {
		n := 6
		if p.opt.Verbose {
			n = len(r.observations)
		}
		p.block("", "No open finding. "+looked(r.observations, n)+".", "", 0)
		return
	}
	p.oneOfEach(open)
	shown, waiting := asking(open)
	if len(shown) == 0 {
		p.line("No finding asks for attention now.")
	} else {
		p.line(p.paint(bold, "Findings that matter most"))
	}
	for _, f := range shown {
		p.finding(f)
		p.gap()
	}
	if len(waiting) > 0 {
		p.line(wait(len(waiting))+": ", p.paint(bold, p.command(r, "check --show queue")))
		p.block("  ", bySeverity(waiting)+"; "+byRule(waiting), "", 3)
		p.block("  ", "for: "+waitingFor(waiting), "", 3)
	}
}

// command is a command line of ours for the same directory.
func (p *page) command(r *run, args string) string {
	dir := clean.Line(r.config.Directory)
	if dir == "" || dir == "." {
		return "plimsoll " + args
	}
	if strings.ContainsAny(dir, " \t'\"\\$&;|<>()*?[]~`!#") {
		dir = "'" + strings.ReplaceAll(dir, "'", `'\''`) + "'"
	}
	return "plimsoll " + args + " " + dir
}

func bySeverity(findings []*event.Finding) string {
	counts := map[event.Severity]int{}
	for _, f := range findings {
		counts[f.Severity]++
	}
	var parts []string
	for _, s := range event.Severities {
		if counts[s] > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", thousands(int64(counts[s])), s))
		}
	}
	return strings.Join(parts, ", ")
}

func byRule(findings []*event.Finding) string {
	counts := map[string]int{}
	for _, f := range findings {
		counts[f.Rule]++
	}
	rules := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	for i, rule := range rules {
		rules[i] = fmt.Sprintf("%s %s", rule, thousands(int64(counts[rule])))
	}
	return some(rules, 4, "rule")
}
