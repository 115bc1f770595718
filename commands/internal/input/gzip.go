package input

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"

	"framecat/commands/internal/report"
)

// A gzipReader reads the members of a gzip file one after another. Zeros may follow them: tapes and
// disks fill their blocks so.
type gzipReader struct {
	from   *bufio.Reader
	member *gzip.Reader
}

func openGzip(from *bufio.Reader) (io.Reader, error) {
	member, err := gzip.NewReader(from)
	if err != nil {
		return nil, err
	}
	member.Multistream(false)
	return &gzipReader{from, member}, nil
}

func (g *gzipReader) Read(p []byte) (n int, err error) {
	for {
		n, err = g.member.Read(p)
		if err != io.EOF || n > 0 {
			return n, noEOF(err) // the next Read finds the end of the member again
		}
		if err = g.next(); err != nil {
			return 0, err
		}
	}
}

// next begins the next member. At the end of the file its error is io.EOF.
func (g *gzipReader) next() error {
	zeros := int64(0)
	for {
		c, err := g.from.ReadByte()
		if err != nil {
			return err
		}
		if c != 0 {
			g.from.UnreadByte()
			break
		}
		zeros++
	}
	if magic, _ := g.from.Peek(2); string(magic) != "\x1f\x8b" {
		const most = 1 << 20
		n, err := io.CopyN(io.Discard, g.from, most)
		if err != nil && err != io.EOF {
			return err
		}
		return &trailing{zeros + n, n == most}
	}
	if err := g.member.Reset(g.from); err != nil {
		return err
	}
	g.member.Multistream(false)
	return nil
}

// A trailing is the error for bytes after compressed data that are none.
type trailing struct {
	n    int64
	more bool // there are more
}

func (t *trailing) Error() string {
	if t.more {
		return fmt.Sprintf("more than %s", report.Count(t.n, "byte"))
	}
	return report.Count(t.n, "byte")
}
