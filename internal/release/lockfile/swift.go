package lockfile

import (
	"bytes"
	"encoding/json"
	"path"
	"regexp"
	"strings"
)

var swiftPackage = regexp.MustCompile(`(?m)^[^/\n]*\.package\(\s*(?:name:\s*"[^"]*"\s*,\s*)?url:\s*"([^"]+)"`)

// swift holds a Package.swift against Package.resolved.
func (e *examiner) swift(p string) {
	data, ok := e.read(p)
	if !ok {
		return
	}
	wants := map[string]string{}
	for _, m := range swiftPackage.FindAllSubmatch(data, -1) {
		wants[swiftIdentity(string(m[1]))] = ""
	}
	if len(wants) == 0 {
		return
	}
	e.report.Manifests++
	lock := beside(p, "Package.resolved")
	if !e.has[lock] {
		e.missing(p, "swift package resolve", bytes.Contains(data, []byte(".library(")), "Package.resolved")
		return
	}
	e.lookUp(p, lock, "swift package resolve", wants, swiftPins)
}

// swiftIdentity is a package's identity: the last part of its address.
func swiftIdentity(url string) string {
	return strings.ToLower(strings.TrimSuffix(path.Base(strings.TrimSuffix(url, "/")), ".git"))
}

// swiftPins reads versions 1 to 3 of Package.resolved.
func swiftPins(data []byte) map[string]bool {
	type pin struct{ Location, RepositoryURL string }
	var content struct {
		Pins   []pin
		Object struct{ Pins []pin }
	}
	_ = json.Unmarshal(data, &content) // a broken file pins nothing, which is what is reported
	have := map[string]bool{}
	for _, p := range append(content.Pins, content.Object.Pins...) {
		have[swiftIdentity(p.Location+p.RepositoryURL)] = true
	}
	return have
}
