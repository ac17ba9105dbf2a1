package review

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// ID of the check.
const ID = "code.review"

// Rules of the check; knowledge/rules/code.review.yaml says what they mean.
const (
	ruleOpen = "reviewed.open-question"
	ruleOwn  = "reviewed.own-answer"
)

const (
	written    = "policy, items and answers"
	mostMerged = 400 // changes of one branch that are held against their questions
)

// Where is the check in a product that does, or does not, want changes reviewed.
func Where(wanted bool) *check.Check {
	c := New()
	if !wanted {
		c.Idle = "product.yaml asks for no reviews"
	}
	return c
}

// New is the check.
func New() *check.Check {
	rules, err := knowledge.Rules(ID)
	if err != nil {
		panic(err) // the data is compiled in, and a test reads it
	}
	return &check.Check{
		ID:    ID,
		Title: "merged changes answered for by a second person",
		Why: "Most changes need no more than a look. Those that touch who may do what, what goes into a query, what a key is made " +
			"from or what the pipeline may do deserve a few questions, answered by somebody who did not write them. Where the policy " +
			"in product.yaml asks for it (review: {required: true}), this check holds each change that was merged to a protected " +
			"branch against its questions and wants a signed answer to each.",
		Rules: rules,
		Inputs: []check.Input{
			check.Files(written, func(path string) bool {
				return path == product.Path || OwnFile(path) || strings.HasPrefix(path, evidence.ReviewsDir+"/")
			}),
			check.History(), check.Facts(),
		},
		Run: run,
	}
}

// exam is one run of the check.
type exam struct {
	p       *check.Pass
	r       *repo.Repo
	product *product.Product
	items   []Item
	answers *Answers
	stats   map[string]Stat
	key     string // of everything that the questions of a commit depend on, besides the commit
}

func run(ctx context.Context, p *check.Pass) error {
	e := &exam{p: p, r: p.Repo(), answers: &Answers{}}
	if err := e.readPolicy(ctx); err != nil {
		return err
	}
	if !e.product.Review.Required || e.r == nil || e.r.Head() == "" {
		// Nothing was asked, so nothing was looked at: this is no pass.
		p.Observe(event.Observation{What: "merged changes held against their questions", Count: 0})
		return nil
	}
	if err := e.readAnswers(ctx); err != nil {
		return err
	}
	branches := e.product.Review.Branches
	if len(branches) == 0 {
		branches = []string{e.r.MainBranch(ctx)}
	}
	for _, branch := range branches {
		if err := e.branch(ctx, branch); err != nil {
			return err
		}
	}
	return nil
}

func (e *exam) readPolicy(ctx context.Context) error {
	data, err := e.p.Read(ctx, written, product.Path, LargestOwn)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Code == fault.NotFound {
		e.product = product.Default()
		return nil
	}
	if err != nil {
		return err
	}
	loaded, faults := product.Load(product.Path, data)
	if len(faults) > 0 {
		return faults
	}
	e.product = loaded
	return nil
}

// readAnswers reads the organisation's items and everybody's answers. One that
// cannot be believed does not count, and says why.
func (e *exam) readAnswers(ctx context.Context) error {
	read := func(path string) ([]byte, error) { return e.p.Read(ctx, written, path, LargestOwn) }
	own, settings, err := ReadOwn(ctx, e.p.Files(written), read)
	if err != nil {
		return err
	}
	if e.items, err = Items(own); err != nil {
		return err
	}
	roots, err := e.r.Roots(ctx)
	if err != nil {
		return err
	}
	e.answers.Keep(settings)
	for _, f := range e.p.Files(written) {
		if !strings.HasPrefix(f.Path, evidence.ReviewsDir+"/") || !strings.HasSuffix(f.Path, ".json") {
			continue
		}
		data, err := read(f.Path)
		if err == nil {
			err = e.answers.Add(ctx, f.Path, data, e.product, evidence.Repository{Roots: roots})
		}
		if err != nil {
			e.p.Problem(event.Problem{Code: string(fault.Untrusted), Path: f.Path, Message: fault.All(err)[0].Message, Hint: "give it again with `plimsoll review answer`"})
		}
	}
	e.stats = e.answers.Stats()
	e.key, err = e.memoKey(own)
	return err
}

// memoKey moves with everything that makes other questions of the same commit.
func (e *exam) memoKey(own []Item) (string, error) {
	ours, err := knowledge.ReviewDigest()
	if err != nil {
		return "", err
	}
	var theirs []knowledge.ReviewItem
	for _, it := range own {
		theirs = append(theirs, it.ReviewItem)
	}
	data, err := json.Marshal(struct {
		Items []knowledge.ReviewItem
		Facts []event.Fact
	}{theirs, e.p.Facts()})
	return ours + " " + repo.DigestOf(data), err
}

// branch holds the changes that were merged to a branch against their questions.
func (e *exam) branch(ctx context.Context, name string) error {
	head, err := e.find(ctx, name)
	if err != nil {
		e.p.Problem(event.Problem{Code: string(fault.Incomplete), Path: product.Path, Incomplete: true,
			Message: fmt.Sprintf("the branch %q, whose changes must be reviewed, is not in this copy of the repository", name), Hint: "fetch it, or mend review.branches in product.yaml"})
		return nil
	}
	merged, err := e.r.FirstParents(ctx, head, e.since(), mostMerged+1)
	if err != nil {
		return err
	}
	if len(merged) > mostMerged {
		merged = merged[:mostMerged]
		e.p.Problem(event.Problem{Code: string(fault.TooCostly), Path: product.Path, Incomplete: true,
			Message: fmt.Sprintf("%s has more than %d changes since %s; the newest were looked at", name, mostMerged, e.since().Format(time.DateOnly)), Hint: "give a later day as review.since in product.yaml"})
	}
	looked := 0
	for _, c := range merged {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(c.Parents) == 0 {
			continue // the first commit is no change to something
		}
		if e.commit(ctx, c) {
			looked++
		}
	}
	e.p.Observe(event.Observation{What: "merged changes held against their questions", Count: int64(looked), Rules: []string{ruleOpen, ruleOwn}})
	return nil
}

func (e *exam) find(ctx context.Context, name string) (head string, err error) {
	for _, ref := range []string{"refs/remotes/origin/" + name, "refs/heads/" + name, name} {
		if head, err = e.r.CommitOf(ctx, ref); err == nil {
			return head, nil
		}
	}
	return "", err
}

// since is the first day on which changes owe a review; the schema wants one.
func (e *exam) since() time.Time {
	day, _ := time.Parse(time.DateOnly, e.product.Review.Since)
	return day
}

// owed is a question that a merged change deserved.
type owed struct {
	Item, Diff, Path string
	Line             int
}

// commit looks at one merged change; false where it could not be read.
func (e *exam) commit(ctx context.Context, c repo.CommitInfo) bool {
	questions, err := e.questions(ctx, c)
	if err != nil {
		e.p.Problem(event.Problem{Code: string(fault.Incomplete), Incomplete: true,
			Message: fmt.Sprintf("the change %s could not be read: %v", short(c.ID), err), Hint: repo.FetchHint})
		return false
	}
	if len(questions) == 0 {
		return true
	}
	authors, err := e.authors(ctx, c)
	if err != nil {
		e.p.Problem(event.Problem{Code: string(fault.Incomplete), Incomplete: true, Message: fmt.Sprintf("the authors of %s could not be read: %v", short(c.ID), err), Hint: repo.FetchHint})
		return false
	}
	var open, own []owed
	closed := 0
	for _, q := range questions {
		done, mine := e.answers.ClosedBy(q.Item, q.Diff, e.product, authors)
		switch {
		case done:
			closed++
		case mine:
			own = append(own, q)
		default:
			open = append(open, q)
		}
	}
	// Five were asked, whichever weighed most at the time.
	if closed < min(MostQuestions, len(questions)) {
		e.report(c, open, own)
	}
	return true
}

func (e *exam) report(c repo.CommitInfo, open, own []owed) {
	list, rule, what := open, ruleOpen, "nobody answered"
	if len(open) == 0 {
		list, rule, what = own, ruleOwn, "its author alone answered"
	}
	var names []string
	for i, q := range list {
		if i == MostQuestions {
			names = append(names, "…")
			break
		}
		names = append(names, q.Item)
	}
	e.p.Report(event.Finding{Rule: rule, Severity: event.Medium, Confidence: event.Sure, Path: list[0].Path, Line: list[0].Line, Commit: c.ID,
		Message:     fmt.Sprintf("%s of the change %s (%s): %s", what, short(c.ID), cut(c.Subject, 60), strings.Join(names, ", ")),
		Fix:         fmt.Sprintf("plimsoll review --since %s^ --to %s, then plimsoll review answer", short(c.ID), short(c.ID)),
		Fingerprint: finding.Fingerprint(rule, c.ID)})
}

// authors are those who wrote what was merged: of a merge, the commits that it
// brought; of another commit, its author.
func (e *exam) authors(ctx context.Context, c repo.CommitInfo) ([]string, error) {
	if len(c.Parents) < 2 {
		return []string{c.Author + " <" + c.Email + ">"}, nil
	}
	commits, err := e.r.CommitsBetween(ctx, c.Parents[0], c.ID, mostCommits)
	return (&Change{Commits: commits}).Authors(""), err
}

// questions are those that a change owes an answer to. What a commit deserves
// does not change, so it is kept.
func (e *exam) questions(ctx context.Context, c repo.CommitInfo) ([]owed, error) {
	var all []owed
	key := c.ID + " " + e.key
	if data, ok := e.p.Memo().Get(key); ok && json.Unmarshal(data, &all) == nil {
		return e.still(all, c), nil
	}
	change, err := Load(ctx, e.r, Range{Base: c.Parents[0], Head: c.ID})
	if err != nil {
		return nil, err
	}
	r, err := Examine(ctx, Input{Files: change.Files, Facts: e.p.Facts(), Items: e.items})
	if err != nil {
		return nil, err
	}
	all = []owed{}
	for _, q := range r.Everything {
		all = append(all, owed{Item: q.Item.ID, Diff: q.Digest, Path: q.Places[0].Path, Line: q.Places[0].Line})
	}
	if data, err := json.Marshal(all); err == nil {
		e.p.Memo().Put(key, data)
	}
	return e.still(all, c), nil
}

// still leaves out questions that are younger than the change, or retired.
func (e *exam) still(all []owed, c repo.CommitInfo) []owed {
	since := map[string]string{}
	for _, it := range e.items {
		since[it.ID] = it.Since
	}
	var out []owed
	for _, q := range all {
		if day, known := since[q.Item]; known && day <= c.At.Format(time.DateOnly) && !e.stats[q.Item].Retired {
			out = append(out, q)
		}
	}
	return out
}

func short(id string) string { return id[:min(12, len(id))] }
