// Package fault holds the one error type that Plimsoll shows to people.
//
// An error that a person can act on carries a code for machines, a message,
// the place it is about, and the next thing to do. Every other error is a
// surprise: the user reads "internal error", the operator's log gets it all.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Code says what kind of fault it is. Codes are part of the stream's contract
// and do not change.
type Code string

const (
	Usage      Code = "usage"      // the command line is wrong
	Config     Code = "config"     // a file in .plimsoll/ is wrong
	NotFound   Code = "not-found"  // an id, a key or a piece of evidence that does not exist
	Nothing    Code = "nothing"    // there was nothing to examine
	Incomplete Code = "incomplete" // something could not be examined
	Missing    Code = "missing"    // this copy of the repository lacks an object
	TooCostly  Code = "too-costly" // it would take more than it is allowed to
	Untrusted  Code = "untrusted"  // a signature, a digest or a key does not fit
	NotThere   Code = "not-there"  // this version does not support it
	Internal   Code = "internal"   // we did not foresee it
)

// Place is a position in a file. Line and Column count from 1; 0 means unknown.
// Column counts bytes. Source, where known, is the text of the line.
type Place struct {
	Path   string `json:"path"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Source string `json:"source,omitempty"`
}

// String is "path:line:column", as far as it is known.
func (p Place) String() string {
	switch {
	case p.Line == 0:
		return p.Path
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.Path, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.Path, p.Line, p.Column)
}

// Error is a fault that somebody can act on.
type Error struct {
	Code    Code
	Message string // lower case, says what was being done and what was expected
	Place   *Place // nil where it is about no file
	Hint    string // the next thing to do
	Err     error  // the cause, for the operator
}

// New makes an error without a place.
func New(code Code, hint, format string, args ...any) *Error {
	return &Error{Code: code, Hint: hint, Message: fmt.Sprintf(format, args...)}
}

// At makes an error about a place.
func At(code Code, place Place, hint, format string, args ...any) *Error {
	e := New(code, hint, format, args...)
	e.Place = &place
	return e
}

// Wrap makes an error with a cause; its message ends with the cause's.
func Wrap(code Code, err error, hint, format string, args ...any) *Error {
	e := New(code, hint, format, args...)
	e.Err = err
	e.Message += ": " + err.Error()
	return e
}

func (e *Error) Error() string {
	if e.Place == nil {
		return e.Message
	}
	return e.Place.String() + ": " + e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// List is several faults at once: a file is read to its end before any of its
// faults is shown.
type List []*Error

func (l List) Error() string {
	lines := make([]string, len(l))
	for i, e := range l {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Err is l as an error, nil when l is empty.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// All returns every fault in err: the elements of lists and of joined errors,
// and a stranger as one internal fault.
func All(err error) []*Error {
	if err == nil {
		return nil
	}
	// A joined error comes first: AsType would find one list in it and stop.
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*Error
		for _, e := range joined.Unwrap() {
			all = append(all, All(e)...)
		}
		return all
	}
	if list, ok := errors.AsType[List](err); ok {
		return list
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return []*Error{e}
	}
	return []*Error{{Code: Internal, Message: err.Error(), Err: err}}
}

// CodeOf is the code of the first fault in err, Internal for a stranger.
func CodeOf(err error) Code {
	if all := All(err); len(all) > 0 {
		return all[0].Code
	}
	return ""
}

// Exit statuses of every command (DESIGN §4).
const (
	ExitMet        = 0 // gate met, or nothing to do
	ExitNotMet     = 1 // findings, or the gate is not met
	ExitUsage      = 2 // wrong usage or configuration
	ExitNothing    = 3 // nothing was examined
	ExitIncomplete = 4 // something could not be examined
)

// Exit is the exit status that belongs to err; nil gives ExitMet.
func Exit(err error) int {
	switch CodeOf(err) {
	case "":
		return ExitMet
	case Usage, Config, NotFound, NotThere:
		return ExitUsage
	case Nothing:
		return ExitNothing
	case Untrusted:
		return ExitNotMet
	}
	return ExitIncomplete
}
