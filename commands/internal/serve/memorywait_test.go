package serve

import (
	"bytes"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// The time in which a connection waits for memory counts for no timeout.
func TestWaitForMemory(t *testing.T) {
	for _, row := range []struct {
		name  string
		limit link.Deadlines
		pause time.Duration // of the peer, inside the frame, when there is memory
		ok    bool
	}{
		{"--frame-timeout", link.Deadlines{Frame: 10 * time.Second}, 9 * time.Second, true},
		{"--idle-timeout", link.Deadlines{Idle: 10 * time.Second}, 9 * time.Second, true},
		{"the peer is slow too", link.Deadlines{Frame: 10 * time.Second}, 11 * time.Second, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			u32, _ := framing.Parse("u32be")
			in, _ := formats.In("lines")
			r := &report.Reporter{W: io.Discard, Marks: report.NewStyle(false), Clear: func() {}}
			const limit = 1 << 20
			srv := newServer(Options{
				Options: link.Options{Deadlines: row.limit}, Codec: pump.Codec{Theirs: u32, Ours: u32, OursFlag: "-f", In: in},
				KeepOpen: true, Echo: true, MaxConns: 1, MaxMemory: limit, Report: r,
				To: formats.NewSink(formats.Frames(u32), formats.Frames(u32), io.Discard, r), Count: pump.NoLimit,
			})
			first, second := srv.memory.NewShare(), srv.memory.NewShare()
			first.Set(pump.Child, limit)
			second.Wait(1) // over the limit: nobody else may be
			ours, theirs := net.Pipe()
			srv.slots <- struct{}{}
			go srv.serve(systemLike{ours}, 1)
			frame := append([]byte{0, 2, 0, 0}, bytes.Repeat([]byte("x"), 2<<16)...)
			echo := make(chan []byte)
			go func() {
				theirs.Write(frame[:len(frame)/2+10])
				time.Sleep(row.pause)
				theirs.Write(frame[len(frame)/2+10:])
			}()
			go func() {
				b := make([]byte, len(frame))
				n, _ := io.ReadFull(theirs, b)
				echo <- b[:n]
			}()
			time.Sleep(time.Hour)
			second.Close()
			first.Close()
			got := <-echo
			if bytes.Equal(got, frame) != row.ok {
				t.Errorf("%s: %d of %d bytes came back", row.name, len(got), len(frame))
			}
			theirs.Close()
			synctest.Wait()
			time.Sleep(time.Minute)
			if used, _ := srv.memory.Peak(); used != 0 {
				t.Errorf("%s: %d bytes are counted at the end", row.name, used)
			}
		})
	}
}
