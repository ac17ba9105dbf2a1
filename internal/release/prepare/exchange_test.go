package prepare

import (
	"os"
	"path/filepath"
	"testing"
)

func TestExchange(t *testing.T) {
	for name, exchange := range map[string]func(fresh, place string) error{"one step": exchange, "two": exchangeByTwo} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			place, fresh := filepath.Join(dir, "1.0.0"), filepath.Join(dir, ".tmp")
			for folder, file := range map[string]string{place: "approval", fresh: "prepared"} {
				if err := os.Mkdir(folder, 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(folder, file), nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := exchange(fresh, place); err != nil {
				t.Fatal(err)
			}
			left, err := filepath.Glob(filepath.Join(dir, ".*"))
			if err != nil || len(left) != 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
			if files, err := os.ReadDir(place); err != nil || len(files) != 1 || files[0].Name() != "prepared" {
				t.Errorf("in its place lies %v, %v", files, err)
			}
		})
	}
	fresh := filepath.Join(t.TempDir(), "fresh")
	if err := os.Mkdir(fresh, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := exchange(fresh, fresh+"-place"); err != nil {
		t.Errorf("where nothing was: %v", err)
	}
	if err := exchange(fresh, fresh+"-place"); err == nil {
		t.Error("what is not there took a place")
	}
}
