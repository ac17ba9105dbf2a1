// Package token signs with a key in a security module, over PKCS #11 (OASIS,
// version 2.40 and what version 3.0 adds for Ed25519). It needs cgo, since the
// modules are shared libraries in C; that is why it is in a program of its own.
package token

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/miekg/pkcs11"

	"github.com/plimsoll-dev/plimsoll/internal/release/keyring/keeper"
)

// moduleVariable names the module where the URI does not.
const moduleVariable = "PLIMSOLL_PKCS11_MODULE"

// Open opens the key that a URI names. It is a keeper.Opener.
func Open(_ context.Context, text string, ask func(string) (string, error)) (keeper.Key, error) {
	uri, err := Parse(text)
	if err != nil {
		return nil, err
	}
	s, err := openSession(uri, ask)
	if err != nil {
		return nil, err
	}
	k, err := s.findKey(uri)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return k, nil
}

// session is a module that is loaded, and a token in it that was opened.
type session struct {
	module *pkcs11.Ctx
	handle pkcs11.SessionHandle
	pin    string // for keys that want it at every signature
	loaded bool
}

func openSession(uri URI, ask func(string) (string, error)) (*session, error) {
	module, err := load(uri)
	if err != nil {
		return nil, err
	}
	s := &session{module: module}
	err = s.open(uri, ask)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func load(uri URI) (*pkcs11.Ctx, error) {
	path := uri.Module
	if path == "" {
		path = os.Getenv(moduleVariable)
	}
	if path == "" {
		return nil, keeper.Hint("add ?module-path=/usr/lib/…/opensc-pkcs11.so (or your maker's), or set "+moduleVariable, "nothing says which module knows the token")
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil, keeper.Hint("install the software of the token's maker, or correct module-path", "there is no module %s", path)
	}
	module := pkcs11.New(path)
	if module == nil {
		return nil, keeper.Hint("take the one for this machine's processor", "%s is no PKCS #11 module that can be loaded", path)
	}
	return module, nil
}

func (s *session) open(uri URI, ask func(string) (string, error)) error {
	if err := s.module.Initialize(); err != nil {
		return fmt.Errorf("starting the module: %w", err)
	}
	s.loaded = true
	slot, info, err := s.findToken(uri)
	if err != nil {
		return err
	}
	if s.handle, err = s.module.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION); err != nil {
		return fmt.Errorf("opening the token: %w", err)
	}
	return s.login(uri, info, ask)
}

// findToken finds the only token that fits.
func (s *session) findToken(uri URI) (slot uint, info pkcs11.TokenInfo, err error) {
	slots, err := s.module.GetSlotList(true)
	if err != nil {
		return 0, info, fmt.Errorf("asking the module for its tokens: %w", err)
	}
	var labels []string
	found := 0
	for _, one := range slots {
		t, err := s.module.GetTokenInfo(one)
		if err != nil || t.Flags&pkcs11.CKF_TOKEN_INITIALIZED == 0 {
			continue
		}
		labels = append(labels, fmt.Sprintf("%q", strings.TrimRight(t.Label, " \x00")))
		if uri.fits(one, t.Label, t.ManufacturerID, t.Model, t.SerialNumber) {
			slot, info = one, t
			found++
		}
	}
	switch {
	case len(labels) == 0:
		return 0, info, keeper.Hint("put the token in", "the module sees no token")
	case found != 1:
		return 0, info, keeper.Hint("name one by token=LABEL or serial=", "%d tokens fit, of these: %s", found, strings.Join(labels, ", "))
	}
	return slot, info, nil
}

// login tries a PIN once: tokens lock after a few wrong ones.
func (s *session) login(uri URI, info pkcs11.TokenInfo, ask func(string) (string, error)) error {
	if info.Flags&pkcs11.CKF_LOGIN_REQUIRED == 0 {
		return nil
	}
	label := strings.TrimRight(info.Label, " \x00")
	if info.Flags&pkcs11.CKF_USER_PIN_LOCKED != 0 {
		return keeper.Hint("unlock it with the security officer's PIN", "the PIN of the token %q is locked", label)
	}
	if info.Flags&pkcs11.CKF_PROTECTED_AUTHENTICATION_PATH == 0 { // else it is typed at the token itself
		var err error
		if s.pin, err = pin(uri, info, ask); err != nil {
			return err
		}
	}
	err := s.module.Login(s.handle, pkcs11.CKU_USER, s.pin)
	switch {
	case err == nil, errors.Is(err, pkcs11.Error(pkcs11.CKR_USER_ALREADY_LOGGED_IN)):
		return nil
	case errors.Is(err, pkcs11.Error(pkcs11.CKR_PIN_INCORRECT)):
		return keeper.Hint("mind that the token locks after a few wrong ones", "the PIN of the token %q does not fit", label)
	}
	return fmt.Errorf("logging in to the token %q: %w", label, err)
}

func pin(uri URI, info pkcs11.TokenInfo, ask func(string) (string, error)) (string, error) {
	if uri.PINSource != "" {
		return readPIN(uri.PINSource)
	}
	what := fmt.Sprintf("the token %q (its PIN)", strings.TrimRight(info.Label, " \x00"))
	if info.Flags&pkcs11.CKF_USER_PIN_FINAL_TRY != 0 {
		what = fmt.Sprintf("the token %q (its PIN; the last try before it locks)", strings.TrimRight(info.Label, " \x00"))
	}
	return ask(what)
}

// readPIN reads a PIN that its owner alone can read.
func readPIN(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", fmt.Errorf("reading the PIN: %w", err)
	case !info.Mode().IsRegular() || info.Size() > 256:
		return "", fmt.Errorf("reading the PIN: %s is no small file", path)
	case os.PathSeparator == '/' && info.Mode().Perm()&0o077 != 0:
		return "", keeper.Hint("chmod 600 "+path+", if nobody else has read it", "reading the PIN: others may read %s", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading the PIN: %w", err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// close leaves the token as it was. What fails in that does not matter to a
// signature that was made.
func (s *session) close() error {
	if s.loaded {
		s.module.Logout(s.handle)
		s.module.CloseSession(s.handle)
		s.module.Finalize()
	}
	s.module.Destroy()
	return nil
}
