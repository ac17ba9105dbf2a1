package releases

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/verify"
)

func write(t *testing.T, root, name string, v any) {
	t.Helper()
	data, isBytes := v.([]byte)
	if !isBytes {
		var err error
		if data, err = json.Marshal(v); err != nil {
			t.Fatal(err)
		}
	}
	p := filepath.Join(root, record.Dir, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func prepared(version string) record.Prepared {
	return record.Prepared{Type: record.PreparedType, Product: "shop", Version: version, Deliverables: []verify.Deliverable{{Name: "a"}}}
}

func sealed(version string, sequence int, line string) []byte {
	payload, _ := json.Marshal(verify.PermitStatement{Predicate: verify.PermitPredicate{Version: version, Sequence: sequence, Line: line}})
	e, _ := json.Marshal(verify.Envelope{PayloadType: verify.StatementPayload, Payload: payload, Signatures: []verify.Signature{}})
	return append(e, '\n')
}

func TestAll(t *testing.T) {
	root := t.TempDir()
	if all, err := All(root); err != nil || all != nil {
		t.Fatalf("%v, %v", all, err)
	}
	for i, v := range []string{"1.10.0", "1.9.0", "2.0.0"} {
		write(t, root, v+"/"+record.PreparedFile, prepared(v))
		if v != "2.0.0" {
			write(t, root, v+"/"+v+verify.Extension, sealed(v, 10-i, ""))
		}
	}
	write(t, root, "1.9.0/approvals/bob.json", []byte("{}\n"))
	write(t, root, ".tmp-3.0.0/"+record.PreparedFile, []byte("half"))
	all, err := All(root)
	if err != nil {
		t.Fatal(err)
	}
	var versions []string
	for _, r := range all {
		versions = append(versions, r.Version)
	}
	if strings.Join(versions, " ") != "1.9.0 1.10.0 2.0.0" || len(all[0].Approvals) != 1 || all[2].Permit != nil {
		t.Errorf("%v", versions)
	}
	if last := Last(all, ""); last == nil || last.Version != "1.10.0" {
		t.Errorf("the last release is %v", last)
	}
	if Last(all, "1.9") != nil {
		t.Error("a line without releases has a last one")
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, test := range []struct{ name, version, text, want string }{
		{"no version", "../1", "", "is no version"},
		{"not there", "9.9.9", "", "there is no prepared release 9.9.9"},
		{"unknown field", "1.0.0", `{"type":"x","more":1}`, "unknown field"},
		{"other version", "1.0.0", `{"type":"` + record.PreparedType + `","version":"1.0.1","product":"x","deliverables":[{}]}`, "it is no prepared release 1.0.0"},
		{"more after it", "1.0.0", `{} {}`, "something stands after its end"},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			if test.text != "" {
				write(t, root, test.version+"/"+record.PreparedFile, []byte(test.text))
			}
			if _, err := Open(root, test.version); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, expected %q", err, test.want)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"1.2.3", "1.2.10", -1}, {"v2.0.0", "1.9.9", 1}, {"1.0.0-rc.1", "1.0.0", -1}, {"2026.11.2", "2026.11.10", -1}, {"2026.11.26.1", "2026.11.26", 1}, {"1.0", "1.0", 0}} {
		if got := Compare(test.a, test.b); got != test.want {
			t.Errorf("%s and %s: %d", test.a, test.b, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	good, _ := json.Marshal(prepared("1"))
	f.Add(good)
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := Parse(data, "1"); err == nil && p.Version != "1" {
			t.Error("another version is taken")
		}
	})
}
