package lockfile

import (
	"path"
)

// pub holds a pubspec.yaml against pubspec.lock, or that of its workspace.
func (e *examiner) pub(p string) {
	data, ok := e.read(p)
	if !ok {
		return
	}
	wants, application, member := map[string]string{}, e.has[beside(p, "lib/main.dart")], false
	eachYAML(data, func(keys []string, value string) {
		switch {
		case len(keys) == 2 && (keys[0] == "dependencies" || keys[0] == "dev_dependencies"):
			wants[keys[1]] = value
		case keys[0] == "publish_to" && value == "none", keys[0] == "flutter" && len(keys) > 1 && keys[1] == "uses-material-design":
			application = true
		case keys[0] == "resolution" && value == "workspace":
			member = true
		}
	})
	if len(wants) == 0 {
		return
	}
	e.report.Manifests++
	lock := beside(p, "pubspec.lock")
	if member {
		lock = e.nearest(path.Dir(p), "pubspec.lock")
	}
	if !e.has[lock] {
		e.missing(p, "dart pub get", !application, "pubspec.lock")
		return
	}
	e.lookUp(p, lock, "dart pub get", wants, func(data []byte) map[string]bool {
		have := map[string]bool{}
		eachYAML(data, func(keys []string, _ string) {
			if len(keys) == 2 && keys[0] == "packages" {
				have[keys[1]] = true
			}
		})
		return have
	})
}

// lookUp reports the names that a lock file does not hold.
func (e *examiner) lookUp(p, lock, tool string, wants map[string]string, names func([]byte) map[string]bool) {
	e.report.Locks++
	data, ok := e.read(lock)
	if !ok {
		return
	}
	if conflictLine(data) > 0 {
		e.unreadable(lock, data, nil)
		return
	}
	have := names(data)
	var diffs []string
	for _, name := range sortedKeys(wants) {
		if !have[name] {
			diffs = append(diffs, name+" is not in it")
		}
	}
	e.mismatch(p, lock, tool, diffs, 0)
}
