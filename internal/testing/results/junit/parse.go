package junit

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/docfile"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Parse reads one report; data must have gone through docfile.UTF8. Where the
// file is broken it returns a *fault.Error with line and column, together with
// the cases before that place.
func Parse(data []byte) (*Report, error) {
	p := &parser{xml: docfile.NewXML(data), report: &Report{}}
	err := p.document()
	p.report.Tool = p.tool()
	return p.report, err
}

type parser struct {
	xml    *docfile.XML
	report *Report
	suites []*suite
	hints  []string // words in which tools give themselves away
}

type suite struct {
	name, file string
	said       int // failures and errors that the suite counts itself
	seen       int // that were listed in it
	at         int
	properties map[string]string
}

func (p *parser) document() error {
	root := false
	for {
		tok, err := p.xml.Token()
		if err == io.EOF && !root {
			return fault.New(fault.Incomplete, "", "reading JUnit XML: the file holds no test suite")
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		start, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local != "testsuites" && start.Name.Local != "testsuite" {
			return fault.New(fault.Incomplete, "", "reading JUnit XML: the file begins with <%s>, not with a test suite",
				docfile.OneLine(start.Name.Local, 40))
		}
		root = true
		if err := p.suite(start); err != nil {
			return err
		}
	}
}

// suite reads a suite, or the list of suites, to its end.
func (p *parser) suite(start xml.StartElement) error {
	s := &suite{name: docfile.OneLine(attr(start, "name"), 300), file: cmp.Or(attr(start, "file"), attr(start, "filepath")), at: p.xml.Line()}
	if start.Name.Local == "testsuite" {
		s.said = number(attr(start, "failures")) + number(attr(start, "errors"))
	}
	p.hint(s.name, attr(start, "package"))
	p.note(attr(start, "timestamp"))
	p.suites = append(p.suites, s)
	err := p.children(func(child xml.StartElement) error { return p.inSuite(s, child) })
	p.suites = p.suites[:len(p.suites)-1]
	if n := len(p.suites); n > 0 {
		p.suites[n-1].seen += s.seen
	}
	if err == nil && s.said > s.seen {
		p.fault(s, fmt.Sprintf("it counts %d failed tests and lists %d", s.said, s.seen))
	}
	return err
}

func (p *parser) inSuite(s *suite, child xml.StartElement) error {
	switch child.Name.Local {
	case "testsuite", "testsuites":
		return p.suite(child)
	case "testcase":
		return p.testcase(s, child)
	case "properties":
		s.properties = map[string]string{}
		return p.properties(s.properties)
	case "failure", "error": // outside of any test: set-up, compilation
		message, err := p.problem(child)
		s.seen++
		p.fault(s, cmp.Or(message, "it failed outside of any test"))
		return err
	}
	return p.children(p.ignore)
}

func (p *parser) testcase(s *suite, start xml.StartElement) error {
	if len(p.report.Cases) >= MaxCases {
		return fault.New(fault.Incomplete, "", "reading JUnit XML: more than %d test cases", MaxCases)
	}
	c := Case{
		Suite: p.path(), Name: docfile.OneLine(attr(start, "name"), 500),
		Class: docfile.OneLine(cmp.Or(attr(start, "classname"), attr(start, "class")), 500),
		File:  cmp.Or(attr(start, "file"), attr(start, "filepath"), s.file), Line: number(attr(start, "line")),
		Status: Passed, Around: s.properties, Time: seconds(attr(start, "time")), At: p.xml.Line(),
	}
	c.byAttribute(attr(start, "status"), attr(start, "result"))
	p.note(attr(start, "timestamp"))
	err := p.children(func(child xml.StartElement) error { return p.inCase(&c, child) })
	if c.Status == Failed || c.Status == Errored {
		s.seen++
	}
	s.seen += c.Attempts // Surefire counts every attempt
	p.report.Cases = append(p.report.Cases, c)
	return err
}

// byAttribute reads the outcome that CTest, Google Test and others put into an
// attribute; a child element decides over it.
func (c *Case) byAttribute(status, result string) {
	switch strings.ToLower(cmp.Or(result, status)) {
	case "skipped", "disabled", "notrun", "suppressed", "ignored":
		c.Status = Skipped
	case "fail", "failed", "failure":
		c.Status = Failed
	case "error", "errored":
		c.Status = Errored
	}
	if strings.EqualFold(status, "notrun") {
		c.Status = Skipped
	}
}

func (p *parser) inCase(c *Case, child xml.StartElement) error {
	outcome := Failed
	switch child.Name.Local {
	case "error":
		outcome = Errored
	case "failure":
	case "skipped":
		return p.skipped(c, child)
	case "flakyFailure", "flakyError", "rerunFailure", "rerunError":
		c.Attempts++ // Surefire: attempts of a test that passed in the end, or not
		return p.children(p.ignore)
	case "properties":
		c.Properties = map[string]string{}
		return p.properties(c.Properties)
	default:
		return p.children(p.ignore)
	}
	message, err := p.problem(child)
	if c.Status != Errored { // both in one case: the error is the worse
		c.Status = outcome
	}
	c.Message = cmp.Or(c.Message, message)
	return err
}

func (p *parser) skipped(c *Case, start xml.StartElement) error {
	message, err := p.problem(start)
	if c.Status == Passed || c.Status == Skipped {
		c.Status, c.Message = Skipped, cmp.Or(c.Message, message)
	}
	return err
}

// problem reads a failure's message: the attribute, else the first line of its
// text.
func (p *parser) problem(start xml.StartElement) (string, error) {
	var text strings.Builder
	for depth := 1; depth > 0; {
		tok, err := p.xml.Token()
		if err != nil {
			return "", p.early(err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			if room := maxText - text.Len(); room > 0 {
				text.Write(t[:min(room, len(t))])
			}
		}
	}
	p.hint(attr(start, "type"))
	message := cmp.Or(strings.TrimSpace(attr(start, "message")), strings.TrimSpace(text.String()))
	first, _, _ := strings.Cut(message, "\n")
	return docfile.OneLine(strings.ToValidUTF8(cmp.Or(strings.TrimSpace(first), attr(start, "type")), ""), 300), nil
}

func (p *parser) properties(into map[string]string) error {
	return p.children(func(child xml.StartElement) error {
		name, value := attr(child, "name"), attr(child, "value")
		if name == "" || len(into) >= maxProperty {
			return p.children(p.ignore)
		}
		p.hint(name)
		if value == "" { // the value may stand as text
			text, err := p.problem(xml.StartElement{})
			into[docfile.OneLine(name, 200)] = text
			return err
		}
		into[docfile.OneLine(name, 200)] = docfile.OneLine(value, 1000)
		return p.children(p.ignore)
	})
}

// children calls fn for every child element up to the end of the element that
// has just begun; fn reads the child to its end.
func (p *parser) children(fn func(xml.StartElement) error) error {
	for {
		tok, err := p.xml.Token()
		if err != nil {
			return p.early(err)
		}
		switch t := tok.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if err := fn(t); err != nil {
				return err
			}
		}
	}
}

func (p *parser) ignore(xml.StartElement) error { return p.children(p.ignore) }

// early makes an end of file within an element a fault of its own.
func (p *parser) early(err error) error {
	if err == io.EOF {
		return fault.New(fault.Incomplete, "", "reading JUnit XML: the file ends too early")
	}
	return err
}

func (p *parser) path() string {
	var names []string
	for _, s := range p.suites {
		if s.name != "" && (len(names) == 0 || names[len(names)-1] != s.name) {
			names = append(names, s.name)
		}
	}
	return docfile.OneLine(strings.Join(names, " > "), 1000)
}

func (p *parser) fault(s *suite, message string) {
	if len(p.report.Faults) < maxFaults {
		p.report.Faults = append(p.report.Faults, Fault{Suite: cmp.Or(s.name, "without a name"), Message: message, At: s.at})
	}
}

func (p *parser) note(timestamp string) {
	if t := docfile.Time(timestamp); t.After(p.report.Ended) {
		p.report.Ended = t
	}
}

func attr(start xml.StartElement, name string) string {
	for _, a := range start.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// number reads a count; anything else is 0.
func number(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 || n > math.MaxInt32 {
		return 0
	}
	return n
}

// seconds reads a duration. Some locales write thousands with commas.
func seconds(s string) time.Duration {
	f, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(s), ",", ""), 64)
	const longest = 1e7 // four months
	if err != nil || math.IsNaN(f) || f < 0 || f > longest {
		return 0
	}
	return time.Duration(f * float64(time.Second))
}
