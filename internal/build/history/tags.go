package history

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/build/signature"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

const tagPrefix = "refs/tags/"

// reportTags holds tags against the branches and against their own insides.
func (e *exam) reportTags(ctx context.Context, r *repo.Repo, g *graph, refs []repo.Ref) error {
	tags := tagsOf(refs)
	if len(tags) == 0 {
		return nil
	}
	e.reportOrphans(r, g, refs, tags)
	return e.reportInside(ctx, r, tags)
}

func tagsOf(refs []repo.Ref) []repo.Ref {
	var tags []repo.Ref
	for _, r := range refs {
		if strings.HasPrefix(r.Name, tagPrefix) {
			tags = append(tags, r)
		}
	}
	return tags
}

// reportOrphans tells of tags whose commit no branch holds: such a release can
// be rebuilt from no reviewed line of work. Where the history is cut off, or
// there is no branch, nobody can say.
func (e *exam) reportOrphans(r *repo.Repo, g *graph, refs, tags []repo.Ref) {
	all := branches(refs)
	if len(all) == 0 || isShallow(r) {
		return
	}
	tips := []string{r.Head()}
	for _, b := range all {
		tips = append(tips, b.tip)
	}
	held := g.reach(tips)
	var orphans []string
	commits := map[string]string{}
	looked := 0
	for _, t := range tags {
		target := t.OID
		if t.Peeled != "" {
			target = t.Peeled
		}
		id, _ := parseID(target)
		i, isCommit := g.index[id]
		if !isCommit { // a tag may name a tree or a blob
			continue
		}
		looked++
		if !held[i] {
			name := strings.TrimPrefix(t.Name, tagPrefix)
			orphans, commits[name] = append(orphans, name), target
		}
	}
	e.observe(event.Observation{What: "tags looked for on the branches", Count: int64(looked), Rules: []string{ruleOrphaned}})
	if len(orphans) == 0 {
		return
	}
	e.report(event.Finding{Rule: ruleOrphaned, Commit: commits[orphans[0]], Places: len(orphans),
		Message: fmt.Sprintf("%s on no branch: %s", plural(len(orphans), "tag names a commit that is", "tags name commits that are"), someOf(orphans))}, orphans...)
}

// isShallow says whether the history was cut off when it was fetched.
func isShallow(r *repo.Repo) bool {
	_, err := os.Lstat(filepath.Join(r.GitDir(), "shallow"))
	return err == nil
}

// someOf names the first few of a list.
func someOf(names []string) string {
	const few = 4
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

// reportInside compares annotated tags with the refs that name them, and
// verifies their signatures.
func (e *exam) reportInside(ctx context.Context, r *repo.Repo, tags []repo.Ref) error {
	byObject := map[string][]string{}
	for _, t := range tags {
		byObject[t.OID] = append(byObject[t.OID], strings.TrimPrefix(t.Name, tagPrefix))
	}
	ring := e.policy.Keyring()
	looked, at := 0, map[string]string{} // where the tags are, by what is said of them
	var renamed, bad []string
	err := r.EachTag(ctx, func(oid string, raw []byte) error {
		names := byObject[oid]
		o, err := signature.ParseTag(raw)
		if len(names) == 0 || err != nil {
			return nil
		}
		delete(byObject, oid) // two refs may name one tag
		looked++
		for _, name := range names {
			if !isNamed(o.Name, name) {
				said := fmt.Sprintf("%s (inside: %s)", name, clip(o.Name))
				renamed, at[said] = append(renamed, said), o.Target
			}
		}
		if res := ring.Verify(o); res.Status == signature.Bad {
			said := names[0] + " (" + res.Reason + ")"
			bad, at[said] = append(bad, said), o.Target
		}
		return nil
	})
	if err != nil {
		e.problem(event.Problem{Code: string(fault.Incomplete), Incomplete: true, Message: "the tags could not be read: " + err.Error(), Hint: "run `git fsck --tags`"})
	}
	e.observe(event.Observation{What: "annotated tags read", Count: int64(looked), Rules: []string{ruleRenamed, ruleBadSign}})
	sort.Strings(renamed)
	sort.Strings(bad)
	if len(renamed) > 0 {
		e.report(event.Finding{Rule: ruleRenamed, Commit: at[renamed[0]], Places: len(renamed), Message: plural(len(renamed), "tag says", "tags say") + " inside that the name is another: " + someOf(renamed)}, renamed...)
	}
	if len(bad) > 0 {
		e.report(event.Finding{Rule: ruleBadSign, Commit: at[bad[0]], Places: len(bad), Message: "the signature of " + plural(len(bad), "tag", "tags") + ": " + someOf(bad)}, bad...)
	}
	return ctx.Err()
}

// isNamed lets a ref put the tag's name into a folder, as archives do, and a
// channel name the release that it stands at.
func isNamed(inside, ref string) bool {
	return ref == inside || strings.HasSuffix(ref, "/"+inside) || floating.MatchString(ref)
}

// floating are tags that are meant to move: channels, and the major version
// that users of pipeline actions follow.
var floating = regexp.MustCompile(`(?i)^(.*/)?(latest|stable|edge|nightly|canary|next|current|head|tip|dev|beta|alpha|rolling|snapshot|continuous|unstable|v\d{1,3}(\.x)?)([-_]?(build|release|latest))?$`)

// reportMoved tells of tags that name another object than when they were first
// seen here.
func (e *exam) reportMoved(ctx context.Context) error {
	diff, err := compareTags(ctx, e.p.Subject())
	if err != nil || diff == nil {
		return err // nil: nowhere to remember, so nothing was compared
	}
	if diff.lost {
		e.problem(event.Problem{Code: string(fault.Incomplete), Message: "the record of the tags seen before was unreadable and has been begun anew",
			Hint: "a tag that moved before today cannot be noticed any more; compare with another clone if that matters"})
	}
	if diff.known == 0 {
		return nil
	}
	e.observe(event.Observation{What: "tags compared with where they were when first seen", Count: int64(diff.known), Rules: []string{ruleMoved}})
	for _, m := range diff.moved {
		e.report(event.Finding{Rule: ruleMoved, Message: fmt.Sprintf("the tag %s named %s when it was first seen, and names %s now", m.name, short(m.was), short(m.is)), Commit: m.commit},
			m.name, m.was, m.is)
	}
	return nil
}

func short(oid string) string { return oid[:min(len(oid), 12)] }
