//go:build linux

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strconv"
	"sync"
)

// soakRecords are the messages that framecat prints, and how many must be.
type soakRecords struct {
	both bool // those of both directions are printed
	over chan struct{}

	mu    sync.Mutex
	got   map[soakFlow]int64 // messages of each flow
	frame int64              // all messages
	wants map[int64]int64    // how many were sent on a connection; -1 if it was reset
}

// A soakFlow is one direction of a connection.
type soakFlow struct {
	visit     int64
	direction string
}

func newSoakRecords(r *os.File, both bool, count *soakCount) *soakRecords {
	records := &soakRecords{both: both, over: make(chan struct{}), got: map[soakFlow]int64{}, wants: map[int64]int64{}}
	go func() {
		defer close(records.over)
		defer r.Close()
		for d := json.NewDecoder(r); ; {
			var v struct{ Type, Direction, Text string }
			if err := d.Decode(&v); err != nil {
				if !errors.Is(err, io.EOF) {
					count.wrong("%v", err)
				}
				return
			}
			switch v.Type {
			case "frame":
				records.add([]byte(v.Text), v.Direction, count)
			case "gap", "error":
				count.wrong("a record %+v is printed", v)
			}
		}
	}()
	return records
}

// add checks one message that was printed.
func (r *soakRecords) add(text []byte, direction string, count *soakCount) {
	first, _, _ := bytes.Cut(text, []byte(" "))
	visit, err := strconv.ParseInt(string(first), 10, 64)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.frame++
	flow := soakFlow{visit, direction}
	seq := r.got[flow]
	if err != nil || !bytes.Equal(text, soakMessage(visit, seq)) {
		count.wrong("connection %d %s, message %d: %.80q is printed", visit, direction, seq, text)
		return
	}
	count.good.Add(1)
	r.got[flow]++
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
	directions := []string{"c2s"}
	if r.both {
		directions = append(directions, "s2c")
	}
	for visit, n := range r.wants {
		for _, dir := range directions {
			if got := r.got[soakFlow{visit, dir}]; n >= 0 && got != n {
				count.wrong("connection %d %s: %d of %d messages were printed", visit, dir, got, n)
			}
		}
	}
}
