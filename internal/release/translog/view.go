package translog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"

	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/plimsoll-dev/plimsoll/verify"
)

// View is a log as one checkpoint shows it. Whatever it gives leads to the root
// of that checkpoint.
type View struct {
	Checkpoint *Checkpoint
	source     Source
	hashes     tlog.HashReader
}

// Look reads the newest checkpoint of a log.
func Look(ctx context.Context, source Source, log note.Verifier, witnesses ...note.Verifier) (*View, error) {
	raw, err := source.Read(ctx, layout.CheckpointPath, maxCheckpoint)
	if err != nil {
		return nil, unread(err, "reading the checkpoint of %s", log.Name())
	}
	c, err := ReadCheckpoint(raw, log, witnesses...)
	if err != nil {
		return nil, err
	}
	return newView(ctx, source, c), nil
}

func newView(ctx context.Context, source Source, c *Checkpoint) *View {
	v := &View{Checkpoint: c, source: source}
	v.hashes = tlog.TileHashReader(c.Tree, &tiles{ctx: ctx, source: source})
	return v
}

// Size is the number of entries.
func (v *View) Size() int64 { return v.Checkpoint.Tree.N }

// Inclusion leads from an entry to the root.
func (v *View) Inclusion(index int64) ([][]byte, error) {
	proof, err := tlog.ProveRecord(v.Size(), index, v.hashes)
	if err != nil {
		return nil, untrusted("proving that entry %d stands in %s: %v", index, v.Checkpoint.Origin, err)
	}
	return rows(proof), nil
}

// Consistency leads from the log of an earlier size to this one.
func (v *View) Consistency(size int64) ([][]byte, error) {
	if size == 0 || size == v.Size() {
		return nil, nil
	}
	proof, err := tlog.ProveTree(v.Size(), size, v.hashes)
	if err != nil {
		return nil, untrusted("proving that %s has only grown since %d entries: %v", v.Checkpoint.Origin, size, err)
	}
	return rows(proof), nil
}

func rows[H ~[]tlog.Hash](hashes H) [][]byte {
	out := make([][]byte, len(hashes))
	for i, h := range hashes {
		out[i] = h[:]
	}
	return out
}

// Follows checks that an earlier tree is a prefix of this one.
func (v *View) Follows(earlier tlog.Tree) error {
	now := v.Checkpoint.Tree
	switch {
	case earlier.N == 0:
		return nil
	case earlier.N > now.N:
		return split("%s has shrunk: it showed %s, and now %s", v.Checkpoint.Origin, describe(earlier), describe(now))
	case earlier.N == now.N && earlier.Hash == now.Hash:
		return nil
	case earlier.N == now.N:
		return split("%s shows two trees of one size: %s, and now %s", v.Checkpoint.Origin, describe(earlier), describe(now))
	}
	// The hash of the earlier size, out of tiles that lead to the signed root:
	// it is what the log says now that it was then.
	then, err := tlog.TreeHash(earlier.N, v.hashes)
	if err != nil {
		return untrusted("reading the tiles of %s: %v", v.Checkpoint.Origin, err)
	}
	if then != earlier.Hash {
		return split("%s no longer begins with what it showed before: it showed %s, and its first %d entries now have the root %s",
			v.Checkpoint.Origin, describe(earlier), earlier.N, then)
	}
	return nil
}

// Leaf is an entry as it stands in the log.
type Leaf struct {
	Index int64
	Data  []byte
	verify.Entry
}

// Leaves gives the entries from an index on, each verified.
func (v *View) Leaves(ctx context.Context, from int64) iter.Seq2[Leaf, error] {
	return func(yield func(Leaf, error) bool) {
		for i := from; i < v.Size(); {
			bundle, err := v.bundle(ctx, i/tileWidth)
			if err != nil {
				yield(Leaf{}, err)
				return
			}
			for ; i < v.Size() && i%tileWidth < int64(len(bundle)); i++ {
				leaf, err := v.leaf(i, bundle[i%tileWidth])
				if !yield(leaf, err) || err != nil {
					return
				}
				if i%tileWidth == tileWidth-1 {
					i++
					break
				}
			}
		}
	}
}

func (v *View) leaf(index int64, data []byte) (Leaf, error) {
	hashes, err := v.hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
	if err != nil {
		return Leaf{}, untrusted("reading the tiles of %s: %v", v.Checkpoint.Origin, err)
	}
	if hashes[0] != tlog.RecordHash(data) {
		return Leaf{}, untrusted("reading entry %d of %s: it is not what the log has signed", index, v.Checkpoint.Origin)
	}
	leaf := Leaf{Index: index, Data: data}
	leaf.Entry, err = ParseEntry(data)
	if err != nil {
		return Leaf{}, untrusted("reading entry %d of %s: %v", index, v.Checkpoint.Origin, err)
	}
	return leaf, nil
}

// bundle reads up to 256 entries; it verifies nothing but their number.
func (v *View) bundle(ctx context.Context, n int64) ([][]byte, error) {
	width := min(v.Size()-n*tileWidth, tileWidth)
	raw, err := readPart(ctx, v.source, layout.EntriesPath, n, width, maxBundle)
	if err != nil {
		return nil, unread(err, "reading the entries of %s from %d on", v.Checkpoint.Origin, n*tileWidth)
	}
	return parseBundle(raw, int(width))
}

// parseBundle takes apart what tlog-tiles calls an entry bundle; the first width
// entries are asked for, a file of a later time may hold more.
func parseBundle(raw []byte, width int) ([][]byte, error) {
	var b api.EntryBundle
	if err := b.UnmarshalText(raw); err != nil {
		return nil, untrusted("reading entries: %v", err)
	}
	if len(b.Entries) < width {
		return nil, untrusted("reading entries: %d were expected, the file holds %d", width, len(b.Entries))
	}
	return b.Entries[:width], nil
}

// readPart reads a file that may be partial: the part of the width, or the whole
// that has taken its place since.
func readPart(ctx context.Context, source Source, path func(uint64, uint8) string, n, width, limit int64) ([]byte, error) {
	if width < tileWidth {
		raw, err := source.Read(ctx, path(uint64(n), uint8(width)), limit)
		if !errors.Is(err, fs.ErrNotExist) {
			return raw, err
		}
	}
	return source.Read(ctx, path(uint64(n), 0), limit)
}

// ParseEntry reads an entry of the log. Fields of later versions are passed
// over: a log outlives the programs that read it.
func ParseEntry(data []byte) (verify.Entry, error) {
	var e verify.Entry
	if len(data) > maxEntry {
		return e, fmt.Errorf("it has %d bytes, more than %d", len(data), maxEntry)
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return e, err
	}
	if e.Type != verify.EntryType {
		return e, fmt.Errorf("its type is %q, expected %q", e.Type, verify.EntryType)
	}
	return e, nil
}

// tiles reads the tiles of hashes for golang.org/x/mod, which verifies them.
type tiles struct {
	ctx    context.Context
	source Source
}

func (t *tiles) Height() int { return tileHeight }

func (t *tiles) ReadTiles(want []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(want))
	for i, tile := range want {
		data, err := readTile(t.ctx, t.source, tile.L, tile.N, tile.W)
		if err != nil {
			return nil, err
		}
		out[i] = data
	}
	return out, nil
}

// SaveTiles keeps nothing: a log is looked at once in a run.
func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func readTile(ctx context.Context, source Source, level int, n int64, width int) ([]byte, error) {
	path := func(n uint64, part uint8) string { return layout.TilePath(uint64(level), n, part) }
	data, err := readPart(ctx, source, path, n, int64(width), maxTile)
	if err != nil {
		return nil, err
	}
	if len(data) < width*tlog.HashSize {
		return nil, fmt.Errorf("tile %d/%d has %d bytes, expected %d", level, n, len(data), width*tlog.HashSize)
	}
	return data[:width*tlog.HashSize], nil
}
