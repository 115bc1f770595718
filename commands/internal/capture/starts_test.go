package capture

import (
	"errors"
	"io"
	"testing"

	"github.com/gopacket/gopacket/layers"
)

// PlanStarts gives the first bytes of each direction, up to a gap, and one pass collects those of
// streams that are too long to be collected whole.
func TestPlanStarts(t *testing.T) {
	raw, want := many(t, 12, 600)
	c, err := opened(t, raw, Pcap, "file")
	if err != nil {
		t.Fatal(err)
	}
	passes := 0
	tr := c.recording.(*traffic)
	open := tr.open
	tr.open = func(offset int64) (packets, error) {
		passes++
		return open(offset)
	}
	for _, n := range []int64{1, 100, 5000, 64 << 10} {
		var refs []Ref
		for i := range want {
			refs = append(refs, RefOf(i, 0), RefOf(i, 1))
		}
		passes = 0
		c.PlanStarts(n, refs...)
		for _, r := range refs {
			got, err := io.ReadAll(io.LimitReader(c.Read(r), n))
			w := want[r.Stream][:min(int64(len(want[r.Stream])), n)]
			if err != nil || r.Dir == 0 && string(got) != w || r.Dir == 1 && len(got) > 0 {
				t.Fatalf("%+v: %d bytes, %v; want %d", r, len(got), err, len(w))
			}
		}
		if passes != 1 {
			t.Errorf("the first %d bytes took %d passes", n, passes)
		}
	}
}

// A pass for the first bytes ends when it has them.
func TestPlanStartsEndsEarly(t *testing.T) {
	raw, _ := many(t, 12, 600)
	c, err := opened(t, raw, Pcap, "file")
	if err != nil {
		t.Fatal(err)
	}
	p := c.recording.(*traffic)
	p.plan([]Ref{{0, 0}, {1, 0}, {2, 1}}, 3)
	one := p.pass(p.group(p.ahead))
	if err := one.until(nil); err != io.EOF || one.open != 0 {
		t.Fatalf("%v, %d are open", err, one.open)
	}
	k, err := one.in.next()
	if err != nil || k.offset > int64(len(raw)/100) {
		t.Errorf("it read up to byte %d of %d, %v", k.offset, len(raw), err)
	}
}

// The bytes before a gap are a whole start, and the gap is reported.
func TestPlanStartsWithGaps(t *testing.T) {
	raw := written(t, format{link: layers.LinkTypeRaw}, []sent{
		c("S", 9, ""), s("SA", 99, ""), c("A", 10, "abc"), c("A", 16, "ghi"), s("A", 100, "xy"), acks(30),
	})
	c, err := opened(t, raw, Pcap, "file")
	if err != nil {
		t.Fatal(err)
	}
	c.PlanStarts(100, RefOf(0, 0), RefOf(0, 1))
	got, err := io.ReadAll(c.Read(RefOf(0, 0)))
	var gap *Gap
	if string(got) != "abc" || !errors.As(err, &gap) || *gap != (Gap{3, 3}) {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := io.ReadAll(c.Read(RefOf(0, 1))); string(got) != "xy" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
