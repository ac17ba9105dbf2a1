package unwrap

import "bytes"

// Kind is what a container is, known by how it begins.
type Kind string

const (
	None  Kind = ""
	Zip   Kind = "zip"
	Gzip  Kind = "gzip"
	Bzip2 Kind = "bzip2"
	Zstd  Kind = "zstd"
	Tar   Kind = "tar"
	Zlib  Kind = "zlib" // two bytes alone: believed where base64 gave it, and nowhere else

	// Encrypted and Method are entries of zip files that cannot be read.
	Encrypted Kind = "encrypted zip entries"
	Method    Kind = "zip entries of rare methods"
	// Sparse are entries of tar files that are made of holes and too long to read.
	Sparse Kind = "sparse tar entries"
)

// HeadSize is how many bytes tell the kind of a container.
const HeadSize = 512

// Opens says whether there is a reader for the kind.
func (k Kind) Opens() bool {
	switch k {
	case Zip, Gzip, Bzip2, Zstd, Tar, Zlib:
		return true
	}
	return false
}

// Compressed says whether the kind holds one stream without a name.
func (k Kind) Compressed() bool { return k == Gzip || k == Bzip2 || k == Zstd || k == Zlib }

var magics = []struct {
	kind  Kind
	magic string
}{
	{Zip, "PK\x03\x04"},
	{Gzip, "\x1f\x8b\x08"},
	{"xz", "\xfd7zXZ\x00"},
	{Zstd, "\x28\xb5\x2f\xfd"},
	{"7z", "7z\xbc\xaf\x27\x1c"},
	{"rar", "Rar!\x1a\x07"},
	{"lz4", "\x04\x22\x4d\x18"},
	{"cab", "MSCF\x00\x00\x00\x00"},
}

// Sniff is the kind of what begins with head, None for anything that is no container.
func Sniff(head []byte) Kind {
	if len(head) < 8 {
		return None
	}
	for _, m := range magics {
		if head[0] == m.magic[0] && bytes.HasPrefix(head, []byte(m.magic)) {
			return m.kind
		}
	}
	switch {
	case head[0] == 'B' && len(head) > 10 && string(head[:3]) == "BZh" && head[3] >= '1' && head[3] <= '9' && string(head[4:10]) == "1AY&SY":
		return Bzip2
	case len(head) >= 262 && string(head[257:262]) == "ustar":
		return Tar
	}
	return None
}

// isZlib says whether b begins as a zlib stream does.
func isZlib(b []byte) bool {
	return len(b) >= 8 && b[0] == 0x78 && (b[1] == 0x01 || b[1] == 0x5e || b[1] == 0x9c || b[1] == 0xda)
}
