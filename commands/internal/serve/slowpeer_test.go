//go:build unix

package serve

import (
	"io"
	"net"
	"testing"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// All that a process wrote is sent, also if the peer reads so slowly that the process ended
// long before.
func TestExecSlowPeer(t *testing.T) {
	t.Parallel()
	u8, _ := framing.Parse("u8")
	in, _ := formats.In("lines")
	lines, _ := formats.Out("lines")
	srv := newServer(Options{
		Codec: pump.Codec{Theirs: u8, Ours: u8, OursFlag: "-f", In: in}, MaxConns: 1, KeepOpen: true,
		Exec: "echo a; sleep 0.3; echo b; read x; echo $x", ExecIn: lines, Linger: patience,
		Report: &report.Reporter{W: io.Discard, Marks: report.NewStyle(false), Clear: func() {}},
	})
	ours, theirs := net.Pipe() // a write waits until all of it is read
	defer theirs.Close()
	theirs.SetReadDeadline(time.Now().Add(patience))
	c := link.NewConn(ours, 1, "peer", new(link.Options))
	c.Pieces = true
	p, err := srv.known.start(c, srv.memory.NewShare())
	if err != nil {
		t.Fatal(err)
	}
	overdue := make(chan bool, 1)
	go func() { overdue <- p.finish(true) }()
	eventually(t, "the end of the process", func() bool {
		p.life.Lock()
		defer p.life.Unlock()
		return p.reaped
	})
	time.Sleep(1200 * time.Millisecond) // longer than the output is waited for after that
	got := make([]byte, 5)
	if _, err := io.ReadFull(theirs, got); err != nil || string(got) != "\x01a\x01b\x00" {
		t.Errorf("%q is sent, %v", got, err)
	}
	if <-overdue {
		t.Error("the process counts as silent")
	}
	ours.Close()
}
