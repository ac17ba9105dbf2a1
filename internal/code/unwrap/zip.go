package unwrap

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"
	"strings"
)

// zip reads an archive by its directory, or, where that is broken, entry by
// entry as they lie.
func (w *Walk) zip(data []byte, fn func(Entry) error) error {
	if bytes.Count(data, []byte("PK\x01\x02")) > MaxEntries {
		w.cut("it has more than %d entries", MaxEntries)
		return nil
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		w.Broken = true
		return w.salvage(data, fn)
	}
	if overlap(archive.File, uint64(len(data))) {
		w.cut("its entries lie upon one another, as those of a zip bomb do")
		return nil
	}
	office := isOffice(archive.File)
	for _, f := range archive.File {
		if !w.enter() {
			return nil
		}
		if f.Mode().IsDir() || f.UncompressedSize64 == 0 && f.CompressedSize64 == 0 {
			continue
		}
		if err := w.zipEntry(f, office, fn); err != nil || w.left == 0 {
			return err
		}
	}
	return nil
}

func (w *Walk) zipEntry(f *zip.File, office bool, fn func(Entry) error) error {
	if f.Flags&1 != 0 {
		w.CannotRead(Encrypted)
		return nil
	}
	content, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		w.CannotRead(Method)
		return nil
	}
	if err != nil {
		w.Broken = true
		return nil
	}
	defer content.Close()
	w.Texts++
	return fn(Entry{
		Name: clip(f.Name), Content: w.meter(content), Size: int64(min(f.UncompressedSize64, mostDeflated*f.CompressedSize64, MaxEntry)),
		Tagged: office && strings.HasSuffix(f.Name, ".xml"),
	})
}

// mostDeflated is how many bytes one byte of deflated data can stand for.
const mostDeflated = 1032

// overlap says whether the entries claim more bytes than the file has, each of
// them one that it could have.
func overlap(files []*zip.File, size uint64) bool {
	sum := uint64(0)
	for _, f := range files {
		if f.CompressedSize64 > size {
			return false // no bomb but damage
		}
		sum += f.CompressedSize64
	}
	return sum > size
}

// isOffice says whether the archive is a document of an office program.
func isOffice(files []*zip.File) bool {
	for _, f := range files {
		if f.Name == "[Content_Types].xml" || f.Name == "mimetype" && f.UncompressedSize64 < 100 {
			return true
		}
	}
	return false
}

// localHeader is how each entry of a zip file begins; its fixed part has 30 bytes.
const localHeader = "PK\x03\x04"

// salvage reads the entries of an archive that has no usable directory.
func (w *Walk) salvage(data []byte, fn func(Entry) error) error {
	for {
		at := bytes.Index(data, []byte(localHeader))
		if at < 0 || len(data)-at < 30 || !w.enter() {
			return nil
		}
		data = data[at:]
		method, size := binary.LittleEndian.Uint16(data[8:]), int(binary.LittleEndian.Uint32(data[18:]))
		begin := 30 + int(binary.LittleEndian.Uint16(data[26:])) + int(binary.LittleEndian.Uint16(data[28:]))
		if begin > len(data) || begin == 30 || data[6]&1 != 0 {
			data = data[4:]
			continue
		}
		name := string(data[30 : 30+int(binary.LittleEndian.Uint16(data[26:]))])
		body := bytes.NewReader(data[begin:])
		var content io.Reader
		switch {
		case method == zip.Deflate:
			content = flate.NewReader(body)
		case method == zip.Store && size <= body.Len():
			content = io.LimitReader(body, int64(size))
		default:
			data = data[4:]
			continue
		}
		w.Texts++
		if err := fn(Entry{Name: clip(name), Content: w.meter(content), Size: -1}); err != nil || w.left == 0 {
			return err
		}
		data = data[begin:]
		if method == zip.Store {
			data = data[size:]
		} else if used := int(body.Size()) - body.Len(); body.Len() < int(body.Size()) {
			data = data[max(used-1, 0):] // flate may have read a byte too many
		}
	}
}
