package translog

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
)

// cutNote takes a note that was opened before apart: its text, and its lines of
// signatures, each with its end.
func cutNote(raw string) (text string, signatures []string) {
	at := strings.LastIndex(raw, "\n\n")
	if at < 0 {
		return raw, nil
	}
	for line := range strings.Lines(raw[at+2:]) {
		if strings.HasSuffix(line, "\n") { // what has no end would run into the next
			signatures = append(signatures, line)
		}
	}
	return raw[:at+1], signatures
}

// signatureLine is a signature as a note holds it.
func signatureLine(name string, hash uint32, sig []byte) string {
	blob := append(binary.BigEndian.AppendUint32(nil, hash), sig...)
	return fmt.Sprintf("— %s %s\n", name, base64.StdEncoding.EncodeToString(blob))
}

// keyOf is the name and the hash of the key in a line of a signature.
func keyOf(line string) string {
	fields := strings.Fields(line)
	if len(fields) != 3 {
		return line
	}
	blob, err := base64.StdEncoding.DecodeString(fields[2])
	if err != nil || len(blob) < 4 {
		return line
	}
	return fmt.Sprintf("%s %x", fields[1], blob[:4])
}
