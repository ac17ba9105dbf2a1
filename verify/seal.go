package verify

import "encoding/json"

// SealedBox is the media type of a sealed secret.
const SealedBox = "application/vnd.plimsoll.sealed.v1+json"

// Bounds of a sealed secret.
const (
	MaxSecret = 1 << 20
	maxBox    = 2 << 20
)

// Sealed is a secret that only a verified program of one product gets. What it
// is for stands in the open, and is bound to the secret: a box that says
// anything else does not open.
type Sealed struct {
	MediaType    string `json:"mediaType"`
	Name         string `json:"name"` // of the secret
	Organisation string `json:"organisation"`
	Product      string `json:"product"`
	MinVersion   string `json:"minVersion,omitempty"` // empty for any
	Key          string `json:"key"`                  // id of the key that opens it
	Data         []byte `json:"data"`                 // HPKE: the encapsulated key and the ciphertext
}

// Bound is what the secret is bound to when it is sealed and opened: all that
// stands in the open, the data left out. A box that says something that it may not
// has none.
func (f Sealed) Bound() ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	return f.info(), nil
}

// Opener is the private key of one place where secrets are unsealed: a machine,
// a service. Package sealing has one in memory; a security module can be another.
type Opener interface {
	// ID names the key as Sealed.Key does.
	ID() string
	// Open decrypts the data of a sealed secret that is bound to info.
	Open(info, data []byte) ([]byte, error)
}

// ReadSealed reads what is in the open of a sealed secret. Whether that is true
// is known once it was opened.
func ReadSealed(box []byte) (Sealed, error) {
	var f Sealed
	if len(box) > maxBox {
		return f, refuse(TooLarge, "reading a sealed secret: it has %d bytes, more than %d", len(box), maxBox)
	}
	if err := decode("a sealed secret", box, &f); err != nil {
		return Sealed{}, err
	}
	if f.MediaType != SealedBox {
		return Sealed{}, refuse(WrongType, "reading a sealed secret: it is a %q, expected %q", cut(f.MediaType), SealedBox)
	}
	if err := f.check(); err != nil {
		return Sealed{}, err
	}
	return f, nil
}

func (f Sealed) check() error {
	if err := checkName("the name of the secret", f.Name); err != nil {
		return err
	}
	if err := checkName("the organisation", f.Organisation); err != nil {
		return err
	}
	if err := checkName("the product", f.Product); err != nil {
		return err
	}
	if f.MinVersion == "" {
		return nil
	}
	if err := checkVersion(f.MinVersion); err != nil {
		return err
	}
	if _, ok := compareVersions(f.MinVersion, f.MinVersion); !ok {
		return refuse(Malformed, "the secret %s is for version %q and later: expected a semantic version", f.Name, f.MinVersion)
	}
	return nil
}

// info is what the secret is bound to: all that stands in the open.
func (f Sealed) info() []byte {
	f.Data = nil
	line, _ := json.Marshal(f) // strings alone
	return append([]byte("plimsoll sealed secret v1\n"), line...)
}

// opens refuses a permit for anything else than what the secret was sealed for.
func (f Sealed) opens(p PermitPredicate) error {
	if f.Organisation != p.Organisation || f.Product != p.Product {
		return refuse(WrongRecipient, "unsealing %s: it is for %q of %q, the permit is for %q of %q", f.Name, f.Product, f.Organisation, p.Product, p.Organisation)
	}
	if f.MinVersion == "" {
		return nil
	}
	if order, ok := compareVersions(p.Version, f.MinVersion); !ok || order < 0 {
		return refuse(WrongRecipient, "unsealing %s: it is for version %s and later, the permit is for %s", f.Name, f.MinVersion, p.Version)
	}
	return nil
}

// Unseal opens a sealed secret for the program that the permit is for, as long
// as the permit stands. Who has the key has no need of a permit: that only what
// was verified gets at it is up to where the key is kept.
func (p Permit) Unseal(box []byte, key Opener) ([]byte, error) {
	if err := p.Stands(); err != nil {
		return nil, err
	}
	if key == nil || key.ID() == "" {
		return nil, refuse(NoPermit, "unsealing: there is no key")
	}
	f, err := ReadSealed(box)
	if err != nil {
		return nil, err
	}
	if err := f.opens(p.Says()); err != nil {
		return nil, err
	}
	if id := key.ID(); f.Key != id {
		return nil, refuse(WrongRecipient, "unsealing %s: it was sealed for the key %s, this one is %s", f.Name, cut(f.Key), id)
	}
	secret, err := key.Open(f.info(), f.Data)
	if err != nil {
		return nil, refuse(WrongRecipient, "unsealing %s: it does not open: it was changed, or sealed for something else than it says", f.Name)
	}
	return secret, nil
}
