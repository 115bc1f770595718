package link

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"framecat/framing"
)

// What Peek has read is read again after Unpeek, and so is the end of the stream.
func TestPeek(t *testing.T) {
	broken := errors.New("broken")
	for _, row := range []struct {
		name   string
		sends  []string
		skip   int
		atMost int
		fail   error
		want   string
	}{
		{"one write", []string{"abc"}, 0, 0, nil, "abc"},
		{"several", []string{"abc", "d", "ef"}, 0, 0, nil, "abcdef"},
		{"skipped bytes", []string{"abc", "def"}, 2, 0, nil, "cdef"},
		{"few at once", []string{"abc", "def"}, 0, 1, nil, "abcdef"},
		{"nothing", nil, 0, 0, nil, ""},
		{"more than is peeked at", []string{"abc", "defghij"}, 0, 0, nil, "abcdefghij"},
		{"an error", []string{"abc"}, 0, 0, broken, "abc"},
	} {
		t.Run(row.name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			defer ours.Close()
			c := NewConn(ours, 1, "peer", new(Options))
			c.Blocks, c.AtMost = true, row.atMost
			go func() {
				for _, s := range row.sends {
					io.WriteString(theirs, s)
				}
				if row.fail != nil {
					c.Fail(row.fail)
				}
				theirs.Close()
			}()
			var start []byte
			var err error
			for err == nil && len(start) < 6 {
				start, err = c.Peek(6)
				if at := c.At(); at.Held != len(start) {
					t.Errorf("%d bytes are held, want %d", at.Held, len(start))
				}
			}
			c.Unpeek(row.skip)
			got, err := io.ReadAll(c)
			if string(got) != row.want || (err != nil) != (row.fail != nil) {
				t.Errorf("read %q, %v; want %q", got, err, row.want)
			}
		})
	}
}

// WakeAt ends the wait for more. --frame-timeout counts from the last byte that arrived.
func TestPeekWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		c := NewConn(ours, 1, "peer", &Options{Deadlines: Deadlines{Frame: 3 * time.Second}})
		c.Blocks = true
		var peer sync.WaitGroup
		peer.Go(func() {
			for range 3 {
				io.WriteString(theirs, "a")
				time.Sleep(2 * time.Second)
			}
		})
		began := time.Now()
		c.Peek(9)
		c.WakeAt = time.Now().Add(time.Second)
		if start, err := c.Peek(9); string(start) != "a" || err != framing.ErrWait || time.Since(began) != time.Second {
			t.Errorf("%q, %v after %s; want to wait for 1s", start, err, time.Since(began))
		}
		c.WakeAt = time.Time{}
		c.Peek(9)
		c.Peek(9)
		start, err := c.Peek(9)
		var late *TimeoutError
		if string(start) != "aaa" || !errors.As(err, &late) || late.Flag != "--frame-timeout" || time.Since(began) != 7*time.Second {
			t.Errorf("%q, %v after %s; want --frame-timeout after 7s", start, err, time.Since(began))
		}
		ours.Close()
		peer.Wait()
	})
}
