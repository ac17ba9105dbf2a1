package cli

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/cli/screen"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/report"
)

// triageScreen opens the list on the terminal.
func (app *App) triageScreen(ctx context.Context, f triageFlags) error {
	if err := f.filter.Check(); err != nil {
		return fault.New(fault.Usage, "see plimsoll triage --help", "%s", err)
	}
	d, err := app.docket(ctx, f.dir)
	if err != nil {
		return err
	}
	by, err := decider(ctx, d.Repo(), f.by)
	if err != nil {
		return err
	}
	if f.filter.State == "" {
		f.filter.State = finding.StateOpen
	}
	color, _, _ := report.Terminal(app.outFile, app.Getenv, app.color)
	m := screen.New(newBook(ctx, d), screen.Options{By: by, Today: app.Clock(), Color: color, Filter: f.filter, Name: d.Product()}, 80, 24)
	return screen.Run(ctx, app.Stdin.(*os.File), app.outFile, m)
}

// book is the docket as the screen reads it.
type book struct {
	*assess.Docket
	ctx     context.Context
	byPath  map[string][]*event.Finding
	history map[string]string
}

func newBook(ctx context.Context, d *assess.Docket) *book {
	b := &book{Docket: d, ctx: ctx, byPath: map[string][]*event.Finding{}, history: map[string]string{}}
	all := d.Findings()
	for i := range all {
		b.byPath[all[i].Path] = append(b.byPath[all[i].Path], &all[i])
	}
	return b
}

func (b *book) Explain(rule string) (report.RuleDoc, bool) { return assess.RuleDoc(rule) }

// around is how many lines of source are shown on each side.
const around = 6

// Source are the lines around a finding. What a check has masked stays so on
// every line, and so does whatever else looks like a key.
func (b *book) Source(f *event.Finding) []screen.Line {
	own := screen.Line{Number: f.Line, Text: f.Source}
	if f.Column > 0 {
		own.From = max(0, f.Column-1-max(0, f.SourceColumn-1))
		own.To = own.From + max(1, f.EndColumn-f.Column)
	}
	var all []string
	if f.Line > 0 && f.Commit == "" {
		all = b.Lines(f.Path)
	}
	if f.Line > len(all) || f.Line == 0 {
		if f.Source == "" || f.Line == 0 {
			return nil
		}
		return []screen.Line{own}
	}
	masked, secrets := b.masked(f.Path, all)
	if own.Text == "" {
		own.Text = hide(strings.TrimRight(all[f.Line-1], "\r"), secrets)
	}
	var lines []screen.Line
	for n := max(1, f.Line-around); n <= min(len(all), f.Line+around); n++ {
		switch {
		case n == f.Line:
			lines = append(lines, own)
		case masked[n] != "":
			lines = append(lines, screen.Line{Number: n, Text: masked[n]})
		default:
			lines = append(lines, screen.Line{Number: n, Text: hide(strings.TrimRight(all[n-1], "\r"), secrets)})
		}
	}
	if n := len(lines); n > 1 && lines[n-1].Text == "" && f.Line < len(all) {
		lines = lines[:n-1]
	}
	return lines
}

// masked are the lines of a file that findings show masked, and what they hide.
func (b *book) masked(path string, all []string) (lines map[int]string, secrets []string) {
	lines = map[int]string{}
	for _, f := range b.byPath[path] {
		if f.Commit != "" || f.Line < 1 || f.Line > len(all) || !strings.Contains(f.Source, "**") {
			continue
		}
		lines[f.Line] = f.Source
		raw := all[f.Line-1]
		if from := max(0, f.SourceColumn-1); from < len(raw) {
			raw = raw[from:]
		}
		secrets = append(secrets, hidden(raw, f.Source)...)
	}
	return lines, secrets
}

// hidden are the runs of a line that its masked form covers with asterisks.
func hidden(raw, masked string) (runs []string) {
	for i := 0; i < len(masked) && i < len(raw); i++ {
		if masked[i] != '*' || raw[i] == '*' {
			continue
		}
		end := i
		for end < len(masked) && end < len(raw) && masked[end] == '*' {
			end++
		}
		if end-i >= 3 {
			runs = append(runs, raw[i:end])
		}
		i = end
	}
	return runs
}

// keyLike is text that may well be a key or a part of one.
var keyLike = regexp.MustCompile(`[A-Za-z0-9+/=_-]{24,}`)

// assigned is a value that stands beside a name like password.
var assigned = regexp.MustCompile(`(?i)((?:passw|secret|token|pwd|api_?key|credential)[\w.-]*["']?\s*[:=]>?\s*["']?)([^\s"',;]{4,})`)

// hide masks secrets and what looks like keys in a line.
func hide(line string, secrets []string) string {
	if len(line) > 4<<10 {
		line = line[:4<<10]
	}
	for _, secret := range secrets {
		line = strings.ReplaceAll(line, secret, strings.Repeat("*", len(secret)))
	}
	line = assigned.ReplaceAllStringFunc(line, func(s string) string {
		m := assigned.FindStringSubmatch(s)
		if strings.ContainsAny(m[2], "({[.$") {
			return s // an expression and no value
		}
		return m[1] + strings.Repeat("*", len(m[2]))
	})
	return string(keyLike.ReplaceAllFunc([]byte(line), func(run []byte) []byte {
		if !bytes.ContainsAny(run, "0123456789") || bytes.Count(run, []byte("/")) > 2 {
			return run
		}
		return append(run[:4:4], bytes.Repeat([]byte("*"), len(run)-4)...)
	}))
}

// History says which commit gave the line its form, and who made it.
func (b *book) History(f *event.Finding) string {
	key := f.Path + ":" + f.Fingerprint
	text, known := b.history[key]
	if known {
		return text
	}
	if f.Commit == "" {
		if c, ok := b.Repo().LineChange(b.ctx, f.Path, f.Line); ok {
			text = "commit " + c.Commit[:12] + " of " + c.At.Format("2006-01-02") + " by " + c.Author
		}
	}
	b.history[key] = text
	return text
}
