package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"strconv"
	"time"
)

// beginsPacket says whether the first row of a dump looks like the start of a frame or
// an IP packet, and not like a stream.
func beginsPacket(b []byte) bool {
	ip := func(b []byte) bool {
		return len(b) > 1 && (b[0] >= 0x45 && b[0] <= 0x4f || b[0]>>4 == 6)
	}
	if len(b) < 16 {
		return false
	}
	for _, at := range []int{12, 14, 0} { // Ethernet, Linux cooked in two versions
		switch binary.BigEndian.Uint16(b[at:]) {
		case typeIPv4, typeIPv6:
			if at != 12 || ip(b[14:]) {
				return true
			}
		case typeVLAN, typeQinQ:
			return at == 12
		}
	}
	return b[0] >= 0x45 && b[0] <= 0x4f && b[9] == protoTCP || b[0]>>4 == 6 && b[6] == protoTCP
}

// openPacketText reads the packets that tcpdump or tshark printed as those of a file.
func openPacketText(from *spool, r io.Reader, s style) (recording, error) {
	f, start, err := from.seekable(r)
	if err != nil {
		return nil, err
	}
	t := &traffic{}
	t.open = func(offset int64) (packets, error) {
		in := newLines(io.NewSectionReader(f, start+offset, math.MaxInt64-start-offset), offset)
		return &packetText{lines: in, style: s}, nil
	}
	return t, t.index()
}

// A packetText reads packets, each a line about it and rows:
//
//	12:34:56.789012 IP 10.0.0.1.4000 > 10.0.0.2.80: Flags [S], seq 9, length 0
//		0x0000:  4500 0028 0001 0000 4006 66cd 0a00 0001  E..(....@.f.....
type packetText struct {
	*lines
	style style
	row   row
	held  bool // row begins the next packet
	buf   []byte

	time   int64 // of the packet that comes next; 0 is unknown
	header int64 // where the line that tells it is
}

func (p *packetText) next() (packet, error) {
	k := packet{link: guessLink, offset: -1}
	p.buf = p.buf[:0]
	skip := false // what tshark made of several packets
	for {
		if !p.held {
			if err := p.lines.row(p.style, &p.row); err == io.EOF && len(p.buf) > 0 {
				k.data = p.buf
				return k, nil
			} else if err != nil {
				return k, err
			}
		}
		p.held = false
		r := &p.row
		if r.kind == rowBad {
			return k, p.wrong(r.why)
		}
		if r.kind != rowBytes {
			done := len(p.buf) > 0
			if skip = r.kind == rowSection && !bytes.HasPrefix(r.text, []byte("Frame (")) && !bytes.HasPrefix(r.text, []byte("Packet (")); !blank(r.text) && !skip {
				p.time, p.header = textTime(r.text), p.offset
			}
			if done {
				k.data = p.buf
				return k, nil
			}
			continue
		}
		if skip {
			continue
		}
		at, err := strconv.ParseInt(string(r.offset), 16, 62)
		switch {
		case err != nil || at != 0 && at != int64(len(p.buf)):
			return k, p.wrong("this row does not follow on the one before")
		case at == 0 && len(p.buf) > 0:
			p.held, k.data = true, p.buf
			return k, nil
		case at == 0:
			k.at, k.offset = p.time, p.offset
			if p.time != 0 {
				k.offset = p.header
			}
			p.time = 0
		}
		if p.buf = append(p.buf, r.data...); len(p.buf) > maxPacket {
			return k, p.wrong("this packet is too long")
		}
	}
}

// textTime is the time that a line begins with, if it has a date or counts seconds
// since 1970.
func textTime(line []byte) int64 {
	f := bytes.Fields(line)
	if len(f) >= 2 {
		if t, err := time.Parse("2006-01-02 15:04:05.999999999", string(f[0])+" "+string(f[1])); err == nil {
			return t.UnixNano()
		}
	}
	if len(f) > 0 {
		whole, fraction, ok := bytes.Cut(f[0], []byte("."))
		s, err := strconv.ParseInt(string(whole), 10, 34)
		ns, err2 := strconv.ParseInt((string(fraction) + "000000000")[:9], 10, 64)
		if ok && err == nil && err2 == nil && s > 1e8 {
			return s*1e9 + ns
		}
	}
	return 0
}
