package sheet

import (
	"bufio"
	"fmt"
)

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// part is one file in the workbook's archive.
type part struct {
	name  string
	write func(*bufio.Writer)
}

// partsOf lists the parts of a workbook in the order in which they are stored.
func partsOf(tables []table) []part {
	parts := []part{
		{"[Content_Types].xml", func(w *bufio.Writer) { contentTypes(w, tables) }},
		{"_rels/.rels", func(w *bufio.Writer) { w.WriteString(xmlHead + relationships + mainRelationship + `</Relationships>`) }},
		{"xl/workbook.xml", func(w *bufio.Writer) { workbook(w, tables) }},
		{"xl/_rels/workbook.xml.rels", func(w *bufio.Writer) { workbookRelationships(w, tables) }},
		{"xl/styles.xml", func(w *bufio.Writer) { w.WriteString(xmlHead + styles) }},
	}
	for i, t := range tables {
		parts = append(parts, part{fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), func(w *bufio.Writer) { worksheet(w, t) }})
	}
	return parts
}

const (
	relationships    = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	officeNamespace  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	mainRelationship = `<Relationship Id="rId1" Type="` + officeNamespace + `/officeDocument" Target="xl/workbook.xml"/>`
	partType         = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

func contentTypes(w *bufio.Writer, tables []table) {
	w.WriteString(xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="` + partType + `sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="` + partType + `styles+xml"/>`)
	for i := range tables {
		fmt.Fprintf(w, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>`, i+1, partType)
	}
	w.WriteString(`</Types>`)
}

func workbook(w *bufio.Writer, tables []table) {
	w.WriteString(xmlHead + `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + officeNamespace + `"><sheets>`)
	for i, t := range tables {
		fmt.Fprintf(w, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, t.name, i+1, i+1)
	}
	// A filter is a defined name too; without it some programs repair the file.
	w.WriteString(`</sheets><definedNames>`)
	for i, t := range tables {
		fmt.Fprintf(w, `<definedName name="_xlnm._FilterDatabase" localSheetId="%d" hidden="1">%s!$A$1:$%s$%d</definedName>`, i, t.name, letters(len(t.widths)-1), len(t.rows))
	}
	w.WriteString(`</definedNames></workbook>`)
}

// letters is the name of a column, counted from 0.
func letters(x int) string {
	name := reference(x, 0)
	return name[:len(name)-1]
}

func workbookRelationships(w *bufio.Writer, tables []table) {
	w.WriteString(xmlHead + relationships)
	for i := range tables {
		fmt.Fprintf(w, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, officeNamespace, i+1)
	}
	fmt.Fprintf(w, `<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/></Relationships>`, len(tables)+1, officeNamespace)
}

// styles is the stylesheet. The order of cellXfs is that of the styles' names.
const styles = `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
	`<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>` +
	`<fills count="8"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>` +
	`<fill><patternFill patternType="solid"><fgColor rgb="FFD7E8F1"/></patternFill></fill>` +
	`<fill><patternFill patternType="solid"><fgColor rgb="FFDFF2E7"/></patternFill></fill>` +
	`<fill><patternFill patternType="solid"><fgColor rgb="FFE3EBFB"/></patternFill></fill>` +
	`<fill><patternFill patternType="solid"><fgColor rgb="FFFBEFD3"/></patternFill></fill>` +
	`<fill><patternFill patternType="solid"><fgColor rgb="FFE7EAED"/></patternFill></fill>` +
	`<fill><patternFill patternType="solid"><fgColor rgb="FFFCE4E5"/></patternFill></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="8">` +
	`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>` +
	`<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>` +
	`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>` +
	`<xf numFmtId="49" fontId="0" fillId="3" borderId="0" xfId="0" applyNumberFormat="1" applyFill="1" applyAlignment="1"><alignment vertical="top"/></xf>` +
	`<xf numFmtId="49" fontId="0" fillId="4" borderId="0" xfId="0" applyNumberFormat="1" applyFill="1" applyAlignment="1"><alignment vertical="top"/></xf>` +
	`<xf numFmtId="49" fontId="0" fillId="5" borderId="0" xfId="0" applyNumberFormat="1" applyFill="1" applyAlignment="1"><alignment vertical="top"/></xf>` +
	`<xf numFmtId="49" fontId="0" fillId="6" borderId="0" xfId="0" applyNumberFormat="1" applyFill="1" applyAlignment="1"><alignment vertical="top"/></xf>` +
	`<xf numFmtId="49" fontId="0" fillId="7" borderId="0" xfId="0" applyNumberFormat="1" applyFill="1" applyAlignment="1"><alignment vertical="top"/></xf>` +
	`</cellXfs></styleSheet>`
