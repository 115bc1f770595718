package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"strconv"
	"time"
)

// beginsPacket reports whether the first row of a dump looks like the start of a packet, with
// or without its link header, and not like a stream.
func beginsPacket(b []byte) bool {
	ip := func(b []byte) bool {
		return len(b) > 1 && (b[0] >= 0x45 && b[0] <= 0x4f || b[0]>>4 == 6)
	}
	if len(b) < 16 {
		return false
	}
	for _, at := range []int{12, 14, 0} { // Ethernet, Linux cooked in two versions
		switch ofType + layer(binary.BigEndian.Uint16(b[at:])) {
		case layerIPv4, layerIPv6:
			if at != 12 || ip(b[14:]) {
				return true
			}
		case layerVLAN, layerQinQ:
			return at == 12
		}
	}
	return b[0] >= 0x45 && b[0] <= 0x4f && b[9] == protoTCP || b[0]>>4 == 6 && b[6] == protoTCP
}

// openPacketText opens packets that tcpdump or tshark printed.
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

// A packetText reads printed packets. Each is a line about the packet, then rows:
//
//	12:34:56.789012 IP 10.0.0.1.4000 > 10.0.0.2.80: Flags [S], seq 9, length 0
//		0x0000:  4500 0028 0001 0000 4006 66cd 0a00 0001  E..(....@.f.....
type packetText struct {
	*lines
	style style
	row   row
	held  bool // row is read, and is the first of the next packet
	buf   []byte

	time   int64 // time of the next packet; 0 is unknown
	header int64 // offset of the line with this time
}

func (p *packetText) next() (packet, error) {
	k := packet{link: guessLink, offset: -1}
	p.buf = p.buf[:0]
	skip := false // rows that tshark made from several packets
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
			return k, p.wrong("the offset does not continue the row before")
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
			return k, p.wrong("the packet is longer than 1 MiB")
		}
	}
}

// textTime returns the time at the start of a line, if it has a date or is in seconds since
// 1970; otherwise 0.
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
