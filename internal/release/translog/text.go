package translog

import (
	"crypto/sha256"
	"errors"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

var emptyRoot = tlog.Hash(sha256.Sum256(nil))

// splitText takes the text of a checkpoint apart (C2SP tlog-checkpoint): three
// lines, and lines of extensions, which may not be empty.
func splitText(text string) (origin string, size int64, hash string, err error) {
	body, ok := strings.CutSuffix(text, "\n")
	if !ok {
		return "", 0, "", errors.New("its last line has no end")
	}
	lines := strings.Split(body, "\n")
	if len(lines) < 3 {
		return "", 0, "", errors.New("it has fewer than three lines")
	}
	for _, line := range lines {
		if line == "" {
			return "", 0, "", errors.New("it has an empty line")
		}
	}
	size, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return "", 0, "", errors.New("its second line is no number of entries")
	}
	return lines[0], size, lines[2], nil
}
