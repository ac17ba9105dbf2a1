// Package repo reads git repositories: the files under examination and the
// whole history, fast and without ever executing what it reads.
//
// It is the one place that runs the git program. A repository is hostile: its
// configuration can name programs, so nothing that would start one (hooks,
// filters, fsmonitor, gpg, external diffs, a fetch of missing objects) is
// reachable from here.
package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo/pack"
)

// Repo is an open repository. Its methods may be called from several goroutines.
type Repo struct {
	root   string   // of the work tree; "" where the repository is bare
	gitDir string   // the common git directory, absolute
	head   string   // commit of HEAD; "" before the first commit
	tips   []string // what git's walks of the history start from: "--all", or one commit
	idSize int      // bytes of an object's name

	introduced func() (*Introductions, error)
	refs       func() ([]Ref, error)
	store      func() (*pack.Store, error)
	walked     func() (*history, error)
}

// ErrNone is the cause where a folder stands in no repository.
var ErrNone = errors.New("no git repository")

// Open finds the repository in which dir stands. It returns a *fault.Error with
// code Usage where there is none.
func Open(ctx context.Context, dir string) (*Repo, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fault.New(fault.Usage, "name a folder inside a git repository", "opening %s: no such folder", dir)
	}
	out, err := run(ctx, dir, "rev-parse", "--path-format=absolute", "--git-common-dir", "--is-bare-repository", "--show-object-format")
	if err != nil {
		return nil, notARepository(dir, err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != 3 {
		return nil, fmt.Errorf("asking git about %s: unexpected answer %q", dir, out)
	}
	r := &Repo{gitDir: lines[0], tips: []string{"--all"}, idSize: 20}
	if lines[2] == "sha256" {
		r.idSize = 32
	}
	if lines[1] != "true" {
		if r.root, err = topLevel(ctx, dir); err != nil {
			return nil, err
		}
	}
	if out, err := run(ctx, dir, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"); err == nil {
		r.head = strings.TrimSpace(string(out))
	}
	r.remember(ctx)
	return r, nil
}

// remember makes what is read once and shared.
func (r *Repo) remember(ctx context.Context) {
	r.introduced = sync.OnceValues(func() (*Introductions, error) { return r.readIntroductions(ctx) })
	r.store = sync.OnceValues(r.openStore)
	r.walked = sync.OnceValues(func() (*history, error) { return r.readHistory(ctx) })
	r.refs = sync.OnceValues(func() ([]Ref, error) { return r.readRefs(ctx) })
}

func topLevel(ctx context.Context, dir string) (string, error) {
	out, err := run(ctx, dir, "rev-parse", "--path-format=absolute", "--is-inside-work-tree", "--show-toplevel")
	if err != nil {
		return "", fault.New(fault.Usage, "name the work tree's own folder", "opening %s: it stands inside a git directory, not a work tree", dir)
	}
	inside, top, _ := strings.Cut(string(out), "\n")
	if inside != "true" { // core.worktree leads elsewhere, and the verdict would be on that
		return "", fault.New(fault.Config, "see what `git config core.worktree` says there", "opening %s: its repository names another folder as its work tree", dir)
	}
	return strings.TrimSuffix(top, "\n"), nil
}

func notARepository(dir string, err error) error {
	if errors.Is(err, exec.ErrNotFound) {
		return fault.Wrap(fault.Usage, err, "install git; Plimsoll needs no other program", "looking for git")
	}
	if strings.Contains(err.Error(), "dubious ownership") {
		return fault.Wrap(fault.Usage, err, "run `git config --global --add safe.directory` with that folder, if you trust it", "opening %s", dir)
	}
	if strings.Contains(err.Error(), "not a git repository") {
		e := fault.New(fault.Usage, "go to a git repository, or run `git init` there and add the files", "%s is not in a git repository", dir)
		e.Err = ErrNone
		return e
	}
	return fault.Wrap(fault.Usage, err, "see whether `git status` works there", "opening %s", dir)
}

// Root is the work tree's folder, "" for a bare repository.
func (r *Repo) Root() string { return r.root }

// GitDir is the common git directory.
func (r *Repo) GitDir() string { return r.gitDir }

// Head is the commit of HEAD, "" before the first commit.
func (r *Repo) Head() string { return r.head }

// Dir is where git is run: the work tree, or the git directory of a bare repository.
func (r *Repo) Dir() string {
	if r.root != "" {
		return r.root
	}
	return r.gitDir
}

// Name is the last part of the repository's folder.
func (r *Repo) Name() string {
	name := filepath.Base(r.Dir())
	if r.root == "" {
		name = strings.TrimSuffix(name, ".git")
	}
	return name
}

// command is a git command that starts no other program: the options override
// whatever the repository's own configuration says.
func command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	safe := []string{
		"-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull, "-c", "core.pager=cat",
		"-c", "core.attributesFile=" + os.DevNull, "-c", "core.untrackedCache=false",
		"-c", "protocol.allow=never", "-c", "gc.auto=0", "-c", "log.showSignature=false",
		"-c", "core.quotePath=false", "-c", "submodule.recurse=false", "-c", "core.sshCommand=false",
		"-c", "credential.helper=", "-c", "core.askPass=true",
		"-c", "core.commitGraph=false", // a forged one hides commits
	}
	cmd := exec.CommandContext(ctx, "git", append(safe, args...)...)
	cmd.Dir = dir
	cmd.Env = append(keptEnvironment(), "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_ATTR_NOSYSTEM=1", "GIT_NO_REPLACE_OBJECTS=1", "GIT_GRAFT_FILE="+os.DevNull, "GIT_PAGER=cat", "LC_ALL=C")
	return cmd
}

// keptEnvironment leaves out every GIT_ variable: a hook that calls us sets
// some, and they would point git at another repository.
func keptEnvironment() []string {
	var kept []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "GIT_") && !strings.HasPrefix(kv, "LC_ALL=") {
			kept = append(kept, kv)
		}
	}
	return kept
}

// run returns what git prints; its error carries git's own words.
func run(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := command(ctx, dir, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &limitedBuffer{buf: &stderr, left: 64 << 10}
	out, err := cmd.Output()
	if err != nil {
		return out, gitError(args[0], err, stderr.String())
	}
	return out, nil
}

func (r *Repo) run(ctx context.Context, args ...string) ([]byte, error) {
	return run(ctx, r.Dir(), args...)
}

func gitError(verb string, err error, stderr string) error {
	said := strings.TrimSpace(stderr)
	if said == "" {
		return fmt.Errorf("git %s: %w", verb, err)
	}
	if first, _, more := strings.Cut(said, "\n"); more {
		said = first
	}
	return fmt.Errorf("git %s: %s: %w", verb, said, err)
}

// limitedBuffer keeps the first bytes written to it and drops the rest.
type limitedBuffer struct {
	buf  *bytes.Buffer
	left int
}

func (l *limitedBuffer) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.buf.Write(p[:n])
	l.left -= n
	return len(p), nil
}
