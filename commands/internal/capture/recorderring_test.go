package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func ringOf(t testing.TB, size int, name string) *Recorder {
	t.Helper()
	r, err := NewRing(Target{File: name, Ring: size})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// saved saves a ring, and returns the file.
func saved(t *testing.T, r *Recorder, reason string) []byte {
	t.Helper()
	name, err := r.Save(reason)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// A ring that holds all events is saved as a file of all events.
func TestRingHoldsAll(t *testing.T) {
	for _, row := range recorderTable {
		r := ringOf(t, 1<<20, filepath.Join(t.TempDir(), "ring"))
		for i, e := range row.events {
			e.At = begin.Add(time.Duration(i) * time.Millisecond)
			r.Record(e)
		}
		if got := contents(t, saved(t, r, "a test")); got != row.want {
			t.Errorf("%s:\n%s\nwant\n%s", row.name, got, row.want)
		}
	}
}

// What a ring has dropped is missing at the beginnings of streams only, and the ends keep their
// roles.
func TestRingDrops(t *testing.T) {
	dropped := 0
	for seed := range uint64(40 / scale) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		streams := 1 + rnd.IntN(6)
		events := randomEvents(rnd, streams, 400, seed%2 > 0)
		for i := range streams {
			events[i].Server = "10.0.0.2:65000" // above the port of the client
		}
		r := ringOf(t, minRing+rnd.IntN(1<<20), filepath.Join(t.TempDir(), "ring%n"))
		r.start = rnd.Uint32()
		for done := 0; done < len(events); {
			next := min(len(events), done+1+rnd.IntN(200))
			for _, e := range events[done:next] {
				r.Record(e)
			}
			done = next
			if r.saves.end == r.ring.head {
				continue // such as an empty read
			}
			compareSuffixes(t, fmt.Sprintf("seed %d, %d events", seed, done), saved(t, r, "a test"), events[:done])
		}
		if r.ring.tail > 0 {
			dropped++
		}
	}
	if dropped < 20/scale {
		t.Errorf("only %d rings have dropped packets", dropped)
	}
}

// compareSuffixes compares a recording with the last events of each direction.
func compareSuffixes(t *testing.T, name string, raw []byte, events []Event) {
	t.Helper()
	c, err := opened(t, raw, Pcap, "file")
	if err != nil || c.Damage() != nil {
		t.Fatalf("%s: %v, %v", name, err, c.Damage())
	}
	for i, s := range c.Streams() {
		number, ok := strings.CutPrefix(s.Client, "10.0.0.1:")
		port, err := strconv.Atoi(number)
		if !ok || err != nil {
			t.Fatalf("%s: the client of stream %d is %s", name, i, s.Client)
		}
		for dir := range 2 {
			got, err := parts(c.Read(RefOf(i, dir)))
			if err != nil {
				t.Fatal(err)
			}
			want, _ := model(events, port-4000, dir)
			if len(got) > len(want) {
				t.Fatalf("%s, %s: %d gaps, want %d", name, s.Label(dir), len(got)-1, len(want)-1)
			}
			want = want[len(want)-len(got):]
			for k, w := range want {
				g := got[k]
				if k == 0 && !bytes.HasSuffix(w.data, g.data) || k > 0 && !bytes.Equal(w.data, g.data) || g.gap != w.gap && !(k == 0 && len(g.data) == 0) {
					t.Errorf("%s, %s: part %d has %d bytes and a gap of %d, want %d and %d, or others", name, s.Label(dir), k, len(g.data), g.gap, len(w.data), w.gap)
				}
			}
		}
	}
}

// A save shows a gap at the end of a stream, once.
func TestSaveShowsGap(t *testing.T) {
	r := ringOf(t, minRing, filepath.Join(t.TempDir(), "ring"))
	r.Record(opens(0, clientEnd, serverEnd))
	before := int64(0)
	for _, row := range []struct {
		event   Event
		want    string
		packets int64 // that the event and the save add
	}{
		{step(0, 0, Bytes, "a"), "a / ", 4}, // with the handshake
		{loses(0, 0, 5), "a[5] / ", 2},
		{step(0, 1, Bytes, "b"), "a[5] / b", 1},
		{loses(0, 0, 6), "a[11] / b", 2},
		{step(0, 0, Bytes, "c"), "a[11]c / b", 1},
		{loses(0, 0, 7), "a[11]c[7] / b", 2},
		{step(0, 0, Closed, ""), "a[11]c[7] / b", 2},
		{step(0, 0, Closed, ""), "a[11]c[7] / b", 0},
		{step(0, 1, Closed, ""), "a[11]c[7] / b", 2},
	} {
		r.Record(row.event)
		name, err := r.Save("a test")
		if row.packets == 0 {
			if name != "" || err != nil || r.packets != before {
				t.Errorf("nothing new: saved %s, %v", name, err)
			}
			continue
		}
		raw, _ := os.ReadFile(name)
		if got := contents(t, raw); got != ends+row.want || r.packets-before != row.packets {
			t.Errorf("%s with %d packets more, want %s and %d", got, r.packets-before, row.want, row.packets)
		}
		before = r.packets
	}
}

// After many events, 1 GB of some sizes, a ring holds what it says, in memory and in the file.
func TestRingSize(t *testing.T) {
	for _, row := range []struct{ size, events int }{{1, 2e6}, {100, 1e6}, {16 << 10, 62_000}, {300 << 10, 3300}} {
		size, events := row.size, row.events/scale
		const ring = 10 << 20
		r := ringOf(t, ring, filepath.Join(t.TempDir(), "ring"))
		data := make([]byte, size)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for i := range events {
			if i%1000 == 0 {
				r.Record(Event{Stream: i / 1000, Kind: Opened, Client: clientEnd, Server: serverEnd})
			}
			r.Record(Event{Stream: i / 1000, Dir: i & 1, Kind: Bytes, At: begin, Data: data})
			if i%1000 == 999 {
				r.Record(Event{Stream: i / 1000, Kind: Ended, At: begin})
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
			t.Errorf("reads of %d: the heap has grown by %d bytes", size, grown)
		}
		records := ring/(size+recordHeader+72) + 1
		least := ring - records*recordHeader - maxPayload - 200
		if n := len(saved(t, r, "a test")); n > ring+1000 || n < least {
			t.Errorf("reads of %d: the file has %d bytes, want %d to %d", size, n, least, ring)
		}
		if n := len(r.conns); n > records/1000+2 {
			t.Errorf("reads of %d: %d connections are remembered", size, n)
		}
	}
}

// tshark finds nothing wrong with the save of a ring that has dropped packets.
func TestRingTshark(t *testing.T) {
	r := ringOf(t, 1<<20, filepath.Join(t.TempDir(), "ring"))
	for _, e := range peerEvents(3, false) {
		r.Record(e)
	}
	if r.ring.tail == 0 {
		t.Fatal("the ring has dropped nothing")
	}
	raw := saved(t, r, "malformed frame")
	bad := "tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0"
	if got := runTshark(t, raw, "-Y", bad); got != "" {
		t.Errorf("tshark finds fault with\n%s", got)
	}
	comments := strings.Split(commentsOf(raw), "\n")
	if comments[0] != "malformed frame" {
		t.Errorf("the comment of the file is %q", comments[0])
	}
	older := "the connection is older than this recording: it began before these packets"
	if !slices.Contains(comments, older) || !slices.Contains(comments, "client unix:/run/a, server exec:cat; "+older) {
		t.Errorf("comments %q", comments)
	}
}

func TestSaveNames(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("before-001", "")
	write("old", "old")
	write("target", "target")
	if err := os.Symlink("target", filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	for _, row := range []struct {
		name string
		want []string
	}{
		{"one", []string{"one", "one"}},
		{"old", []string{"old", "old"}},
		{"n%n.pcapng", []string{"n000.pcapng", "n001.pcapng", "n002.pcapng"}},
		{"before-%n", []string{"before-000", "before-002"}},
		{"%n%n%d", []string{"000000%d", "001001%d"}},
		{"link", []string{"link", "link"}},
	} {
		r := ringOf(t, minRing, filepath.Join(dir, row.name))
		for i, want := range row.want {
			r.Record(step(0, 0, Bytes, "a"))
			name, err := r.Save("a test")
			if err != nil || name != filepath.Join(dir, want) {
				t.Errorf("save %d to %s: %s, %v; want %s", i, row.name, name, err, want)
			}
			info, err := os.Lstat(name)
			if err != nil || info.Mode() != 0o600 {
				t.Errorf("save %d to %s: %v, %v", i, row.name, info.Mode(), err)
			}
			if name, err := r.Save("again"); name != "" || err != nil {
				t.Errorf("nothing was recorded, but saved: %s, %v", name, err)
			}
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "target")); string(text) != "target" {
		t.Errorf("the save wrote to the file of a link: %s, %v", text, err)
	}
	hidden, err := filepath.Glob(filepath.Join(dir, ".framecat*"))
	if len(hidden) > 0 || err != nil {
		t.Errorf("temporary files are left: %s, %v", hidden, err)
	}
}

// A ring without packets is saved at its end, so that the file is there. A save that fails is
// tried again.
func TestSaveErrors(t *testing.T) {
	dir := t.TempDir()
	empty := ringOf(t, minRing, filepath.Join(dir, "empty"))
	if err := empty.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "empty")); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]string{
		filepath.Join(dir, "missing", "a"): fs.ErrNotExist.Error(),
		dir:                                "not a regular file",
		os.DevNull:                         "not a regular file",
	} {
		r, err := NewRing(Target{File: name, Ring: minRing})
		if r != nil || err == nil || !strings.Contains(err.Error(), want) && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	sub := filepath.Join(dir, "sub")
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	r := ringOf(t, minRing, filepath.Join(sub, "file"))
	r.Record(step(0, 0, Bytes, "a"))
	if err := os.Remove(sub); err != nil {
		t.Fatal(err)
	}
	if name, err := r.Save("a test"); name != "" || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a directory: %s, %v", name, err)
	}
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	if got := contents(t, saved(t, r, "again")); !strings.HasSuffix(got, "a / ") {
		t.Errorf("the second save has %s", got)
	}
	if err := r.Flush(); err != nil {
		t.Error(err)
	}
}

// Goroutines may record, flush and save at once.
func TestRecorderGoroutines(t *testing.T) {
	for _, r := range []*Recorder{NewRecorder(io.Discard, ""), ringOf(t, minRing, filepath.Join(t.TempDir(), "ring"))} {
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				for range 200 {
					r.Record(step(i, 0, Bytes, strings.Repeat("a", 1000)))
					if err := r.Flush(); err != nil {
						t.Error(err)
					}
				}
				if _, err := r.Save("a test"); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if err := r.Close(); err != nil || r.Missed() > 0 {
			t.Errorf("%v, %d bytes missed", err, r.Missed())
		}
	}
}

// A plain recording has no saves.
func TestSaveNoRing(t *testing.T) {
	if name, err := NewRecorder(io.Discard, "").Save("a test"); name != "" || err != nil {
		t.Errorf("%s, %v", name, err)
	}
}
