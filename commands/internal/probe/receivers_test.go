package probe

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"slices"
	"strings"
	"time"
)

// A receiver of the zoo serves connections, each with a goroutine of its own. Serve reads frames and
// writes each back. Those with a fault are named by it.
type receiver struct {
	name  string
	spec  string
	serve func(z *zoo, nc net.Conn)
	// fails are the families of cases that fail, or the only one of splits that do; empty if none.
	fails        string
	places       string // that the failures must have
	inconclusive bool   // nothing can be judged
	info         string // families whose verdict is Info
	timed        bool   // what fails depends on the clock, so a busy machine changes it
}

func u32(payload []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(payload))), payload...)
}

// reading calls use with all that has arrived; it returns how many bytes were used.
func reading(nc net.Conn, use func(b []byte) int) {
	var held []byte
	b := make([]byte, 64<<10)
	for {
		n, err := nc.Read(b)
		held = append(held, b[:n]...)
		held = held[use(held):]
		if err != nil {
			return
		}
	}
}

// whole returns the size of the frame at the start of b; 0 if it is not complete.
func whole(b []byte) int {
	if len(b) < 4 || len(b)-4 < int(binary.BigEndian.Uint32(b)) {
		return 0
	}
	return 4 + int(binary.BigEndian.Uint32(b))
}

func correct(_ *zoo, nc net.Conn) {
	reading(nc, func(b []byte) (used int) {
		for n := whole(b); n > 0; n = whole(b[used:]) {
			nc.Write(b[used : used+n])
			used += n
		}
		return used
	})
}

// partly does what is correct, and then something if the connection ended inside a frame.
func partly(nc net.Conn, then func()) {
	var held bool
	reading(nc, func(b []byte) (used int) {
		for n := whole(b); n > 0; n = whole(b[used:]) {
			nc.Write(b[used : used+n])
			used += n
		}
		held = used < len(b)
		return used
	})
	if held {
		then()
	}
}

// answering answers each frame with text.
func answering(nc net.Conn, text string) {
	reading(nc, func(b []byte) (used int) {
		for n := whole(b); n > 0; n = whole(b[used:]) {
			nc.Write(u32([]byte(text)))
			used += n
		}
		return used
	})
}

func oneRead(_ *zoo, nc net.Conn) {
	b := make([]byte, 64<<10)
	for {
		n, err := nc.Read(b)
		if err != nil {
			return
		}
		nc.Write(u32(b[min(n, 4):n]))
	}
}

func readFull(_ *zoo, nc net.Conn) {
	r := bufio.NewReader(nc)
	for {
		head := make([]byte, 4)
		if _, err := io.ReadFull(r, head); err != nil {
			return
		}
		n := binary.BigEndian.Uint32(head)
		if n > 1<<20 {
			return
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		nc.Write(u32(body))
	}
}

var receivers = append(slices.Concat(malformedReceivers, beatingReceivers), []receiver{
	{name: "correct: collects what arrives", serve: correct},
	{name: "correct: reads as much as it needs", serve: readFull},
	{name: "correct: lines", spec: "crlf", serve: func(_ *zoo, nc net.Conn) {
		for r := bufio.NewReader(nc); ; {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			io.WriteString(nc, line)
		}
	}},
	{name: "correct: greets, and counts its replies", serve: func(_ *zoo, nc net.Conn) {
		nc.Write(u32([]byte("hello")))
		n := byte('0')
		reading(nc, func(b []byte) int {
			used := 0
			for size := whole(b); size > 0; size = whole(b[used:]) {
				n++
				nc.Write(u32([]byte{n}))
				used += size
			}
			return used
		})
	}},
	{name: "correct: replies differ in each connection", serve: func(_ *zoo, nc net.Conn) { answering(nc, time.Now().String()) }},
	{name: "correct: replies change from time to time", serve: func(_ *zoo, nc net.Conn) { // the references are equal
		answering(nc, time.Now().Truncate(5*time.Second).String())
	}},
	{name: "correct: one reply, then the end", serve: func(_ *zoo, nc net.Conn) {
		head := make([]byte, 4)
		if _, err := io.ReadFull(nc, head); err == nil && binary.BigEndian.Uint32(head) < 1<<20 {
			body := make([]byte, binary.BigEndian.Uint32(head))
			if _, err := io.ReadFull(nc, body); err == nil {
				nc.Write(u32(body))
			}
		}
	}},
	{name: "one read is one message", fails: "split bytes merge slow header-then-wait", serve: oneRead},
	{name: "no loop after the first frame", fails: "merge", serve: func(_ *zoo, nc net.Conn) {
		reading(nc, func(b []byte) int {
			n := whole(b)
			if n > 0 {
				nc.Write(b[:n])
			}
			return n
		})
	}},
	{name: "header assumed whole", fails: "split bytes slow merge", places: "in the length", serve: func(_ *zoo, nc net.Conn) {
		r := bufio.NewReader(nc)
		for {
			head := make([]byte, 4)
			if _, err := r.Read(head); err != nil {
				return
			}
			n := binary.BigEndian.Uint32(head)
			if n > 1<<20 {
				return
			}
			body := make([]byte, n)
			if _, err := io.ReadFull(r, body); err != nil {
				return
			}
			nc.Write(u32(body))
		}
	}},
	{name: "payload assumed whole", fails: "split bytes slow", serve: func(_ *zoo, nc net.Conn) {
		for {
			head := make([]byte, 4)
			if _, err := io.ReadFull(nc, head); err != nil {
				return
			}
			n := binary.BigEndian.Uint32(head)
			if n > 1<<20 {
				return
			}
			body := make([]byte, n)
			got := 0
			if n > 0 {
				var err error
				if got, err = nc.Read(body); err != nil {
					return
				}
			}
			nc.Write(u32(body[:got]))
		}
	}},
	{name: "the rest is dropped", fails: "merge", serve: func(_ *zoo, nc net.Conn) {
		reading(nc, func(b []byte) int {
			n := whole(b)
			if n == 0 {
				return 0
			}
			nc.Write(b[:n])
			return len(b)
		})
	}},
	{name: "delimiter cut in two", spec: "crlf", fails: "split bytes slow", places: "between CR and LF", serve: func(_ *zoo, nc net.Conn) {
		var line []byte
		b := make([]byte, 64<<10)
		for {
			n, err := nc.Read(b)
			if err != nil {
				return
			}
			rest := b[:n]
			for {
				at := bytes.Index(rest, []byte("\r\n")) // in this read only
				if at < 0 {
					line = append(line, rest...)
					break
				}
				nc.Write(append(append(line, rest[:at]...), "\r\n"...))
				line, rest = nil, rest[at+2:]
			}
		}
	}},
	{name: "UTF-8 decoded by chunk", fails: "split bytes slow", places: "inside a UTF-8 character", serve: func(_ *zoo, nc net.Conn) {
		for {
			head := make([]byte, 4)
			if _, err := io.ReadFull(nc, head); err != nil {
				return
			}
			left, text := int(binary.BigEndian.Uint32(head)), ""
			if left > 1<<20 {
				return
			}
			for left > 0 {
				b := make([]byte, left)
				n, err := nc.Read(b)
				if err != nil {
					return
				}
				left -= n
				text += strings.ToValidUTF8(string(b[:n]), "\uFFFD")
			}
			nc.Write(u32([]byte(text)))
		}
	}},
	{name: "length in characters", fails: "utf8", serve: func(_ *zoo, nc net.Conn) {
		reading(nc, func(b []byte) (used int) {
			for {
				rest := b[used:]
				if len(rest) < 4 {
					return used
				}
				n, size := int(binary.BigEndian.Uint32(rest)), 0
				runes := []rune(string(rest[4:]))
				if len(runes) < n {
					return used
				}
				size = len(string(runes[:n]))
				nc.Write(u32(rest[4 : 4+size]))
				used += 4 + size
			}
		})
	}},
	{name: "wrong order of bytes if the length is cut before its last byte", fails: "split bytes slow", places: "in the length", serve: func(_ *zoo, nc net.Conn) {
		for {
			head := make([]byte, 4)
			n, err := nc.Read(head)
			if err != nil {
				return
			}
			if n < 4 {
				if _, err := io.ReadFull(nc, head[n:]); err != nil {
					return
				}
				slices.Reverse(head)
			}
			size := binary.BigEndian.Uint32(head)
			if size > 1<<20 {
				return
			}
			body := make([]byte, size)
			if _, err := io.ReadFull(nc, body); err != nil {
				return
			}
			nc.Write(u32(body))
		}
	}},
	{name: "the second byte of the length is at a wrong place", fails: "reference", serve: func(_ *zoo, nc net.Conn) {
		reading(nc, func(b []byte) (used int) {
			for len(b) >= used+4 {
				n := int(b[used+3]) | int(b[used+2])<<16
				if len(b) < used+4+n {
					break
				}
				nc.Write(b[used : used+4+n])
				used += 4 + n
			}
			return used
		})
	}},
	{name: "correct, but it answers only the first message", info: "reference", serve: func(_ *zoo, nc net.Conn) {
		answered := false
		reading(nc, func(b []byte) int {
			n := whole(b)
			if n > 0 && !answered {
				answered = true
				nc.Write(b[:n])
			}
			return n
		})
	}},
	{name: "dies when a connection ends inside a frame", fails: "close", serve: func(z *zoo, nc net.Conn) { partly(nc, z.die) }},
	{name: "loops when a connection ends inside a frame", fails: "close", serve: func(z *zoo, nc net.Conn) {
		partly(nc, func() { z.spins.Store(true) })
	}},
	{name: "hangs when a connection ends inside a frame", fails: "close", serve: func(z *zoo, nc net.Conn) {
		reading(nc, func(b []byte) (used int) {
			for n := whole(b); n > 0; n = whole(b[used:]) {
				select {
				case <-z.isHung:
					return used
				default:
				}
				nc.Write(b[used : used+n])
				used += n
			}
			z.partial.Store(nc, len(b) > used)
			return used
		})
		if is, _ := z.partial.Load(nc); is == true {
			z.hung()
		}
	}},
	{name: "dies when cut", fails: "split", serve: func(z *zoo, nc net.Conn) {
		b := make([]byte, 64<<10)
		for {
			n, err := nc.Read(b)
			switch {
			case err != nil:
				return
			case whole(b[:n]) == 0:
				z.die()
				return
			}
			nc.Write(b[:n])
		}
	}},
	{name: "blocks all others inside a frame", fails: "slow", serve: func(z *zoo, nc net.Conn) {
		held := false
		reading(nc, func(b []byte) (used int) {
			if !held {
				<-z.free
			}
			held = true
			for n := whole(b); n > 0; n = whole(b[used:]) {
				nc.Write(b[used : used+n])
				used += n
			}
			if used == len(b) {
				held = false
				z.free <- struct{}{}
			}
			return used
		})
		if held {
			z.free <- struct{}{}
		}
	}},
	{name: "serves one connection at a time", info: "slow", serve: func(z *zoo, nc net.Conn) {
		<-z.free
		correct(z, nc)
		z.free <- struct{}{}
	}},
	{name: "never stops sending", inconclusive: true, serve: func(_ *zoo, nc net.Conn) {
		go io.Copy(io.Discard, nc)
		for {
			if _, err := nc.Write(u32([]byte("tick"))); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}},
	{name: "never answers", inconclusive: true, serve: func(_ *zoo, nc net.Conn) { io.Copy(io.Discard, nc) }},
}...)
