//go:build linux

package e2e

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// A soak is one server or relay under load for a long time: many connections come, send messages,
// read slowly, stop inside a frame, or reset, and others take their place.
type soak struct {
	t        *testing.T
	l        *listener
	address  string
	conns    int           // how many are open at once
	pause    time.Duration // the mean time between two messages of a connection
	messages int           // the mean number of messages of a connection
	answers  bool          // messages come back
	prints   bool          // they are printed as JSON
	relay    *soakRelay    // what is beyond tap; nil for listen
	count    *soakCount
	records  *soakRecords // the messages that are printed; nil if they are not
	stop     chan struct{}
}

// TestSoak loads listen, and then tap, for a few seconds or, with FRAMECAT_SOAK, for as long as
// that says: .ci/soak does so. Every message that was sent completely on a connection that was not
// reset must come back or be printed: once, whole and in order. With tap it must do both, and the
// last line must count what was sent. Memory, descriptors, goroutines and processes must
// not become more.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("it loads the machine")
	}
	t.Parallel()
	lasts, conns, pause, long := time.Second/2, 60, 20*time.Millisecond, false
	if text := os.Getenv("FRAMECAT_SOAK"); text != "" {
		lasts, long = must(time.ParseDuration(text)), true
		conns, pause = 2000, time.Second
		if n, err := strconv.Atoi(os.Getenv("FRAMECAT_SOAK_CONNS")); err == nil {
			conns = n
		}
	}
	for _, row := range []struct {
		name     string
		args     []string
		messages int
	}{
		{"echo", []string{"--echo", "-q"}, 10},
		// Long connections: a process takes time to start; on a busy machine, longer than --linger is by default.
		{"exec", []string{"--exec", "cat", "--linger", "5m", "-q"}, 40},
		{"json", []string{"-o", "json"}, 10},
		{"tap", []string{"-f", "u32be", "-o", "json", "--record"}, 10},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := &soak{
				t: t, conns: conns, pause: pause, messages: row.messages, answers: row.name != "json", prints: row.name == "json",
				count: new(soakCount), stop: make(chan struct{}),
			}
			if row.name == "tap" {
				s.prints, s.relay = true, newSoakRelay(t)
				row.args = append(row.args, "ring:10MiB:"+s.relay.ring)
				if long { // as many messages, on fewer connections
					s.conns, s.pause = conns/10, pause/10
				} else { // fewer messages than a queue of tap holds, so that all must be shown
					s.conns, lasts = conns/2, lasts/2
				}
			}
			s.run(row.args, lasts, long)
		})
	}
}

// run loads one server, and judges what was seen.
func (s *soak) run(args []string, lasts time.Duration, long bool) {
	args = append(args, "--max-conns", strconv.Itoa(s.conns+50), "0")
	if s.relay != nil {
		s.start(append([]string{"tap"}, append(args, s.relay.address)...))
	} else {
		s.start(append([]string{"listen", "-k", "--frame-timeout", "5m", "--timeout", (lasts + 4*soakPatience).String()}, args...))
	}
	before := s.sample()
	ended := make(chan struct{})
	go func() {
		s.load()
		close(ended)
	}()
	samples := s.watch(lasts, long)
	close(s.stop)
	select {
	case <-ended:
	case <-time.After(2 * soakPatience):
		s.t.Error("some connections do not end")
	}
	after := s.settle(before)
	s.l.cmd.Process.Signal(syscall.SIGTERM) // SIGINT is ignored in background jobs
	select {
	case err := <-s.l.ended:
		if err != nil {
			s.t.Errorf("framecat: %v", err)
		}
	case <-time.After(time.Minute):
		s.t.Error("framecat does not end")
		s.l.cmd.Process.Kill()
	}
	s.records.check(s.count)
	if s.relay != nil {
		s.relay.check(s)
	}
	if !long { // too short to compare
		samples = nil
	}
	s.judge(before, samples, after)
	fmt.Printf("soak %s: %d connections, %d messages, %d wrong or lost\n", s.t.Name(), s.count.visits.Load(), s.count.good.Load(), s.count.bad.Load())
}

// watch takes samples, and prints them as a table if the soak is long.
func (s *soak) watch(lasts time.Duration, long bool) (samples []soakSample) {
	every := max(lasts/30, 250*time.Millisecond)
	if long {
		fmt.Printf("%8s %9s %12s %9s %7s %8s %11s %10s %6s\n", "time", "conns", "messages", "RSS KiB", "fds", "threads", "goroutines", "processes", "wrong")
	}
	for began := time.Now(); time.Since(began) < lasts; {
		time.Sleep(every)
		v := s.sample()
		samples = append(samples, v)
		if long {
			fmt.Printf("%8s %9d %12d %9d %7d %8d %11d %10d %6d\n", time.Since(began).Round(time.Second), s.count.open.Load(),
				s.count.good.Load(), v.rss, v.fds, v.threads, v.goroutines, v.processes, s.count.bad.Load())
		}
	}
	return samples
}

// settle waits until the connections of the server have ended, and memory was returned.
func (s *soak) settle(before soakSample) (v soakSample) {
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		v = s.sample()
		if v.fds <= before.fds+soakSpare && v.goroutines <= before.goroutines+soakSpare && v.processes <= before.processes || time.Now().After(end) {
			return v
		}
	}
}

// soakSpare is how many descriptors and goroutines more than at the start are no leak.
const soakSpare = 8

// judge compares the second quarter of the samples with the last, and the end with the start.
func (s *soak) judge(before soakSample, samples []soakSample, after soakSample) {
	if s.count.bad.Load() > 0 {
		s.t.Errorf("%d messages are wrong or lost: %s", s.count.bad.Load(), s.count.first())
	}
	if s.count.good.Load() == 0 {
		s.t.Error("no message arrived")
	}
	if n := len(samples) / 4; n > 0 {
		for _, row := range []struct {
			what  string
			of    func(soakSample) int
			spare int
		}{
			{"KiB of memory", func(v soakSample) int { return v.rss }, 24 << 10},
			{"descriptors", func(v soakSample) int { return v.fds }, 50},
			{"threads", func(v soakSample) int { return v.threads }, s.conns/2 + 20}, // one waits for each process
			{"goroutines", func(v soakSample) int { return v.goroutines }, s.conns/4 + 50},
			{"processes", func(v soakSample) int { return v.processes }, 50},
		} {
			early, late := mean(samples[n:2*n], row.of), mean(samples[len(samples)-n:], row.of)
			if late > early+early/5+row.spare {
				s.t.Errorf("%d %s in the second quarter, %d in the last", early, row.what, late)
			}
		}
	}
	if after.fds > before.fds+soakSpare || after.goroutines > before.goroutines+soakSpare || after.processes > before.processes {
		s.t.Errorf("after all connections %+v are left, at the start %+v", after, before)
	}
}

func mean(samples []soakSample, of func(soakSample) int) (sum int) {
	for _, v := range samples {
		sum += of(v)
	}
	return sum / len(samples)
}
