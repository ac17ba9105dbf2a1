package results

import (
	"cmp"
	"fmt"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/cyclonedx"
)

func (im *importer) bill(name string, b *cyclonedx.Bill) {
	tool := strings.TrimSpace(b.Tool + " " + b.Version)
	if b.Components > 0 {
		im.pass.Observe(event.Observation{
			What: fmt.Sprintf("components in a bill of materials (%d%% with an identifier)", 100*(b.Components-b.NoPurl)/b.Components),
			Tool: b.Tool, Count: int64(b.Components), Rules: []string{PoorBill},
		})
	}
	if b.Assessed && b.Components > 0 {
		im.pass.Observe(event.Observation{What: "components held against known vulnerabilities by " + tool, Tool: b.Tool,
			Count: int64(b.Components), Rules: []string{Vulnerable, Exploitable}})
	}
	if b.Assessed && b.Components == 0 { // a VEX: a word on some vulnerabilities, no search for others
		im.pass.Observe(event.Observation{What: "analyses of known vulnerabilities", Tool: b.Tool, Count: int64(len(b.Vulnerabilities))})
	}
	if b.Components == 0 && !b.Assessed {
		im.pass.Observe(event.Observation{What: "components in a bill of materials", Tool: b.Tool, Count: 0})
	}
	im.age(name, tool, b.Time)
	if b.Truncated {
		im.lack(name, "split the bill", "the bill of materials has more in it, or nested deeper, than is read from one file")
	}
	im.quality(name, b)
	for i := range b.Vulnerabilities {
		im.add(im.vulnerability(name, b, &b.Vulnerabilities[i]))
	}
}

// quality reports a bill whose components cannot be told apart or looked up. A
// few without licence or digest are usual; more than half are not.
func (im *importer) quality(name string, b *cyclonedx.Bill) {
	var lacks []string
	lack := func(n, tolerated int, what string) {
		if n > tolerated {
			lacks = append(lacks, fmt.Sprintf("%d without %s", n, what))
		}
	}
	lack(b.NoVersion, 0, "a version")
	lack(b.NoPurl, 0, "a package URL or another identifier")
	lack(b.NoHash, b.Components/2, "a digest")
	lack(b.NoLicence, b.Components/2, "a licence")
	if len(lacks) == 0 {
		return
	}
	f := im.own(PoorBill, b.Tool, name, 0, "of %d components: %s", b.Components, strings.Join(lacks, ", "))
	f.Identity, f.Twin = []string{"bill", b.Product.Name}, name
	im.add(f)
}

func (im *importer) vulnerability(name string, b *cyclonedx.Bill, v *cyclonedx.Vulnerability) found {
	rule, where := Vulnerable, "the product"
	if v.State == cdx.IASExploitable {
		rule = Exploitable
	}
	if s := v.Component.String(); s != "" {
		where = s
	}
	what := ""
	if v.Summary != "" {
		what = ": " + v.Summary
	}
	f := im.own(rule, b.Tool, name, 0, "%s has %s%s", where, v.IDs[0], what)
	f.Severity, f.Fix = v.Severity, v.Fix
	f.Identity = []string{"vulnerability", v.IDs[0], v.Component.Name}
	f.Twin = v.Component.Version + "\n" + name
	f.vulnerabilities, f.stated = v.IDs, b.Stated(v)
	f.components, f.product = identifiers(v.Component), identifiers(b.Product)
	f.analysed(v, b.Tool)
	return f
}

func identifiers(c cyclonedx.Component) []string {
	if c.Purl == "" {
		return nil
	}
	return []string{c.Purl}
}

// analysed applies what the bill itself says that an analysis came to.
func (f *found) analysed(v *cyclonedx.Vulnerability, tool string) {
	verdict := ""
	switch v.State {
	case cdx.IASNotAffected, cdx.IASFalsePositive:
		f.State, verdict = event.Decided, finding.FalsePositive
	case cdx.IASResolved, cdx.IASResolvedWithPedigree:
		f.State, verdict = event.Fixed, finding.Fix
	default:
		return
	}
	f.Decision = &event.Decision{Verdict: verdict, By: tool,
		Because: cmp.Or(v.Justification, strings.ReplaceAll(string(v.State), "_", " ")+", without a reason")}
}
