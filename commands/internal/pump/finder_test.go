package pump

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"framecat/commands/internal/link"
	"framecat/framing"
)

// Of the searches that wait, the one in the fewest bytes is next.
func TestFinderTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f Finder
		f.begin(50)
		var mu sync.Mutex
		var order []int
		for _, size := range []int{100, 5, 20, 5, 1000} {
			go func() {
				f.begin(size)
				mu.Lock()
				order = append(order, size)
				mu.Unlock()
				f.end()
			}()
			synctest.Wait()
		}
		f.end()
		synctest.Wait()
		if got := fmt.Sprint(order); got != "[5 5 20 100 1000]" {
			t.Errorf("%s, want the small ones first", got)
		}
		f.begin(1) // nobody is left
	})
}

// A Search decides as soon as there is enough evidence, at a pause, or at the end, and calls Silent
// once if the peer is silent.
func TestSearch(t *testing.T) {
	all := ""
	for i := range 40 {
		s := fmt.Sprintf("message %d %s", i*7919, strings.Repeat("x", i%13))
		all += fmt.Sprintf("%d:%s,", len(s), s)
	}
	for _, row := range []struct {
		name   string
		pieces []string
		pause  time.Duration // between pieces
		other  string        // the framing of the other direction
		found  string
		read   int // bytes that were read when it was decided
		silent int
	}{
		{"at once", []string{all[:200], all[200:]}, time.Hour, "", "netstring", 200, 0},
		{"at a pause", []string{all[:14], all[14:50], all[50:]}, time.Second, "", "netstring", 50, 0},
		{"after silence", []string{all[:14], all[14:200]}, time.Hour, "", "netstring", 200, 1},
		{"a whole stream of one frame", []string{all[:14]}, time.Hour, "", "netstring", 14, 1},
		{"at the end", []string{"hello\n"}, time.Hour, "", "", 6, 1},
		{"as the other direction, at a pause", []string{"\x00\x02hi"}, time.Second, "u16be", "u16be", 4, 0},
		{"as the other direction, later", []string{"\x00\x02", "hi"}, time.Second, "u16be", "u16be", 4, 0},
		{"not as the other direction", []string{"\x00\x02hi"}, time.Hour, "u32be", "", 4, 1},
		{"a file", []string{"PK\x03\x04and more", all}, time.Hour, "", "", 12, 0},
		{"nothing", nil, 0, "", "", 0, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := net.Pipe()
				c := link.NewConn(ours, 1, "peer", new(link.Options))
				c.Blocks = true
				var peer sync.WaitGroup
				peer.Go(func() {
					for _, p := range row.pieces {
						io.WriteString(theirs, p)
						time.Sleep(row.pause)
					}
					theirs.Close()
				})
				silent := 0
				s := Search{Finder: new(Finder), Silent: func(*Detection) { silent++ }}
				if row.other != "" {
					s.Other, _ = framing.Parse(row.other)
				}
				d, err := s.Next(c)
				for err == framing.ErrWait {
					d, err = s.Next(c)
				}
				spec := ""
				if d.Found() {
					spec = d.All[0].Spec
				}
				if spec != row.found || len(d.Start) != row.read || silent != row.silent {
					t.Errorf("found %q after %d bytes, silent %d times; want %q, %d, %d", spec, len(d.Start), silent, row.found, row.read, row.silent)
				}
				ours.Close()
				peer.Wait()
			})
		})
	}
}
