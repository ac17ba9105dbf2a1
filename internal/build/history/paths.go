package history

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// isDotGit recognises every spelling of .git that some file system takes for
// it: other case, NTFS short names, trailing dots and blanks, streams, and
// characters that HFS+ leaves out (git's is_ntfs_dotgit and is_hfs_dotgit).
func isDotGit(name string) bool {
	name = strings.ToLower(strings.Map(func(r rune) rune {
		if hfsIgnores(r) {
			return -1
		}
		return r
	}, name))
	name, _, _ = strings.Cut(name, ":")
	name = strings.TrimRight(name, ". ")
	return name == ".git" || name == "git~1"
}

// hfsIgnores are the code points that HFS+ does not see in names (utf8.c,
// next_hfs_char).
func hfsIgnores(r rune) bool {
	return r >= 0x200C && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x206A && r <= 0x206F || r == 0xFEFF
}

// aliasesDotGit is true for a path with such a name in it. Git refuses to check
// most of them out; no honest tool writes one.
func aliasesDotGit(file string) bool {
	if !strings.ContainsAny(file, "gG") {
		return false
	}
	for part := range strings.SplitSeq(file, "/") {
		for piece := range strings.SplitSeq(part, `\`) {
			if isDotGit(piece) {
				return true
			}
		}
	}
	return false
}

// target says where a symbolic link leads: "" inside the tree, "outside", or
// "the git folder".
func linkLeads(link, target string) string {
	target = strings.ReplaceAll(target, `\`, "/")
	if strings.HasPrefix(target, "/") || windowsDrive(target+"/") {
		return "outside"
	}
	// Climbing is judged step by step: a/../.. leaves the tree and comes back.
	depth := strings.Count(link, "/")
	for part := range strings.SplitSeq(target, "/") {
		switch part {
		case "", ".":
		case "..":
			if depth--; depth < 0 {
				return "outside"
			}
		default:
			depth++
		}
	}
	if aliasesDotGit(path.Join(path.Dir(link), target)) {
		return "the git folder"
	}
	return ""
}

// folder makes of a path what a file system makes of it that knows neither case
// nor the ways of writing an accent.
type folder struct{ fold cases.Caser }

func (f folder) key(file string) string {
	for i := 0; i < len(file); i++ {
		if file[i] >= utf8.RuneSelf {
			return norm.NFC.String(f.fold.String(norm.NFC.String(file)))
		}
	}
	return strings.ToLower(file)
}

// collision is a set of paths that are one on some file systems.
type collision struct {
	paths []string
	// link is true where one of them is a symbolic link, through which the
	// others would be written (CVE-2021-21300, CVE-2024-32002).
	link bool
}

// collisions finds paths that differ in case or normalisation alone, and files
// under a folder that has a symbolic link for a twin. Files are sorted.
func collisions(files []repo.File) []collision {
	f := folder{cases.Fold()}
	byKey := make(map[string]int32, len(files))
	more := map[string][]string{}
	links := map[string]string{}
	for i, file := range files {
		key := f.key(file.Path)
		if file.Mode == repo.Symlink {
			links[key] = file.Path
		}
		if first, taken := byKey[key]; taken {
			if len(more[key]) == 0 {
				more[key] = []string{files[first].Path}
			}
			more[key] = append(more[key], file.Path)
			continue
		}
		byKey[key] = int32(i)
	}
	underLinks(f, files, links, more)
	var out []collision
	for _, key := range sortedKeys(more) {
		_, link := links[key]
		out = append(out, collision{more[key], link})
	}
	return out
}

// underLinks adds one file for every symbolic link that stands where another
// spelling of its path is a folder.
func underLinks(f folder, files []repo.File, links map[string]string, more map[string][]string) {
	if len(links) == 0 {
		return
	}
	for _, file := range files {
		for dir := path.Dir(file.Path); dir != "."; dir = path.Dir(dir) {
			key := f.key(dir)
			link, found := links[key]
			if found && link != dir && len(more[key]) == 0 {
				more[key] = []string{link, file.Path}
			}
		}
	}
}

// embeddedRepositories lists the folders that hold a git repository's insides.
// Git takes such a folder for a repository and obeys its configuration
// (safe.bareRepository).
func embeddedRepositories(files []repo.File) []string {
	parts := map[string]int{}
	var out []string
	for _, f := range files {
		dir, name := path.Split(f.Path)
		bit := 0
		switch {
		case name == "HEAD":
			bit = 1
		case name == "config":
			bit = 2
		default:
			if at := strings.Index(f.Path, "/objects/"); at >= 0 {
				parts[f.Path[:at+1]] |= 4
			}
			continue
		}
		parts[dir] |= bit
	}
	for _, dir := range sortedKeys(parts) {
		if parts[dir] == 7 && dir != "" {
			out = append(out, strings.TrimSuffix(dir, "/"))
		}
	}
	return out
}

// testWords are the names of folders and files that are for tests and examples.
var testWords = []string{"test", "tests", "testdata", "testing", "fixture", "fixtures", "spec", "specs", "mock", "mocks",
	"example", "examples", "sample", "samples", "e2e", "corpus", "fuzz", "benchmark", "benchmarks"}

// isTest says whether a path is for tests or examples by its names.
func isTest(file string) bool {
	if strings.HasPrefix(file, "t/") { // Perl's and git's own
		return true
	}
	notInWord := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	for word := range strings.FieldsFuncSeq(strings.ToLower(file), notInWord) {
		if contains(testWords, word) {
			return true
		}
	}
	return false
}

// translationWords are the names of folders in which interface texts stand.
var translationWords = []string{"locale", "locales", "i18n", "l10n", "lang", "langs", "language", "languages", "translation", "translations", "intl", "messages"}

// isTranslation says whether a path holds texts for people by its names.
func isTranslation(file string) bool {
	for part := range strings.SplitSeq(strings.ToLower(path.Dir(file)), "/") {
		if contains(translationWords, part) {
			return true
		}
	}
	return false
}
