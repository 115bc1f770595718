package probe

import (
	"bytes"
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"framecat/commands/internal/hint"
	"framecat/framing"
)

// lineWait is how long a peer has for its answer to a line.
const lineWait = 2 * time.Second

// otherPeer explains a peer that has answered none of the messages: it may speak TLS, or wait for the end of a line,
// as HTTP and most protocols of text do. It returns "" if the peer is silent then too.
func (x *run) otherPeer(ctx context.Context, first *outcome) string {
	switch {
	case x.Client || x.Stored != nil || first.exit != nil || len(first.replies) > 0:
		return ""
	case first.ended && x.SpeaksTLS != nil && x.SpeaksTLS(ctx):
		return "the peer speaks TLS: add --tls, with --ca FILE or --insecure if its certificate is its own"
	}
	head := x.answerToLine(ctx)
	if len(head) == 0 {
		return ""
	}
	if size := len(x.options.Plan.Messages[0].Frame); bytes.HasPrefix(head[min(size, len(head)):], []byte("\r\n")) {
		return "the peer repeats lines: try -f lines"
	}
	advice := x.options.Advice
	if _, err := framing.NewReader(bytes.NewReader(head), x.Theirs).Next(); err == nil { // it may only need another message
		advice.Peer = false
	}
	hints := hint.OfSilence(x.Theirs, head, advice)
	if len(hints) == 0 {
		return ""
	}
	return "the peer answers only when empty lines follow the message: " + strings.Join(hints, "; ")
}

// answerToLine returns how the answer to the first message begins, if empty lines follow it.
func (x *run) answerToLine(ctx context.Context) (head []byte) {
	nc, err := x.Dial(ctx)
	if err != nil {
		return nil
	}
	defer x.leaveQuietly(nc)
	stop := context.AfterFunc(ctx, func() { x.Reset(nc) })
	defer stop()
	nc.SetDeadline(time.Now().Add(lineWait))
	if _, err := nc.Write(slices.Concat(x.options.Plan.Messages[0].Frame, []byte("\r\n\r\n"))); err != nil {
		return nil
	}
	b := make([]byte, hint.HeadSize)
	for n, err := 0, error(nil); err == nil && len(head) < len(b); {
		n, err = nc.Read(b[len(head):])
		head = b[:len(head)+n]
		nc.SetDeadline(time.Now().Add(settle))
	}
	return head
}

// leaveQuietly closes a connection after all that came was read, so that the peer sees no reset.
func (r *runner) leaveQuietly(nc net.Conn) {
	r.CloseWrite(nc)
	nc.SetReadDeadline(time.Now().Add(noticeWait))
	io.Copy(io.Discard, nc)
	if r.Process {
		r.Reset(nc)
	}
	nc.Close()
}
