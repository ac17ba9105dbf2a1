package unwrap

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"testing"
)

// TestSlow unpacks 40 MiB of zeros from a stream of bzip2 with 49 bytes.
func TestSlow(t *testing.T) {
	// In two parts, or a scan of this very file would look into it.
	packed, err := base64.StdEncoding.DecodeString("QlpoOTFB" + "WSZTWVfG138BQUFAgMAAAAEACCAAMMwFKaZAkCbFAkCeLuSKcKEgr42u/g==")
	if err != nil {
		t.Fatal(err)
	}
	w, size := NewWalk(1<<20), int64(0)
	err = w.Each(Bzip2, bytes.NewReader(packed), func(e Entry) error {
		size, err = io.Copy(io.Discard, e.Content)
		return err
	})
	if err != nil || size < slowFree || size > slowFree+1<<20 || !strings.Contains(w.Cut, "bzip2") || w.Broken {
		t.Errorf("%d bytes, %v; looked into %+v", size, err, w)
	}
	s := &slow{walk: NewWalk(1 << 20), packed: &counted{n: 1}, r: strings.NewReader("the end"), n: slowFree}
	if got, err := io.ReadAll(s); err != nil || string(got) != "the end" || s.walk.Cut != "" {
		t.Errorf("within the bound: %q, %v, %q", got, err, s.walk.Cut)
	}
}
