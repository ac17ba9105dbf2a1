package repo_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
)

func open(t testing.TB, dir string) *repo.Repo {
	t.Helper()
	r, err := repo.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func snapshot(t testing.TB, r *repo.Repo, state string) repo.Snapshot {
	t.Helper()
	s, problems, err := r.Snapshot(t.Context(), state)
	if err != nil || len(problems) > 0 {
		t.Fatalf("snapshot: %v %v", err, problems)
	}
	return s
}

func paths(s repo.Snapshot) []string {
	var all []string
	for _, f := range s.Files() {
		all = append(all, f.Path)
	}
	return all
}

func TestOpenRefuses(t *testing.T) {
	for name, dir := range map[string]string{
		"no folder":     filepath.Join(t.TempDir(), "absent"),
		"no repository": t.TempDir(),
	} {
		_, err := repo.Open(t.Context(), dir)
		if fault.CodeOf(err) != fault.Usage || fault.All(err)[0].Hint == "" {
			t.Errorf("%s: got %v, expected a usage fault with a hint", name, err)
		}
	}
}

func TestSnapshotListsTrackedAndNew(t *testing.T) {
	g := repotest.New(t)
	g.Commit("one", map[string]string{"a.txt": "a", "gone.txt": "g", ".gitignore": "ignored/\n"})
	g.Write(map[string]string{"new é.txt": "n", "ignored/x": "x"})
	os.Remove(filepath.Join(g.Dir, "gone.txt"))
	if err := os.Symlink("/etc/passwd", filepath.Join(g.Dir, "link")); err != nil {
		t.Fatal(err)
	}
	s := snapshot(t, open(t, g.Dir), "")
	if diff := cmp.Diff([]string{".gitignore", "a.txt", "link", "new é.txt"}, paths(s)); diff != "" {
		t.Error(diff)
	}
	for _, f := range s.Files() {
		if f.Path == "link" {
			if f.Mode != repo.Symlink {
				t.Errorf("link: mode %v", f.Mode)
			}
			if _, err := s.Open(t.Context(), f); err == nil {
				t.Error("a symbolic link was followed")
			}
		}
	}
}

func TestDigestsFollowContent(t *testing.T) {
	g := repotest.New(t)
	g.Commit("one", map[string]string{"a.txt": "first", "b.txt": "same"})
	state := t.TempDir()
	r := open(t, g.Dir)
	before := snapshot(t, r, state).Files()
	g.Write(map[string]string{"a.txt": "other"}) // same size, same second
	after := snapshot(t, r, state).Files()
	if before[0].Digest == after[0].Digest {
		t.Error("a change of the same length within the same second went unseen")
	}
	if before[1].Digest != after[1].Digest {
		t.Error("an untouched file got another digest")
	}
	if err := os.WriteFile(filepath.Join(state, "digests"), []byte("plimsoll digests 1\nnonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(after, snapshot(t, r, state).Files()); diff != "" {
		t.Errorf("with a broken memory: %s", diff)
	}
}

// TestChangedWhileExamined: what is read must be what the digest is of.
func TestChangedWhileExamined(t *testing.T) {
	g := repotest.New(t)
	g.Commit("one", map[string]string{"a.txt": "first", "b.txt": "same"})
	s := snapshot(t, open(t, g.Dir), "")
	g.Write(map[string]string{"a.txt": "other"})
	_, err := repo.ReadFile(t.Context(), s, s.Files()[0], 100)
	if fault.CodeOf(err) != fault.Incomplete || !strings.Contains(err.Error(), "changed while") {
		t.Errorf("a changed file was read: %v", err)
	}
	if _, err := repo.ReadFile(t.Context(), s, s.Files()[1], 100); err != nil {
		t.Error(err)
	}
}

func TestHostileConfigurationIsNotRun(t *testing.T) {
	g := repotest.New(t)
	mark := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "evil.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch "+mark+"\ncat\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	g.Commit("one", map[string]string{"a.txt": "a", ".gitattributes": "* filter=evil diff=evil\n"})
	for key, value := range map[string]string{
		"core.fsmonitor": script, "filter.evil.clean": script, "filter.evil.smudge": script, "filter.evil.process": script,
		"diff.evil.textconv": script, "diff.external": script, "gpg.program": script, "core.pager": script,
		"core.sshCommand": script, "log.showSignature": "true", "credential.helper": "!" + script, "core.askPass": script,
	} {
		g.Git("config", key, value)
	}
	os.Remove(mark) // git config and add may have run it; we must not
	g.Write(map[string]string{"a.txt": "changed"})
	os.Remove(mark)
	r := open(t, g.Dir)
	snapshot(t, r, "")
	if _, err := r.Introductions(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.EachBlob(t.Context(), nil, func(string, int64, io.Reader) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if dirty, err := r.Dirty(t.Context()); err != nil || !dirty {
		t.Errorf("dirty: %v, %v", dirty, err)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program named by the repository's configuration was run")
	}
}

func TestDirty(t *testing.T) {
	g := repotest.New(t)
	g.Commit("one", map[string]string{"a.txt": "a"})
	want := func(want bool, when string) {
		t.Helper()
		if got, err := open(t, g.Dir).Dirty(t.Context()); err != nil || got != want {
			t.Errorf("%s: got %v, %v", when, got, err)
		}
	}
	want(false, "after the commit")
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(g.Dir, "a.txt"), later, later); err != nil {
		t.Fatal(err)
	}
	want(false, "with a file written again as it was")
	g.Write(map[string]string{"a.txt": "b"})
	want(true, "after a change")
	g.Git("add", "-A")
	want(true, "with the change staged")
}

func TestIntroductionsNameTheOldestCommit(t *testing.T) {
	g := repotest.New(t)
	first := g.Commit("one", map[string]string{"dir/a \"q\".txt": "hello\n"})
	g.Commit("two", map[string]string{"copy.txt": "hello\n", "b.txt": "b\n"})
	g.Git("rm", "-q", "b.txt")
	g.Commit("three", nil)
	r := open(t, g.Dir)
	in, err := r.Introductions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	blob := g.Git("rev-parse", "HEAD:copy.txt")
	commit, path, ok := in.Of(blob)
	if !ok || commit != first || path != "dir/a \"q\".txt" {
		t.Errorf("got %q at %q (%v), expected the first commit", commit, path, ok)
	}
	var contents []string
	missing, err := r.EachBlob(t.Context(), nil, func(_ string, _ int64, content io.Reader) error {
		data, err := io.ReadAll(content)
		contents = append(contents, string(data))
		return err
	})
	slices.Sort(contents)
	if err != nil || len(missing) > 0 {
		t.Fatal(err, missing)
	}
	if diff := cmp.Diff([]string{"b\n", "hello\n"}, contents); diff != "" {
		t.Error(diff)
	}
}

// TestEvilMerge: a file that only the merge commit itself brought in.
func TestEvilMerge(t *testing.T) {
	g := repotest.New(t)
	g.Commit("base", map[string]string{"a": "a\n"})
	g.Git("checkout", "-q", "-b", "side")
	g.Commit("side", map[string]string{"s": "s\n"})
	g.Git("checkout", "-q", "main")
	g.Commit("main", map[string]string{"m": "m\n"})
	g.Git("merge", "-q", "--no-commit", "side")
	g.Commit("merge", map[string]string{"evil": "only here\n"})
	r := open(t, g.Dir)
	in, err := r.Introductions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, path, ok := in.Of(g.Git("rev-parse", "HEAD:evil")); !ok || path != "evil" {
		t.Errorf("the merge's own file is not in the history: %q %v", path, ok)
	}
}

func TestMissingBlobsAreCounted(t *testing.T) {
	g := repotest.New(t)
	g.Commit("one", map[string]string{"a": "aaa\n", "b": "bbb\n"})
	gone := g.Git("rev-parse", "HEAD:a")
	if err := os.Remove(filepath.Join(g.Dir, ".git", "objects", gone[:2], gone[2:])); err != nil {
		t.Fatal(err)
	}
	seen := 0
	missing, err := open(t, g.Dir).EachBlob(t.Context(), nil, func(string, int64, io.Reader) error { seen++; return nil })
	if err != nil || seen != 1 || !slices.Equal(missing, []string{gone}) {
		t.Errorf("got %d blobs, missing %v, %v", seen, missing, err)
	}
}

func TestBareRepositoryIsItsHead(t *testing.T) {
	g := repotest.New(t)
	g.Commit("one", map[string]string{"dir/a.txt": "hello"})
	bare := filepath.Join(t.TempDir(), "x.git")
	g.Git("clone", "-q", "--bare", g.Dir, bare)
	r := open(t, bare)
	s := snapshot(t, r, "")
	if diff := cmp.Diff([]string{"dir/a.txt"}, paths(s)); diff != "" {
		t.Error(diff)
	}
	data, err := repo.ReadFile(t.Context(), s, s.Files()[0], 10)
	if err != nil || string(data) != "hello" {
		t.Errorf("got %q, %v", data, err)
	}
	if _, err := repo.ReadFile(t.Context(), s, s.Files()[0], 4); fault.CodeOf(err) != fault.Incomplete {
		t.Errorf("over the limit: got %v", err)
	}
}

func TestEachCommitGivesExactBytes(t *testing.T) {
	g := repotest.New(t)
	g.Commit("one", map[string]string{"a": "a"})
	want := g.Commit("two\n\nbody", map[string]string{"a": "b"})
	var got []string
	err := open(t, g.Dir).EachCommit(t.Context(), func(oid string, raw []byte) error {
		got = append(got, oid)
		if oid == want && string(raw) != g.Git("cat-file", "commit", oid)+"\n" {
			t.Errorf("bytes of %s differ:\n%s", oid, raw)
		}
		return nil
	})
	if err != nil || len(got) != 2 || got[0] != want {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestWindowsCoverEveryByte(t *testing.T) {
	for _, size := range []int{0, 1, 511, 512, 513, repo.WindowSize - 1, repo.WindowSize, repo.WindowSize + 1, 3*repo.WindowSize + 17} {
		data := bytes.Repeat([]byte("line of text\n"), size/13+1)[:size]
		for _, hint := range []int64{-1, 0, int64(size), int64(size) / 2} {
			var got []byte
			lines := 1
			err := repo.Windows(bytes.NewReader(data), hint, func(w repo.Window) error {
				if int(w.Offset)+w.Fresh != len(got) {
					t.Fatalf("size %d hint %d: window at %d does not join %d", size, hint, w.Offset, len(got))
				}
				if want := 1 + bytes.Count(data[:w.Offset], []byte("\n")); w.Line != want {
					t.Fatalf("size %d: line %d at %d, expected %d", size, w.Line, w.Offset, want)
				}
				got = append(got, w.Data[w.Fresh:]...)
				lines = w.Line
				return nil
			})
			if err != nil || !bytes.Equal(got, data) || lines < 1 {
				t.Errorf("size %d, hint %d: got %d bytes, %v", size, hint, len(got), err)
			}
		}
	}
}

func TestCancelStopsTheStream(t *testing.T) {
	g := repotest.New(t)
	g.Commit("one", map[string]string{"a": strings.Repeat("x", 1<<20)})
	ctx, cancel := context.WithCancel(t.Context())
	r := open(t, g.Dir)
	_, err := r.EachBlob(ctx, nil, func(string, int64, io.Reader) error {
		cancel()
		return ctx.Err()
	})
	if err == nil {
		t.Error("a cancelled walk returned no error")
	}
}
