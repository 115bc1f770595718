package probe

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"testing/synctest"
)

// A peer that answers nothing is asked whether it waits for lines.
func TestOtherPeer(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ spec, answer, want string }{
		{"u32be", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "the peer speaks HTTP; try -f http"},
		{"varint", "<!DOCTYPE HTML>\n<html lang=\"en\"><head><title>Error response</title></head></html>\n", "this is an HTML page"},
		{"netstring", "-ERR unknown command\r\n", "the stream is text; try -f crlf"},
		{"u32be", "\x00\x00\x00\x05error", "give a message that is answered"}, // a frame
		{"u32be", "echo", "the peer repeats lines: try -f lines"},
		{"u32be", "", "give a message that is answered"},
	} {
		peer := receiver{spec: row.spec, serve: func(_ *zoo, nc net.Conn) {
			for r := bufio.NewReader(nc); ; {
				switch line, err := r.ReadBytes('\n'); {
				case err != nil:
					return
				case row.answer == "echo":
					nc.Write(line)
				case row.answer != "":
					nc.Write([]byte(row.answer))
				}
			}
		}}
		synctest.Test(t, func(t *testing.T) {
			o := peer.options(t, peer.inMemory())
			o.Advice.Peer, o.Only = true, []string{"split/1"}
			s, err := Run(t.Context(), o)
			if got := s.Results[0]; err != nil || got.Verdict != Inconclusive || !strings.Contains(got.Hint, row.want) {
				t.Errorf("%s, %.20q: got %s, %q, %v, want a hint with %q", row.spec, row.answer, got.Verdict, got.Hint, err, row.want)
			}
		})
	}
}
