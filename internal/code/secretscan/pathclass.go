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
	if base[0] == '.' && strings.LastIndexByte(base, '.') == 0 {
		return true // .bashrc, .npmrc
	}
	switch path.Ext(base) {
	case ".yml", ".yaml", ".properties", ".ini", ".conf", ".cfg", ".cnf", ".config", ".toml", ".env", ".sh", ".bash", ".zsh", ".bat", ".cmd", ".ps1", ".service", ".tfvars",
		".npmrc", ".pypirc", ".netrc", ".pgpass", ".my.cnf", ".s3cfg", ".boto", ".credentials", ".envrc", ".plist", ".dockerfile", "":
		return true
	}
	return false
}

// fits says whether values are written in such files as s has it: without quotes
// in configuration and in prose about it, where source would have a name.
func (s Shape) fits(name string) bool {
	return s != Bare && s != Variable || isConfiguration(name) || isProse(name)
}

// isProse says whether a file is text that people read, or a copy to fill in.
func isProse(name string) bool {
	return hasAnySuffix(lower(path.Base(name)), ".md", ".markdown", ".mdx", ".rst", ".adoc", ".asciidoc", ".txt", ".textile", ".example", ".sample", ".dist", ".template")
}

// isTranslation says whether a file holds the words of a user interface, where
// "password" has as many values as there are languages.
func isTranslation(name string) bool {
	for folder := range strings.SplitSeq(path.Dir(lower(name)), "/") {
		switch folder {
		case "locale", "locales", "i18n", "l10n", "lang", "langs", "languages", "translations", "translation", "_locales", "intl", "lproj":
			return true
		}
	}
	base := path.Base(lower(name))
	stem, extension, _ := strings.Cut(base, ".")
	return extension == "po" || extension == "pot" || extension == "strings" || extension == "resx" || extension == "arb" ||
		strings.HasPrefix(stem, "messages_") || strings.HasPrefix(stem, "translation")
}

func hasAnySuffix(s string, suffixes ...string) bool {
	for _, suffix := range suffixes {
		if strings.HasSuffix(s, suffix) {
			return true
		}
	}
	return false
}
