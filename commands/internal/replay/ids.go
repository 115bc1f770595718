package replay

import (
	"bytes"
	"encoding/json"
	"slices"

	"framecat/commands/internal/parts"
	"framecat/framing"
)

// ids finds the ids by which replies name their requests: where the rows of the framings have them, or in the
// payloads of JSON-RPC.
type ids struct {
	sides [2]Side
	path  []parts.Path
}

func newIDs(sides [2]Side) *ids {
	var names parts.Names
	names.Read("", []string{".id"})
	return &ids{sides, names.Paths}
}

// place returns the offset of the id in the frames of a direction.
func (x *ids) place(dir int, reply bool) (at, size int) {
	id := x.sides[dir].Kind.Details().Traits().ID
	if reply {
		return id.Reply, id.Size
	}
	return id.Request, id.Size
}

// of returns the id of a message: the one by which it asks for a reply, or the one of the request that it replies
// to. It is "" if there is none.
func (x *ids) of(dir int, f *framing.Frame, reply bool) string {
	if at, size := x.place(dir, reply); size > 0 {
		wire := Compared(f)
		if b := wire.Wire(); at+size <= len(b) {
			return string(b[at : at+size])
		}
		return ""
	}
	if len(f.Payload) == 0 || f.Payload[0] != '{' || !bytes.Contains(f.Payload, []byte(`"id"`)) {
		return ""
	}
	var m struct {
		ID     json.RawMessage
		Method *json.RawMessage
	}
	if json.Unmarshal(f.Payload, &m) != nil || len(m.ID) == 0 || string(m.ID) == "null" || (m.Method == nil) != reply {
		return ""
	}
	return string(m.ID)
}

// with returns the bytes of a frame with another id. The frame has one.
func (x *ids) with(dir int, f *framing.Frame, reply bool, id string) []byte {
	m := Compared(f)
	if at, size := x.place(dir, reply); size > 0 {
		wire := m.Wire()
		copy(wire[at:at+size], id)
		return wire
	}
	payload := slices.Clone(f.Payload)
	parts.EachValue(x.path, f.Payload, func(start, end int) {
		payload = slices.Concat(f.Payload[:start], []byte(id), f.Payload[end:])
	})
	wire, err := x.sides[dir].Framing.Append(nil, framing.Marks{Header: f.Header, Trailer: f.Trailer}, payload)
	if err != nil {
		return m.Wire()
	}
	return wire
}

// noID is put in the place of ids where they do not count.
const noID = "0\x00\x00\x00\x00\x00\x00\x00"

// without returns a request without its id, to be compared.
func (x *ids) without(f *framing.Frame) framing.Frame {
	if x.of(Client, f, false) == "" {
		return *f
	}
	id := noID[:1]
	if _, size := x.place(Client, false); size > 0 {
		id = noID[:size]
	}
	return framed(x.sides[Client].Framing, x.with(Client, f, false, id), f)
}

// framed returns the frame that some bytes are. If they are none, that is f.
func framed(by framing.Framing, wire []byte, f *framing.Frame) framing.Frame {
	r := framing.NewReader(bytes.NewReader(wire), by)
	r.Max = -1
	if again, err := r.Next(); err == nil {
		return again
	}
	return *f
}
