package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/guard"
	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/sealing"
)

type guardFlags struct {
	policyFlags
	unseal     []string
	unsealFile []string
	unsealKey  string
	direct     bool
}

func newGuard(app *App) *cobra.Command {
	var f guardFlags
	cmd := &cobra.Command{
		Use:   "guard [flags] -- COMMAND [ARG...]",
		Short: "Run a program only if it was found fit, and only then give it its secrets",
		Long: `Run a program only if it was found fit to ship, and only then give it its secrets.
The program is opened once, copied into memory that nobody can write to, verified
there as plimsoll verify does, and run from there, in the place of this process.
What is put at its path meanwhile does not matter.

With --unseal NAME=FILE a secret that plimsoll seal made is put into the
environment variable NAME. It is opened once the program was verified, and only
for the product and the versions that it was sealed for. With --unseal-file it is
put into memory that only the program holds, and NAME_FILE is the path by which
it is opened there.

It runs on Linux. plimsoll docs guard says what it promises and what it does not.

Exit status: that of the program; before it runs: 1 refused, with the reason in
brackets; 2 wrong usage; 4 something could not be read.`,
		Example: `  plimsoll guard -- ./app serve
  plimsoll guard --product app --unseal DATABASE=database.sealed --unseal-key /etc/app/unseal.key -- /usr/bin/app`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return app.guard(args, f) },
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.SetInterspersed(false) // what stands after the command is the command's
	flags.StringArrayVar(&f.unseal, "unseal", nil, "NAME=FILE: put a sealed secret into an environment variable; may be repeated")
	flags.StringArrayVar(&f.unsealFile, "unseal-file", nil, "NAME=FILE: put a sealed secret into memory that only the program holds, and its path into NAME_FILE; may be repeated")
	flags.StringVar(&f.unsealKey, "unseal-key", "", "the key to unseal with (default: plimsoll.key among systemd's credentials)")
	flags.BoolVar(&f.direct, "direct", false, "run the file itself and not a copy in memory: it takes no memory, and who may write to the file can still change it at that moment")
	return cmd
}

func (app *App) guard(args []string, f guardFlags) error {
	secrets, err := readUnseals("--unseal", f.unseal)
	if err != nil {
		return err
	}
	inFiles, err := readUnseals("--unseal-file", f.unsealFile)
	if err != nil {
		return err
	}
	for _, s := range inFiles {
		s.inFile = true
		secrets = append(secrets, s)
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		return fault.Wrap(fault.NotFound, err, "give the path of a program", "guarding %s", args[0])
	}
	policy, trust, err := f.policy(app)
	if err != nil {
		return err
	}
	b, err := app.openBundle(path, f.bundle, trust, policy)
	if err != nil {
		return err
	}
	program, err := guard.Hold(path, b, f.direct)
	if err != nil {
		return refusal(err)
	}
	defer program.Close()
	env, err := app.unsealed(program.Permit(), secrets, f.unsealKey)
	if err != nil {
		return err
	}
	return refusal(program.Run(args, env))
}

// unsealing is a secret on its way into the environment.
type unsealing struct {
	name, path string
	box        []byte
	inFile     bool // into memory, and its path into the environment
}

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// loader are the variables by which a program is made to load other code.
var loader = regexp.MustCompile(`^(LD_|DYLD_|GLIBC_TUNABLES$|GCONV_PATH$)`)

func readUnseals(option string, flags []string) ([]unsealing, error) {
	var all []unsealing
	for _, flag := range flags {
		name, path, ok := strings.Cut(flag, "=")
		if !ok || !variable.MatchString(name) || loader.MatchString(name) {
			return nil, fault.New(fault.Usage, "write "+option+" NAME=FILE", "%s %s: expected the name of an environment variable and a file", option, flag)
		}
		box, err := readNamed(path, verify.MaxBundle)
		if err != nil {
			return nil, err
		}
		all = append(all, unsealing{name: name, path: path, box: box})
	}
	return all, nil
}

// unsealed is the environment of the program, with its secrets.
func (app *App) unsealed(permit verify.Permit, secrets []unsealing, keyPath string) ([]string, error) {
	env := os.Environ()
	if len(secrets) == 0 {
		return env, nil
	}
	for _, v := range env {
		if name, _, _ := strings.Cut(v, "="); loader.MatchString(name) {
			return nil, fault.New(fault.Untrusted, "unset it", "unsealing: %s is set, by which the program could be made to load code that nobody verified", name)
		}
	}
	key, err := app.unsealKey(keyPath)
	if err != nil {
		return nil, err
	}
	for _, s := range secrets {
		variable, value, err := s.open(permit, key)
		if err != nil {
			return nil, err
		}
		env = replaceVariable(env, variable, value)
	}
	return env, nil
}

// open opens the secret, and says which variable leads to it.
func (s unsealing) open(permit verify.Permit, key *sealing.Key) (variable, value string, err error) {
	secret, err := permit.Unseal(s.box, key)
	if err != nil {
		return "", "", refusal(err)
	}
	// The name is bound to the secret, so that whoever may exchange the files
	// cannot have one printed as if it were another.
	if f, err := verify.ReadSealed(s.box); err != nil || f.Name != s.name {
		return "", "", fault.New(fault.Untrusted, "unseal it under its own name", "unsealing %s: the secret in %s is called %q", s.name, s.path, f.Name)
	}
	if s.inFile {
		value, err = guard.Secret(s.name, secret)
		return s.name + "_FILE", value, err
	}
	if strings.ContainsRune(string(secret), 0) {
		return "", "", fault.New(fault.NotThere, "use --unseal-file, or encode it before it is sealed", "unsealing %s: it holds a zero byte, which no environment variable can", s.name)
	}
	return s.name, string(secret), nil
}

func replaceVariable(env []string, name, value string) []string {
	out := make([]string, 0, len(env)+1)
	for _, v := range env {
		if !strings.HasPrefix(v, name+"=") {
			out = append(out, v)
		}
	}
	return append(out, name+"="+value)
}

// unsealKey reads the key, which nobody else may be able to read.
func (app *App) unsealKey(path string) (*sealing.Key, error) {
	credentials := app.Getenv("CREDENTIALS_DIRECTORY")
	if path == "" {
		if credentials == "" {
			return nil, fault.New(fault.Usage, "give --unseal-key FILE", "there is no key to unseal with")
		}
		path = filepath.Join(credentials, "plimsoll.key")
	}
	text, err := readNamed(path, 4096)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 && (credentials == "" || filepath.Dir(path) != filepath.Clean(credentials)) {
		return nil, fault.New(fault.Untrusted, "chmod 600 "+path, "reading the key %s: others than its owner may read it", path)
	}
	key, err := sealing.ParseKey(text)
	if err != nil {
		return nil, refusal(err)
	}
	return key, nil
}
