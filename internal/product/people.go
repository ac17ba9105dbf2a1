package product

import (
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

// Person is somebody who answers for the product: all the owners in the file
// that share a name or an address.
type Person struct {
	Name  string // as it stands first in the file
	Roles []string
	Keys  []string

	group int // of owners
}

// Same tells whether both are one person of the same product.
func (p Person) Same(other Person) bool { return p.group == other.group }

// People joins the owners into people, in the order of the file. One person may
// be listed once for each role, and must not count as two.
func (p *Product) People() []Person {
	group := groups(p.Owners)
	var people []Person
	place := map[int]int{} // group → index in people
	for i, o := range p.Owners {
		at, seen := place[group[i]]
		if !seen {
			at = len(people)
			place[group[i]] = at
			people = append(people, Person{Name: o.Name, group: group[i]})
		}
		who := &people[at]
		if o.Role != "" && !slices.Contains(who.Roles, o.Role) {
			who.Roles = append(who.Roles, o.Role)
		}
		who.Keys = append(who.Keys, o.Keys...)
	}
	return people
}

// groups gives owners the same number where they share a name or an address,
// directly or through others.
func groups(owners []Owner) []int {
	group := make([]int, len(owners))
	for i := range owners {
		group[i] = i
	}
	first := map[string]int{}
	for i, o := range owners {
		for _, text := range []string{plain(o.Name), plain(o.Email)} {
			j, seen := first[text]
			if text == "" || !seen {
				first[text] = i
				continue
			}
			from, to := group[i], group[j]
			for k := range group {
				if group[k] == from {
					group[k] = to
				}
			}
		}
	}
	return group
}

// Person finds who is meant by "Name", "address" or "Name <address>". Ok is
// false where nobody is, or where name and address belong to two people.
func (p *Product) Person(text string) (who Person, ok bool) {
	group, meant := groups(p.Owners), -1
	wanted := forms(text)
	for i, o := range p.Owners {
		if !slices.ContainsFunc(wanted, func(form string) bool { return form != "" && (form == plain(o.Name) || form == plain(o.Email)) }) {
			continue
		}
		if meant >= 0 && meant != group[i] {
			return Person{}, false
		}
		meant = group[i]
	}
	for _, who := range p.People() {
		if meant >= 0 && who.group == meant {
			return who, true
		}
	}
	return Person{}, false
}

// KeyOf finds the person who lists a public key, written on one line.
func (p *Product) KeyOf(line string) (who Person, ok bool) {
	for _, who := range p.People() {
		if slices.ContainsFunc(who.Keys, func(k string) bool { return strings.TrimSpace(k) == strings.TrimSpace(line) }) {
			return who, true
		}
	}
	return Person{}, false
}

// InRole lists the names of the people with a role.
func (p *Product) InRole(role string) []string {
	var names []string
	for _, who := range p.People() {
		if slices.Contains(who.Roles, role) {
			names = append(names, who.Name)
		}
	}
	return names
}

// sharedKeys finds keys that two people list: nobody could say whose word a
// signature is.
func sharedKeys(f *yamlfile.File, owners []Owner) fault.List {
	var faults fault.List
	group, holder := groups(owners), map[string]int{}
	for i, o := range owners {
		for j, line := range o.Keys {
			line = strings.TrimSpace(line)
			if who, taken := holder[line]; taken && who != group[i] {
				faults = append(faults, f.Fault(yamlfile.Pointer("owners", i, "keys", j), "each person signs with a key of their own: `plimsoll key export --line`",
					"the key of %s is another person's too", o.Name))
			}
			holder[line] = group[i]
		}
	}
	return faults
}
