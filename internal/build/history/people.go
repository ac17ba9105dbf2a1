package history

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/build/access"
	"github.com/plimsoll-dev/plimsoll/internal/build/signature"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// recent is how many of the newest commits tell how a team works today.
const recent = 100

// reportPeople holds signatures and authors against the policy.
func (e *exam) reportPeople(g *graph, all []branch, head string) {
	if len(g.commits) == 0 {
		return
	}
	tips := []string{head}
	if e.policy.Declared {
		for _, b := range all {
			if e.policy.Rules.Protects(b.name) {
				tips = append(tips, b.tip)
			}
		}
	}
	if e.policy.Declared && len(e.policy.Rules.ProtectedRefs) > 0 && len(tips) > 1 {
		tips = tips[1:] // HEAD may be a branch that the rules are not for
	}
	ours := g.reach(tips)
	e.reportSignatures(g, ours)
	if e.policy.Rules.ListedAuthors {
		e.reportAuthors(g, and(ours, e.begun(g, e.policy.Rules.AuthorsSince, "authors_since")))
	}
}

func and(a, b []bool) []bool {
	out := make([]bool, len(a))
	for i := range a {
		out[i] = a[i] && b[i]
	}
	return out
}

// begun is graph.begun, with a problem told where the commit is unknown: the
// rule then holds from the beginning.
func (e *exam) begun(g *graph, since access.Since, name string) []bool {
	marks, ok := g.begun(since)
	if !ok {
		e.problem(event.Problem{Code: string(fault.Config), Path: access.Path,
			Message: fmt.Sprintf("%s names the commit %s, which is not in this history; the rule is taken to hold from the beginning", name, since.Commit),
			Hint:    "write a commit of this repository, or a day"})
	}
	return marks
}

// tally is a set of commits that share something, newest first.
type tally struct {
	key     string
	commits []int32
}

func (t tally) places(g *graph) []event.Place {
	var out []event.Place
	for _, i := range t.commits[1:min(len(t.commits), 1+mostAlso)] {
		out = append(out, event.Place{Commit: g.hexOf(g.commits[i])})
	}
	return out
}

// tallies groups commits by a key; "" leaves a commit out. The largest group is
// first.
func tallies(g *graph, marks []bool, key func(commit) string) []tally {
	byKey := map[string]*tally{}
	for i, c := range g.commits {
		if !marks[i] {
			continue
		}
		k := key(c)
		if k == "" {
			continue
		}
		if byKey[k] == nil {
			byKey[k] = &tally{key: k}
		}
		byKey[k].commits = append(byKey[k].commits, int32(i))
	}
	out := make([]tally, 0, len(byKey))
	for _, k := range sortedKeys(byKey) {
		out = append(out, *byKey[k])
	}
	sort.SliceStable(out, func(i, j int) bool { return len(out[i].commits) > len(out[j].commits) })
	return out
}

// reportSignatures tells how many commits are signed, and what is wrong with
// the rest as far as the policy asks.
func (e *exam) reportSignatures(g *graph, ours []bool) {
	verified, signed, hosted, total := 0, 0, 0, 0
	for i, c := range g.commits {
		if !ours[i] {
			continue
		}
		total++
		r := g.signatures.values[c.signed]
		signed += one(r.Status != signature.Unsigned)
		verified += one(r.Status == signature.Verified)
		hosted += one(r.Host != "" && r.Status == signature.UnknownKey)
	}
	e.observe(event.Observation{What: fmt.Sprintf("commits looked at for signatures (%d signed, %d of them by the git host, %d verified with the policy's keys)", signed, hosted, verified),
		Count: int64(total), Rules: []string{ruleUnsigned, ruleUnknownKey, ruleBadSign}})
	e.reportBad(g, ours)
	if !e.policy.Declared {
		e.reportUnsignedRecently(g, ours)
		return
	}
	if level := e.policy.Rules.Signed; level != access.NotAsked {
		e.reportUnsigned(g, and(ours, e.begun(g, e.policy.Rules.SignedSince, "signed_since")), level)
	}
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// reportUnsignedRecently is for a product without a policy. It says how the
// team works today and blames nobody for the past.
func (e *exam) reportUnsignedRecently(g *graph, ours []bool) {
	looked, t := 0, tally{}
	for i, c := range g.commits {
		if !ours[i] || looked == recent {
			continue
		}
		looked++
		if g.signatures.values[c.signed].Status == signature.Unsigned {
			t.commits = append(t.commits, int32(i))
		}
	}
	if len(t.commits) == 0 {
		return
	}
	e.report(event.Finding{Rule: ruleUnsigned, Severity: event.Low, Commit: g.hexOf(g.commits[t.commits[0]]), Places: len(t.commits), Also: t.places(g),
		Message: unsignedOf(len(t.commits), looked)}, "recent")
}

func unsignedOf(n, looked int) string {
	switch {
	case looked == 1:
		return "the only commit has no signature"
	case n == looked:
		return fmt.Sprintf("none of the newest %d commits is signed", looked)
	}
	if n == 1 {
		return fmt.Sprintf("1 of the newest %d commits is not signed", looked)
	}
	return fmt.Sprintf("%d of the newest %d commits are not signed", n, looked)
}

// reportUnsigned tells, for each author and each key, what the policy does not
// accept.
func (e *exam) reportUnsigned(g *graph, marks []bool, level access.Level) {
	severity := map[access.Level]event.Severity{access.Required: event.Medium, access.Wanted: event.Info}[level]
	e.reportTallies(g, ruleUnsigned, severity, tallies(g, marks, func(c commit) string {
		if g.signatures.values[c.signed].Status != signature.Unsigned {
			return ""
		}
		return g.people.values[c.committer].String()
	}), func(t tally) string {
		return plural(len(t.commits), "commit", "commits") + " by " + t.key + " without a signature"
	})
	e.reportTallies(g, ruleUnknownKey, severity, tallies(g, marks, func(c commit) string {
		r := g.signatures.values[c.signed]
		switch {
		case r.Status == signature.Unsupported:
			return "a key that cannot be looked up: " + r.Reason
		case r.Status != signature.UnknownKey:
			return ""
		case r.Host != "":
			return r.Host + "'s own key " + r.KeyID + ", which is not in the policy"
		}
		return "the " + string(r.Kind) + " key " + r.KeyID + ", which is not in the policy"
	}), func(t tally) string {
		return plural(len(t.commits), "commit is", "commits are") + " signed by " + t.key
	})
}

// reportTallies tells the largest groups by themselves and the others as one.
func (e *exam) reportTallies(g *graph, rule string, severity event.Severity, groups []tally, say func(tally) string) {
	for n, t := range groups {
		if n == mostEach {
			e.reportRest(g, rule, severity, groups[n:])
			return
		}
		e.report(event.Finding{Rule: rule, Severity: severity, Commit: g.hexOf(g.commits[t.commits[0]]), Places: len(t.commits), Also: t.places(g), Message: say(t)}, t.key)
	}
}

func (e *exam) reportRest(g *graph, rule string, severity event.Severity, groups []tally) {
	var all tally
	var keys []string
	for _, t := range groups {
		all.commits = append(all.commits, t.commits...)
		keys = append(keys, t.key)
	}
	e.report(event.Finding{Rule: rule, Severity: severity, Commit: g.hexOf(g.commits[all.commits[0]]), Places: len(all.commits), Also: all.places(g),
		Message: fmt.Sprintf("the same for %d more, with %s", len(groups), plural(len(all.commits), "commit", "commits"))}, keys...)
}

// reportBad tells of signatures that are worse than none, and of those that
// nobody can read.
func (e *exam) reportBad(g *graph, ours []bool) {
	worse := tallies(g, ours, func(c commit) string {
		switch r := g.signatures.values[c.signed]; r.Status {
		case signature.Bad:
			return g.people.values[c.committer].String() + ": " + r.Reason
		case signature.Verified:
			return e.signedForAnother(g, c, r)
		}
		return ""
	})
	unread := tallies(g, ours, func(c commit) string {
		if r := g.signatures.values[c.signed]; r.Status == signature.Malformed {
			return g.people.values[c.committer].String() + ": " + r.Reason
		}
		return ""
	})
	say := func(t tally) string {
		return "the signature of " + plural(len(t.commits), "commit", "commits") + " by " + t.key
	}
	e.reportTallies(g, ruleBadSign, "", worse, say)
	e.reportTallies(g, ruleBadSign, event.Low, unread, say)
}

// signedForAnother is why a verified signature is still wrong: a person's key
// signed what another person is said to have committed.
func (e *exam) signedForAnother(g *graph, c commit, r signature.Result) string {
	committer := g.people.values[c.committer]
	who, standing := e.policy.Who(committer.email, time.Unix(c.when, 0))
	if standing == access.Unlisted || who.Name == r.Signer || e.policy.IsBot(r.Signer) {
		return ""
	}
	return committer.String() + " is made with the key of " + r.Signer
}

// reportAuthors tells of everybody whom the policy does not list.
func (e *exam) reportAuthors(g *graph, marks []bool) {
	total := 0
	for _, m := range marks {
		if m {
			total++
		}
	}
	e.observe(event.Observation{What: "commits whose author and committer were looked up in the policy", Count: int64(total), Rules: []string{ruleAuthor}})
	why := map[string]access.Standing{}
	groups := tallies(g, marks, func(c commit) string {
		at := time.Unix(c.when, 0)
		for _, n := range []int32{c.author, c.committer} {
			p := g.people.values[n]
			_, standing := e.policy.Who(p.email, at)
			if standing == access.Listed || n == c.committer && p.email == "noreply@github.com" {
				continue
			}
			why[p.String()] = standing
			return p.String()
		}
		return ""
	})
	var people, bots []tally
	for _, t := range groups {
		if name, email, _ := strings.Cut(strings.TrimSuffix(t.key, ">"), " <"); access.KnownBot(name, email) {
			bots = append(bots, t)
			continue
		}
		people = append(people, t)
	}
	e.reportTallies(g, ruleAuthor, "", people, func(t tally) string {
		if why[t.key] == access.OutOfDate {
			return plural(len(t.commits), "commit", "commits") + " by " + t.key + ", outside the dates that the policy gives"
		}
		return plural(len(t.commits), "commit", "commits") + " by " + t.key + ", whom the policy does not list"
	})
	e.reportTallies(g, ruleAuthor, event.Low, bots, func(t tally) string {
		return plural(len(t.commits), "commit", "commits") + " by the bot " + t.key + ", which the policy does not list"
	})
}

// String is "Name <email>".
func (p person) String() string { return p.name + " <" + p.email + ">" }

// plural is "1 one" or "n many".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
