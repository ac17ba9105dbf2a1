package review

import (
	"context"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// LargestOwn bounds a file of the organisation's items.
const LargestOwn = 1 << 20

// ReadOwn reads all files of items that the organisation has written. Whatever
// is wrong with any of them is told together.
func ReadOwn(ctx context.Context, files []repo.File, read func(path string) ([]byte, error)) ([]Item, Settings, error) {
	var items []Item
	var settings Settings
	var faults fault.List
	for _, f := range files {
		if !OwnFile(f.Path) {
			continue
		}
		data, err := read(f.Path)
		if err != nil {
			return nil, settings, err
		}
		more, set, err := Parse(ctx, f.Path, data)
		if err != nil {
			faults = append(faults, fault.All(err)...)
			continue
		}
		items = append(items, more...)
		settings.Keep, settings.Retire = append(settings.Keep, set.Keep...), append(settings.Retire, set.Retire...)
	}
	faults = append(faults, SharedIDs(items)...)
	if len(faults) > 0 {
		return nil, settings, faults
	}
	return items, settings, nil
}
