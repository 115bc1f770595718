package rewrite

import (
	"framecat/commands/internal/pump"
	"framecat/commands/internal/relay"
	"framecat/framing"
)

// An exchange is what both directions of a connection share: to read replies, a framing may have
// to know the requests.
type exchange struct {
	replies framing.Framing
	sending func(frames []byte) // is called with requests, before they are written
}

// exchange returns that of a connection, or nil if the requests need not be known. It is called
// once for each direction.
func (r *Rules) exchange(way relay.Way) *exchange {
	if !r.Sides[1].framed(r) {
		return nil
	}
	replies, sending := pump.Replies(r.Sides[1].From)
	if sending == nil {
		return nil
	}
	x, second := r.exchanges.LoadOrStore(way.Conn, &exchange{replies, sending})
	if second {
		r.exchanges.Delete(way.Conn)
	}
	return x.(*exchange)
}
