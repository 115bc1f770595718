package capture

import (
	"bytes"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/gopacket/gopacket/reassembly"

	"framecat/commands/internal/peers"
)

// peerEvents are streams of IPv4, IPv6 and without addresses. Gaps are short: gopacket does not
// read on after long ones.
func peerEvents(seed uint64, gaps bool) []Event {
	events := randomEvents(rand.New(rand.NewPCG(seed, 1)), 6, 400, gaps)
	events[1].Client, events[1].Server = "[fd00::1]:4000", "[fd00::2]:40000"
	events[2].Client, events[2].Server = "unix:/run/a", "exec:cat"
	for i := range events {
		events[i].Lost &= 1<<20 - 1
	}
	return events
}

// total returns what a direction sent, without gaps.
func total(events []Event, stream, dir int) (all []byte) {
	list, _ := model(events, stream, dir)
	for _, p := range list {
		all = append(all, p.data...)
	}
	return all
}

// gopacket reads a recording, and puts its streams together.
func TestRecorderGopacket(t *testing.T) {
	for seed := range uint64(8) {
		events := peerEvents(seed, seed%2 == 1)
		r, err := pcapgo.NewNgReader(bytes.NewReader(recordingOf(t, 1<<31-uint32(seed), events)), pcapgo.NgReaderOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.SectionInfo().Application; got != "framecat" {
			t.Errorf("the application is %q", got)
		}
		streams := &assembledStreams{}
		a := reassembly.NewAssembler(reassembly.NewStreamPool(streams))
		source := gopacket.NewPacketSource(r, layers.LinkTypeRaw)
		for {
			p, err := source.NextPacket()
			if err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			tcp := p.TransportLayer().(*layers.TCP)
			tcp.SetNetworkLayerForChecksum(p.NetworkLayer())
			if !p.Metadata().Truncated {
				if err, mismatches := p.VerifyChecksums(); err != nil || len(mismatches) > 0 {
					t.Fatalf("seed %d: checksums: %v, %v", seed, err, mismatches)
				}
			}
			a.AssembleWithContext(p.NetworkLayer().NetworkFlow(), tcp, contextOf(p.Metadata().CaptureInfo))
		}
		a.FlushAll()
		for i := range 6 {
			for dir := range 2 {
				if want := total(events, i, dir); !bytes.Equal(streams.list[i].sent[dir], want) {
					t.Errorf("seed %d, stream %d, direction %d: %d bytes, want %d, or others", seed, i, dir, len(streams.list[i].sent[dir]), len(want))
				}
			}
		}
		if r.NInterfaces() != 1 {
			t.Fatalf("%d interfaces", r.NInterfaces())
		}
		if i, _ := r.Interface(0); i.Statistics.PacketsReceived == 0 {
			t.Error("there are no statistics")
		}
	}
}

// The other side acknowledges what one side sends, with few packets of its own.
func TestRecorderAcknowledges(t *testing.T) {
	for _, row := range []struct {
		size, events int
		replies      bool // each event is followed by one of the other side
		packets      int
	}{
		{1, 640, false, 640 + 10},
		{1, 640, true, 2 * 640},
		{64 << 10, 100, false, 200 + 100/4}, // each read is more than a segment
		{60000, 100, true, 200},
		{1 << 20, 10, false, 10*17 + 10*4},
	} {
		events := []Event{opens(0, clientEnd, serverEnd)}
		for range row.events {
			if events = append(events, step(0, 1, Bytes, strings.Repeat("x", row.size))); row.replies {
				events = append(events, step(0, 0, Bytes, "y"))
			}
		}
		r, err := pcapgo.NewNgReader(bytes.NewReader(recordingOf(t, 5, events)), pcapgo.NgReaderOptions{})
		if err != nil {
			t.Fatal(err)
		}
		packets, segments, most := -3, 0, 0 // without the handshake
		var acked uint32
		for p := range gopacket.NewPacketSource(r, layers.LinkTypeRaw).Packets() {
			packets++
			tcp := p.TransportLayer().(*layers.TCP)
			switch {
			case tcp.SrcPort == 4000:
				acked, segments = tcp.Ack, 0
			case !tcp.SYN:
				segments++
				most = max(most, int(tcp.Seq-acked)+len(tcp.Payload))
			}
			if segments > maxUnseenSegs {
				t.Fatalf("%d segments are not acknowledged, want at most %d", segments, maxUnseenSegs)
			}
		}
		if packets != row.packets || most > maxUnseen+maxPayload {
			t.Errorf("reads of %d, with replies %v: %d packets, want %d; up to %d bytes not acknowledged", row.size, row.replies, packets, row.packets, most)
		}
	}
}

type contextOf gopacket.CaptureInfo

func (c contextOf) GetCaptureInfo() gopacket.CaptureInfo { return gopacket.CaptureInfo(c) }

type assembledStreams struct{ list []*assembledStream }

func (s *assembledStreams) New(_, _ gopacket.Flow, _ *layers.TCP, _ reassembly.AssemblerContext) reassembly.Stream {
	s.list = append(s.list, &assembledStream{})
	return s.list[len(s.list)-1]
}

type assembledStream struct{ sent [2][]byte }

func (*assembledStream) Accept(*layers.TCP, gopacket.CaptureInfo, reassembly.TCPFlowDirection, reassembly.Sequence, *bool, reassembly.AssemblerContext) bool {
	return true
}

func (s *assembledStream) ReassembledSG(sg reassembly.ScatterGather, _ reassembly.AssemblerContext) {
	n, _ := sg.Lengths()
	dir := 0
	if d, _, _, _ := sg.Info(); d == reassembly.TCPDirServerToClient {
		dir = 1
	}
	s.sent[dir] = append(s.sent[dir], sg.Fetch(n)...)
}

func (*assembledStream) ReassemblyComplete(reassembly.AssemblerContext) bool { return true }

// runTshark runs tshark with a recording. Its checks of checksums are on.
func runTshark(t *testing.T, raw []byte, args ...string) string {
	t.Helper()
	tshark := peers.Path(t, "tshark", "apt-get install tshark")
	name := filepath.Join(t.TempDir(), "recording.pcapng")
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	args = append([]string{"-r", name, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"}, args...)
	cmd := exec.Command(tshark, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, &stderr)
	}
	return string(out)
}

// tshark finds nothing wrong, and the same bytes.
func TestRecorderTshark(t *testing.T) {
	events := peerEvents(1, false)
	raw := recordingOf(t, 0xffff8000, events)
	args := []string{"-T", "fields", "-e", "tcp.analysis.flags", "-e", "tcp.checksum.status", "-e", "ip.checksum.status"}
	for i := range 6 {
		args = append(args, "-z", "follow,tcp,raw,"+strconv.Itoa(i))
	}
	fields, follow, _ := strings.Cut(runTshark(t, raw, args...), "\n=")
	for line := range strings.Lines(fields) {
		if f := strings.Trim(line, "\n"); f != "\t1\t1" && f != "\t1\t" { // IPv6 has no checksum
			t.Errorf("tshark finds fault with a packet: %q", f)
		}
	}
	var sent [6][2][]byte
	stream := 0
	for line := range strings.Lines(follow) {
		if n, ok := strings.CutPrefix(line, "Filter: tcp.stream eq "); ok {
			stream, _ = strconv.Atoi(strings.TrimSpace(n))
		} else if b, err := hex.DecodeString(strings.TrimSpace(line)); err == nil {
			dir := len(line) - len(strings.TrimLeft(line, "\t"))
			sent[stream][dir] = append(sent[stream][dir], b...)
		}
	}
	for i := range 6 {
		for dir := range 2 {
			if got, want := sent[i][dir], total(events, i, dir); !bytes.Equal(got, want) {
				t.Errorf("stream %d, direction %d: %d bytes, want %d, or others", i, dir, len(got), len(want))
			}
		}
	}
}

// tshark finds the gaps that are lost events, and no others.
func TestRecorderTsharkGaps(t *testing.T) {
	events := []Event{opens(0, clientEnd, serverEnd)}
	for i := range 5 {
		events = append(events, step(0, 0, Bytes, "abc"), step(0, 1, Bytes, "d"), loses(0, i%2, 1000))
	}
	events = append(events, step(0, 0, Bytes, "e"), step(0, 1, Bytes, "f"))
	raw := recordingOf(t, 0, events)
	for line := range strings.Lines(runTshark(t, raw, "-Y", "tcp.analysis.flags", "-T", "fields", "-e", "_ws.expert.message")) {
		for note := range strings.SplitSeq(strings.TrimSpace(line), ",") {
			if !strings.HasPrefix(note, "ACKed segment that wasn't captured") && !strings.HasPrefix(note, "Previous segment(s) not captured") {
				t.Errorf("tshark reports %q", note)
			}
		}
	}
	follow := runTshark(t, raw, "-q", "-z", "follow,tcp,ascii,0")
	if n := strings.Count(follow, "[1000 bytes missing in capture file]"); n != 5 {
		t.Errorf("%d gaps, want 5:\n%s", n, follow)
	}
}

// A comment names what has no address; times are in nanoseconds.
func TestRecorderTsharkFields(t *testing.T) {
	raw := recordingOf(t, 0, []Event{opens(0, "unix:/run/a", "exec:cat"), step(0, 0, Bytes, "a")})
	got := runTshark(t, raw, "-T", "fields", "-e", "frame.comment", "-e", "frame.time_epoch", "-e", "ip.src", "-e", "tcp.len")
	want := "client unix:/run/a, server exec:cat\t1714979289.123456789\t127.1.0.0\t0\n" +
		"\t1714979289.123456789\t127.2.0.0\t0\n" +
		"\t1714979289.123456789\t127.1.0.0\t0\n" +
		"\t1714979289.124456789\t127.1.0.0\t1\n"
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
