package dossier

import (
	"cmp"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// Chapter is the requirements of one chapter of a catalogue, or of one wing.
type Chapter struct {
	Catalogue string
	ID        string // "V6", "build"
	Title     string // empty where nobody knows one
	// Applying are those that apply, and Without those that do not.
	Applying, Without []*Requirement
}

// titles are what the chapters of the built-in catalogues are about.
var titles = map[string]map[string]string{
	"plimsoll": {
		"requirements": "Security requirements", "build": "Secure build environment", "design": "Secure design",
		"code": "Secure implementation", "testing": "Secure testing", "release": "Secure release and operation",
	},
	"asvs": {
		"V1": "Encoding and sanitization", "V2": "Validation and business logic", "V3": "Web frontend", "V4": "API and web service",
		"V5": "File handling", "V6": "Authentication", "V7": "Session management", "V8": "Authorization", "V9": "Self-contained tokens",
		"V10": "OAuth and OIDC", "V11": "Cryptography", "V12": "Secure communication", "V13": "Configuration", "V14": "Data protection",
		"V15": "Secure coding and architecture", "V16": "Logging and error handling", "V17": "WebRTC",
	},
	"masvs": {
		"STORAGE": "Storage", "CRYPTO": "Cryptography", "AUTH": "Authentication and authorization", "NETWORK": "Network communication",
		"PLATFORM": "Platform interaction", "CODE": "Code quality", "RESILIENCE": "Resilience", "PRIVACY": "Privacy",
	},
	"osps": {
		"AC": "Access control", "BR": "Build and release", "DO": "Documentation", "GV": "Governance", "LE": "Legal",
		"QA": "Quality", "SA": "Security assessment", "VM": "Vulnerability management",
	},
}

// Chapters groups the requirements of d, which Sorted has made, in their order.
func (d *Dossier) Chapters() []Chapter {
	var list []Chapter
	for i := range d.Requirements {
		r := &d.Requirements[i]
		name := cmp.Or(r.Catalogue, "plimsoll")
		if n := len(list); n == 0 || list[n-1].Catalogue != name || list[n-1].ID != r.Chapter {
			list = append(list, Chapter{Catalogue: name, ID: r.Chapter, Title: cmp.Or(r.ChapterTitle, titles[name][r.Chapter])})
		}
		c := &list[len(list)-1]
		if r.Status == event.NotApplicable {
			c.Without = append(c.Without, r)
		} else {
			c.Applying = append(c.Applying, r)
		}
	}
	return list
}

// Count is how many requirements of the chapter have the status.
func (c Chapter) Count(s event.Status) int {
	list := c.Applying
	if s == event.NotApplicable {
		list = c.Without
	}
	n := 0
	for _, r := range list {
		if r.Status == s {
			n++
		}
	}
	return n
}

// Above counts what is above the waterline: met, or knowingly not met.
func (c Chapter) Above() int { return c.Count(event.Pass) + c.Count(event.Exempt) }

// Statuses counts the requirements of d by status.
func (d *Dossier) Statuses() map[event.Status]int {
	n := map[event.Status]int{}
	for _, r := range d.Requirements {
		n[r.Status]++
	}
	return n
}

// Book finds evidence by its digest.
type Book map[string]*Evidence

// Book makes the book of d's evidence.
func (d *Dossier) Book() Book {
	b := make(Book, len(d.Evidence))
	for i := range d.Evidence {
		b[d.Evidence[i].Digest] = &d.Evidence[i]
	}
	return b
}

// Of lists the evidence of r, in the order of its digests. A digest that nobody
// has a record of is left out; the requirement still names it.
func (b Book) Of(r *Requirement) []*Evidence {
	var list []*Evidence
	for _, digest := range r.Evidence {
		if e := b[digest]; e != nil {
			list = append(list, e)
		}
	}
	return list
}

// Until is when the status of r ends; where the gate has not said so, the moment
// at which the first of r's evidence ends or is too old by the plan of r. It is
// zero where nothing ends.
func (b Book) Until(r *Requirement) time.Time {
	if !r.Until.IsZero() {
		return r.Until
	}
	var first time.Time
	sooner := func(t time.Time) {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	for _, e := range b.Of(r) {
		sooner(e.Until)
		if start := begin(e); r.Days > 0 && !start.IsZero() {
			sooner(start.AddDate(0, 0, r.Days))
		}
	}
	return first
}

// begin is when the time of e starts to run.
func begin(e *Evidence) time.Time {
	if e.Kind == Attestation && !e.From.IsZero() {
		return e.From
	}
	return e.Made
}
