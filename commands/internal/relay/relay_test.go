//go:build unix

package relay

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/link"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits at most for something that must happen.
const patience = 20 * time.Second

// size is how many bytes the tests of transparency send each way.
func size() int {
	if n, err := strconv.Atoi(os.Getenv("FRAMECAT_RELAY_BYTES")); err == nil {
		return n
	}
	return 1 << 20
}

// A shared buffer is written to by the relay and read by the test.
type shared struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// A digest is the number of some bytes, and their hash: two streams are equal if these are.
type digest struct {
	n   int64
	sum hash.Hash
}

func newDigest() *digest { return &digest{sum: sha256.New()} }

func (d *digest) Write(p []byte) (int, error) {
	d.n += int64(len(p))
	return d.sum.Write(p)
}

func (d *digest) String() string { return fmt.Sprintf("%d bytes %x", d.n, d.sum.Sum(nil)[:8]) }

// A record keeps what a watcher has seen.
type record struct {
	data   [2]digest
	lost   [2]int64
	events []string // of all kinds but Bytes
}

func (r *record) watch(e capture.Event) {
	switch d := &r.data[e.Dir]; e.Kind {
	case capture.Bytes:
		if d.sum == nil {
			d.sum = sha256.New()
		}
		d.Write(e.Data)
	case capture.Lost:
		r.lost[e.Dir] += e.Lost
	default:
		r.events = append(r.events, fmt.Sprint(e.Stream, text(e)))
	}
}

// randomBytes returns n bytes.
func randomBytes(rnd *rand.Rand, n int) []byte {
	b := make([]byte, n+8)
	for i := 0; i < n; i += 8 {
		binary.LittleEndian.PutUint64(b[i:], rnd.Uint64())
	}
	return b[:n]
}

// writeChunks writes random bytes in chunks of random sizes, and then ends the stream.
func writeChunks(w io.Writer, size int, seed uint64, end func() error) (*digest, error) {
	rnd, sent := rand.New(rand.NewPCG(seed, 3)), newDigest()
	for size > 0 {
		n := min(size, 1+rnd.IntN(1<<rnd.IntN(18)))
		data := randomBytes(rnd, n)
		sent.Write(data)
		if _, err := w.Write(data); err != nil {
			return sent, err
		}
		size -= n
	}
	return sent, end()
}

// readChunks reads to the end in chunks of random sizes.
func readChunks(r io.Reader, seed uint64) (*digest, error) {
	rnd, got := rand.New(rand.NewPCG(seed, 4)), newDigest()
	buf := make([]byte, 1<<18)
	for {
		n, err := r.Read(buf[:1+rnd.IntN(1<<rnd.IntN(18))])
		got.Write(buf[:n])
		if err == io.EOF {
			return got, nil
		}
		if err != nil {
			return got, err
		}
	}
}

// exchange writes random bytes to both ends of a connection, about size each, and reads them from
// the other. It returns what was written to each end, and what came from there.
func exchange(t *testing.T, c, s net.Conn, size int, seed uint64) (sent, got [2]*digest) {
	var wg sync.WaitGroup
	for side, nc := range []net.Conn{c, s} {
		wg.Go(func() {
			var err error
			if sent[side], err = writeChunks(nc, size+side, seed, func() error { return link.CloseWrite(nc) }); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			var err error
			if got[1-side], err = readChunks(nc, seed); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return sent, got
}

var allKinds = [][2]string{{"tcp", "tcp"}, {"tcp", "unix"}, {"unix", "tcp"}, {"unix", "unix"}, {"tls", "tls"}, {"tls", "tcp"}, {"tcp", "tls"}}

// Random bytes both ways arrive as they were sent, and watchers see them.
func TestTransparent(t *testing.T) {
	for i, kinds := range allKinds {
		for watchers := range 3 {
			t.Run(fmt.Sprint(kinds[0], " to ", kinds[1], ", watchers: ", watchers), func(t *testing.T) {
				records := make([]record, watchers)
				r := start(t, kinds, func(o *Options) {
					for i := range records {
						o.Watch = append(o.Watch, Watcher{Take: records[i].watch})
					}
				})
				c, s := r.connect()
				c.SetDeadline(time.Time{})
				s.SetDeadline(time.Time{})
				sent, got := exchange(t, c, s, size(), uint64(i))
				r.signals <- syscall.SIGTERM
				r.wait()
				for dir := range 2 {
					if got[dir].String() != sent[dir].String() {
						t.Errorf("direction %d: %s, want %s", dir, got[dir], sent[dir])
					}
					for i := range records {
						seen, lost := &records[i].data[dir], records[i].lost[dir]
						if seen.n+lost != sent[dir].n || lost == 0 && seen.String() != sent[dir].String() || r.totals.Missed[i].Bytes[dir] != lost {
							t.Errorf("direction %d: watcher %d saw %s, lost %d, missed %v", dir, i, seen, lost, r.totals.Missed[i])
						}
					}
				}
				if want := [2]int64{sent[0].n, sent[1].n}; r.totals.Bytes != want || r.totals.Connections != 1 || r.err != nil {
					t.Errorf("totals %+v, error %v", r.totals, r.err)
				}
			})
		}
	}
}

// The end of one direction is passed on; the other goes on.
func TestHalfClose(t *testing.T) {
	for _, kinds := range allKinds {
		for _, first := range []int{client, target} {
			var seen record
			r := start(t, kinds, func(o *Options) { o.Watch = []Watcher{{Take: seen.watch}} })
			var ends [2]net.Conn
			ends[0], ends[1] = r.connect()
			here, there := ends[first], ends[1-first]
			io.WriteString(here, "question")
			link.CloseWrite(here)
			if b, err := io.ReadAll(there); string(b) != "question" || err != nil {
				t.Errorf("%v: %q, %v", kinds, b, err)
			}
			io.WriteString(there, "answer")
			there.Close()
			if b, err := io.ReadAll(here); string(b) != "answer" || err != nil {
				t.Errorf("%v: %q, %v", kinds, b, err)
			}
			r.signals <- syscall.SIGTERM
			r.wait()
			want := []string{"[0open 0>closed 0<closed 0end]", "[0open 0<closed 0>closed 0end]"}[first]
			if got := fmt.Sprint(seen.events); got != want || r.err != nil {
				t.Errorf("%v: events %s, want %s; error %v", kinds, got, want, r.err)
			}
		}
	}
}

// A reset is passed on, after what was sent before it. So is the end of a TLS connection without
// close_notify: the other side must not take that for the end of the stream.
func TestReset(t *testing.T) {
	for _, kinds := range [][2]string{{"tcp", "tcp"}, {"tls", "tcp"}, {"tcp", "tls"}} {
		for _, watched := range []bool{false, true} {
			for _, first := range []int{client, target} {
				name := fmt.Sprint(kinds, ", watched: ", watched, ", first: ", first)
				var seen record
				r := start(t, kinds, func(o *Options) {
					if watched {
						o.Watch = []Watcher{{Take: seen.watch}}
					}
				})
				var ends [2]net.Conn
				ends[0], ends[1] = r.connect()
				here, there := ends[first], ends[1-first]
				io.WriteString(here, "before")
				if _, err := io.ReadFull(there, make([]byte, 6)); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				link.Reset(here)
				if _, err := there.Read(make([]byte, 1)); err == nil || err == io.EOF {
					t.Errorf("%s: %v, want a reset", name, err)
				}
				r.says([]string{"the client", "the target"}[first] + " reset the connection")
				r.signals <- syscall.SIGTERM
				r.wait()
				want := []string{"[0open 0>reset 0end]", "[0open 0<reset 0end]"}[first]
				if got := fmt.Sprint(seen.events); watched && got != want || r.err != nil {
					t.Errorf("%s: events %s, want %s; error %v", name, got, want, r.err)
				}
			}
		}
	}
}

// A server that closes with unread data resets the connection. What it answered before that still
// reaches the client, and then the reset.
func TestResetWithAnswer(t *testing.T) {
	for _, watched := range []bool{false, true} {
		r := start(t, [2]string{"tcp", "tcp"}, func(o *Options) {
			if watched {
				o.Watch = []Watcher{{Take: func(capture.Event) {}}}
			}
		})
		c, s := r.connect()
		go func() {
			b := make([]byte, 64<<10)
			for {
				if _, err := c.Write(b); err != nil {
					return
				}
			}
		}()
		io.ReadFull(s, make([]byte, 1000))
		io.WriteString(s, "413 too large")
		if _, err := io.ReadFull(c, make([]byte, 13)); err != nil {
			t.Errorf("watched %t: the answer: %v", watched, err)
		}
		s.Close()
		// The write may have taken the error.
		if _, err := io.ReadAll(c); err == nil && runtime.GOOS == "linux" && !link.IsBroken(c) {
			t.Errorf("watched %t: the stream ends, want a reset", watched)
		}
		r.stop()
	}
}

// Without close_notify, TLS is cut: the other side gets a reset, and that is reported.
func TestCutTLS(t *testing.T) {
	r := start(t, [2]string{"tls", "tcp"}, nil)
	c, s := r.connect()
	io.WriteString(c, "before")
	io.ReadFull(s, make([]byte, 6))
	c.(interface{ NetConn() net.Conn }).NetConn().Close()
	if _, err := s.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%v, want a reset", err)
	}
	r.says("the client: the connection ended without close_notify")
}
