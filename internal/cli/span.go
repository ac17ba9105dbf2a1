package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

const day = 24 * time.Hour

// span is a flag for a time that people count in days: "90d", or whatever else
// Go reads ("36h", "1h30m").
type span struct{ at *time.Duration }

var _ pflag.Value = span{}

// addSpan adds such a flag.
func addSpan(flags *pflag.FlagSet, at *time.Duration, name string, value time.Duration, usage string) {
	*at = value
	flags.Var(span{at}, name, usage)
}

func (s span) Set(text string) error {
	if number, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			return fmt.Errorf("%q is no number of days: give 90d, or 36h", text)
		}
		*s.at = time.Duration(n) * day
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%q is no time: give 90d, or 36h", text)
	}
	*s.at = d
	return nil
}

func (s span) String() string {
	switch {
	case s.at == nil || *s.at == 0:
		return ""
	case *s.at%day == 0:
		return strconv.Itoa(int(*s.at/day)) + "d"
	}
	return s.at.String()
}

func (span) Type() string { return "duration" }
