// Overhead measures what framecat tap costs, beside socat and a plain io.Copy relay in Go:
//
//	go build -o framecat . && go run .ci/overhead/main.go ./framecat
//
// All relays take turns in one run, and figures are medians, because other work on the machine
// disturbs each turn. It prints each figure, its ratio, and the limit that tap must keep. It needs
// Linux and socat.
package main

import (
	"bufio"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

const messageSize = 256 // of the payload, in bytes

var (
	rounds   = flag.Int("rounds", 5, "how often each relay has its turn")
	mib      = flag.Int("mib", 512, "how many MiB a turn relays")
	trips    = flag.Int("trips", 10000, "how many round trips a turn makes")
	rateTime = flag.Duration("rate", 5*time.Second, "how long 50,000 messages a second are sent")
	only     = flag.String("only", "", "a regular expression: which of throughput, json, trips, rate, stuck to measure")
	dir      string // for files
	fails    bool
)

func main() {
	if len(os.Args) == 4 && os.Args[1] == "copy" {
		check(plain(os.Args[2], os.Args[3]))
		return
	}
	flag.Parse()
	framecat := flag.Arg(0)
	if framecat == "" {
		check(fmt.Errorf("usage: go run .ci/overhead/main.go [flags] FRAMECAT"))
	}
	dir = must(os.MkdirTemp("", "overhead"))
	defer os.RemoveAll(dir)
	var (
		copies = relay{name: "io.Copy", args: []string{must(os.Executable()), "copy", "{listen}", "{target}"}}
		socat  = relay{name: "socat", args: []string{"socat", "TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr", "TCP:{target}"}}
		wide   = relay{name: "socat -b 65536", args: slices.Insert(slices.Clone(socat.args), 1, "-b", "65536")}
		quiet  = tap(framecat, "tap -q", "-q")
		json   = tap(framecat, "tap -o json >/dev/null", "-o", "json")
		log    = tap(framecat, "tap --log /dev/full", "--log", "/dev/full")
		record = tap(framecat, "tap --record /dev/full", "-q", "--record", "/dev/full")
		block  = tap(framecat, "tap, stdout is never read", "-o", "json")
		killed = tap(framecat, "tap, stdout is closed", "-o", "json")
	)
	block.stdout, killed.stdout = full, closed
	selected := regexp.MustCompile(*only)
	if selected.MatchString("throughput") {
		t := take("MiB/s of 64 KiB writes", throughput(make([]byte, 64<<10)), copies, socat, wide, quiet)
		t.want(quiet, socat, 1.0, false)
		t.want(quiet, wide, 1.0, false)
	}
	if selected.MatchString("json") {
		t := take(fmt.Sprintf("MiB/s of messages of %d bytes", messageSize), throughput(messages()), socat, wide, json)
		t.want(json, socat, 0.5, false)
		t.want(json, wide, 0.5, false)
	}
	if selected.MatchString("trips") {
		for _, q := range []float64{0.5, 0.99} {
			t := take(fmt.Sprintf("µs a round trip of %d bytes, p%.0f", messageSize, 100*q), roundTrips(q), copies, socat, quiet, json)
			limit := 1.1
			if q > 0.5 {
				limit = 1.5
			}
			t.want(quiet, copies, limit, true)
			t.want(json, copies, limit, true)
		}
	}
	if selected.MatchString("rate") {
		last := json.run(rate)
		fmt.Printf("\n50,000 messages a second for %v: %s\n", *rateTime, last)
		judge(strings.HasSuffix(last, ", 0 dropped views"), "no view is dropped")
	}
	if selected.MatchString("stuck") {
		shown := take("MiB/s beside a view that is stuck, kernel copy", throughput(messages()), quiet, block, killed, log, record)
		for _, r := range []relay{block, killed, log, record} {
			shown.want(r, quiet, 0.8, false)
		}
	}
	if fails {
		os.Exit(1)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func must[T any](v T, err error) T {
	check(err)
	return v
}

// plain is the relay that others are compared with.
func plain(address, target string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		s, err := net.Dial("tcp", target)
		if err != nil {
			return err
		}
		pass := func(to, from net.Conn) {
			io.Copy(to, from)
			to.(*net.TCPConn).CloseWrite()
		}
		go pass(s, c)
		go pass(c, s)
	}
}

// A relay is a program that relays one connection, or several.
type relay struct {
	name   string
	args   []string // with {listen}, {port} and {target}
	stdout func() (to, release *os.File)
}

func tap(framecat, name string, flags ...string) relay {
	return relay{name: name, args: append([]string{framecat, "tap", "-f", "u32be", "{listen}", "{target}"}, flags...), stdout: null}
}

// Where relays print.
func null() (to, release *os.File) { return must(os.OpenFile(os.DevNull, os.O_WRONLY, 0)), nil }

func full() (to, release *os.File) { // a pipe that nobody reads
	r, w, err := os.Pipe()
	check(err)
	return w, r
}

func closed() (to, release *os.File) {
	r, w, err := os.Pipe()
	check(err)
	r.Close()
	return w, nil
}

// run starts the relay, with a target, lets use make a connection and use it, and ends it. It
// returns the last line that the relay printed on stderr.
func (r relay) run(use func(client, server net.Conn)) string {
	target := must(net.Listen("tcp", "127.0.0.1:0"))
	defer target.Close()
	address := freeAddress()
	_, port, _ := net.SplitHostPort(address)
	words := strings.NewReplacer("{listen}", address, "{port}", port, "{target}", target.Addr().String())
	var args []string
	for _, a := range r.args {
		args = append(args, words.Replace(a))
	}
	cmd := exec.Command(args[0], args[1:]...)
	stderr := must(os.Create(filepath.Join(dir, "stderr")))
	defer stderr.Close()
	cmd.Stderr = stderr
	if r.stdout != nil {
		to, release := r.stdout()
		cmd.Stdout = to
		defer to.Close()
		if release != nil {
			defer release.Close()
		}
	}
	check(cmd.Start())
	client := dial(address)
	server := must(target.Accept())
	use(client, server)
	client.Close()
	server.Close()
	time.Sleep(50 * time.Millisecond)
	peak := peakMemory(cmd.Process.Pid)
	cmd.Process.Signal(syscall.SIGTERM)
	cmd.Wait()
	memory[r.name] = max(memory[r.name], peak)
	lines := strings.Split(strings.TrimSpace(string(must(os.ReadFile(stderr.Name())))), "\n")
	return lines[len(lines)-1]
}

// memory is the peak of each relay, in KiB.
var memory = map[string]int{}

func peakMemory(pid int) (kib int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // socat has ended
	if _, rest, ok := strings.Cut(string(text), "VmHWM:"); ok {
		fmt.Sscan(rest, &kib)
	}
	return kib
}

func freeAddress() string {
	l := must(net.Listen("tcp", "127.0.0.1:0"))
	defer l.Close()
	return l.Addr().String()
}

func dial(address string) net.Conn {
	for start := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if err == nil {
			return c
		}
		if time.Since(start) > 10*time.Second {
			check(err)
		}
	}
}

// messages returns about 64 KiB of frames.
func messages() (b []byte) {
	payload := make([]byte, messageSize)
	for i := range payload {
		payload[i] = 'a' + byte(rand.IntN(26))
	}
	for len(b) < 64<<10 {
		b = binary.BigEndian.AppendUint32(b, messageSize)
		b = append(b, payload...)
	}
	return b
}

// A measure uses a relay, and returns a figure.
type measure func(r relay) float64

// throughput returns how fast pieces get through, in MiB a second.
func throughput(piece []byte) measure {
	return func(r relay) (speed float64) {
		r.run(func(client, server net.Conn) {
			n := *mib << 20 / len(piece)
			start := time.Now()
			go func() {
				for range n {
					client.Write(piece)
				}
				client.(*net.TCPConn).CloseWrite()
			}()
			got := must(io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{server}, make([]byte, 256<<10)))
			if got != int64(n*len(piece)) {
				check(fmt.Errorf("%s: %d bytes arrived of %d", r.name, got, n*len(piece)))
			}
			speed = float64(got) / (1 << 20) / time.Since(start).Seconds()
		})
		return speed
	}
}

// roundTrips returns a quantile of the time that a message and its reply take, in microseconds.
func roundTrips(q float64) measure {
	return func(r relay) float64 {
		var all []time.Duration
		r.run(func(client, server net.Conn) {
			go io.Copy(struct{ io.Writer }{server}, struct{ io.Reader }{server})
			m := messages()[:4+messageSize]
			b := make([]byte, len(m))
			for range *trips {
				start := time.Now()
				must(client.Write(m))
				must(io.ReadFull(client, b))
				all = append(all, time.Since(start))
			}
		})
		slices.Sort(all)
		return float64(all[int(q*float64(len(all)-1))].Nanoseconds()) / 1000
	}
}

// rate sends 50,000 messages a second, each as a write.
func rate(client, server net.Conn) {
	go io.Copy(io.Discard, server)
	m := messages()[:4+messageSize]
	out := bufio.NewWriterSize(client, 4<<10)
	start := time.Now()
	for sent := 0; time.Since(start) < *rateTime; {
		for due := int(time.Since(start).Seconds() * 50000); sent < due; sent++ {
			must(out.Write(m))
			check(out.Flush())
		}
		time.Sleep(time.Millisecond)
	}
}

// figures are the medians of relays.
type figures map[string]float64

// take lets the relays take turns, and prints their medians.
func take(what string, m measure, relays ...relay) figures {
	fmt.Printf("\n%s\n", what)
	all := map[string][]float64{}
	for range *rounds {
		for _, r := range relays {
			all[r.name] = append(all[r.name], m(r))
		}
	}
	f := figures{}
	for _, r := range relays {
		v := all[r.name]
		slices.Sort(v)
		f[r.name] = v[len(v)/2]
		fmt.Printf("  %-28s %9.1f  (%.1f to %.1f)", r.name, f[r.name], v[0], v[len(v)-1])
		if kib := memory[r.name]; kib > 0 {
			fmt.Printf("  peak %d MiB", kib>>10)
		}
		fmt.Println()
	}
	return f
}

// want compares a relay with another: the ratio must be at least the limit, or at most.
func (f figures) want(r, with relay, limit float64, most bool) {
	ratio := f[r.name] / f[with.name]
	ok, word := ratio >= limit, "at least"
	if most {
		ok, word = ratio <= limit, "at most"
	}
	judge(ok, fmt.Sprintf("%s is %.2f × %s; want %s %.1f", r.name, ratio, with.name, word, limit))
}

func judge(ok bool, text string) {
	word := "ok  "
	if !ok {
		word, fails = "FAIL", true
	}
	fmt.Println(" ", word, text)
}
