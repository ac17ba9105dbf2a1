package lockfile

import (
	"path"
	"regexp"
	"sort"
	"strings"
)

var (
	gemLine     = regexp.MustCompile(`^gem[\s(]+['"]([\w.-]+)['"]\s*(.*)$`)
	gemModifier = regexp.MustCompile(`\s(if|unless)\s`)
	rubyOpens   = regexp.MustCompile(`^(if|unless|case|while|until|begin|def)\b`)
	rubyDo      = regexp.MustCompile(`\bdo(\s*\|[^|]*\|)?$`)
	rubyHarm    = regexp.MustCompile(`^(group|source|platforms?|path|git|github|install_if)\b`)
)

// bundler holds a Gemfile against the DEPENDENCIES of its lock file. A Gemfile
// is a program; only gems outside conditions and loops are sure to be wanted.
func (e *examiner) bundler(p string) {
	data, ok := e.read(p)
	if !ok {
		return
	}
	lockName := map[string]string{"Gemfile": "Gemfile.lock", "gems.rb": "gems.locked"}[path.Base(p)]
	wants, gemspec := gems(data)
	if len(wants) == 0 && !gemspec {
		return
	}
	e.report.Manifests++
	lock := beside(p, lockName)
	if !e.has[lock] {
		e.missing(p, "bundle lock", gemspec || e.gemspecBeside(p), lockName)
		return
	}
	e.report.Locks++
	lockData, ok := e.read(lock)
	if !ok {
		return
	}
	if conflictLine(lockData) > 0 {
		e.unreadable(lock, lockData, nil)
		return
	}
	l := readGemLock(lockData)
	var diffs []string
	for _, name := range wants {
		if !l.wanted[name] {
			diffs = append(diffs, name+" is not in it")
		}
	}
	sort.Strings(diffs)
	line, _ := find(lockData, "DEPENDENCIES")
	e.mismatch(p, lock, "bundle lock", diffs, line)
	s := e.sources(lock, lockData)
	for _, r := range l.remotes {
		s.check(r.section+" gems", r.url+r.revision, true, r.needle) // hashes are a section of their own, still seldom used
	}
	e.sourcesDone(s)
}

func (e *examiner) gemspecBeside(p string) bool {
	for _, other := range e.paths {
		if strings.HasSuffix(other, ".gemspec") && path.Dir(other) == path.Dir(p) {
			return true
		}
	}
	return false
}

// gems lists the gems that a Gemfile surely wants.
func gems(data []byte) (wants []string, gemspec bool) {
	var blocks []bool // of the open blocks: may it be skipped or repeated?
	unsure := 0
	open := func(risky bool) {
		blocks = append(blocks, risky)
		if risky {
			unsure++
		}
	}
	for line := range strings.Lines(string(data)) {
		text, _, _ := strings.Cut(strings.TrimSpace(line), " #")
		text = strings.TrimSpace(text)
		switch {
		case strings.HasPrefix(text, "#"):
		case strings.HasPrefix(text, "gemspec"):
			gemspec = true
		case text == "end" && len(blocks) > 0:
			if blocks[len(blocks)-1] {
				unsure--
			}
			blocks = blocks[:len(blocks)-1]
		case rubyDo.MatchString(text):
			open(!rubyHarm.MatchString(text))
		case rubyOpens.MatchString(text):
			open(true)
		default:
			if m := gemLine.FindStringSubmatch(text); m != nil && unsure == 0 && !gemModifier.MatchString(m[2]) {
				wants = append(wants, m[1])
			}
		}
	}
	return wants, gemspec
}

type gemLock struct {
	wanted  map[string]bool
	remotes []gemRemote
}

// gemRemote is where a section of the lock file takes its gems from.
type gemRemote struct{ section, url, revision, needle string }

func readGemLock(data []byte) gemLock {
	l := gemLock{wanted: map[string]bool{}}
	section, pending := "", ""
	for line := range strings.Lines(string(data)) {
		text := strings.TrimRight(line, " \r\n")
		body := strings.TrimSpace(text)
		if body != "" && text[0] != ' ' {
			section = body
			continue
		}
		if section == "DEPENDENCIES" && body != "" {
			l.wanted[strings.TrimSuffix(strings.Fields(body)[0], "!")] = true
		}
		url, ok := strings.CutPrefix(body, "remote: ")
		switch revision, fixed := strings.CutPrefix(body, "revision: "); {
		case ok:
			needle := body
			if section == "GIT" && !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "git://") {
				url = "git+" + url
			}
			l.remotes = append(l.remotes, gemRemote{section: section, url: url, needle: needle})
		case fixed && section == "GIT": // the line after its remote
			pending = "#" + revision
		}
		if pending != "" && len(l.remotes) > 0 && section == "GIT" {
			l.remotes[len(l.remotes)-1].revision, pending = pending, ""
		}
	}
	return l
}
