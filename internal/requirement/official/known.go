package official

import (
	"fmt"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// standard is what we know of a publisher's terms, so that they travel along
// with texts whose files do not carry them.
type standard struct {
	title, publisher, licence, credit string
}

// standards lists them by the name that their catalogue usually has.
func standards() map[string]standard {
	return map[string]standard{
		"asvs": {"OWASP Application Security Verification Standard", "OWASP", "CC-BY-SA-4.0",
			"OWASP Application Security Verification Standard %s, OWASP Foundation, CC BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/"},
		"masvs": {"OWASP Mobile Application Security Verification Standard", "OWASP", "CC-BY-SA-4.0",
			"OWASP Mobile Application Security Verification Standard %s, OWASP Foundation, CC BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/"},
		"osps": {"Open Source Project Security Baseline", "OpenSSF", "Apache-2.0",
			"Open Source Project Security Baseline %s, OpenSSF, Apache-2.0, https://www.apache.org/licenses/LICENSE-2.0"},
		"ssdf": {"Secure Software Development Framework (SP 800-218)", "NIST", "public domain",
			"NIST SP 800-218, Secure Software Development Framework %s; a work of the US government, not subject to copyright in the United States"},
	}
}

// licence settles title, publisher, licence and attribution.
func (d *draft) licence() {
	c := &d.catalogue
	s, known := standards()[d.standard]
	if known {
		c.Publisher = s.publisher
		if d.reader.options.Title == "" {
			c.Title = s.title
		}
		if c.Licence == "" {
			c.Licence = s.licence
		}
		c.Attribution = fmt.Sprintf(s.credit, c.Version)
	}
	if plans, err := knowledge.CatalogueRequirements(c.Name); err == nil && len(plans) > 0 && c.Version == plans[0].Version && len(d.entries) < len(plans) {
		d.reader.note("only %d of the %d requirements of %s %s are in the file", len(d.entries), len(plans), c.Name, c.Version)
	}
	if c.Title == "" {
		c.Title = c.Name
	}
	if c.Licence == "" {
		c.Licence = Unknown
		d.reader.note("the file names no licence; give --licence before you pass on a report that shows the texts")
	}
	if c.Attribution == "" {
		c.Attribution = c.Title + " " + c.Version
		if c.Publisher != "" {
			c.Attribution += ", " + c.Publisher
		}
		if c.Licence != Unknown {
			c.Attribution += ", " + c.Licence
		}
	}
}
