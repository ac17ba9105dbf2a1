package carried

import (
	"slices"
	"testing"
)

func TestInName(t *testing.T) {
	tests := []struct {
		name string
		want []string
	}{
		{"TestLogin_V6_3_1", []string{"v5.0.0-6.3.1"}},
		{"TestLoginV6_3_1", []string{"v5.0.0-6.3.1"}},
		{"TestLogin_V6_3_1/wrong_password", []string{"v5.0.0-6.3.1"}},
		{"locks the account out [V6.3.1]", []string{"v5.0.0-6.3.1"}},
		{"locks the account out [6.3.1, V6.3.2]", []string{"v5.0.0-6.3.1", "v5.0.0-6.3.2"}},
		{"v5.0.0-6.3.1 locks the account out", []string{"v5.0.0-6.3.1"}},
		{"test_v5_0_0_6_3_1_lockout", []string{"v5.0.0-6.3.1"}},
		{"ASVS-6.3.1: lockout", []string{"v5.0.0-6.3.1"}},
		{"test_asvs_6_3_1_lockout", []string{"v5.0.0-6.3.1"}},
		{"testAsvs6_3_1", []string{"v5.0.0-6.3.1"}},
		{"ASVS V12.3.4", []string{"v5.0.0-12.3.4"}},
		{"lockout @V6.3.1 @slow", []string{"v5.0.0-6.3.1"}},
		{"lockout @6.3.1", []string{"v5.0.0-6.3.1"}},
		{"MASVS-STORAGE-1 keeps nothing", []string{"MASVS-STORAGE-1"}},
		{"test_masvs_storage_1", []string{"MASVS-STORAGE-1"}},
		{"OSPS_AC_01_01", []string{"OSPS-AC-01.01"}},
		{"OSPS-AC-01.01", []string{"OSPS-AC-01.01"}},
		{"PL-CODE-1", []string{"PL-CODE-1"}},
		{"TestPL_CODE_1", []string{"PL-CODE-1"}},
		{"test_pl_code_1_more", []string{"PL-CODE-1"}},
		{"both PL-CODE-1 and V6.3.1", []string{"PL-CODE-1", "v5.0.0-6.3.1"}},
		{"V6.3.1 with PL-CODE-1", []string{"PL-CODE-1", "v5.0.0-6.3.1"}},
		{"own rule [ACME-7]", []string{"ACME-7"}},
		{"own rule @ACME-7.2", []string{"ACME-7.2"}},

		{"upgrade 1.2.5", nil},
		{"upgrade v1.2.5", nil},
		{"TestUpgradeFromV1_2_5", nil},
		{"works since V1.2.5", nil},
		{"TestV1_2_5_1", nil},
		{"V1.2.5.1", nil},
		{"v4.0.3-1.2.5", nil},
		{"ASVS 4.0.3-1.2.5", nil},
		{"V0.2.5", nil},
		{"V18.1.1", nil},
		{"V6.3.1beta", nil},
		{"DIV6.3.1", nil},
		{"10.0.0.1 is refused", nil},
		{"ACME-7 in running text", nil},
		{"SPL-CODE-1", nil},
		{"OSPS-AC-01.011", nil},
		{"reads [utf8] and [x]", nil},
		{"", nil},
	}
	for _, tt := range tests {
		if got := InName(tt.name); !slices.Equal(got, tt.want) {
			t.Errorf("InName(%q) = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestInProperty(t *testing.T) {
	tests := []struct {
		name, value string
		want        []string
	}{
		{"requirement", "V6.3.1", []string{"v5.0.0-6.3.1"}},
		{"requirement", "6.3.1", []string{"v5.0.0-6.3.1"}},
		{"Requirement", "v5.0.0-6.3.1; ACME-7", []string{"ACME-7", "v5.0.0-6.3.1"}},
		{"tag", "@V6.3.1", []string{"v5.0.0-6.3.1"}},
		{"tags", "slow,PL-CODE-1", []string{"PL-CODE-1"}},
		{"@MASVS-STORAGE-1", "", []string{"MASVS-STORAGE-1"}},
		{"version", "6.3.1", nil},
		{"go.version", "go1.26.1", nil},
	}
	for _, tt := range tests {
		if got := InProperty(tt.name, tt.value); !slices.Equal(got, tt.want) {
			t.Errorf("InProperty(%q, %q) = %v, want %v", tt.name, tt.value, got, tt.want)
		}
	}
}

// FuzzInName wants sorted ids without twins, whatever the name, and that an id
// which was found is found again in brackets.
func FuzzInName(f *testing.F) {
	for _, seed := range []string{"TestLogin_V6_3_1", "[6.3.1 [V1", "@ACME-1 v5.0.0-", "asvs__1.1.1", "OSPS_AC_01_01"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		ids := InName(name)
		if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
			t.Fatalf("InName(%q) = %v", name, ids)
		}
		for _, id := range ids {
			if again := InName("x [" + id + "]"); !slices.Contains(again, id) {
				t.Fatalf("%q of %q is not found in brackets: %v", id, name, again)
			}
		}
	})
}
