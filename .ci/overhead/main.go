// Overhead measures what framecat tap costs, beside socat and a plain io.Copy relay in Go:
//
//	go build -o framecat . && go run .ci/overhead/main.go ./framecat
//
// All relays run at once and take many short turns in random order, since other work on the machine
// disturbs each turn. It prints the median of the turns of each relay, the median of the ratios
// between two relays in the same round, and the limit that tap must keep. It needs Linux and socat.
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
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

const messageSize = 256 // of the payload, in bytes

var (
	rounds   = flag.Int("rounds", 20, "how many turns each relay has")
	mib      = flag.Int("mib", 32, "how many MiB a turn relays")
	trips    = flag.Int("trips", 2000, "how many round trips a turn makes")
	rateTime = flag.Duration("rate", 5*time.Second, "how long 50,000 messages a second are sent")
	only     = flag.String("only", "", "a regular expression: which of throughput, json, trips, rate, stuck to measure")
	with     = flag.String("with", "", "flags of one more tap, which is measured too")
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
	also := func(list ...relay) []relay {
		if *with != "" {
			list = append(list, tap(framecat, "tap "+*with, strings.Fields(*with)...))
		}
		return list
	}
	selected := regexp.MustCompile(*only)
	if selected.MatchString("throughput") {
		f := speeds("64 KiB writes", make([]byte, 64<<10), also(copies, socat, wide, quiet))
		f.want(quiet, socat, 1.0, false)
		f.want(quiet, wide, 1.0, false)
	}
	if selected.MatchString("json") {
		f := speeds(fmt.Sprintf("messages of %d bytes", messageSize), messages(), also(socat, wide, json))
		f.want(json, socat, 0.5, false)
		f.want(json, wide, 0.5, false)
	}
	if selected.MatchString("trips") {
		half, most := roundTrips(also(copies, socat, quiet, json))
		for _, r := range []relay{quiet, json} {
			half.want(r, copies, 1.1, true)
			most.want(r, copies, 1.5, true)
		}
	}
	if selected.MatchString("rate") {
		r := json.start()
		rate(r.client, r.server)
		last := r.end()
		fmt.Printf("\n50,000 messages a second for %v: %s\n", *rateTime, last)
		judge(strings.HasSuffix(last, ", 0 dropped views"), "no view is dropped")
	}
	if selected.MatchString("stuck") {
		f := speeds("messages beside a view that is stuck", messages(), also(quiet, block, killed, log, record))
		for _, r := range []relay{block, killed, log, record} {
			f.want(r, quiet, 0.8, false)
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

// A running relay has one connection.
type running struct {
	relay
	cmd            *exec.Cmd
	stderr         *os.File
	stdout         []*os.File
	client, server net.Conn
}

// start starts the relay, with a target, and makes a connection.
func (r relay) start() *running {
	target := must(net.Listen("tcp", "127.0.0.1:0"))
	defer target.Close()
	address := freeAddress()
	_, port, _ := net.SplitHostPort(address)
	words := strings.NewReplacer("{listen}", address, "{port}", port, "{target}", target.Addr().String())
	var args []string
	for _, a := range r.args {
		args = append(args, words.Replace(a))
	}
	run := &running{relay: r, cmd: exec.Command(args[0], args[1:]...), stderr: must(os.CreateTemp(dir, "stderr"))}
	run.cmd.Stderr = run.stderr
	if r.stdout != nil {
		to, other := r.stdout()
		run.cmd.Stdout, run.stdout = to, []*os.File{to, other}
	}
	check(run.cmd.Start())
	run.client = dial(address)
	run.server = must(target.Accept())
	return run
}

// end ends the relay. It returns the last line that the relay printed on stderr.
func (r *running) end() string {
	r.client.Close()
	r.server.Close()
	time.Sleep(100 * time.Millisecond)
	r.cmd.Process.Signal(syscall.SIGTERM)
	r.cmd.Wait()
	for _, f := range append(r.stdout, r.stderr) {
		if f != nil {
			f.Close()
		}
	}
	lines := strings.Split(strings.TrimSpace(string(must(os.ReadFile(r.stderr.Name())))), "\n")
	return lines[len(lines)-1]
}

func end(list []*running) {
	for _, r := range list {
		r.end()
	}
}

// used returns the peak of the memory, and the time on a processor.
func (r *running) used() (kib int, cpu time.Duration) {
	text := string(must(os.ReadFile(fmt.Sprintf("/proc/%d/status", r.cmd.Process.Pid))))
	_, rest, _ := strings.Cut(text, "VmHWM:")
	fmt.Sscan(rest, &kib)
	fields := strings.Fields(string(must(os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.cmd.Process.Pid)))))
	var user, system int
	fmt.Sscan(fields[13]+" "+fields[14], &user, &system)
	return kib, time.Duration(user+system) * 10 * time.Millisecond
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

// take lets relays take turns, each with a short pause after it in which a view can catch up.
func take(relays []relay, turn func(r *running)) (list []*running) {
	for _, r := range relays {
		list = append(list, r.start())
	}
	for range *rounds {
		for _, i := range rand.Perm(len(list)) {
			turn(list[i])
			time.Sleep(20 * time.Millisecond)
		}
	}
	return list
}

// speeds measures how fast copies of a piece get through, in MiB a second.
func speeds(what string, piece []byte, relays []relay) figures {
	f := figures{}
	n := *mib << 20 / len(piece)
	buf := make([]byte, 256<<10)
	list := take(relays, func(r *running) {
		start := time.Now()
		go func() {
			for range n {
				r.client.Write(piece)
			}
		}()
		for left := n * len(piece); left > 0; {
			got, err := r.server.Read(buf)
			check(err)
			left -= got
		}
		f[r.name] = append(f[r.name], float64(n*len(piece))/(1<<20)/time.Since(start).Seconds())
	})
	f.print("MiB/s of "+what, list)
	end(list)
	return f
}

// roundTrips measures the time that a message and its reply take, in microseconds: the median and
// the 99th percentile of each turn.
func roundTrips(relays []relay) (half, most figures) {
	half, most = figures{}, figures{}
	m := messages()[:4+messageSize]
	b := make([]byte, len(m))
	echoes := map[*running]bool{}
	list := take(relays, func(r *running) {
		if !echoes[r] {
			echoes[r] = true
			go io.Copy(struct{ io.Writer }{r.server}, struct{ io.Reader }{r.server})
		}
		var all []float64
		for range *trips {
			start := time.Now()
			must(r.client.Write(m))
			must(io.ReadFull(r.client, b))
			all = append(all, float64(time.Since(start).Nanoseconds())/1000)
		}
		slices.Sort(all)
		half[r.name] = append(half[r.name], all[len(all)/2])
		most[r.name] = append(most[r.name], all[len(all)*99/100])
	})
	half.print(fmt.Sprintf("µs a round trip of %d bytes, p50", messageSize), list)
	most.print("the same, p99", list)
	end(list)
	return half, most
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

// figures are those of all turns of each relay.
type figures map[string][]float64

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// print prints the medians, with what the processes used.
func (f figures) print(what string, list []*running) {
	fmt.Printf("\n%s\n", what)
	for _, r := range list {
		kib, cpu := r.used()
		fmt.Printf("  %-28s %9.1f   %6.2fs of CPU   peak %d MiB\n", r.name, median(f[r.name]), cpu.Seconds(), kib>>10)
	}
}

// want compares a relay with another: the ratio must be at least the limit, or at most.
func (f figures) want(r, with relay, limit float64, most bool) {
	var ratios []float64
	for i, v := range f[r.name] {
		ratios = append(ratios, v/f[with.name][i])
	}
	ratio := median(ratios)
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
