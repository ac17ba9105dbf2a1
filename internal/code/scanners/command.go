package scanners

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// defaultTimeout is how long a scanner may take unless product.yaml says otherwise.
const defaultTimeout = 10 * time.Minute

// command is how one scanner is run.
type command struct {
	path    string // of the program
	args    []string
	writes  string // the file that it writes into {folder}; "" where it writes {output} or prints
	found   []int
	network bool
	timeout time.Duration
	// what it says of code that it could not read
	unread    []string
	complains *regexp.Regexp // nil where nothing is known of that
	taciturn  bool
	env       []string // names
}

// commandOf is the command of a scanner in the folder dir. It returns an error
// where its program is not on this machine.
func commandOf(s product.Scanner, dir string) (command, error) {
	c := command{timeout: defaultTimeout, env: s.Env}
	if d, err := time.ParseDuration(s.Timeout); err == nil && d > 0 {
		c.timeout = d
	}
	program := ""
	if len(s.Command) > 0 {
		program, c.args = s.Command[0], slices.Concat(s.Command[1:], s.Args)
		c.found = []int{1} // by convention
	} else {
		k, err := known(s.Tool)
		if err != nil {
			return c, err
		}
		program, c.args, c.found, c.writes, c.network = k.Executable, slices.Concat(k.Run, s.Args), k.Found, k.Writes, k.Network
		c.unread, c.taciturn = k.Unread, k.Taciturn
		if k.Complains != "" {
			c.complains = regexp.MustCompile(k.Complains) // a test compiles each
		}
	}
	path, err := find(program, dir)
	c.path = path
	return c, err
}

func known(tool string) (knowledge.Scanner, error) {
	all, err := knowledge.Scanners()
	if err != nil {
		return knowledge.Scanner{}, err
	}
	i := slices.IndexFunc(all, func(k knowledge.Scanner) bool { return k.ID == tool })
	if i < 0 {
		return knowledge.Scanner{}, fmt.Errorf("the scanner %q is not known", tool)
	}
	return all[i], nil
}

// find is where a program is: on PATH, or at a path from dir on where it has
// slashes in its name.
func find(program, dir string) (string, error) {
	if strings.ContainsAny(program, `/\`) && !filepath.IsAbs(program) {
		program = filepath.Join(dir, program)
	}
	return exec.LookPath(program)
}

// stampOf says which program a path is, without reading all of it.
func stampOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return path
	}
	return fmt.Sprintf("%s %d %d", path, info.Size(), info.ModTime().UnixNano())
}

// passed are the variables that every scanner is given: what a program needs to
// find its files and the network, and nothing that could be a secret.
var passed = []string{
	"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "TMP", "TEMP", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
	"SystemRoot", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "ProgramData", "PATHEXT", "ComSpec",
	"GOROOT", "GOPATH", "GOMODCACHE", "GOCACHE", "GOFLAGS", "GOPROXY", "GONOSUMDB", "GOSUMDB", "GOTOOLCHAIN", "GOPRIVATE", "CGO_ENABLED",
	"JAVA_HOME", "NODE_PATH", "NVM_DIR", "GEM_HOME", "GEM_PATH", "RUSTUP_HOME", "CARGO_HOME", "PYENV_ROOT", "VIRTUAL_ENV",
	"SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
}

func (c *command) environment() []string {
	env := []string{"NO_COLOR=1", "CI=1"}
	for _, name := range slices.Concat(passed, c.env) {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}
