//go:build linux

package e2e

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// soakPatience is how long a peer waits for the server before a message counts as lost.
const soakPatience = 10 * time.Minute

// A soakCount counts what happened.
type soakCount struct {
	open   atomic.Int64 // connections that are open now
	visits atomic.Int64 // connections
	good   atomic.Int64 // messages that came back or were printed as they must
	bad    atomic.Int64 // messages that are lost, wrong, twice or out of order

	bytes, certain atomic.Int64 // that were sent, and those of them on connections that were not reset

	mu   sync.Mutex
	text string // the first that was bad
}

func (c *soakCount) wrong(format string, args ...any) {
	c.bad.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.text == "" {
		c.text = fmt.Sprintf(format, args...)
		fmt.Printf("soak: the first that is wrong: %s\n", c.text)
	}
}

func (c *soakCount) first() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text
}

// soakMessage returns message seq of a connection: its numbers, and letters that follow from
// them. Most are short, and few are long.
func soakMessage(visit, seq int64) []byte {
	r := rand.New(rand.NewPCG(uint64(visit), uint64(seq)))
	size := 20 + r.IntN(2000)
	if r.IntN(100) == 0 {
		size = r.IntN(200 << 10)
	}
	b := fmt.Appendf(nil, "%d %d ", visit, seq)
	for len(b) < size {
		for v, i := r.Uint64(), 0; i < 12; i++ {
			b = append(b, 'a'+byte(v&15))
			v >>= 4
		}
	}
	return b
}

// load keeps the connections open until the soak stops.
func (s *soak) load() {
	var all sync.WaitGroup
	for i := range s.conns {
		all.Go(func() {
			// Connections do not come at once.
			for first := time.Duration(i) * s.pause / 50; !s.stopped(first); first = 0 {
				s.visit(s.count.visits.Add(1))
			}
		})
	}
	all.Wait()
}

// stopped waits for a time, and reports whether the soak has stopped.
func (s *soak) stopped(wait time.Duration) bool {
	select {
	case <-s.stop:
		return true
	case <-time.After(wait):
		return false
	}
}

// soakKind returns what a connection does: 0 resets, 1 stops inside a frame, 2 and 3 read slowly.
// With tap, the target resets 4.
func soakKind(visit int64) int { return rand.New(rand.NewPCG(uint64(visit), 0)).IntN(10) }

// visit is one connection.
func (s *soak) visit(visit int64) {
	r, kind := rand.New(rand.NewPCG(uint64(visit), 1)), soakKind(visit)
	resets := kind == 0 || kind == 4 && s.relay != nil
	nc, err := net.Dial("tcp", s.address)
	if err != nil {
		s.count.wrong("connection %d: %v", visit, err)
		return
	}
	defer nc.Close()
	s.count.open.Add(1)
	defer s.count.open.Add(-1)
	c := nc.(*net.TCPConn)
	c.SetReadBuffer(16 << 10)
	acked := make(chan int64, 1) // a message that came back
	var wrote, back int64        // bytes
	if s.answers {
		go s.answersOf(c, visit, kind, resets, acked, &back)
	} else {
		close(acked)
	}
	send := func(b []byte) error {
		c.SetWriteDeadline(time.Now().Add(soakPatience))
		n, err := c.Write(b)
		wrote += int64(n)
		return err
	}
	sent := int64(0)
	for n := r.Int64N(int64(2*s.messages)) + 1; sent < n && !s.stopped(time.Duration(r.Int64N(int64(2*s.pause)))); sent++ {
		if err := send(soakFrame(visit, sent)); err != nil {
			if !resets {
				s.count.wrong("connection %d, message %d: %v", visit, sent, err)
			}
			break
		}
	}
	switch {
	case kind == 0: // messages that are on their way may be lost
		c.SetLinger(0)
		c.Close()
	case kind == 1 && (!s.answers || await(acked, sent)):
		b := soakFrame(visit, sent)
		send(b[:4+r.IntN(len(b)-4)])
		c.CloseWrite()
	default:
		c.CloseWrite()
	}
	s.count.bytes.Add(wrote)
	if resets {
		s.records.sent(visit, -1)
		last(acked)
		return
	}
	s.count.certain.Add(wrote)
	c.SetReadDeadline(time.Now().Add(soakPatience))
	switch {
	case !s.answers:
		if _, err := io.Copy(io.Discard, c); err != nil { // until the server has read all
			s.count.wrong("connection %d: %v", visit, err)
		}
	case last(acked) < sent:
		s.count.wrong("connection %d: not all of %d messages came back", visit, sent)
	case s.relay != nil && back != wrote:
		s.count.wrong("connection %d: %d of %d bytes came back", visit, back, wrote)
	}
	s.records.sent(visit, sent)
}

// soakFrame returns the frame of a message.
func soakFrame(visit, seq int64) []byte {
	m := soakMessage(visit, seq)
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(m))), m...)
}

// answersOf reads what comes back, and sends the number of messages to acked. It sets the number of
// bytes before it closes acked.
func (s *soak) answersOf(c net.Conn, visit int64, kind int, resets bool, acked chan int64, back *int64) {
	defer close(acked)
	src := bufio.NewReaderSize(c, 4<<10)
	for seq := int64(0); ; seq++ {
		if kind == 2 || kind == 3 {
			time.Sleep(2 * s.pause)
		}
		want := soakFrame(visit, seq)
		got := make([]byte, len(want))
		n, err := io.ReadFull(src, got)
		*back += int64(n)
		switch {
		case err == io.EOF, err != nil && resets:
			return
		case err == io.ErrUnexpectedEOF && kind == 1 && s.relay != nil && bytes.HasPrefix(want, got[:n]):
			return
		case err != nil || !bytes.Equal(got, want):
			s.count.wrong("connection %d, message %d: %v, %.80q came back", visit, seq, err, got)
			return
		}
		s.count.good.Add(1)
		select { // only the last number counts
		case <-acked:
		default:
		}
		acked <- seq + 1
	}
}

// await waits until so many messages came back; false is the end of the stream.
func await(acked chan int64, n int64) bool {
	if n == 0 {
		return true
	}
	for got := range acked {
		if got == n {
			acked <- got
			return true
		}
	}
	return false
}

// last waits for the end of the stream, and returns how many messages came back.
func last(acked chan int64) (n int64) {
	for got := range acked {
		n = got
	}
	return n
}
