package keyring_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/keyring"
	"github.com/plimsoll-dev/plimsoll/internal/release/keyring/keeper"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// behaves says how the test binary behaves where it runs as a keeper.
const behaves = "PLIMSOLL_TEST_KEEPER"

func TestMain(m *testing.M) {
	how := os.Getenv(behaves)
	if how == "" {
		os.Exit(m.Run())
	}
	if err := keep(how); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// keep is a keeper that behaves well or badly.
func keep(how string) error {
	if len(os.Args) > 1 {
		return errors.New("a keeper takes no arguments")
	}
	switch how {
	case "garbage":
		fmt.Println("Welcome to \x1b[31mtoken manager\x1b[0m")
	case "long":
		fmt.Println(`{"key":"` + strings.Repeat("a", 2*keeper.MaxLine) + `"}`)
	case "hang":
		time.Sleep(time.Hour)
	case "exit":
		return errors.New("no \x1b[31mmodule\x07 here" + strings.Repeat(" and so on", 10000))
	case "post-quantum":
		key, err := verify.NewKey(verify.MLDSA65, make([]byte, 1952))
		if err != nil {
			return err
		}
		fmt.Printf("{\"key\":%q}\n", key.Line())
	default:
		return keeper.Serve(context.Background(), os.Stdin, os.Stdout, opening(how))
	}
	_, err := os.Stdin.Read(make([]byte, 1))
	return err
}

func opening(how string) keeper.Opener {
	return func(_ context.Context, uri string, ask func(string) (string, error)) (keeper.Key, error) {
		for how == "greedy" {
			if _, err := ask("the token (its PIN)"); err != nil {
				return nil, err
			}
		}
		if how == "pin" {
			if pin, err := ask("the token (its PIN)"); err != nil || pin != "1234" {
				return nil, keeper.Hint("it locks after 3 of them", "the PIN does not fit (%v)", err)
			}
		}
		if uri != "pkcs11:object=seal" {
			return nil, fmt.Errorf("asked for %q", uri)
		}
		_, ed, err1 := ed25519.GenerateKey(rand.Reader)
		ec, err2 := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		return &heldKey{how, ed, ec}, errors.Join(err1, err2)
	}
}

type heldKey struct {
	how string
	ed  ed25519.PrivateKey
	ec  *ecdsa.PrivateKey
}

func (k *heldKey) Close() error { return nil }
func (k *heldKey) Public() verify.Key {
	algorithm, raw := verify.Ed25519, []byte(k.ed.Public().(ed25519.PublicKey))
	if k.how == "p256" {
		algorithm = verify.ECDSAP256
		raw, _ = k.ec.PublicKey.Bytes()
	}
	key, err := verify.NewKey(algorithm, raw)
	if err != nil {
		panic(err)
	}
	return key
}

func (k *heldKey) Sign(_ context.Context, message []byte) ([]byte, error) {
	switch k.how {
	case "p256":
		sum := sha256.Sum256(message)
		return ecdsa.SignASN1(rand.Reader, k.ec, sum[:])
	case "lying":
		_, other, err := ed25519.GenerateKey(rand.Reader)
		return ed25519.Sign(other, message), err
	case "removed":
		return nil, keeper.Hint("put it in again", "the token was removed")
	case "dies":
		os.Exit(3)
	case "silent":
		return nil, nil
	}
	return ed25519.Sign(k.ed, message), nil
}

// asKeeper puts the test binary on PATH as the keeper of PKCS #11, and returns
// the folder.
func asKeeper(t *testing.T, how string) string {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "plimsoll-key-pkcs11")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	t.Setenv("PATH", "relative"+string(filepath.ListSeparator)+dir)
	t.Setenv(behaves, how)
	return dir
}

func TestKept(t *testing.T) {
	for how, want := range map[string]verify.Algorithm{"plain": verify.Ed25519, "p256": verify.ECDSAP256, "pin": verify.Ed25519} {
		t.Run(how, func(t *testing.T) {
			asKeeper(t, how)
			s, err := keyring.Open(t.Context(), "pkcs11:object=seal", saying("1234"))
			if err != nil {
				t.Fatal(err)
			}
			if s.Key().Algorithm != want {
				t.Errorf("%s, expected %s", s.Key().Algorithm, want)
			}
			for _, payload := range []string{"{}", `"` + strings.Repeat("x", 15<<20) + `"`} { // more than a pipe holds
				if _, err := envelope.Sign(t.Context(), verify.StatementPayload, []byte(payload), s); err != nil {
					t.Error(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if _, err := s.Sign(t.Context(), []byte("more")); err == nil {
				t.Error("a closed key signs")
			}
		})
	}
}

// TestKeptBadly: whatever a keeper does, it is named, in bounded time and on few lines.
func TestKeptBadly(t *testing.T) {
	tests := []struct {
		how  string
		ask  keyring.Passphrase
		says string
	}{
		{"garbage", nil, "Welcome to \ufffd[31mtoken"},
		{"long", nil, "more than 65536 bytes"},
		{"hang", nil, "does not answer"},
		{"exit", nil, "ended"},
		{"post-quantum", nil, "ml-dsa-65"},
		{"greedy", saying("1234"), "more than 4 times"},
		{"pin", nil, "nobody to ask"},
		{"pin", saying("4321"), "does not fit"},
		{"lying", nil, "does not fit"},
		{"removed", nil, "was removed"},
		{"dies", nil, "ended"},
		{"silent", nil, "no signature"},
	}
	for _, tt := range tests {
		t.Run(tt.how, func(t *testing.T) {
			asKeeper(t, tt.how)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			if tt.how == "hang" {
				ctx, cancel = context.WithTimeout(t.Context(), 300*time.Millisecond)
			}
			defer cancel()
			s, err := keyring.Open(ctx, "pkcs11:object=seal", tt.ask)
			if err == nil {
				defer s.Close()
				_, err = envelope.Sign(ctx, verify.StatementPayload, []byte("{}"), s)
			}
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("%v, expected %q", err, tt.says)
			}
			if text := err.Error(); len(text) > 2000 || strings.ContainsAny(text, "\x1b\x07") {
				t.Errorf("unfit to be shown: %q", text)
			}
		})
	}
}

// TestKeeperFound: only a program outside of what is released is started.
func TestKeeperFound(t *testing.T) {
	dir := asKeeper(t, "plain")
	refused := func(says string) {
		t.Helper()
		if _, err := keyring.Open(t.Context(), "pkcs11:object=seal", nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, expected %q", err, says)
		}
	}
	t.Chdir(dir)
	refused("lies in")
	t.Setenv("PATH", ".")
	refused("in no folder of PATH")

	repository := t.TempDir()
	for _, sub := range []string{".git", "bin", "deep/er"} {
		if err := os.MkdirAll(filepath.Join(repository, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Join(repository, "deep", "er"))
	t.Setenv("PATH", filepath.Join(repository, "bin"))
	refused("in no folder of PATH")
	program := filepath.Join(repository, "bin", "plimsoll-key-pkcs11")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	refused("lies in")
	if err := os.Remove(filepath.Join(dir, "plimsoll-key-pkcs11")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(program, filepath.Join(dir, "plimsoll-key-pkcs11")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	refused("lies in") // a link leads into it
}
