package views

import (
	"fmt"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/conversation"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A turn names the direction that what is shown is about.
type turn struct {
	d         *conversation.Direction
	direction string // "c2s" or "s2c"; "" if there is only one
	live      bool   // the connection is being relayed; otherwise it is a stream of a capture

	err    *framing.Error // for hexView, while another direction has its turn
	header int
}

// name returns the words that --stream and --direction use for the direction, or that name a
// connection.
func (t *turn) name() string { return t.of() + " " + t.direction }

// of names the connection or the stream of the direction.
func (t *turn) of() string {
	if t.live {
		return fmt.Sprintf("conn %d", t.d.Stream.Index+1)
	}
	return fmt.Sprintf("stream %d", t.d.Stream.Index)
}

// members returns the members of a JSON object that name the direction, each after a comma.
func (t *turn) members() []byte {
	switch {
	case t.live:
		m := fmt.Appendf(nil, `,"direction":%q,"conn":%d,"peer":`, t.direction, t.d.Stream.Index+1)
		return formats.AppendJSONString(m, []byte(t.d.Stream.Client))
	case t.direction == "":
		return nil
	}
	return input.StreamMembers(t.d.Stream.Index, t.direction)
}

// endsOf names the sender and the receiver of a direction.
func endsOf(s *conversation.Stream, dir int) string {
	return capture.Stream{Client: s.Client, Server: s.Server}.Label(dir)
}

// upgradedTo describes an upgrade.
func upgradedTo(to string) string {
	switch to {
	case conversation.TLS:
		return "to TLS: all that follows is encrypted"
	case "":
		return "to another protocol"
	}
	return "to " + report.Sanitize(to)
}
