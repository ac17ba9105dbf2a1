//go:build plimsoll_small

package verify

// A program that is built with -tags plimsoll_small carries neither the
// arithmetic of P-256 nor what opens sealed secrets: half a megabyte, a sixth of
// the smallest program. What it cannot do it refuses.

// knowsP256: a signature by such a key counts where the caller brings a verifier
// for it, and is of an unknown algorithm otherwise.
const knowsP256 = false

func onP256(public []byte) bool { return public[0] == 4 } // its length was checked

func verifiesP256(_, _, _ []byte) bool { return false }

// SealKey opens nothing in a small program.
type SealKey struct{ _ struct{} }

// ParseSealKey refuses: a small program opens no sealed secret.
func ParseSealKey([]byte) (*SealKey, error) { return nil, tooSmall() }

// Unseal refuses: a small program opens no sealed secret.
func (p Permit) Unseal([]byte, *SealKey) ([]byte, error) { return nil, tooSmall() }

func tooSmall() *Refusal {
	r := refuse(Unsupported, "unsealing: this program was built without it")
	r.Hint = "build it without -tags plimsoll_small"
	return r
}
