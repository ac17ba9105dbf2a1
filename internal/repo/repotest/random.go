package repotest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
)

// Import feeds a stream to git fast-import.
func (r *Repo) Import(stream []byte) {
	r.t.Helper()
	cmd := exec.Command("git", "fast-import", "--quiet", "--force")
	cmd.Dir = r.Dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	cmd.Stdin = bytes.NewReader(stream)
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("git fast-import: %v\n%s", err, out)
	}
}

// Random fills the repository with commits that edit, move, copy and remove
// files, fork and merge, some with clocks that are wrong. Lines are what files
// are made of. Equal seeds give equal repositories.
func (r *Repo) Random(seed uint64, commits int, lines []string) {
	g := &growing{Rand: rand.New(rand.NewPCG(seed, 1)), lines: lines, trees: map[int]map[string]string{}}
	for n := 1; n <= commits; n++ {
		g.commit(n)
	}
	r.Import(g.Bytes())
}

// growing is a random repository as it grows.
type growing struct {
	bytes.Buffer
	*rand.Rand
	lines []string
	trees map[int]map[string]string // files by commit
}

func (g *growing) commit(n int) {
	first, second := 0, 0
	if n > 1 && g.IntN(15) > 0 {
		first = max(n-1-g.IntN(4), 1)
	}
	if first > 1 && g.IntN(5) == 0 {
		second = 1 + g.IntN(first-1)
	}
	files := map[string]string{}
	for _, parent := range []int{second, first} {
		for path, text := range g.trees[parent] {
			files[path] = text
		}
	}
	for range 1 + g.IntN(3) {
		g.change(files)
	}
	g.trees[n] = files
	date := 1_700_000_000 + n*60
	if g.IntN(6) == 0 {
		date += (g.IntN(40) - 20) * 60
	}
	fmt.Fprintf(g, "commit refs/heads/b%d\nmark :%d\ncommitter Ada <ada@example.org> %d +0000\ndata 1\nx\n", g.IntN(3), n, date)
	if first > 0 {
		fmt.Fprintf(g, "from :%d\n", first)
	}
	if second > 0 {
		fmt.Fprintf(g, "merge :%d\n", second)
	}
	g.WriteString("deleteall\n")
	for _, path := range sortedKeys(files) {
		mode := "100644"
		if len(files[path])%7 == 0 {
			mode = "100755"
		}
		fmt.Fprintf(g, "M %s inline %s\ndata %d\n%s\n", mode, path, len(files[path]), files[path])
	}
	fmt.Fprintf(g, "reset refs/heads/tip%d\nfrom :%d\n\n", n%5, n)
}

// change edits one file in one of the ways in which files change.
func (g *growing) change(files map[string]string) {
	path := fmt.Sprintf("d%d/e%d/f%d", g.IntN(3), g.IntN(3), g.IntN(4))
	text := files[path]
	at := g.IntN(len(text) + 1)
	switch g.IntN(6) {
	case 0:
		delete(files, path)
	case 1:
		files[path] = text[at:] + text[:at]
	case 2:
		files[path] = text[:at] + text[min(at+g.IntN(300), len(text)):]
	case 3:
		for other, content := range files {
			if other < path { // any, but the same in every run
				path = other
				text = content
			}
		}
		files[fmt.Sprintf("copy%d", g.IntN(5))] = text
	default:
		var more bytes.Buffer
		for range 1 + g.IntN(30) {
			more.WriteString(g.lines[g.IntN(len(g.lines))])
		}
		files[path] = text[:at] + more.String() + text[at:]
	}
}

func sortedKeys(files map[string]string) []string {
	keys := make([]string, 0, len(files))
	for path := range files {
		keys = append(keys, path)
	}
	slices.Sort(keys)
	return keys
}
