// Package sheet writes a dossier as tables: CSV and an Excel workbook (OOXML,
// ECMA-376), for auditors who filter and sort.
//
// A cell of a table is a place where text turns into a program: spreadsheets run
// what begins like a formula. So no cell of ours is ever one (CWE-1236). The
// workbook is written by hand, a few small parts in a zip file: a library for it
// would weigh more than the rest of the reports together and put the time of day
// into the file.
package sheet

import (
	"strconv"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
)

// table is one sheet: a heading row and rows as long.
type table struct {
	name   string
	widths []int // of the columns, in characters
	rows   [][]string
}

// column is one column of a table of T.
type column[T any] struct {
	title string
	width int
	cell  func(T) string
}

// tableOf fills a table in.
func tableOf[T any](name string, list []T, columns []column[T]) table {
	t := table{name: name}
	head := make([]string, len(columns))
	for i, c := range columns {
		head[i] = c.title
		t.widths = append(t.widths, c.width)
	}
	t.rows = append(t.rows, head)
	for _, item := range list {
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = dossier.Text(c.cell(item))
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// requirements has a row for each requirement, those that do not apply among them.
func requirements(d *dossier.Dossier) table {
	book := d.Book()
	type R = dossier.Requirement
	return tableOf("Requirements", d.Requirements, []column[R]{
		{"id", 18, func(r R) string { return r.ID }},
		{"catalogue", 12, func(r R) string { return r.Catalogue }},
		{"chapter", 12, func(r R) string { return r.Chapter }},
		{"level", 7, func(r R) string { return number(r.Level) }},
		{"profiles", 9, func(r R) string { return strings.Join(r.Profiles, " ") }},
		{"title", 32, func(r R) string { return r.Title }},
		{"statement", 60, func(r R) string { return r.Statement }},
		{"official text", 40, func(r R) string { return r.Official }},
		{"status", 14, func(r R) string { return string(r.Status) }},
		{"reason", 60, func(r R) string { return r.Reason }},
		{"applies because", 30, func(r R) string { return r.Because }},
		{"next", 40, func(r R) string { return r.Next }},
		{"minutes", 8, func(r R) string { return number(r.Minutes) }},
		{"until", 12, func(r R) string { return dossier.Day(book.Until(&r)) }},
		{"evidence", 40, func(r R) string { return strings.Join(r.Evidence, " ") }},
		{"by", 24, func(r R) string { return whose(book.Of(&r)) }},
		{"automation", 11, func(r R) string { return r.Automation }},
		{"methods", 16, func(r R) string { return strings.Join(r.Methods, " ") }},
		{"checks", 20, func(r R) string { return strings.Join(r.Checks, " ") }},
		{"strength", 9, func(r R) string { return number(r.Strength) }},
		{"days", 6, func(r R) string { return number(r.Days) }},
		{"owner", 12, func(r R) string { return r.Owner }},
		{"references", 30, func(r R) string { return strings.Join(r.References(), "; ") }},
	})
}

// whose names everybody whose word is among list.
func whose(list []*dossier.Evidence) string {
	var names []string
	for _, e := range list {
		names = append(names, e.By)
		if e.Reviewer != "" {
			names = append(names, e.Reviewer)
		}
	}
	return strings.Join(names, "; ")
}

func evidence(d *dossier.Dossier) table {
	type E = dossier.Evidence
	return tableOf("Evidence", d.Evidence, []column[E]{
		{"digest", 44, func(e E) string { return e.Digest }},
		{"kind", 12, func(e E) string { return string(e.Kind) }},
		{"by", 28, func(e E) string { return e.By }},
		{"reviewer", 28, func(e E) string { return e.Reviewer }},
		{"requirement", 18, func(e E) string { return e.Requirement }},
		{"seen", 60, func(e E) string { return e.Seen() }},
		{"made", 21, func(e E) string { return dossier.Moment(e.Made) }},
		{"from", 12, func(e E) string { return dossier.Day(e.From) }},
		{"until", 12, func(e E) string { return dossier.Day(e.Until) }},
		{"standing", 40, func(e E) string { return e.Standing() }},
		{"counter-evidence", 40, func(e E) string { return e.Counter }},
		{"rests on", 40, func(e E) string { return links(append(e.Inputs[:len(e.Inputs):len(e.Inputs)], e.Basis...)) }},
	})
}

func links(list []dossier.Link) string {
	var parts []string
	for _, l := range list {
		parts = append(parts, strings.TrimSpace(l.Name+" "+l.Digest))
	}
	return strings.Join(parts, "; ")
}

// number is n, "" for 0: where a plan says nothing there is nothing to say.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
