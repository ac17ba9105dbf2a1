package verify_test

import (
	"bytes"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"os"
	"testing"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

// TestDSSEVector is the protocol's own test vector.
func TestDSSEVector(t *testing.T) {
	const want = "DSSEv1 29 http://example.com/HelloWorld 11 hello world"
	if got := string(verify.PAE("http://example.com/HelloWorld", []byte("hello world"))); got != want {
		t.Errorf("PAE is %q, expected %q", got, want)
	}
	text, err := os.ReadFile("../../shared/data/release/dsse/protocol-test-vector.md")
	if err != nil {
		t.Skip("the file of the DSSE project is not here: ../shared/data/release/dsse")
	}
	if !bytes.Contains(text, []byte(want)) {
		t.Error("the project's own vector is another")
	}
}

// TestDSSESignature verifies the signature that stands beside the vector, made by
// another implementation. The vector holds r and s side by side; we take them as
// everybody does who signs with P-256 keys today, in DER.
func TestDSSESignature(t *testing.T) {
	text, err := os.ReadFile("../../shared/data/release/dsse/protocol-test-vector.md")
	if err != nil {
		t.Skip("the file of the DSSE project is not here: ../shared/data/release/dsse")
	}
	number := func(label string) *big.Int {
		_, rest, ok := bytes.Cut(text, []byte("\n"+label+": "))
		line, _, _ := bytes.Cut(rest, []byte("\n"))
		n, isNumber := new(big.Int).SetString(string(line), 10)
		if !ok || !isNumber {
			t.Fatalf("the vector has no %s", label)
		}
		return n
	}
	point := append([]byte{4}, number("X").FillBytes(make([]byte, 32))...)
	key, err := verify.NewKey(verify.ECDSAP256, append(point, number("Y").FillBytes(make([]byte, 32))...))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(text, []byte(`"sig": "`))
	encoded, _, _ := bytes.Cut(rest, []byte(`"`))
	raw, err := base64.StdEncoding.DecodeString(string(encoded))
	if err != nil || len(raw) != 64 {
		t.Fatalf("the vector's signature has %d bytes (%v)", len(raw), err)
	}
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])})
	if err != nil {
		t.Fatal(err)
	}
	message := verify.PAE("http://example.com/HelloWorld", []byte("hello world"))
	if !key.Verify(message, der, verifytest.P256Verifier()) {
		t.Error("the vector's signature was refused")
	}
	if key.Verify(message, raw, verifytest.P256Verifier()) || key.Verify(append(message, '!'), der, verifytest.P256Verifier()) {
		t.Error("a signature in another form, or of another message, was accepted")
	}
}
