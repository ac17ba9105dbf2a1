// Package keeper is how Plimsoll talks with the program that knows a kind of
// key: plimsoll-key-pkcs11 for security modules, plimsoll-key-awskms and its
// like for key services. They are programs of their own since they need cgo, or
// bring a cloud's whole library, and the main program shall carry neither.
//
// Anybody can write one, in any language. Plimsoll starts it without arguments.
// Each side writes one JSON object a line, Plimsoll to its standard input, the
// keeper to its standard output, and each waits for the other:
//
//	→ {"op":"open","version":1,"uri":"pkcs11:token=release;object=seal"}
//	← {"ask":"the token release (its PIN)"}        whose PIN it needs; 4 times at most
//	→ {"answer":"123456"}                          where nobody can be asked, the input ends
//	← {"key":"ecdsa-p256:BASE64"}                  as package verify writes keys
//	→ {"op":"sign","message":"BASE64"}             as often as there is something to sign
//	← {"signature":"BASE64"}
//
// The message is what is signed, not its digest. A key "ed25519:…" (the 32 bytes
// of RFC 8032) signs it as it is and gives 64 bytes; a key "ecdsa-p256:…" (the
// 65 bytes of the uncompressed point) signs its SHA-256 and gives ASN.1 DER. In
// place of an answer, {"error":"what went wrong","hint":"what to do"} ends a
// request; the keeper may be asked again. Fields that one does not know are
// passed over, so that either side may grow.
//
// A line of a keeper has at most 64 KiB, and comes within two minutes, in which
// somebody may touch a token; the time in which a person types a PIN does not
// count. The end of its standard input tells it to go. What it writes to standard
// error is shown where it fails. A PIN comes this way, or from where the URI or
// the environment say; never in the arguments, which every user of the machine
// can read.
package keeper

// Version of the protocol. A keeper refuses one that it does not know.
const Version = 1

// Bounds.
const (
	MaxLine    = 64 << 10 // of a keeper's answer
	MaxRequest = 32 << 20 // of what it is asked: the largest envelope in base64, and some
	MaxAsks    = 4
)

// Request is what Plimsoll writes.
type Request struct {
	Op      string `json:"op,omitempty"` // "open", "sign"; none in an answer to what was asked
	Version int    `json:"version,omitempty"`
	URI     string `json:"uri,omitempty"`
	Message []byte `json:"message,omitempty"`
	Answer  string `json:"answer,omitempty"`
}

// Answer is what the keeper writes: one of key, signature, ask, error.
type Answer struct {
	Key       string `json:"key,omitempty"`
	Signature []byte `json:"signature,omitempty"`
	Ask       string `json:"ask,omitempty"`
	Error     string `json:"error,omitempty"`
	Hint      string `json:"hint,omitempty"`
}
