package assess

import (
	"context"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/code/scanners"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
)

// setup is what the product tells the checks.
func (a *assessment) setup() (Setup, error) {
	s := Setup{NamesResult: a.product.NamesResult, Scanners: a.product.Scanners, RunScanners: a.RunScanners, SecretRules: a.ruleFiles, Reviewed: a.product.Review.Required}
	if s.RunScanners || len(s.Scanners) == 0 {
		return s, nil
	}
	consent, ok := a.consent()
	if !ok {
		return s, nil
	}
	digest, err := scanners.ListDigest(a.identity.Roots, s.Scanners)
	s.RunScanners = err == nil && consent.Has(digest)
	return s, err
}

// keysDir is the folder of the user's keys.
func (a *assessment) keysDir() string {
	if a.KeysDir != "" {
		return a.KeysDir
	}
	return evidence.DefaultKeysDir(a.Getenv, a.stateDir)
}

// consent is the user's word on scanners. There is none where the keys have to
// lie beside the repository: whoever made the repository could have put it there.
func (a *assessment) consent() (scanners.Consent, bool) {
	dir := a.keysDir()
	return scanners.OpenConsent(dir), !strings.HasPrefix(dir, a.stateDir)
}

// AllowScanners writes down that the scanners which product.yaml names may be
// run on this machine, or takes that back. It returns the list.
func AllowScanners(ctx context.Context, o Options, allow bool) ([]product.Scanner, error) {
	a, err := begin(ctx, o.withDefaults())
	if err != nil {
		return nil, err
	}
	named := a.product.Scanners
	if len(named) == 0 {
		return nil, fault.New(fault.NotFound, "add them under `scanners:`; `plimsoll scanners` lists those that are here", "%s names no scanners", product.Path)
	}
	consent, ok := a.consent()
	if !ok {
		return nil, fault.New(fault.Usage, "set HOME, or use `plimsoll check --run-scanners`", "there is no folder of your own in which to write it down")
	}
	digest, err := scanners.ListDigest(a.identity.Roots, named)
	if err != nil {
		return nil, err
	}
	if allow {
		return named, consent.Give(digest)
	}
	return named, consent.Withdraw(digest)
}

// ScannerOffers lists the scanners known and what they are to the product, and
// which of them it names.
func ScannerOffers(ctx context.Context, o Options) (offers []scanners.Offer, named []product.Scanner, allowed bool, _ error) {
	a, err := begin(ctx, o.withDefaults())
	if err != nil {
		return nil, nil, false, err
	}
	offers, err = scanners.Offers(a.facts)
	if err != nil {
		return nil, nil, false, err
	}
	s, err := a.setup()
	return offers, a.product.Scanners, s.RunScanners, err
}
