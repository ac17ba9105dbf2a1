package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/export"
	"github.com/plimsoll-dev/plimsoll/internal/release/seal"
	"github.com/plimsoll-dev/plimsoll/verify"
)

type exportFlags struct {
	dir, trust, out, key string
	sigstore, dsse       bool
}

func newReleaseExport(app *App) *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export VERSION --sigstore|--dsse",
		Short: "Write a release's statements in the forms of other tools",
		Long: `Write the permit and the other statements that the organisation has signed in the
forms of other tools, with the public key that signed them:

  --sigstore  Sigstore bundles (v0.3), for cosign and sigstore-go
  --dsse      plain DSSE envelopes, for any in-toto consumer

A Sigstore bundle holds one signature. The key is the first that signed and that
the trust file names for releases; --key ID takes another. Who needs the
threshold, the log and revocations verifies with plimsoll verify.`,
		Example: `  plimsoll release export 1.2.3 --sigstore -o out
  cosign verify-blob-attestation --key out/KEY.pem --bundle out/1.2.3.vsa.sigstore.json \
    --type https://slsa.dev/verification_summary/v1 --insecure-ignore-tlog dist/app`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return app.releaseExport(args[0], f) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.dir, "dir", "C", ".", "the repository")
	flags.StringVar(&f.trust, "trust", "", "the organisation's trust file (default: .plimsoll/trust.json of the repository)")
	flags.StringVarP(&f.out, "output", "o", ".", "the folder to write to")
	flags.StringVar(&f.key, "key", "", "id of the key whose signature is taken")
	flags.BoolVar(&f.sigstore, "sigstore", false, "Sigstore bundles")
	flags.BoolVar(&f.dsse, "dsse", false, "DSSE envelopes")
	return cmd
}

func (app *App) releaseExport(version string, f exportFlags) error {
	if f.sigstore == f.dsse {
		return fault.New(fault.Usage, "give --sigstore or --dsse", "expected one form to write")
	}
	trust, err := app.repositoryTrust(f.trust, f.dir)
	if err != nil {
		return err
	}
	lines, err := seal.Envelopes(f.dir, version)
	if err != nil {
		return err
	}
	key, err := f.signer(trust, lines[0], version)
	if err != nil {
		return err
	}
	names := map[string]int{}
	for _, line := range lines {
		if err := app.exportOne(line, key, version, names, f); err != nil {
			return err
		}
	}
	return app.exported(filepath.Join(f.out, key.ID[:16]+".pem"), export.PEM(key))
}

// signer is the key of the trust file whose signatures are taken.
func (f exportFlags) signer(trust *verify.Trust, permit []byte, version string) (verify.Key, error) {
	e, err := envelope.Read(permit)
	if err != nil {
		return verify.Key{}, err
	}
	p, _, err := seal.PermitOf(f.dir, version)
	if err != nil {
		return verify.Key{}, err
	}
	keys, _ := trust.Keys(p.Product, verify.RoleRelease)
	for _, s := range e.Signatures {
		for _, k := range keys {
			if k.ID == s.KeyID && strings.HasPrefix(k.ID, f.key) {
				return k, nil
			}
		}
	}
	return verify.Key{}, fault.New(fault.NotFound, "`plimsoll verify --verbose` lists who signed", "no key of the trust file that signed the permit is %q", f.key)
}

// exportOne writes one statement; approvals, which people sign with their own
// keys, are passed over.
func (app *App) exportOne(line []byte, key verify.Key, version string, names map[string]int, f exportFlags) error {
	kind, err := export.PredicateType(line)
	if err != nil || kind == verify.ApprovalType {
		return err
	}
	name := export.Name(kind)
	if names[name]++; names[name] > 1 {
		name = fmt.Sprintf("%s-%d", name, names[name])
	}
	data, form := line, "dsse"
	if f.sigstore {
		form = "sigstore"
		if data, err = export.Sigstore(line, key); err != nil {
			return err
		}
	}
	return app.exported(filepath.Join(f.out, fmt.Sprintf("%s.%s.%s.json", version, name, form)), data)
}

func (app *App) exported(path string, data []byte) error {
	if err := durable.WriteFile(path, data, 0o644); err != nil {
		return err
	}
	_, err := fmt.Fprintf(app.Stdout, "wrote %s\n", path)
	return err
}
