package capture

import (
	"bufio"
	"bytes"
	"io"
)

// maxLine is the longest line of a dump that is believed.
const maxLine = 64 << 10

// lines reads text line by line.
type lines struct {
	*bufio.Reader
	number int   // of the line at hand, from 1
	offset int64 // where it begins in the file
	end    int64 // where it ends
	part   bool  // the next line is the rest of this one
	cut    bool  // the line has no end: nothing follows it
}

func newLines(r io.Reader, offset int64) *lines {
	return &lines{Reader: bufio.NewReaderSize(r, maxLine), end: offset}
}

// line returns the next line without its end. One that is too long comes in pieces.
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

// ready says whether the next line is there already, so that reading it can't block.
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
		return l.wrong("this line is too long for a dump")
	}
	s.read(line, r)
	if l.cut && r.kind == rowBad && mayStartRow(line) {
		s.readCut(line, r)
	}
	r.cut = l.cut
	return nil
}

// readCut takes as much of a line as can be read, where a dump was cut in it: all but a
// number of od's, at most.
func (s style) readCut(line []byte, r *row) {
	const most = 32
	for n := 0; n < most && len(line) > 0 && r.kind == rowBad; n++ {
		line = line[:len(line)-1]
		*r = row{data: r.data[:0], swapped: r.swapped[:0]}
		s.read(line, r)
	}
}

func (l *lines) wrong(detail string) error { return &SyntaxError{l.number, detail} }

// located gives a *SyntaxError its line.
func (l *lines) located(err error) error {
	if e, ok := err.(*SyntaxError); ok {
		e.Line = l.number
	}
	return err
}
