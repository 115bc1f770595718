//go:build unix

package serve

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"framecat/commands/internal/pump"
	"framecat/framing"
)

// serveAuto starts a server that finds the framing of each connection.
func serveAuto(t *testing.T, change func(o *Options)) *served {
	return serveU8(t, func(o *Options) {
		o.Finder, o.Theirs, o.Ours = new(pump.Finder), nil, nil
		o.Max = 0
		if change != nil {
			change(o)
		}
		codec, out, exec := o.Codec, o.To, o.ExecIn
		o.Adapt = func(spec string) (Dialect, error) {
			f, err := framing.Parse(spec)
			d := Dialect{Codec: codec, To: out, ExecIn: exec, Command: "framecat listen -f " + spec}
			d.Theirs = f
			if d.Ours == nil {
				d.Ours = f
			}
			return d, err
		}
	})
}

// messages returns the frames of n messages, which no other framing explains.
func messages(t *testing.T, spec string, n int) string {
	t.Helper()
	f, err := framing.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := framing.NewWriter(&b, f)
	for i := range n {
		w.Write(fmt.Appendf(nil, "message %d of %s %s", i*7919, spec, strings.Repeat("x", i*5%13)))
	}
	w.Flush()
	return b.String()
}

// Connections may have different framings at once. All that came before the framing was found is
// answered too, however it was cut, and what a peer sends after it.
func TestAutoFramings(t *testing.T) {
	s := serveAuto(t, func(o *Options) { o.KeepOpen, o.Echo, o.Report.Quiet = true, true, true })
	var peers sync.WaitGroup
	for _, spec := range []string{"netstring", "u16be", "u32le", "varint", "netstring"} {
		for _, size := range []int{1, 7, 1000, 1 << 20} {
			sends := messages(t, spec, 20)
			peers.Go(func() {
				c := s.dial()
				go func() {
					for rest := sends; rest != ""; {
						n, _ := io.WriteString(c, rest[:min(size, len(rest))])
						rest = rest[n:]
					}
					c.CloseWrite()
				}()
				if got, err := io.ReadAll(c); string(got) != sends || err != nil {
					t.Errorf("%s, writes of %d bytes: %d bytes came back, want %d; %v\n%s", spec, size, len(got), len(sends), err, &s.errs)
				}
			})
		}
	}
	peers.Wait()
	if status := s.stop(); status != 0 {
		t.Errorf("status %d", status)
	}
}

// A framing is reported once, with the command for it.
func TestAutoReportsOnce(t *testing.T) {
	s := serveAuto(t, func(o *Options) { o.KeepOpen = true })
	for range 3 {
		s.ask(messages(t, "netstring", 5))
	}
	s.stop()
	if n := strings.Count(s.errs.String(), "bits of evidence; go on with: framecat listen -f netstring\n"); n != 1 {
		t.Errorf("%d reports:\n%s", n, &s.errs)
	}
	if n := strings.Count(s.out.String(), "message 0 of netstring"); n != 3 {
		t.Errorf("%d first messages:\n%s", n, &s.out)
	}
}

// A connection whose framing is not found is closed, with a report of what came. Others go on.
func TestAutoRefuses(t *testing.T) {
	noise := make([]byte, 70_000)
	for i, x := 0, uint64(1); i < len(noise); i++ {
		x = x*6364136223846793005 + 1442695040888963407
		noise[i] = byte(x >> 56)
	}
	for _, row := range []struct{ name, sends, want string }{
		{"a short line", "hello\n", `unknown; the best guess, lines, has 0 of the 24 bits of evidence needed` + "\nframecat: hint: the bytes that came are \"hello\\n\"\n"},
		{"too few bytes", "\x01", "unknown: it has only 1 byte\nframecat: hint: the bytes that came are 01\n"},
		{"noise", string(noise), "is unknown\nframecat: hint: the bytes that came begin with"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", "unknown: it looks like a PNG picture\n"},
		{"nothing", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := serveAuto(t, func(o *Options) { o.KeepOpen = true })
			if got := s.ask(row.sends); got != "" {
				t.Errorf("%d bytes came back", len(got))
			}
			s.ask(messages(t, "netstring", 5))
			s.stop()
			if errs := s.errs.String(); !strings.Contains(errs, row.want) || row.want == "" && strings.Contains(errs, "unknown") {
				t.Errorf("want %q in\n%s", row.want, errs)
			}
			if !strings.HasPrefix(s.out.String(), "message 0 of netstring") {
				t.Errorf("the next connection printed %q", s.out.String())
			}
		})
	}
}

// Many connections without a framing do not flood: the advice is printed once.
func TestAutoAdvisesOnce(t *testing.T) {
	s := serveAuto(t, func(o *Options) { o.KeepOpen, o.Keep = true, "nc" })
	for i := range 5 {
		s.ask(fmt.Sprintf("hello %d\n", i))
	}
	s.stop()
	for _, row := range []struct {
		text string
		want int
	}{{"is unknown", 5}, {"the bytes that came are \"hello ", 5}, {"it looks like text; try -f lines", 1}, {"to keep the bytes that come, run nc\n", 1}} {
		if n := strings.Count(s.errs.String(), row.text); n != row.want {
			t.Errorf("%q: %d times, want %d:\n%s", row.text, n, row.want, &s.errs)
		}
	}
}

// The only connection sets the status.
func TestAutoStatus(t *testing.T) {
	s := serveAuto(t, nil)
	s.ask("hello\n")
	if status := s.status(); status != 3 {
		t.Errorf("status %d, want 3\n%s", status, &s.errs)
	}
}

// While a peer is silent and its framing is unknown, that is reported once; the connection stays
// open, and goes on when more comes.
func TestAutoSilent(t *testing.T) {
	for _, keep := range []bool{false, true} {
		s := serveAuto(t, func(o *Options) { o.KeepOpen = keep })
		c := s.dial()
		sends := messages(t, "netstring", 8)
		io.WriteString(c, sends[:12])
		for end := time.Now().Add(patience); !strings.Contains(s.errs.String(), "waiting for more"); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("nothing is reported:\n%s", &s.errs)
			}
		}
		io.WriteString(c, sends[12:])
		c.CloseWrite()
		io.Copy(io.Discard, c)
		if keep {
			s.stop()
		} else if status := s.status(); status != 0 {
			t.Errorf("status %d\n%s", status, &s.errs)
		}
		if n := strings.Count(s.out.String(), "message"); n != 8 {
			t.Errorf("%d messages\n%s", n, &s.errs)
		}
		if n := strings.Count(s.errs.String(), "waiting for more"); n != 1 {
			t.Errorf("%d reports\n%s", n, &s.errs)
		}
	}
}

// Messages of standard input go to a connection when its framing is found, and are sent in it.
func TestAutoStdin(t *testing.T) {
	for _, row := range []struct{ sends, ours, want, errs string }{
		{messages(t, "netstring", 5), "", "3:one,3:two,", ""},
		{messages(t, "u16be", 8), "", "\x00\x03one\x00\x03two", ""},
		{messages(t, "u16be", 8), "lines", "one\ntwo\n", ""},
		{"hello\n", "", "", "messages of standard input were not sent"},
		{"", "", "", "messages of standard input were not sent"},
	} {
		s := serveAuto(t, func(o *Options) {
			o.Stdin = textFile(t, "one\ntwo\n")
			if row.ours != "" {
				o.Ours, _ = framing.Parse(row.ours)
			}
		})
		if got := s.ask(row.sends); got != row.want {
			t.Errorf("%.20q: got %q, want %q", row.sends, got, row.want)
		}
		s.status()
		if !strings.Contains(s.errs.String(), row.errs) {
			t.Errorf("%.20q: want %q in\n%s", row.sends, row.errs, &s.errs)
		}
	}
}

// The process of a connection starts when the framing is found, and reads all messages.
func TestAutoExec(t *testing.T) {
	s := serveAuto(t, func(o *Options) { o.KeepOpen, o.Exec = true, "cat" })
	for _, spec := range []string{"netstring", "u16be"} {
		sends := messages(t, spec, 8)
		if got := s.ask(sends); got != sends {
			t.Errorf("%s: got %q", spec, got)
		}
	}
	if s.ask("hello\n") != "" {
		t.Error("a process answered a connection that was refused")
	}
	s.stop()
}

// Connections whose framing is unknown keep what has arrived, and take no memory from the others.
func TestAutoMemory(t *testing.T) {
	s := serveAuto(t, func(o *Options) { o.KeepOpen, o.Echo, o.MaxMemory, o.Report.Quiet = true, true, 400<<10, true })
	for range 8 {
		c := s.dial()
		io.WriteString(c, strings.Repeat("\xc3\x28\x9f", 700))
	}
	for range 3 {
		sends := messages(t, "netstring", 50)
		if got := s.ask(sends); got != sends {
			t.Errorf("%d of %d bytes came back", len(got), len(sends))
		}
	}
	s.stop()
}

// A time limit of the connection counts before its framing is known too, and shows what came.
func TestAutoTimeout(t *testing.T) {
	s := serveAuto(t, func(o *Options) { o.Deadlines.Frame = 100 * time.Millisecond })
	c := s.dial()
	io.WriteString(c, "hello\n")
	if b, _ := io.ReadAll(c); len(b) > 0 {
		t.Errorf("got %q", b)
	}
	if status := s.status(); status != 1 {
		t.Errorf("status %d", status)
	}
	want := "nothing more arrived, and no framing was found within --frame-timeout 100ms\nframecat: hint: the bytes that came are \"hello\\n\""
	if !strings.Contains(s.errs.String(), want) {
		t.Errorf("want %q in\n%s", want, &s.errs)
	}
}
