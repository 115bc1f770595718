package rewrite

import (
	"bytes"
	"errors"
	"io"
	"sync/atomic"

	"framecat/commands/internal/pump"
	"framecat/commands/internal/relay"
	"framecat/framing"
)

// An exchange is what both directions of a connection share: to read replies, a framing may have
// to know the requests.
type exchange struct {
	replies framing.Framing
	sending func(frames []byte) // is called with requests, before they are written; nil if they need not be known
	over    atomic.Bool         // another protocol has begun, in both directions
}

// exchange returns that of a connection, or nil if no frames are read. It is called once for each
// direction.
func (r *Rules) exchange(way relay.Way) *exchange {
	if !r.Sides[0].framed(r) && !r.Sides[1].framed(r) {
		return nil
	}
	x := &exchange{}
	if r.Sides[1].framed(r) {
		x.replies, x.sending = pump.Replies(r.Sides[1].From)
	}
	shared, second := r.exchanges.LoadOrStore(way.Conn, x)
	if second {
		r.exchanges.Delete(way.Conn)
	}
	return shared.(*exchange)
}

// errOver is the error of an ending: from here on, both directions have another protocol.
var errOver = errors.New("the connection is upgraded to another protocol")

// An ending is what a direction sends up to the start of TLS, or to what follows an answer 101 of
// HTTP. The error of Read is then errOver.
type ending struct{ *messages }

func (e ending) Read(p []byte) (n int, err error) {
	n, err = e.src.Read(p)
	if e.way.Dir == 0 {
		if hello, _ := pump.BeginsTLS(e.r.Buffered(), p[:n]); hello {
			e.exchange.over.Store(true)
		}
	}
	if n == 0 || !e.exchange.over.Load() {
		return n, err
	}
	e.src = io.MultiReader(bytes.NewReader(bytes.Clone(p[:n])), e.src)
	return 0, errOver
}

// upgraded reports whether a message ends the answer 101 of HTTP.
func (m *messages) upgraded(payload []byte) bool {
	if m.way.Dir == 0 {
		return false
	}
	_, over := m.answer.Saw(payload)
	if over {
		m.exchange.over.Store(true)
	}
	return over
}
