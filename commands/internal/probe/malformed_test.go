package probe

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"
)

// lengthsOf calls use with each frame of u32be, or with the length of one that is over 1 MiB, and with what
// has come of it.
func lengthsOf(nc net.Conn, use func(length uint32, frame []byte) (goOn bool)) {
	ok := true
	reading(nc, func(b []byte) (used int) {
		for ok && len(b)-used >= 4 {
			n := binary.BigEndian.Uint32(b[used:])
			size := whole(b[used:])
			if size == 0 && n <= 1<<20 {
				break
			}
			if ok = use(n, b[used:used+size]); !ok {
				nc.Close()
			}
			used += size
			if size == 0 {
				break
			}
		}
		return used
	})
}

// malformedReceivers do not cope with frames that are wrong, or do.
var malformedReceivers = []receiver{
	{name: "correct: answers a wrong length with an error, and closes", serve: func(_ *zoo, nc net.Conn) {
		lengthsOf(nc, func(_ uint32, frame []byte) bool {
			if len(frame) == 0 {
				frame = u32([]byte("error: the length is wrong, and so I do not read on from here"))
				nc.Write(frame)
				return false
			}
			nc.Write(frame)
			return true
		})
	}},
	{name: "correct: answers a wrong checksum with an error", spec: "u16be:crc=crc32", serve: func(_ *zoo, nc net.Conn) { summedFrames(nc, true) }},
	{name: "checksum not checked", spec: "u16be:crc=crc32", serve: func(_ *zoo, nc net.Conn) { summedFrames(nc, false) }},
	{name: "correct: answers each line of what is no frame", spec: "resp", serve: func(_ *zoo, nc net.Conn) {
		reading(nc, func(b []byte) (used int) {
			for at := bytes.IndexByte(b[used:], '\n'); at >= 0; at = bytes.IndexByte(b[used:], '\n') {
				nc.Write([]byte("-ERR unknown command\r\n"))
				used += at + 1
			}
			return used
		})
	}},
	{name: "the announced length is allocated at once", fails: "length", serve: func(z *zoo, nc net.Conn) {
		lengthsOf(nc, func(n uint32, frame []byte) bool {
			z.memory.Store(max(z.memory.Load(), int64(n)))
			nc.Write(frame)
			return len(frame) > 0
		})
	}},
	{name: "a negative length kills it", fails: "length", serve: func(z *zoo, nc net.Conn) {
		lengthsOf(nc, func(n uint32, frame []byte) bool {
			if int32(n) < 0 {
				z.die()
			}
			nc.Write(frame)
			return len(frame) > 0
		})
	}},
	{name: "a long length makes it hang", fails: "length", serve: func(z *zoo, nc net.Conn) {
		lengthsOf(nc, func(n uint32, frame []byte) bool {
			select {
			case <-z.isHung:
				return false
			default:
			}
			if len(frame) == 0 {
				z.hung()
			}
			nc.Write(frame)
			return len(frame) > 0
		})
	}},
	{name: "length 0 is answered again and again", spec: "u32be:counts=frame", fails: "length", serve: func(_ *zoo, nc net.Conn) {
		reading(nc, func(b []byte) (used int) {
			for turns := 0; len(b)-used >= 4 && turns < 1000; turns++ {
				n := int(binary.BigEndian.Uint32(b[used:]))
				if n > len(b)-used {
					break
				}
				nc.Write(append(binary.BigEndian.AppendUint32(nil, uint32(max(n, 4))), b[used+min(n, 4):used+n]...))
				used += n
			}
			return used
		})
	}},
	{name: "answers with as many bytes as were announced", timed: true, fails: "length header-then-wait slow", serve: func(_ *zoo, nc net.Conn) {
		for {
			head := make([]byte, 4)
			nc.SetReadDeadline(time.Time{})
			if _, err := io.ReadFull(nc, head); err != nil {
				return
			}
			n := binary.BigEndian.Uint32(head)
			if n > 1<<20 {
				return
			}
			body := make([]byte, n)
			nc.SetReadDeadline(time.Now().Add(250 * time.Millisecond))
			io.ReadFull(nc, body)
			nc.Write(u32(body))
		}
	}},
	{name: "garbage kills it", spec: "crlf", fails: "garbage", serve: func(z *zoo, nc net.Conn) {
		reading(nc, func(b []byte) (used int) {
			for {
				at := bytes.Index(b[used:], []byte("\r\n"))
				if at < 0 {
					return used
				}
				line := b[used : used+at+2]
				if !utf8.Valid(line) {
					z.die()
				}
				nc.Write(line)
				used += len(line)
			}
		})
	}},
}

// summedFrames answers frames of u16be:crc=crc32.
func summedFrames(nc net.Conn, check bool) {
	answer := func(payload []byte) {
		frame := append(binary.BigEndian.AppendUint16(nil, uint16(len(payload)+4)), payload...)
		nc.Write(binary.BigEndian.AppendUint32(frame, crc32.ChecksumIEEE(payload)))
	}
	reading(nc, func(b []byte) (used int) {
		for len(b)-used >= 6 {
			n := int(binary.BigEndian.Uint16(b[used:]))
			if n < 4 || len(b)-used < 2+n {
				break
			}
			payload := b[used+2 : used+2+n-4]
			if sum := binary.BigEndian.Uint32(b[used+2+len(payload):]); check && sum != crc32.ChecksumIEEE(payload) {
				payload = []byte("error: checksum")
			}
			answer(payload)
			used += 2 + n
		}
		return used
	})
}

// What each malformed case writes, and how it is described.
func TestMalformedCases(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ spec, payload, want string }{
		{"netstring", "abc", `
length/zero 0:abc, length 0, then the payload
length/max 18446744073709551615:abc, length 18446744073709551615, the largest that can be written
length/over 4:abc, length 4, one more than what follows
length/huge 2147483647:abc, length 2147483647
length/negative -1:abc, a length below 0, written as 2d 31
length/overlong 0003:abc, length 3, written in more bytes than it needs
length/short 2:abc, length 2, one less than what follows`},
		{"u8:max=100", "abc", `
length/zero \0abc length 0, then the payload
length/max \xffabc length 255, the largest that can be written
length/over eabc length 101, one more than the framing allows
length/huge \x7fabc length 127
length/negative \x80abc a length below 0, written as 80
length/short \x02abc length 2, one less than what follows`},
		{"varint:max=5", "abc", `
length/zero \0abc length 0, then the payload
length/max \xff\xff\xff\xff\x7fabc length 34359738367, the largest that can be written
length/over \x04abc length 4, one more than what follows
length/huge \xff\xff\xff\xff\aabc length 2147483647
length/negative \x80\x80\x80\x80\babc a length below 0, written as 80 80 80 80 08
length/overlong \x83\0abc length 3, written in more bytes than it needs
length/short \x02abc length 2, one less than what follows`},
		{"ldap", "abc", `
length/zero 0\0abc length 0, then the payload
length/max 0\x88\x7f\xff\xff\xff\xff\xff\xff\xffabc length 9223372036854775807, the largest that can be written
length/over 0\x04abc length 4, one more than what follows
length/huge 0\x84\x7f\xff\xff\xffabc length 2147483647
length/negative 0\x84\xff\xff\xff\xffabc a length below 0, written as 84 ff ff ff ff
length/overlong 0\x81\x03abc length 3, written in more bytes than it needs
length/short 0\x02abc length 2, one less than what follows`},
		{"lines", "abc", ""},
		{"crlf:crc=crc8", "abc", "\nchecksum abc^\\r\\n a wrong bit in byte 3, so that the checksum does not match"},
	} {
		p := planOf(t, row.spec, row.payload)
		p.Malformed = true
		got := ""
		for _, c := range p.malformed() {
			if c.Family() != "garbage" {
				got += fmt.Sprintf("\n%s %s %s", c.ID, strings.ReplaceAll(strings.Trim(fmt.Sprintf("%q", c.Writes[0]), `"`), `\x00`, `\0`), c.Place)
			}
		}
		if got != row.want {
			t.Errorf("%s: %s\nwant %s", row.spec, got, row.want)
		}
	}
}

// What a peer does with a malformed frame is described.
func TestReaction(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, id, want string }{
		{"correct: answers a wrong checksum with an error", "checksum", "1 reply came"},
		{"checksum not checked", "checksum", "answered as the first message is when nothing is wrong"},
		{"correct: answers a wrong length with an error, and closes", "length/max", "1 reply came; the peer closed the connection"},
		{"correct: answers a wrong length with an error, and closes", "length/over", "no reply came"},
	} {
		i := slices.IndexFunc(malformedReceivers, func(r receiver) bool { return r.name == row.name })
		synctest.Test(t, func(t *testing.T) {
			r := &malformedReceivers[i]
			o := r.options(t, r.inMemory())
			o.Only = []string{row.id}
			s, err := Run(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if c := s.Results[1]; c.Verdict != Info || c.Reason != row.want {
				t.Errorf("%s: %s %s, want %s", row.name, c.Verdict, c.Reason, row.want)
			}
		})
	}
}

// What is played at once need not be played again because a wrong frame is no PASS.
func TestMalformedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := receiver{serve: readFull}
		o := r.options(t, r.inMemory())
		o.Peer.Process, o.Jobs, o.Only = true, 4, []string{"length/*"}
		var starts atomic.Int64
		dial := o.Dial
		o.Dial = func(ctx context.Context) (net.Conn, error) {
			starts.Add(1)
			return dial(ctx)
		}
		s, err := Run(t.Context(), o)
		if got, want := starts.Load(), int64(len(s.Results)+1); err != nil || got != want || s.Count(Info) == 0 {
			t.Errorf("got %d connections for %d cases, and %d for information, %v; want %d: the reference is played twice", got, len(s.Results), s.Count(Info), err, want)
		}
	})
}
