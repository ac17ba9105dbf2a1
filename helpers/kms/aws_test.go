package kms_test

import (
	"crypto"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	service "github.com/sigstore/sigstore/pkg/signature/kms"
	_ "github.com/sigstore/sigstore/pkg/signature/kms/aws"

	"github.com/plimsoll-dev/plimsoll/helpers/kms"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/keyring"
)

// startLocalKMS runs local-kms, somebody else's stand-in for AWS KMS.
func startLocalKMS(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "local-kms")
	if out, err := exec.Command("go", "build", "-o", program, "github.com/nsmithuk/local-kms").CombinedOutput(); err != nil {
		t.Fatalf("building local-kms: %v\n%s", err, out)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	_, port, _ := net.SplitHostPort(address)
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "PORT="+port, "KMS_DATA_PATH="+dir, "KMS_REGION=eu-west-1", "KMS_ACCOUNT_ID=111122223333")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for range 100 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	for name, value := range map[string]string{"AWS_ENDPOINT_URL_KMS": "http://" + address, "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
		"AWS_CONFIG_FILE": filepath.Join(dir, "none"), "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(dir, "none"), "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(name, value)
	}
}

func makeAWSKey(t *testing.T, uri, kind string) {
	t.Helper()
	s, err := service.Get(t.Context(), uri, crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateKey(t.Context(), kind); err != nil {
		t.Fatal(err)
	}
}

func TestAWS(t *testing.T) {
	startLocalKMS(t)
	makeAWSKey(t, "awskms:///alias/seal", "ECC_NIST_P256")
	makeAWSKey(t, "awskms:///alias/large", "ECC_NIST_P384")
	signs(t, "awskms", "awskms:///alias/seal")
	signsByProgram(t, "awskms", "awskms:///alias/seal")
	for uri, says := range map[string]string{"awskms:///alias/none": "public key", "awskms:///alias/large": "not supported", "awskms://seal": "format", "hashivault://seal": "expected awskms"} {
		if _, err := kms.Opener("awskms")(t.Context(), uri, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, expected %q", uri, err, says)
		}
	}
}

// signs opens a key and has it sign, many times: a number may begin with a zero.
func signs(t *testing.T, scheme, uri string) {
	t.Helper()
	k, err := kms.Opener(scheme)(t.Context(), uri, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	message := []byte(strings.Repeat("a permit ", 10000))
	for range 20 {
		sig, err := k.Sign(t.Context(), message)
		if err != nil {
			t.Fatal(err)
		}
		if !k.Public().Verify(message, sig, envelope.Algorithms()) || k.Public().Verify(message[1:], sig, envelope.Algorithms()) {
			t.Fatal("the signature does not fit")
		}
	}
}

// signsByProgram is the way that plimsoll goes: it starts the program.
func signsByProgram(t *testing.T, scheme, uri string) {
	t.Helper()
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "plimsoll-key-"+scheme), "./cmd/plimsoll-key-"+scheme).CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	k, err := keyring.Open(t.Context(), uri, nil)
	if err != nil {
		t.Fatal(err)
	}
	line, err := envelope.Sign(t.Context(), "text/plain", []byte("a permit"), k) // verifies it as well
	if err != nil || len(line) == 0 {
		t.Errorf("signing by the program: %v", err)
	}
	if err := k.Close(); err != nil {
		t.Error(err)
	}
}
