package history_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/build/history"
	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// scene is a repository, and the state that earlier runs left.
type scene struct {
	*repotest.Repo
	t     *testing.T
	state string
}

// subject examines the commit, as a bare repository would be, so that names
// which no file system takes can be tested anywhere.
func (s scene) subject() *check.Subject {
	s.t.Helper()
	bare := filepath.Join(s.t.TempDir(), "bare.git")
	s.Git("clone", "-q", "--mirror", s.Dir, bare)
	r, err := repo.Open(s.t.Context(), bare)
	if err != nil {
		s.t.Fatal(err)
	}
	snapshot, _, err := r.Snapshot(s.t.Context(), s.state)
	if err != nil {
		s.t.Fatal(err)
	}
	return &check.Subject{Repo: r, Snapshot: snapshot, AsOf: checktest.Now, StateDir: s.state}
}

func (s scene) run() checktest.Result {
	s.t.Helper()
	return checktest.RunSubject(s.t, history.New(), s.subject())
}

// build makes the repository that an example describes; the header of
// knowledge/rules/build.history.yaml says how.
func build(t *testing.T, ex knowledge.Example) scene {
	t.Helper()
	s := scene{repotest.New(t), t, t.TempDir()}
	files := map[string]string{}
	maps.Copy(files, ex.Files)
	if ex.Path != "" {
		files[ex.Path] = ex.Text
	}
	steps := strings.Split(strings.TrimSpace(files["HISTORY"]), "\n")
	delete(files, "HISTORY")
	for path, content := range files {
		s.add("100644", path, content)
	}
	var later []string
	for _, step := range steps {
		switch verb, rest, _ := strings.Cut(step, " "); verb {
		case "link":
			path, target, _ := strings.Cut(rest, " ")
			s.add("120000", path, target)
		case "submodule":
			s.Git("-c", "core.protectNTFS=false", "update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("1", 40)+","+rest)
		default:
			later = append(later, step)
		}
	}
	s.Git("commit", "-q", "--allow-empty", "-m", "first")
	for _, step := range later {
		s.step(step)
	}
	return s
}

// add puts a file into the index alone: not every name can be put on a disk.
func (s scene) add(mode, path, content string) {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "content")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	oid := s.Git("hash-object", "-w", "--no-filters", file)
	s.Git("-c", "core.protectNTFS=false", "-c", "core.protectHFS=false", "update-index", "--add", "--cacheinfo", mode+","+oid+","+path)
}

func (s scene) step(step string) {
	s.t.Helper()
	verb, rest, _ := strings.Cut(step, " ")
	switch verb {
	case "":
	case "commit":
		name, email, _ := strings.Cut(strings.TrimSuffix(rest, ">"), " <")
		s.raw(fmt.Sprintf("author %s <%s> 1767355200 +0000\ncommitter %s <%s> 1767355200 +0000\n\nnext\n", name, email, name, email))
	case "signature":
		s.raw("author Ada <ada@example.org> 1767355200 +0000\ncommitter Ada <ada@example.org> 1767355200 +0000\ngpgsig " + signatureText(rest) + "\n\nnext\n")
	case "tag":
		s.Git("tag", rest)
	case "annotated":
		name, inside, _ := strings.Cut(rest, " ")
		s.Git("tag", "-f", "-a", "-m", "release", inside)
		s.Git("update-ref", "refs/tags/"+name, s.Git("rev-parse", "refs/tags/"+inside))
	case "drop":
		s.Git("update-ref", "refs/heads/main", "HEAD^")
	case "seen":
		s.remember(fmt.Sprintf(`{"version":1,"tags":{%q:%q}}`, rest, strings.Repeat("1", 40)))
	default:
		s.t.Fatalf("an example has the unknown step %q", step)
	}
}

func signatureText(kind string) string {
	switch kind {
	case "X509":
		return "-----BEGIN SIGNED MESSAGE-----\n MIIB\n -----END SIGNED MESSAGE-----"
	case "SSH":
		return "-----BEGIN SSH SIGNATURE-----\n U1NIU0lH\n -----END SSH SIGNATURE-----"
	}
	return kind
}

// raw adds a commit with exactly these headers after tree and parent.
func (s scene) raw(tail string) {
	s.t.Helper()
	head := "tree " + s.Git("rev-parse", "HEAD^{tree}") + "\nparent " + s.Git("rev-parse", "HEAD") + "\n"
	file := filepath.Join(s.t.TempDir(), "commit")
	if err := os.WriteFile(file, []byte(head+tail), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.Git("update-ref", "refs/heads/main", s.Git("hash-object", "-t", "commit", "--literally", "-w", file))
}

func (s scene) remember(record string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.state, "tags-seen.json"), []byte(record), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func has(r checktest.Result, rule string) bool {
	for _, f := range r.Findings {
		if f.Rule == rule {
			return true
		}
	}
	return false
}

// Every example of every rule is built and examined.
func TestExamples(t *testing.T) {
	rules, err := knowledge.Rules(history.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range rules {
		t.Run(rule.ID, func(t *testing.T) {
			t.Parallel()
			for i, ex := range rule.Examples.Match {
				if r := build(t, ex).run(); !has(r, rule.ID) {
					t.Errorf("match %d is not found: %v %v", i+1, r.Rules(), r.Problems)
				}
			}
			for i, ex := range rule.Examples.NoMatch {
				if r := build(t, ex).run(); has(r, rule.ID) {
					t.Errorf("no_match %d is found: %v", i+1, r.Findings)
				}
			}
		})
	}
}

// A check passes by what it looked at: every rule must stand in an observation
// of an ordinary repository.
func TestEveryRuleIsObserved(t *testing.T) {
	s := build(t, knowledge.Example{Path: "main.go", Text: "package main\n", Files: map[string]string{
		".plimsoll/access.yaml": "people: [{name: Ada, emails: [ada@example.org]}]\nrules: {authors_must_be_listed: true}\n"}})
	s.Git("tag", "-a", "-m", "release", "v1.0.0")
	first := s.run()
	if len(first.Findings)+len(first.Problems) > 0 {
		t.Errorf("a clean repository has %v %v", first.Findings, first.Problems)
	}
	seen := map[string]bool{}
	for _, o := range s.run().Observations { // the second run can compare tags
		for _, rule := range o.Rules {
			seen[rule] = seen[rule] || o.Count > 0
		}
	}
	rules, err := knowledge.Rules(history.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range rules {
		if !seen[rule.ID] {
			t.Errorf("nothing says that %s was looked for", rule.ID)
		}
	}
}

// Without a policy one finding at most speaks of signatures, and none of people.
func TestNoShameList(t *testing.T) {
	s := build(t, knowledge.Example{Path: "HISTORY", Text: "commit Ada <a@example.org>\ncommit Bob <b@example.org>\ncommit Eve <e@example.org>\n"})
	r := s.run()
	if len(r.Findings) != 1 || r.Findings[0].Severity != event.Low || strings.Contains(r.Findings[0].Message, "Eve") {
		t.Errorf("got %+v", r.Findings)
	}
	if r.Findings[0].Places != 4 || len(r.Findings[0].Commit) != 40 {
		t.Errorf("got %+v", r.Findings[0])
	}
}

// A tag that moves is told at every run until somebody decides on it; one that
// stays or is new is not.
func TestMovedTag(t *testing.T) {
	s := build(t, knowledge.Example{Path: "HISTORY", Text: "tag v1.0.0\ntag v1\n"})
	if r := s.run(); has(r, "history.moved-tag") {
		t.Fatal("the first run tells of a moved tag")
	}
	digest := s.run().Record.InputMap()["tags seen before"]
	s.Git("tag", "v2.0.0")
	if after := s.run().Record.InputMap()["tags seen before"]; digest == "" || after != digest {
		t.Error("a new tag changes the digest of the tags seen")
	}
	s.step("commit Ada <ada@example.org>")
	s.Git("tag", "-f", "v1.0.0")
	s.Git("tag", "-f", "v1")
	for range 2 {
		r := s.run()
		moved := 0
		for _, f := range r.Findings {
			if f.Rule == "history.moved-tag" {
				moved++
			}
		}
		if moved != 1 {
			t.Errorf("%d moved tags are told of, want 1", moved)
		}
	}
}

func TestBrokenRecord(t *testing.T) {
	for _, record := range []string{"", "{", `{"version":2,"tags":{}}`, `{"version":1}`, "\x00\x01", `[]`} {
		s := build(t, knowledge.Example{Path: "HISTORY", Text: "tag v1.0.0\n"})
		s.remember(record)
		if r := s.run(); has(r, "history.moved-tag") {
			t.Errorf("%q: %v", record, r.Findings)
		}
		if r := s.run(); len(r.Problems) > 0 {
			t.Errorf("%q: the record is not begun anew: %v", record, r.Problems)
		}
	}
}

// A rule that begins on a day cannot be got round by dating a commit back.
func TestBackdatedCommit(t *testing.T) {
	s := build(t, knowledge.Example{Path: "HISTORY", Text: "commit Ada <ada@example.org>\n", Files: map[string]string{
		".plimsoll/access.yaml": "people: [{name: Ada, emails: [ada@example.org]}]\nrules: {authors_must_be_listed: true, authors_since: 2026-01-01}\n"}})
	s.raw("author Eve <eve@example.net> 1000000000 +0000\ncommitter Eve <eve@example.net> 1000000000 +0000\n\nold?\n")
	if !has(s.run(), "history.unknown-author") {
		t.Error("a commit that is dated back is not held to the policy")
	}
}

func TestSinceCommit(t *testing.T) {
	s := build(t, knowledge.Example{Path: "HISTORY", Text: "commit Eve <eve@example.net>\n"})
	old := s.Git("rev-parse", "--short=12", "HEAD")
	s.add("100644", ".plimsoll/access.yaml", "people: [{name: Ada, emails: [ada@example.org]}]\nrules: {authors_must_be_listed: true, authors_since: \""+old+"\"}\n")
	s.Git("commit", "-q", "-m", "policy")
	if r := s.run(); has(r, "history.unknown-author") {
		t.Errorf("what is older than the rule is told of: %v", r.Findings)
	}
	s.step("commit Eve <eve@example.net>")
	if !has(s.run(), "history.unknown-author") {
		t.Error("what is newer than the rule is not told of")
	}
}

// A policy that cannot be read stops the check: what it asks is not known.
func TestBrokenPolicy(t *testing.T) {
	s := build(t, knowledge.Example{Path: ".plimsoll/access.yaml", Text: "rules: {signed: perhaps}\n"})
	runner := &check.Runner{
		Subject: s.subject(), NoMemo: true, Clock: func() time.Time { return checktest.Now },
		Store: evidence.OpenStore(t.TempDir(), evidence.OpenKeys(t.TempDir())),
	}
	err := runner.Run(t.Context(), []*check.Check{history.New()})[0].Err
	if err == nil || fault.CodeOf(err) != fault.Config || !strings.Contains(err.Error(), "access.yaml:1:17") {
		t.Errorf("got %v", err)
	}
}

// A repository without commits is an ordinary one.
func TestNothingThere(t *testing.T) {
	empty := repotest.New(t)
	r, err := repo.Open(t.Context(), empty.Dir)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, _, err := r.Snapshot(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	got := checktest.RunSubject(t, history.New(), &check.Subject{Repo: r, Snapshot: snapshot, AsOf: checktest.Now, StateDir: t.TempDir()})
	if len(got.Findings)+len(got.Problems) > 0 {
		t.Errorf("an empty repository has %v %v", got.Findings, got.Problems)
	}
}

// The same thing at another path and line is the same finding.
func TestFingerprintSurvivesMoves(t *testing.T) {
	line := "if (level != \"user\u202E \u2066// only admins\u2069 \u2066\") {\n"
	hits := func(path, text string) event.Finding {
		for _, f := range build(t, knowledge.Example{Path: path, Text: text}).run().Findings {
			if f.Rule == "source.bidi-control" {
				return f
			}
		}
		t.Fatalf("nothing is found in %s", path)
		return event.Finding{}
	}
	before, after := hits("a.js", line), hits("b/c.js", "\n\n\t"+line)
	if before.Fingerprint != after.Fingerprint || after.Line != 3 {
		t.Errorf("got %+v and %+v", before, after)
	}
	if !strings.Contains(before.Source, "<U+202E>") {
		t.Errorf("the source is shown as %q", before.Source)
	}
}

func runDir(t *testing.T, dir string) checktest.Result {
	t.Helper()
	return checktest.RunRepo(t, history.New(), dir)
}
