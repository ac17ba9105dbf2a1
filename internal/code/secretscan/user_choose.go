package secretscan

import (
	"cmp"
	"slices"
	"strings"
)

// resolved is Resolve, but leaves the matches of the user's rules side by side:
// which of them count is known only with the path.
func resolved(matches []Match) []Match {
	if !slices.ContainsFunc(matches, isUsers) {
		return Resolve(matches)
	}
	var own, users []Match
	for _, m := range matches {
		if isUsers(m) {
			users = append(users, m)
		} else {
			own = append(own, m)
		}
	}
	slices.SortFunc(users, func(a, b Match) int {
		return cmp.Or(a.SecretStart-b.SecretStart, a.SecretEnd-b.SecretEnd, cmp.Compare(a.Rule.ID, b.Rule.ID), a.Anchor-b.Anchor)
	})
	users = slices.CompactFunc(users, func(a, b Match) bool {
		return a.SecretStart == b.SecretStart && a.SecretEnd == b.SecretEnd && a.Rule == b.Rule
	})
	all := append(Resolve(own), users...)
	slices.SortStableFunc(all, func(a, b Match) int { return a.SecretStart - b.SecretStart })
	return all
}

func isUsers(m Match) bool { return m.Rule.Form == userForm }

// choose keeps one sighting for each place under path where the user's rules
// and others see the same. It leaves the rest as it is.
func (s *scanner) choose(path string, sightings []sighting) []sighting {
	if len(s.users) == 0 {
		return sightings
	}
	var kept []sighting
	for _, g := range sightings {
		if u := s.users[g.Rule]; u == nil || u.counts(within(path, g), g) {
			kept = append(kept, g)
		}
	}
	out := make([]sighting, 0, len(kept))
	for i, g := range kept {
		if !slices.ContainsFunc(kept, func(other sighting) bool { return s.yields(g, other) }) && !slices.ContainsFunc(kept[:i], func(other sighting) bool { return sameAs(g, other) }) {
			out = append(out, g)
		}
	}
	return out
}

func sameAs(g, other sighting) bool {
	return g.Rule == other.Rule && g.Line == other.Line && g.Column == other.Column && g.Inside == other.Inside && g.Via == other.Via && g.Fingerprint == other.Fingerprint
}

// yields says whether g stands where other tells more. Of our own rules two
// never stand in one place.
func (s *scanner) yields(g, other sighting) bool {
	if s.users[g.Rule] == nil && s.users[other.Rule] == nil || g.Line != other.Line || g.Inside != other.Inside || g.Via != other.Via {
		return false
	}
	if g.EndColumn <= other.Column || other.EndColumn <= g.Column {
		return false
	}
	return cmp.Or(s.rank(g)-s.rank(other), (g.EndColumn-g.Column)-(other.EndColumn-other.Column), cmp.Compare(other.Rule, g.Rule)) < 0
}

// rank orders kinds from those known by a name alone to those of one issuer.
func (s *scanner) rank(g sighting) int {
	rule := s.rules[g.Rule]
	switch {
	case s.users[g.Rule] != nil && strings.Contains(lower(g.Rule), "generic"):
		return 1
	case s.users[g.Rule] != nil:
		return 2
	case rule == nil || rule.Generic:
		return 0
	}
	return 3
}
