//go:build linux

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// soakRecords are the messages that framecat prints, and how many must be.
type soakRecords struct {
	both bool // those of both directions are printed
	over chan struct{}

	flows   map[soakFlow]*soakSeen
	frames  int64
	missing int64 // messages that tap had to drop; set by check

	mu    sync.Mutex
	wants map[int64]int64 // how many were sent on a connection; -1 if it was reset
}

// A soakFlow is one direction of a connection; conn is its number in records.
type soakFlow struct {
	conn      int64
	direction string
}

// A soakSeen is what was printed of a flow.
type soakSeen struct {
	visit  int64
	frames int64
	next   int64 // the number of the next message
	gap    bool  // tap had to drop some of its bytes
}

func newSoakRecords(r *os.File, both bool, count *soakCount) *soakRecords {
	records := &soakRecords{both: both, over: make(chan struct{}), flows: map[soakFlow]*soakSeen{}, wants: map[int64]int64{}}
	go func() {
		defer close(records.over)
		defer r.Close()
		for d := json.NewDecoder(r); ; {
			var v struct {
				Type, Direction, Text string
				Conn                  int64
			}
			if err := d.Decode(&v); err != nil {
				if !errors.Is(err, io.EOF) {
					count.wrong("%v", err)
				}
				return
			}
			flow := soakFlow{v.Conn, v.Direction}
			switch {
			case v.Type == "frame":
				records.add([]byte(v.Text), flow, count)
			case v.Type == "gap" && both:
				records.of(flow).gap = true
			case v.Type == "gap", v.Type == "error":
				count.wrong("a record %+v is printed", v)
			}
		}
	}()
	return records
}

// of returns what was printed of a flow so far.
func (r *soakRecords) of(flow soakFlow) *soakSeen {
	seen := r.flows[flow]
	if seen == nil {
		seen = &soakSeen{}
		r.flows[flow] = seen
	}
	return seen
}

// add checks one message that was printed.
func (r *soakRecords) add(text []byte, flow soakFlow, count *soakCount) {
	var visit, seq int64
	_, err := fmt.Sscan(string(text[:min(len(text), 50)]), &visit, &seq)
	r.frames++
	seen := r.of(flow)
	if seen.visit == 0 {
		seen.visit = visit
	}
	if err != nil || visit != seen.visit || seq < seen.next || seq > seen.next && !seen.gap || !bytes.Equal(text, soakMessage(visit, seq)) {
		count.wrong("%+v, of which %+v was seen: %.80q is printed", flow, *seen, text)
		return
	}
	count.good.Add(1)
	seen.frames++
	seen.next = seq + 1
}

// sent records how many messages of a connection must be printed.
func (r *soakRecords) sent(visit, n int64) {
	if r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.wants[visit] = n
	}
}

// check waits for the end of the output, and counts what was not printed.
func (r *soakRecords) check(count *soakCount) {
	if r == nil {
		return
	}
	<-r.over
	seen := map[soakFlow]*soakSeen{} // by visit
	for flow, s := range r.flows {
		seen[soakFlow{s.visit, flow.direction}] = s
	}
	directions := []string{"c2s"}
	if r.both {
		directions = append(directions, "s2c")
	}
	for visit, n := range r.wants {
		for _, dir := range directions {
			switch s := seen[soakFlow{visit, dir}]; {
			case n <= 0 || s != nil && s.frames == n:
			case r.both && (s == nil || s.gap):
				r.missing += n
				if s != nil {
					r.missing -= s.frames
				}
			default:
				count.wrong("connection %d %s: %+v was printed of %d messages", visit, dir, s, n)
			}
		}
	}
}
