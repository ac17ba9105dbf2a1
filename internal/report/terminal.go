package report

import (
	"os"
	"strconv"

	"golang.org/x/term"
)

// Terminal decides how to write to f: whether in colour, with hyperlinks, and
// how wide. Flag is the user's --color: always, never, or auto and "" for
// deciding by NO_COLOR (no-color.org), FORCE_COLOR, TERM and what f is.
func Terminal(f *os.File, getenv func(string) string, flag string) (color, hyperlinks bool, width int) {
	tty := f != nil && term.IsTerminal(int(f.Fd()))
	color = wantsColor(tty, getenv, flag)
	if tty && color {
		color = enableEscapes(f) || flag == "always"
	}
	// A terminal that ignores OSC 8 shows the text alone; the Linux console prints rubbish.
	hyperlinks = color && tty && getenv("TERM") != "linux"
	return color, hyperlinks, columns(f, tty, getenv)
}

func wantsColor(tty bool, getenv func(string) string, flag string) bool {
	switch force := getenv("FORCE_COLOR"); {
	case flag == "always":
		return true
	case flag == "never", getenv("NO_COLOR") != "":
		return false
	case force != "":
		return force != "0" && force != "false"
	}
	return tty && getenv("TERM") != "dumb"
}

func columns(f *os.File, tty bool, getenv func(string) string) int {
	if tty {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return w
		}
	}
	if w, err := strconv.Atoi(getenv("COLUMNS")); err == nil && w > 0 {
		return w
	}
	return 80
}
