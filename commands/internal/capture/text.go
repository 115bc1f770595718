package capture

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"os"
)

// openText finds the style of a dump. A dump of one stream is read as it arrives; a dump of
// several streams is read twice.
func openText(from *spool, r io.Reader) (recording, error) {
	var head []byte
	if f, ok := r.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			f, start, err := from.seekable(f)
			if err != nil {
				return nil, err
			}
			section := io.NewSectionReader(f, start, math.MaxInt64-start)
			head, err = readHead(section)
			if err != nil {
				return nil, err
			}
			return textOf(from, f, head)
		}
	}
	b := bufio.NewReaderSize(r, maxLine)
	for {
		_, err := b.Peek(b.Buffered() + 1)
		if err != nil && err != io.EOF {
			return nil, err
		}
		if head, _ = b.Peek(b.Buffered()); err == io.EOF || styleKnown(head) {
			return textOf(from, b, head)
		}
	}
}

// styleKnown reports whether more bytes of a dump would not change its style.
func styleKnown(head []byte) bool {
	if len(head) >= detectSize {
		return true
	}
	_, sure := recognise(head)
	return bytes.IndexByte(head, '\n') >= 0 && (sure || !Undecided(head))
}

func readHead(r io.ReaderAt) ([]byte, error) {
	head := make([]byte, maxLine)
	n, err := r.ReadAt(head, 0)
	if err == io.EOF {
		err = nil
	}
	return head[:n], err
}

func textOf(from *spool, r io.Reader, head []byte) (recording, error) {
	s, ok := recognise(head[:min(len(head), detectSize)])
	if !ok {
		s = likeliest(head)
	}
	t := counted(head, s)
	switch {
	case s.name == tcpdumpStyle.name, s.name == tsharkStyle.name && t.packets:
		return openPacketText(from, r, s)
	case s.name == canonStyle.name && !t.bars, s.name == rawStyle.name:
		return openConversations(from, r, s)
	}
	if f, ok := r.(*os.File); ok {
		at, err := f.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, err
		}
		r = io.NewSectionReader(f, at, math.MaxInt64-at)
	}
	return &single{r: r, style: s, little: t.little(), most: from.most.Repeats}, nil
}

// A single is a dump of one stream.
type single struct {
	r      io.Reader
	style  style
	little bool
	most   int64 // see dump
}

func (s *single) count() int { return 1 }

func (s *single) stream(int) Stream {
	return Stream{Dirs: []Direction{{Bytes: -1, Segments: -1, Packets: -1}}}
}

func (s *single) damage() error     { return nil }
func (s *single) plan([]Ref, int64) {}

func (s *single) read(Ref) *Source {
	if r, ok := s.r.(io.Seeker); ok {
		r.Seek(0, io.SeekStart)
	}
	in := newLines(s.r, 0)
	q := &queue{}
	if s.style.name == plainStyle.name {
		p := plain{lines: in, queue: q}
		return &Source{queue: q, more: func() (err error) {
			for err == nil && (q.empty() || !q.full() && in.ready()) {
				err = p.line()
			}
			return err
		}}
	}
	d := &dump{queue: q, little: s.little, most: s.most}
	var r row
	return &Source{queue: q, more: func() error {
		for q.empty() || !q.full() && in.ready() {
			if d.writeRepeats() {
				return nil
			}
			err := in.row(s.style, &r)
			if err == nil {
				err = in.located(d.take(&r))
			}
			if err == io.EOF {
				d.end()
			}
			if err != nil {
				d.release(int64(len(d.last)))
				return err
			}
		}
		return nil
	}}
}

// plain reads pairs of hex digits, with or without spaces between them, in lines of any
// length.
type plain struct {
	lines *lines
	queue *queue
	buf   []byte
	half  []byte // the first digit of a pair, if a piece of a line ends after it
}

// line reads a line, or a piece of one.
func (p *plain) line() error {
	line, err := p.lines.line()
	if err != nil {
		return err
	}
	p.buf = p.buf[:0]
	if besideDump(line) {
		return nil
	}
	for _, c := range line {
		switch {
		case isHex(c):
			if p.half = append(p.half, c); len(p.half) == 2 {
				p.buf, p.half = appendHex(p.buf, p.half), p.half[:0]
			}
		case c != ' ' && c != '\t':
			err = p.lines.wrong("expected hex digits")
		case len(p.half) > 0:
			err = p.lines.wrong("an odd number of hex digits")
		}
		if err != nil {
			break
		}
	}
	if err == nil && len(p.half) > 0 && !p.lines.part && !p.lines.cut {
		err = p.lines.wrong("an odd number of hex digits")
	}
	if len(p.buf) > 0 {
		p.queue.add(0, p.buf, 0)
	}
	return err
}
