package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier/dossiertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func written(t testing.TB, write func(io.Writer, *dossier.Dossier) error, d *dossier.Dossier) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out, d); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestGolden(t *testing.T) {
	got := written(t, CSV, dossiertest.Shop())
	path := filepath.Join("testdata", "shop.csv")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestOneRowEach: every requirement has its row, as long as the heading.
func TestOneRowEach(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(written(t, CSV, dossiertest.Large(100)))).ReadAll()
	if err != nil || len(rows) != 101 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
}

// TestFormulas: no cell begins like a formula (CWE-1236).
func TestFormulas(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(written(t, CSV, dossiertest.Shop()))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	neutralised := 0
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("the cell %q begins like a formula", cell)
			}
			if strings.HasPrefix(cell, "'") {
				neutralised++
			}
		}
	}
	if neutralised < 3 {
		t.Errorf("%d cells were neutralised", neutralised)
	}
}

func TestInert(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"plain", "plain"}, {"", ""}, {"1.2.5", "1.2.5"}, {"a=b", "a=b"},
		{"=1+1", "'=1+1"}, {"+1", "'+1"}, {"-1", "'-1"}, {"@SUM(A1)", "'@SUM(A1)"}, {"\tx", "'\tx"}, {"\rx", "'\rx"},
		{" =1", "' =1"}, {"\u00a0=1", "'\u00a0=1"}, {"＝1", "'＝1"}, {"'=1", "''=1"}, {`"=1`, `'"=1`},
	} {
		if got := inert(tt.in); got != tt.want {
			t.Errorf("inert(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzInert(f *testing.F) {
	for _, s := range []string{"=cmd|' /C calc'!A0", "\u3000@x", "--", "'", "\"", "\ufeff=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := dossier.Text(s)
		got := inert(text)
		if got != "" && strings.ContainsAny(got[:1], "=+-@\t\r\n") {
			t.Errorf("inert(%q) = %q", text, got)
		}
		if !strings.HasSuffix(got, text) {
			t.Errorf("inert(%q) = %q lost something", text, got)
		}
		var x struct {
			Text string `xml:",chardata"`
		}
		if err := xml.Unmarshal([]byte("<t>"+escaped(text)+"</t>"), &x); err != nil {
			t.Errorf("escaped(%q) is no XML: %v", text, err)
		}
	})
}

// TestWorkbook reads the workbook's parts as a spreadsheet would.
func TestWorkbook(t *testing.T) {
	data := written(t, XLSX, dossiertest.Shop())
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range archive.File {
		if !f.Modified.IsZero() && f.Modified.Year() > 1980 {
			t.Errorf("%s has a time: %s", f.Name, f.Modified)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := wellFormed(text); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		parts[f.Name] = string(text)
	}
	for _, sheet := range []string{"1", "2", "3", "4", "5"} {
		name := "xl/worksheets/sheet" + sheet + ".xml"
		if strings.Contains(parts[name], "<f>") || !strings.Contains(parts[name], `t="inlineStr"`) {
			t.Errorf("%s is missing or holds a formula", name)
		}
		if !strings.Contains(parts["[Content_Types].xml"], "/"+name) || !strings.Contains(parts["xl/_rels/workbook.xml.rels"], "worksheets/sheet"+sheet+".xml") {
			t.Errorf("%s is not declared", name)
		}
	}
	if !strings.Contains(parts["xl/worksheets/sheet1.xml"], `s="2" t="inlineStr"><is><t xml:space="preserve">=cmd|`) {
		t.Error("what begins like a formula is not marked as text")
	}
}

func wellFormed(text []byte) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestReference(t *testing.T) {
	for _, tt := range []struct {
		x, y int
		want string
	}{{0, 0, "A1"}, {25, 1, "Z2"}, {26, 0, "AA1"}, {701, 0, "ZZ1"}, {702, 9, "AAA10"}} {
		if got := reference(tt.x, tt.y); got != tt.want {
			t.Errorf("reference(%d, %d) = %s, want %s", tt.x, tt.y, got, tt.want)
		}
	}
}

func TestEscaped(t *testing.T) {
	if got, want := escaped("a_x000D_b & <c>"), "a_x005F_x000D_b &amp; &lt;c&gt;"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := escaped(strings.Repeat("é", longest)); len(got) > longest || !strings.HasSuffix(got, "é…") {
		t.Errorf("%d bytes", len(got))
	}
}

// TestLibreOffice opens the workbook with a real spreadsheet, where there is one.
func TestLibreOffice(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed")
	}
	dir := t.TempDir()
	book := filepath.Join(dir, "shop.xlsx")
	if err := os.WriteFile(book, written(t, XLSX, dossiertest.Shop()), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(office, "-env:UserInstallation=file://"+filepath.ToSlash(dir)+"/profile", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", dir, book)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "shop.csv"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(requirements(dossiertest.Shop().Sorted()).rows, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func BenchmarkXLSX(b *testing.B) {
	d := dossiertest.Large(10_000)
	for b.Loop() {
		written(b, XLSX, d)
	}
}
