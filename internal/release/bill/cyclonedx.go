package bill

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/plimsoll-dev/plimsoll/verify"
)

// Release is what a bill is of.
type Release struct {
	Product, Version string
	At               time.Time
	Tool             string // "plimsoll 1.2.3"
	Deliverables     []verify.Deliverable
	// Programs are those in the deliverables, by the deliverable's name.
	Programs map[string][]Program
}

// CycloneDX writes the bill as CycloneDX 1.6.
func CycloneDX(r Release) ([]byte, error) {
	bom := cdx.NewBOM()
	bom.SerialNumber = "urn:uuid:" + r.uuid()
	root := cdx.Component{BOMRef: "release", Type: cdx.ComponentTypeApplication, Name: r.Product, Version: r.Version}
	name, version, _ := strings.Cut(r.Tool, " ")
	bom.Metadata = &cdx.Metadata{Timestamp: r.At.UTC().Format(time.RFC3339), Component: &root,
		Tools: &cdx.ToolsChoice{Components: &[]cdx.Component{{Type: cdx.ComponentTypeApplication, Name: name, Version: version}}}}
	w := cdxWriter{seen: map[string]bool{}}
	var handed []string
	for _, d := range r.Deliverables {
		handed = append(handed, w.deliverable(d, r))
	}
	w.depend("release", handed)
	bom.Components, bom.Dependencies, bom.Compositions = &w.components, &w.dependencies, w.compositions()
	var out bytes.Buffer
	err := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bom, cdx.SpecVersion1_6)
	return out.Bytes(), err
}

type cdxWriter struct {
	seen              map[string]bool
	components        []cdx.Component
	dependencies      []cdx.Dependency
	complete, unknown []cdx.BOMReference
}

// deliverable adds one, with the modules of its programs.
func (w *cdxWriter) deliverable(d verify.Deliverable, r Release) string {
	ref := "deliverable:" + d.Name
	kind := map[verify.Kind]cdx.ComponentType{verify.KindFile: cdx.ComponentTypeFile, verify.KindDir: cdx.ComponentTypeFile, verify.KindImage: cdx.ComponentTypeContainer}[d.Kind]
	programs := r.Programs[d.Name]
	if d.Kind == verify.KindFile && len(programs) > 0 {
		kind = cdx.ComponentTypeApplication
	}
	w.components = append(w.components, cdx.Component{BOMRef: ref, Type: kind, Name: d.Name, Version: r.Version,
		Hashes: &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: strings.TrimPrefix(d.Digest, "sha256:")}}})
	var refs []string
	for _, p := range programs {
		for _, c := range p.Components() {
			refs = append(refs, w.module(c))
		}
	}
	w.depend(ref, refs)
	if d.Kind == verify.KindFile && len(programs) > 0 {
		w.complete = append(w.complete, cdx.BOMReference(ref))
	} else {
		w.unknown = append(w.unknown, cdx.BOMReference(ref))
	}
	return ref
}

func (w *cdxWriter) module(c Component) string {
	ref := c.key()
	if w.seen[ref] {
		return ref
	}
	w.seen[ref] = true
	out := cdx.Component{BOMRef: ref, Type: cdx.ComponentTypeLibrary, Name: c.Name, Version: c.Version, PackageURL: c.PURL}
	var more []cdx.Property
	for _, p := range []cdx.Property{{Name: "plimsoll:go:h1", Value: c.Sum}, {Name: "plimsoll:go:replaces", Value: c.Instead}} {
		if p.Value != "" {
			more = append(more, p)
		}
	}
	if len(more) > 0 {
		out.Properties = &more
	}
	w.components = append(w.components, out)
	return ref
}

// key tells components apart: a fork put in place of two modules is two.
func (c Component) key() string {
	if c.Instead == "" {
		return c.PURL
	}
	return c.PURL + " instead of " + c.Instead
}

func (w *cdxWriter) depend(ref string, on []string) {
	slices.Sort(on)
	on = slices.Compact(on)
	w.dependencies = append(w.dependencies, cdx.Dependency{Ref: ref, Dependencies: &on})
}

// compositions say of which deliverables the bill lists everything.
func (w *cdxWriter) compositions() *[]cdx.Composition {
	var out []cdx.Composition
	if len(w.complete) > 0 {
		out = append(out, cdx.Composition{Aggregate: cdx.CompositionAggregateComplete, Dependencies: &w.complete})
	}
	if len(w.unknown) > 0 {
		out = append(out, cdx.Composition{Aggregate: cdx.CompositionAggregateUnknown, Dependencies: &w.unknown})
	}
	return &out
}

// uuid is made of what the bill is about, so that the same release has the same
// bill (RFC 9562, version 8).
func (r Release) uuid() string {
	h := sha256.New()
	h.Write([]byte(r.Product + "\x00" + r.Version))
	for _, d := range r.Deliverables {
		h.Write([]byte("\x00" + d.Name + "\x00" + d.Digest))
	}
	sum := h.Sum(nil)[:16]
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	text := hex.EncodeToString(sum)
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}
