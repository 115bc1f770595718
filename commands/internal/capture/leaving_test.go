package capture

import (
	"net/netip"
	"runtime"
	"testing"
)

var server = netip.MustParseAddrPort("10.0.0.2:80")

// flow returns the segments of a short connection. The last is the acknowledgement of the
// second FIN.
func flow(i int) []segment {
	client := netip.AddrPortFrom(netip.AddrFrom4([4]byte{11, byte(i >> 24), byte(i >> 16), byte(i >> 8)}), uint16(1000+i&255))
	list := []segment{
		{src: client, dst: server, syn: true, seq: 9},
		{src: server, dst: client, syn: true, acks: true, seq: 99, ack: 10},
		{src: client, dst: server, acks: true, seq: 10, ack: 100, payload: []byte("abc"), size: 3},
		{src: server, dst: client, acks: true, seq: 100, ack: 13, payload: []byte("de"), size: 2},
		{src: client, dst: server, acks: true, fin: true, seq: 13, ack: 102},
		{src: server, dst: client, acks: true, fin: true, seq: 102, ack: 14},
		{src: client, dst: server, acks: true, seq: 14, ack: 103},
	}
	for k := range list {
		list[k].packet = int64(i*len(list) + k)
		list[k].from = list[k].packet
	}
	return list
}

// A closed connection takes little memory, and the table holds only the latest ones.
func TestClosedConnections(t *testing.T) {
	const n = 4 * maxLeaving
	all := conns{open: map[pair]*conn{}}
	take := func(from, to int) {
		for i := from; i < to; i++ {
			for _, s := range flow(i) {
				all.take(&s)
			}
		}
	}
	used := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	take(0, 2*maxLeaving)
	before := used()
	take(2*maxLeaving, n)
	if each := (used() - before) / (n - 2*maxLeaving); each > 150 {
		t.Errorf("%d bytes a closed connection", each)
	}
	if k := len(all.open); k > maxLeaving {
		t.Errorf("the table holds %d connections", k)
	}
	list := all.end()
	if list.n != n {
		t.Fatalf("%d connections, want %d", list.n, n)
	}
	for i := range n {
		c := list.at(i)
		if c.dirs[0] != (amount{3, 1, 0, 4}) || c.dirs[1] != (amount{2, 1, 0, 3}) || c.last-c.first != 6 {
			t.Fatalf("connection %d: %+v", i, c)
		}
	}
}

// A connection that goes on after a RST, which may be forged, stays in the table.
func TestGoesOnAfterReset(t *testing.T) {
	all := conns{open: map[pair]*conn{}}
	take := func(s segment) { all.take(&s) }
	f := flow(0)
	take(f[0])
	take(f[1])
	take(segment{src: server, dst: f[0].src, rst: true})
	for i := range 3 * maxLeaving {
		for _, s := range flow(i + 1) {
			s.packet++
			take(s)
		}
		if i%(maxLeaving/2) == 0 {
			s := f[2]
			s.seq += uint32(3 * i / (maxLeaving / 2))
			s.packet = int64(1+i)*7 + 3
			take(s)
		}
	}
	list := all.end()
	if got := list.at(0).dirs[0]; got != (amount{18, 6, 0, 7}) {
		t.Errorf("%+v", got)
	}
}
