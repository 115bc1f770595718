package input

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Peek looks at a live input when it pauses. If what has come is enough, Peek waits no longer.
// Then all bytes are read in order.
func TestLive(t *testing.T) {
	type piece struct {
		at   time.Duration
		text string
	}
	const ms = time.Millisecond
	full := strings.Repeat("x", DetectSize)
	for _, row := range []struct {
		name   string
		enough string // the start is enough if it contains this
		pieces []piece
		start  string
		at     time.Duration // when Peek returns
		ended  bool
	}{
		{"it ends", "never", []piece{{0, "ab"}, {100 * ms, "cd"}}, "abcd", 100 * ms, true},
		{"nothing comes, and it ends", "never", []piece{{time.Hour, ""}}, "", time.Hour, true},
		{"enough, after a pause", "b", []piece{{0, "ab"}, {time.Hour, "cd"}}, "ab", pauseTime, false},
		{"enough, and more comes soon", "b", []piece{{0, "ab"}, {150 * ms, "cd"}, {time.Hour, "ef"}}, "abcd", 150*ms + pauseTime, false},
		{"not enough at the first pause", "d", []piece{{0, "ab"}, {time.Second, "cd"}, {time.Hour, "ef"}}, "abcd", time.Second + pauseTime, false},
		{"more than is looked at", "never", []piece{{0, full}, {time.Hour, "cd"}}, full, 0, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			r, w := io.Pipe()
			began := time.Now()
			all := ""
			for _, p := range row.pieces {
				all += p.text
			}
			go func() {
				for _, p := range row.pieces {
					time.Sleep(p.at - time.Since(began))
					io.WriteString(w, p.text)
				}
				w.Close()
			}()
			live := newLiveSource(r)
			start, err := live.until(func(b []byte) bool { return strings.Contains(string(b), row.enough) })
			if took := time.Since(began); string(start) != row.start || took != row.at || (err == io.EOF) != row.ended {
				t.Errorf("%s: %.20q after %s, %v; want %.20q after %s", row.name, start, took, err, row.start, row.at)
			}
			rest, err := io.ReadAll(live)
			if got := string(start) + string(rest); got != all || err != nil {
				t.Errorf("%s: %d bytes come, %v; want %d", row.name, len(got), err, len(all))
			}
		})
	}
}

// An error of the input is returned after the bytes before it, and again by each later read.
func TestLiveFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		go func() {
			io.WriteString(w, "abc")
			w.CloseWithError(io.ErrClosedPipe)
		}()
		live := newLiveSource(r)
		b := make([]byte, 2)
		for _, want := range []string{"ab", "c"} {
			if n, err := live.Read(b); string(b[:n]) != want || err != nil {
				t.Errorf("%q, %v; want %q", b[:n], err, want)
			}
		}
		for range 2 {
			if n, err := live.Read(b); n != 0 || err != io.ErrClosedPipe {
				t.Errorf("%d bytes, %v", n, err)
			}
		}
	})
}
