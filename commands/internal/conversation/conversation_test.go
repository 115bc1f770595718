package conversation

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A log notes what an Engine finds, a line each.
type log struct {
	specs map[[2]int]string // of the directions; "" is none
	lines []string
	skip  bool // go on after faults
	parts map[[2]int][]string
}

func (l *log) add(d *Direction, format string, args ...any) {
	key := [2]int{d.Stream.Index, d.Dir}
	line := fmt.Sprintf(format, args...)
	l.lines = append(l.lines, fmt.Sprintf("%d/%d ", key[0], key[1])+line)
	if l.parts == nil {
		l.parts = map[[2]int][]string{}
	}
	l.parts[key] = append(l.parts[key], line)
}

func (l *log) Open(d *Direction) (Handler, error) {
	spec := l.specs[[2]int{d.Stream.Index, d.Dir}]
	switch d.Stream.Upgraded {
	case "":
	case TLS:
		spec = ""
	default:
		spec = d.Stream.Spec()
	}
	if d.Finding = spec == "find"; spec != "" && !d.Finding {
		f, err := framing.Parse(spec)
		if err != nil {
			return nil, err
		}
		d.Framing, d.Entry = f, framing.EntryOf(f)
	}
	return &logged{l, d}, nil
}

// Find finds u8 after a byte of 0xff, once there are 4 bytes; all else is unknown.
func (l *log) Find(d *Direction, _ Handler, start []byte, last, ended bool) (bool, int, error) {
	if len(start) < 4 && !last {
		return false, 0, nil
	}
	l.add(d, "found in %q, ended %v", start, ended)
	if len(start) == 0 || start[0] != 0xff {
		return true, 0, nil
	}
	d.Framing, _ = framing.Parse("u8")
	return true, 1, nil
}

func (l *log) Happened(_ *Stream, e capture.Event) error {
	if name := []string{"opened", "", "", "closed", "reset", "ended"}[e.Kind]; name != "" {
		l.lines = append(l.lines, fmt.Sprintf("%d/%d %s", e.Stream, e.Dir, name))
	}
	return nil
}

// A logged is the Handler of one direction.
type logged struct {
	*log
	d *Direction
}

func (h *logged) Next(r *framing.Reader) error {
	f, err := r.Next()
	if err == nil {
		first, last, pieces := h.d.Came(&f)
		h.add(h.d, "#%d at %d: %q in %d, %d to %d", f.Index, f.Offset, f.Payload, pieces, first.Unix(), last.Unix())
		err = h.d.Saw(&f)
	}
	return err
}

func (h *logged) Fault(r *framing.Reader, e *framing.Error) error {
	h.add(h.d, "%v", e)
	if e.Fault == framing.Truncated || !h.skip {
		h.add(h.d, "left %q", r.Buffered())
		return report.ErrDone
	}
	return nil
}

func (h *logged) Gap(r *framing.Reader, g *capture.Gap) error {
	h.add(h.d, "gap of %d at %d after %q", g.Bytes, g.Offset, r.Buffered())
	return nil
}

func (h *logged) Skipped(r *framing.Reader, n int64, err error) error {
	if err != nil {
		h.add(h.d, "lost")
		return report.ErrDone
	}
	h.add(h.d, "skipped %d", n)
	return nil
}

func (h *logged) Fill(int64, []byte)               {} // Skipped counts it
func (h *logged) Undecoded(offset int64, b []byte) { h.add(h.d, "undecoded at %d: %q", offset, b) }
func (h *logged) Upgraded(to string)               { h.add(h.d, "upgraded to %s", to) }
func (h *logged) Ended()                           { h.add(h.d, "end") }

// A step is an event in a few words: the stream and direction, then "open", "fin", "rst", "end",
// "lost N", or bytes after a colon. The time of each is one second after the one before.
func events(steps []string) (list []capture.Event) {
	for i, s := range steps {
		var e capture.Event
		var what string
		fmt.Sscanf(s, "%d/%d %s", &e.Stream, &e.Dir, &what)
		e.At = time.Unix(int64(i), 0)
		_, data, isBytes := strings.Cut(s, ":")
		switch {
		case isBytes:
			e.Kind, e.Data = capture.Bytes, []byte(data)
		case what == "open":
			e.Kind = capture.Opened
		case what == "fin":
			e.Kind = capture.Closed
		case what == "rst":
			e.Kind = capture.Reset
		case what == "end":
			e.Kind = capture.Ended
		case what == "lost":
			e.Kind = capture.Lost
			fmt.Sscanf(s, "%d/%d lost %d", &e.Stream, &e.Dir, &e.Lost)
		}
		list = append(list, e)
	}
	return list
}

func TestTake(t *testing.T) {
	for _, row := range []struct {
		name  string
		specs string // of 0/0, 0/1, 1/0, 1/1
		skip  bool
		steps []string
		want  []string
	}{
		{"messages in the order in which they are complete", "u8 lines u8 lines", false,
			[]string{"0/0 open", "1/0 open", "0/0:\x03a", "1/0:\x01x", "0/1:yes\nn", "0/0:bc\x01d", "0/1:o\n", "0/0 fin", "0/1 fin", "0/0 end", "1/0 end"},
			[]string{"0/0 opened", "1/0 opened", `1/0 #0 at 0: "x" in 1, 3 to 3`, `0/1 #0 at 0: "yes" in 1, 4 to 4`, `0/0 #0 at 0: "abc" in 2, 2 to 5`, `0/0 #1 at 4: "d" in 1, 5 to 5`,
				`0/1 #1 at 4: "no" in 2, 4 to 6`, "0/0 end", "0/0 closed", "0/1 end", "0/1 closed", "0/0 ended", "1/0 end", "1/0 ended"}},
		{"a frame that is unfinished at the end", "u8", false,
			[]string{"0/0 open", "0/0:\x03a", "0/0 end"},
			[]string{"0/0 opened", "0/0 frame 0 at byte 0: the stream ends after 2 of 4 bytes", `0/0 left "\x03a"`, "0/0 end", "0/0 ended"}},
		{"a malformed frame ends its direction only", "netstring lines", false,
			[]string{"0/0 open", "0/0:1:a,x9", "0/0:more", "0/1:yes\n", "0/0 end"},
			[]string{"0/0 opened", `0/0 #0 at 0: "a" in 1, 1 to 1`, `0/0 frame 1 at byte 4: found "x", expected the first digit of a length`, `0/0 left "x9"`, `0/0 undecoded at 6: "more"`, `0/1 #0 at 0: "yes" in 1, 3 to 3`, "0/0 end", "0/1 end", "0/0 ended"}},
		{"no framing", "", false,
			[]string{"0/0 open", "0/0:abc", "0/0:def", "0/0 fin", "0/0 end"},
			[]string{"0/0 opened", `0/0 undecoded at 0: "abc"`, `0/0 undecoded at 3: "def"`, "0/0 end", "0/0 closed", "0/0 ended"}},
		{"a gap, and the next delimiter", "lines", true,
			[]string{"0/0 open", "0/0:one\ntw", "0/0 lost 5", "0/0:ee", "0/0:\nfour\n", "0/0 end"},
			[]string{"0/0 opened", `0/0 #0 at 0: "one" in 1, 1 to 1`, `0/0 gap of 5 at 6 after "tw"`, "0/0 skipped 5", `0/0 #2 at 14: "four" in 1, 4 to 4`, "0/0 end", "0/0 ended"}},
		{"a pause ends a frame, in both directions", "gap:2s gap:2s", false,
			[]string{"0/0 open", "0/0:ab", "0/0:cd", "0/1:x", "1/0 open", "0/1:y", "0/0 end"},
			[]string{"0/0 opened", "1/0 opened", `0/0 #0 at 0: "abcd" in 2, 1 to 2`, `0/1 #0 at 0: "x" in 1, 3 to 3`, "0/0 end", `0/1 #1 at 1: "y" in 2, 5 to 6`, "0/1 end", "0/0 ended"}},
		{"a reset", "u8 u8", false,
			[]string{"0/0 open", "0/0:\x01a\x02b", "0/1 rst", "0/0 end"},
			[]string{"0/0 opened", `0/0 #0 at 0: "a" in 1, 1 to 1`, "0/1 reset", "0/0 frame 1 at byte 2: the stream ends after 2 of 3 bytes", `0/0 left "\x02b"`, "0/0 end", "0/0 ended"}},
		{"both directions wait while a framing is being found", "find lines", false,
			[]string{"0/0 open", "0/0:\xff\x03a", "0/1:yes\n", "1/0 open", "0/0:bc\x01d", "0/0:\x01e", "0/0 end"},
			[]string{"0/0 opened", "1/0 opened", `0/0 found in "\xff\x03abc\x01d", ended false`, `0/0 undecoded at 0: "\xff"`, `0/1 #0 at 0: "yes" in 1, 2 to 2`,
				`0/0 #0 at 1: "abc" in 2, 1 to 4`, `0/0 #1 at 5: "d" in 1, 4 to 4`, `0/0 #2 at 7: "e" in 1, 5 to 5`, "0/0 end", "0/1 end", "0/0 ended"}},
		{"no framing is found", "find find", false,
			[]string{"0/0 open", "0/0:ab", "0/1:\xff\x00", "0/0 fin", "0/1:\x01z", "0/0 end"},
			[]string{"0/0 opened", `0/0 found in "ab", ended true`, `0/1 found in "\xff\x00\x01z", ended false`, `0/0 undecoded at 0: "ab"`, `0/1 undecoded at 0: "\xff"`,
				`0/1 #0 at 1: "" in 1, 2 to 2`, "0/0 end", "0/0 closed", `0/1 #1 at 2: "z" in 1, 4 to 4`, "0/1 end", "0/0 ended"}},
		{"TLS after bytes without a framing", "lines", false,
			[]string{"0/0 open", "0/1:ab", "0/1:cd", "0/0:one\n", "0/0:" + hello, "0/1:\x16\x03", "0/0 end"},
			[]string{"0/0 opened", `0/1 undecoded at 0: "ab"`, `0/1 undecoded at 2: "cd"`, `0/0 #0 at 0: "one" in 1, 3 to 3`, "0/0 upgraded to TLS", "0/0 end", "0/1 end",
				`0/0 undecoded at 4: "\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03"`, `0/1 undecoded at 4: "\x16\x03"`, "0/0 end", "0/1 end", "0/0 ended"}},
		{"TLS in a direction without a framing", "", false,
			[]string{"0/0 open", "0/0:one\n", "0/0:" + hello, "0/0:" + hello, "0/0 end"},
			[]string{"0/0 opened", `0/0 undecoded at 0: "one\n"`, "0/0 upgraded to TLS", "0/0 end", `0/0 undecoded at 4: "\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03"`,
				`0/0 undecoded at 15: "\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03"`, "0/0 end", "0/0 ended"}},
		{"the start of TLS decides which framing came before", "find find", false,
			[]string{"0/0 open", "0/0:\xff\x01a", "0/1:b", "0/0:" + hello, "0/1:\x16\x03", "0/0 end"},
			[]string{"0/0 opened", `0/0 found in "\xff\x01a", ended true`, `0/1 found in "b", ended true`, `0/0 undecoded at 0: "\xff"`, `0/0 #0 at 1: "a" in 1, 1 to 1`, `0/1 undecoded at 0: "b"`,
				"0/0 upgraded to TLS", "0/0 end", "0/1 end", `0/0 undecoded at 3: "\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03"`, `0/1 undecoded at 1: "\x16\x03"`, "0/0 end", "0/1 end", "0/0 ended"}},
		{"a short stream ends while its framing is being found", "find", false,
			[]string{"0/0 open", "0/0:ab", "0/0 end"},
			[]string{"0/0 opened", `0/0 found in "ab", ended true`, `0/0 undecoded at 0: "ab"`, "0/0 end", "0/0 ended"}},
	} {
		l := &log{specs: map[[2]int]string{}, skip: row.skip}
		for i, spec := range strings.Fields(row.specs) {
			l.specs[[2]int{i / 2, i % 2}] = spec
		}
		e := &Engine{Watcher: l, Resync: row.skip}
		for _, v := range events(row.steps) {
			if err := e.Take(v); err != nil {
				t.Errorf("%s: %v", row.name, err)
			}
		}
		if got, want := strings.Join(l.lines, "\n"), strings.Join(row.want, "\n"); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", row.name, got, want)
		}
	}
}

// Cuts and other streams do not change the frames of a direction. All framings that the streams
// have share few Readers.
func TestAnyCut(t *testing.T) {
	const streams, rounds = 12, 200
	specs := []string{"u8", "lines", "netstring", "u32be", "slip", "varint", "chunked", "resp"}
	wires := map[string]string{
		"u8": "\x03abc\x00\x05hello", "lines": "one\n\nthree\nrest", "netstring": "5:hello,0:,3:abc,x", "u32be": "\x00\x00\x00\x02hi\x00\x00\x13\x88" + strings.Repeat("l", 5000) + "\x00\x00\x00\x01x",
		"slip": "\xc0ab\xdb\xdc\xc0\xc0cd\xdb\xc0ef\xc0", "varint": "\x02hi\x80\x01" + strings.Repeat("v", 128) + "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "chunked": "2\r\nhi\r\n0\r\n\r\n3\r\nabc\r\n", "resp": "+OK\r\n*2\r\n:1\r\n$2\r\nhi\r\n-ERR\r\nzz",
	}
	one := func(spec string, skip bool) string { // what a stream has if it comes in one piece
		l := &log{specs: map[[2]int]string{{0, 0}: spec}, skip: skip}
		e := &Engine{Watcher: l, Resync: skip}
		for _, v := range []capture.Event{{Kind: capture.Opened}, {Kind: capture.Bytes, Data: []byte(wires[spec])}, {Kind: capture.Ended}} {
			if err := e.Take(v); err != nil {
				t.Fatal(err)
			}
		}
		return joined(l.parts[[2]int{0, 0}])
	}
	for round := range uint64(rounds) {
		rnd := rand.New(rand.NewPCG(round, 1))
		skip := round%2 == 1
		l := &log{specs: map[[2]int]string{}, skip: skip}
		e := &Engine{Watcher: l, Resync: skip}
		rest := map[[2]int][]byte{}
		for i := range streams {
			for dir := range 2 {
				key := [2]int{i, dir}
				l.specs[key] = specs[rnd.IntN(len(specs))]
				rest[key] = []byte(wires[l.specs[key]])
			}
			e.Take(capture.Event{Kind: capture.Opened, Stream: i})
		}
		for len(rest) > 0 {
			key := [2]int{rnd.IntN(streams), rnd.IntN(2)}
			b := rest[key]
			if b == nil {
				continue
			}
			n := min(len(b), 1+rnd.IntN(1+rnd.IntN(6000)))
			if err := e.Take(capture.Event{Kind: capture.Bytes, Stream: key[0], Dir: key[1], Data: bytes.Clone(b[:n])}); err != nil {
				t.Fatal(err)
			}
			if rest[key] = b[n:]; n == len(b) {
				e.Take(capture.Event{Kind: capture.Closed, Stream: key[0], Dir: key[1]})
				delete(rest, key)
			}
		}
		for key, spec := range l.specs {
			if got, want := joined(l.parts[key]), one(spec, skip); got != want {
				t.Fatalf("round %d, %v %s, skip %v:\n%s\nwant\n%s", round, key, spec, skip, got, want)
			}
		}
		for i := range streams {
			e.Take(capture.Event{Kind: capture.Ended, Stream: i})
		}
		if len(e.streams) > 0 {
			t.Errorf("%d streams are left", len(e.streams))
		}
	}
}

// joined joins the lines of a log, without the times and the cuts.
func joined(lines []string) string {
	var b strings.Builder
	undecoded := ""
	for _, line := range lines {
		if _, text, ok := strings.Cut(line, "undecoded at "); ok {
			_, text, _ = strings.Cut(text, ": ")
			undecoded += strings.Trim(text, `"`)
			continue
		}
		if text, ok := strings.CutPrefix(line, "left "); ok && undecoded == "" {
			undecoded += strings.Trim(text, `"`)
			continue
		}
		line, _, _ = strings.Cut(line, " in ")
		b.WriteString(line + "\n")
	}
	return b.String() + undecoded
}

// A capture has the same frames by time as by stream.
func TestCaptures(t *testing.T) {
	for _, row := range []struct{ file, client, server string }{
		{"resp2.pcap", "resp", "resp"},
		{"dns_tcp4.pcap", "dns", "dns"},
		{"pcap_retransmit.pcap", "postgres:role=frontend", "postgres"},
		{"pcap_vlan.pcap", "postgres:role=frontend", "postgres"},
		{"tls13.pcap", "tls", "tls"},
		{"pcap_gap.pcap", "delim:a", ""},
	} {
		raw, err := os.ReadFile("../../../testdata/captures/" + row.file)
		if err != nil {
			t.Fatal(err)
		}
		specs := map[[2]int]string{{0, 0}: row.client, {0, 1}: row.server}
		byTime := &log{specs: specs, skip: true}
		e := &Engine{Watcher: byTime}
		if err := capture.Follow(bytes.NewReader(raw), capture.Pcap, capture.Limits{}, e.Take); err != nil {
			t.Fatal(err)
		}
		c, err := capture.Open(bytes.NewReader(raw), capture.Pcap, capture.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for dir, spec := range []string{row.client, row.server} {
			if spec == "" {
				continue
			}
			f, err := framing.Parse(spec)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			r := framing.NewReader(c.Read(capture.RefOf(0, dir)), f)
			for fr, err := range r.Frames() {
				if err != nil {
					if _, err := r.Recover(); err != nil {
						break
					}
					continue
				}
				want = append(want, fmt.Sprintf("#%d at %d: %q", fr.Index, fr.Offset, fr.Payload))
			}
			var got []string
			for _, line := range byTime.parts[[2]int{0, dir}] {
				if strings.HasPrefix(line, "#") {
					line, _, _ = strings.Cut(line, "\" in ")
					got = append(got, line+`"`)
				}
			}
			if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w || len(want) == 0 {
				t.Errorf("%s %d: %d frames, want %d", row.file, dir, len(got), len(want))
			}
		}
	}
}
