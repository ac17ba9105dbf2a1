// Package version says which Plimsoll this is.
package version

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"runtime/debug"
	"sync"
)

// release is set by the linker for a release: -X .../internal/version.release=v1.2.3
var release string

// Version is the release, the module's version, or "devel".
func Version() string {
	if release != "" {
		return release
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

// Digest is the SHA-256 of this very executable, "sha256:<hex>": another binary
// is another function, and its results are not these.
var Digest = sync.OnceValue(func() string {
	path, err := os.Executable()
	if err != nil {
		return "sha256:unknown"
	}
	file, err := os.Open(path)
	if err != nil {
		return "sha256:unknown"
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "sha256:unknown"
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
})
