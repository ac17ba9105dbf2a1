package secretscan

import (
	"bytes"
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// maxPointer is the most bytes that a Git LFS pointer has, by its specification.
const maxPointer = 1024

// isPointer says whether a text is what Git LFS leaves in a repository instead
// of a file.
func isPointer(text []byte) bool {
	return len(text) < maxPointer && bytes.HasPrefix(text, []byte("version https://git-lfs.github.com/spec/v1\n")) &&
		bytes.Contains(text, []byte("\noid sha256:"))
}

// tellPointers says that files were not looked into. The content of a pointer is
// not in the repository, so a run that looked at all of that is whole; but nobody
// should think the content had been seen.
func tellPointers(p *check.Pass, n int64, where string) {
	if n == 0 {
		return
	}
	p.Observe(event.Observation{What: "Git LFS pointers in " + where + ", whose content is not in the repository", Count: n})
	p.Problem(event.Problem{Code: string(fault.Missing),
		Message: fmt.Sprintf("%d files in %s are Git LFS pointers; their content is not in the repository and was not scanned", n, where),
		Hint:    "fetch it with `git lfs pull` and scan the files where they are checked out"})
}
