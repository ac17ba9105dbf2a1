package official

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Fields of a requirement that a column can hold, with the headings by which
// they are known when the user maps none. The first heading that fits wins.
var columnNames = map[string][]string{
	"id":       {"id", "req_id", "identifier", "requirement id", "requirement_id", "control id", "control_id", "ref", "reference", "number", "no", "nr", "#"},
	"text":     {"text", "req_description", "description", "requirement", "statement", "control", "requirement text", "policy"},
	"title":    {"title", "name", "summary", "subject", "section_name"},
	"section":  {"section", "chapter", "chapter_id", "category", "group", "domain"},
	"level":    {"level", "l", "levels"},
	"guidance": {"guidance", "notes", "comment", "recommendation"},
}

// ColumnFields lists the fields that a column can be mapped to, sorted.
func ColumnFields() []string { return slices.Sorted(maps.Keys(columnNames)) }

// table reads a CSV file: of ASVS, whose headings are known, or of anybody,
// with a mapping of columns.
func (r *reader) table(data []byte) *draft {
	text, enc, bad := decode(r.path, data, true)
	if bad != nil {
		r.fail(bad)
		return nil
	}
	if enc != utf8Text {
		r.note("the file was read as %s", enc)
	}
	t := &table{reader: r, text: text}
	if !t.bounded() {
		return nil
	}
	rows := t.rows()
	if len(r.faults) > 0 {
		return nil
	}
	if t.isASVS() && len(r.options.Columns) == 0 {
		return t.asvs(rows)
	}
	if !t.choose() {
		return nil
	}
	return t.company(rows)
}

type table struct {
	reader  *reader
	text    string
	head    []string       // as they are written
	column  map[string]int // of each field
	guessed map[string]bool
}

// row is one record, with the line on which it begins.
type row struct {
	cells  []string
	path   string
	number int
}

func (w row) place() fault.Place { return fault.Place{Path: w.path, Line: w.number} }

// bounded refuses what no company's policy is.
func (t *table) bounded() bool {
	if len(t.text) > maxTable {
		t.reader.fail(fault.At(fault.TooCostly, fault.Place{Path: t.reader.path}, "import it in parts", "the table is larger than %d MiB", maxTable>>20))
		return false
	}
	number := 0
	for l := range strings.SplitSeq(t.text, "\n") {
		if number++; len(l) > maxLine {
			t.reader.fail(fault.At(fault.TooCostly, fault.Place{Path: t.reader.path, Line: number}, "look at the file: this is no table", "the line is longer than %d KiB", maxLine>>10))
			return false
		}
	}
	return true
}

// rows reads the heading and all records.
func (t *table) rows() []row {
	body, skipped := t.text, 0
	// Spreadsheets say the separator in a line of their own.
	if first, rest, ok := strings.Cut(body, "\n"); ok && strings.HasPrefix(strings.ToLower(first), "sep=") {
		body, skipped = rest, 1
	}
	c := csv.NewReader(strings.NewReader(body))
	c.Comma, c.FieldsPerRecord = t.separator(body), -1
	var rows []row
	for {
		cells, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.broken(err, skipped)
			return nil
		}
		number, _ := c.FieldPos(0)
		if len(rows) > maxRequirements {
			t.reader.fail(fault.At(fault.TooCostly, fault.Place{Path: t.reader.path, Line: number}, "import it in parts", "more than %d rows", maxRequirements))
			return nil
		}
		if !empty(cells) {
			rows = append(rows, row{cells: cells, path: t.reader.path, number: number + skipped})
		}
	}
	if len(rows) == 0 {
		t.reader.fail(fault.At(fault.Nothing, fault.Place{Path: t.reader.path}, "export the table with its headings", "the table is empty"))
		return nil
	}
	t.head = rows[0].cells
	t.checkWidth(rows[1:])
	return rows[1:]
}

func (t *table) broken(err error, skipped int) {
	place, message := fault.Place{Path: t.reader.path}, err.Error()
	if at, ok := errors.AsType[*csv.ParseError](err); ok {
		place.Line, place.Column, message = at.Line+skipped, at.Column, at.Err.Error()
		if at.StartLine != at.Line {
			message += fmt.Sprintf(", in the record that begins on line %d", at.StartLine+skipped)
		}
	}
	t.reader.fail(fault.At(fault.Config, place, `write a quote inside a quoted cell twice ("")`, "reading the table: %s", message))
}

// checkWidth refuses rows that are wider than the heading: then a separator
// stands unquoted in a cell, and everything behind it has slipped.
func (t *table) checkWidth(rows []row) {
	for _, w := range rows {
		if len(w.cells) > len(t.head) && !empty(w.cells[len(t.head):]) {
			t.reader.fail(fault.At(fault.Config, w.place(), "put quotes around cells that contain the separator",
				"the row has %d cells, the heading %d", len(w.cells), len(t.head)))
		}
	}
}

func empty(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// separator is the one that splits the heading into most cells.
func (t *table) separator(body string) rune {
	best, most := ',', 0
	for _, s := range []rune{',', ';', '\t', '|'} {
		c := csv.NewReader(strings.NewReader(body))
		c.Comma, c.FieldsPerRecord = s, -1
		if head, err := c.Read(); err == nil && len(head) > most {
			best, most = s, len(head)
		}
	}
	return best
}

func (t *table) isASVS() bool {
	return t.find("req_id") >= 0 && t.find("req_description") >= 0 && t.find("chapter_id") >= 0
}

func (t *table) find(heading string) int {
	return slices.IndexFunc(t.head, func(h string) bool { return strings.EqualFold(line(h), line(heading)) })
}

func (t *table) cell(w row, heading string) string { return w.at(t.find(heading)) }

// at is a cell, "" where the row is too short for it. It is kept as it stands,
// "=1+1" and all: a formula only does harm where a spreadsheet opens it, so
// whoever exports has to see to that.
func (w row) at(i int) string {
	if i < 0 || i >= len(w.cells) {
		return ""
	}
	return clean(w.cells[i])
}

func (t *table) asvs(rows []row) *draft {
	d := t.reader.begin("csv", "asvs", "")
	for _, w := range rows {
		get := func(heading string) string { return t.cell(w, heading) }
		d.add(w, Requirement{
			ID: get("req_id"), Section: get("chapter_id"), SectionTitle: line(get("chapter_name")),
			Title: line(get("section_name")), Text: get("req_description"),
			Levels: d.asvsLevel(w, get("L"), get("level1"), get("level2"), get("level3")),
		})
	}
	return d
}

// choose finds the column of each field.
func (t *table) choose() bool {
	t.column, t.guessed = map[string]int{}, map[string]bool{}
	here := fault.Place{Path: t.reader.path, Line: 1}
	headings := make([]string, len(t.head))
	for i, h := range t.head {
		headings[i] = strconv.Quote(line(h))
	}
	taken := map[int]bool{}
	for _, field := range slices.Sorted(maps.Keys(t.reader.options.Columns)) {
		i := t.find(t.reader.options.Columns[field])
		if i < 0 {
			t.reader.fail(fault.At(fault.Usage, here, "the headings are "+strings.Join(headings, ", "), "no column is headed %q", t.reader.options.Columns[field]))
			continue
		}
		t.column[field], taken[i] = i, true
	}
	for _, field := range ColumnFields() {
		if _, mapped := t.column[field]; !mapped && t.reader.options.Columns[field] == "" {
			t.guess(field, taken)
		}
	}
	for _, field := range []string{"id", "text"} {
		if _, ok := t.column[field]; !ok && t.reader.options.Columns[field] == "" {
			t.reader.fail(fault.At(fault.Usage, here, fmt.Sprintf("say which with --column %s=HEADING; the headings are %s", field, strings.Join(headings, ", ")),
				"no column of the table is known to hold the %s", field))
		}
	}
	return len(t.reader.faults) == 0
}

func (t *table) guess(field string, taken map[int]bool) {
	for _, name := range columnNames[field] {
		if i := t.find(name); i >= 0 && !taken[i] {
			t.column[field], t.guessed[field], taken[i] = i, true, true
			return
		}
	}
}

func (t *table) company(rows []row) *draft {
	d := t.reader.begin("csv", "", "")
	get := func(w row, field string) string {
		if i, ok := t.column[field]; ok {
			return w.at(i)
		}
		return ""
	}
	for _, w := range rows {
		d.add(w, Requirement{
			ID: get(w, "id"), Section: line(get(w, "section")), Title: line(get(w, "title")),
			Text: get(w, "text"), Guidance: get(w, "guidance"), Levels: t.levels(d, w, get(w, "level")),
		})
	}
	return d
}

var levelWord = regexp.MustCompile(`(?i)^(?:l|level\s*)?([1-3])$`)

// levels reads "2", "L2", "Level 2" and lists of them. A column that was only
// taken for levels by its heading may hold something else.
func (t *table) levels(d *draft, w row, text string) []int {
	var levels []int
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '/' }) {
		m := levelWord.FindStringSubmatch(strings.TrimSpace(word))
		if m == nil {
			if !t.guessed["level"] {
				d.fail(w, "write 1, 2 or 3, or leave the column of levels out", "%q is no level", text)
			}
			return nil
		}
		level, _ := strconv.Atoi(m[1])
		levels = append(levels, level)
	}
	slices.Sort(levels)
	return slices.Compact(levels)
}
