package sarif

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/docfile"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Parse reads one SARIF file in UTF-8. Where the file is broken it returns a
// *fault.Error with line and column, together with what stood before that
// place: a run that was cut off is the last of the runs, unless its tool stood
// behind that place.
func Parse(data []byte) (*Log, error) {
	log := &Log{}
	s := newStream(data, log)
	seen := false // a property that only a SARIF log has
	err := s.object("a SARIF log", func(key string) error {
		switch key {
		case "version":
			seen = true
			return s.value("the log", &log.Version)
		case "runs":
			seen = true
			return s.array("runs", func() error { return parseRun(s) })
		}
		return s.skip()
	})
	if err == nil {
		_, err = s.dec.Token()
		if err == io.EOF {
			return log, checkVersion(log, seen)
		}
		return log, docfile.At(data, s.dec.InputOffset(), "", "reading JSON: more text follows the log")
	}
	return log, s.fault(err)
}

func checkVersion(log *Log, seen bool) error {
	switch {
	case log.Version == "2.1.0":
		return nil
	case !seen:
		return fault.New(fault.Incomplete, "", "reading SARIF: the file is JSON, but no SARIF log")
	case log.Version == "":
		return fault.New(fault.Incomplete, "", "reading SARIF: the log has no version; 2.1.0 is supported")
	}
	log.Runs = nil // the same words mean other things in other versions
	return fault.New(fault.Incomplete, "let the tool write version 2.1.0",
		"reading SARIF: the log has version %q; 2.1.0 is supported", docfile.OneLine(log.Version, 40))
}

// run gathers one run. Results come before or after what they refer to, so
// they are kept as drafts until the run has ended.
type run struct {
	tool        wireTool
	artifacts   []wireArtifactLocation
	bases       map[string]wireArtifactLocation
	invocations []wireInvocation
	provenance  []wireProvenance
	columnKind  string
	external    bool // parts of the run stand in other files
	truncated   bool
	drafts      []draft
	Run
}

func parseRun(s *stream) error {
	if len(s.log.Runs) >= maxRuns {
		return fault.New(fault.Incomplete, "", "reading SARIF: more than %d runs in a file", maxRuns)
	}
	r := &run{}
	err := s.object("a run", func(key string) error { return r.property(s, key) })
	if err != nil && r.tool.Driver.Name == "" {
		return err // nobody can say whose results these are
	}
	s.log.Runs = append(s.log.Runs, r.finish())
	return err
}

func (r *run) property(s *stream, key string) error {
	switch key {
	case "tool":
		return s.value("tool", &r.tool)
	case "originalUriBaseIds":
		return s.value("originalUriBaseIds", &r.bases)
	case "invocations":
		return s.value("invocations", &r.invocations)
	case "versionControlProvenance":
		return s.value("versionControlProvenance", &r.provenance)
	case "columnKind":
		return s.value("the run", &r.columnKind)
	case "artifacts":
		return s.array("artifacts", func() error { return r.artifact(s) })
	case "results":
		return s.array("results", func() error { return r.result(s) })
	case "externalPropertyFileReferences":
		var references map[string]any
		err := s.value(key, &references)
		r.external = references["results"] != nil
		return err
	}
	return s.skip()
}

func (r *run) artifact(s *stream) error {
	var a struct {
		Location wireArtifactLocation `json:"location"`
	}
	err := s.value("an artifact", &a)
	if r.Artifacts++; r.Artifacts <= maxArtifacts {
		r.artifacts = append(r.artifacts, a.Location)
	}
	return err
}

func (r *run) result(s *stream) error {
	if len(r.drafts) >= MaxResults {
		r.truncated = true
		return s.skip()
	}
	var w wireResult
	if err := s.value("a result", &w); err != nil {
		return err
	}
	if w.Kind != "" && !strings.EqualFold(w.Kind, "fail") {
		r.Silent++
		return nil
	}
	r.drafts = append(r.drafts, newDraft(&w))
	return nil
}

// finish resolves the drafts and fills in what the run says of itself.
func (r *run) finish() Run {
	r.indexRules()
	r.Tool = docfile.OneLine(r.tool.Driver.Name, 100)
	if r.Tool == "" {
		r.Tool = "an unnamed tool"
	}
	r.Version = docfile.OneLine(r.tool.Driver.Version, 60)
	if r.Version == "" {
		r.Version = docfile.OneLine(r.tool.Driver.SemanticVersion, 60)
	}
	r.Run.Rules = r.inventory()
	r.examineInvocations()
	places := r.places()
	marked := r.marksSecurity()
	r.Results = make([]Result, 0, len(r.drafts))
	for i := range r.drafts {
		r.Results = append(r.Results, r.resolve(&r.drafts[i], places, marked))
	}
	return r.Run
}

// examineInvocations finds when the run ended and whether it says itself that
// it was incomplete (sections 3.20.14, 3.20.21 and 3.20.22).
func (r *run) examineInvocations() {
	for _, inv := range r.invocations {
		ended := docfile.Time(inv.Ended)
		if ended.IsZero() {
			ended = docfile.Time(inv.Started)
		}
		if ended.After(r.Ended) {
			r.Ended = ended
		}
		before := len(r.Faults)
		for _, n := range append(inv.Execution, inv.Configuration...) {
			if n.Level == "error" {
				r.fault(plain(r.text(n.Message, nil)) + n.where())
			}
		}
		if inv.Successful != nil && !*inv.Successful && len(r.Faults) == before {
			why := docfile.OneLine(inv.ExitDescription, 200)
			if why == "" {
				why = "its execution was not successful"
			}
			r.fault(why)
		}
	}
	if r.external {
		r.fault("its results stand in other files, which are not read")
	}
	if r.truncated {
		r.fault("it has more results than are read from one run")
	}
}

// where names the file that a notification is about, without the folders of the
// machine that wrote it.
func (n *wireNotification) where() string {
	if len(n.Locations) == 0 || len(n.Locations[0].Physical.Artifact.URI) == 0 {
		return ""
	}
	at := n.Locations[0].Physical
	name := path.Base(at.Artifact.URI)
	if at.Region.StartLine > 0 {
		name += fmt.Sprintf(":%d", int(at.Region.StartLine))
	}
	return " (" + name + ")"
}

func (r *run) fault(why string) {
	if why == "" {
		why = "it met an error that it does not describe"
	}
	if len(r.Faults) < maxFaults {
		r.Faults = append(r.Faults, docfile.OneLine(why, 300))
	}
}
