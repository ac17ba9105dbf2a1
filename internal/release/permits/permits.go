// Package permits reads all the permits that an organisation has given out and
// finds those of a digest or a version.
//
// Whoever compares a cluster or a host with what was released needs more than
// one bundle at a time, and needs those that no longer stand as well: "its
// permit was taken back" and "nobody ever permitted it" are different alarms.
package permits

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/verify"
)

// Known is a permit that the organisation gave out.
type Known struct {
	Source string // the bundle's file
	Permit verify.PermitPredicate
	Digest string // of its payload
	// Against is why it does not stand today (expired, revoked, an earlier epoch);
	// nil where it does.
	Against *verify.Refusal
}

// Index finds permits.
type Index struct {
	all      []Known
	byDigest map[string][]int
}

// Bounds of what is read.
const (
	maxBundles = 100_000
	maxDepth   = 16
)

// Load reads the bundles that paths name; of a folder, all in it and below. A
// bundle that cannot be trusted is in the faults and in nothing else.
func Load(paths []string, trust *verify.Trust, policy verify.Policy) (*Index, []error) {
	x := &Index{byDigest: map[string][]int{}}
	files, faults := bundles(paths)
	for _, file := range files {
		k, err := open(file, trust, policy)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", file, err))
			continue
		}
		x.add(k)
	}
	return x, faults
}

// New makes an index of permits that were opened already.
func New(known ...Known) *Index {
	x := &Index{byDigest: map[string][]int{}}
	for _, k := range known {
		x.add(k)
	}
	return x
}

func open(file string, trust *verify.Trust, policy verify.Policy) (Known, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return Known{}, err
	case !info.Mode().IsRegular():
		return Known{}, fmt.Errorf("it is no regular file")
	case info.Size() > verify.MaxBundle:
		return Known{}, fmt.Errorf("it has %d bytes, more than a bundle may have", info.Size())
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return Known{}, err
	}
	b, against, err := verify.InspectBundle(data, trust, policy)
	if err != nil {
		return Known{}, err
	}
	return Known{Source: file, Permit: b.Permit(), Digest: b.Digest(), Against: against}, nil
}

func (x *Index) add(k Known) {
	n := len(x.all)
	x.all = append(x.all, k)
	for _, d := range k.Permit.Deliverables {
		if !slices.Contains(x.byDigest[d.Digest], n) {
			x.byDigest[d.Digest] = append(x.byDigest[d.Digest], n)
		}
	}
}

// All lists them by product, line and sequence.
func (x *Index) All() []Known {
	all := slices.Clone(x.all)
	slices.SortStableFunc(all, func(a, b Known) int {
		return cmp.Or(strings.Compare(a.Permit.Product, b.Permit.Product), strings.Compare(a.Permit.Line, b.Permit.Line),
			cmp.Compare(a.Permit.Sequence, b.Permit.Sequence))
	})
	return all
}

// ByDigest finds the permits of a deliverable: "sha256:<hex>".
func (x *Index) ByDigest(digest string) []Known {
	var found []Known
	for _, n := range x.byDigest[digest] {
		found = append(found, x.all[n])
	}
	return found
}

// ByVersion finds the permits of a version, with or without a leading "v".
func (x *Index) ByVersion(product, version string) []Known {
	var found []Known
	for _, k := range x.all {
		if k.Permit.Product == product && strings.TrimPrefix(k.Permit.Version, "v") == strings.TrimPrefix(version, "v") {
			found = append(found, k)
		}
	}
	return found
}

// Later is the newest permit of the same product and line that stands and comes
// after k.
func (x *Index) Later(k Known) (newest Known, ok bool) {
	for _, other := range x.all {
		p := other.Permit
		if other.Against != nil || p.Product != k.Permit.Product || p.Line != k.Permit.Line || p.Sequence <= k.Permit.Sequence {
			continue
		}
		if !ok || p.Sequence > newest.Permit.Sequence {
			newest, ok = other, true
		}
	}
	return newest, ok
}

// bundles lists the files. Links are not followed below a folder, or one could
// lead anywhere.
func bundles(paths []string) (files []string, faults []error) {
	for _, root := range paths {
		info, err := os.Stat(root)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if !info.IsDir() {
			files = append(files, root)
			continue
		}
		found, err := below(root)
		if err != nil {
			faults = append(faults, err)
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	return slices.Compact(files), faults
}

func below(root string) (files []string, err error) {
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.Count(path[len(root):], string(filepath.Separator)) > maxDepth:
			return filepath.SkipDir
		case len(files) > maxBundles:
			return fmt.Errorf("%s holds more than %d bundles", root, maxBundles)
		case d.Type().IsRegular() && strings.HasSuffix(path, verify.Extension):
			files = append(files, path)
		}
		return nil
	})
	return files, err
}
