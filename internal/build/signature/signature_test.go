package signature_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"github.com/plimsoll-dev/plimsoll/internal/build/signature"
)

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func parseFixture(t testing.TB, name string) signature.Object {
	t.Helper()
	parse := signature.ParseCommit
	if strings.HasSuffix(name, ".tag") {
		parse = signature.ParseTag
	}
	o, err := parse(fixture(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func allKeys(t testing.TB) *signature.Keyring {
	t.Helper()
	var all []signature.Key
	for _, name := range []string{"ssh-ed25519.pub", "ssh-ecdsa.pub", "ssh-rsa.pub", "openpgp.pub"} {
		keys, err := signature.ParseKeys(fixture(t, name))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i := range keys {
			keys[i].Signer = "Ada"
		}
		all = append(all, keys...)
	}
	return signature.NewKeyring(all...)
}

func TestFixtures(t *testing.T) {
	ring := allKeys(t)
	for name, want := range map[string]signature.Result{
		"unsigned.commit":    {Kind: signature.None, Status: signature.Unsigned},
		"ssh-ed25519.commit": {Kind: signature.SSH, Status: signature.Verified, Signer: "Ada"},
		"ssh-ecdsa.commit":   {Kind: signature.SSH, Status: signature.Verified, Signer: "Ada"},
		"ssh-rsa.commit":     {Kind: signature.SSH, Status: signature.Verified, Signer: "Ada"},
		"ssh-rsa.tag":        {Kind: signature.SSH, Status: signature.Verified, Signer: "Ada"},
		"sha256.commit":      {Kind: signature.SSH, Status: signature.Verified, Signer: "Ada"},
		"openpgp.commit":     {Kind: signature.OpenPGP, Status: signature.Verified, Signer: "Ada"},
		"openpgp.tag":        {Kind: signature.OpenPGP, Status: signature.Verified, Signer: "Ada"},
	} {
		got := ring.Verify(parseFixture(t, name))
		got.KeyID = ""
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestParseCommit(t *testing.T) {
	o := parseFixture(t, "ssh-ecdsa.commit")
	at := time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC)
	ada := signature.Identity{Name: "Ada", Email: "ada@example.org", When: at}
	if o.Author != ada || o.Committer != ada || len(o.Parents) != 1 || len(o.Tree) != 40 {
		t.Errorf("got %+v", o)
	}
	if p := string(o.Payload()); strings.Contains(p, "gpgsig") || !strings.HasSuffix(p, "\n\nsigned with ecdsa\n") {
		t.Errorf("the payload is %q", p)
	}
}

func TestParseTag(t *testing.T) {
	o := parseFixture(t, "openpgp.tag")
	if o.Name != "v2" || len(o.Target) != 40 || o.Committer.Name != "Ada" || !strings.HasSuffix(string(o.Payload()), "\n\nrelease\n") {
		t.Errorf("got %+v with payload %q", o, o.Payload())
	}
}

// Names and dates in old and foreign repositories are of every shape.
func TestIdentities(t *testing.T) {
	for line, want := range map[string]signature.Identity{
		"A U Thor <a@b> 1700000000 +0100": {Name: "A U Thor", Email: "a@b", When: time.Unix(1700000000, 0).UTC()},
		"<a@b> 1 +0000":                   {Email: "a@b", When: time.Unix(1, 0).UTC()},
		"A <a@b>> 5 +0000":                {Name: "A", Email: "a@b", When: time.Unix(5, 0).UTC()},
		"A <a@b":                          {Name: "A"},
		"A <> -5 +0000":                   {Name: "A", When: time.Unix(-5, 0).UTC()},
		"A <a@b> soon":                    {Name: "A", Email: "a@b"},
		"nobody":                          {Name: "nobody"},
	} {
		o, err := signature.ParseCommit([]byte("tree x\ncommitter " + line + "\n\nm"))
		if err != nil || o.Committer != want {
			t.Errorf("%q: got %+v, %v; want %+v", line, o.Committer, err, want)
		}
	}
}

func TestUnverifiable(t *testing.T) {
	plain := string(fixture(t, "unsigned.commit"))
	sign := func(lines string) []byte { return withSignature([]byte(plain), []byte(lines)) }
	twice := bytes.Replace(fixture(t, "ssh-rsa.commit"), []byte("\n\n"), []byte("\ngpgsig -----BEGIN SSH SIGNATURE-----\n\n"), 1)
	// A DSA signature packet of version 3 (RFC 9580, section 5.2.2) with empty numbers.
	old := "iBcDBQBbBEs3fYg2asD844oRAlzEAAEAAAEA"
	for _, test := range []struct {
		name   string
		raw    []byte
		kind   signature.Kind
		status signature.Status
	}{
		{"x509", sign("-----BEGIN SIGNED MESSAGE-----\nMIIB\n-----END SIGNED MESSAGE-----"), signature.X509, signature.Unsupported},
		{"version 3 of 1991", sign("-----BEGIN PGP SIGNATURE-----\nVersion: GnuPG v1\n\n" + old + "\n-----END PGP SIGNATURE-----"), signature.OpenPGP, signature.Unsupported},
		{"words", sign("signed, Ada"), signature.Foreign, signature.Malformed},
		{"no base64", sign("-----BEGIN SSH SIGNATURE-----\n!!\n-----END SSH SIGNATURE-----"), signature.SSH, signature.Malformed},
		{"cut off", sign("-----BEGIN PGP SIGNATURE-----\n\nwsBc"), signature.OpenPGP, signature.Malformed},
		{"two headers", twice, signature.SSH, signature.Malformed},
		{"endless", sign("-----BEGIN PGP SIGNATURE-----\n" + strings.Repeat("a", signature.MaxSignature)), signature.OpenPGP, signature.Malformed},
	} {
		o, err := signature.ParseCommit(test.raw)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		got := allKeys(t).Verify(o)
		if got.Kind != test.kind || got.Status != test.status || got.Reason == "" {
			t.Errorf("%s: got %+v", test.name, got)
		}
	}
}

// GitHub signs what is done in its web page with a key of its own.
func TestHostKey(t *testing.T) {
	raw := fixture(t, "openpgp.commit")
	o := parseFixture(t, "openpgp.commit")
	block, err := armor.Decode(bytes.NewReader(o.Signature))
	if err != nil {
		t.Fatal(err)
	}
	var packets, out bytes.Buffer
	if _, err := packets.ReadFrom(block.Body); err != nil {
		t.Fatal(err)
	}
	keys, err := signature.ParseKeys(fixture(t, "openpgp.pub"))
	if err != nil {
		t.Fatal(err)
	}
	own, _ := hex.DecodeString(keys[0].ID()[24:])
	host, _ := hex.DecodeString("B5690EEEBB952194")
	w, _ := armor.Encode(&out, "PGP SIGNATURE", nil)
	w.Write(bytes.ReplaceAll(packets.Bytes(), own, host))
	w.Close()
	head, _, _ := bytes.Cut(raw, []byte("\ngpgsig"))
	forged, err := signature.ParseCommit(withSignature(append(head, "\n\nmerge\n"...), out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	got := allKeys(t).Verify(forged)
	if got.Host != "GitHub" || got.Status != signature.UnknownKey || got.Reason != "signed by the host, key not in the policy" {
		t.Errorf("got %+v", got)
	}
}

// A key that lives in a security key signs its application, a counter and its
// flags too (PROTOCOL.u2f of OpenSSH).
func TestSecurityKey(t *testing.T) {
	seed := sha256.Sum256([]byte("a security key"))
	private := ed25519.NewKeyFromSeed(seed[:])
	public, err := ssh.ParsePublicKey(ssh.Marshal(struct {
		Name        string
		Key         []byte
		Application string
	}{"sk-ssh-ed25519@openssh.com", private.Public().(ed25519.PublicKey), "ssh:"}))
	if err != nil {
		t.Fatal(err)
	}
	raw := fixture(t, "unsigned.commit")
	digest := sha256.Sum256(raw)
	message := append([]byte("SSHSIG"), ssh.Marshal(struct {
		Namespace, Reserved, Hash string
		Digest                    []byte
	}{"git", "", "sha256", digest[:]})...)
	app, inner := sha256.Sum256([]byte("ssh:")), sha256.Sum256(message)
	flags := []byte{1, 0, 0, 0, 9}
	sig := ed25519.Sign(private, bytes.Join([][]byte{app[:], flags, inner[:]}, nil))
	wire := append(ssh.Marshal(struct {
		Format string
		Blob   []byte
	}{"sk-ssh-ed25519@openssh.com", sig}), flags...)
	blob := append([]byte("SSHSIG"), ssh.Marshal(struct {
		Version                   uint32
		Key                       []byte
		Namespace, Reserved, Hash string
		Signature                 []byte
	}{1, public.Marshal(), "git", "", "sha256", wire})...)
	armored := pem.EncodeToMemory(&pem.Block{Type: "SSH SIGNATURE", Bytes: blob})
	o, err := signature.ParseCommit(withSignature(raw, armored))
	if err != nil {
		t.Fatal(err)
	}
	got := signature.NewKeyring(keysOf(t, "Ada", ssh.MarshalAuthorizedKey(public))...).Verify(o)
	if got.Status != signature.Verified {
		t.Errorf("got %+v", got)
	}
}

func TestParseKeysRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":     "# only a comment\n",
		"words":       "my key",
		"private":     "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n",
		"broken pgp":  "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME\n-----END PGP PUBLIC KEY BLOCK-----\n",
		"a signature": "-----BEGIN PGP SIGNATURE-----\n\nmDME\n-----END PGP SIGNATURE-----\n",
	} {
		if keys, err := signature.ParseKeys([]byte(text)); err == nil {
			t.Errorf("%s: got %v", name, keys)
		}
	}
}

func FuzzVerify(f *testing.F) {
	for _, name := range []string{"unsigned.commit", "ssh-ed25519.commit", "ssh-ecdsa.commit", "ssh-rsa.commit", "ssh-rsa.tag", "openpgp.commit", "openpgp.tag", "sha256.commit"} {
		f.Add(fixture(f, name))
	}
	ring := allKeys(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, parse := range []func([]byte) (signature.Object, error){signature.ParseCommit, signature.ParseTag} {
			o, err := parse(raw)
			if err != nil {
				continue
			}
			if got := ring.Verify(o); got.Status == "" || (got.Status == signature.Verified) != (got.Signer != "") {
				t.Errorf("got %+v", got)
			}
		}
	})
}

func FuzzParseKeys(f *testing.F) {
	for _, name := range []string{"ssh-ed25519.pub", "ssh-rsa.pub", "openpgp.pub"} {
		f.Add(fixture(f, name))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := signature.ParseKeys(text)
		if err == nil && len(keys) == 0 {
			t.Error("no key and no error")
		}
		for _, k := range keys {
			if k.ID() == "" || k.Kind() == "" {
				t.Errorf("a key without id or kind: %+v", k)
			}
		}
	})
}

func BenchmarkUnknownKey(b *testing.B) {
	raw, ring := fixture(b, "openpgp.commit"), signature.NewKeyring()
	for b.Loop() {
		o, _ := signature.ParseCommit(raw)
		ring.Verify(o)
	}
}
