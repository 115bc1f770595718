//go:build unix

package relay

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
)

// A copierFunc is a Copier.
type copierFunc func(dst io.Writer, src io.Reader) error

func (f copierFunc) Copy(dst io.Writer, src io.Reader) error { return f(dst, src) }

// plainly copies as the relay does.
func plainly(dst io.Writer, src io.Reader) error {
	_, err := io.CopyBuffer(struct{ io.Writer }{dst}, struct{ io.Reader }{src}, make([]byte, 1000))
	return err
}

// With a Copier bytes, ends, totals and watchers are as without.
func TestCopierIsTransparent(t *testing.T) {
	for i, kinds := range allKinds {
		t.Run(fmt.Sprint(kinds[0], " to ", kinds[1]), func(t *testing.T) {
			var seen record
			r := start(t, kinds, func(o *Options) {
				o.Watch = []Watcher{{Take: seen.watch}}
				o.Copier = func(Way) Copier { return copierFunc(plainly) }
			})
			c, s := r.connect()
			sent, got := exchange(t, c, s, 200_000, uint64(i))
			r.signals <- syscall.SIGTERM
			r.wait()
			for dir := range 2 {
				if got[dir].String() != sent[dir].String() || seen.data[dir].n+seen.lost[dir] != sent[dir].n {
					t.Errorf("direction %d: %s, want %s; the watcher saw %d", dir, got[dir], sent[dir], seen.data[dir].n)
				}
			}
			if want := [2]int64{sent[0].n, sent[1].n}; r.totals.Bytes != want {
				t.Errorf("totals %v, want %v", r.totals.Bytes, want)
			}
		})
	}
}

// A reset goes through a Copier to the other side.
func TestCopierPassesReset(t *testing.T) {
	for side := range 2 {
		r := start(t, [2]string{"tcp", "tcp"}, func(o *Options) { o.Copier = func(Way) Copier { return copierFunc(plainly) } })
		c, s := r.connect()
		ends := [2]net.Conn{c, s}
		io.WriteString(ends[side], "x")
		io.ReadFull(ends[1-side], make([]byte, 1))
		link.Reset(ends[side])
		if _, err := ends[1-side].Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("side %d was reset, and the other has %v", side, err)
		}
		r.stop()
	}
}

// The failure of a Copier, and a Cut, reset both sides of their connection only. Watchers learn why.
func TestCopierFails(t *testing.T) {
	for _, row := range []struct {
		err  error
		says string
	}{
		{&report.Failure{Status: report.StatusPayload, Text: "it does not fit"}, "conn 1 127.0.0.1:"},
		{&Cut{"it is cut"}, "it is cut"},
	} {
		var mu sync.Mutex
		why := ""
		r := start(t, [2]string{"tcp", "tcp"}, func(o *Options) {
			o.Watch = []Watcher{{Take: func(e capture.Event) {
				mu.Lock()
				defer mu.Unlock()
				why += e.Why
			}}}
			o.Copier = func(w Way) Copier {
				if w.Conn > 1 {
					return nil
				}
				return copierFunc(func(dst io.Writer, src io.Reader) error {
					io.ReadFull(src, make([]byte, 1))
					if w.Dir == client {
						return row.err
					}
					<-w.Done
					return net.ErrClosed
				})
			}
		})
		c, s := r.connect()
		c2, s2 := r.connect()
		io.WriteString(s, "x")
		io.WriteString(c, "x")
		for i, nc := range []net.Conn{c, s} {
			if _, err := nc.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("%v: side %d has %v, want a reset", row.err, i, err)
			}
		}
		r.says(row.says)
		io.WriteString(c2, "y")
		if _, err := io.ReadFull(s2, make([]byte, 1)); err != nil {
			t.Error(err)
		}
		c2.Close()
		s2.Close()
		r.signals <- syscall.SIGTERM
		r.wait()
		if mu.Lock(); why != row.err.Error() || r.err != nil {
			t.Errorf("the watcher learnt %q, error %v", why, r.err)
		}
		mu.Unlock()
	}
}
