package lockfile

import (
	"bytes"
	"errors"
	"strings"
)

// yarnEntry is one block of a yarn.lock, of version 1 or later ("berry").
type yarnEntry struct {
	key                           string   // as it stands in the file
	ids                           []string // "name@range", all that share the block
	resolved, resolution, version string
	hash                          string // integrity, or berry's checksum
	conditional                   bool   // for some platforms only: berry need not have fetched it
	deps                          map[string]string
}

// yarnFile is a parsed yarn.lock.
type yarnFile struct {
	entries []yarnEntry
	have    map[string]bool // every "name@range"
	berry   bool
}

func parseYarn(data []byte) (yarnFile, error) {
	f := yarnFile{entries: readYarn(data), have: map[string]bool{}, berry: bytes.Contains(data, []byte("__metadata:"))}
	if len(f.entries) == 0 && len(bytes.TrimSpace(data)) > 0 && !bytes.Contains(data, []byte("yarn lockfile v1")) {
		return f, errors.New("no entries found")
	}
	for _, entry := range f.entries {
		for _, id := range entry.ids {
			f.have[id] = true
		}
	}
	return f, nil
}

func (e *examiner) yarnLock(part lockPart) *parsedLock {
	file, l := shared(e, part.path, parseYarn)
	if !l.ok || l.err != nil {
		return l
	}
	part.data = l.data
	var diffs []string
	if file.berry {
		diffs = berryDifferences(part, file.entries)
	} else {
		diffs = e.yarnDifferences(part, file.have)
	}
	e.mismatch(part.manifest.path, part.path, "yarn install", diffs, 0)
	if part.member == "." {
		e.yarnSources(part, file.entries, file.berry)
	}
	return l
}

// readYarn reads both formats: blocks that begin at the margin and whose fields
// are "name value" in version 1 and "name: value" in berry.
func readYarn(data []byte) []yarnEntry {
	var entries []yarnEntry
	section := ""
	for line := range bytes.Lines(data) {
		text := strings.TrimRight(string(line), " \r\n")
		body := strings.TrimLeft(text, " ")
		if body == "" || body[0] == '#' {
			continue
		}
		indent := len(text) - len(body)
		if indent == 0 {
			key := strings.TrimSuffix(body, ":")
			entries = append(entries, yarnEntry{key: key, ids: yarnIDs(key), deps: map[string]string{}})
			continue
		}
		if len(entries) == 0 {
			continue
		}
		name, value := yarnField(body)
		entry := &entries[len(entries)-1]
		if indent == 2 {
			section = name
			entry.set(name, value)
		} else if section == "dependencies" && indent == 4 {
			entry.deps[name] = value
		}
	}
	return entries
}

func (y *yarnEntry) set(name, value string) {
	switch name {
	case "resolved":
		y.resolved = value
	case "resolution":
		y.resolution = value
	case "version":
		y.version = value
	case "integrity", "checksum":
		y.hash = value
	case "conditions":
		y.conditional = true
	}
}

func yarnIDs(key string) []string {
	var ids []string
	for id := range strings.SplitSeq(strings.Trim(key, `"`), ",") {
		ids = append(ids, strings.Trim(strings.TrimSpace(id), `"`))
	}
	return ids
}

// yarnField cuts `name value`, `name: value` and `"name" "value"`.
func yarnField(body string) (name, value string) {
	name, value, _ = strings.Cut(body, " ")
	return strings.Trim(strings.TrimSuffix(name, ":"), `"`), strings.Trim(strings.TrimSpace(value), `"`)
}

// yarnDifferences looks every "name@range" up: version 1 has no copy of the
// manifest. A package of the same workspace is not in the file.
func (e *examiner) yarnDifferences(part lockPart, have map[string]bool) []string {
	wants := without(part.manifest.wants(), part.root.Resolutions)
	var diffs []string
	for _, name := range sortedKeys(wants) {
		if !have[name+"@"+wants[name]] && !e.inWorkspace(part.root, name) {
			diffs = append(diffs, name+"@"+wants[name]+" is not in it")
		}
	}
	return diffs
}

// inWorkspace reports whether a member of root's workspace is called name.
func (e *examiner) inWorkspace(root *npmManifest, name string) bool {
	if len(root.workspaces) == 0 {
		return false
	}
	for _, p := range e.paths {
		if dir, ok := strings.CutSuffix(p, "/package.json"); ok {
			if m := e.npmIn(dir); m != nil && m.Name == name {
				return true
			}
		}
	}
	return false
}

// berryDifferences compares with the entry that berry keeps for each workspace.
func berryDifferences(part lockPart, entries []yarnEntry) []string {
	for _, entry := range entries {
		if !strings.HasSuffix(entry.resolution, "@workspace:"+part.member) {
			continue
		}
		want, have := without(part.manifest.wants(), part.root.Resolutions), without(entry.deps, part.root.Resolutions)
		for _, specs := range []map[string]string{want, have} {
			for name, spec := range specs {
				specs[name] = strings.TrimPrefix(spec, "npm:")
			}
		}
		// What is loose on one side only is compared on neither.
		for name := range want {
			if loose(strings.TrimPrefix(entry.deps[name], "npm:")) && entry.deps[name] != "" {
				delete(want, name)
			}
		}
		for name := range have {
			if loose(part.manifest.wants()[name]) {
				delete(have, name)
			}
			if _, peer := part.manifest.Peer[name]; peer && want[name] == "" {
				delete(have, name)
			}
		}
		return differences(want, have)
	}
	return []string{part.manifest.path + " is not in it"}
}

func (e *examiner) yarnSources(part lockPart, entries []yarnEntry, berry bool) {
	s := e.sources(part.path, part.data)
	for _, y := range entries {
		name := y.ids[0]
		if at := strings.LastIndex(name[min(1, len(name)):], "@"); at >= 0 {
			name = name[:at+1]
		}
		switch {
		case !berry && y.resolved != "":
			// Early versions of yarn have the SHA-1 behind the address.
			s.check(name, y.resolved, y.hash != "" || strings.Contains(y.resolved, "#"), y.key+":")
		case berry && strings.Contains(y.resolution, "@npm:") && !strings.Contains(y.resolution, "@patch:"):
			s.check(name, "", y.hash != "" || y.conditional, y.key+":")
		case berry && (strings.Contains(y.resolution, "@http") || isGitURL.MatchString(y.resolution)):
			from := y.resolution[strings.LastIndex(y.resolution[1:], "@")+2:]
			s.check(name, from, y.hash != "", y.key+":")
		}
	}
	e.sourcesDone(s)
}
