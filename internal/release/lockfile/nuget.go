package lockfile

import (
	"encoding/json"
	"encoding/xml"
	"path"
	"strings"
)

func isDotnetProject(p string) bool {
	switch path.Ext(p) {
	case ".csproj", ".fsproj", ".vbproj":
		return true
	}
	return false
}

// dotnetProject is what matters of a .csproj or Directory.Build.props.
type dotnetProject struct {
	Properties []struct {
		Lock string `xml:"RestorePackagesWithLockFile"`
	} `xml:"PropertyGroup"`
	Items []struct {
		Condition string `xml:"Condition,attr"`
		Packages  []struct {
			Include   string `xml:"Include,attr"`
			Condition string `xml:"Condition,attr"`
		} `xml:"PackageReference"`
	} `xml:"ItemGroup"`
}

func (d dotnetProject) locks() bool {
	for _, p := range d.Properties {
		if strings.EqualFold(strings.TrimSpace(p.Lock), "true") {
			return true
		}
	}
	return false
}

// nuget holds a project against packages.lock.json, which .NET writes only where
// the project asks for it.
func (e *examiner) nuget(p string) {
	data, ok := e.read(p)
	if !ok {
		return
	}
	var project, shared dotnetProject
	if err := xml.Unmarshal(data, &project); err != nil {
		e.unreadable(p, data, err)
		return
	}
	if props := e.nearest(path.Dir(p), "Directory.Build.props"); props != "" {
		if data, ok := e.read(props); ok {
			_ = xml.Unmarshal(data, &shared) // a broken one asks for nothing
		}
	}
	lock := beside(p, "packages.lock.json")
	if !project.locks() && !shared.locks() && !e.has[lock] {
		return
	}
	e.report.Manifests++
	if !e.has[lock] {
		e.missing(p, "dotnet restore", false, "packages.lock.json")
		return
	}
	e.report.Locks++
	lockData, ok := e.read(lock)
	if !ok {
		return
	}
	var content struct {
		Dependencies map[string]map[string]struct{ Type string } `json:"dependencies"`
	}
	if err := json.Unmarshal(lockData, &content); err != nil {
		e.unreadable(lock, lockData, err)
		return
	}
	have := map[string]bool{}
	for _, framework := range content.Dependencies {
		for name := range framework {
			have[strings.ToLower(name)] = true
		}
	}
	var diffs []string
	for _, group := range project.Items {
		for _, r := range group.Packages {
			if r.Include != "" && group.Condition == "" && r.Condition == "" && !strings.Contains(r.Include, "$(") && !have[strings.ToLower(r.Include)] {
				diffs = append(diffs, r.Include+" is not in it")
			}
		}
	}
	e.mismatch(p, lock, "dotnet restore --force-evaluate", diffs, 0)
}
