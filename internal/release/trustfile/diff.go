package trustfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/verify"
)

// Changes says in words what one version of a trust document makes of another:
// what a person reads before they sign.
func Changes(before, after verify.TrustDocument) []string {
	c := changes{before: names(before), after: names(after)}
	c.one("organisation", before.Organisation, after.Organisation)
	c.one("expires", before.Expires.UTC().Format(time.DateOnly), after.Expires.UTC().Format(time.DateOnly))
	if before.Epoch != after.Epoch {
		c.say("epoch: %d, was %d: what was sealed before counts no more", after.Epoch, before.Epoch)
	}
	c.keys(before, after)
	c.roles("", before.Roles, after.Roles)
	for _, product := range union(before.Products, after.Products) {
		c.roles(" of "+product, before.Products[product], after.Products[product])
	}
	c.log(before.Log, after.Log)
	return c.lines
}

type changes struct {
	before, after map[string]string // who holds a key, by its id
	lines         []string
}

func (c *changes) say(format string, args ...any) {
	c.lines = append(c.lines, fmt.Sprintf(format, args...))
}

func (c *changes) one(what, was, is string) {
	if was != is {
		c.say("%s: %s, was %s", what, is, was)
	}
}

func names(doc verify.TrustDocument) map[string]string {
	out := map[string]string{}
	for _, k := range doc.Keys {
		if key, err := verify.ParseKey(k.Key); err == nil {
			out[key.ID] = k.Name
		}
	}
	return out
}

func (c *changes) keys(before, after verify.TrustDocument) {
	was := map[string]verify.TrustKey{}
	for _, k := range before.Keys {
		was[k.Key] = k
	}
	for _, k := range after.Keys {
		old, there := was[k.Key]
		delete(was, k.Key)
		switch {
		case !there:
			c.say("new key: %s, of %s", short(k), k.Name)
		case old.Name != k.Name:
			c.say("key %s: of %s, was of %s", short(k), k.Name, old.Name)
		}
		if k.Compromised != nil && old.Compromised == nil {
			c.say("COMPROMISED: %s, of %s, since %s", short(k), k.Name, k.Compromised.UTC().Format(time.DateOnly))
		} else if k.Compromised == nil && old.Compromised != nil {
			c.say("no longer compromised: %s, of %s", short(k), k.Name)
		} else if k.Compromised != nil && !k.Compromised.Equal(*old.Compromised) {
			c.say("compromised since %s, was since %s: %s, of %s", k.Compromised.UTC().Format(time.RFC3339), old.Compromised.UTC().Format(time.RFC3339), short(k), k.Name)
		}
		if there && k.Epoch != old.Epoch {
			c.say("key %s, of %s: of epoch %d, was of epoch %d", short(k), k.Name, k.Epoch, old.Epoch)
		}
	}
	for _, k := range before.Keys {
		if _, left := was[k.Key]; left {
			c.say("key taken out: %s, of %s", short(k), k.Name)
		}
	}
}

// short is a key as people compare it.
func short(k verify.TrustKey) string {
	key, err := verify.ParseKey(k.Key)
	if err != nil {
		return "?"
	}
	return fmt.Sprintf("%s %.16s", key.Algorithm, key.ID)
}

func (c *changes) roles(of string, before, after map[verify.Role]verify.Authority) {
	for _, role := range union(before, after) {
		was, there := before[role]
		is, stays := after[role]
		what := fmt.Sprintf("role %s%s", role, of)
		switch {
		case !there:
			c.say("%s: new, %s", what, c.authority(is, c.after))
		case !stays:
			c.say("%s: gone", what)
		default:
			c.authorities(what, was, is)
		}
	}
}

// authorities compares whole ids: the digits that are shown can be had again, by
// whoever makes keys until they fit.
func (c *changes) authorities(what string, was, is verify.Authority) {
	before, after := c.authority(was, c.before), c.authority(is, c.after)
	if before != after {
		c.one(what, before, after)
		return
	}
	for _, ids := range [][2][]string{{was.Keys, is.Keys}, {was.AlsoKeys, is.AlsoKeys}} {
		for _, id := range ids[1] {
			if !slices.Contains(ids[0], id) {
				c.say("%s: ANOTHER KEY of %s with the same first digits: %s", what, c.after[id], id)
			}
		}
	}
}

func (c *changes) authority(a verify.Authority, who map[string]string) string {
	text := fmt.Sprintf("%d of %s", a.Threshold, people(a.Keys, who))
	if a.Also != "" {
		text += fmt.Sprintf(", and %d of %s with %s", a.Threshold, people(a.AlsoKeys, who), a.Also)
	}
	return text
}

// people names the holders; the digits of a key tell two keys of one person apart.
func people(ids []string, who map[string]string) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = fmt.Sprintf("%s (%.16s)", who[id], id)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func (c *changes) log(before, after *verify.LogTrust) {
	describe := func(l *verify.LogTrust) string {
		if l == nil {
			return "none"
		}
		return fmt.Sprintf("%s, required: %v, %d of the witnesses [%s]", l.Key, l.Required, l.Quorum, strings.Join(l.Witnesses, ", "))
	}
	c.one("log", describe(before), describe(after))
}

func union[K ~string, V any](a, b map[K]V) []K {
	return slices.Compact(slices.Sorted(func(yield func(K) bool) {
		for k := range maps.Keys(a) {
			if !yield(k) {
				return
			}
		}
		for k := range maps.Keys(b) {
			if !yield(k) {
				return
			}
		}
	}))
}
