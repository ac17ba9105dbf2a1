package verify

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// State remembers what a verifier has seen, so that nobody can lead it back.
type State interface {
	Load() (Memory, error)
	// Save adds to what is remembered; it never lowers it.
	Save(Memory) error
}

// Memory is what was seen of each organisation.
type Memory struct {
	Organisations map[string]Seen `json:"organisations"`
}

// Seen is the highest of everything that was seen of an organisation.
type Seen struct {
	Trust       int    `json:"trust"`
	TrustDigest string `json:"trustDigest,omitempty"` // of version Trust
	Epoch       int    `json:"epoch"`
	// Products are the newest releases, by product and line on two lines.
	Products    map[string]Newest `json:"products,omitempty"`
	Revocations int               `json:"revocations,omitempty"` // version of the list
	Checkpoint  Checkpoint        `json:"checkpoint,omitzero"`
}

// Newest is the newest release that was seen of a product.
type Newest struct {
	Sequence int    `json:"sequence"`
	Version  string `json:"version"`
	Permit   string `json:"permit"`
}

// Remember saves what this bundle shows. Call it once the deliverable was
// verified as well; functions of this package that do so call it themselves.
func (b *Bundle) Remember() error {
	if b.policy.State == nil {
		return nil
	}
	if !b.standing {
		return refuse(NoPermit, "the permit does not stand, so it is not remembered")
	}
	p, doc := b.statement.Predicate, b.trust.Document()
	seen := Seen{Trust: doc.Version, TrustDigest: b.trust.Digest(doc.Version), Epoch: p.Epoch,
		Products: map[string]Newest{productLine(p): {p.Sequence, p.Version, b.digest}}}
	if b.log != nil {
		seen.Checkpoint = b.log.checkpoint
	}
	if list, err := b.revocations(); err == nil && list != nil {
		seen.Revocations = list.Version
	}
	return b.policy.State.Save(Memory{Organisations: map[string]Seen{doc.Organisation: seen}})
}

// join is the higher of both in everything.
func (s Seen) join(o Seen) Seen {
	if o.Trust > s.Trust {
		s.Trust, s.TrustDigest = o.Trust, o.TrustDigest
	}
	s.Epoch, s.Revocations = max(s.Epoch, o.Epoch), max(s.Revocations, o.Revocations)
	if o.Checkpoint.Size > s.Checkpoint.Size || s.Checkpoint.Origin == "" {
		s.Checkpoint = o.Checkpoint
	}
	products := map[string]Newest{}
	for _, all := range []map[string]Newest{s.Products, o.Products} {
		for name, n := range all {
			if n.Sequence > products[name].Sequence {
				products[name] = n
			}
		}
	}
	s.Products = products
	return s
}

// FileState keeps what was seen in a file. Programs that use it at the same time
// take turns, and a kill leaves what was there before or what is there after.
func FileState(path string) State { return fileState{path} }

type fileState struct{ path string }

// maxState bounds the file.
const maxState = 64 << 20

func (f fileState) Load() (Memory, error) {
	memory := Memory{Organisations: map[string]Seen{}}
	data, err := readBounded(f.path, maxState)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return memory, nil
	case err != nil:
		return memory, &Refusal{Reason: Unreadable, Message: "reading what was seen before: " + err.Error(), Err: err}
	}
	if err := decode("what was seen before ("+f.path+")", data, &memory); err != nil {
		return memory, err
	}
	if memory.Organisations == nil {
		memory.Organisations = map[string]Seen{}
	}
	return memory, nil
}

func readBounded(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return nil, errors.New(path + " is no regular file, or too large")
	}
	return os.ReadFile(path)
}

func (f fileState) Save(more Memory) error {
	if err := f.save(more); err != nil {
		if r, ok := errors.AsType[*Refusal](err); ok {
			return r
		}
		return &Refusal{Reason: Unreadable, Message: "remembering what was seen: " + err.Error(), Err: err}
	}
	return nil
}

func (f fileState) save(more Memory) error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	unlock, err := lock(f.path + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	memory, err := f.Load()
	if err != nil {
		return err
	}
	for name, seen := range more.Organisations {
		memory.Organisations[name] = memory.Organisations[name].join(seen)
	}
	data, err := json.Marshal(memory)
	if err != nil {
		return err
	}
	return replace(f.path, append(data, '\n'))
}

// replace writes a file so that a kill leaves the old or the new.
func replace(path string, data []byte) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	if _, err = tmp.Write(data); err != nil {
		return err
	}
	if err = tmp.Sync(); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	if err = os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	if dir, openErr := os.Open(filepath.Dir(path)); openErr == nil {
		_ = dir.Sync() // as durable as the file system makes it
		dir.Close()
	}
	return nil
}
