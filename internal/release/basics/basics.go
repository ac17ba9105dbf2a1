// Package basics is the check of the files that a product should have.
//
// Whoever finds a weakness must learn whom to tell, whoever installs the product
// must get what was tested, and whoever changes it must find its owner. All of
// that stands in a few files that are easily written once and easily left to
// rot: so the check reads them, and is not content that they exist.
package basics

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/release/lockfile"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// ID of the check.
const ID = "release.basics"

// Inputs of the check.
const (
	documents = "documents" // security policy, licence, changelog, owners, readme
	manifests = "manifests" // and their lock files
	allPaths  = "paths"
)

// maxSize is the most bytes that are read of one file.
const maxSize = 32 << 20

// New makes the check.
func New() *check.Check {
	rules, err := knowledge.Rules(ID)
	if err != nil {
		panic(err) // the data is compiled in, and a test reads it
	}
	return &check.Check{
		ID:    ID,
		Title: "the files a product should have",
		Why: "A security contact, a licence, lock files that match their manifests, owners for every path and a changelog " +
			"cost an hour to set up, and are what everybody outside the team has to go by. The check reads each of them as " +
			"its real reader would: a host, a package manager, or somebody with a weakness to report.",
		Rules:  rules,
		Inputs: []check.Input{check.Files(documents, isDocument), check.Files(manifests, lockfile.Wants), check.Paths(allPaths, nil)},
		Run:    func(ctx context.Context, p *check.Pass) error { return run(ctx, p, rules) },
	}
}

// examiner is one call of the check.
type examiner struct {
	ctx   context.Context
	pass  *check.Pass
	rules map[string]knowledge.Rule
	ids   []string
	all   []repo.File // every file that git knows
	docs  []repo.File
}

func run(ctx context.Context, p *check.Pass, rules []knowledge.Rule) error {
	e := &examiner{ctx: ctx, pass: p, rules: map[string]knowledge.Rule{}, docs: p.Files(documents)}
	for _, r := range rules {
		e.rules[r.ID] = r
		e.ids = append(e.ids, r.ID)
	}
	for _, f := range p.Files(allPaths) {
		if f.Tracked && f.Mode != repo.Submodule {
			e.all = append(e.all, f)
		}
	}
	if len(e.all) == 0 {
		return nil // nothing looked at, so no observation either
	}
	for _, part := range []func(*examiner){(*examiner).policy, (*examiner).securityTxt, (*examiner).licence,
		(*examiner).locks, (*examiner).owners, (*examiner).changelog, (*examiner).readme} {
		if err := ctx.Err(); err != nil {
			return err
		}
		part(e)
	}
	return nil
}

// report adds a finding. The rule gives severity, confidence and advice where f
// does not; key tells it from others under the rule, wherever it stands.
func (e *examiner) report(f event.Finding, key ...string) {
	rule := e.rules[f.Rule]
	if f.Severity == "" {
		f.Severity = event.Severity(rule.Severity)
	}
	if f.Confidence == "" {
		f.Confidence = event.Confidence(rule.Confidence)
	}
	f.Fingerprint = finding.Fingerprint(cmp.Or(rule.Family, f.Rule), key...)
	e.pass.Report(f)
}

// observe says how many things the rules of some families looked at.
func (e *examiner) observe(what string, n int, families ...string) {
	var ids []string
	for _, id := range e.ids {
		family, _, _ := strings.Cut(id, ".")
		for _, wanted := range families {
			if family == wanted {
				ids = append(ids, id)
			}
		}
	}
	e.pass.Observe(event.Observation{What: what, Count: int64(n), Rules: ids})
}

// read returns a document's content; false, and a problem, where it cannot. A
// symbolic link is never followed, so what it leads to stays unread.
func (e *examiner) read(f repo.File) (string, bool) {
	data, err := readRegular(e.ctx, e.pass, documents, f)
	if err != nil {
		e.unread(f.Path, err)
		return "", false
	}
	return strings.TrimPrefix(string(data), "\ufeff"), true
}

var errLink = errors.New("a symbolic link, which is not followed")

func readRegular(ctx context.Context, p *check.Pass, input string, f repo.File) ([]byte, error) {
	if f.Mode == repo.Symlink || f.Mode == repo.Submodule {
		return nil, errLink
	}
	return p.Read(ctx, input, f.Path, maxSize)
}

func (e *examiner) unread(p string, err error) {
	pr := event.Problem{Code: string(fault.Incomplete), Path: p, Message: fmt.Sprintf("not examined: %s", err), Incomplete: !errors.Is(err, errLink)}
	if errors.Is(err, errLink) {
		pr.Hint = "Put a copy of the file there, or move the file itself."
	}
	e.pass.Problem(pr)
}

// documentsIn lists the documents whose folder is one of dirs and whose name
// match takes, in the order of dirs.
func (e *examiner) documentsIn(dirs []string, match func(base string) bool) []repo.File {
	var found []repo.File
	for _, dir := range dirs {
		for _, f := range e.docs {
			if strings.EqualFold(path.Dir(f.Path), dir) && match(path.Base(f.Path)) {
				found = append(found, f)
			}
		}
	}
	return found
}

// visible is a document with its comments blanked, as its readers see it; line
// numbers stay.
func visible(markdown string) string {
	var b strings.Builder
	for {
		before, rest, comment := strings.Cut(markdown, "<!--")
		b.WriteString(before)
		if !comment {
			return b.String()
		}
		hidden, after, closed := strings.Cut(rest, "-->")
		b.WriteString(strings.Repeat("\n", strings.Count(hidden, "\n")))
		if !closed {
			return b.String()
		}
		markdown = after
	}
}
