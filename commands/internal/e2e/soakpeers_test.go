//go:build linux

package e2e

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
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

// visit is one connection: one of ten is reset, one stops inside a frame, two read slowly.
func (s *soak) visit(visit int64) {
	r := rand.New(rand.NewPCG(uint64(visit), 0))
	nc, err := net.Dial("tcp", s.address)
	if err != nil {
		s.count.wrong("connection %d: %v", visit, err)
		return
	}
	defer nc.Close()
	s.count.open.Add(1)
	defer s.count.open.Add(-1)
	c, kind := nc.(*net.TCPConn), r.IntN(10)
	c.SetReadBuffer(16 << 10)
	acked := make(chan int64, 1) // a message that came back
	if s.answers {
		go s.answersOf(c, visit, kind, acked)
	}
	sent := int64(0)
	for n := r.Int64N(int64(2*s.messages)) + 1; sent < n && !s.stopped(time.Duration(r.Int64N(int64(2*s.pause)))); sent++ {
		if err := send(c, soakMessage(visit, sent), -1); err != nil {
			s.count.wrong("connection %d, message %d: %v", visit, sent, err)
			break
		}
	}
	switch {
	case kind == 0: // a reset: messages that are on their way may be lost
		s.records.sent(visit, -1)
		c.SetLinger(0)
		c.Close()
	case kind == 1 && (!s.answers || await(acked, sent)):
		m := soakMessage(visit, sent)
		send(c, m, r.IntN(len(m)))
		c.CloseWrite()
	default:
		c.CloseWrite()
	}
	c.SetReadDeadline(time.Now().Add(soakPatience))
	if s.answers {
		if got := last(acked); got < sent && kind != 0 {
			s.count.wrong("connection %d: %d of %d messages came back", visit, got, sent)
		}
		return
	}
	if kind != 0 {
		if _, err := io.Copy(io.Discard, c); err != nil { // until the server has read all
			s.count.wrong("connection %d: %v", visit, err)
		}
		s.records.sent(visit, sent)
	}
}

// send sends a message as a frame, or only the first bytes of it.
func send(c net.Conn, m []byte, only int) error {
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(m))), m...)
	if only >= 0 {
		b = b[:4+only]
	}
	c.SetWriteDeadline(time.Now().Add(soakPatience))
	_, err := c.Write(b)
	return err
}

// answersOf reads what comes back, and sends the number of messages to acked.
func (s *soak) answersOf(c net.Conn, visit int64, kind int, acked chan int64) {
	defer close(acked)
	src := bufio.NewReaderSize(c, 4<<10)
	var head [4]byte
	for seq := int64(0); ; seq++ {
		if kind == 2 || kind == 3 {
			time.Sleep(2 * s.pause)
		}
		if _, err := io.ReadFull(src, head[:]); err != nil {
			if err != io.EOF && kind != 0 {
				s.count.wrong("connection %d, before message %d: %v", visit, seq, err)
			}
			return
		}
		want := soakMessage(visit, seq)
		got := make([]byte, min(binary.BigEndian.Uint32(head[:]), 1<<20))
		if _, err := io.ReadFull(src, got); err != nil && kind == 0 {
			return
		} else if err != nil || !bytes.Equal(got, want) {
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

// soakRecords are the messages that the server prints, and how many must be.
type soakRecords struct {
	over chan struct{}

	mu    sync.Mutex
	got   map[int64]int64 // messages of each connection
	wants map[int64]int64 // how many were sent; -1 if it was reset
}

func newSoakRecords(r *os.File, count *soakCount) *soakRecords {
	records := &soakRecords{over: make(chan struct{}), got: map[int64]int64{}, wants: map[int64]int64{}}
	go func() {
		defer close(records.over)
		defer r.Close()
		for d := json.NewDecoder(r); ; {
			var v struct{ Text string }
			if err := d.Decode(&v); err != nil {
				if !errors.Is(err, io.EOF) {
					count.wrong("%v", err)
				}
				return
			}
			records.add([]byte(v.Text), count)
		}
	}()
	return records
}

// add checks one message that was printed.
func (r *soakRecords) add(text []byte, count *soakCount) {
	first, _, _ := bytes.Cut(text, []byte(" "))
	visit, err := strconv.ParseInt(string(first), 10, 64)
	r.mu.Lock()
	defer r.mu.Unlock()
	seq := r.got[visit]
	if err != nil || !bytes.Equal(text, soakMessage(visit, seq)) {
		count.wrong("connection %d, message %d: %.80q is printed", visit, seq, text)
		return
	}
	count.good.Add(1)
	r.got[visit]++
}

// sent records how many messages of a connection must be printed.
func (r *soakRecords) sent(visit, n int64) {
	if r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.wants[visit] = n
	}
}

// check waits for the end of the output, and counts what was not printed.
func (r *soakRecords) check(count *soakCount) {
	if r == nil {
		return
	}
	<-r.over
	for visit, n := range r.wants {
		if got := r.got[visit]; n >= 0 && got != n {
			count.wrong("connection %d: %d of %d messages were printed", visit, got, n)
		}
	}
}
