package capture

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// maxLine is the longest line that a dump may have.
const maxLine = 64 << 10

// lines reads text line by line.
type lines struct {
	*bufio.Reader
	number int   // number of the current line, from 1
	offset int64 // offset in the file of its start
	end    int64 // offset in the file of its end
	part   bool  // what follows is the rest of this line, which is too long
	cut    bool  // the line has no line end: it is the last one
}

func newLines(r io.Reader, offset int64) *lines { return newLinesOf(maxLine, r, offset) }

// newLinesOf returns the lines of r, which may have up to longest bytes.
func newLinesOf(longest int, r io.Reader, offset int64) *lines {
	return &lines{Reader: bufio.NewReaderSize(r, longest), end: offset}
}

// line returns the next line without its line end. A line that is too long comes in pieces.
func (l *lines) line() ([]byte, error) {
	b, err := l.ReadSlice('\n')
	if !l.part {
		l.number++
	}
	l.offset = l.end
	l.end += int64(len(b))
	l.part, l.cut = err == bufio.ErrBufferFull, err == io.EOF && len(b) > 0
	if l.part || err == io.EOF && len(b) > 0 {
		err = nil
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r")), err
}

// ready reports whether the next line is in the buffer, so that reading it cannot block.
func (l *lines) ready() bool {
	b, _ := l.Peek(l.Buffered())
	return bytes.IndexByte(b, '\n') >= 0
}

// row parses the next line.
func (l *lines) row(s style, r *row) error {
	long := l.part
	line, err := l.line()
	if err != nil {
		return err
	}
	*r = row{data: r.data[:0], swapped: r.swapped[:0]}
	if long || l.part {
		return l.wrong(fmt.Sprintf("the line is longer than %d KiB, too long for a dump", l.Size()>>10))
	}
	s.read(line, r)
	if l.cut && r.kind == rowBad && mayStartRow(line) {
		s.readCut(line, r)
	}
	r.cut = l.cut
	return nil
}

// readCut reads the last line of a dump that was cut inside this line. It leaves out the end
// of the line, as little as possible and at most as much as one number of od.
func (s style) readCut(line []byte, r *row) {
	const most = 32
	for n := 0; n < most && len(line) > 0 && r.kind == rowBad; n++ {
		line = line[:len(line)-1]
		*r = row{data: r.data[:0], swapped: r.swapped[:0]}
		s.read(line, r)
	}
}

func (l *lines) wrong(detail string) error { return &SyntaxError{l.number, detail} }

// located sets the line of a *SyntaxError.
func (l *lines) located(err error) error {
	if e, ok := err.(*SyntaxError); ok {
		e.Line = l.number
	}
	return err
}
