package signature_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/build/signature"
)

// program is the path of a program that a test needs; without it the test is
// skipped, and fails where CI is set.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is needed and not installed", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

// sandbox is a repository and a home of its own.
type sandbox struct {
	*testing.T
	home, dir string
}

func newSandbox(t *testing.T) sandbox {
	t.Helper()
	program(t, "git")
	s := sandbox{t, t.TempDir(), t.TempDir()}
	s.run("git", "init", "-q", "-b", "main", ".")
	s.run("git", "config", "user.name", "Ada")
	s.run("git", "config", "user.email", "ada@example.org")
	return s
}

func (s sandbox) run(name string, args ...string) []byte {
	s.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.home, "GNUPGHOME=" + s.home, "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C",
		"GIT_AUTHOR_DATE=2024-05-01T10:00:00Z", "GIT_COMMITTER_DATE=2024-05-01T10:00:00Z"}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		s.Fatalf("%s %v: %v\n%s", name, args, err, stderr.String())
	}
	return out
}

// objects makes a signed commit and a signed tag.
func (s sandbox) objects(message string) (commit, tag signature.Object) {
	s.Helper()
	s.run("git", "commit", "-q", "-S", "--allow-empty", "-m", message)
	s.run("git", "tag", "-f", "-s", "-m", "release\n\n-----BEGIN nothing-----", "v1")
	commit, err := signature.ParseCommit(s.run("git", "cat-file", "commit", "HEAD"))
	if err != nil {
		s.Fatal(err)
	}
	tag, err = signature.ParseTag(s.run("git", "cat-file", "tag", "v1"))
	if err != nil {
		s.Fatal(err)
	}
	return commit, tag
}

func keysOf(t *testing.T, signer string, text []byte) []signature.Key {
	t.Helper()
	keys, err := signature.ParseKeys(text)
	if err != nil {
		t.Fatal(err)
	}
	for i := range keys {
		keys[i].Signer = signer
	}
	return keys
}

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

// checkReal holds real signatures against every kind of keyring.
func checkReal(t *testing.T, s sandbox, kind signature.Kind, public []byte) {
	commit, tag := s.objects("first")
	keys := keysOf(t, "Ada", public)
	early, late := keys[0], keys[0]
	early.Until, late.From = day("2024-05-01"), day("2024-05-02")
	for _, test := range []struct {
		name   string
		object signature.Object
		ring   *signature.Keyring
		want   signature.Status
	}{
		{"commit", commit, signature.NewKeyring(keys...), signature.Verified},
		{"tag", tag, signature.NewKeyring(keys...), signature.Verified},
		{"nobody's key", commit, signature.NewKeyring(), signature.UnknownKey},
		{"key ended before", commit, signature.NewKeyring(early), signature.Bad},
		{"key began after", commit, signature.NewKeyring(late), signature.Bad},
		{"listed twice, good for the second period", commit, signature.NewKeyring(early, keys[0]), signature.Verified},
	} {
		got := test.ring.Verify(test.object)
		if got.Kind != kind || got.Status != test.want || got.KeyID == "" {
			t.Errorf("%s: got %+v, want %s %s", test.name, got, kind, test.want)
		}
		if (got.Signer == "Ada") != (test.want == signature.Verified) {
			t.Errorf("%s: signer %q", test.name, got.Signer)
		}
	}
	checkForged(t, s, signature.NewKeyring(keys...))
}

// checkForged flips one byte of the commit at a time.
func checkForged(t *testing.T, s sandbox, ring *signature.Keyring) {
	raw := s.run("git", "cat-file", "commit", "HEAD")
	for i := 0; i < len(raw); i += 7 {
		forged := bytes.Clone(raw)
		forged[i] ^= 1
		o, err := signature.ParseCommit(forged)
		if err != nil {
			continue
		}
		got := ring.Verify(o)
		if got.Status == signature.Verified && !inArmor(raw, i) {
			t.Fatalf("with byte %d (%q) changed the signature still verifies", i, raw[i])
		}
	}
}

// inArmor is true for bytes whose change may leave the signature itself intact:
// armor has header lines, padding and a checksum beside the data.
func inArmor(raw []byte, i int) bool {
	begin, end := bytes.Index(raw, []byte("gpgsig")), bytes.LastIndex(raw, []byte("-----END"))
	return i >= begin && i < end+40
}

func TestRealSSH(t *testing.T) {
	keygen := program(t, "ssh-keygen")
	for _, args := range [][]string{{"-t", "ed25519"}, {"-t", "ecdsa", "-b", "256"}, {"-t", "ecdsa", "-b", "521"}, {"-t", "rsa", "-b", "2048"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			s := newSandbox(t)
			file := filepath.Join(s.home, "key")
			s.run(keygen, append(args, "-q", "-N", "", "-C", "ada@example.org", "-f", file)...)
			s.run("git", "config", "gpg.format", "ssh")
			s.run("git", "config", "user.signingkey", file+".pub")
			public, err := os.ReadFile(file + ".pub")
			if err != nil {
				t.Fatal(err)
			}
			checkReal(t, s, signature.SSH, public)
		})
	}
}

// A signature over the very bytes of a commit, but made for something else than
// git, must not pass for the commit's.
func TestRealSSHOtherNamespace(t *testing.T) {
	keygen := program(t, "ssh-keygen")
	s := newSandbox(t)
	file := filepath.Join(s.home, "key")
	s.run(keygen, "-q", "-t", "ed25519", "-N", "", "-f", file)
	s.run("git", "commit", "-q", "--allow-empty", "-m", "first")
	raw := s.run("git", "cat-file", "commit", "HEAD")
	message := filepath.Join(s.home, "message")
	if err := os.WriteFile(message, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(keygen, "-q", "-Y", "sign", "-n", "file", "-f", file, message)
	armored, err := os.ReadFile(message + ".sig")
	if err != nil {
		t.Fatal(err)
	}
	public, err := os.ReadFile(file + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	o, err := signature.ParseCommit(withSignature(raw, armored))
	if err != nil {
		t.Fatal(err)
	}
	got := signature.NewKeyring(keysOf(t, "Ada", public)...).Verify(o)
	if got.Status != signature.Bad || !strings.Contains(got.Reason, `"file"`) {
		t.Errorf("got %+v", got)
	}
}

func withSignature(raw, armored []byte) []byte {
	head, message, _ := bytes.Cut(raw, []byte("\n\n"))
	folded := bytes.ReplaceAll(bytes.TrimSpace(armored), []byte("\n"), []byte("\n "))
	return bytes.Join([][]byte{head, []byte("\ngpgsig "), folded, []byte("\n\n"), message}, nil)
}

func TestRealOpenPGP(t *testing.T) {
	gpg := program(t, "gpg")
	for _, algorithm := range []string{"ed25519", "rsa2048"} {
		t.Run(algorithm, func(t *testing.T) {
			s := newSandbox(t)
			s.run(gpg, "--batch", "--quiet", "--passphrase", "", "--faked-system-time", "20240101T000000",
				"--quick-generate-key", "Ada <ada@example.org>", algorithm, "sign", "2y")
			s.run("git", "config", "user.signingkey", "ada@example.org")
			wrapper := filepath.Join(s.home, "gpg-then")
			script := "#!/bin/sh\nexec " + gpg + " --faked-system-time 20240501T100000 \"$@\"\n"
			if err := os.WriteFile(wrapper, []byte(script), 0o700); err != nil {
				t.Fatal(err)
			}
			s.run("git", "config", "gpg.program", wrapper)
			defer exec.Command("gpgconf", "--homedir", s.home, "--kill", "all").Run()
			checkReal(t, s, signature.OpenPGP, s.run(gpg, "--armor", "--export", "ada@example.org"))
		})
	}
}
