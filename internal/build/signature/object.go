package signature

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// MaxSignature is the longest signature that is looked into, in bytes. Real
// ones stay under 8 KiB, those with a certificate chain included.
const MaxSignature = 64 << 10

// Identity is who git says did something, and when. Nothing vouches for it but
// a signature.
type Identity struct {
	Name  string
	Email string // as written; not lower-cased
	When  time.Time
}

// Object is a commit or an annotated tag, taken apart. Its byte slices point
// into the raw object.
type Object struct {
	Tree      string   // of a commit, hex
	Parents   []string // of a commit, hex
	Author    Identity // of a commit
	Committer Identity // of a commit; the tagger of a tag
	Target    string   // of a tag: the object it names, hex
	Name      string   // of a tag: the name inside the object
	// Signature is the armored signature without the header's indentation, nil
	// where there is none.
	Signature []byte

	raw     []byte
	inline  int // where the trailing signature of a tag begins; 0 in a commit
	repeats int // how many signature headers there were
}

var errObject = errors.New("reading a git object: malformed header")

// ParseCommit takes a raw commit object apart. It reads the headers as git
// does (commit.c, parse_buffer_signed_by_header): the signature stands in
// "gpgsig", or in "gpgsig-sha256" in a SHA-256 repository.
func ParseCommit(raw []byte) (Object, error) {
	o := Object{raw: raw}
	err := eachHeader(raw, func(name, value []byte) error {
		switch string(name) {
		case "tree":
			o.Tree = string(value)
		case "parent":
			o.Parents = append(o.Parents, string(value))
		case "author":
			o.Author = parseIdentity(value)
		case "committer":
			o.Committer = parseIdentity(value)
		case "gpgsig", "gpgsig-sha256":
			if (len(name) == len("gpgsig")) == (len(o.Tree) != 64) {
				o.Signature = unfold(value)
				o.repeats++
			}
		}
		return nil
	})
	if err == nil && o.Tree == "" {
		err = errObject
	}
	return o, err
}

// ParseTag takes a raw annotated tag apart. Its signature ends the message.
func ParseTag(raw []byte) (Object, error) {
	o := Object{raw: raw}
	err := eachHeader(raw, func(name, value []byte) error {
		switch string(name) {
		case "object":
			o.Target = string(value)
		case "tag":
			o.Name = string(value)
		case "tagger":
			o.Committer = parseIdentity(value)
		}
		return nil
	})
	if err == nil && o.Target == "" {
		err = errObject
	}
	if at := trailingSignature(raw); at > 0 {
		o.inline, o.Signature, o.repeats = at, raw[at:], 1
	}
	return o, err
}

// Payload is the bytes that the signature covers: the object without its
// signature headers, or the tag up to its trailing signature.
func (o Object) Payload() []byte {
	raw := o.raw
	if o.inline > 0 {
		raw = raw[:o.inline]
	}
	payload := make([]byte, 0, len(raw))
	skipping := false
	for len(raw) > 0 && raw[0] != '\n' {
		end := lineEnd(raw)
		if raw[0] != ' ' || !skipping {
			skipping = bytes.HasPrefix(raw, []byte("gpgsig"))
		}
		if !skipping {
			payload = append(payload, raw[:end]...)
		}
		raw = raw[end:]
	}
	return append(payload, raw...)
}

// eachHeader calls fn for every header up to the blank line; value still holds
// the line breaks and the leading blanks of continuation lines.
func eachHeader(raw []byte, fn func(name, value []byte) error) error {
	for len(raw) > 0 && raw[0] != '\n' {
		end := lineEnd(raw)
		for end < len(raw) && raw[end] == ' ' {
			end += lineEnd(raw[end:])
		}
		name, value, found := bytes.Cut(bytes.TrimSuffix(raw[:end], []byte("\n")), []byte(" "))
		if !found || len(name) == 0 {
			return errObject
		}
		if err := fn(name, value); err != nil {
			return err
		}
		raw = raw[end:]
	}
	return nil
}

func lineEnd(b []byte) int {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i + 1
	}
	return len(b)
}

// unfold takes the one blank away that begins every continuation line.
func unfold(value []byte) []byte { return bytes.ReplaceAll(value, []byte("\n "), []byte("\n")) }

// trailingSignature is where the last line stands that begins a signature; 0
// where there is none.
func trailingSignature(raw []byte) int {
	match := 0
	for at := 0; at < len(raw); at += lineEnd(raw[at:]) {
		if raw[at] == '-' && kindOf(raw[at:]) != None {
			match = at
		}
	}
	return match
}

// parseIdentity reads "Name <email> 1234567890 +0100". What is missing stays
// zero: old and foreign tools write all sorts of things.
func parseIdentity(line []byte) Identity {
	open := bytes.IndexByte(line, '<')
	if open < 0 {
		return Identity{Name: string(bytes.TrimSpace(line))}
	}
	id := Identity{Name: string(bytes.TrimSpace(line[:open]))}
	email, rest, found := bytes.Cut(line[open+1:], []byte(">"))
	if !found {
		return id
	}
	id.Email = string(bytes.TrimSpace(email))
	// The date follows the last '>', whatever stands in the name.
	if last := bytes.LastIndexByte(rest, '>'); last >= 0 {
		rest = rest[last+1:]
	}
	if fields := bytes.Fields(rest); len(fields) > 0 {
		if seconds, err := strconv.ParseInt(string(fields[0]), 10, 64); err == nil {
			id.When = time.Unix(seconds, 0).UTC()
		}
	}
	return id
}

// String is "Name <email>".
func (i Identity) String() string { return fmt.Sprintf("%s <%s>", i.Name, i.Email) }
