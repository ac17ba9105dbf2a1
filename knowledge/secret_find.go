package knowledge

import (
	"cmp"
	"slices"
	"strings"
)

// FindSecret returns the kind of credential with the id.
func FindSecret(id string) (*Secret, bool) {
	i, ok := slices.BinarySearchFunc(secretTable, id, func(s Secret, id string) int { return cmp.Compare(s.ID, id) })
	if !ok {
		return nil, false
	}
	return &secretTable[i], true
}

// KnownBy says in a few words how a credential of this kind is told from other
// text, for people who wonder why something was found or was not.
func (s *Secret) KnownBy() string {
	var parts []string
	switch s.Form {
	case TokenForm:
		parts = append(parts, "how it begins")
	case LineForm, NearForm:
		parts = append(parts, "what stands around it")
	case ValueForm:
		parts = append(parts, "the name of what it is assigned to")
	case URLForm:
		parts = append(parts, "its place in a URL")
	}
	if !s.Generic {
		parts = append(parts, "its length and alphabet")
	}
	switch s.Checksum {
	case "":
	case "written", "filled", "filled-base64", "opaque":
		parts = append(parts, "not being a placeholder")
	default:
		parts = append(parts, "a checksum or structure ("+s.Checksum+") that is tested offline")
	}
	return strings.Join(parts, ", ")
}
