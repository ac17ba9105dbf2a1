package secretscan

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/code/secretscan/userrules"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

const workTree = "work tree"

// New is the check code.secrets: credentials in the work tree and in everything
// that any ref of the repository reaches.
func New() *check.Check { return With() }

// With is New with the rule files of the user's besides.
func With(files ...*userrules.File) *check.Check {
	secrets := knowledge.Secrets()
	rules := make([]knowledge.Rule, len(secrets))
	for i := range secrets {
		rules[i] = secrets[i].Rule()
	}
	rules = append(rules, userDocs(files)...)
	return &check.Check{
		ID:    knowledge.SecretCheck,
		Title: "secrets in the work tree and in the history",
		Why: "A credential in a repository is known to everybody who ever cloned it, to every machine that built it and to whoever " +
			"gets hold of either. Removing it from the files leaves it in the history; only revoking it helps.",
		Rules:  rules,
		Inputs: append([]check.Input{check.Files(workTree, nil), check.History()}, ruleInputs(files)...),
		Run: func(ctx context.Context, p *check.Pass) error {
			s, err := newScanner(secrets, files...)
			if err != nil {
				return err
			}
			tellRules(p, files)
			return s.run(ctx, p)
		},
	}
}

func (s *scanner) run(ctx context.Context, p *check.Pass) error {
	found := newGathering(s)
	// The history first: most files of the work tree are blobs of it, and what is
	// known of a blob need not be found out again.
	then, err := s.runHistory(ctx, p, p.Repo())
	if err != nil {
		return err
	}
	tree, err := s.runTree(ctx, p, found)
	if err != nil {
		return err
	}
	for i, at := range then.Found {
		found.inHistory(at.Path, then.Commits[i], at.sighting)
	}
	s.tellHistory(p, then, tree)
	found.report(p)
	return nil
}

// Keys of the counts in the memo's items. Sightings travel as counts: an item's
// findings go straight to the reader, but one secret in many files is one finding.
const (
	countFiles   = "files"
	countBytes   = "bytes"
	countSkipped = "skipped"
	countLFS     = "lfs"
	countMore    = "more "
	countFound   = "found "
)

// placed is a sighting and where it was.
type placed struct {
	Path string `json:"path"`
	sighting
}

func (s *scanner) runTree(ctx context.Context, p *check.Pass, found *gathering) (*lookedInto, error) {
	counts, err := p.EachFileUnless(ctx, workTree, s.knownFile, s.examineFile)
	if err != nil {
		return nil, err
	}
	keys := make([]string, 0, len(counts))
	for key := range counts {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		if path, ok := strings.CutPrefix(key, countMore); ok {
			p.Problem(tooMany(path))
		}
		text, ok := strings.CutPrefix(key, countFound)
		if !ok {
			continue
		}
		var at placed
		if err := json.Unmarshal([]byte(text), &at); err != nil {
			return nil, fmt.Errorf("reading what was found in the work tree: %w", err)
		}
		found.inTree(at.Path, at.sighting)
	}
	if n := counts[countSkipped]; n > 0 {
		p.Problem(skipped(n, "the work tree"))
	}
	p.Observe(event.Observation{What: "files scanned for secrets", Count: counts[countFiles], Rules: s.ruleIDs()})
	p.Observe(event.Observation{What: "bytes of files scanned for secrets", Count: counts[countBytes]})
	inside, err := tallyOf(keys)
	if err != nil {
		return nil, err
	}
	inside.tell(p, "the work tree")
	tellPointers(p, counts[countLFS], "the work tree")
	return inside, nil
}

// examineFile is a check.FileFunc.
func (s *scanner) examineFile(_ context.Context, f repo.File, r io.Reader, item *check.Item) error {
	result, err := s.file(r, f.Size)
	if err != nil {
		return err
	}
	return s.tellFile(f, result, item)
}

// knownFile is a check.KnownFunc: most files are blobs of the history.
func (s *scanner) knownFile(f repo.File, item *check.Item) (bool, error) {
	if s.history == nil {
		return false, nil
	}
	result, ok := s.history.result(f.Blob)
	if !ok {
		return false, nil
	}
	return true, s.tellFile(f, result, item)
}

// tellFile says what was seen in a file.
func (s *scanner) tellFile(f repo.File, result *examined, item *check.Item) error {
	item.Count(countFiles, 1)
	item.Count(countBytes, result.bytes)
	if result.pointer {
		item.Count(countLFS, 1)
	}
	if result.skipped > 0 {
		item.Count(countSkipped, int64(result.skipped))
	}
	if result.more {
		item.Count(countMore+f.Path, 1)
	}
	if err := countOpened(item, f, result.walk); err != nil {
		return err
	}
	for _, g := range append(s.choose(f.Path, result.sightings), s.byPath(f.Path)...) {
		key, err := json.Marshal(placed{f.Path, g})
		if err != nil {
			return err
		}
		item.Count(countFound+string(key), 1)
	}
	return nil
}

func tooMany(path string) event.Problem {
	return event.Problem{
		Code: string(fault.TooCostly), Path: path, Incomplete: true,
		Message: fmt.Sprintf("the file holds more than %d credentials; the rest is not listed", maxSightings),
		Hint:    "deal with those that are listed, or remove the file",
	}
}

func skipped(n int64, where string) event.Problem {
	return event.Problem{
		Code: string(fault.TooCostly), Incomplete: true,
		Message: fmt.Sprintf("%d places in %s were not looked into: the text is made of so many near misses that it would not end", n, where),
		Hint:    "look at the largest generated files; such text is made by machines, or to wear scanners out",
	}
}
