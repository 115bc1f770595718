package pump

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// waits starts Wait, and appends the name to served when it returns.
func waits(s *Share, size int64, name string, served *[]string) {
	go func() {
		if _, ok := s.Wait(size); ok {
			*served = append(*served, name)
		}
	}()
	synctest.Wait()
}

// Over the limit, the newest wait first. The oldest goes on alone until its frame is complete.
func TestMemoryOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMemory(100)
		a, b, c, d := m.NewShare(), m.NewShare(), m.NewShare(), m.NewShare()
		var served []string
		is := func(want ...string) {
			t.Helper()
			if synctest.Wait(); !slices.Equal(served, want) {
				t.Errorf("served %v, want %v", served, want)
			}
		}
		if !b.Take(60) || !d.Take(40) || a.Take(1) || c.Take(1) {
			t.Fatal("100 bytes are not what fits")
		}
		waits(c, 30, "c", &served) // the only one that waits: it goes on over the limit
		is("c")
		if !c.Over() || b.Over() {
			t.Error("c must be over the limit")
		}
		waits(d, 100, "d", &served)
		waits(a, 20, "a", &served)
		waits(b, 70, "b", &served)
		is("c")
		if !c.Take(300) {
			t.Error("c may not go on")
		}
		c.Yield(0)
		is("c", "a")
		c.Set(Reply, 10) // no memory is given back
		is("c", "a")
		waits(c, 5, "c again", &served)
		a.Close()
		is("c", "a", "b")
		b.Yield(0)
		is("c", "a", "b", "d")
		d.Yield(0)
		is("c", "a", "b", "d", "c again") // c has had its turn
		m.End()
		if _, ok := a.Wait(1); ok {
			t.Error("it waits after the end")
		}
	})
}

// A connection that is over the limit gives nothing to those after it by giving back a part.
func TestMemoryEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMemory(10)
		a, b := m.NewShare(), m.NewShare()
		a.Set(Child, 1000)
		if waited, ok := a.Wait(10); waited || !ok || !a.Over() {
			t.Error("the oldest waits")
		}
		ended := make(chan bool)
		go func() {
			_, ok := b.Wait(1)
			ended <- ok
		}()
		synctest.Wait()
		if !m.Short() {
			t.Error("nobody waits")
		}
		m.End()
		if <-ended {
			t.Error("memory is given after the end")
		}
	})
}

// However many connections take and give back, all are served, and all memory comes back. More
// than the limit is used only by one that is over the limit.
func TestMemoryServesAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit, conns, frames, largest, rest = 1000, 50, 40, 16 << 8, 16
		m := NewMemory(limit)
		r := rand.New(rand.NewPCG(1, 2))
		var done atomic.Int64
		for range conns {
			s, seed := m.NewShare(), r.Uint64()
			go func() {
				r := rand.New(rand.NewPCG(seed, 0))
				for range frames {
					for size, frame := int64(16), int64(largest)>>r.IntN(9); size <= frame; size *= 2 {
						if !s.Take(size) {
							s.Wait(size)
						}
						runtime.Gosched()
					}
					s.Yield(int64(r.IntN(rest)))
				}
				s.Close()
				done.Add(1)
			}()
		}
		synctest.Wait()
		used, most := m.Peak()
		if done.Load() != conns || used != 0 {
			t.Errorf("%d of %d connections came to their end, %d bytes are left", done.Load(), conns, used)
		}
		// What is left of a share after Yield was taken over the limit: it stays when the next one goes over it.
		if most < limit/2 || most > limit+largest+conns*rest {
			t.Errorf("%d bytes were used at most, with a limit of %d", most, limit)
		}
	})
}
