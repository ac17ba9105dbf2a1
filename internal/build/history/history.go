// Package history checks what git itself tells of a product's source: who
// committed and whether that can be verified, whether tags stay where they
// were, what lies in the tree that should not, and what would run or deceive
// when somebody clones it or reads it.
//
// A repository is where every attack on a build begins, and most of the traces
// need no scanner: they stand in commits, tags, modes and names.
package history

import (
	"cmp"
	"context"
	"errors"

	"github.com/plimsoll-dev/plimsoll/internal/build/access"
	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// ID of the check.
const ID = "build.history"

// Rules of the check; knowledge/rules/build.history.yaml says what they mean.
const (
	ruleUnsigned   = "history.unsigned-commits"
	ruleUnknownKey = "history.unknown-key"
	ruleBadSign    = "history.bad-signature"
	ruleAuthor     = "history.unknown-author"
	ruleMoved      = "history.moved-tag"
	ruleOrphaned   = "history.orphaned-tag"
	ruleRenamed    = "history.renamed-tag"
	ruleBinary     = "history.binary-committed"
	ruleLarge      = "history.large-blob"
	ruleSubmodule  = "history.submodule-escape"
	ruleUnlisted   = "history.submodule-unlisted"
	ruleAttributes = "history.attributes-driver"
	ruleCommand    = "history.config-command"
	ruleLink       = "history.escaping-symlink"
	ruleColliding  = "history.colliding-paths"
	ruleGitAlias   = "history.git-folder-path"
	ruleEmbedded   = "history.embedded-repository"
	ruleBidi       = "source.bidi-control"
	ruleInvisible  = "source.invisible-character"
	ruleMixed      = "source.mixed-script-identifier"
)

// Names of the check's inputs.
const (
	tree     = "work tree"
	tagsSeen = "tags seen before"
)

// New is the check.
func New() *check.Check {
	rules, err := knowledge.Rules(ID)
	if err != nil {
		panic(err) // the data is compiled in, and a test reads it
	}
	return &check.Check{
		ID:    ID,
		Title: "what git tells of the source",
		Why: "Whoever can change the source unseen owns the product. Git records who changed what and lets it be signed, " +
			"but it also lets anybody write any name, move a tag, commit a program nobody can review, or hide commands in " +
			"submodules, attributes, links and invisible characters. This check reads the traces of all that from git alone.",
		Rules:  rules,
		Inputs: []check.Input{check.Files(tree, nil), check.History(), check.Value(tagsSeen, tagsDigest)},
		Run:    run,
	}
}

// exam is one run of the check.
type exam struct {
	p       *check.Pass
	policy  *access.Policy
	tracked map[string]bool
	rules   map[string]knowledge.Rule
	// asked is the digest of the policy and its keys.
	asked string
	// keep, where not nil, takes down all that is said, for the memo.
	keep *said
}

func run(ctx context.Context, p *check.Pass) error {
	e := &exam{p: p, tracked: map[string]bool{}, rules: map[string]knowledge.Rule{}}
	rules, err := knowledge.Rules(ID)
	if err != nil {
		return err
	}
	for _, r := range rules {
		e.rules[r.ID] = r
	}
	for _, f := range p.Files(tree) {
		e.tracked[f.Path] = f.Tracked
	}
	if e.policy, err = e.readPolicy(ctx); err != nil {
		return err
	}
	counts, err := p.EachFile(ctx, tree, examineFile)
	if err != nil {
		return err
	}
	e.observeSource(counts)
	e.reportBinaries(counts)
	e.reportTree(ctx)
	if p.Repo() == nil {
		return nil
	}
	return e.reportHistory(ctx, p.Repo())
}

// readPolicy reads the contribution policy, or takes the one that asks nothing.
func (e *exam) readPolicy(ctx context.Context) (*access.Policy, error) {
	data, err := e.p.Read(ctx, tree, access.Path, maxGitFile)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Code == fault.NotFound {
		return access.Default(), nil
	}
	if err != nil {
		return nil, err
	}
	e.asked = repo.DigestOf(data)
	return access.Parse(access.Path, data, func(path string) ([]byte, error) {
		key, err := e.p.Read(ctx, tree, path, maxGitFile)
		e.asked = repo.DigestOf(append([]byte(e.asked), key...))
		return key, err
	})
}

func (e *exam) observeSource(counts map[string]int64) {
	e.observe(event.Observation{What: "source files read for deceptive characters", Count: counts[countSource],
		Rules: []string{ruleBidi, ruleInvisible, ruleMixed}})
}

// report fills in what the rule says where the finding says nothing. The parts
// make the fingerprint.
func (e *exam) report(f event.Finding, parts ...string) {
	rule := e.rules[f.Rule]
	if f.Severity == "" {
		f.Severity = event.Severity(rule.Severity)
	}
	if f.Confidence == "" {
		f.Confidence = event.Confidence(rule.Confidence)
	}
	f.Fingerprint = finding.Fingerprint(cmp.Or(rule.Family, f.Rule), parts...)
	if e.keep != nil {
		e.keep.Findings = append(e.keep.Findings, f)
	}
	e.p.Report(f)
}

func (e *exam) observe(o event.Observation) {
	if e.keep != nil {
		e.keep.Observations = append(e.keep.Observations, o)
	}
	e.p.Observe(o)
}

func (e *exam) problem(p event.Problem) {
	if e.keep != nil {
		e.keep.problems++
	}
	e.p.Problem(p)
}
