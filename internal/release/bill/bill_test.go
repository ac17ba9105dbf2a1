package bill

import (
	"bytes"
	"encoding/json"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/plimsoll-dev/plimsoll/verify"
)

func example() Release {
	info := &debug.BuildInfo{GoVersion: "go1.26.8", Path: "example.org/shop", Main: debug.Module{Path: "example.org/shop"},
		Deps: []*debug.Module{{Path: "example.org/Lib", Version: "v1.2.3", Sum: "h1:abc="},
			{Path: "example.org/old", Version: "v1.0.0", Replace: &debug.Module{Path: "example.org/fork", Version: "v1.0.1+incompatible"}}},
		Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "c0ffee"}, {Key: "vcs.modified", Value: "false"}}}
	d := verify.Deliverable{Name: "dist/shop", Kind: verify.KindFile, Digest: verify.Digest([]byte("shop")), Size: 4}
	other := verify.Deliverable{Name: "dist/site.tar", Kind: verify.KindFile, Digest: verify.Digest([]byte("site")), Size: 4}
	return Release{Product: "shop", Version: "1.2.3", At: time.Unix(1e9, 0), Tool: "plimsoll 1.0.0", Deliverables: []verify.Deliverable{d, other},
		Programs: map[string][]Program{d.Name: {{d.Name, d.Digest, info}}}}
}

func TestCycloneDX(t *testing.T) {
	data, err := CycloneDX(example())
	if err != nil {
		t.Fatal(err)
	}
	bom := new(cdx.BOM)
	if err := cdx.NewBOMDecoder(bytes.NewReader(data), cdx.BOMFileFormatJSON).Decode(bom); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range *bom.Components {
		names = append(names, c.Name+"@"+c.Version+" "+c.PackageURL)
	}
	want := []string{"dist/shop@1.2.3 ", "stdlib@1.26.8 pkg:golang/stdlib@1.26.8", "example.org/Lib@v1.2.3 pkg:golang/example.org/lib@v1.2.3",
		"example.org/fork@v1.0.1+incompatible pkg:golang/example.org/fork@v1.0.1%2Bincompatible", "dist/site.tar@1.2.3 "}
	if strings.Join(names, "\n") != strings.Join(want, "\n") {
		t.Errorf("components\n%s", strings.Join(names, "\n"))
	}
	if bom.SpecVersion != cdx.SpecVersion1_6 || len(*bom.Compositions) != 2 || (*bom.Compositions)[1].Aggregate != cdx.CompositionAggregateUnknown {
		t.Errorf("version %v, compositions %+v", bom.SpecVersion, *bom.Compositions)
	}
	again, _ := CycloneDX(example())
	if !bytes.Equal(data, again) {
		t.Error("the same release has two bills")
	}
}

func TestSPDX(t *testing.T) {
	data, err := SPDX(example())
	if err != nil {
		t.Fatal(err)
	}
	var doc spdxDocument
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{"SPDXRef-DOCUMENT": true, unsaid: true}
	for _, p := range doc.Packages {
		if ids[p.ID] || p.Location == "" {
			t.Errorf("package %+v", p)
		}
		ids[p.ID] = true
	}
	for _, r := range doc.Relationships {
		if !ids[r.Element] || !ids[r.Related] {
			t.Errorf("a relationship leads nowhere: %+v", r)
		}
	}
	if len(doc.Packages) != 5 || len(doc.Relationships) != 6 {
		t.Errorf("%d packages, %d relationships", len(doc.Packages), len(doc.Relationships))
	}
}

func TestForeign(t *testing.T) {
	p := example().Programs["dist/shop"][0]
	if why := p.Foreign("c0ffee"); why != "" {
		t.Error(why)
	}
	if why := p.Foreign("beef"); why != "was built from c0ffee, not from beef" {
		t.Error(why)
	}
	p.Info.Settings[1].Value = "true"
	if why := p.Foreign("c0ffee"); !strings.Contains(why, "changes that no commit holds") {
		t.Error(why)
	}
	p.Info.Settings = nil
	if why := p.Foreign("c0ffee"); !strings.Contains(why, "does not say") {
		t.Error(why)
	}
	if !p.Of("example.org/shop") || p.Of("example.org/sho") || !p.Of("") {
		t.Error("Of does not know its module")
	}
}

// TestRead asks the test program itself, and files that are none.
func TestRead(t *testing.T) {
	name, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if p, ok := Read("test", "", f); !ok || p.Components()[0].Version == "" {
		t.Errorf("the test program has %v", p.Components())
	}
	if _, ok := Read("text", "", strings.NewReader("no program")); ok {
		t.Error("a text is taken for a program")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("\x7fELF"))
	f.Add([]byte("MZ"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, ok := Read("x", "", bytes.NewReader(data)); ok && p.Info.Path == "" {
			t.Error("a program without a path")
		}
	})
}
