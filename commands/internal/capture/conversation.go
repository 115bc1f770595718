package capture

import (
	"bytes"
	"io"
	"math"
	"os"
)

// conversations are TCP conversations that Wireshark or tshark printed in hex: rows of both
// directions, in the order in which they were sent. The rows of the second end are indented.
// It is the server, unless the capture began in the middle of the connection: the first end is
// then the one that sent first. In the style of hexdump -C each direction has its own offsets;
// in raw style a row is a segment.
type conversations struct {
	style  style
	file   *os.File
	start  int64
	most   int64 // see dump
	list   []conversation
	broken error
	stop   int64 // offset of the line that broken is about
}

type conversation struct {
	offset int64     // offset of its first line
	ends   [2]string // client and server
	dirs   [2]Direction
	both   bool // the second direction has rows, or tshark printed a heading
}

func openConversations(from *spool, r io.Reader, s style) (recording, error) {
	f, start, err := from.seekable(r)
	if err != nil {
		return nil, err
	}
	t := &conversations{style: s, file: f, start: start, most: from.most.Repeats}
	return t, t.index()
}

func (t *conversations) lines(offset int64) *lines {
	longest := maxLine
	if t.style.name == rawStyle.name {
		longest = maxRawLine
	}
	return newLinesOf(longest, io.NewSectionReader(t.file, t.start+offset, math.MaxInt64-t.start-offset), offset)
}

// maxRawLine is the longest line of raw style: two digits for each byte of the largest packet.
const maxRawLine = 2*64<<10 + 1<<10

// conversation parses the lines that tshark prints before and after a conversation.
func (r *row) conversation(b []byte) {
	r.bad("expected an offset and bytes")
	for _, p := range []string{"===", "Filter:", "Node "} {
		if bytes.HasPrefix(b, []byte(p)) {
			r.kind, r.text = rowNote, b
		}
	}
	if bytes.HasPrefix(b, []byte("Follow:")) {
		r.kind = rowSection
	}
}

// parseRaw parses what tshark prints for -z follow,tcp,raw,N:
//
//	===================================================================
//	Follow: tcp,raw
//	Filter: tcp.stream eq 0
//	Node 0: 127.0.0.1:43881
//	Node 1: 127.0.0.1:17300
//	0038e459012000010000
//		003ce459858000010001
//	===================================================================
func parseRaw(line []byte, r *row) {
	if blank(line) {
		r.kind = rowNote
		return
	}
	b := bytes.TrimLeft(line, "\t")
	if n := digits(b); n == len(b) && n%2 == 0 {
		r.kind, r.data = rowBytes, appendHex(r.data, b)
		r.dir = min(1, len(line)-len(b))
		return
	}
	r.conversation(line)
	switch {
	case r.kind == rowBad:
		r.why = "expected pairs of hex digits"
	case r.kind == rowSection && !bytes.HasSuffix(line, []byte(",raw")):
		r.bad("expected the heading of a conversation in raw form")
	}
}

// index makes the first pass.
func (t *conversations) index() error {
	in := t.lines(0)
	var r row
	var dumps [2]dump
	now := &conversation{}
	begin := func() {
		dumps = [2]dump{{queue: &queue{closed: true}, most: t.most}, {queue: &queue{closed: true}, most: t.most}}
	}
	finish := func() {
		for i := range dumps {
			dumps[i].writeRepeats()
			dumps[i].end()
			now.dirs[i] = Direction{Bytes: dumps[i].bytes, Segments: -1, Packets: -1, Gaps: int(dumps[i].gaps)}
		}
		if now.dirs[0].Bytes+now.dirs[1].Bytes > 0 || len(t.list) == 0 || now.both {
			t.list = append(t.list, *now)
		}
	}
	begin()
	for {
		err := in.row(t.style, &r)
		if err == nil && r.kind == rowSection {
			if now.both || dumps[0].begun || dumps[1].begun {
				finish()
				begin()
				now = &conversation{offset: in.offset}
			}
			now.both = true
			continue
		}
		if err == nil && r.kind == rowNote {
			now.node(r.text)
			continue
		}
		if err == nil {
			d := &dumps[r.dir]
			d.writeRepeats()
			err = in.located(d.take(&r))
			now.both = now.both || r.dir == 1
		}
		if err != nil {
			finish()
			if _, ok := err.(*SyntaxError); ok {
				t.broken, t.stop = err, in.offset
			} else if err != io.EOF {
				return err
			}
			return nil
		}
	}
}

// node reads a line that names an end, such as "Node 0: 127.0.0.1:43881".
func (c *conversation) node(line []byte) {
	for i, p := range []string{"Node 0: ", "Node 1: "} {
		if end, ok := bytes.CutPrefix(line, []byte(p)); ok {
			c.ends[i] = string(end)
		}
	}
}

func (t *conversations) count() int { return len(t.list) }

func (t *conversations) stream(i int) Stream {
	c := &t.list[i]
	s := Stream{Index: i, Client: c.ends[0], Server: c.ends[1], Dirs: []Direction{c.dirs[0], c.dirs[1]}}
	if !c.both {
		s.Dirs = s.Dirs[:1]
		return s
	}
	s.Dirs[0].Name, s.Dirs[1].Name = "c2s", "s2c"
	return s
}

func (t *conversations) damage() error     { return t.broken }
func (t *conversations) plan([]Ref, int64) {}

func (t *conversations) read(ref Ref) *Source {
	c := t.list[ref.Stream]
	in := t.lines(c.offset)
	q := &queue{}
	d := &dump{queue: q, most: t.most}
	var r row
	ended, named := false, false
	return &Source{queue: q, more: func() error {
		for !q.full() && !ended {
			if d.writeRepeats() {
				return nil
			}
			err := in.row(t.style, &r)
			if err != nil && err != io.EOF && !isFileDamage(err) {
				return err
			}
			next := err == nil && r.kind == rowSection && named
			if ended = err != nil || next || t.broken != nil && in.offset >= t.stop; ended {
				d.end()
				break
			}
			if named = named || r.kind != rowNote; r.kind != rowNote && r.kind != rowSection && r.dir == int(ref.Dir) {
				d.take(&r) // errors were reported by the first pass
			}
		}
		if q.empty() {
			return io.EOF
		}
		return nil
	}}
}
