// Package license tells which licence a text is, and whether a manifest says
// the same.
//
// It goes by a few phrases that each licence has and no other: enough to see
// that package.json says MIT while the text beside it is the GPL, and never
// taken as legal advice. A text that it does not know is custom, and fine.
package license

import (
	"regexp"
	"slices"
	"strings"
)

// phrases of one licence, in lower case with single blanks.
type kind struct {
	id   string   // SPDX, without "-only" and "-or-later"
	all  []string // every one must be in the text
	none []string // and none of these
}

// kinds are tried in order. The one that begins first in the text is it, of those
// that begin at the same place the first here: licences name one another, and
// below the product's own those of its parts may follow.
var kinds = []kind{
	{"AGPL-3.0", []string{"gnu affero general public license", "version 3"}, []string{"gnu lesser general public license version"}},
	{"LGPL-3.0", []string{"gnu lesser general public license", "version 3", "additional permissions"}, nil},
	{"LGPL-2.1", []string{"gnu lesser general public license", "version 2.1"}, nil},
	{"LGPL-2.0", []string{"gnu library general public license", "version 2"}, nil},
	{"GPL-3.0", []string{"gnu general public license", "version 3"}, nil},
	{"GPL-2.0", []string{"gnu general public license", "version 2"}, nil},
	{"Apache-2.0", []string{"apache license", "version 2.0"}, nil},
	{"MPL-2.0", []string{"mozilla public license", "2.0"}, nil},
	{"EPL-2.0", []string{"eclipse public license", "2.0"}, nil},
	{"EPL-1.0", []string{"eclipse public license", "1.0"}, nil},
	{"EUPL-1.2", []string{"european union public licence", "1.2"}, nil},
	{"CDDL-1.0", []string{"common development and distribution license", "1.0"}, nil},
	{"BUSL-1.1", []string{"business source license"}, nil},
	{"SSPL-1.0", []string{"server side public license"}, nil},
	{"Elastic-2.0", []string{"elastic license 2.0"}, nil},
	{"PolyForm", []string{"polyform"}, nil},
	{"BSL-1.0", []string{"boost software license"}, nil},
	{"Artistic-2.0", []string{"artistic license 2.0"}, nil},
	{"CC0-1.0", []string{"cc0 1.0 universal"}, nil},
	{"CC-BY-SA-4.0", []string{"attribution-sharealike 4.0"}, nil},
	{"CC-BY-4.0", []string{"attribution 4.0 international"}, nil},
	{"Unlicense", []string{"this is free and unencumbered software released into the public domain"}, nil},
	{"WTFPL", []string{"do what the fuck you want to"}, nil},
	{"Zlib", []string{"this software is provided 'as-is'", "altered source versions must be plainly marked"}, nil},
	{"BSD-4-Clause", []string{"redistribution and use in source and binary forms", "all advertising materials"}, nil},
	{"BSD-3-Clause", []string{"redistribution and use in source and binary forms", "endorse or promote"}, nil},
	{"BSD-2-Clause", []string{"redistribution and use in source and binary forms"}, nil},
	{"0BSD", []string{"permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted"}, []string{"provided that the above"}},
	{"ISC", []string{"distribute this software for any purpose with or without fee is hereby granted, provided that the above"}, nil},
	{"MIT-0", []string{"permission is hereby granted, free of charge"}, []string{"the above copyright notice and this permission notice"}},
	{"MIT", []string{"permission is hereby granted, free of charge", "the above copyright notice and this permission notice"}, nil},
}

// Custom is the kind of a text that is not known.
const Custom = "custom"

var markup = regexp.MustCompile(`[\s>#*_\x60"“”]+`)

// Identify returns the SPDX id of the licence that text is, without a suffix
// for later versions; Custom for one that it does not know; "" for nothing.
func Identify(text string) string {
	plain := strings.TrimSpace(markup.ReplaceAllString(strings.ToLower(text), " "))
	if plain == "" {
		return ""
	}
	best, first := Custom, len(plain)
	for _, k := range kinds {
		missing := func(phrase string) bool { return !strings.Contains(plain, phrase) }
		has := func(phrase string) bool { return strings.Contains(plain, phrase) }
		if slices.ContainsFunc(k.all, missing) || slices.ContainsFunc(k.none, has) {
			continue
		}
		if at := strings.Index(plain, k.all[0]); at < first {
			best, first = k.id, at
		}
	}
	return best
}

// loose are names that people write for a licence, in lower case.
var loose = map[string]string{
	"mit license": "MIT", "the mit license": "MIT", "apache 2.0": "Apache-2.0", "apache 2": "Apache-2.0", "apache2": "Apache-2.0",
	"apache license 2.0": "Apache-2.0", "apache license, version 2.0": "Apache-2.0", "apache-2": "Apache-2.0",
	"apache software license": "Apache-2.0", "gplv3": "GPL-3.0", "gpl3": "GPL-3.0", "gplv2": "GPL-2.0", "agplv3": "AGPL-3.0",
	"lgplv3": "LGPL-3.0", "lgplv2.1": "LGPL-2.1", "bsl-1.1": "BUSL-1.1", "mpl 2.0": "MPL-2.0", "isc license": "ISC",
	"bsd 3-clause": "BSD-3-Clause", "bsd 2-clause": "BSD-2-Clause", "new bsd license": "BSD-3-Clause",
}

var known = func() map[string]string {
	ids := map[string]string{}
	for _, k := range kinds {
		ids[strings.ToLower(k.id)] = k.id
	}
	return ids
}()

var separators = regexp.MustCompile(`(?i)\s+(?:and|or|with)\s+|[()/]`)

// Named returns the ids that a manifest's expression names, such as
// "(MIT OR Apache-2.0)" or "GPL-3.0-or-later"; complete is false where it names
// something that Identify does not know either.
func Named(expression string) (ids []string, complete bool) {
	if id, ok := loose[strings.ToLower(strings.TrimSpace(expression))]; ok {
		return []string{id}, true
	}
	complete = true
	for _, part := range separators.Split(expression, -1) {
		name := strings.ToLower(strings.TrimSpace(part))
		if name == "" {
			continue
		}
		if id, ok := loose[name]; ok {
			ids = append(ids, id)
			continue
		}
		name = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "-only"), "-or-later"), "+")
		if id, ok := known[name]; ok {
			ids = append(ids, id)
		} else {
			complete = false
		}
	}
	return ids, complete && len(ids) > 0
}

// Agree reports whether what a manifest says fits the licence texts found. It
// says no only where it knows every one of them.
func Agree(expression string, texts []string) bool {
	named, complete := Named(expression)
	if !complete || len(texts) == 0 {
		return true
	}
	for _, id := range texts {
		if id == Custom || id == "" || slices.Contains(named, id) {
			return true
		}
	}
	return false
}
