package assess

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/code/secretscan/userrules"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/gate"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
	"github.com/plimsoll-dev/plimsoll/internal/version"
)

// subject is what stands in the repository, loaded.
type subject struct {
	repo         *repo.Repo
	identity     evidence.Repository
	snapshot     repo.Snapshot
	stateDir     string
	dirty        bool
	product      *product.Product
	facts        []event.Fact // as the product goes by them
	inferred     []event.Fact // as they were seen
	decisions    finding.Decisions
	attestations []gate.Attestation
	given        []Given
	asked        []Asked
	ruleFiles    []*userrules.File // that product.yaml names
	checks       []*check.Check
}

type selection = []requirement.Selected

// maxConfig bounds a file in .plimsoll/.
const maxConfig = 1 << 20

// begin opens the repository and reads everything that the checks are called
// with. All faults of the configuration are returned together.
func begin(ctx context.Context, o Options) (*assessment, error) {
	a := &assessment{Options: o}
	if err := unknownChecks(o.Only, Table(Setup{})); err != nil {
		return nil, err
	}
	var err error
	if a.repo, err = repo.Open(ctx, o.Dir); err != nil {
		return nil, err
	}
	if err := a.findState(); err != nil {
		return nil, err
	}
	if a.readsAll() {
		a.repo.Ahead()
	}
	if err := a.read(ctx); err != nil {
		return nil, err
	}
	if len(a.snapshot.Files()) == 0 && a.repo.Head() == "" {
		return nil, nothing(o.Dir)
	}
	if err := a.configure(ctx); err != nil {
		return nil, err
	}
	if a.repo.Root() != "" && a.notCommitted() {
		a.dirty, a.identity.Dirty = true, true
	}
	a.problems = append(a.problems, submodules(a.snapshot.Files())...)
	setup, err := a.setup()
	if err != nil {
		return nil, err
	}
	a.checks = Table(setup)
	if err := a.infer(ctx); err != nil {
		return nil, err
	}
	a.runner = a.newRunner()
	return a, nil
}

// findState picks the folder for memo and evidence. Where none can be written,
// this run's evidence is kept for this run alone.
func (a *assessment) findState() (err error) {
	if a.stateDir = a.StateDir; a.stateDir != "" {
		return nil
	}
	if a.stateDir = stateDir(a.repo); a.stateDir != "" {
		return nil
	}
	a.problems = append(a.problems, event.Problem{Code: "no-state", Message: "neither the git directory nor the user's cache can be written: evidence is not kept",
		Hint: "make " + a.repo.GitDir() + " writable"})
	if a.stateDir, err = os.MkdirTemp("", "plimsoll-*"); err != nil {
		return fmt.Errorf("making a folder for evidence: %w", err)
	}
	return nil
}

// readsAll says whether a check will read the whole history: no run before has
// left anything that it might go by instead. It is a guess, which costs time where
// it is wrong.
func (a *assessment) readsAll() bool {
	if _, err := os.Stat(check.MemoDir(a.stateDir)); err == nil && !a.NoMemo {
		return false
	}
	return slices.ContainsFunc(Table(Setup{}), func(c *check.Check) bool {
		return c.ReadsHistory() && c.Ask == "" && !a.keeps(c.ID)
	})
}

// read lists the files and finds out which repository this is, side by side.
func (a *assessment) read(ctx context.Context) error {
	sweep(a.stateDir, a.Clock())
	var errs [3]error
	var unread fault.List
	var wg sync.WaitGroup
	wg.Go(func() { a.snapshot, unread, errs[0] = a.repo.Snapshot(ctx, a.stateDir, a.namedResults()...) })
	wg.Go(func() { a.dirty, errs[1] = a.repo.Dirty(ctx) })
	wg.Go(func() { a.identity.Roots, errs[2] = a.repo.Roots(ctx) })
	wg.Go(func() { version.Digest() })
	wg.Wait()
	a.identity.Commit, a.identity.Dirty = a.repo.Head(), a.dirty
	a.problems = append(a.problems, cutOff(a.repo)...)
	for _, err := range errs[1:] { // what they tell is told as unknown
		if err != nil {
			a.problems = append(a.problems, problemOf("", fault.Wrap(fault.Incomplete, err, "run `git fsck`", "reading the repository")))
		}
	}
	for _, f := range unread {
		a.problems = append(a.problems, problemOf("", f))
	}
	return errs[0]
}

// namedResults are the globs of result files in product.yaml, which is read
// ahead of everything else: build outputs are files that git ignores. Whatever
// is wrong with the file is told when it is read again with the rest.
func (a *assessment) namedResults() []string {
	data, err := a.repo.ReadInside(product.Path, maxConfig)
	if err != nil {
		return nil
	}
	p, _ := product.Load(product.Path, data)
	if p == nil {
		return nil
	}
	return p.Results
}

// configFile returns a file in .plimsoll/, nil where there is none.
func (a *assessment) configFile(ctx context.Context, path string) ([]byte, error) {
	files := a.snapshot.Files()
	i := sort.Search(len(files), func(i int) bool { return files[i].Path >= path })
	if i == len(files) || files[i].Path != path {
		return nil, nil
	}
	data, err := repo.ReadFile(ctx, a.snapshot, files[i], maxConfig)
	if err != nil {
		return nil, fault.Wrap(fault.Config, err, "write it as a plain file under 1 MiB", "reading %s", path)
	}
	return data, nil
}

// configure reads the files in .plimsoll/ and joins what is wrong with them.
func (a *assessment) configure(ctx context.Context) error {
	var errs []error
	keep := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	data, err := a.configFile(ctx, product.Path)
	keep(err)
	a.product = product.Default()
	if data != nil {
		p, faults := product.Load(product.Path, data)
		keep(faults.Err())
		if p != nil {
			a.product = p
		}
	}
	if a.product.Name == "" {
		a.product.Name = a.repo.Name()
	}
	keep(a.readDecisions(ctx))
	read := func(path string) ([]byte, error) { return a.configFile(ctx, path) }
	a.ruleFiles, err = ruleFiles(a.product, read)
	keep(err)
	for _, c := range configParsers() {
		data, err := read(c.path)
		keep(err)
		if data != nil {
			keep(c.parse(c.path, data, read))
		}
	}
	if len(errs) == 0 {
		a.readAttestations(ctx)
		errs = a.carryOver(ctx)
	}
	return errors.Join(errs...)
}

// infer finds the facts. What a file tells is remembered by its bytes.
func (a *assessment) infer(ctx context.Context) error {
	memo := check.NewMemo()
	if !a.NoMemo {
		memo = check.OpenMemo(check.MemoDir(a.stateDir), "facts", version.Digest())
	}
	facts, problems, err := product.Infer(ctx, a.snapshot, memo)
	if err != nil {
		return err
	}
	_ = memo.Save() // a memory that is lost costs time and nothing else
	a.problems = append(a.problems, problems...)
	a.inferred, a.facts = facts, a.product.Apply(facts)
	return nil
}

func (a *assessment) newRunner() *check.Runner {
	return &check.Runner{
		Subject:    &check.Subject{Repo: a.repo, Snapshot: a.snapshot, Facts: a.facts, AsOf: a.AsOf, StateDir: a.stateDir, Thorough: a.Thorough},
		Store:      evidence.OpenStore(evidenceDir(a.stateDir), evidence.OpenKeys(a.keysDir())),
		Repository: a.identity, NoMemo: a.NoMemo, Clock: a.Clock,
		Tool:   evidence.Tool{Name: "plimsoll", Version: version.Version(), Digest: version.Digest()},
		Notify: func(p event.Progress) { _ = a.emit(&p) },
		MaxAge: a.maxAge,
	}
}

// maxAge is how long the word of a check stands by the strictest plan that asks
// for it.
func (a *assessment) maxAge(checkID string) time.Duration {
	days := 0
	for _, r := range a.selected {
		for _, need := range r.Plan.Checks {
			if r.Applies && need.Check == checkID && r.Plan.Days > 0 && (days == 0 || r.Plan.Days < days) {
				days = r.Plan.Days
			}
		}
	}
	return time.Duration(days) * 24 * time.Hour
}

func evidenceDir(stateDir string) string { return filepath.Join(stateDir, "evidence") }

// OpenStore opens the evidence of the repository in o.Dir, and says which
// repository that is.
func OpenStore(ctx context.Context, o Options) (*evidence.Store, evidence.Repository, error) {
	o = o.withDefaults()
	r, err := repo.Open(ctx, o.Dir)
	if err != nil {
		return nil, evidence.Repository{}, err
	}
	roots, err := r.Roots(ctx)
	if err != nil {
		return nil, evidence.Repository{}, fault.Wrap(fault.Incomplete, err, "run `git fsck`", "reading the history")
	}
	dir := stateDir(r)
	keys := evidence.OpenKeys(evidence.DefaultKeysDir(o.Getenv, dir))
	return evidence.OpenStore(evidenceDir(dir), keys), evidence.Repository{Roots: roots, Commit: r.Head()}, nil
}
