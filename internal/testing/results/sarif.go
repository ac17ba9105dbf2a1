package results

import (
	"regexp"

	"github.com/plimsoll-dev/plimsoll/internal/docfile"
	"github.com/plimsoll-dev/plimsoll/internal/finding/imported"
	"github.com/plimsoll-dev/plimsoll/internal/sarif"
)

// sarif imports a log. What was read of a broken file is reported, but says
// nothing of what was looked at: the rest may hold more.
func (im *importer) sarif(name string, log *sarif.Log, whole bool) {
	if len(log.Oddities) > 0 {
		im.note(name, "results-odd", "report it to the maker of the tool", "%s; the rest was read (%d such places)",
			docfile.OneLine(log.Oddities[0], 200), len(log.Oddities))
	}
	for i := range log.Runs {
		if whole {
			im.observeRun(&log.Runs[i])
		}
		im.sarifRun(name, &log.Runs[i])
	}
}

func (im *importer) sarifRun(name string, run *sarif.Run) {
	im.age(name, run.Tool, run.Ended)
	for _, why := range run.Faults {
		im.lack(name, "run "+run.Tool+" again", "%s says that its run was incomplete: %s", run.Tool, why)
	}
	if len(run.Faults) > 0 {
		f := im.own(ToolIncomplete, run.Tool, name, 0, "%s says that its run was incomplete: %s", imported.Version(run), run.Faults[0])
		f.Identity, f.Twin = []string{run.Tool}, name
		im.add(f)
	}
	outside := im.tree.Anchor(run)
	for i := range run.Results {
		im.add(found{Found: imported.FromResult(name, run, &run.Results[i]), vulnerabilities: vulnerabilities(run.Results[i].Rule)})
	}
	if outside > 0 {
		im.note(name, "results-outside", "run the tool in the root of the repository",
			"%d results of %s are about places outside of the product's files; they are shown at the result file", outside, run.Tool)
	}
}

// observeRun says what the run looked for; a run that shows none of it counts
// for nothing.
func (im *importer) observeRun(run *sarif.Run) { im.pass.Observe(imported.Looked(run)) }

// vulnerability is an id in one of the public lists, which scanners put into
// their rule ids: "CVE-2021-44228-log4j-core".
var vulnerability = regexp.MustCompile(`(?i)\b(CVE-\d{4}-\d{4,}|GHSA(-[23456789cfghjmpqrvwx]{4}){3}|[A-Z]{2,10}-\d{4}-\d+)\b`)

func vulnerabilities(rule string) []string { return vulnerability.FindAllString(rule, 4) }
