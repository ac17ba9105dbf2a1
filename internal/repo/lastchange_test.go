package repo_test

import (
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
)

func TestLastChange(t *testing.T) {
	dir := repotest.New(t)
	first := dir.Commit("first", map[string]string{"log.md": "a", "*.md": "star", "-x": "dash"})
	second := dir.Commit("second", map[string]string{"log.md": "b"})
	third := dir.Commit("third", map[string]string{"other.md": "c"})
	r, err := repo.Open(t.Context(), dir.Dir)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ since, path, want string }{
		"since the first":       {first, "log.md", second},
		"nothing since":         {second, "log.md", ""},
		"ever":                  {"", "log.md", second},
		"an unknown commit":     {"1111111111111111111111111111111111111111", "log.md", second},
		"no commit at all":      {"--output=x", "log.md", second},
		"a name like a pattern": {"", "*.md", first},
		"a name like a flag":    {"", "-x", first},
		"a name with magic":     {"", ":(top)other.md", ""},
		"another file":          {first, "other.md", third},
		"no such file":          {"", "absent", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c, ok, err := r.LastChange(t.Context(), test.since, test.path)
			if err != nil || c.Commit != test.want || ok != (test.want != "") {
				t.Errorf("got %+v, %v, %v; expected %q", c, ok, err, test.want)
			}
			if ok && (c.Author != "Ada" || c.At.Year() != 2026) {
				t.Errorf("author and time: %+v", c)
			}
		})
	}
}
