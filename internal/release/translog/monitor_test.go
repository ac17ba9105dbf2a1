//go:build unix

package translog

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/transparency-dev/tessera"

	"github.com/plimsoll-dev/plimsoll/verify"
)

func TestSurprises(t *testing.T) {
	l := newLog(t)
	l.grow(t, 1, 3) // the writer alone, without the rules
	twice := permit(3)
	twice.Digest = "sha256:other"
	foreign := permit(1)
	foreign.Product = "bank"
	w, err := openWriter(t.Context(), l.dir, l.signer)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	for _, e := range []verify.Entry{twice, foreign} {
		data, err := newEntry(e)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.appender.Add(t.Context(), tessera.NewEntry(data))(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.published(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	const list = "shop 1.1 # the first\n\nshop 1.2 sha256:another\nshop 1.3\n"
	expected, err := ReadExpected(strings.NewReader(list), "list")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		products []string
		want     []string
	}{
		{[]string{"shop"}, []string{"1 the permit that is known", "3 a second permit"}},
		{nil, []string{"1 the permit that is known", "3 a second permit", "4 no release of that"}},
	} {
		got, err := l.look(t).Surprises(t.Context(), expected, c.products)
		if err != nil {
			t.Fatal(err)
		}
		same := slices.EqualFunc(got, c.want, func(s Surprise, want string) bool {
			return strings.HasPrefix(fmt.Sprint(s.Index, " ", s.Because), want)
		})
		if !same {
			t.Errorf("%v: %v, want %v", c.products, got, c.want)
		}
	}
	if _, err := ReadExpected(strings.NewReader("shop\n"), "list"); err == nil {
		t.Error("a line without a version was read")
	}
}
