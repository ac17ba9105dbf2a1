package sheet

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
)

// XLSX writes a workbook: requirements, evidence, findings, departures, and what
// it is about.
func XLSX(w io.Writer, d *dossier.Dossier) error {
	d = d.Sorted()
	tables := []table{requirements(d), evidence(d), findings(d), departures(d), about(d)}
	archive := zip.NewWriter(w)
	for _, p := range partsOf(tables) {
		// A header without a time gives the same bytes at any time of day.
		part, err := archive.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate})
		if err != nil {
			return fmt.Errorf("writing the workbook's %s: %w", p.name, err)
		}
		out := bufio.NewWriter(part)
		p.write(out)
		if err := out.Flush(); err != nil {
			return fmt.Errorf("writing the workbook's %s: %w", p.name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("writing the workbook: %w", err)
	}
	return nil
}

// Styles, by their place in the stylesheet's cellXfs.
const (
	plain = iota
	heading
	quoted // text that begins like a formula: editing it leaves it text
	passes
	exempt
	stale
	unknown
	fails
)

var styleOf = map[string]int{"pass": passes, "exempt": exempt, "stale": stale, "unknown": unknown, "fail": fails}

// worksheet writes one table.
func worksheet(w *bufio.Writer, t table) {
	w.WriteString(xmlHead + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`)
	last := reference(len(t.widths)-1, len(t.rows)-1)
	fmt.Fprintf(w, `<dimension ref="A1:%s"/><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>`, last)
	for i, width := range t.widths {
		fmt.Fprintf(w, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, width)
	}
	w.WriteString(`</cols><sheetData>`)
	for y, row := range t.rows {
		fmt.Fprintf(w, `<row r="%d">`, y+1)
		for x, text := range row {
			if text != "" {
				cell(w, reference(x, y), text, styleFor(y, text))
			}
		}
		w.WriteString(`</row>`)
	}
	fmt.Fprintf(w, `</sheetData><autoFilter ref="A1:%s"/></worksheet>`, last)
}

func styleFor(row int, text string) int {
	switch {
	case row == 0:
		return heading
	case looksLikeFormula(text):
		return quoted
	}
	return styleOf[text]
}

// cell writes text, which is never anything else: neither a formula nor a
// number, so that ids and digests stay as they are.
func cell(w *bufio.Writer, at, text string, style int) {
	w.WriteString(`<c r="` + at + `" s="` + strconv.Itoa(style) + `" t="inlineStr"><is><t xml:space="preserve">`)
	w.WriteString(escaped(text))
	w.WriteString(`</t></is></c>`)
}

// longest is how many characters a cell holds (Excel's limit).
const longest = 32767

// underscored matches what spreadsheets take for an escaped character (ECMA-376
// part 1, 22.9.2.19 ST_Xstring).
var underscored = regexp.MustCompile(`_(x[0-9A-Fa-f]{4}_)`)

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// escaped is text, which dossier.Text has cleaned of what XML cannot hold, as
// the content of an element.
func escaped(text string) string {
	if len(text) > longest {
		end := longest - len("…")
		for end > 0 && !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end] + "…"
	}
	if strings.Contains(text, "_x") {
		text = underscored.ReplaceAllString(text, "_x005F_$1")
	}
	return xmlEscapes.Replace(text)
}

// reference is the name of a cell, both counted from 0.
func reference(x, y int) string {
	name := ""
	for n := x + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name + strconv.Itoa(y+1)
}
