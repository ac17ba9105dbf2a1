//go:build unix

package translog

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
	"k8s.io/klog/v2"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Init makes an empty log in a folder. One that is there is left alone.
func Init(ctx context.Context, dir string, signer note.Signer, log note.Verifier) (*View, error) {
	if _, err := os.Stat(filepath.Join(dir, layout.CheckpointPath)); err == nil {
		return nil, fault.New(fault.Usage, "give another folder", "there is a log in %s already", dir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	unlock, err := lockedfile.MutexAt(filepath.Join(dir, lockFile)).Lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	w, err := openWriter(ctx, dir, signer)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if err := w.published(ctx, 0); err != nil {
		return nil, err
	}
	return Look(ctx, folder(dir), log)
}

// Append puts an entry into the log in a folder and gives its index, and the log
// with it. One that stands there already is not added again. A kill at any
// moment leaves the log without the entry or with it, and appending once more
// completes what was begun: entries are sequenced under one lock, and those that
// no checkpoint shows yet are read too before anything is added.
func Append(ctx context.Context, dir string, signer note.Signer, log note.Verifier, e verify.Entry, witnesses ...note.Verifier) (index int64, view *View, err error) {
	data, err := newEntry(e)
	if err != nil {
		return 0, nil, err
	}
	unlock, err := lockedfile.MutexAt(filepath.Join(dir, lockFile)).Lock()
	if err != nil {
		return 0, nil, fmt.Errorf("waiting for the log in %s: %w", dir, err)
	}
	defer unlock()
	before, err := Look(ctx, folder(dir), log, witnesses...)
	if err != nil {
		return 0, nil, err
	}
	if index, err = find(ctx, before, e, data); err != nil || index >= 0 {
		return index, before, err
	}
	w, err := openWriter(ctx, dir, signer)
	if err != nil {
		return 0, nil, err
	}
	defer w.close()
	if index, err = w.add(ctx, before.Size(), e, data); err != nil {
		return 0, nil, err
	}
	view, err = Look(ctx, folder(dir), log, witnesses...)
	if err != nil {
		return 0, nil, err
	}
	return index, view, view.Follows(before.Checkpoint.Tree)
}

// find looks for the entry among those that a checkpoint shows; -1 where it is
// not there and may be added. The very entry counts before the rules: what
// followed it later says nothing against it.
func find(ctx context.Context, v *View, e verify.Entry, data []byte) (int64, error) {
	var against error
	for leaf, err := range v.Leaves(ctx, 0) {
		if err != nil {
			return -1, err
		}
		same, err := admit(leaf, e, data)
		if same {
			return leaf.Index, nil
		}
		if against == nil {
			against = err
		}
	}
	return -1, against
}

// writer is tessera at work on a folder.
type writer struct {
	appender *tessera.Appender
	reader   tessera.LogReader
	cancel   context.CancelFunc
	told     *complaints
}

func openWriter(ctx context.Context, dir string, signer note.Signer) (*writer, error) {
	w := &writer{told: hearTessera()}
	ctx, w.cancel = context.WithCancel(ctx)
	driver, err := posix.New(ctx, posix.Config{Path: dir})
	if err == nil {
		options := tessera.NewAppendOptions().WithCheckpointSigner(signer).
			WithCheckpointInterval(100*time.Millisecond).WithCheckpointRepublishInterval(0).
			WithBatching(1, time.Millisecond).WithGarbageCollectionInterval(0)
		w.appender, _, w.reader, err = tessera.NewAppender(ctx, driver, options)
	}
	if err != nil {
		w.cancel()
		return nil, fault.Wrap(fault.Incomplete, err, "see that the folder can be written", "opening the log in %s", dir)
	}
	return w, nil
}

func (w *writer) close() { w.cancel() }

// add appends what stands nowhere yet. From is the size of the last checkpoint:
// entries beyond it were sequenced by a process that was killed.
func (w *writer) add(ctx context.Context, from int64, e verify.Entry, data []byte) (int64, error) {
	size, err := w.reader.IntegratedSize(ctx)
	if err != nil {
		return 0, w.failed(err, "reading the state of the log")
	}
	if int64(size) > from {
		index, err := w.unpublished(ctx, from, int64(size), e, data)
		if err != nil {
			return 0, err
		}
		if index >= 0 {
			return index, w.published(ctx, int64(size))
		}
	}
	index, err := w.appender.Add(ctx, tessera.NewEntry(data))()
	if err != nil {
		return 0, w.failed(err, "appending to the log")
	}
	return int64(index.Index), w.published(ctx, int64(index.Index)+1)
}

// unpublished looks, as find does, at entries that no checkpoint shows yet.
func (w *writer) unpublished(ctx context.Context, from, size int64, e verify.Entry, data []byte) (int64, error) {
	var against error
	for i := from; i < size; i++ {
		old, err := w.leaf(ctx, i, size)
		if err != nil {
			return -1, err
		}
		same, err := admit(old, e, data)
		if same {
			return i, nil
		}
		if against == nil {
			against = err
		}
	}
	return -1, against
}

func (w *writer) leaf(ctx context.Context, i, size int64) (Leaf, error) {
	n := i / tileWidth
	width := min(size-n*tileWidth, tileWidth)
	raw, err := w.reader.ReadEntryBundle(ctx, uint64(n), uint8(width%tileWidth))
	if err != nil {
		return Leaf{}, w.failed(err, "reading the log")
	}
	entries, err := parseBundle(raw, int(width))
	if err != nil {
		return Leaf{}, err
	}
	leaf := Leaf{Index: i, Data: entries[i%tileWidth]}
	if leaf.Entry, err = ParseEntry(leaf.Data); err != nil {
		return Leaf{}, untrusted("reading entry %d: %v", i, err)
	}
	return leaf, nil
}

// published waits until a checkpoint shows that many entries.
func (w *writer) published(ctx context.Context, size int64) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		raw, err := w.reader.ReadCheckpoint(ctx)
		if err == nil {
			text, _ := cutNote(string(raw))
			if _, shown, _, err := splitText(text); err == nil && shown >= size {
				return nil
			}
		} else if !errors.Is(err, os.ErrNotExist) {
			return w.failed(err, "reading the checkpoint")
		}
		select {
		case <-ctx.Done():
			return w.failed(ctx.Err(), "waiting for a checkpoint of %d entries", size)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (w *writer) failed(err error, format string, args ...any) error {
	if said := w.told.last(); said != "" {
		err = fmt.Errorf("%w (%s)", err, said)
	}
	return fault.Wrap(fault.Incomplete, err, "run it again: it goes on where it stopped", format, args...)
}

// hearTessera keeps what tessera says in its log of its own from people's
// screens, and keeps the last of it for errors.
func hearTessera() *complaints {
	c := &complaints{}
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	klog.InitFlags(flags)
	for name, value := range map[string]string{"logtostderr": "false", "stderrthreshold": "FATAL", "one_output": "true"} {
		_ = flags.Set(name, value) // these three are there
	}
	klog.SetOutput(c)
	return c
}
