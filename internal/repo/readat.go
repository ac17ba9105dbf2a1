package repo

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// ReadAt returns the file at a path in a commit: spec is "<commit or ref>:<path>",
// as git writes it. It reads what this copy of the repository has and fetches
// nothing. Its errors are of type *fault.Error: NotFound where there is no such
// file here, TooCostly where it has more than limit bytes.
func (r *Repo) ReadAt(ctx context.Context, spec string, limit int64) ([]byte, error) {
	commit, path, ok := strings.Cut(spec, ":")
	if !ok || commit == "" || path == "" || strings.HasPrefix(spec, "-") || strings.ContainsAny(spec, "\n\r\x00") {
		return nil, fault.New(fault.NotFound, "write <commit or ref>:<path>", "%q names no file in a commit", spec)
	}
	oid, err := r.blobAt(ctx, spec)
	if err != nil {
		return nil, err
	}
	var data []byte
	err = r.batch(ctx, strings.NewReader(oid+"\n"), func(o object, content io.Reader) error {
		switch {
		case o.missing:
			return fault.New(fault.NotFound, FetchHint, "the object of %s is not in this copy of the repository", spec)
		case o.kind != "blob":
			return fault.New(fault.NotFound, "name a file", "%s is no file", spec)
		case o.size > limit:
			return fault.New(fault.TooCostly, "", "%s is larger than %d bytes", spec, limit)
		}
		data = make([]byte, o.size)
		_, err := io.ReadFull(content, data)
		return err
	})
	return data, err
}

// blobAt resolves spec to the name of an object.
func (r *Repo) blobAt(ctx context.Context, spec string) (string, error) {
	out, err := r.run(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", spec)
	if err != nil {
		return "", fault.New(fault.NotFound, "fetch the commit, and look whether the path is right", "there is no %s in this copy of the repository", spec)
	}
	oid := strings.TrimSpace(string(out))
	if strings.ContainsAny(oid, " \n") || oid == "" {
		return "", fmt.Errorf("resolving %s: unexpected answer %q", spec, out)
	}
	return oid, nil
}
