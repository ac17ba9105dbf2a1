// Package provenance says where and out of what a release was built, as SLSA
// Provenance v1, as far as that is known.
//
// It is known where a build service has set its variables. They are the word of
// the machine that prepares, and no more: the permit's signature says that the
// organisation stands for them, not that the service does. Nothing is written
// where nothing is known.
package provenance

import (
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/plimsoll-dev/plimsoll/verify"
)

// Type is the predicate type.
const Type = "https://slsa.dev/provenance/v1"

// BuildType says how the parameters are to be read.
const BuildType = "https://plimsoll.dev/build/ci-variables/v1"

type (
	statement struct {
		Type          string           `json:"_type"`
		Subject       []verify.Subject `json:"subject"`
		PredicateType string           `json:"predicateType"`
		Predicate     predicate        `json:"predicate"`
	}
	predicate struct {
		Definition definition `json:"buildDefinition"`
		Details    details    `json:"runDetails"`
	}
	definition struct {
		BuildType    string            `json:"buildType"`
		External     map[string]string `json:"externalParameters"`
		Internal     map[string]string `json:"internalParameters,omitempty"`
		Dependencies []dependency      `json:"resolvedDependencies"`
	}
	dependency struct {
		URI    string            `json:"uri"`
		Digest map[string]string `json:"digest"`
	}
	details struct {
		Builder  builder  `json:"builder"`
		Metadata metadata `json:"metadata"`
	}
	builder struct {
		ID string `json:"id"`
	}
	metadata struct {
		Invocation string    `json:"invocationId,omitempty"`
		Finished   time.Time `json:"finishedOn"`
	}
)

// service is a build service by what its variables say.
type service struct {
	builder, source, commit, run string
	external, internal           map[string]string
}

// Statement is the provenance of deliverables, nil where nothing is known. Note
// says why not, where somebody might expect it.
func Statement(getenv func(string) string, commit string, subjects []verify.Subject, at time.Time) (data []byte, note string, err error) {
	s, ok := known(getenv)
	switch {
	case !ok:
		return nil, "no build service has told where this was built", nil
	case s.commit != commit:
		return nil, fmt.Sprintf("the build service is building %.12s, and this is %.12s", s.commit, commit), nil
	}
	digest := map[string]string{"gitCommit": commit}
	data, err = json.Marshal(statement{verify.StatementType, subjects, Type, predicate{
		definition{BuildType, s.external, s.internal, []dependency{{"git+" + s.source, digest}}},
		details{builder{s.builder}, metadata{s.run, at.UTC().Truncate(time.Second)}}}})
	return data, "", err
}

func known(getenv func(string) string) (service, bool) {
	switch {
	case getenv("GITHUB_ACTIONS") == "true":
		return github(getenv)
	case getenv("GITLAB_CI") == "true":
		return gitlab(getenv)
	}
	return service{}, false
}

func github(getenv func(string) string) (service, bool) {
	source, ok := plain(getenv("GITHUB_SERVER_URL") + "/" + getenv("GITHUB_REPOSITORY"))
	if !ok || getenv("GITHUB_SHA") == "" {
		return service{}, false
	}
	runner := "self-hosted"
	if getenv("RUNNER_ENVIRONMENT") == "github-hosted" {
		runner = "github-hosted"
	}
	return service{builder: "https://github.com/actions/runner/" + runner, source: source, commit: getenv("GITHUB_SHA"),
		run:      source + "/actions/runs/" + getenv("GITHUB_RUN_ID") + "/attempts/" + getenv("GITHUB_RUN_ATTEMPT"),
		external: map[string]string{"workflow": getenv("GITHUB_WORKFLOW_REF"), "ref": getenv("GITHUB_REF")},
		internal: map[string]string{"event": getenv("GITHUB_EVENT_NAME")}}, true
}

func gitlab(getenv func(string) string) (service, bool) {
	source, ok := plain(getenv("CI_PROJECT_URL"))
	server, known := plain(getenv("CI_SERVER_URL"))
	if !ok || !known || getenv("CI_COMMIT_SHA") == "" {
		return service{}, false
	}
	run, _ := plain(getenv("CI_JOB_URL"))
	return service{builder: server + "/runners/" + getenv("CI_RUNNER_ID"), source: source, commit: getenv("CI_COMMIT_SHA"), run: run,
		external: map[string]string{"config": getenv("CI_CONFIG_PATH"), "ref": getenv("CI_COMMIT_REF_NAME")},
		internal: map[string]string{"source": getenv("CI_PIPELINE_SOURCE")}}, true
}

// plain is an address without the user and password that services put into
// theirs: a statement is public.
func plain(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", false
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String(), true
}
