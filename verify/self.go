package verify

import "os"

// SelfPolicy is what a program asks of itself at its start.
type SelfPolicy struct {
	Policy
	// Trust is the organisation's trust file. Linked into the program it costs
	// nothing: whoever can change the program can change what it asks for.
	Trust []byte
	// Bundle is the path of the bundle; that of the program with Extension where
	// it is empty.
	Bundle string
}

// Self verifies the program that runs. It finds a program that is damaged,
// expired, revoked, or swapped for one that was never released, and it gives
// the Permit without which Unseal opens nothing. It cannot find a program that
// was changed so as not to ask; for that, somebody else must ask before it
// runs: `plimsoll guard`. On Linux it reads the very file that the kernel runs;
// elsewhere what lies at the path that it was started from.
func Self(policy SelfPolicy) (Permit, error) {
	trust, err := ReadTrust(policy.Trust, policy.Algorithms)
	if err != nil {
		return Permit{}, err
	}
	if policy.Bundle == "" {
		path, err := os.Executable()
		if err != nil {
			return Permit{}, unreadable("the program's own path", err)
		}
		policy.Bundle = path + Extension
	}
	data, err := readBounded(policy.Bundle, MaxBundle)
	if err != nil {
		return Permit{}, unreadable(policy.Bundle, err)
	}
	b, err := OpenBundle(data, trust, policy.Policy)
	if err != nil {
		return Permit{}, err
	}
	path, err := selfPath()
	if err != nil {
		return Permit{}, unreadable("the program's own path", err)
	}
	f, err := os.Open(path) // a link of the kernel's, which O_NOFOLLOW would refuse
	if err != nil {
		return Permit{}, unreadable("the program itself", err)
	}
	defer f.Close()
	return Descriptor(f, b)
}
