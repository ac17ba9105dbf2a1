package bill

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/verify"
)

// The parts of SPDX 2.3 that a bill of ours has (its JSON schema names them).
type (
	spdxDocument struct {
		Version       string             `json:"spdxVersion"`
		License       string             `json:"dataLicense"`
		ID            string             `json:"SPDXID"`
		Name          string             `json:"name"`
		Namespace     string             `json:"documentNamespace"`
		Creation      spdxCreation       `json:"creationInfo"`
		Packages      []spdxPackage      `json:"packages"`
		Relationships []spdxRelationship `json:"relationships"`
	}
	spdxCreation struct {
		Created  string   `json:"created"`
		Creators []string `json:"creators"`
	}
	spdxPackage struct {
		ID        string         `json:"SPDXID"`
		Name      string         `json:"name"`
		Version   string         `json:"versionInfo,omitempty"`
		Location  string         `json:"downloadLocation"`
		Analyzed  bool           `json:"filesAnalyzed"`
		Concluded string         `json:"licenseConcluded"`
		Declared  string         `json:"licenseDeclared"`
		Copyright string         `json:"copyrightText"`
		Comment   string         `json:"comment,omitempty"`
		Checksums []spdxChecksum `json:"checksums,omitempty"`
		Refs      []spdxRef      `json:"externalRefs,omitempty"`
		Purpose   string         `json:"primaryPackagePurpose,omitempty"`
	}
	spdxChecksum struct {
		Algorithm string `json:"algorithm"`
		Value     string `json:"checksumValue"`
	}
	spdxRef struct {
		Category string `json:"referenceCategory"`
		Type     string `json:"referenceType"`
		Locator  string `json:"referenceLocator"`
	}
	spdxRelationship struct {
		Element string `json:"spdxElementId"`
		Type    string `json:"relationshipType"`
		Related string `json:"relatedSpdxElement"`
	}
)

// unsaid is SPDX's word for what nobody has looked into.
const unsaid = "NOASSERTION"

// SPDX writes the bill as SPDX 2.3.
func SPDX(r Release) ([]byte, error) {
	w := spdxWriter{ids: map[string]string{}, doc: spdxDocument{Version: "SPDX-2.3", License: "CC0-1.0", ID: "SPDXRef-DOCUMENT",
		Name: r.Product + " " + r.Version, Namespace: "https://plimsoll.dev/spdx/" + r.uuid(),
		Creation: spdxCreation{r.At.UTC().Format(time.RFC3339), []string{"Tool: " + strings.Replace(r.Tool, " ", "-", 1)}}}}
	for _, d := range r.Deliverables {
		w.deliverable(d, r)
	}
	out, err := json.MarshalIndent(w.doc, "", "  ")
	return append(out, '\n'), err
}

type spdxWriter struct {
	doc spdxDocument
	ids map[string]string // by component
}

func (w *spdxWriter) add(prefix string, p spdxPackage) string {
	p.ID = fmt.Sprintf("SPDXRef-%s-%d", prefix, len(w.doc.Packages)+1)
	p.Location, p.Concluded, p.Declared, p.Copyright = unsaid, unsaid, unsaid, unsaid
	w.doc.Packages = append(w.doc.Packages, p)
	return p.ID
}

func (w *spdxWriter) relate(from, how, to string) {
	w.doc.Relationships = append(w.doc.Relationships, spdxRelationship{from, how, to})
}

func (w *spdxWriter) deliverable(d verify.Deliverable, r Release) {
	purpose := map[verify.Kind]string{verify.KindFile: "FILE", verify.KindDir: "ARCHIVE", verify.KindImage: "CONTAINER"}[d.Kind]
	programs := r.Programs[d.Name]
	if d.Kind == verify.KindFile && len(programs) > 0 {
		purpose = "APPLICATION"
	}
	id := w.add("Deliverable", spdxPackage{Name: d.Name, Version: r.Version, Purpose: purpose,
		Checksums: []spdxChecksum{{"SHA256", strings.TrimPrefix(d.Digest, "sha256:")}}})
	w.relate(w.doc.ID, "DESCRIBES", id)
	if len(programs) == 0 {
		w.relate(id, "DEPENDS_ON", unsaid)
	}
	related := map[string]bool{}
	for _, p := range programs {
		for _, c := range p.Components() {
			if to := w.module(c); !related[to] {
				w.relate(id, "DEPENDS_ON", to)
				related[to] = true
			}
		}
	}
}

func (w *spdxWriter) module(c Component) string {
	if id, ok := w.ids[c.key()]; ok {
		return id
	}
	comment := ""
	if c.Sum != "" {
		comment = "module hash " + c.Sum
	}
	if c.Instead != "" {
		comment = strings.TrimPrefix(comment+"; put in place of "+c.Instead, "; ")
	}
	id := w.add("Module", spdxPackage{Name: c.Name, Version: c.Version, Comment: comment, Purpose: "LIBRARY",
		Refs: []spdxRef{{"PACKAGE-MANAGER", "purl", c.PURL}}})
	w.ids[c.key()] = id
	return id
}
