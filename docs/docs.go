// Package docs carries the documentation inside the binary, so that what a user
// reads is about the very version that they run.
package docs

import "embed"

// Files are the Markdown pages of this folder.
//
//go:embed *.md
var Files embed.FS
