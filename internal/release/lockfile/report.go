package lockfile

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"
)

func (e *examiner) add(f Finding) { e.report.Findings = append(e.report.Findings, f) }

// unreadable reports a file that cannot be parsed. Merge conflicts are the usual
// cause, so it looks for them first; where they are why, err may be nil.
func (e *examiner) unreadable(p string, data []byte, err error) {
	f := Finding{Rule: Unreadable, Path: p, Key: []string{p}, Line: 1,
		Fix: "Correct the file, or make it anew with its own tool, and commit the result."}
	if line := conflictLine(data); line > 0 {
		f.Line, f.Message = line, path.Base(p)+" holds an unresolved merge conflict"
	} else {
		f.Message = fmt.Sprintf("%s cannot be parsed: %s", path.Base(p), firstLine(err))
	}
	e.add(f)
}

func conflictLine(data []byte) int {
	if bytes.HasPrefix(data, []byte("<<<<<<< ")) {
		return 1
	}
	line, _ := find(data, "\n<<<<<<< ")
	if line > 0 {
		line++
	}
	return line
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// missing reports a manifest without its lock file; names are those it may have
// and tool the command that makes one.
func (e *examiner) missing(manifest, tool string, library bool, names ...string) {
	f := Finding{Rule: Missing, Path: manifest, Key: []string{manifest},
		Message: fmt.Sprintf("%s declares dependencies, but there is no %s", path.Base(manifest), strings.Join(names, " or ")),
		Fix:     fmt.Sprintf("Run `%s` and commit the lock file, so that every build installs what was tested.", tool)}
	if library {
		f.Rule = MissingLibrary
	}
	if ignore, line, rule := e.ignoredBy(path.Dir(manifest), names); ignore != "" {
		f.Path, f.Line, f.Column = ignore, line, 1
		f.Message += fmt.Sprintf(": git is told to ignore it by %q", rule)
		f.Fix = "Take the line out of " + ignore + ", run `" + tool + "` and commit the lock file."
	}
	e.add(f)
}

// ignoredBy finds the line of a .gitignore, in dir or above, that names one of
// the lock files. It reads only plain names: a wildcard that happens to match is
// not worth a second implementation of git's rules.
func (e *examiner) ignoredBy(dir string, names []string) (file string, line int, rule string) {
	for _, folder := range upwards(dir) {
		file := path.Join(folder, ".gitignore")
		if !e.has[file] {
			continue
		}
		data, ok := e.read(file)
		if !ok {
			continue
		}
		for i, text := range strings.Split(string(data), "\n") {
			text = strings.TrimSpace(text)
			if slices.Contains(names, strings.TrimPrefix(strings.TrimPrefix(text, "**"), "/")) {
				return file, i + 1, text
			}
		}
	}
	return "", 0, ""
}

// upwards lists dir and every folder above it, to the root ".".
func upwards(dir string) []string {
	all := []string{dir}
	for dir != "." && dir != "/" {
		dir = path.Dir(dir)
		all = append(all, dir)
	}
	return all
}

// beside is the path of a file of the same folder.
func beside(p, name string) string { return path.Join(path.Dir(p), name) }

// nearest is the path of the file called name in dir or the closest folder
// above it; "" where there is none.
func (e *examiner) nearest(dir, name string) string {
	for _, folder := range upwards(dir) {
		if p := path.Join(folder, name); e.has[p] {
			return p
		}
	}
	return ""
}

// find is the position of needle in data, both from 1; 0, 0 where it is not there.
func find(data []byte, needle string) (line, column int) {
	at := bytes.Index(data, []byte(needle))
	if at < 0 {
		return 0, 0
	}
	return position(data, at)
}

func position(data []byte, at int) (line, column int) {
	return bytes.Count(data[:at], []byte("\n")) + 1, at - bytes.LastIndexByte(data[:at], '\n')
}

// few joins at most three of names, and counts the rest.
func few(names []string) string {
	if len(names) <= 3 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
}

// differences says how a lock file's wishes differ from the manifest's: names
// that only one of them has, and names with another version range.
func differences(manifest, lock map[string]string) []string {
	var all []string
	for name, want := range manifest {
		switch have, ok := lock[name]; {
		case !ok:
			all = append(all, name+" is not in it")
		case have != want:
			all = append(all, fmt.Sprintf("%s was %s, now %s", name, orAny(have), orAny(want)))
		}
	}
	for name := range lock {
		if _, ok := manifest[name]; !ok {
			all = append(all, name+" is no longer wanted")
		}
	}
	sort.Strings(all)
	return all
}

func orAny(version string) string {
	if version == "" {
		return "any version"
	}
	return version
}

// mismatch reports that lock does not belong to manifest.
func (e *examiner) mismatch(manifest, lock, tool string, diffs []string, line int) {
	if len(diffs) == 0 {
		return
	}
	e.add(Finding{Rule: Mismatch, Path: lock, Line: line, Key: []string{manifest},
		Message: fmt.Sprintf("%s does not belong to %s: %s", path.Base(lock), manifest, few(diffs)),
		Fix:     fmt.Sprintf("Run `%s`, test, and commit %s together with %s.", tool, path.Base(lock), path.Base(manifest))})
}
