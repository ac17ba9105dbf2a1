package finding

import (
	"cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// Unexamined is the rule that a decision names when it is not about a finding
// but about a file that a check could not look into to its end. Such a decision
// can only accept that, and only for the very bytes: nobody knows what other
// bytes hold.
const Unexamined = "unexamined"

// NameUnexamined gives p, if it is about a file that can be accepted as it is, a
// fingerprint, and says which command accepts it.
func NameUnexamined(p *event.Problem) {
	if p.Digest == "" || !p.Incomplete {
		return
	}
	p.Fingerprint = Fingerprint(Unexamined, p.Check, p.Code, p.Digest)
	accept := "plimsoll triage " + p.Fingerprint[:12] + " --accept --because \"…\""
	if p.Hint != "" {
		accept = p.Hint + "; where it has to be as it is: " + accept
	}
	p.Hint = accept
}

// UnexaminedFile is p as what people decide on.
func UnexaminedFile(p *event.Problem) event.Finding {
	return event.Finding{
		Check: p.Check, Rule: Unexamined, Family: Unexamined, Revision: 1, Severity: event.Medium, Confidence: event.Sure,
		Path: p.Path, Message: p.Message, Fix: p.Hint, Fingerprint: p.Fingerprint, State: event.Open,
		Class: string(ClassOf(p.Path)), Code: p.Digest,
	}
}

// AcceptUnexamined makes of p a note where d, which is nil for none, accepts it.
func AcceptUnexamined(p *event.Problem, d *event.Decision) {
	if d == nil || d.Verdict != Accepted {
		return
	}
	p.Incomplete, p.Decision = false, d
	p.Message += "; accepted by " + d.By + " until " + d.Until + ": " + d.Because
	p.Hint = ""
	if d.Owner != "" {
		p.Hint = cmp.Or(d.Owner, d.By) + " answers for it"
	}
}
