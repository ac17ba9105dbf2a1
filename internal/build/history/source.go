package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/build/text"
	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// Keys of the counts that examining a file gives.
const (
	countFiles  = "files"
	countSource = "source"
	countBinary = "binary/" // then the class, "/" and the path
)

// textRules are the rules of what package text finds.
var textRules = map[text.Kind]string{text.Bidi: ruleBidi, text.Invisible: ruleInvisible, text.Mixed: ruleMixed}

// examineFile looks at one file: what kind of binary it is, or which deceptive
// characters its source holds.
func examineFile(_ context.Context, f repo.File, r io.Reader, item *check.Item) error {
	item.Count(countFiles, 1)
	head := make([]byte, headSize)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	head = head[:n]
	if class := classify(f.Path, head); class != "" && class != document {
		item.Count(countBinary+class+"/"+f.Path, 1)
	}
	syntax := sourceSyntax(f.Path, head)
	if syntax == nil {
		return nil
	}
	item.Count(countSource, 1)
	s := sourceScan{file: f.Path, syntax: syntax, found: map[string]*event.Finding{}, prints: map[string]map[string]bool{}}
	if err := repo.Windows(io.MultiReader(bytes.NewReader(head), r), f.Size, s.window); err != nil {
		return err
	}
	for _, rule := range sortedKeys(s.found) {
		f := *s.found[rule]
		f.Fingerprint = finding.Fingerprint(rule, sortedKeys(s.prints[rule])...)
		item.Report(f)
	}
	return nil
}

func sourceSyntax(file string, head []byte) *text.Syntax {
	if bytes.IndexByte(head, 0) >= 0 || text.IsTranslation(head) {
		return nil
	}
	if s := text.SyntaxOf(file); s != nil {
		return s
	}
	if path.Ext(file) == "" {
		return text.ScriptSyntax(head)
	}
	return nil
}

// sourceScan gathers one finding a rule from the windows of a file: the worst
// place, and how many more there are.
type sourceScan struct {
	file   string
	syntax *text.Syntax
	found  map[string]*event.Finding
	// prints hold what was found of each rule, wherever it stands: the finding is
	// all of them, so that one more is another finding.
	prints map[string]map[string]bool
}

func (s *sourceScan) window(w repo.Window) error {
	for _, h := range text.Scan(s.syntax, w.Data) {
		if h.Offset+h.Length <= w.Fresh {
			continue // told in the window before
		}
		severity, worth := s.severity(h)
		if !worth {
			continue
		}
		start, end := lineAround(w.Data, h.Offset)
		if end-start > longLine && h.Grade < text.Deceptive {
			continue // nobody reads, or writes, such a line
		}
		s.add(h, severity, w, w.Data[max(start, h.Offset-longLine):min(end, h.Offset+longLine)])
	}
	return nil
}

// longLine is where a line stops being one that a person wrote, in bytes.
const longLine = 4000

// severity weighs a hit by where it stands. worth is false for what a
// translation holds as a matter of course.
func (s *sourceScan) severity(h text.Hit) (severity event.Severity, worth bool) {
	if h.Grade == text.Odd && (isTranslation(s.file) || isTest(s.file)) {
		return "", false
	}
	severity = map[text.Grade]event.Severity{text.Deceptive: event.High, text.Suspicious: event.Medium, text.Odd: event.Low}[h.Grade]
	if isTest(s.file) || isTranslation(s.file) {
		severity = milder(severity)
	}
	return severity, true
}

func milder(s event.Severity) event.Severity {
	switch s {
	case event.Critical:
		return event.High
	case event.High:
		return event.Medium
	case event.Medium:
		return event.Low
	}
	return event.Info
}

func (s *sourceScan) add(h text.Hit, severity event.Severity, w repo.Window, line []byte) {
	rule := textRules[h.Kind]
	f := event.Finding{
		Rule: rule, Severity: severity, Confidence: confidence(h.Grade), Path: s.file,
		Line: w.Line + h.Line - 1, Column: h.Column, EndColumn: h.Column + h.Length,
		Message: h.What, Source: clipLine(text.Visible(line)), Places: 1,
	}
	s.keep(rule, finding.Fingerprint(rule, h.Key, f.Source))
	first, known := s.found[rule]
	switch {
	case !known:
		s.found[rule] = &f
		return
	case severity.Rank() > first.Severity.Rank():
		f.Places, f.Also = first.Places, first.Also
		f.Also = append(f.Also, event.Place{Path: first.Path, Line: first.Line})
		*first = f
	case len(first.Also) < mostAlso:
		first.Also = append(first.Also, event.Place{Path: f.Path, Line: f.Line})
	}
	first.Places++
}

// mostPrints bounds what one finding is made of.
const mostPrints = 1000

func (s *sourceScan) keep(rule, print string) {
	if s.prints[rule] == nil {
		s.prints[rule] = map[string]bool{}
	}
	if len(s.prints[rule]) < mostPrints {
		s.prints[rule][print] = true
	}
}

func confidence(g text.Grade) event.Confidence {
	switch g {
	case text.Deceptive:
		return event.Sure
	case text.Suspicious:
		return event.Likely
	}
	return event.Possible
}

func lineAround(data []byte, at int) (start, end int) {
	start, end = bytes.LastIndexByte(data[:at], '\n')+1, len(data)
	if n := bytes.IndexByte(data[at:], '\n'); n >= 0 {
		end = at + n
	}
	return start, end
}

func clipLine(s string) string {
	s = strings.TrimRight(s, "\r")
	if len(s) > 500 {
		return strings.ToValidUTF8(s[:500], "")
	}
	return s
}

// reportBinaries reports the binaries of the tree: each program by itself, what
// weighs less by its class.
func (e *exam) reportBinaries(counts map[string]int64) {
	groups := map[string][]string{}
	for _, key := range sortedKeys(counts) {
		rest, found := strings.CutPrefix(key, countBinary)
		if !found {
			continue
		}
		class, file, _ := strings.Cut(rest, "/")
		if !e.tracked[file] || e.policy.Rules.AllowBinaries.Match(file) {
			continue
		}
		severity := classSeverity[class]
		if isTest(file) && severity != event.Info {
			severity = event.Info
		}
		group := fmt.Sprintf("%s/%s", class, severity)
		groups[group] = append(groups[group], file)
	}
	for _, group := range sortedKeys(groups) {
		class, severity, _ := strings.Cut(group, "/")
		e.reportBinaryGroup(class, event.Severity(severity), groups[group])
	}
	e.observe(event.Observation{What: "files looked at for programs and archives", Count: counts[countFiles], Rules: []string{ruleBinary}})
}

// mostEach is how many findings of one rule are told one by one; more of them
// are told as one, since nobody would read them.
const mostEach = 12

func (e *exam) reportBinaryGroup(class string, severity event.Severity, files []string) {
	if severity.Rank() >= event.Medium.Rank() {
		bundles := map[string][]string{}
		for _, f := range files {
			bundles[bundle(f)] = append(bundles[bundle(f)], f)
		}
		if len(bundles) <= mostEach {
			for _, b := range sortedKeys(bundles) {
				e.reportBinary(class, severity, bundles[b])
			}
			return
		}
	}
	e.reportBinary(class, severity, files)
}

// bundle is what a file came with: its first two folders, or its one.
func bundle(file string) string {
	parts := strings.Split(path.Dir(file), "/")
	return strings.Join(parts[:min(2, len(parts))], "/")
}

func (e *exam) reportBinary(class string, severity event.Severity, files []string) {
	what := "the file is " + classOne[class]
	if len(files) > 1 {
		what = fmt.Sprintf("%d files are %s", len(files), classMany[class])
	}
	if severity == event.Info && class != wrapper {
		what += ", for tests or examples"
	}
	e.report(event.Finding{Rule: ruleBinary, Severity: severity, Path: files[0], Message: what, Places: len(files), Also: alsoPaths(files[1:])},
		append([]string{class}, files...)...)
}

// mostAlso is how many further places a finding names.
const mostAlso = 5

func alsoPaths(files []string) []event.Place {
	var out []event.Place
	for _, f := range files[:min(len(files), mostAlso)] {
		out = append(out, event.Place{Path: f})
	}
	return out
}
