package scanners

import (
	"os/exec"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Offer is a scanner that Plimsoll knows, and what it is to this product here.
type Offer struct {
	knowledge.Scanner
	Path    string // of its program on this machine; "" where it is not there
	Suits   bool   // it is made for what the facts say is there
	Because string // the fact; "" for one that suits everything
}

// Offers lists all scanners known, those first that are here and suit.
func Offers(facts []event.Fact) ([]Offer, error) {
	all, err := knowledge.Scanners()
	if err != nil {
		return nil, err
	}
	offers := make([]Offer, len(all))
	for i, s := range all {
		offers[i] = Offer{Scanner: s, Suits: len(s.Suits) == 0}
		if path, err := exec.LookPath(s.Executable); err == nil {
			offers[i].Path = path
		}
		for _, f := range facts {
			if slices.Contains(s.Suits, f.Value) {
				offers[i].Suits, offers[i].Because = true, f.Value
				break
			}
		}
	}
	slices.SortStableFunc(offers, func(a, b Offer) int { return b.weight() - a.weight() })
	return offers, nil
}

func (o Offer) weight() int {
	w := 0
	if o.Path != "" {
		w += 2
	}
	if o.Suits {
		w++
	}
	return w
}
