//go:build cgo

// Command clib is package verify for programs in other languages, as a shared
// library with a C interface (plimsoll.h):
//
//	CGO_ENABLED=1 go build -buildmode=c-shared -o libplimsoll.so ./verify/clib
//
// A permit is a number here, and a secret is unsealed for a number that a
// verification gave. C cannot hold that up as Go's types do: code that lies to
// itself gets past it.
package main

/*
#include <stdint.h>
#include <stdlib.h>
*/
import "C"

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"runtime/cgo"
	"unsafe"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/p256"
	"github.com/plimsoll-dev/plimsoll/verify/sealing"
)

func main() {} // asked for by the build mode, and never called

// request is what plimsoll_verify takes, as JSON.
type request struct {
	Trust       string   `json:"trust"`    // path of the trust file
	Bundle      string   `json:"bundle"`   // path of the bundle
	Artifact    string   `json:"artifact"` // path of a file, a folder or an OCI layout
	Kind        string   `json:"kind"`     // "file" where it is empty, "dir", "image"
	Product     string   `json:"product"`
	MinVersion  string   `json:"minVersion"`
	Require     []string `json:"require"`
	State       string   `json:"state"`       // path, empty to remember nothing
	Revocations string   `json:"revocations"` // path, empty for none
	RequireLog  bool     `json:"requireLog"`
	Emergency   bool     `json:"allowEmergency"`
}

//export plimsoll_verify
func plimsoll_verify(asked *C.char, answer **C.char) C.uintptr_t {
	permit, err := verifyRequest([]byte(C.GoString(asked)))
	if err != nil {
		say(answer, refusal(err))
		return 0
	}
	p := permit.Says()
	say(answer, map[string]any{"product": p.Product, "version": p.Version, "deliverable": permit.Deliverable().Name,
		"digest": permit.Deliverable().Digest, "permit": permit.Digest(), "expires": p.Expires})
	return C.uintptr_t(cgo.NewHandle(permit))
}

//export plimsoll_unseal
func plimsoll_unseal(permit C.uintptr_t, box *C.char, boxLength C.size_t, key *C.char, secretLength *C.size_t, answer **C.char) *C.char {
	p, _ := permitOf(uintptr(permit)) // its zero value unseals nothing
	k, err := sealing.ParseKey([]byte(C.GoString(key)))
	if err != nil {
		say(answer, refusal(err))
		return nil
	}
	secret, err := p.Unseal(unsafe.Slice((*byte)(unsafe.Pointer(box)), int(boxLength)), k)
	if err != nil {
		say(answer, refusal(err))
		return nil
	}
	*secretLength = C.size_t(len(secret))
	out := C.CBytes(append(secret, 0)) // and a zero, for those who take it for a string
	clear(secret)
	return (*C.char)(out)
}

//export plimsoll_release
func plimsoll_release(permit C.uintptr_t) {
	if _, ok := permitOf(uintptr(permit)); ok {
		cgo.Handle(permit).Delete()
	}
}

//export plimsoll_free
func plimsoll_free(p unsafe.Pointer) { C.free(p) }

// permitOf is the permit that a number stands for, if it does.
func permitOf(number uintptr) (p verify.Permit, ok bool) {
	defer func() {
		if recover() != nil { // as cgo.Handle does for a number that it never gave
			p, ok = verify.Permit{}, false
		}
	}()
	p, ok = cgo.Handle(number).Value().(verify.Permit)
	return p, ok
}

func verifyRequest(data []byte) (verify.Permit, error) {
	var r request
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields() // a policy that is misspelt must not be forgotten
	if err := d.Decode(&r); err != nil {
		return verify.Permit{}, &verify.Refusal{Reason: verify.Malformed, Message: "reading the request: " + err.Error()}
	}
	b, err := r.open()
	if err != nil {
		return verify.Permit{}, err
	}
	switch r.Kind {
	case "", "file":
		return verify.File(r.Artifact, b)
	case "dir":
		return verify.Dir(r.Artifact, b)
	case "image":
		return verify.OCI(r.Artifact, b)
	}
	return verify.Permit{}, &verify.Refusal{Reason: verify.Malformed, Message: "reading the request: kind must be file, dir or image"}
}

func (r request) open() (*verify.Bundle, error) {
	policy := verify.Policy{Product: r.Product, MinVersion: r.MinVersion, Require: r.Require, RequireLog: r.RequireLog, AllowEmergency: r.Emergency}
	if r.State != "" {
		policy.State = verify.FileState(r.State)
	}
	var err error
	if r.Revocations != "" {
		policy.RequireRevocations = true
		if policy.Revocations, err = read(r.Revocations); err != nil {
			return nil, err
		}
	}
	trustFile, err := read(r.Trust)
	if err != nil {
		return nil, err
	}
	trust, err := verify.ReadTrust(trustFile, map[verify.Algorithm]verify.Verifier{verify.ECDSAP256: p256.Verify})
	if err != nil {
		return nil, err
	}
	bundle, err := read(r.Bundle)
	if err != nil {
		return nil, err
	}
	return verify.OpenBundle(bundle, trust, policy)
}

func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && (!info.Mode().IsRegular() || info.Size() > verify.MaxBundle) {
		err = errors.New("it is no regular file, or too large")
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, &verify.Refusal{Reason: verify.Unreadable, Message: "reading " + path + ": " + err.Error(), Err: err}
	}
	return data, nil
}

// refusal is an error as JSON says it.
func refusal(err error) map[string]any {
	said := map[string]any{"reason": string(verify.ReasonOf(err)), "message": err.Error()}
	if r, ok := errors.AsType[*verify.Refusal](err); ok && r.Hint != "" {
		said["hint"] = r.Hint
	}
	return said
}

// say hands JSON to whoever asked for it; they free it.
func say(answer **C.char, what map[string]any) {
	if answer == nil {
		return
	}
	line, _ := json.Marshal(what) // strings and a time
	*answer = C.CString(string(line))
}
