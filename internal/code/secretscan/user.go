package secretscan

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/code/secretscan/userrules"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// userForm is the form of kinds that a rule file of the user's describes.
const userForm knowledge.Form = "rule-file"

// userRule is a rule of the user's made ready to look for.
type userRule struct {
	*userrules.Rule
	plan   userrules.Plan
	before int // the most bytes that a match has ahead of its literal
}

// withUserRules adds the user's kinds to ours.
func withUserRules(secrets []knowledge.Secret, files []*userrules.File) ([]knowledge.Secret, map[string]*userRule) {
	if len(files) == 0 {
		return secrets, nil
	}
	secrets, users := slices.Clone(secrets), map[string]*userRule{}
	for _, f := range files {
		for _, r := range f.Rules {
			u := &userRule{Rule: r}
			if r.Regex != nil {
				u.plan = r.Plan()
			}
			if u.plan.Before != nil {
				u.before = min(width(u.plan.Before), contextBytes)
			}
			users[r.ID] = u
			doc := userDoc(r)
			secrets = append(secrets, knowledge.Secret{
				ID: doc.ID, Family: "user." + doc.ID, Title: doc.Title, Severity: doc.Severity, Confidence: doc.Confidence, Why: doc.Why, Fix: doc.Fix,
				CWE: doc.CWE, Revision: doc.Revision, Form: userForm, Literals: u.plan.Literals,
			})
		}
	}
	return secrets, users
}

// userDoc documents a rule of the user's as far as the file tells.
func userDoc(r *userrules.Rule) knowledge.Rule {
	title := r.Description
	if title == "" {
		title = "a match of the rule " + r.ID
	}
	return knowledge.Rule{
		ID: r.ID, Check: knowledge.SecretCheck, Title: title, Severity: string(event.High), Confidence: string(event.Likely),
		Why: "The rule file " + r.Source + ", which product.yaml names, takes it for a credential.",
		Fix: "Revoke it where it was given out, and put the new one where only the program that needs it can read it.",
		CWE: []int{798}, Revision: r.Revision,
	}
}

func userDocs(files []*userrules.File) []knowledge.Rule {
	var docs []knowledge.Rule
	for _, f := range files {
		for _, r := range f.Rules {
			docs = append(docs, userDoc(r))
		}
	}
	return docs
}

// ruleInputs declares the rule files, so that evidence names their digest.
func ruleInputs(files []*userrules.File) []check.Input {
	var inputs []check.Input
	for _, f := range files {
		inputs = append(inputs, check.Files("rules "+f.Path, func(path string) bool { return path == f.Path }))
	}
	return inputs
}

// tellRules says what of the rule files is done otherwise than they ask.
func tellRules(p *check.Pass, files []*userrules.File) {
	for _, f := range files {
		p.Observe(event.Observation{What: "rules of " + f.Path, Count: int64(len(f.Rules))})
		for _, note := range f.Notes {
			p.Problem(event.Problem{Code: "rule-file", Path: f.Path, Message: note})
		}
		for _, r := range f.Rules {
			if r.Regex != nil && len(r.Plan().Literals) == 0 {
				p.Problem(event.Problem{Code: "rule-file", Path: f.Path,
					Message: fmt.Sprintf("the rule %s has neither keywords nor letters that each match begins with, so it runs over everything and is slow", r.ID),
					Hint:    "give it keywords of three letters or more"})
			}
		}
	}
}

// user looks at a literal of a rule of the user's.
func (t *scan) user(index int32, at, length int) {
	r := &t.engine.rules[index]
	if t.scratch.spent[index] > t.budget {
		t.scratch.skips++
		return
	}
	from, to := max(at-contextBytes, 0), min(at+length+contextBytes, len(t.text))
	if r.user.plan.Ahead {
		to = min(at+reachBytes, len(t.text))
		t.scratch.spent[index] += contextBytes / 4
		rest := r.user.plan.Rest.FindIndex(t.text[at:to])
		if rest == nil {
			return
		}
		from, to = max(at-r.user.before-1, 0), min(at+rest[1]+contextBytes, len(t.text))
	}
	t.scratch.spent[index] += to - from
	t.userMatches(r, from, to, func(start, end int) (int, bool) {
		return at, !r.user.plan.Ahead || start <= at && at+length <= end
	})
}

// userWide runs a rule that no literal gives away over text[from:to].
func (t *scan) userWide(index int32, from, to int) {
	r := &t.engine.rules[index]
	low := from - min(from, contextBytes)
	t.userMatches(r, low, min(to+contextBytes, len(t.text)), func(start, _ int) (int, bool) { return start, start >= from && start < to })
}

// userMatches reports what the expression matches in text[from:to] and take
// takes, which also gives the match its anchor.
func (t *scan) userMatches(r *rule, from, to int, take func(start, end int) (anchor int, ok bool)) {
	for from < to {
		loc := r.user.Regex.FindIndex(t.text[from:to])
		if loc == nil {
			return
		}
		start, end := from+loc[0], from+loc[1]
		from = max(end, from+1)
		for start < end && t.text[start] == '\n' {
			start++
		}
		for start < end && t.text[end-1] == '\n' {
			end--
		}
		anchor, ok := take(start, end)
		if !ok || start == end {
			continue
		}
		m := Match{Rule: r.Secret, Start: start, End: end, Anchor: anchor}
		m.SecretStart, m.SecretEnd = r.user.secret(t.text, start, end)
		if m.SecretStart < m.SecretEnd && r.user.accepts(t.text, &m) {
			t.emit(m)
		}
	}
}

// secret is where in the match text[start:end] the secret is: the group that the
// rule names, or the first that is not empty, or all of it.
func (u *userRule) secret(text []byte, start, end int) (from, to int) {
	groups := u.Regex.FindSubmatchIndex(text[start:end])
	for n := 1; 2*n < len(groups); n++ {
		if n == u.Group || u.Group == 0 && groups[2*n] < groups[2*n+1] {
			return start + max(groups[2*n], 0), start + max(groups[2*n+1], 0)
		}
	}
	return start, end
}

// accepts asks the entropy and the allowlists, as far as the text alone tells.
func (u *userRule) accepts(text []byte, m *Match) bool {
	secret := text[m.SecretStart:m.SecretEnd]
	if u.Entropy > 0 && entropy(secret) <= u.Entropy {
		return false
	}
	low, high := min(max(m.Anchor-contextBytes, 0), m.Start), min(m.End+contextBytes, len(text))
	line := text[low+bytes.LastIndexByte(text[low:m.Start], '\n')+1 : m.End+cut(text[m.End:high], "\n")]
	for i, a := range u.Allow {
		allowed, ifInPath := a.AllowsSecret(secret, text[m.Start:m.End], line)
		if allowed {
			return false
		}
		if ifInPath {
			m.unless = append(m.unless, i)
		}
	}
	return true
}

// counts asks what depends on the path.
func (u *userRule) counts(path string, g sighting) bool {
	if path == u.Source || u.Path != nil && !u.Path.MatchString(path) {
		return false
	}
	for i, a := range u.Allow {
		if a.AllowsPath(path) || slices.Contains(g.Unless, i) && a.InPath(path) {
			return false
		}
	}
	return true
}

// byPath are the sightings that the path of a file alone makes.
func (s *scanner) byPath(path string) []sighting {
	var sightings []sighting
	for _, id := range slices.Sorted(maps.Keys(s.users)) {
		u := s.users[id]
		if u.Regex != nil || !u.Path.MatchString(path) {
			continue
		}
		sightings = append(sightings, sighting{Rule: id, Fingerprint: s.fingerprint("user."+id, []byte(path)), Masked: "by its path"})
	}
	return sightings
}

// pathsOf adds what the paths of the blobs make.
func (s *scanner) pathsOf(known *blobs, in *repo.Introductions, t *told) {
	if len(s.users) == 0 {
		return
	}
	for _, oid := range slices.Sorted(maps.Keys(known.sizes)) {
		commit, path, _ := in.Of(oid)
		for _, g := range s.byPath(path) {
			t.Found, t.Commits = append(t.Found, placed{path, g}), append(t.Commits, commit)
		}
	}
}
