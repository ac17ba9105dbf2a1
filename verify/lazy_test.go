//go:build unix

package verify_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

// leafy is content with a tree whose leaves the bundle holds.
func leafy(t testing.TB, name string, data []byte) verifytest.Content {
	t.Helper()
	tree, leaves, err := verify.BuildTree(bytes.NewReader(data), int64(len(data)), 4096)
	if err != nil {
		t.Fatal(err)
	}
	tree.Leaves = verify.Digest(leaves)
	return verifytest.Content{Name: name, Data: data, Tree: &tree, Leaves: leaves}
}

func laidOut(t testing.TB, contents ...verifytest.Content) string {
	t.Helper()
	dir := t.TempDir()
	for _, c := range contents {
		path := filepath.Join(dir, filepath.FromSlash(c.Name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, c.Data, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFiles(t *testing.T) {
	contents := []verifytest.Content{leafy(t, "models/large", noise(70_001)), planted(t, "models/rootonly", noise(9000), 4096), {Name: "app", Data: []byte("the program")}, {Name: "none"}}
	dir := laidOut(t, contents...)
	if err := os.WriteFile(filepath.Join(dir, "models", "extra"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := verify.Files(dir, opened(t, verify.Policy{}, contents...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := fstest.TestFS(f, "models/large", "models/rootonly", "app", "none"); err != nil {
		t.Error(err)
	}
	for _, c := range contents {
		if got, err := fs.ReadFile(f, c.Name); err != nil || !bytes.Equal(got, c.Data) {
			t.Errorf("%s: %d bytes, %v", c.Name, len(got), err)
		}
	}
	if _, err := f.Open("models/extra"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what nobody permitted: %v", err)
	}
}

// TestFilesLazily: what is sound in a file is read, and what is not never is,
// whenever it came there.
func TestFilesLazily(t *testing.T) {
	content := leafy(t, "large", noise(10*4096))
	dir := laidOut(t, content)
	path := filepath.Join(dir, "large")
	if err := writeAt(path, 5*4096+7, "evil"); err != nil {
		t.Fatal(err)
	}
	f, err := verify.Files(dir, opened(t, verify.Policy{}, content))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	file, err := f.Open("large")
	if err != nil {
		t.Fatalf("opening read what it need not: %v", err)
	}
	defer file.Close()
	got, err := io.ReadAll(file)
	if verify.ReasonOf(err) != verify.WrongArtifact || !bytes.Equal(got, content.Data[:5*4096]) {
		t.Errorf("%d bytes, %v; expected the 5 chunks before the wrong one", len(got), err)
	}
	at := file.(io.ReaderAt)
	buf := make([]byte, 4096)
	if n, err := at.ReadAt(buf, 9*4096); n != 4096 || !bytes.Equal(buf, content.Data[9*4096:]) {
		t.Errorf("the last chunk: %d bytes, %v", n, err)
	}
	if err := writeAt(path, 2*4096, "evil"); err != nil {
		t.Fatal(err)
	}
	if n, err := at.ReadAt(buf, 2*4096); n != 0 || verify.ReasonOf(err) != verify.WrongArtifact {
		t.Errorf("a chunk that was changed since: %d bytes, %v", n, err)
	}
	if err := os.Truncate(path, 4096); err != nil {
		t.Fatal(err)
	}
	if n, err := at.ReadAt(buf, 3*4096); n != 0 || verify.ReasonOf(err) != verify.Changed {
		t.Errorf("a chunk that was cut off: %d bytes, %v", n, err)
	}
	if _, err := f.Open("large"); verify.ReasonOf(err) != verify.WrongArtifact {
		t.Errorf("a file that is too short: %v", err)
	}
}

func TestFilesRefuses(t *testing.T) {
	good := leafy(t, "large", noise(20_000))
	short, other := good, good
	tree := *good.Tree
	short.Leaves, short.Tree = good.Leaves[:32], &tree
	tree.Leaves = verify.Digest(short.Leaves)
	swapped := bytes.Clone(good.Leaves)
	swapped[0] ^= 1
	bent := *good.Tree
	bent.Leaves = verify.Digest(swapped)
	other.Leaves, other.Tree = swapped, &bent
	tests := map[string]struct {
		contents []verifytest.Content
		want     verify.Reason
	}{
		"too few leaves":    {[]verifytest.Content{short}, verify.Malformed},
		"leaves of another": {[]verifytest.Content{other}, verify.Malformed},
		"a file in a file":  {[]verifytest.Content{{Name: "a", Data: []byte("1")}, {Name: "a/b", Data: []byte("2")}}, verify.Malformed},
		"no file":           {[]verifytest.Content{{Name: "image", Kind: verify.KindImage, Data: []byte("{}")}}, verify.WrongArtifact},
	}
	for name, test := range tests {
		if _, err := verify.Files(t.TempDir(), opened(t, verify.Policy{}, test.contents...)); verify.ReasonOf(err) != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := verify.Files(t.TempDir(), nil); verify.ReasonOf(err) != verify.NoPermit {
		t.Errorf("no permit: %v", err)
	}
	dir := t.TempDir()
	if err := os.Symlink(written(t, "large", good.Data), filepath.Join(dir, "large")); err != nil {
		t.Fatal(err)
	}
	f, err := verify.Files(dir, opened(t, verify.Policy{}, good))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Open("large"); verify.ReasonOf(err) != verify.UnsafeFile {
		t.Errorf("a link: %v", err)
	}
}
