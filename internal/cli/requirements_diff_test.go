package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/product"
)

// values writes facts as "name=value", in order.
func values(facts []event.Fact) string {
	var parts []string
	for _, f := range facts {
		parts = append(parts, f.Name+"="+f.Value)
	}
	return strings.Join(parts, " ")
}

func TestChangeFacts(t *testing.T) {
	facts := []event.Fact{{Name: "kind", Value: "web"}, {Name: "data", Value: "payment"}, {Name: "data", Value: "personal"}, {Name: "exposure", Value: "internal"}}
	tests := []struct {
		changes []string
		want    string // facts, or the start of a message
	}{
		{[]string{"exposure=internet"}, "kind=web data=payment data=personal exposure=internet"},
		{[]string{"kind+=api"}, "kind=web data=payment data=personal exposure=internal kind=api"},
		{[]string{"kind+=web"}, "data=payment data=personal exposure=internal kind=web"},
		{[]string{"data-=payment"}, "kind=web data=personal exposure=internal"},
		{[]string{"data=health, children"}, "kind=web exposure=internal data=health data=children"},
		{[]string{"data="}, "kind=web exposure=internal"},
		{[]string{"exposure-=internal", "kind=cli"}, "data=payment data=personal kind=cli"},
		{[]string{"exposure=internet,local"}, "exposure has one value"},
		{[]string{"exposure+=internet"}, "exposure has one value"},
		{[]string{"kind+="}, "kind+= names no value"},
		{[]string{"kind"}, `"kind" is no change of a fact`},
		{[]string{"=web"}, `"" is not the name of a fact`},
		{[]string{"knid="}, `"knid" is not the name of a fact`},
		{[]string{"kind=wbe"}, `"wbe" is not a value of kind`},
	}
	for _, tt := range tests {
		before := values(facts)
		after, err := changeFacts(facts, tt.changes)
		got := values(after)
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.changes, got, tt.want)
		}
		if values(facts) != before {
			t.Fatalf("%q changed the facts themselves", tt.changes)
		}
	}
}

// FuzzChangeFacts lets nothing through that is no fact.
func FuzzChangeFacts(f *testing.F) {
	for _, seed := range []string{"exposure=internet", "kind+=api", "data-=payment,", "=", "+=", "kind==", "language=ça"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, change string) {
		facts, err := changeFacts(nil, []string{change})
		for _, x := range facts {
			if bad := product.FactFault(x.Name, x.Value); err == nil && bad != nil {
				t.Errorf("%q gives %s: %v", change, fmt.Sprint(x), bad)
			}
		}
	})
}
