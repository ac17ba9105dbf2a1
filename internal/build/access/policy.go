// Package access is the contribution policy: who may contribute to a product's
// repository, with which keys, and what is asked of what they bring.
//
// The policy stands in .plimsoll/access.yaml, beside the code that it protects
// and reviewed like it. It is held against what the history really shows, so
// it must be possible to begin with it in an old repository: every rule has a
// since, and without a file nothing is asked of anybody.
package access

import (
	_ "embed"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/build/signature"
)

// Path is where the policy stands in a repository.
const Path = ".plimsoll/access.yaml"

// Schema is the JSON Schema of the policy file.
//
//go:embed access.schema.json
var Schema []byte

// Policy says who may contribute, and how.
type Policy struct {
	People []Person
	Bots   []Person
	Rules  Rules
	// Declared is false for the policy that stands in when there is no file.
	Declared bool
}

// Person is somebody, or some program, who contributes.
type Person struct {
	Name   string
	Emails []string // lower case; "*@domain" takes a domain
	Keys   []signature.Key
	Roles  []string
	From   time.Time // first day; zero for no bound
	Until  time.Time // the moment after the last day; zero for no bound
}

// Level says how much a rule asks.
type Level string

const (
	Required Level = "required"
	Wanted   Level = "wanted"
	NotAsked Level = "none"
)

// Since is where a rule begins: on a day or after a commit. The zero value is
// the beginning of history.
type Since struct {
	Day    time.Time
	Commit string // hex, 7 digits or more
}

// Rules is what the policy asks of contributions.
type Rules struct {
	Signed        Level
	SignedSince   Since
	ListedAuthors bool // every author and committer must be listed
	AuthorsSince  Since
	ProtectedRefs []string // patterns of branch names; empty for all branches
	MaxBlobSize   int64    // bytes
	AllowBinaries Globs
}

// DefaultMaxBlobSize is 10 MiB: git keeps every version of a file whole, and
// clones carry it for ever.
const DefaultMaxBlobSize = 10 << 20

// Default is the policy of a repository that has none: it asks nothing.
func Default() *Policy {
	return &Policy{Rules: Rules{Signed: NotAsked, MaxBlobSize: DefaultMaxBlobSize}}
}

// Standing is what the policy knows of an address at a moment.
type Standing int

const (
	Unlisted Standing = iota
	OutOfDate
	Listed
)

// Who finds whom an email belongs to. At a moment outside the person's dates
// the person is returned with OutOfDate. Exact addresses go before domains.
func (p *Policy) Who(email string, at time.Time) (*Person, Standing) {
	email = strings.ToLower(email)
	_, domain, _ := strings.Cut(email, "@")
	best, standing := (*Person)(nil), Unlisted
	for _, want := range []string{email, "*@" + domain} {
		for _, list := range [][]Person{p.People, p.Bots} {
			for i := range list {
				if s := list[i].standing(want, at); s > standing {
					best, standing = &list[i], s
				}
			}
		}
		if standing == Listed {
			break
		}
	}
	return best, standing
}

func (p *Person) standing(email string, at time.Time) Standing {
	for _, e := range p.Emails {
		if e != email {
			continue
		}
		if !p.From.IsZero() && at.Before(p.From) || !p.Until.IsZero() && !at.Before(p.Until) {
			return OutOfDate
		}
		return Listed
	}
	return Unlisted
}

// Keyring is every key in the policy, valid within its owner's dates.
func (p *Policy) Keyring() *signature.Keyring {
	var keys []signature.Key
	for _, list := range [][]Person{p.People, p.Bots} {
		for _, person := range list {
			keys = append(keys, person.Keys...)
		}
	}
	return signature.NewKeyring(keys...)
}

// IsBot says whether name is one of the policy's bots.
func (p *Policy) IsBot(name string) bool {
	for _, b := range p.Bots {
		if b.Name == name {
			return true
		}
	}
	return false
}

// KnownBot recognises the programs that commit through the git hosts, by the
// names and addresses that the hosts give them. Anybody can write such a name
// into a commit: it explains, it proves nothing.
func KnownBot(name, email string) bool {
	email = strings.ToLower(email)
	if strings.HasSuffix(strings.ToLower(name), "[bot]") || strings.Contains(email, "[bot]@users.noreply.") {
		return true
	}
	switch email {
	case "noreply@github.com", // GitHub's web page, as the committer of merges and edits
		"action@github.com", "actions@github.com", "github-actions@github.com",
		"support@dependabot.com", "support@greenkeeper.io", "snyk-bot@snyk.io", "bot@renovateapp.com":
		return true
	}
	return strings.HasPrefix(email, "project_") && strings.Contains(email, "_bot") && strings.Contains(email, "@noreply.")
}
