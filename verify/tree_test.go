package verify_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/plimsoll-dev/plimsoll/verify"
)

// noise is size bytes that look like nothing.
func noise(size int) []byte {
	data := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(data)
	return data
}

// hashes keeps tlog's hashes in memory.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		out[i] = h[at]
	}
	return out, nil
}

// TestBuildTree holds the tree against another implementation of RFC 6962, for
// every shape from one chunk to seventeen and every kind of last chunk.
func TestBuildTree(t *testing.T) {
	const chunk = 4096
	data := noise(17 * chunk)
	for size := 1; size <= len(data); size += 1021 {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			var stored hashes
			var leaves []byte
			n := int64(0)
			for off := 0; off < size; off += chunk {
				part := data[off:min(off+chunk, size)]
				more, err := tlog.StoredHashes(n, part, stored)
				if err != nil {
					t.Fatal(err)
				}
				leaf := tlog.RecordHash(part)
				stored, leaves, n = append(stored, more...), append(leaves, leaf[:]...), n+1
			}
			want, err := tlog.TreeHash(n, stored)
			if err != nil {
				t.Fatal(err)
			}
			tree, got, err := verify.BuildTree(bytes.NewReader(data), int64(size), chunk)
			if err != nil {
				t.Fatal(err)
			}
			if tree.Root != "sha256:"+hex.EncodeToString(want[:]) || !bytes.Equal(got, leaves) || tree.Chunk != chunk {
				t.Errorf("got %s and %d leaves, want %x", tree.Root, len(got)/32, want)
			}
		})
	}
}

func TestBuildTreeRefuses(t *testing.T) {
	tests := []struct {
		name        string
		size, chunk int64
		want        verify.Reason
	}{
		{"empty", 0, verify.DefaultChunk, verify.Malformed},
		{"small chunks", 1, 1024, verify.Malformed},
		{"large chunks", 1, 1 << 30, verify.Malformed},
		{"too many", 1 << 40, 4096, verify.TooLarge},
	}
	for _, test := range tests {
		if _, _, err := verify.BuildTree(bytes.NewReader(nil), test.size, test.chunk); verify.ReasonOf(err) != test.want {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if _, _, err := verify.BuildTree(bytes.NewReader(noise(5000)), 9000, 4096); err == nil {
		t.Error("content that ends before its size gave a tree")
	}
}

const benchSize = 64 << 20

func benchFile(b *testing.B) *os.File {
	b.Helper()
	path := filepath.Join(b.TempDir(), "file")
	if err := os.WriteFile(path, noise(benchSize), 0o600); err != nil {
		b.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	b.SetBytes(benchSize)
	b.ReportAllocs()
	return f
}

func BenchmarkTree(b *testing.B) {
	for _, chunk := range []int64{64 << 10, 256 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("%dKiB", chunk>>10), func(b *testing.B) {
			f := benchFile(b)
			for b.Loop() {
				if _, _, err := verify.BuildTree(f, benchSize, chunk); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkParallelRate is the ceiling: as many goroutines as there are
// processors hash what lies in their caches, and read nothing.
func BenchmarkParallelRate(b *testing.B) {
	b.SetBytes(32 << 10)
	b.RunParallel(func(pb *testing.PB) {
		buf := noise(32 << 10)
		h := sha256.New()
		for pb.Next() {
			h.Write(buf)
		}
	})
}

// BenchmarkSerialFile is one goroutine that reads and hashes.
func BenchmarkSerialFile(b *testing.B) {
	f := benchFile(b)
	buf := make([]byte, 32<<10)
	for b.Loop() {
		h := sha256.New()
		for off := int64(0); off < benchSize; off += int64(len(buf)) {
			if _, err := f.ReadAt(buf, off); err != nil {
				b.Fatal(err)
			}
			h.Write(buf)
		}
	}
}
