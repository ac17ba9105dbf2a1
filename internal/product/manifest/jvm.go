package manifest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
)

// maxXMLDepth bounds the nesting that is followed.
const maxXMLDepth = 64

// elements walks an XML text and calls fn at the end of every element with the
// names from the root, the text directly in it and the line where it began.
func elements(data []byte, fn func(path []string, text string, line int)) error {
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.Strict = false
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var names, texts []string
	var begun []int
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(names) == maxXMLDepth {
				return errors.New("elements are nested too deeply")
			}
			line, _ := dec.InputPos()
			names, texts, begun = append(names, t.Name.Local), append(texts, ""), append(begun, line)
			for _, a := range t.Attr {
				fn(append(names, "@"+a.Name.Local), a.Value, line)
			}
		case xml.CharData:
			if n := len(texts); n > 0 && len(texts[n-1]) < 1000 {
				texts[n-1] += string(t)
			}
		case xml.EndElement:
			n := len(names) - 1
			fn(names, strings.TrimSpace(texts[n]), begun[n])
			names, texts, begun = names[:n], texts[:n], begun[:n]
		}
	}
}

func parsePom(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: Maven}
	var group, artifact, version, scope string
	err := elements(data, func(path []string, text string, line int) {
		last := path[len(path)-1]
		switch strings.Join(path, "/") {
		case "project/artifactId":
			m.Name = text
		case "project/version":
			m.Version = text
		case "project/packaging":
			m.trait("packaging="+text, line)
		case "project/modules":
			m.trait("workspace", line)
		case "project/parent/artifactId":
			m.depend(Dependency{Name: "parent:" + text, Line: line})
		}
		if len(path) > 1 && (path[len(path)-2] == "dependency" || path[len(path)-2] == "plugin") {
			switch last {
			case "groupId":
				group = text
			case "artifactId":
				artifact = text
			case "version":
				version = text
			case "scope":
				scope = text
			}
		}
		if (last == "dependency" || last == "plugin") && artifact != "" {
			if !managed(path) {
				m.depend(Dependency{Name: group + ":" + artifact, Version: version, Line: line, Dev: scope == "test"})
			}
			group, artifact, version, scope = "", "", "", ""
		}
	})
	return m, err
}

// managed says whether the element only fixes versions for others.
func managed(path []string) bool {
	for _, p := range path {
		if p == "dependencyManagement" || p == "pluginManagement" || p == "profiles" {
			return true
		}
	}
	return false
}

var (
	gradlePlugin = regexp.MustCompile(`^\s*(?:id|apply plugin:)\s*\(?\s*["']([A-Za-z0-9._-]+)["']`)
	gradleAlias  = regexp.MustCompile(`^\s*alias\s*\(\s*libs\.plugins\.([A-Za-z0-9._-]+)`)
	gradleShort  = regexp.MustCompile(`^\s*(application|java-library|war|` + "`[a-z-]+`" + `)\s*$`)
	gradleDep    = regexp.MustCompile(`^\s*([A-Za-z]+)\s*[( ]\s*(?:platform\s*\(\s*)?["']([A-Za-z0-9._-]+:[A-Za-z0-9._-]+)(?::([^"']+))?["']`)
)

func parseGradle(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: Gradle}
	lines(data, func(n int, line string) {
		if p := gradlePlugin.FindStringSubmatch(line); p != nil {
			if !strings.Contains(line, "apply false") {
				m.depend(Dependency{Name: p[1], Line: n})
			}
		} else if p := gradleAlias.FindStringSubmatch(line); p != nil && !strings.Contains(line, "apply false") {
			m.trait("alias="+p[1], n)
		} else if p := gradleShort.FindStringSubmatch(line); p != nil {
			m.depend(Dependency{Name: strings.Trim(p[1], "`"), Line: n})
		} else if d := gradleDep.FindStringSubmatch(line); d != nil {
			m.depend(Dependency{Name: d[2], Version: d[3], Line: n, Dev: devConfiguration(d[1])})
		}
	})
	return m, nil
}

func devConfiguration(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "test") || name == "developmentonly" || name == "classpath"
}

func catalogueName(v any) string {
	switch v := v.(type) {
	case string:
		parts := strings.SplitN(v, ":", 3)
		return strings.Join(parts[:min(2, len(parts))], ":")
	case map[string]any:
		if module, ok := v["module"].(string); ok {
			return module
		}
		group, _ := v["group"].(string)
		name, _ := v["name"].(string)
		return group + ":" + name
	}
	return ""
}

func pluginName(v any) string {
	switch v := v.(type) {
	case string:
		id, _, _ := strings.Cut(v, ":")
		return id
	case map[string]any:
		id, _ := v["id"].(string)
		return id
	}
	return ""
}

func isTestLibrary(name string) bool {
	return strings.Contains(name, "test") || strings.Contains(name, "junit") || strings.Contains(name, "mock")
}

func parseCsproj(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: NuGet}
	var d Dependency
	err := elements(data, func(path []string, text string, line int) {
		switch last := path[len(path)-1]; {
		case len(path) == 2 && last == "@Sdk":
			m.trait("sdk="+text, line)
		case last == "OutputType", last == "UseWPF", last == "UseWindowsForms", last == "PackAsTool", last == "IsPackable", last == "UseMaui":
			m.trait(strings.ToLower(last+"="+text), line)
		case last == "PackageId", last == "AssemblyName":
			m.Name = text
		case len(path) > 1 && path[len(path)-2] == "PackageReference" && last == "@Include":
			d = Dependency{Name: text, Line: line}
		case len(path) > 1 && path[len(path)-2] == "PackageReference" && last == "@Version":
			d.Version = text
		case last == "PackageReference":
			m.depend(d)
			d = Dependency{}
		case last == "@Include" && len(path) > 1 && path[len(path)-2] == "FrameworkReference":
			m.depend(Dependency{Name: text, Line: line})
		}
	})
	return m, err
}
