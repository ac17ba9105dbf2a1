package history_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// signWith makes an SSH key and has git sign with it. It returns the public line.
func (s scene) signWith() string {
	s.t.Helper()
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		if os.Getenv("CI") != "" {
			s.t.Fatal("ssh-keygen is needed and not installed")
		}
		s.t.Skip("ssh-keygen is not installed")
	}
	key := filepath.Join(s.t.TempDir(), "key")
	if out, err := exec.Command(keygen, "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key).CombinedOutput(); err != nil {
		s.t.Fatalf("ssh-keygen: %v %s", err, out)
	}
	s.Git("config", "gpg.format", "ssh")
	s.Git("config", "user.signingkey", key+".pub")
	public, err := os.ReadFile(key + ".pub")
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.TrimSpace(string(public))
}

// One history under a policy that requires signatures: who signed with a listed
// key passes, and everybody else is told of for what they did.
func TestRequiredSignatures(t *testing.T) {
	s := build(t, knowledge.Example{Path: "HISTORY", Text: "commit Old <old@example.org>\n"})
	old := s.Git("rev-parse", "HEAD")
	ada := s.signWith()
	s.add("100644", "keys/ada.pub", ada+"\n")
	s.add("100644", ".plimsoll/access.yaml", `
people:
  - {name: Ada, emails: [ada@example.org], keys: [keys/ada.pub]}
  - {name: Bob, emails: [bob@example.org]}
rules: {signed: required, signed_since: "`+old+`", authors_must_be_listed: true, authors_since: "`+old+`"}
`)
	s.Git("commit", "-q", "-S", "-m", "by Ada")
	if r := s.run(); len(r.Findings) > 0 {
		t.Fatalf("a history that keeps the policy has %v", r.Findings)
	}
	s.Git("-c", "user.name=Bob", "commit", "-q", "--allow-empty", "-m", "not signed")
	s.Git("commit", "-q", "--allow-empty", "-S", "--author=Eve <eve@example.net>", "-m", "by Eve, signed by Ada")
	s.signWith()
	s.Git("commit", "-q", "--allow-empty", "-S", "-m", "by Ada, with a key that is not hers")
	got := map[string]int{}
	for _, f := range s.run().Findings {
		got[f.Rule+" "+string(f.Severity)] += f.Places
	}
	want := map[string]int{"history.unsigned-commits medium": 1, "history.unknown-key medium": 1, "history.unknown-author medium": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A colleague's key proves that the colleague signed, not the committer.
func TestSignedForAnother(t *testing.T) {
	s := build(t, knowledge.Example{Path: "HISTORY", Text: "commit Old <old@example.org>\n"})
	key := s.signWith()
	s.add("100644", ".plimsoll/access.yaml", "people:\n  - {name: Ada, emails: [ada@example.org]}\n  - {name: Bob, emails: [bob@example.org], keys: ["+key+"]}\n")
	s.Git("commit", "-q", "-S", "-m", "by Ada, with Bob's key")
	r := s.run()
	if !has(r, "history.bad-signature") || !strings.Contains(r.Findings[0].Message, "key of Bob") {
		t.Errorf("got %+v", r.Findings)
	}
}

// What a commit in a pull request from anybody holds is not the team's.
func TestPullRequestsAreNotOurs(t *testing.T) {
	s := build(t, knowledge.Example{Path: "HISTORY", Text: "commit Eve <eve@example.net>\n", Files: map[string]string{
		".plimsoll/access.yaml": "people: [{name: Ada, emails: [ada@example.org]}]\nrules: {authors_must_be_listed: true}\n"}})
	s.Git("update-ref", "refs/pull/7/head", "HEAD")
	s.step("drop")
	if r := s.run(); has(r, "history.unknown-author") {
		t.Errorf("got %+v", r.Findings)
	}
}

// Links are read in a work tree too, without following them.
func TestLinksInWorkTree(t *testing.T) {
	s := build(t, knowledge.Example{Path: "a.txt", Text: "a"})
	s.Write(map[string]string{"a.txt": "a"})
	for name, target := range map[string]string{"good": "a.txt", "bad": "/etc/passwd"} {
		if err := os.Symlink(target, filepath.Join(s.Dir, name)); err != nil {
			t.Skip("no symbolic links here")
		}
	}
	s.Git("add", "-A")
	var paths []string
	for _, f := range runDir(t, s.Dir).Findings {
		if f.Rule == "history.escaping-symlink" {
			paths = append(paths, f.Path)
		}
	}
	if diff := cmp.Diff([]string{"bad"}, paths); diff != "" {
		t.Error(diff)
	}
}
