package history

import (
	"bytes"
	"encoding/binary"
	"path"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// headSize is how much of a file's begin tells what it is, in bytes.
const headSize = 512

// Classes of binary files that hide what they do.
const (
	program  = "program"           // machine code that is started or loaded
	bytecode = "compiled code"     // for a virtual machine
	packed   = "packed program"    // an archive that is run or loaded as it is
	archive  = "archive"           // needs unpacking before anything happens
	wrapper  = "build tool's jar"  // of Gradle or Maven
	webasm   = "WebAssembly"       // compiled, sandboxed
	document = "document or media" // not reported
)

// classOne and classMany name a class in a sentence.
var (
	classOne = map[string]string{program: "a program or library in machine code", bytecode: "compiled code", packed: "a packed program",
		webasm: "compiled WebAssembly", archive: "an archive", wrapper: "the wrapper of a build tool, whose checksum the pipeline should compare"}
	classMany = map[string]string{program: "programs or libraries in machine code", bytecode: "compiled code", packed: "packed programs",
		webasm: "compiled WebAssembly", archive: "archives", wrapper: "wrappers of build tools, whose checksums the pipeline should compare"}
)

// classSeverity is what a file of a class weighs in the tree of a product.
var classSeverity = map[string]event.Severity{
	program: event.Medium, bytecode: event.Medium, packed: event.Medium,
	webasm: event.Low, archive: event.Low, wrapper: event.Info,
}

// programArchives are the extensions of ZIP files that are programs.
var programArchives = " .jar .war .ear .apk .aab .aar .ipa .whl .egg .nupkg .vsix .xpi .crx .jmod .par .msix .appx "

// plainArchives are those of archives that are nothing else. A ZIP file with
// any other is a document: the office formats, EPUB, notebooks, models.
var plainArchives = " .zip .7z .rar .tar .tgz .gz .bz2 .xz .zst .txz .tbz .lz4 .cab .rpm .deb "

// classify tells what kind of binary a file is by its first bytes; "" for text
// and for what nothing executes.
func classify(file string, head []byte) string {
	ext := strings.ToLower(path.Ext(file))
	is := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case len(head) < 4:
		return ""
	case is("\x7fELF"), isPE(head), isMachO(head), is("!<arch>\n") && ext != ".deb":
		return program
	case is("\xca\xfe\xba\xbe"), is("dex\n03"), isPython(file, head), is("\x1bLua"), is("BC\xc0\xde"):
		return bytecode
	case is("\x00asm"):
		return webasm
	case is("PK\x03\x04"):
		return classifyZip(file, ext)
	case is("\x1f\x8b"), is("BZh"), is("\xfd7zXZ\x00"), is("7z\xbc\xaf\x27\x1c"), is("Rar!\x1a\x07"), is("\x28\xb5\x2f\xfd"), is("\xed\xab\xee\xdb"), is("!<arch>\n"):
		if strings.Contains(plainArchives, " "+ext+" ") {
			return archive
		}
	}
	return ""
}

func classifyZip(file, ext string) string {
	switch base := path.Base(file); {
	case base == "gradle-wrapper.jar" || base == "maven-wrapper.jar":
		return wrapper
	case strings.Contains(programArchives, " "+ext+" "):
		return packed
	case ext == ".zip":
		return archive
	}
	return document
}

// isPE takes the programs and libraries of Windows: "MZ", and "PE" where the
// old header points.
func isPE(head []byte) bool {
	if !bytes.HasPrefix(head, []byte("MZ")) || len(head) < 0x40 {
		return false
	}
	at := int64(binary.LittleEndian.Uint32(head[0x3c:]))
	if at+4 > int64(len(head)) {
		return at < 1<<16 // the rest of the header lies beyond what was read
	}
	return bytes.HasPrefix(head[at:], []byte("PE\x00\x00"))
}

func isMachO(head []byte) bool {
	switch binary.LittleEndian.Uint32(head) {
	case 0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe:
		return true
	}
	// A fat file shares its magic with Java classes, whose version comes next
	// and is 45 or more; nobody packs as many architectures.
	return binary.BigEndian.Uint32(head) == 0xcafebabe && len(head) >= 8 && binary.BigEndian.Uint32(head[4:]) < 40
}

// isPython takes compiled Python, whose magic number ends with CR LF.
func isPython(file string, head []byte) bool {
	ext := path.Ext(file)
	return (ext == ".pyc" || ext == ".pyo") && head[2] == '\r' && head[3] == '\n'
}
