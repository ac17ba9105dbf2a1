package secretscan

import (
	"path"
	"strings"
)

// isConfiguration says whether values stand without quotes in such files.
func isConfiguration(name string) bool {
	base := path.Base(lower(name))
	if strings.HasPrefix(base, ".env") || strings.HasPrefix(base, "dockerfile") || strings.HasSuffix(base, ".env") {
		return true
	}
	switch path.Ext(base) {
	case ".yml", ".yaml", ".properties", ".ini", ".conf", ".cfg", ".cnf", ".config", ".toml", ".env", ".sh", ".bash", ".zsh", ".bat", ".cmd", ".ps1", ".service", ".tfvars",
		".npmrc", ".pypirc", ".netrc", ".pgpass", ".my.cnf", ".s3cfg", ".boto", ".credentials", ".envrc", ".plist", ".dockerfile", "":
		return true
	}
	return false
}
