package input

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framecat/framing"
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

// A live source reports each pause once, at its time, and however long it is not read: then between the
// bytes that came before and after it.
func TestPauses(t *testing.T) {
	const ms = time.Millisecond
	for _, row := range []struct {
		name string
		busy time.Duration // after each read
		want string
	}{
		{"as it comes", 0, "ab@0s cd@9ms pause@19ms ef@100ms pause@110ms EOF@200ms"},
		{"too slowly", 50 * ms, "ab@0s cd@50ms pause@100ms ef@150ms pause@200ms EOF@250ms"},
	} {
		synctest.Test(t, func(t *testing.T) {
			r, w := io.Pipe()
			began := time.Now()
			go func() {
				for _, p := range []struct {
					at   time.Duration
					text string
				}{{0, "ab"}, {9 * ms, "cd"}, {100 * ms, "ef"}} {
					time.Sleep(p.at - time.Since(began))
					io.WriteString(w, p.text)
				}
				time.Sleep(200*ms - time.Since(began))
				w.Close()
			}()
			live := newLiveSource(r)
			live.pause = 10 * ms
			var got []string
			for b := make([]byte, 10); ; time.Sleep(row.busy) {
				n, err := live.Read(b)
				what := string(b[:n])
				switch err {
				case io.EOF:
					what = "EOF"
				case framing.ErrPause:
					what = "pause"
				}
				got = append(got, what+"@"+time.Since(began).String())
				if err == io.EOF {
					break
				}
			}
			if text := strings.Join(got, " "); text != row.want {
				t.Errorf("%s: %s, want %s", row.name, text, row.want)
			}
		})
	}
}
