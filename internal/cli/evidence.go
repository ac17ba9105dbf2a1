package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

func newEvidence(app *App) *cobra.Command {
	var dir, keyFile string
	cmd := &cobra.Command{
		Use:   "evidence",
		Short: "The signed records of what was checked",
		Long: `The signed records of what was checked: in-toto Statements v1 in DSSE
envelopes, one for each call of a check, kept under .git/plimsoll/evidence.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringVarP(&dir, "dir", "C", ".", "the repository")
	verify := &cobra.Command{Use: "verify [DIGEST|FILE]", Short: "Verify one piece of evidence, or all", Args: cobra.MaximumNArgs(1),
		Example: "  plimsoll evidence verify\n  plimsoll evidence verify 3f2a\n  plimsoll evidence verify record.json --key signer.pem",
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.evidenceVerify(cmd, dir, keyFile, args)
		}}
	verify.Flags().StringVar(&keyFile, "key", "", "trust this public key (PEM) and no other")
	cmd.AddCommand(
		&cobra.Command{Use: "list", Short: "List the evidence of this repository", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return app.evidenceList(cmd, dir) }},
		&cobra.Command{Use: "show DIGEST", Short: "Print the statement inside an envelope, verified", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error { return app.evidenceShow(cmd, dir, args[0]) }},
		verify,
	)
	return cmd
}

// store opens the evidence of the repository in dir.
func (app *App) store(cmd *cobra.Command, dir string) (*evidence.Store, evidence.Repository, error) {
	return assess.OpenStore(cmd.Context(), assess.Options{Dir: dir, Getenv: app.Getenv})
}

func (app *App) evidenceList(cmd *cobra.Command, dir string) error {
	store, repository, err := app.store(cmd, dir)
	if err != nil {
		return err
	}
	n := 0
	var refused error
	err = store.Each(cmd.Context(), repository, func(i evidence.Item, bad error) {
		n++
		if bad != nil {
			refused = bad
			fmt.Fprintf(app.Stdout, "refused       %-18s %s\n", filepath.Base(filepath.Dir(i.Path)), clean.Line(bad.Error()))
			return
		}
		fmt.Fprintf(app.Stdout, "%s  %-18s %s  until %s  %d findings\n", i.Digest[7:19], i.Check,
			i.Finished.UTC().Format("2006-01-02 15:04"), i.FreshUntil.UTC().Format(time.DateOnly), len(i.Findings))
	})
	if err != nil {
		return err
	}
	if n == 0 {
		fmt.Fprintln(app.Stdout, "no evidence yet: `plimsoll check` makes some")
	}
	return refused
}

func (app *App) evidenceShow(cmd *cobra.Command, dir, digest string) error {
	store, repository, err := app.store(cmd, dir)
	if err != nil {
		return err
	}
	item, err := store.Find(cmd.Context(), digest, repository)
	if err != nil {
		return err
	}
	envelope, err := os.ReadFile(item.Path)
	if err != nil {
		return fmt.Errorf("reading evidence: %w", err)
	}
	var e struct{ Payload string }
	if err := json.Unmarshal(envelope, &e); err != nil {
		return fmt.Errorf("reading evidence: %w", err)
	}
	payload, err := base64.StdEncoding.DecodeString(e.Payload)
	if err != nil {
		return fmt.Errorf("reading evidence: %w", err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, payload, "", "  "); err != nil {
		return fmt.Errorf("reading evidence: %w", err)
	}
	pretty.WriteByte('\n')
	_, err = pretty.WriteTo(app.Stdout)
	return err
}

func (app *App) evidenceVerify(cmd *cobra.Command, dir, keyFile string, args []string) error {
	if len(args) == 1 {
		if _, err := os.Stat(args[0]); err == nil {
			return app.verifyFile(cmd, args[0], keyFile)
		}
	}
	store, repository, err := app.store(cmd, dir)
	if err != nil {
		return err
	}
	if len(args) == 1 {
		item, err := store.Find(cmd.Context(), args[0], repository)
		if err != nil {
			return err
		}
		return app.verifyFile(cmd, item.Path, keyFile)
	}
	good, bad := 0, 0
	err = store.Each(cmd.Context(), repository, func(_ evidence.Item, err error) {
		if err == nil {
			good++
			return
		}
		bad++
		app.showError(err)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(app.Stdout, "%d good, %d refused\n", good, bad)
	switch {
	case bad > 0:
		app.status = fault.ExitNotMet
	case good == 0:
		app.status = fault.ExitNothing
	}
	return nil
}

const maxEvidenceFile = 256 << 20

func (app *App) verifyFile(cmd *cobra.Command, path, keyFile string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("reading evidence: %w", err)
	}
	defer file.Close()
	envelope, err := io.ReadAll(io.LimitReader(file, maxEvidenceFile))
	if err != nil {
		return fmt.Errorf("reading evidence: %w", err)
	}
	keys, err := app.trusted(keyFile)
	if err != nil {
		return err
	}
	record, digest, err := evidence.Open(cmd.Context(), filepath.Base(path), envelope, keys)
	if err != nil {
		return err
	}
	fmt.Fprintf(app.Stdout, "good  %s\n", digest)
	fmt.Fprintf(app.Stdout, "      %s by plimsoll %s, %s, commit %s\n", record.Check, clean.Line(record.Tool.Version),
		record.Finished.UTC().Format(time.RFC3339), orNone(record.Repository.Commit))
	for _, o := range record.Observations {
		fmt.Fprintf(app.Stdout, "      looked at %d %s\n", o.Count, clean.Line(o.What))
	}
	fmt.Fprintf(app.Stdout, "      %d findings, fresh until %s\n", len(record.Findings), record.FreshUntil.UTC().Format(time.DateOnly))
	return nil
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// trusted is the key in a file, or this machine's own keys.
func (app *App) trusted(keyFile string) ([]evidence.Key, error) {
	if keyFile == "" {
		return app.keys().All()
	}
	text, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, fault.Wrap(fault.Usage, err, "`plimsoll key export` prints a public key", "reading the key")
	}
	public, err := evidence.ParsePublic(text)
	if err != nil {
		return nil, fault.Wrap(fault.Usage, err, "`plimsoll key export` prints a public key", "reading the key %s", keyFile)
	}
	id, err := evidence.KeyID(public)
	if err != nil {
		return nil, err
	}
	return []evidence.Key{{ID: id, Public: public}}, nil
}
