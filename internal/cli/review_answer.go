package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/code/review"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

type answerFlags struct {
	reviewFlags
	dir, test, check, because, by string
	changed                       bool
}

func newReviewAnswer(app *App) *cobra.Command {
	var f answerFlags
	cmd := &cobra.Command{
		Use:   "answer ITEM",
		Short: "Close a question by a test, a check or your word, signed",
		Long: `Close a question by evidence: a test that stands in the tree and touches what
changed, a check whose evidence is fresh and that has no open finding there, or
your word. The answer is signed with this machine's key over the very lines that
the question is about, and written to .plimsoll/reviews/, one file each; commit it
with the change. It survives a rebase, and opens again when those lines change.

Whoever wrote the change cannot close its questions. With review: {authors: note}
in product.yaml their answer is kept as a note.`,
		Example: `  plimsoll review answer review.new-endpoint --test tests/test_refund.py::test_stranger_is_refused
  plimsoll review answer review.secret-use --check code.secrets
  plimsoll review answer review.command-execution --because "the name is one of three constants, see line 12"`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return app.answer(cmd.Context(), args[0], f) },
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&f.dir, "dir", "C", ".", "the repository")
	flags.StringVar(&f.test, "test", "", "the test that answers: PATH::NAME")
	flags.StringVar(&f.check, "check", "", "the check that answers: code.secrets")
	flags.StringVar(&f.because, "because", "", "what you say, and how you know")
	flags.StringVar(&f.by, "by", "", "who answers (default: git's user.name and user.email)")
	flags.BoolVar(&f.changed, "changed", false, "the question changed the diff")
	return cmd
}

func (app *App) answer(ctx context.Context, id string, f answerFlags) error {
	if err := f.oneWay(); err != nil {
		return err
	}
	desk, err := app.desk(ctx, f.dir)
	if err != nil {
		return err
	}
	r, err := desk.Review(ctx, f.since, f.to)
	if err != nil {
		return err
	}
	q, err := questionOf(r, id)
	if err != nil {
		return err
	}
	by, key, err := app.author(ctx, desk, f.by)
	if err != nil {
		return err
	}
	word := evidence.Review{Item: q.Item.ID, Question: q.Item.Question, Diff: q.Digest, Places: placesOf(q), By: by, Because: f.because,
		Base: r.Change.Base, Head: r.Change.Head, Authors: r.Change.Authors(desk.Repo().User(ctx)), Recorded: app.Clock().UTC(), Repository: desk.Identity()}
	word.Changed = f.changed || changedSince(r, q)
	if err := f.evidenceOf(ctx, desk, r, q, &word); err != nil {
		return err
	}
	if err := notTheirOwn(desk, &word); err != nil {
		return err
	}
	envelope, digest, err := evidence.SignReview(ctx, word, key)
	if err != nil {
		return err
	}
	if _, err := app.writeWord(desk, evidence.ReviewsDir, id+"-"+strings.TrimPrefix(q.Digest, "sha256:")[:12], digest, envelope); err != nil {
		return err
	}
	app.sayAnswered(word)
	return app.sayWhetherTrusted(desk, by, key)
}

func (app *App) sayAnswered(word evidence.Review) {
	switch {
	case word.Note:
		fmt.Fprintln(app.Stdout, "kept as an author's note: somebody else has to close the question")
	case word.Changed:
		fmt.Fprintln(app.Stdout, "closed; the question changed the diff")
	default:
		fmt.Fprintln(app.Stdout, "closed")
	}
}

// oneWay wants one kind of evidence.
func (f answerFlags) oneWay() error {
	n := 0
	for _, s := range []string{f.test, f.check} {
		if s != "" {
			n++
		}
	}
	words := len(strings.Fields(f.because))
	if n == 0 && words > 0 {
		n = 1
		if words < 3 {
			return fault.New(fault.Usage, `write --because "what you say, and how you know"`, "a person's answer needs three words or more")
		}
	}
	if n != 1 {
		return fault.New(fault.Usage, `give one of --test PATH::NAME, --check ID, --because "…"`, "a question is closed by evidence, one kind of it")
	}
	return nil
}

func questionOf(r *assess.Reviewing, id string) (review.Question, error) {
	var asked []string
	for _, q := range r.Result.Everything {
		if q.Item.ID == id {
			return q, nil
		}
		asked = append(asked, q.Item.ID)
	}
	if len(asked) == 0 {
		return review.Question{}, fault.New(fault.NotFound, "nothing is left to do", "this change deserves no question")
	}
	return review.Question{}, fault.New(fault.NotFound, yamlfile.OneOf(id, asked), "%s is not asked of this change", id)
}

func placesOf(q review.Question) []string {
	var out []string
	for _, p := range q.Places {
		s := p.Path
		if at := firstOf(p.New, p.Old); at != "" {
			s += ":" + at
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// changedSince says whether the same question was answered about other lines in
// this change: then somebody changed them after they were asked.
func changedSince(r *assess.Reviewing, q review.Question) bool {
	return len(r.Answers.Before(q.Item.ID, q.Digest, r.Change, q.Places)) > 0
}

// evidenceOf holds what the answer rests on against the tree and the evidence.
func (f answerFlags) evidenceOf(ctx context.Context, desk *assess.Desk, r *assess.Reviewing, q review.Question, word *evidence.Review) error {
	switch {
	case f.test != "":
		word.How, word.Test = "test", f.test
		return testSpeaksFor(ctx, desk, q, f.test)
	case f.check != "":
		word.How, word.Check = "check", f.check
		if !slices.Contains(q.Item.Checks, f.check) {
			return fault.New(fault.Usage, firstOf(strings.Join(q.Item.Checks, ", "), "close it by a test or by your word"), "%s cannot be closed by %s", q.Item.ID, f.check)
		}
		var paths []string
		for _, p := range q.Places {
			paths = append(paths, p.Path)
		}
		return desk.CheckSpeaksFor(ctx, f.check, paths)
	}
	word.How = "person"
	if !q.Item.Closes("person") {
		return fault.New(fault.Usage, "close it by "+strings.Join(q.Item.Close, " or "), "%s is not closed by a person's word", q.Item.ID)
	}
	return nil
}

// testSpeaksFor wants the test to stand in the tree, to have to do with what
// changed as far as that can be told, and not to have failed.
func testSpeaksFor(ctx context.Context, desk *assess.Desk, q review.Question, name string) error {
	if !q.Item.Closes("test") {
		return fault.New(fault.Usage, "close it by "+strings.Join(q.Item.Close, " or "), "%s is not closed by a test", q.Item.ID)
	}
	path, test, ok := strings.Cut(name, "::")
	if !ok || path == "" || test == "" {
		return fault.New(fault.Usage, "write it as tests/test_login.py::test_stranger_is_refused", "%q names no test", name)
	}
	data, err := desk.Read(ctx, path)
	if err != nil {
		return fault.New(fault.NotFound, "name a file of the repository by its path from the root", "there is no file %s", path)
	}
	if err := review.TestCovers(path, string(data), test, q.Places); err != nil {
		return err
	}
	for _, message := range desk.FailedTests(ctx) {
		if strings.Contains(message, lastPart(test)) {
			return fault.New(fault.Usage, "mend it, run the tests, and answer again", "the results say that it failed: %s", message)
		}
	}
	return nil
}

// lastPart is the test's own name: TestA/b and Class::test name it at their end.
func lastPart(test string) string {
	for _, sep := range []string{"::", "/", "."} {
		if i := strings.LastIndex(test, sep); i >= 0 {
			test = test[i+len(sep):]
		}
	}
	return test
}

// notTheirOwn refuses an author's answer, or makes a note of it where the policy
// says so.
func notTheirOwn(desk *assess.Desk, word *evidence.Review) error {
	if !review.IsAuthor(desk.Product(), word.By, word.Authors) {
		return nil
	}
	if desk.Product().Review.Authors == "note" {
		word.Note = true
		return nil
	}
	return fault.New(fault.Usage, "have somebody else answer; with review: {authors: note} in product.yaml yours is kept as a note",
		"%s wrote the change, and nobody reviews their own", word.By)
}
