package history

import (
	"context"
	"encoding/hex"
	"sort"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/build/access"
	"github.com/plimsoll-dev/plimsoll/internal/build/signature"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// objectID is an object name in binary, zero padded.
type objectID [32]byte

func parseID(text string) (id objectID, ok bool) {
	if len(text) > 2*len(id) {
		return id, false
	}
	_, err := hex.Decode(id[:], []byte(text))
	return id, err == nil && len(text) >= 40
}

// commit is what is kept of one commit: about 100 bytes, so that a history of a
// million of them fits into memory.
type commit struct {
	id        objectID
	parents   []objectID
	when      int64 // committer's date, seconds
	effective int64 // the latest date of it and its ancestors
	author    int32 // in graph.people
	committer int32
	signed    int32 // in graph.signatures
}

// graph is the history: commits, newest first as git lists them.
type graph struct {
	commits    []commit
	index      map[objectID]int32
	idLength   int // hex digits
	people     interned[person]
	signatures interned[signature.Result]
	broken     int // commits that could not be parsed
}

// person is an author or committer as a commit names them.
type person struct{ name, email string }

// interned numbers values, each once.
type interned[T comparable] struct {
	values []T
	number map[T]int32
}

func (in *interned[T]) add(v T) int32 {
	n, known := in.number[v]
	if !known {
		if in.number == nil {
			in.number = map[T]int32{}
		}
		n = int32(len(in.values))
		in.number[v] = n
		in.values = append(in.values, v)
	}
	return n
}

// readGraph streams every commit once and verifies its signature on the way.
func readGraph(ctx context.Context, r *repo.Repo, ring *signature.Keyring) (*graph, error) {
	g := &graph{index: map[objectID]int32{}, idLength: 40}
	err := r.EachCommit(ctx, func(oid string, raw []byte) error {
		o, parseErr := signature.ParseCommit(raw)
		id, ok := parseID(oid)
		if parseErr != nil || !ok {
			g.broken++
			return nil
		}
		g.idLength = len(oid)
		c := commit{id: id, when: o.Committer.When.Unix()}
		for _, p := range o.Parents {
			if id, ok := parseID(p); ok {
				c.parents = append(c.parents, id)
			}
		}
		c.author = g.people.add(person{o.Author.Name, strings.ToLower(o.Author.Email)})
		c.committer = g.people.add(person{o.Committer.Name, strings.ToLower(o.Committer.Email)})
		c.signed = g.signatures.add(ring.Verify(o))
		g.index[id] = int32(len(g.commits))
		g.commits = append(g.commits, c)
		return nil
	})
	g.date()
	return g, err
}

// hexOf is a commit's name as git writes it.
func (g *graph) hexOf(c commit) string { return hex.EncodeToString(c.id[:g.idLength/2]) }

// date gives every commit the latest date among it and its ancestors, so that
// nobody gets round a rule that begins on a day by dating a commit back.
func (g *graph) date() {
	done := make([]bool, len(g.commits))
	for start := range g.commits {
		stack := []int32{int32(start)}
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			c := &g.commits[at]
			before := len(stack)
			latest := c.when
			for _, p := range c.parents {
				i, here := g.index[p]
				switch {
				case done[at] || !here:
				case !done[i]:
					stack = append(stack, i)
				default:
					latest = max(latest, g.commits[i].effective)
				}
			}
			if len(stack) == before {
				if !done[at] {
					c.effective, done[at] = latest, true
				}
				stack = stack[:len(stack)-1]
			}
		}
	}
}

// reach marks every commit that one of the tips reaches.
func (g *graph) reach(tips []string) []bool {
	seen := make([]bool, len(g.commits))
	var stack []int32
	push := func(id objectID) {
		if i, here := g.index[id]; here && !seen[i] {
			seen[i] = true
			stack = append(stack, i)
		}
	}
	for _, tip := range tips {
		if id, ok := parseID(tip); ok {
			push(id)
		}
	}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, p := range g.commits[at].parents {
			push(p)
		}
	}
	return seen
}

// find is the one commit whose name begins with prefix.
func (g *graph) find(prefix string) (string, bool) {
	found := ""
	for _, c := range g.commits {
		if name := g.hexOf(c); strings.HasPrefix(name, prefix) {
			if found != "" {
				return "", false
			}
			found = name
		}
	}
	return found, found != ""
}

// begun marks the commits that a rule with that beginning is for; ok is false
// where its commit is not in the history.
func (g *graph) begun(since access.Since) (marks []bool, ok bool) {
	marks = make([]bool, len(g.commits))
	if since.Commit != "" {
		tip, found := g.find(since.Commit)
		old := g.reach([]string{tip})
		for i := range marks {
			marks[i] = !old[i]
		}
		return marks, found
	}
	from := int64(0)
	if !since.Day.IsZero() {
		from = since.Day.Unix()
	}
	for i, c := range g.commits {
		marks[i] = since.Day.IsZero() || c.effective >= from
	}
	return marks, true
}

// branch is a branch of this repository or of one it was cloned from.
type branch struct{ name, tip string }

// branches lists the branches, with names as a policy writes them. Refs of pull
// requests are none: anybody may put commits there.
func branches(refs []repo.Ref) []branch {
	var out []branch
	for _, r := range refs {
		name, local := strings.CutPrefix(r.Name, "refs/heads/")
		remote, isRemote := strings.CutPrefix(r.Name, "refs/remotes/")
		if isRemote {
			_, name, _ = strings.Cut(remote, "/")
			isRemote = !strings.HasPrefix(remote, "pull/") && !strings.HasPrefix(name, "pr/") && !strings.HasPrefix(name, "pull/")
		}
		if (local || isRemote) && name != "" {
			out = append(out, branch{name, r.OID})
		}
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i].name < out[j].name || out[i].name == out[j].name && out[i].tip < out[j].tip
	})
	return out
}
