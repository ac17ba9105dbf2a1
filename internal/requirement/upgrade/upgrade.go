// Package upgrade moves a product from one version of a catalogue to the next
// without letting evidence count for more than it was given for.
//
// A new version renumbers, rewords, merges and splits. Evidence for a
// requirement that asks for the same under another id still counts, and somebody
// has to say so: attestations are signed, so they are not rewritten; a file names
// the old id, the new id and the attestation that goes on counting. Everything
// else has to be verified again. What carries is decided by the mapping in the
// binary, and never by the file alone: a pair that the mapping does not carry is
// refused, so that nobody can lend an easy requirement's evidence to a hard one.
package upgrade

import (
	"regexp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Kinds of places where a repository names a requirement.
const (
	Attestation     = "attestation"      // signed
	SignedExemption = "signed exemption" // signed
	Exemption       = "exemption"        // in product.yaml
	Inclusion       = "inclusion"
	Exclusion       = "exclusion"
	Modification    = "modification"
	Test            = "test mapping"
	Other           = "mention"
)

// Reference is a place in .plimsoll/ that names a requirement of the old version.
type Reference struct {
	Kind    string `json:"kind"`
	Path    string `json:"path"`
	Line    int    `json:"line,omitempty"` // 0 for signed files
	Written string `json:"written"`        // the id as it stands there
	Old     string `json:"old"`            // in full: v4.0.3-2.1.1
	// Of signed words only.
	By      string `json:"by,omitempty"`
	Until   string `json:"until,omitempty"`  // YYYY-MM-DD
	Digest  string `json:"digest,omitempty"` // of the evidence
	Refused string `json:"refused,omitempty"`
}

// Item is one old requirement that the repository names, and where.
type Item struct {
	knowledge.UpgradeEntry
	Places []Reference
}

// Report says what the upgrade means for a product.
type Report struct {
	Upgrade  knowledge.Upgrade
	Carried  []Item      // ask for the same under a new id
	Verify   []Item      // have to be verified again, as the new ids
	Archived []Item      // deleted, with nothing that goes on with them
	Unknown  []Reference // ids that the old version does not have
	New      []string    // new requirements for which there is no evidence
}

// Assess compares what the repository names with what became of it. Evidenced
// holds the ids of the new version for which there is evidence already.
func Assess(u knowledge.Upgrade, refs []Reference, evidenced map[string]bool) Report {
	r := Report{Upgrade: u}
	places := map[string][]Reference{}
	for _, ref := range refs {
		places[ref.Old] = append(places[ref.Old], ref)
	}
	for _, e := range u.Entries {
		if len(places[e.Old]) == 0 {
			continue
		}
		item := Item{e, places[e.Old]}
		delete(places, e.Old)
		switch {
		case e.Relation.Carries():
			r.Carried = append(r.Carried, item)
		case e.Relation == knowledge.Deleted:
			r.Archived = append(r.Archived, item)
		default:
			r.Verify = append(r.Verify, item)
		}
	}
	for _, ref := range refs {
		if len(places[ref.Old]) > 0 {
			r.Unknown = append(r.Unknown, ref)
		}
	}
	for _, id := range u.New {
		if !evidenced[id] {
			r.New = append(r.New, id)
		}
	}
	return r
}

// Carryover is what goes on counting: the attestations of the carried items.
func (r Report) Carryover() Carryover {
	c := Carryover{Catalogue: r.Upgrade.Catalogue, From: r.Upgrade.From, To: r.Upgrade.To}
	for _, item := range r.Carried {
		p := Pair{Old: item.Old, New: item.New[0]}
		for _, ref := range item.Places {
			if ref.Kind == Attestation && ref.Refused == "" {
				p.Attestations = append(p.Attestations, ref.Digest)
			}
		}
		if len(p.Attestations) > 0 {
			slices.Sort(p.Attestations)
			p.Attestations = slices.Compact(p.Attestations)
			c.Carried = append(c.Carried, p)
		}
	}
	return c
}

var (
	bareID = regexp.MustCompile(`^[vV]?([0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,2})$`)
	fullID = regexp.MustCompile(`(?i)^v([0-9]+\.[0-9]+\.[0-9]+)-([0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,2})$`)
)

// OldID is an id in full where it is written as one of the version: with the
// version, or without any.
func OldID(written, version string) (string, bool) {
	written = strings.TrimSpace(written)
	if m := fullID.FindStringSubmatch(written); m != nil {
		return "v" + m[1] + "-" + m[2], m[1] == version
	}
	if m := bareID.FindStringSubmatch(written); m != nil {
		return "v" + version + "-" + m[1], true
	}
	return "", false
}
