package verify

import "slices"

// Bounds of a trust document.
const (
	maxKeys      = 1000
	maxAuthority = 100 // keys of a role
)

// check says whether a trust document makes sense by itself, and returns its
// keys by id.
func (d TrustDocument) check(what string) (map[string]Key, error) {
	if d.Type != TrustType {
		return nil, refuse(WrongType, "reading %s: its type is %q, expected %q", what, cut(d.Type), TrustType)
	}
	if err := checkName("the organisation", d.Organisation); err != nil {
		return nil, err
	}
	switch {
	case d.Issued.IsZero() || !d.Issued.Before(d.Expires):
		return nil, refuse(Malformed, "reading %s: it must end after it was issued", what)
	case d.Epoch < 1:
		return nil, refuse(Malformed, "reading %s: epochs count from 1", what)
	case len(d.Keys) > maxKeys:
		return nil, refuse(TooLarge, "reading %s: it holds %d keys, more than %d", what, len(d.Keys), maxKeys)
	}
	keys, err := d.readKeys(what)
	if err != nil {
		return nil, err
	}
	if _, ok := d.Roles[RoleRoot]; !ok {
		return nil, refuse(Malformed, "reading %s: nobody has the role %q", what, RoleRoot)
	}
	if err := checkRoles(what, d.Roles, keys); err != nil {
		return nil, err
	}
	for product, roles := range d.Products {
		if err := checkName("the product", product); err != nil {
			return nil, err
		}
		for _, role := range []Role{RoleRoot, RoleRevoke} { // there is one list for all products
			if _, ok := roles[role]; ok {
				return nil, refuse(Malformed, "reading %s: the role %q is the organisation's and no product's", what, role)
			}
		}
		if err := checkRoles(what, roles, keys); err != nil {
			return nil, err
		}
	}
	return keys, d.checkLog(what)
}

func (d TrustDocument) readKeys(what string) (map[string]Key, error) {
	keys := map[string]Key{}
	for _, k := range d.Keys {
		if err := checkName("the name of a key", k.Name); err != nil {
			return nil, err
		}
		key, err := ParseKey(k.Key)
		if err != nil {
			return nil, err
		}
		if _, twice := keys[key.ID]; twice || key.Line() != k.Key {
			return nil, refuse(Malformed, "reading %s: the key %s is there twice, or in another form than its own", what, short(key.ID))
		}
		if k.Epoch < 1 || k.Epoch > d.Epoch {
			return nil, refuse(Malformed, "reading %s: the key %s is of epoch %d, expected 1 to %d", what, short(key.ID), k.Epoch, d.Epoch)
		}
		keys[key.ID] = key
	}
	return keys, nil
}

func checkRoles(what string, roles map[Role]Authority, keys map[string]Key) error {
	for role, a := range roles {
		if role != RoleRoot && role != RoleRelease && role != RoleRevoke {
			return refuse(Malformed, "reading %s: %q is no role", what, cut(string(role)))
		}
		if err := a.check(what, role, keys); err != nil {
			return err
		}
	}
	return nil
}

func (a Authority) check(what string, role Role, keys map[string]Key) error {
	if len(a.Keys) > maxAuthority || len(a.AlsoKeys) > maxAuthority {
		return refuse(TooLarge, "reading %s: more than %d keys have the role %q", what, maxAuthority, role)
	}
	if a.Threshold < 1 || a.Threshold > len(a.Keys) {
		return refuse(Malformed, "reading %s: the role %q takes %d of %d keys", what, role, a.Threshold, len(a.Keys))
	}
	if (a.Also == "") != (len(a.AlsoKeys) == 0) || a.Also != "" && a.Threshold > len(a.AlsoKeys) {
		return refuse(Malformed, "reading %s: the role %q takes %d of %d keys of a second algorithm", what, role, a.Threshold, len(a.AlsoKeys))
	}
	all := slices.Concat(a.Keys, a.AlsoKeys)
	for i, id := range all {
		key, ok := keys[id]
		switch {
		case !ok:
			return refuse(Malformed, "reading %s: the role %q names the key %s, which is not among the keys", what, role, short(id))
		case slices.Contains(all[:i], id):
			return refuse(Malformed, "reading %s: the role %q names the key %s twice", what, role, short(id))
		case (i >= len(a.Keys)) != (key.Algorithm == a.Also):
			return refuse(Malformed, "reading %s: the role %q counts the %s key %s in the wrong place", what, role, key.Algorithm, short(id))
		}
	}
	return nil
}

func (d TrustDocument) checkLog(what string) error {
	if d.Log == nil {
		return nil
	}
	if _, err := logVerifier(d.Log.Key); err != nil {
		return refuse(Malformed, "reading %s: the key of the log: %v", what, err)
	}
	seen := map[string]bool{}
	for _, w := range d.Log.Witnesses {
		v, err := witnessVerifier(w)
		if err != nil {
			return refuse(Malformed, "reading %s: the key of a witness: %v", what, err)
		}
		public := string(v.public) // one key of two names would be two witnesses
		if seen[public] {
			return refuse(Malformed, "reading %s: the key of the witness %s is there twice", what, cut(v.name))
		}
		seen[public] = true
	}
	if d.Log.Quorum < 0 || d.Log.Quorum > len(d.Log.Witnesses) {
		return refuse(Malformed, "reading %s: it wants %d of %d witnesses", what, d.Log.Quorum, len(d.Log.Witnesses))
	}
	return nil
}
