//go:build unix

package commands

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"framecat/framing"
)

// A stream that passes through listen and send in its own framing stays the same, byte for byte:
// where it is printed, where it is read from standard input, and on both sides of a process.
func TestHeadersSurvive(t *testing.T) {
	covered := map[string]bool{}
	for spec, stream := range conversations() {
		covered[framing.Lookup(spec).Name] = true
		t.Run(spec, func(t *testing.T) {
			t.Parallel()
			passes(t, "process", stream, []string{"-f", spec, "-i", spec, "-o", spec, "--exec", "cat"}, []string{"-f", spec, "-i", spec, "-o", spec})
			passes(t, "echo", stream, []string{"-f", spec, "-o", spec, "--echo"}, []string{"-f", spec, "-i", spec, "-o", spec, "--chunk", "3,1,7000", "--gap", "0"})
		})
	}
	for _, e := range framing.Entries() {
		if !covered[e.Name] && !e.Details().Opens() && !e.Details().Traits().Timed {
			t.Errorf("no stream of %s was tested", e.Name)
		}
	}
}

// passes sends a stream to listen, which sends it back. Both print it.
func passes(t *testing.T, name string, stream []byte, listen, send []string) {
	t.Helper()
	l := startNet(t, nil, append([]string{"listen", "0"}, listen...)...)
	s := startNet(t, textFile(t, string(stream)), append([]string{"send", l.addr}, send...)...)
	for _, r := range []*runner{s, l} {
		if got := r.status(); got != 0 {
			t.Fatalf("%s: status %d, %s", name, got, r.errors())
		}
		if got := r.output(); got != string(stream) {
			t.Errorf("%s: %s", name, difference(got, string(stream)))
		}
	}
}

// difference shows where two streams begin to differ.
func difference(got, want string) string {
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	return fmt.Sprintf("from byte %d on: % x, want % x", i, got[i:min(i+20, len(got))], want[i:min(i+20, len(want))])
}

// So does a stream that is sent frame by frame, and over TLS.
func TestHeadersSurviveOtherWays(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	a.server("server")
	for spec, stream := range conversations() {
		if !slices.Contains(withHeaders, spec) || len(stream) > 100_000 {
			continue
		}
		same := []string{"-f", spec, "-i", spec, "-o", spec}
		passes(t, "lockstep", stream, append([]string{"--echo"}, same...), append([]string{"--lockstep", "--chunk", "header", "--gap", "0"}, same...))
		passes(t, "TLS", stream, append([]string{"--cert", a.file("server"), "--exec", "cat"}, same...), append([]string{"--ca", a.file("ca")}, same...))
	}
}

// withHeaders are framings whose frames have other headers than those that encode writes.
var withHeaders = strings.Fields("mqtt postgres http2 amqp mysql docker fastcgi websocket stomp")

// Messages of the standard input of listen keep their headers, and so do messages in JSON.
func TestHeadersFromStdin(t *testing.T) {
	t.Parallel()
	for spec, stream := range conversations() {
		if !slices.Contains(withHeaders, spec) {
			continue
		}
		l := startNet(t, textFile(t, string(stream)), "listen", "-f", spec, "-i", spec, "0")
		s := startNet(t, nil, "send", "-f", spec, "-o", spec, "--expect", strconv.Itoa(reads(spec, stream)), l.addr)
		if got := s.status(); got != 0 {
			t.Errorf("%s: status %d, %s", spec, got, s.errors())
		}
		if got := s.output(); !strings.HasPrefix(string(stream), got) || strings.TrimRight(string(stream[len(got):]), "\r\n") != "" { // fill may follow the last frame
			t.Errorf("%s: %s", spec, difference(got, string(stream)))
		}
		l.status()

		objects, _, _ := run(t, string(stream), "decode", "-f", spec, "-o", "json")
		canonical, _, status := run(t, objects, "encode", "-f", spec, "-i", "json")
		if status != 0 || len(canonical) < len(stream)*9/10 {
			t.Fatalf("%s: status %d, %d bytes of %d", spec, status, len(canonical), len(stream))
		}
		l = startNet(t, nil, "listen", "-q", "-f", spec, "-i", "json", "-o", "json", "--exec", "cat", "0")
		s = startNet(t, textFile(t, objects), "send", "-f", spec, "-i", "json", "-o", spec, l.addr)
		s.want(0, canonical)
		l.want(0, "")
	}
}

// conversations returns a stream for each spec of the recorded streams and the test vectors, and
// for each row of the table: its examples, and those with another header that the row can read.
var conversations = sync.OnceValue(func() map[string][]byte {
	streams := map[string][]byte{}
	counts := map[string]int{}
	add := func(spec string, part []byte) {
		outer, _, _ := strings.Cut(spec, "/")
		if e := framing.Lookup(outer); e != nil && e.Details().Opens() { // the two ends begin differently
			return
		}
		both := slices.Concat(streams[spec], part)
		if n := reads(spec, both); len(part) > 0 && len(both) < 1<<20 && n > counts[spec] {
			streams[spec], counts[spec] = both, n
		}
	}
	for _, e := range framing.Entries() {
		if e.Details().Traits().Timed { // files have no times
			continue
		}
		for _, x := range e.Details().Examples() {
			frame := []byte(strings.NewReplacer("|", "", "~", "").Replace(x.Frame)) // without its marks
			others := frame
			for i := range len(frame) * 8 {
				other := bytes.Clone(frame)
				other[i/8] ^= 1 << (i % 8)
				if reads(x.Spec, slices.Concat(frame, other, frame)) == 3 {
					others = append(others, other...)
				}
			}
			add(x.Spec, others)
		}
	}
	var captures []struct{ File, Spec string }
	try(json.Unmarshal(must(os.ReadFile("../testdata/captures/manifest.json")), &captures))
	for _, c := range captures {
		add(c.Spec, must(os.ReadFile("../testdata/captures/"+c.File)))
	}
	var vectors []struct {
		Framing string
		Wire    json.RawMessage
		Options map[string]any
	}
	try(json.Unmarshal(must(os.ReadFile("../testdata/vectors.json")), &vectors))
	for _, v := range vectors {
		var text string
		if len(v.Options) == 0 && json.Unmarshal(v.Wire, &text) == nil {
			wire, _ := hex.DecodeString(text)
			add(v.Framing, wire)
		}
	}
	return streams
})

// reads returns how many frames there are in a stream, or -1 if it has faults.
func reads(spec string, stream []byte) (n int) {
	for _, err := range framing.NewReader(bytes.NewReader(stream), must(framing.Parse(spec))).Frames() {
		if err != nil {
			return -1
		}
		n++
	}
	return n
}

// try panics if there is an error.
func try(err error) {
	if err != nil {
		panic(err)
	}
}
