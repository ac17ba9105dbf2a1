package docfile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// MaxXMLDepth is how deep elements may be nested. Real reports stay under 20.
const MaxXMLDepth = 200

// XML reads the tokens of an XML document and refuses what a report has no need
// of: document type declarations, which can define entities that grow without
// bound or name files of this machine, and nesting beyond MaxXMLDepth.
type XML struct {
	data  []byte
	dec   *xml.Decoder
	depth int
}

// NewXML reads data, which must be UTF-8 or name its encoding. The encodings
// known besides UTF-8 are ASCII, ISO 8859-1, ISO 8859-15 and Windows 1252.
// UTF-16 was made UTF-8 by UTF8 before, whatever its declaration still says.
func NewXML(data []byte) *XML {
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.CharsetReader = charset
	dec.Strict = true
	return &XML{data: data, dec: dec}
}

func charset(label string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be", "unicode":
		return in, nil
	case "iso-8859-1", "latin1", "iso8859-1", "iso8859_1":
		return charmap.ISO8859_1.NewDecoder().Reader(in), nil
	case "iso-8859-15", "latin9":
		return charmap.ISO8859_15.NewDecoder().Reader(in), nil
	case "windows-1252", "cp1252":
		return charmap.Windows1252.NewDecoder().Reader(in), nil
	}
	return nil, fmt.Errorf("the encoding %q is not supported", OneLine(label, 40))
}

// Token returns the next start element, end element or character data; other
// tokens are left out. It returns io.EOF at the end and a *fault.Error where
// the document is broken. Character data is only valid until the next call.
func (x *XML) Token() (xml.Token, error) {
	for {
		tok, err := x.dec.Token()
		if err != nil {
			return nil, x.fault(err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if x.depth++; x.depth > MaxXMLDepth {
				return nil, x.refuse("elements are nested deeper than %d", MaxXMLDepth)
			}
			return t, nil
		case xml.EndElement:
			x.depth--
			return t, nil
		case xml.CharData:
			return t, nil
		case xml.Directive:
			return nil, x.refuse("a document type declaration has no place in a report")
		}
	}
}

// Line is the line, from 1, at which the decoder stands.
func (x *XML) Line() int {
	line, _ := x.dec.InputPos()
	return line
}

func (x *XML) refuse(format string, args ...any) error {
	return At(x.data, x.dec.InputOffset(), "", "reading XML: "+format, args...)
}

func (x *XML) fault(err error) error {
	if err == io.EOF {
		return err
	}
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return At(x.data, x.dec.InputOffset(), "make the tool write the file again; it may have been cut off",
			"reading XML: %s", syntax.Msg)
	}
	return At(x.data, x.dec.InputOffset(), "", "reading XML: %v", err)
}

// CheckXML reads data to its end and returns the first *fault.Error, so that a
// decoder without bounds of its own may read it after.
func CheckXML(data []byte) error {
	x := NewXML(data)
	elements := 0
	for {
		tok, err := x.Token()
		if err == io.EOF {
			if elements == 0 {
				return fault.New(fault.Incomplete, "", "reading XML: the file holds no element")
			}
			return nil
		}
		if err != nil {
			return err
		}
		if _, ok := tok.(xml.StartElement); ok {
			elements++
		}
	}
}

// Root returns the name of the first element of an XML document of which head
// is the beginning; the zero name where there is none to be seen.
func Root(head []byte) xml.Name {
	text, err := UTF8(head)
	if err != nil {
		return xml.Name{}
	}
	x := NewXML(text)
	for {
		tok, err := x.Token()
		if err != nil {
			return xml.Name{}
		}
		if start, ok := tok.(xml.StartElement); ok {
			return start.Name
		}
	}
}
