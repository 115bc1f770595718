//go:build unix

package serve

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framecat/commands/internal/compare"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/replay"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// recordedServer returns what answers as a server did. Each word is a line: of the client after >, of the server after <.
// The number after it is the second in which it came.
func recordedServer(t *testing.T, speed float64, tape string) *Replay {
	t.Helper()
	var records strings.Builder
	for _, word := range strings.Fields(tape) {
		text, second, _ := strings.Cut(word[1:], "@")
		direction := map[byte]string{'>': "c2s", '<': "s2c"}[word[0]]
		fmt.Fprintf(&records, `{"type":"frame","conn":1,"direction":%q,"time":"2026-01-01T00:00:0%sZ","wire":%d,"header":"","trailer":"0a","text":%q}`, direction, second, len(text)+1, text)
	}
	f, err := framing.Parse("lines")
	if err != nil {
		t.Fatal(err)
	}
	side := replay.Side{Framing: f}
	read, _, err := replay.Read(input.Text(records.String()), replay.Options{Sides: [2]replay.Side{side, side}, Stream: -1, Max: -1})
	if err != nil {
		t.Fatal(err)
	}
	c, err := compare.Ignore{}.For(f, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Replay{Answers: replay.NewAnswers(read, c), Speed: speed, Differ: &replay.Differ{Tape: "tape", Comparer: c}}
}

// Answers come after the recorded pauses, also those to a message that came during a pause.
func TestReplaySpeed(t *testing.T) {
	for speed, want := range map[float64]string{
		0: "0s a1 0s a2 0s b 0s end",
		1: "2s a1 4s b 5s a2 5s end",
		2: "1s a1 2s b 2.5s a2 2.5s end",
	} {
		synctest.Test(t, func(t *testing.T) {
			srv := testServer()
			srv.Report = &report.Reporter{W: io.Discard, Clear: func() {}}
			lines, _ := formats.Out("lines")
			srv.out = pump.NewOutput(formats.NewSink(lines, lines, io.Discard, srv.Report), pump.NoLimit, true)
			srv.Replay = recordedServer(t, speed, ">a@1 <a1@3 <a2@6 >b@7 <b@9")
			p := connect(t, srv)
			play := &playback{Replay: srv.Replay, codec: &srv.Codec, c: p.s.c, box: &p.s.outbox, out: pump.Answer{Out: srv.out, Conn: p.s.c},
				report: srv.Report.Fork(), stopping: srv.stopping, player: srv.Replay.Answers.Serve()}
			began := time.Now()
			done := make(chan string)
			go func() {
				var got string
				var line []byte
				for {
					var b [1]byte
					_, err := p.Read(b[:])
					if err != nil {
						done <- got + fmt.Sprint(time.Since(began), " end")
						return
					}
					if line = append(line, b[0]); b[0] == '\n' {
						got += fmt.Sprintf("%s %s ", time.Since(began), bytes.TrimSpace(line))
						line = nil
					}
				}
			}()
			for i, message := range []string{"a\n", "b\n"} {
				if i > 0 && speed > 0 {
					time.Sleep(time.Duration(float64(2*time.Second) / speed))
				}
				f, _ := framing.Parse("lines")
				b, err := framing.NewReader(strings.NewReader(message), f).NextBatch()
				if err != nil {
					t.Fatal(err)
				}
				if _, err := play.Write(&b, formats.Origin{}); err != nil {
					t.Fatal(err)
				}
				if err := play.Flush(); err != nil {
					t.Fatal(err)
				}
			}
			p.s.outbox.drain(nil)
			p.s.c.Conn.Close()
			if got := <-done; got != want {
				t.Errorf("at speed %v: %s, want %s", speed, got, want)
			}
		})
	}
}

// A message that is not recorded ends its connection, or gets another answer. It is reported, and the status is 6.
func TestReplayMiss(t *testing.T) {
	for _, row := range []struct {
		change func(r *Replay)
		sends  string
		want   string
		status int
		errs   string
	}{
		{nil, "a\n", "A\n", 0, ""},
		{nil, "a\nx\n", "A\n", report.StatusUnmet, "message #1 is not in the recording"},
		{func(r *Replay) { r.Echo = true }, "x\na\n", "x\nA\n", report.StatusUnmet, "message #0 is not in the recording; the next one there is #0"},
		{func(r *Replay) { r.Echo = true }, "x\ny\n", "x\ny\n", report.StatusUnmet, "message #1 is not in the recording\n"}, // #0 came in place of the recorded one
		{func(r *Replay) { r.Instead = []byte("no\n") }, "x\na\n", "no\nA\n", report.StatusUnmet, "message #0 is not in the recording"},
	} {
		r := recordedServer(t, 0, ">a@1 <A@2")
		if row.change != nil {
			row.change(r)
		}
		s := serveU8(t, func(o *Options) {
			f, _ := framing.Parse("lines")
			o.Theirs, o.Ours, o.Replay, o.Stdin = f, f, r, nil
		})
		c := s.dial()
		io.WriteString(c, row.sends)
		c.CloseWrite()
		got, _ := io.ReadAll(c)
		if string(got) != row.want {
			t.Errorf("%q gets %q, want %q", row.sends, got, row.want)
		}
		if status := s.status(); status != row.status {
			t.Errorf("%q: status %d, want %d", row.sends, status, row.status)
		}
		if !strings.Contains(s.errs.String(), row.errs) || row.errs == "" && s.errs.String() != "" {
			t.Errorf("%q: reported %q, want %q", row.sends, &s.errs, row.errs)
		}
	}
}
