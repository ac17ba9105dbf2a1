package plimsoll

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the transcripts in README.md and docs/")

// transcript is a block of a page that shows a session: lines that begin with
// "$ " are run in a copy of examples/guestbook, and what follows is the output.
var transcript = regexp.MustCompile("(?s)```console\n(.*?)```")

// TestTranscripts runs every session that README.md and docs/ show and wants
// the very output that they print.
func TestTranscripts(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "plimsoll")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/plimsoll").CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	shown := 0
	for _, page := range append(pages, "README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		session := newSession(t, program)
		fresh := transcript.ReplaceAllFunc(text, func(block []byte) []byte {
			shown++
			return session.play(block)
		})
		if bytes.Equal(fresh, text) {
			continue
		}
		if *update {
			if err := os.WriteFile(page, fresh, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		t.Errorf("%s shows what the program does not say (go test . -run Transcripts -update rewrites it); it would show:\n%s", page, fresh)
	}
	if shown == 0 {
		t.Error("no page shows a session")
	}
}

// session is a shell in a fresh copy of the example.
type session struct {
	t   *testing.T
	dir string
	env []string
}

func newSession(t *testing.T, program string) *session {
	home := t.TempDir()
	s := &session{t: t, dir: filepath.Join(home, "guestbook")}
	s.env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home+"/.config", "PATH="+filepath.Dir(program)+":"+os.Getenv("PATH"),
		"COLUMNS=80", "NO_COLOR=1", "TERM=dumb", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.org", "GIT_AUTHOR_DATE=2026-05-01T12:00:00Z",
		"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.org", "GIT_COMMITTER_DATE=2026-05-01T12:00:00Z")
	if err := os.CopyFS(s.dir, os.DirFS("examples/guestbook")); err != nil {
		t.Fatal(err)
	}
	s.run("git init -q -b main && git config user.name Ada && git config user.email ada@example.org && git add -A && git commit -qm Guestbook")
	return s
}

// play runs the commands of a block and returns the block as it is now.
func (s *session) play(block []byte) []byte {
	var b bytes.Buffer
	b.WriteString("```console\n")
	for line := range strings.Lines(string(transcript.FindSubmatch(block)[1])) {
		if command, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "$ "); ok {
			b.WriteString(line)
			b.WriteString(s.run(command))
		}
	}
	b.WriteString("```")
	return b.Bytes()
}

var today = regexp.MustCompile(`as of \d{4}-\d{2}-\d{2}`)

// run returns what a command prints. Its exit status is the reader's matter. The
// day is the only thing in it that is another tomorrow.
func (s *session) run(command string) string {
	s.t.Helper()
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir, cmd.Env = s.dir, s.env
	out, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		s.t.Fatalf("%s: %v", command, err)
	}
	return today.ReplaceAllString(string(out), "as of 2026-11-23")
}
