package scope

import (
	"regexp"
	"strings"
)

// indented finds the innermost named line that the line given is indented
// under, and where what it opens ends.
func indented(all []string, line int, name func(string) string) Span {
	if line > len(all) {
		return Span{}
	}
	var names []string
	span := Span{}
	limit := indentOf(all[line-1]) + 1 // the line itself may be the one that opens
	for n := line; n >= 1 && limit > 0; n-- {
		text := all[n-1]
		if indent := indentOf(text); indent < limit && strings.TrimSpace(text) != "" {
			if named := name(text); named != "" {
				names = append([]string{named}, names...)
				if span.From == 0 {
					span.From, span.To = n, endOf(all, n, indent)
				}
			}
			limit = indent
		}
	}
	span.Name = strings.Join(names, ".")
	return span
}

// endOf is the last line that is indented deeper than the one at from.
func endOf(all []string, from, indent int) int {
	last := from
	for n := from + 1; n <= len(all); n++ {
		text := all[n-1]
		if strings.TrimSpace(text) == "" {
			continue
		}
		if indentOf(text) <= indent {
			if strings.TrimSpace(text) == "end" {
				last = n
			}
			break
		}
		last = n
	}
	return last
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

var (
	defines = regexp.MustCompile(`^\s*(?:async\s+|local\s+)?(?:def|defp|defmodule|class|module|function|proc|describe|context)\s+([A-Za-z_"'][\w.:?!=<>"' -]*)`)
	keyed   = regexp.MustCompile(`^\s*(?:-\s+)*("[^"]*"|'[^']*'|[\w./@*-][^:#"']*?)\s*:(?:\s|$)`)
	heading = regexp.MustCompile(`^(#{1,6})\s+(.+?)\s*#*\s*$`)
	table   = regexp.MustCompile(`^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:[#;].*)?$`)
)

func definition(line string) string {
	m := defines.FindStringSubmatch(line)
	if m == nil {
		return ""
	}
	name, _, _ := strings.Cut(m[1], "<")
	return strings.TrimRight(strings.Trim(strings.TrimSpace(name), `"'`), ":")
}

func yamlKey(line string) string {
	if m := keyed.FindStringSubmatch(line); m != nil {
		return strings.Trim(m[1], `"'`)
	}
	return ""
}

// headed finds the section that the line stands in.
func headed(all []string, line int, level func(string) (int, string)) Span {
	span, depth := Span{}, 0
	fenced := false
	for n, text := range all {
		if strings.HasPrefix(strings.TrimSpace(text), "```") {
			fenced = !fenced
		}
		rank, name := level(text)
		if rank == 0 || fenced {
			continue
		}
		switch {
		case n+1 <= line:
			span, depth = Span{Name: name, From: n + 1}, rank
		case rank <= depth || depth == 0:
			span.To = n
		}
		if span.To > 0 {
			break
		}
	}
	if span.Name == "" {
		return Span{}
	}
	if span.To == 0 {
		span.To = len(all)
	}
	return span
}

func markdownHeading(line string) (int, string) {
	if m := heading.FindStringSubmatch(line); m != nil {
		return len(m[1]), m[2]
	}
	return 0, ""
}

func tableHeading(line string) (int, string) {
	if m := table.FindStringSubmatch(line); m != nil {
		return 1, m[1]
	}
	return 0, ""
}
