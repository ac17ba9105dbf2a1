package secretscan

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxSource is the most bytes that a line in a finding has.
const maxSource = 200

// Mask shows what a secret begins with, where that is the same for all of its
// kind, and how long it is: never more than four bytes or a quarter of it.
// Prefix is the number of such bytes.
func Mask(secret string, prefix int) string {
	length := fmt.Sprintf("%d characters", utf8.RuneCountInString(secret))
	if n := shown(len(secret), prefix); n > 0 {
		return secret[:n] + "…, " + length
	}
	return length
}

// shown is how many bytes of a secret of the length given may be seen.
func shown(length, prefix int) int { return min(prefix, 4, length/4) }

// sourceLine is the line of text in which at stands, with every secret in it
// covered by asterisks, and no more than maxSource bytes of it around at. Before
// is how many of its bytes stand ahead of at.
func sourceLine(text []byte, at int, secrets []Match) (source string, before int) {
	low, high := max(at-maxSource, 0), min(at+2*maxSource, len(text))
	start := low + bytes.LastIndexByte(text[low:at], '\n') + 1
	whole := start > low || low == 0
	end := at + cut(text[at:high], "\r\n")
	cutOff := end == high && high < len(text)
	line := bytes.Clone(text[start:end])
	for _, m := range secrets {
		from := max(m.SecretStart+shown(m.SecretEnd-m.SecretStart, m.Rule.Prefix), start)
		for i := from; i < min(m.SecretEnd, end); i++ {
			line[i-start] = '*'
		}
		if m.SecretStart >= start && m.SecretStart < end {
			maskAgain(line, text[m.SecretStart:min(m.SecretEnd, end)], m.Rule.Prefix)
		}
	}
	before, after := at-start, ""
	if whole && len(line) > maxSource {
		whole = at-start <= maxSource/4
	}
	if !whole {
		from := max(at-start-maxSource/4, 0)
		line, before = line[from:], at-start-from
	}
	if room := maxSource - len("…"); len(line) > room || cutOff {
		line, after = line[:min(len(line), room)], "…"
	}
	head, tail := line[:min(before, len(line))], line[min(before, len(line)):]
	shown := strings.ToValidUTF8(string(head), "\uFFFD")
	return shown + strings.ToValidUTF8(string(tail), "\uFFFD") + after, len(shown)
}

// maskAgain covers the secret wherever else it stands in the line, in a comment
// for instance that no rule looks into.
func maskAgain(line, secret []byte, prefix int) {
	const least = 4
	for at := 0; len(secret) >= least; {
		next := bytes.Index(line[at:], secret)
		if next < 0 {
			return
		}
		at += next + len(secret)
		for i := at - len(secret) + shown(len(secret), prefix); i < at; i++ {
			line[i] = '*'
		}
	}
}
