package relay

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"framecat/commands/internal/capture"
)

// smallQueue returns a queue that is soon full.
func smallQueue(watch func(capture.Event), size, limit int) *queue {
	q := newQueue(Watcher{Take: watch}, 0)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.data, q.limit = make([]byte, size), limit
	return q
}

// text writes an event as a word.
func text(e capture.Event) string {
	switch way := string("><"[e.Dir]); e.Kind {
	case capture.Opened:
		return "open"
	case capture.Bytes:
		return way + string(e.Data)
	case capture.Lost:
		return fmt.Sprint(way, "lost ", e.Lost)
	case capture.Closed:
		return way + "closed"
	case capture.Reset:
		return way + "reset"
	case capture.Ended:
		return "end"
	}
	return "?"
}

// What does not fit is dropped; the next event of that direction that fits comes after an event
// with the number of bytes.
func TestQueueDrops(t *testing.T) {
	var got []string
	first, release := make(chan bool), make(chan bool)
	q := smallQueue(func(e capture.Event) {
		if e.Kind == capture.Opened && e.Stream == 0 {
			close(first)
			<-release
		}
		got = append(got, fmt.Sprint(e.Stream, text(e)))
	}, 10, 2*streamEvents+6)
	var a, b track
	add := func(s *track, stream int, dir uint8, kind capture.EventKind, data string) {
		q.add(s, stream, dir, kind, time.Now(), []byte(data))
	}
	add(&a, 0, 0, capture.Opened, "")
	<-first
	add(&a, 0, 0, capture.Bytes, "12345")
	add(&a, 0, 1, capture.Bytes, "12345678") // too long
	add(&a, 0, 1, capture.Bytes, "abc")
	add(&a, 0, 0, capture.Bytes, "xyz") // there are 2 bytes left
	add(&a, 0, 0, capture.Bytes, "-")
	add(&b, 1, 0, capture.Opened, "")  // too many events
	add(&b, 1, 0, capture.Bytes, "no") // of a stream that the watcher does not know
	add(&b, 1, 0, capture.Ended, "")
	add(&a, 0, 0, capture.Closed, "")
	add(&a, 0, 1, capture.Bytes, "more") // too long
	add(&a, 0, 0, capture.Ended, "")
	add(&a, 0, 0, capture.Bytes, "late") // nobody expects it any more
	close(release)
	missed := q.finish(time.Now().Add(time.Minute), time.Minute)
	want := []string{"0open", "0>12345", "0<lost 8", "0<abc", "0>lost 3", "0>-", "0>closed", "0<lost 4", "0end"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("events %q, want %q", got, want)
	}
	if want := (Missed{Events: [2]int64{2, 2}, Bytes: [2]int64{5, 12}}); missed != want {
		t.Errorf("missed %v, want %v", missed, want)
	}
}

// Random streams, and a watcher that is slow at times: what it sees of a direction, with the bytes
// that it missed, is what was sent. Each stream that it sees has all its other events.
func TestQueueRandom(t *testing.T) {
	var missed, total int64
	for seed := range uint64(200) {
		rnd, slow := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 2))
		type seen struct {
			at    [2]int64
			ended bool
		}
		sent := map[int]*[2][]byte{}
		known := map[int]*seen{}
		q := smallQueue(func(e capture.Event) {
			if slow.IntN(200) == 0 {
				time.Sleep(10 * time.Microsecond)
			}
			s := known[e.Stream]
			switch {
			case e.Kind == capture.Opened && s == nil:
				known[e.Stream] = &seen{}
				return
			case s == nil || s.ended:
				t.Fatalf("seed %d: %d%s, which is not open", seed, e.Stream, text(e))
			case e.Kind == capture.Lost:
				s.at[e.Dir] += e.Lost
			case e.Kind == capture.Bytes:
				if sent := sent[e.Stream][e.Dir]; !bytes.HasPrefix(sent[s.at[e.Dir]:], e.Data) {
					t.Errorf("seed %d: stream %d has other bytes at %d", seed, e.Stream, s.at[e.Dir])
				}
				s.at[e.Dir] += int64(len(e.Data))
			case e.Kind == capture.Ended:
				s.ended = true
			}
		}, 100+rnd.IntN(400), 20+rnd.IntN(200))
		for stream := range 8 { // what they will send
			sent[stream] = &[2][]byte{}
			for dir := range 2 {
				all := make([]byte, rnd.IntN(2000))
				for i := range all {
					all[i] = byte(rnd.Uint32())
				}
				sent[stream][dir] = all
				total += int64(len(all))
			}
		}
		var open [8]track
		at := map[int]*[2]int{}
		for stream := range open {
			q.add(&open[stream], stream, 0, capture.Opened, time.Now(), nil)
			at[stream] = &[2]int{}
		}
		for len(at) > 0 {
			if rnd.IntN(10) == 0 {
				time.Sleep(time.Microsecond)
			}
			stream, dir := rnd.IntN(8), rnd.IntN(2)
			pos := at[stream]
			switch {
			case pos == nil:
			case pos[0] == len(sent[stream][0]) && pos[1] == len(sent[stream][1]):
				q.add(&open[stream], stream, 0, capture.Ended, time.Now(), nil)
				delete(at, stream)
			default:
				n := min(1+rnd.IntN(60), len(sent[stream][dir])-pos[dir])
				if n == 0 {
					continue
				}
				q.add(&open[stream], stream, uint8(dir), capture.Bytes, time.Now(), sent[stream][dir][pos[dir]:pos[dir]+n])
				if pos[dir] += n; pos[dir] == len(sent[stream][dir]) {
					q.add(&open[stream], stream, uint8(dir), capture.Closed, time.Now(), nil)
				}
			}
		}
		m := q.finish(time.Now().Add(time.Minute), time.Minute)
		missed += m.Bytes[0] + m.Bytes[1]
		for stream, s := range known {
			for dir := range 2 {
				if want := int64(len(sent[stream][dir])); s.at[dir] != want || !s.ended {
					t.Errorf("seed %d: stream %d: seen and missed %d bytes of %d, ended %t", seed, stream, s.at[dir], want, s.ended)
				}
			}
		}
	}
	if missed == 0 || missed >= total {
		t.Errorf("the watchers missed %d bytes of %d: the test is too easy or too hard", missed, total)
	}
}

// A watcher that never returns is given up; what it has not finished to see is counted.
func TestQueueGivenUp(t *testing.T) {
	release, began := make(chan bool), make(chan bool)
	q := newQueue(Watcher{Take: func(e capture.Event) {
		if e.Kind == capture.Bytes {
			close(began)
			<-release
		}
	}}, 1)
	var a track
	q.add(&a, 0, 0, capture.Opened, time.Now(), nil)
	for range 3 {
		q.add(&a, 0, 1, capture.Bytes, time.Now(), []byte("12345"))
	}
	<-began
	if got, want := q.finish(time.Now().Add(time.Minute), time.Millisecond), (Missed{Events: [2]int64{0, 3}, Bytes: [2]int64{0, 15}}); got != want {
		t.Errorf("missed %v, want %v", got, want)
	}
	close(release)
	<-q.done
}

// A watcher is idle soon after each event, also if more keep coming: what it has to show is not
// kept back.
func TestQueueIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		taken, shown := 0, 0
		q := newQueue(Watcher{Take: func(capture.Event) { taken++ }, Idle: func() { shown = taken }}, 1)
		var a track
		q.add(&a, 0, 0, capture.Opened, time.Now(), nil)
		synctest.Wait()
		for i := range 50 {
			if shown < i-5 {
				t.Fatalf("%d events are shown after %d", shown, i)
			}
			q.add(&a, 0, 0, capture.Bytes, time.Now(), []byte("x"))
			time.Sleep(restTime / 5)
			synctest.Wait()
		}
		q.finish(time.Now().Add(time.Minute), time.Minute)
	})
}
