package report

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

func TestWantsColor(t *testing.T) {
	for _, tt := range []struct {
		name string
		tty  bool
		flag string
		env  map[string]string
		want bool
	}{
		{"a terminal", true, "", nil, true},
		{"a pipe", false, "auto", nil, false},
		{"NO_COLOR", true, "auto", map[string]string{"NO_COLOR": "1"}, false},
		{"NO_COLOR that is empty", true, "auto", map[string]string{"NO_COLOR": ""}, true},
		{"FORCE_COLOR", false, "auto", map[string]string{"FORCE_COLOR": "1"}, true},
		{"FORCE_COLOR=0", true, "auto", map[string]string{"FORCE_COLOR": "0"}, false},
		{"NO_COLOR before FORCE_COLOR", true, "auto", map[string]string{"NO_COLOR": "1", "FORCE_COLOR": "1"}, false},
		{"the flag before NO_COLOR", false, "always", map[string]string{"NO_COLOR": "1"}, true},
		{"the flag before FORCE_COLOR", true, "never", map[string]string{"FORCE_COLOR": "1"}, false},
		{"a dumb terminal", true, "auto", map[string]string{"TERM": "dumb"}, false},
	} {
		if got := wantsColor(tt.tty, func(name string) string { return tt.env[name] }, tt.flag); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestTerminalOfAFile(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	color, links, width := Terminal(f, func(name string) string { return map[string]string{"COLUMNS": "100"}[name] }, "auto")
	if color || links || width != 100 {
		t.Errorf("color %v, links %v, width %d; want neither, and 100", color, links, width)
	}
}

func TestProgress(t *testing.T) {
	var out bytes.Buffer
	now := asOf
	p := &progress{w: &out, width: 20, now: func() time.Time { return now }}
	for i, step := range []struct {
		after time.Duration
		event event.Event
		want  string
	}{
		{0, &event.Progress{Check: "c", Message: "first"}, "\r\x1b[Kc: first"},
		{50 * time.Millisecond, &event.Progress{Check: "c", Message: "too soon"}, ""},
		{60 * time.Millisecond, &event.Progress{Check: "c", Message: "\x1b[2Jlonger than the line"}, "\r\x1b[Kc: ‹U+001B›[2Jlo..."},
		{0, &event.Finding{}, "\r\x1b[K"},
		{0, &event.Finding{}, ""},
	} {
		now = now.Add(step.after)
		if err := p.Handle(step.event); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != step.want {
			t.Errorf("step %d: %q, want %q", i, got, step.want)
		}
		out.Reset()
	}
}

func TestProgressElsewhere(t *testing.T) {
	var out bytes.Buffer
	p := Progress(&out)
	if err := Tee(p, p).Handle(&event.Progress{Check: "c", Message: "m"}); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 0 {
		t.Errorf("wrote %q to what is no terminal", out.String())
	}
}
