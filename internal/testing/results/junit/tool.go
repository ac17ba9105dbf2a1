package junit

import "strings"

// signs are words by which the writer of a report is known: in the name of a
// suite, of a property or of the type of a failure.
var signs = []struct{ sign, tool string }{
	{"pytest", "pytest"},
	{"jest tests", "Jest"},
	{"mocha tests", "Mocha"},
	{"vitest tests", "Vitest"},
	{"go.version", "go test"},
	{"phpunit", "PHPUnit"},
	{"surefire.", "Surefire"},
	{"org.gradle", "Gradle"},
	{"ctest", "CTest"},
}

func (p *parser) hint(words ...string) {
	const enough = 50
	for _, w := range words {
		if w != "" && len(p.hints) < enough {
			p.hints = append(p.hints, strings.ToLower(w))
		}
	}
}

func (p *parser) tool() string {
	for _, s := range signs {
		for _, h := range p.hints {
			if strings.Contains(h, s.sign) {
				return s.tool
			}
		}
	}
	return "JUnit XML"
}
