package cli

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// trustVariable names the trust file for every command that verifies.
const trustVariable = "PLIMSOLL_TRUST"

// trust reads the organisation's trust file: the one that was named, else
// PLIMSOLL_TRUST, else trust.json in the user's configuration folder. One beside
// an artefact or in a repository is never taken: whoever brings the artefact
// could bring it along.
func (app *App) trust(named string) (*verify.Trust, error) {
	path, err := app.trustPath(named)
	if err != nil {
		return nil, err
	}
	data, err := readNamed(path, verify.MaxBundle)
	if err != nil {
		return nil, err
	}
	t, err := verify.ReadTrust(data, envelope.Algorithms())
	if err != nil {
		return nil, refusal(err)
	}
	return t, nil
}

func (app *App) trustPath(named string) (string, error) {
	if named == "" {
		named = app.Getenv(trustVariable)
	}
	if named != "" {
		return named, nil
	}
	if dir, err := os.UserConfigDir(); err == nil {
		path := filepath.Join(dir, "plimsoll", "trust.json")
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fault.New(fault.Usage, "give --trust FILE, the file that the organisation hands out; or put it at plimsoll/trust.json in your configuration folder",
		"there is no trust file: nobody is known whose word could be verified")
}

// refusal makes a fault of what package verify refused.
func refusal(err error) error {
	r, ok := errors.AsType[*verify.Refusal](err)
	if !ok {
		return err
	}
	code := fault.Untrusted
	if r.Reason == verify.Unreadable {
		code = fault.Incomplete
	}
	return &fault.Error{Code: code, Message: r.Message + " [" + string(r.Reason) + "]", Hint: r.Hint, Err: r.Err}
}

// readNamed reads a regular file that a person named.
func readNamed(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fault.Wrap(fault.NotFound, err, "check the path", "reading %s", path)
	case !info.Mode().IsRegular():
		return nil, fault.New(fault.Usage, "name a regular file", "reading %s: it is no regular file", path)
	case info.Size() > most:
		return nil, fault.New(fault.TooCostly, "check that it is the right file", "reading %s: it has %d bytes, more than %d", path, info.Size(), most)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, err, "check the path", "reading %s", path)
	}
	return data, nil
}
