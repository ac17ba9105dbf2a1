package cli

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// passphraseVariable names a file that holds the passphrase: for machines, and
// for systemd's credentials.
const passphraseVariable = "PLIMSOLL_PASSPHRASE_FILE"

// passphrase asks for the passphrase of something, without showing it.
func (app *App) passphrase(what string) (string, error) {
	if path := app.Getenv(passphraseVariable); path != "" {
		data, err := readNamed(path, 4096)
		if err != nil {
			return "", err
		}
		return strings.TrimRight(string(data), "\r\n"), nil
	}
	in, ok := app.Stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return "", fault.New(fault.Usage, "set "+passphraseVariable+" to a file that holds it, or run it at a terminal", "there is nobody to ask for the passphrase of %s", what)
	}
	fmt.Fprintf(app.Stderr, "passphrase of %s: ", what)
	text, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(app.Stderr)
	if err != nil {
		return "", fault.Wrap(fault.Usage, err, "set "+passphraseVariable, "reading the passphrase of %s", what)
	}
	return string(text), nil
}

// newPassphrase asks twice.
func (app *App) newPassphrase(what string) (string, error) {
	first, err := app.passphrase(what)
	if err != nil {
		return "", err
	}
	if app.Getenv(passphraseVariable) == "" {
		again, err := app.passphrase(what + ", once more")
		if err != nil {
			return "", err
		}
		if first != again {
			return "", fault.New(fault.Usage, "try again", "the two passphrases differ")
		}
	}
	if len([]rune(first)) < 12 {
		return "", fault.New(fault.Usage, "use five or six random words", "the passphrase has %d characters, expected 12 at least", len([]rune(first)))
	}
	return first, nil
}
