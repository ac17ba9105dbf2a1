package knowledge

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/goccy/go-yaml"
)

// readList reads a file that holds a list of entries, what names them in a
// message. A field that the type does not have is a mistake, and so is a file
// without entries.
func readList[T any](fsys fs.FS, name, what string) ([]T, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	return decodeList[T](data, name, what)
}

func decodeList[T any](data []byte, name, what string) ([]T, error) {
	var list []T
	err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&list)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: holds no %s", name, what)
	}
	return list, nil
}
