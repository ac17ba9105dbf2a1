package report

import "github.com/plimsoll-dev/plimsoll/internal/report/clean"

// style paints text for a terminal, or leaves it as it is.
type style struct{ on, links bool }

// SGR parameters (ECMA-48 §8.3.117); the eight colours every palette defines.
const (
	bold   = "1"
	dim    = "2"
	red    = "1;31"
	green  = "32"
	yellow = "33"
	blue   = "34"
	cyan   = "36"
)

func (s style) paint(code, text string) string {
	if !s.on || code == "" || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + clean.Start(text) + "\x1b[0m" // a log may be read without its colours
}

// link makes text lead to an https address (OSC 8) where the terminal can.
func (s style) link(uri, text string) string {
	if !s.links || !linkable(uri) {
		return text
	}
	return "\x1b]8;;" + uri + "\x1b\\" + text + "\x1b]8;;\x1b\\"
}

// linkable reports that uri is an https address of printable ASCII alone.
func linkable(uri string) bool {
	if len(uri) < 9 || uri[:8] != "https://" {
		return false
	}
	for i := 0; i < len(uri); i++ {
		if uri[i] <= ' ' || uri[i] > '~' {
			return false
		}
	}
	return true
}

// glyphs are the characters that we draw with.
type glyphs struct {
	ellipsis, dash, edge               string
	pass, exempt, stale, unknown, fail string
	water, mark, rule                  string
}

func (s style) glyphs() glyphs {
	if s.on {
		return glyphs{
			ellipsis: "…", dash: "—", edge: "│",
			pass: "█", exempt: "▓", stale: "▒", unknown: "░", fail: "×",
			water: "┃", mark: "⊖", rule: "─",
		}
	}
	return glyphs{
		ellipsis: "...", dash: "-", edge: "|",
		pass: "#", exempt: "+", stale: "~", unknown: "?", fail: "x",
		water: "|", mark: "(-)", rule: "-",
	}
}
