package pump

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// numbered returns n frames of u16be.
func numbered(n, seed int) (b []byte) {
	for i := range n {
		body := fmt.Sprintf("message %d of %d%*s", i, seed, (i*7+seed)%13, "")
		b = append(append(b, 0, byte(len(body))), body...)
	}
	return b
}

// random returns bytes in which there is nothing to find.
func random(i int) []byte {
	b := make([]byte, 100)
	rand.NewChaCha8([32]byte{byte(i), byte(i >> 8)}).Read(b)
	return b
}

// Of many streams, few are searched.
func TestGuessesAreBounded(t *testing.T) {
	for _, r := range []struct {
		name     string
		streams  int
		stream   func(i int) []byte
		searches int
		found    string // in the last one
	}{
		{"3 bytes", 20000, func(i int) []byte { return fmt.Appendf(nil, "%03d", i%1000) }, 0, ""},
		{"zeros", 500, func(int) []byte { return make([]byte, 1400) }, 1, ""},
		{"nothing to find", 500, random, maxFailed, ""},
		{"nothing to find, then a longer one", maxFailed + 50, func(i int) []byte {
			if i == maxFailed+49 {
				return numbered(60, i)
			}
			return random(i)
		}, maxFailed + 1, "u16be"},
		{"frames", 50, func(i int) []byte { return numbered(60, i) }, 1, "u16be"},
		{"other frames", 2, func(i int) []byte {
			if i == 0 {
				return numbered(60, i)
			}
			return []byte("5:hello,3:bye,5:world,7:goodbye,5:again,")
		}, 2, "netstring"},
	} {
		var g Guesses
		found := ""
		for i := range r.streams {
			found = ""
			if all := g.find("10.0.0.2:80", "c2s", r.stream(i), true); Believable(all) {
				found = all[0].Spec
			}
		}
		if g.searches != r.searches || found != r.found {
			t.Errorf("%s: %d searches, found %q in the last stream; want %d, %q", r.name, g.searches, found, r.searches, r.found)
		}
	}
}

// Streams of many servers are few searches, too.
func TestGuessesOfManyServers(t *testing.T) {
	short := func(i int) []byte { return random(i)[:8] }
	for _, r := range []struct {
		name     string
		streams  int
		server   string // with a place for a number
		stream   func(i int) []byte
		searches int
	}{
		{"frames on one port", 300, "10.0.%d.1:80", func(i int) []byte { return numbered(60, i) }, 1},
		{"nothing to find on one port", 300, "10.0.%d.1:80", short, maxOfPort},
		{"nothing to find on any port", maxOfAll + 100, "10.0.0.1:%d", short, maxOfAll},
		{"one stream on many ports", 300, "[::1]:%d", func(int) []byte { return short(1) }, 1},
	} {
		var g Guesses
		for i := range r.streams {
			g.find(fmt.Sprintf(r.server, i), "c2s", r.stream(i), true)
		}
		if g.searches != r.searches {
			t.Errorf("%s: %d searches, want %d", r.name, g.searches, r.searches)
		}
	}
}

// Of many streams, a glance is enough for what was found before, and only for that.
func TestBriefGuesses(t *testing.T) {
	for _, brief := range []bool{false, true} {
		g := Guesses{Brief: brief}
		find := func(b []byte) string {
			all := g.find("10.0.0.1:80", "c2s", b, true)
			return fmt.Sprintf("%s %d", all[0].Spec, all[0].Frames)
		}
		for i := range maxWeighed {
			if got := find(numbered(60, i)); got != "u16be 60" {
				t.Fatalf("stream %d: %s", i, got)
			}
		}
		large := append([]byte{4, 0}, make([]byte, 1024)...) // a frame that is longer than a glance
		got := []string{find(numbered(60, 1)), find(append(large, numbered(60, 3)...))}
		want := []string{"u16be 60", "u16be 61"}
		if brief {
			want[0] = "u16be 22"
		}
		if !slices.Equal(got, want) || g.searches != 1 {
			t.Errorf("brief %v: %q, want %q; %d searches", brief, got, want, g.searches)
		}
	}
}

// Frames that are found in a message of the other direction's framing are a part of it.
func TestLongFirstMessage(t *testing.T) {
	g := &Guesses{}
	request := []byte("*2\r\n$7\r\nCOMMAND\r\n$4\r\nDOCS\r\n*1\r\n$4\r\nPING\r\n")
	if d := g.Of("server:1", "c2s", request, true, true); !d.Found() {
		t.Fatalf("%v in the request", d.All)
	}
	reply := []byte("*100\r\n")
	for i := range 40 {
		reply = fmt.Appendf(reply, "$5\r\nkey%02d\r\n*2\r\n$7\r\nsummary\r\n$9\r\na summary\r\n", i)
	}
	if d := g.Of("server:1", "s2c", reply, false, false); !d.Found() || d.All[0].Spec != "resp" || d.All[0].Start != 0 {
		t.Errorf("%v in the reply", d.All)
	}
}
