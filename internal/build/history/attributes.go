package history

import (
	"fmt"
	"sort"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// builtinDrivers are the diff and merge drivers that git has itself
// (gitattributes(5)); everything else is a command in somebody's configuration.
var builtinDrivers = map[string]string{
	"diff": " ada bash bibtex cpp csharp css dts elixir fortran fountain golang html java kotlin markdown matlab objc pascal" +
		" perl php python ruby rust scheme tex astextplain lfs ",
	"merge":  " text binary union lfs ",
	"filter": " lfs ",
}

// driver is a use of a driver that local configuration must define.
type driver struct {
	kind, name string // filter, rust-fmt
	line       int
	pattern    string
}

// attributeDrivers lists the drivers of a .gitattributes file that are not
// built in, each once.
func attributeDrivers(data []byte) []driver {
	var out []driver
	seen := map[string]bool{}
	for i, line := range strings.Split(string(data), "\n") {
		fields := strings.Fields(line)
		if len(fields) < 2 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		for _, attribute := range fields[1:] {
			kind, name, found := strings.Cut(attribute, "=")
			builtin, known := builtinDrivers[kind]
			if !found || !known || strings.Contains(builtin, " "+name+" ") || seen[attribute] {
				continue
			}
			seen[attribute] = true
			out = append(out, driver{kind, name, i + 1, fields[0]})
		}
	}
	return out
}

// commandSettings are settings that git or git-lfs runs as a command.
var commandSettings = []string{
	"core.fsmonitor", "core.sshcommand", "core.hookspath", "core.editor", "core.pager", "core.askpass", "core.gitproxy",
	"core.alternaterefscommand", "sequence.editor", "diff.external", "gpg.program", "uploadpack.packobjectshook",
	"filter.clean", "filter.smudge", "filter.process", "diff.command", "diff.textconv", "merge.driver", "difftool.cmd",
	"mergetool.cmd", "credential.helper", "interactive.difffilter", "remote.uploadpack", "remote.receivepack", "include.path",
	"includeif.path", "browser.cmd", "man.cmd", "web.browser", "init.templatedir", "trailer.command", "trailer.cmd",
}

// lfsCommands are those of git-lfs. It does not take them from .lfsconfig
// today; a file that has them wants to be copied into a place where they work.
var lfsCommands = []string{"lfs.path", "lfs.clean", "lfs.smudge", "lfs.priority", "lfs.standalonetransferagent", "lfs.args"}

// runs is true for a setting whose value becomes a command. "true", "cat" and
// the like aside, git gives it to a shell.
func (s setting) runs() bool {
	for _, c := range commandSettings {
		if s.name() == c {
			return s.value != "" && s.value != "true" && s.value != "false"
		}
	}
	return s.section == "alias" && strings.HasPrefix(s.value, "!")
}

// configFlaws finds the commands in a git configuration that lies in the tree.
// It does nothing until somebody includes it, and from then on every change of
// it runs on their machine.
func configFlaws(data []byte, severity event.Severity) []flaw {
	var out []flaw
	for _, s := range parseConfig(data) {
		if s.runs() {
			out = append(out, flaw{severity, s.line, fmt.Sprintf("%s runs a command: %s", s.full(), clip(s.value)), s.full()})
		}
	}
	return out
}

// lfsFlaws finds what a .lfsconfig file should not hold.
func lfsFlaws(data []byte) []flaw {
	var out []flaw
	for _, s := range parseConfig(data) {
		switch {
		case s.section == "lfs" && s.key == "url" && strings.HasPrefix(s.value, "http://"):
			out = append(out, flaw{event.Low, s.line, "large files are fetched without encryption (http:)", "url"})
		case s.section == "lfs" && s.sub != "" && contains(lfsCommands, s.name()), s.name() == "lfs.standalonetransferagent":
			out = append(out, flaw{event.Medium, s.line, s.full() + " names a program to run: " + clip(s.value), s.full()})
		}
	}
	return out
}

// full is "section.sub.key".
func (s setting) full() string {
	if s.sub == "" {
		return s.name()
	}
	return s.section + "." + s.sub + "." + s.key
}

func contains(sorted []string, want string) bool {
	for _, s := range sorted {
		if s == want {
			return true
		}
	}
	return false
}

// clip keeps what a message shows of a value short.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
