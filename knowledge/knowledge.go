// Package knowledge is what Plimsoll knows, as data.
//
// Rules, requirements, facts and credentials are YAML files in this folder,
// compiled into the binary. Every entry says why it matters and what to do, and
// carries examples that must and must not match; a test runs every one. The
// texts are our own; ids and numbers are the standards'.
package knowledge

// Each kind of entry is embedded and loaded, once and when first asked for, by
// the file named after it: rule.go, requirement.go, fact.go, secret.go.

// Rule documents one thing that a check reports. One struct serves `explain`,
// SARIF and the page alike.
type Rule struct {
	ID         string   `yaml:"id"` // "check-family.what", for instance "history.force-pushed-tag"
	Check      string   `yaml:"check"`
	Family     string   `yaml:"family"`     // stays when the rule is split or replaced; ID where empty
	Title      string   `yaml:"title"`      // lower case, no full stop; what is wrong
	Severity   string   `yaml:"severity"`   // critical | high | medium | low | info
	Confidence string   `yaml:"confidence"` // high | medium | low
	Why        string   `yaml:"why"`        // what an attacker or an accident does with it
	Fix        string   `yaml:"fix"`        // what to do, imperative
	CWE        []int    `yaml:"cwe"`
	Maps       []string `yaml:"maps"`     // other standards' ids: "ASVS 13.4.1", "OSPS-BR-07.01", "SSDF PS.1.1"
	Revision   int      `yaml:"revision"` // moves when the same input may give another result
	// Examples that must and must not match. What an example is depends on the
	// check: a file's content, a commit, a whole file set. The check's own test
	// reads them.
	Examples Examples `yaml:"examples"`
}

// Examples are inputs that must and must not match.
type Examples struct {
	Match   []Example `yaml:"match"`
	NoMatch []Example `yaml:"no_match"`
}

// Example is a small set of files.
type Example struct {
	Path string `yaml:"path"` // of Text; "example" where empty
	Text string `yaml:"text"`
	// Files holds further files by path.
	Files map[string]string `yaml:"files"`
}

// Requirement is something that must be true of a product, and how it is verified.
type Requirement struct {
	ID        string       `yaml:"id"`        // "PL-BUILD-1"
	Title     string       `yaml:"title"`     // short, a noun phrase
	Wing      string       `yaml:"wing"`      // requirements | build | design | code | testing | release
	Level     int          `yaml:"level"`     // 1 for everything that ships, 2 for most, 3 where much is at stake
	Statement string       `yaml:"statement"` // one sentence with "must"
	Why       string       `yaml:"why"`
	Applies   string       `yaml:"applies"` // CEL over the facts; "true" for all
	Plan      Plan         `yaml:"plan"`
	Fix       string       `yaml:"fix"`     // the cheapest way to meet it
	Minutes   int          `yaml:"minutes"` // an estimate of a person's time for Fix
	CWE       []int        `yaml:"cwe"`
	Maps      []string     `yaml:"maps"`
	Examples  FactExamples `yaml:"examples"`

	// Catalogue names where it is from: "plimsoll" for our own, "asvs", "masvs",
	// "osps", or the name of a catalogue that the user brought. The rest is set
	// for those only.
	Catalogue string   `yaml:"-"`
	Version   string   `yaml:"-"` // of the catalogue
	Section   string   `yaml:"-"` // "V1", "STORAGE", "AC"
	Levels    []int    `yaml:"-"` // in which it is listed, where levels do not build on one another
	Profiles  []string `yaml:"-"` // of MASVS: L1, L2, R, P
	// Revision is the digest of the sentence, "sha256:<hex>", for requirements that
	// an organisation words itself: who attested another sentence has to look again.
	// Written is where the sentence stands: "docs/policy.md:12". Both are empty for
	// requirements that come with the binary.
	Revision string `yaml:"-"`
	Written  string `yaml:"-"`
}

// Plan says how a requirement is verified.
type Plan struct {
	Automation string `yaml:"automation"` // full | partial | none
	Checks     []Need `yaml:"checks"`
	// Person is what a named person must state where no check can; empty where
	// the checks suffice.
	Person string `yaml:"person"`
	// Days that the word of a check or a person stands.
	Days  int    `yaml:"days"`
	Owner string `yaml:"owner"` // role: developer | maintainer | security | operations | product

	// The rest is set for requirements of catalogues.

	Methods  []string `yaml:"-"` // check, test, probe, document, review, interview; the best first
	Evidence string   `yaml:"-"` // what a verifier must see
	// Strength is the weakest evidence that counts: 1 a person's word, 2 a
	// document or a review by a second person, 3 an automated test or a check, 4 both.
	Strength int `yaml:"-"`
}

// Need is what a plan asks of one check.
type Need struct {
	Check string   `yaml:"check"`
	Rules []string `yaml:"rules"` // that count; all of the check's where empty; "x.*" takes a family
	// Also are further rules that count when they find something, though there
	// may be nothing for them to look at: tags, where there are none yet. The
	// check need not say that they ran.
	Also []string `yaml:"also"`
	// Above is the mildest severity that makes the requirement fail; "low" where empty.
	Above string `yaml:"above"`
}

// FactExamples are sets of facts for which a requirement must and must not apply.
type FactExamples struct {
	Applies    []map[string][]string `yaml:"applies"`
	NotApplies []map[string][]string `yaml:"not_applies"`
}
