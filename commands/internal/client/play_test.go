package client

import (
	"bytes"
	"net"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/replay"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A server that never ends the head of its answer is a difference.
func TestPlayHeadWithoutEnd(t *testing.T) {
	t.Parallel()
	p := serve(t, func(_ *peer, c *net.TCPConn) {
		c.Write(bytes.Repeat([]byte("x"), replay.MostHead))
		deaf(nil, c)
	})
	u8, _ := framing.Parse("u8")
	lines, _ := formats.Out("lines")
	r := &report.Reporter{W: new(bytes.Buffer), Marks: report.NewStyle(false), Clear: func() {}}
	o := Options{
		Options: link.Options{Address: p.addr, Connect: 10 * time.Second}, Codec: pump.Codec{Theirs: u8, Ours: u8, Max: 1000},
		Linger: -1, To: formats.NewSink(lines, formats.Frames(u8), new(bytes.Buffer), r), Report: r,
	}
	stream := &replay.Stream{Heads: [2][]byte{[]byte("GET / HTTP/1.1\r\n\r\n"), []byte("HTTP/1.1 101 ok\r\n\r\n")}}
	err := Play(o, Playing{Stream: stream, Replies: new(replay.Replies), Differ: new(replay.Differ)}, nil)
	if f, ok := err.(*report.Failure); !ok || f.Status != report.StatusUnmet || !strings.Contains(f.Text, "did not come") {
		t.Errorf("got %v", err)
	}
}
