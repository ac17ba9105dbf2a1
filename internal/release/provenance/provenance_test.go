package provenance

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/verify"
)

func TestStatement(t *testing.T) {
	github := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://bot:word@github.com", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_SHA": "c0ffee",
		"GITHUB_RUN_ID": "7", "GITHUB_RUN_ATTEMPT": "1", "RUNNER_ENVIRONMENT": "github-hosted", "GITHUB_WORKFLOW_REF": "acme/shop/.github/workflows/release.yml@refs/tags/v1"}
	gitlab := map[string]string{"GITLAB_CI": "true", "CI_SERVER_URL": "https://gitlab.example", "CI_PROJECT_URL": "https://gitlab.example/acme/shop", "CI_COMMIT_SHA": "c0ffee", "CI_RUNNER_ID": "3"}
	for _, test := range []struct {
		name, commit  string
		env           map[string]string
		builder, note string
	}{
		{"github", "c0ffee", github, "https://github.com/actions/runner/github-hosted", ""},
		{"gitlab", "c0ffee", gitlab, "https://gitlab.example/runners/3", ""},
		{"at home", "c0ffee", nil, "", "no build service"},
		{"another commit", "beef", github, "", "is building c0ffee, and this is beef"},
		{"half told", "c0ffee", map[string]string{"GITHUB_ACTIONS": "true"}, "", "no build service"},
	} {
		t.Run(test.name, func(t *testing.T) {
			data, note, err := Statement(func(k string) string { return test.env[k] }, test.commit, []verify.Subject{{Name: "a", Digest: map[string]string{"sha256": "00"}}}, time.Unix(0, 0))
			if err != nil || !strings.Contains(note, test.note) || (data == nil) != (test.builder == "") {
				t.Fatalf("%s, note %q, %v", data, note, err)
			}
			if data == nil {
				return
			}
			var s statement
			if err := json.Unmarshal(data, &s); err != nil {
				t.Fatal(err)
			}
			if s.PredicateType != Type || s.Predicate.Details.Builder.ID != test.builder || s.Predicate.Definition.Dependencies[0].Digest["gitCommit"] != test.commit {
				t.Errorf("got %s", data)
			}
			if strings.Contains(string(data), "word") {
				t.Error("it holds the password of the address")
			}
		})
	}
}
