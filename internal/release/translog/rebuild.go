package translog

import (
	"context"
	"encoding/hex"

	"golang.org/x/mod/sumdb/tlog"
)

// Verify rebuilds the whole tree out of the entries and compares every tile and
// the root with what the log shows. It takes as much memory as one bundle.
func (v *View) Verify(ctx context.Context) error {
	b := &builder{view: v}
	for n := int64(0); n*tileWidth < v.Size(); n++ {
		entries, err := v.bundle(ctx, n)
		if err != nil {
			return err
		}
		for _, data := range entries {
			if _, err := ParseEntry(data); err != nil {
				return untrusted("reading an entry of %s after %d: %v", v.Checkpoint.Origin, n*tileWidth, err)
			}
			if err := b.add(ctx, 0, tlog.RecordHash(data)); err != nil {
				return err
			}
		}
	}
	for level := range b.levels {
		if err := b.compare(ctx, level); err != nil {
			return err
		}
	}
	if got := b.root.hash(); got != v.Checkpoint.Tree.Hash {
		return untrusted("rebuilding %s: its %d entries have the root %s, the checkpoint says %s", v.Checkpoint.Origin, v.Size(), got, v.Checkpoint.Tree.Hash)
	}
	return nil
}

// builder makes tiles, level by level, as entries come.
type builder struct {
	view   *View
	levels []level
	root   stack
}

// level is the tile of a level that is being filled.
type level struct {
	tile   int64
	hashes []tlog.Hash
}

func (b *builder) add(ctx context.Context, at int, h tlog.Hash) error {
	if at == 0 {
		b.root.push(h)
	}
	if at == len(b.levels) {
		b.levels = append(b.levels, level{})
	}
	l := &b.levels[at]
	l.hashes = append(l.hashes, h)
	if len(l.hashes) < tileWidth {
		return nil
	}
	if err := b.compare(ctx, at); err != nil {
		return err
	}
	var whole stack
	for _, h := range b.levels[at].hashes {
		whole.push(h)
	}
	b.levels[at] = level{tile: l.tile + 1}
	return b.add(ctx, at+1, whole.hash())
}

// compare holds the tile of a level against the log's.
func (b *builder) compare(ctx context.Context, at int) error {
	l := b.levels[at]
	if len(l.hashes) == 0 {
		return nil
	}
	shown, err := readTile(ctx, b.view.source, at, l.tile, len(l.hashes))
	if err != nil {
		return unread(err, "reading tile %d/%d of %s", at, l.tile, b.view.Checkpoint.Origin)
	}
	for i, h := range l.hashes {
		if string(shown[i*tlog.HashSize:(i+1)*tlog.HashSize]) != string(h[:]) {
			return untrusted("rebuilding %s: hash %d of tile %d/%d is %s, the entries give %s", b.view.Checkpoint.Origin,
				i, at, l.tile, hex.EncodeToString(shown[i*tlog.HashSize:(i+1)*tlog.HashSize]), hex.EncodeToString(h[:]))
		}
	}
	return nil
}

// stack holds the roots of the whole subtrees of a growing tree, the largest
// first (RFC 6962, 2.1).
type stack struct {
	n     int64
	roots []tlog.Hash
}

func (s *stack) push(h tlog.Hash) {
	for n := s.n; n&1 == 1; n >>= 1 {
		last := len(s.roots) - 1
		h = tlog.NodeHash(s.roots[last], h)
		s.roots = s.roots[:last]
	}
	s.roots = append(s.roots, h)
	s.n++
}

func (s *stack) hash() tlog.Hash {
	if len(s.roots) == 0 {
		return emptyRoot
	}
	h := s.roots[len(s.roots)-1]
	for i := len(s.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(s.roots[i], h)
	}
	return h
}
