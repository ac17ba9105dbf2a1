package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

// org is the organisation of a script; it lives as long as the script.
type orgKey struct{}

func orgOf(ts *testscript.TestScript) *verifytest.Org {
	return ts.Value(orgKey{}).(*verifytest.Org)
}

// sealed releases a file or an image as a product of the organisation "example":
//
//	sealed PRODUCT VERSION BUNDLE FILE          a file
//	sealed PRODUCT VERSION BUNDLE image FILE    the manifest of an image
//
// and writes its trust file to trust.json and, for "revoked" as the last
// argument, a revocation list to revocations.json.
func sealed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: sealed PRODUCT VERSION BUNDLE [image] FILE [revoked]")
	}
	o := orgOf(ts)
	content, rest := verifytest.Content{Kind: verify.KindFile}, args[3:]
	if rest[0] == "image" {
		content.Kind, rest = verify.KindImage, rest[1:]
	}
	data, err := os.ReadFile(ts.MkAbs(rest[0]))
	ts.Check(err)
	content.Name, content.Data = filepath.Base(rest[0]), data
	bundle := o.Release(args[0], args[1], content).Bundle()
	put(ts, args[2], bundle)
	put(ts, "trust.json", o.TrustFile())
	if len(rest) > 1 && rest[1] == "revoked" {
		b, err := verify.OpenBundle(bundle, o.Trust(), verify.Policy{Now: func() time.Time { return verifytest.Now }})
		ts.Check(err)
		put(ts, "revocations.json", o.Revoke(1, b.Digest()))
	}
}

func put(ts *testscript.TestScript, name string, data []byte) {
	path := ts.MkAbs(name)
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	ts.Check(os.WriteFile(path, data, 0o644))
}

// digestOf sets NAME to the digest of a file: digest NAME FILE
func digestOf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: digest NAME FILE")
	}
	data, err := os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	ts.Setenv(args[0], strings.TrimPrefix(verify.Digest(data), "sha256:"))
}
