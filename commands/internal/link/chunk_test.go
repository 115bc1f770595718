package link

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framecat/framing"
)

// A recorder keeps each write as a string.
type recorder struct{ writes []string }

func (r *recorder) Write(p []byte) (int, error) {
	r.writes = append(r.writes, string(p))
	return len(p), nil
}

// cutWrites returns the writes that a Cutter makes for some messages.
func cutWrites(t *testing.T, how, spec string, messages ...string) []string {
	t.Helper()
	c, err := ParseChunking(how)
	if err != nil {
		t.Fatal(err)
	}
	f, err := framing.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	var r recorder
	k := NewCutter(c, &r, f, 0)
	for _, m := range messages {
		frame, err := f.Append(nil, framing.Marks{}, []byte(m))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Write(frame); err != nil {
			t.Fatal(err)
		}
	}
	k.Flush()
	return r.writes
}

func TestChunk(t *testing.T) {
	rows := []struct{ how, spec, messages, writes string }{
		{"frame", "netstring", "abc hi", "3:abc, 2:hi,"},
		{"4", "netstring", "abc hi", "3:ab c,2: hi,"},
		{"1", "netstring", "hi", "2 : h i ,"},
		{"3,3,4,1", "netstring", "abc hi", "3:a bc, 2:hi ,"},
		{"2,5", "netstring", "abc hi ping", "3: abc,2 :hi,4 :ping ,"},
		{"100", "netstring", "abc hi", "3:abc,2:hi,"},
		{"header", "netstring", "abc hi", "3: abc, 2: hi,"},
		{"header", "crlf", "abc hi", "abc \r\n hi \r\n"},
		{"merge", "netstring", "abc hi ping", "3:abc,2:hi,4:ping,"},
		{"merge:11", "netstring", "abc hi ping", "3:abc,2:hi, 4:ping,"},
		{"merge:4", "netstring", "abc hi ping", "3:ab c, 2:hi , 4:pi ng,"},
	}
	for _, r := range rows {
		got := cutWrites(t, r.how, r.spec, strings.Fields(r.messages)...)
		if want := strings.Split(r.writes, " "); !slices.Equal(got, want) {
			t.Errorf("%s of %s: writes %q, want %q", r.how, r.messages, got, want)
		}
	}
	for _, bad := range []string{"x", "0", "-1", "3,", "3,0", "frame:1", "header:2", "merge:0", "merge:", "random:x", "random:"} {
		if _, err := ParseChunking(bad); err == nil {
			t.Errorf("--chunk %s: no error, want one", bad)
		}
	}
}

// The same seed makes the same cuts again; another seed makes others.
func TestChunkRandom(t *testing.T) {
	var messages []string
	for i := range 500 {
		messages = append(messages, fmt.Sprint("message ", i))
	}
	a, b := cutWrites(t, "random:7", "u32be", messages...), cutWrites(t, "random:7", "u32be", messages...)
	if !slices.Equal(a, b) {
		t.Error("seed 7 made other cuts the second time")
	}
	if c := cutWrites(t, "random:8", "u32be", messages...); slices.Equal(a, c) {
		t.Error("seed 8 made the same cuts as seed 7")
	}
	if whole := strings.Join(cutWrites(t, "frame", "u32be", messages...), ""); strings.Join(a, "") != whole {
		t.Error("the cuts changed the bytes")
	}
}

// Pending bytes are written when nothing more comes. The next cut stays where it was.
func TestChunkPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := ParseChunking("4")
		f, _ := framing.Parse("netstring")
		var r recorder
		k := NewCutter(c, &r, f, 0)
		check := func(when string, want ...string) {
			t.Helper()
			synctest.Wait()
			k.mu.Lock()
			defer k.mu.Unlock()
			if !slices.Equal(r.writes, want) {
				t.Errorf("%s: writes %q, want %q", when, r.writes, want)
			}
		}
		k.Write([]byte("3:abc,"))
		k.Idle()
		time.Sleep(pendingTime - 1)
		check("just before the pending time has passed", "3:ab")
		time.Sleep(time.Nanosecond)
		check("just after it", "3:ab", "c,")
		k.Write([]byte("2:hi,"))
		k.Flush()
		check("at the end", "3:ab", "c,", "2:", "hi,")
	})
}
