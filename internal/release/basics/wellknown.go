package basics

import (
	"fmt"
	"strconv"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/release/securitytxt"
)

// securityTxt judges every security.txt of the tree by RFC 9116.
func (e *examiner) securityTxt() {
	n := 0
	for _, f := range e.docs {
		if !e.isSecurityTxt(f) {
			continue
		}
		text, ok := e.read(f)
		if !ok {
			continue
		}
		n++
		file, faults := securitytxt.Parse([]byte(text))
		if len(file.Fields) == 0 { // one word on the file instead of one a line
			e.report(event.Finding{Rule: "security.txt-invalid", Severity: event.Low, Path: f.Path, Line: 1, Column: 1,
				Source: lineAt(text, 1), Message: "security.txt holds no field, so it names no contact",
				Fix: "Add `Contact:` and `Expires:`, or delete the file if the product makes one at run time."}, "no field")
			continue
		}
		for i, flt := range faults {
			e.report(event.Finding{Rule: "security.txt-invalid", Path: f.Path, Line: flt.Line, Column: flt.Column,
				Source: lineAt(text, flt.Line), Message: flt.Message, Fix: flt.Fix}, flt.Message, strconv.Itoa(nth(faults, i)))
		}
		e.expiry(f.Path, text, file)
	}
	if n > 0 {
		e.observe("security.txt files read by RFC 9116", n, "security")
	}
}

// nth counts how many faults before i say the same, so that equal ones in one
// file stay apart.
func nth(faults []securitytxt.Fault, i int) int {
	n := 0
	for _, other := range faults[:i] {
		if other.Message == faults[i].Message {
			n++
		}
	}
	return n
}

// year is what RFC 9116, section 2.5.5, advises to stay below.
const year = 366 * 24 * time.Hour

// expiry holds the file's date against the run's.
func (e *examiner) expiry(p, text string, file securitytxt.File) {
	at, line, ok := file.Expires()
	if !ok {
		return
	}
	now := e.pass.Now()
	f := event.Finding{Path: p, Line: line, Column: 1, Source: lineAt(text, line)}
	switch {
	case !at.After(now):
		f.Rule, f.Message = "security.txt-expired", fmt.Sprintf("security.txt expired on %s: finders are told not to rely on it", at.Format(time.DateOnly))
		f.Fix = "Check that the contacts still work and write a new date, at most a year ahead."
		e.report(f, at.Format(time.RFC3339))
		return
	case at.Sub(now) > year:
		f.Rule, f.Message = "security.txt-far-expiry", fmt.Sprintf("security.txt is to stand until %s, more than a year from now", at.Format(time.DateOnly))
		f.Fix = "Write a date less than a year ahead and put its renewal into the release checklist."
		e.report(f, at.Format(time.RFC3339))
		e.pass.FreshUntil(at.Add(-year))
	}
	e.pass.FreshUntil(at)
}
