package verify

import (
	"encoding/json"
	"path"
	"sort"
	"strings"
	"unicode/utf8"
)

// ManifestMedia is the media type of the manifest of a folder.
const ManifestMedia = "application/vnd.plimsoll.manifest.v1+json"

// Bounds of a folder.
const (
	maxEntries  = 100_000
	maxPath     = 1024 // bytes
	maxDirDepth = 64
	maxManifest = 64 << 20
	maxNamed    = 20 // differences that a refusal names
)

// DirManifest is all that a folder holds, as far as it matters to who runs it:
// the content of files, whether they may be run, and where links lead. It says
// nothing of owners, times and empty folders.
type DirManifest struct {
	MediaType string     `json:"mediaType"` // ManifestMedia
	Entries   []DirEntry `json:"entries"`   // by their paths, in the order of their bytes
}

// DirEntry is a file or a symbolic link.
type DirEntry struct {
	Path       string `json:"path"` // relative, with slashes
	Size       int64  `json:"size,omitempty"`
	Digest     string `json:"digest,omitempty"` // of a file
	Executable bool   `json:"executable,omitempty"`
	Link       string `json:"link,omitempty"` // of a link: its target, which lies inside
}

// ReadManifest reads the manifest of a folder in its one form.
func ReadManifest(data []byte) (DirManifest, error) {
	var m DirManifest
	const what = "the manifest of a folder"
	if len(data) > maxManifest {
		return m, refuse(TooLarge, "reading %s: it has %d bytes, more than %d", what, len(data), maxManifest)
	}
	if err := decodeSigned(what, data, &m); err != nil {
		return m, err
	}
	if m.MediaType != ManifestMedia {
		return m, refuse(WrongType, "reading %s: it is a %q, expected %q", what, cut(m.MediaType), ManifestMedia)
	}
	return m, m.check()
}

// check holds for manifests that are read and for those that are made.
func (m DirManifest) check() error {
	if len(m.Entries) > maxEntries {
		return refuse(TooLarge, "the folder holds %d files, more than %d", len(m.Entries), maxEntries)
	}
	files := make(map[string]bool, len(m.Entries))
	for i, e := range m.Entries {
		if i > 0 && m.Entries[i-1].Path >= e.Path {
			return refuse(Malformed, "reading the manifest of a folder: %q is twice in it, or not in its place", cut(e.Path))
		}
		if err := e.check(); err != nil {
			return err
		}
		files[e.Path] = true
	}
	for _, e := range m.Entries {
		for dir := path.Dir(e.Path); dir != "."; dir = path.Dir(dir) {
			if files[dir] {
				return refuse(Malformed, "reading the manifest of a folder: %q is a file and a folder", cut(dir))
			}
		}
	}
	return nil
}

func (e DirEntry) check() error {
	if err := checkEntryPath(e.Path); err != nil {
		return err
	}
	if e.Link != "" {
		if e.Digest != "" || e.Size != 0 || e.Executable {
			return refuse(Malformed, "reading the manifest of a folder: %q is a file and a link", cut(e.Path))
		}
		return checkLink(e.Path, e.Link)
	}
	if e.Size < 0 {
		return refuse(Malformed, "reading the manifest of a folder: %q has %d bytes", cut(e.Path), e.Size)
	}
	return checkDigest("the file "+cut(e.Path), e.Digest)
}

// checkEntryPath wants each part of a path to be a name that misleads nobody.
func checkEntryPath(p string) error {
	parts := strings.Split(p, "/")
	if len(p) > maxPath || len(parts) > maxDirDepth {
		return refuse(TooLarge, "the path %q has %d bytes in %d parts, more than %d or %d", cut(p), len(p), len(parts), maxPath, maxDirDepth)
	}
	for _, part := range parts {
		if err := checkShown("the file", part); err != nil {
			return err
		}
		if part == "." || part == ".." || strings.Contains(part, `\`) {
			return refuse(UnsafeName, "the path %q: expected a plain relative path", cut(p))
		}
	}
	return nil
}

// checkLink wants a target that lies inside the folder however other links
// lead: steps up stand at its beginning alone, where they are counted from
// folders that are no links.
func checkLink(at, target string) error {
	r := refuse(UnsafeFile, "the link %q leads to %q, expected a target inside the folder", cut(at), cut(target))
	if path.IsAbs(target) || path.Clean(target) != target || strings.Contains(target, `\`) || !utf8.ValidString(target) || len(target) > maxPath {
		return r
	}
	if inside := path.Join(path.Dir(at), target); inside == ".." || strings.HasPrefix(inside, "../") {
		return r
	}
	return nil
}

// encode is the manifest in its one form, and the size of all its files.
func (m DirManifest) encode() ([]byte, int64, error) {
	m.MediaType = ManifestMedia
	if m.Entries == nil {
		m.Entries = []DirEntry{}
	}
	sort.Slice(m.Entries, func(i, j int) bool { return m.Entries[i].Path < m.Entries[j].Path })
	if err := m.check(); err != nil {
		return nil, 0, err
	}
	total := int64(0)
	for _, e := range m.Entries {
		if total += e.Size; total < 0 {
			return nil, 0, refuse(TooLarge, "writing the manifest of a folder: its files are larger than a number holds")
		}
	}
	data, err := json.Marshal(m)
	if err != nil {
		return nil, 0, refuse(Malformed, "writing the manifest of a folder: %v", err)
	}
	return data, total, nil
}

// differences names what is missing, additional and changed, not more than a
// person will read.
func (m DirManifest) differences(found DirManifest) []string {
	have := make(map[string]DirEntry, len(found.Entries))
	for _, e := range found.Entries {
		have[e.Path] = e
	}
	var out []string
	for _, e := range m.Entries {
		switch got, ok := have[e.Path]; {
		case !ok:
			out = append(out, "missing "+e.Path)
		case got != e:
			out = append(out, "changed "+e.Path+e.how(got))
		}
		delete(have, e.Path)
	}
	for _, e := range found.Entries {
		if _, extra := have[e.Path]; extra {
			out = append(out, "additional "+e.Path)
		}
	}
	return out
}

func (e DirEntry) how(got DirEntry) string {
	switch {
	case (e.Link != "") != (got.Link != ""):
		return " (a file for a link, or a link for a file)"
	case e.Link != got.Link:
		return " (leads to " + cut(got.Link) + ")"
	case e.Digest == got.Digest:
		return " (whether it may be run)"
	}
	return ""
}
