//go:build unix

package serve

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"framecat/framing"
)

// A gauge knows the size of a Reader's buffer before each read, whatever comes.
func TestGauge(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 0))
		var wire bytes.Buffer
		f, _ := framing.Parse("u32be")
		w := framing.NewWriter(&wire, f)
		for range 40 {
			w.Write(make([]byte, r.IntN(1<<r.IntN(19))))
		}
		w.Flush()
		var src io.Reader = &wire
		if seed%3 == 0 {
			src = iotest.HalfReader(src)
		}
		src = struct{ io.Reader }{src} // without Len, which limits the buffer
		frames := framing.NewReader(src, f)
		const size = 2 * shortRest
		frames.BufferSize = size
		buffer, grown := gauge(size), 0
		check := func() {
			real := reflect.ValueOf(frames).Elem().FieldByName("buf").Len()
			if real != 0 && real != int(buffer) {
				t.Fatalf("seed %d: the buffer has %d bytes, want %d", seed, real, buffer)
			}
		}
		frames.BeforeRead = func() error {
			check()
			held := frames.Buffered()
			next := buffer.next(held)
			if len(held) <= shortRest && next > size {
				if rest, ok := frames.Suspend(); ok {
					frames.Resume(src, rest)
					next = size
				}
			}
			if next != buffer {
				grown++
			}
			buffer = next
			return nil
		}
		for {
			if _, err := frames.Next(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			check()
		}
		if grown == 0 {
			t.Errorf("seed %d: the buffer did not grow", seed)
		}
	}
}

// Memory is returned once when much less has been in use for some time, and not while there is
// work.
func TestPeak(t *testing.T) {
	const mib = 1 << 20
	var p peak
	returned := []int{}
	for i, most := range []int64{0, 10, 900, 100, 800, 0, 0, 0, 500, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 5, 5, 5, 5, 5, 5, 5, 5} {
		if p.passed(0, most*mib) {
			returned = append(returned, i)
		}
	}
	if len(returned) != 1 || returned[0] != 13 {
		t.Errorf("memory is returned at %v, want only at 13", returned)
	}
}

// With hardly any memory, all frames still arrive whole, also those that are larger than the
// limit; and peers that stop inside a frame do not keep the others waiting for ever.
func TestServeLittleMemory(t *testing.T) {
	for _, row := range []struct {
		name, framing string
		limit         int64
		change        func(o *Options)
	}{
		{"an announced length", "u32be", 1, func(o *Options) { o.Echo = true }},
		{"a delimiter", "lines", 200 << 10, func(o *Options) { o.Echo = true }},
		{"an escape", "slip", 300 << 10, func(o *Options) { o.Echo = true }},
		{"a process", "u32be", 100 << 10, func(o *Options) { o.Exec = "cat" }},
		{"no limit", "u32be", 0, func(o *Options) { o.Echo = true }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			f, err := framing.Parse(row.framing)
			if err != nil {
				t.Fatal(err)
			}
			s := serveU8(t, func(o *Options) {
				o.KeepOpen, o.MaxMemory, o.Codec.Max, o.Report.Quiet = true, row.limit, 4<<20, true
				o.Theirs, o.Ours = f, f
				o.Deadlines.Frame = 300 * time.Millisecond
				row.change(o)
			})
			for range 3 { // they send a part of a frame that needs memory, and no more
				s.dial().Write(bytes.Repeat([]byte("\x00\x0f"), 3<<10))
			}
			var all sync.WaitGroup
			for i := range 8 { // up to 256 KiB
				c := s.dial()
				all.Go(func() {
					var wire bytes.Buffer
					w := framing.NewWriter(&wire, f)
					for j := range 5 {
						w.Write(bytes.Repeat([]byte{'a' + byte(i+j)}, 1<<(18*i/7)))
					}
					w.Flush()
					go func() {
						c.Write(wire.Bytes())
						c.CloseWrite()
					}()
					got, err := io.ReadAll(c)
					if err != nil || !bytes.Equal(got, wire.Bytes()) {
						t.Errorf("connection %d: %d bytes came back, %v; want %d", i, len(got), err, wire.Len())
					}
				})
			}
			all.Wait()
			s.stop()
		})
	}
}

// A peer that does not read its replies is disconnected if others wait for memory.
func TestServeStuck(t *testing.T) {
	t.Parallel()
	u32, _ := framing.Parse("u32be")
	s := serveU8(t, func(o *Options) {
		o.KeepOpen, o.Echo, o.MaxMemory, o.Codec.Max = true, true, 400<<10, 64<<20
		o.Theirs, o.Ours = u32, u32
		o.Deadlines.Frame = 200 * time.Millisecond
	})
	frame := append([]byte{0, 0x80, 0, 0}, make([]byte, 8<<20)...)
	var stuck []net.Conn
	for range 3 {
		c := s.dial()
		c.SetReadBuffer(4 << 10)
		stuck = append(stuck, c)
		go func() {
			for err := error(nil); err == nil; _, err = c.Write(frame) {
			}
		}()
	}
	if got := s.ask("\x00\x00\x00\x01a"); got != "\x00\x00\x00\x01a" {
		t.Errorf("%q came back", got)
	}
	eventually(t, "the report", func() bool {
		return strings.Contains(s.errs.String(), "others wait for memory, and the peer read nothing within --frame-timeout 200ms")
	})
	for _, c := range stuck {
		c.Close()
	}
	s.stop()
}
