package link

import (
	"errors"
	"net"
	"time"

	"framecat/commands/internal/report"
)

// Accept accepts a connection of a server that has a slot for each of them; until one is free, the
// connection waits in the system's queue. It holds the slot, which the caller must receive when
// the connection is over. Accept tries again after errors, and returns nil when stopped or the
// listener is closed.
func Accept(l net.Listener, slots chan struct{}, stopped <-chan struct{}, r *report.Reporter) net.Conn {
	pause := time.Millisecond
	for {
		select {
		case slots <- struct{}{}:
		case <-stopped:
			return nil
		}
		nc, err := l.Accept()
		if err == nil {
			return nc
		}
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		// Most likely there are too many open files, which may pass.
		<-slots
		if pause = min(4*pause, time.Second); pause == time.Second {
			r.Warn("cannot accept connections: " + report.Reason(err))
		}
		time.Sleep(pause)
	}
}
