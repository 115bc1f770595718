package probe

import (
	"net"
	"sync"
	"time"
)

// beatingReceivers send messages that are no replies.
var beatingReceivers = []receiver{
	{name: "correct: heartbeats all the time", serve: func(z *zoo, nc net.Conn) { beating(nc, 100*time.Millisecond, correct) }},
	{name: "correct: a heartbeat each second", serve: func(z *zoo, nc net.Conn) { beating(nc, time.Second, correct) }},
	{name: "correct: a greeting that is late", serve: func(z *zoo, nc net.Conn) {
		time.Sleep(600 * time.Millisecond)
		nc.Write(u32([]byte("hello")))
		correct(z, nc)
	}},
	{name: "heartbeats, and one read is one message", fails: "split bytes merge slow header-then-wait", serve: func(z *zoo, nc net.Conn) {
		beating(nc, 700*time.Millisecond, oneRead)
	}},
}

// beating serves a connection, and sends a message on its own again and again.
func beating(nc net.Conn, pause time.Duration, serve func(*zoo, net.Conn)) {
	end := make(chan struct{})
	var beats sync.WaitGroup
	beats.Go(func() {
		for {
			select {
			case <-time.After(pause):
				nc.Write(u32([]byte("beat")))
			case <-end:
				return
			}
		}
	})
	serve(nil, nc)
	close(end)
	beats.Wait()
}
