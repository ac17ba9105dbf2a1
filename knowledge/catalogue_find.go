package knowledge

import "strings"

// CatalogueOf names the built-in catalogue that an id is written like, however
// it is written; "" where it is like none.
func CatalogueOf(id string) string {
	id = NormalID(id)
	for name, pattern := range catalogueIDs {
		if pattern.MatchString(id) {
			return name
		}
	}
	if strings.HasPrefix(id, "PL-") {
		return Own
	}
	return ""
}

// FindRequirement returns a requirement of our own or of a built-in catalogue.
// Only the catalogue that the id is written like is read.
func FindRequirement(id string) (Requirement, bool, error) {
	name := CatalogueOf(id)
	if name == "" {
		return Requirement{}, false, nil
	}
	all, err := CatalogueRequirements(name)
	if err != nil {
		return Requirement{}, false, err
	}
	id = NormalID(id)
	for _, r := range all {
		if r.ID == id {
			return r, true, nil
		}
	}
	return Requirement{}, false, nil
}
