package input

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"

	"framecat/commands/internal/report"
)

// A compression is a way to compress a file.
type compression struct {
	name string
	// begins reports whether head is the start of such a file. It is undecided if head is too
	// short for that.
	begins func(head []byte) (yes, undecided bool)
	open   func(*bufio.Reader) (io.Reader, error)
}

var compressions = []compression{
	{"gzip", beginsGzip, openGzip},
	{"zstd", beginsZstd, func(r *bufio.Reader) (io.Reader, error) {
		return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	}},
}

// maxWindow is how many bytes a zstd decoder may have to remember: as many as zstd -d allows.
const maxWindow = 128 << 20

// magicSize is how many bytes of a file show whether it is compressed.
const magicSize = 10

// beginsGzip looks at the whole header, because a stream of frames may begin with the two bytes
// of the magic number.
func beginsGzip(head []byte) (yes, undecided bool) {
	for i, c := range head[:min(len(head), magicSize)] {
		ok := true
		switch i {
		case 0, 1, 2: // the magic number, and deflate
			ok = c == "\x1f\x8b\x08"[i]
		case 3: // flags, of which three are reserved
			ok = c&0xe0 == 0
		case 8: // how well it was compressed
			ok = c == 0 || c == 2 || c == 4
		case 9: // the system
			ok = c <= 13 || c == 255
		}
		if !ok {
			return false, false
		}
	}
	return len(head) >= magicSize, len(head) < magicSize
}

// beginsZstd looks at the magic number, and at the reserved bit after it.
func beginsZstd(head []byte) (yes, undecided bool) {
	const magic = "\x28\xb5\x2f\xfd"
	if len(head) <= len(magic) {
		return false, bytes.HasPrefix([]byte(magic), head)
	}
	return bytes.HasPrefix(head, []byte(magic)) && head[len(magic)]&8 == 0, false
}

// compressionOf returns how a file that begins with head is compressed, or nil. It is undecided
// if more bytes could change that.
func compressionOf(head []byte) (c *compression, undecided bool) {
	for i := range compressions {
		yes, open := compressions[i].begins(head)
		if yes {
			return &compressions[i], false
		}
		undecided = undecided || open
	}
	return nil, undecided
}

// decompressed returns a reader of what f holds if f is compressed, or else nil. Head is what
// it had to read from a pipe to find that out.
func decompressed(f *os.File) (d *decompressor, head []byte, err error) {
	if isRegular(f) {
		at, err := f.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, nil, err
		}
		head = make([]byte, magicSize)
		n, err := f.ReadAt(head, at)
		if c, _ := compressionOf(head[:n]); c != nil {
			return newDecompressor(c, f), nil, nil
		}
		return nil, nil, noEOF(err)
	}
	b := make([]byte, headSize)
	for n := 0; ; {
		c, undecided := compressionOf(head)
		if c != nil {
			return newDecompressor(c, io.MultiReader(bytes.NewReader(head), f)), nil, nil
		}
		if !undecided || err != nil {
			return nil, head, noEOF(err)
		}
		n, err = f.Read(b[len(head):])
		head = b[:len(head)+n]
	}
}

// A decompressor reads what a compressed file holds. It returns all bytes that it can
// decompress before it returns an error, which stays.
type decompressor struct {
	*compression
	source *erring
	from   io.Reader // nil before the first read
	n      int64     // bytes that were decompressed
	err    error
}

// damage returns the error of the compressed data, or nil. The decompressor may be nil.
func (d *decompressor) damage() error {
	var damage *CompressedError
	if d != nil && errors.As(d.err, &damage) {
		return damage
	}
	return nil
}

// Damage reads the rest of a compressed file, and returns where that is damaged, or nil. It does not
// wait for a pipe.
func (s *Source) Damage() error {
	const most = 256 << 20
	if s.packed != nil && isRegular(s.file) {
		io.CopyN(io.Discard, s.Reader, most)
	}
	return s.packed.damage()
}

// A soundPart reads what a compressed file holds up to the place where it is damaged, and ends
// there: damage returns the error.
type soundPart struct{ *decompressor }

func (s soundPart) Read(p []byte) (int, error) {
	n, err := s.decompressor.Read(p)
	if s.damage() != nil {
		err = io.EOF
	}
	return n, err
}

func newDecompressor(c *compression, r io.Reader) *decompressor {
	return &decompressor{compression: c, source: &erring{Reader: r}}
}

func (d *decompressor) Read(p []byte) (n int, err error) {
	if d.err == nil && d.from == nil {
		d.from, d.err = d.open(bufio.NewReader(d.source))
	}
	if d.err == nil && len(p) > 0 {
		n, d.err = d.from.Read(p)
		d.n += int64(n)
	}
	if d.err != nil && d.err != io.EOF {
		d.err = d.failure(d.err)
	}
	return n, d.err
}

// failure returns the error for one of the decoder. An error of the file itself stays as it is.
func (d *decompressor) failure(err error) error {
	var known *CompressedError
	switch {
	case errors.As(err, &known):
		return err
	case d.source.err != nil:
		return d.source.err
	}
	return &CompressedError{d.name, d.n, err}
}

// erring is a reader that keeps its error.
type erring struct {
	io.Reader
	err error // not io.EOF
}

func (e *erring) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if err != nil && err != io.EOF {
		e.err = err
	}
	return n, err
}

// A CompressedError is the place where a compressed file is damaged or cut short. What was
// decompressed before it has been read.
type CompressedError struct {
	Name   string // of the compression
	Offset int64  // how many bytes were decompressed
	Err    error
}

func (e *CompressedError) Error() string {
	after := " after " + report.Count(e.Offset, "byte") + " of its contents"
	what := "is damaged" + after
	var follow *trailing
	switch {
	case errors.As(e.Err, &follow):
		what = "ends" + after + ", and is followed by " + follow.Error()
	case errors.Is(e.Err, io.ErrUnexpectedEOF):
		what = "is cut short" + after
	case errors.Is(e.Err, zstd.ErrWindowSizeExceeded):
		what = fmt.Sprintf("needs a window of more than %d MiB", maxWindow>>20)
	case errors.Is(e.Err, gzip.ErrHeader), errors.Is(e.Err, zstd.ErrMagicMismatch):
		what = "ends" + after + ", and is followed by other bytes"
	case errors.Is(e.Err, gzip.ErrChecksum), errors.Is(e.Err, zstd.ErrCRCMismatch):
		what += ": the checksum does not match"
	}
	return "the " + e.Name + " data " + what
}

// Hint returns what to try, or "". A file that was cut has nothing more to read.
func (e *CompressedError) Hint() string {
	switch {
	case errors.Is(e.Err, zstd.ErrWindowSizeExceeded):
		return "decompress it first: zstd -d --long=31"
	case errors.Is(e.Err, io.ErrUnexpectedEOF):
		return ""
	}
	return "to read the bytes as they are, use --decompress never"
}

func (e *CompressedError) Unwrap() error { return e.Err }
