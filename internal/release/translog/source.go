package translog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Source gives the files of a log. A file that is not there is fs.ErrNotExist;
// one that is longer than limit is an error.
type Source interface {
	Read(ctx context.Context, path string, limit int64) ([]byte, error)
}

// NewSource is a log where people say it is: a folder, or an http(s) address.
func NewSource(where string) (Source, error) {
	if strings.HasPrefix(where, "http://") || strings.HasPrefix(where, "https://") {
		return newWeb(where)
	}
	info, err := os.Stat(where)
	if err != nil || !info.IsDir() {
		return nil, fault.New(fault.NotFound, "`plimsoll log init DIR --origin NAME` makes one", "there is no log at %s", where)
	}
	return folder(where), nil
}

// folder is a log on this machine. Its root keeps symbolic links from leading
// out of it.
type folder string

func (f folder) Read(_ context.Context, path string, limit int64) ([]byte, error) {
	root, err := os.OpenRoot(string(f))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	file, err := root.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readAll(file, path, limit)
}

func readAll(r io.Reader, path string, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s is longer than %d bytes", path, limit)
	}
	return data, nil
}

// web is a log behind a web server.
type web struct {
	base   *url.URL
	client *http.Client
}

func newWeb(where string) (Source, error) {
	base, err := url.Parse(where)
	if err != nil || base.Host == "" {
		return nil, fault.New(fault.Usage, "give it as https://host/path", "%q is no address of a log", where)
	}
	return &web{base: base, client: &http.Client{Timeout: 30 * time.Second, CheckRedirect: sameHost}}, nil
}

// sameHost keeps a log from sending its readers to other machines.
func sameHost(next *http.Request, via []*http.Request) error {
	if len(via) >= 3 || next.URL.Host != via[0].URL.Host {
		return errors.New("the log redirects elsewhere")
	}
	return nil
}

func (w *web) Read(ctx context.Context, path string, limit int64) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.base.JoinPath(path).String(), nil)
	if err != nil {
		return nil, err
	}
	answer, err := w.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
		return readAll(answer.Body, path, limit)
	case http.StatusNotFound, http.StatusGone:
		return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	return nil, fmt.Errorf("%s: the server says %s", path, answer.Status)
}
