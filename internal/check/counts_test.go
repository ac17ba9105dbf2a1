package check

import (
	"encoding/json"
	"reflect"
	"testing"
)

// FuzzPlainCounts holds the short way to what json says, and sees to it that it is taken.
func FuzzPlainCounts(f *testing.F) {
	for _, text := range []string{
		`{"counts":{"bytes":123,"files":1}}`, `{"counts":{"a":0}}`, `{"counts":{"a":1,"a":2}}`, `{"counts":{}}`, `{"counts":{"a":01}}`,
		`{"counts":{"a":-1}}`, `{"counts":{"a":1.5}}`, `{"counts":{"a\\n":1}}`, `{"counts":{"a":1},"findings":[]}`, `{"counts":{"a":99999999999999999999}}`,
		`{"counts":{"a":1`, `{"counts":{"`, `{"counts":{"a":}}`, `{}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		counts, ok := plainCounts(data)
		if !ok {
			return
		}
		var item Item
		if err := json.Unmarshal(data, &item); err != nil || !reflect.DeepEqual(item, Item{Counts: counts}) {
			t.Errorf("%q gives %v; json: %v, %v", data, counts, item, err)
		}
	})
}

func TestPlainCountsTakesWhatItemsAre(t *testing.T) {
	item := Item{}
	item.Count("files", 1)
	item.Count("bytes", 1<<40)
	data, err := json.Marshal(item)
	if err != nil {
		t.Fatal(err)
	}
	if counts, ok := plainCounts(data); !ok || !reflect.DeepEqual(counts, item.Counts) {
		t.Errorf("%s gives %v, %v", data, counts, ok)
	}
}
