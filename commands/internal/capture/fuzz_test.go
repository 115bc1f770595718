package capture

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/gopacket/gopacket/layers"
)

// readAll reads the start of every stream. It checks that errors are of the documented types,
// and that there are as many bytes and gaps as were listed.
func readAll(t *testing.T, raw []byte, kind Kind) {
	c, err := Open(struct{ io.Reader }{bytes.NewReader(raw)}, kind, Limits{})
	if err != nil {
		if !IsDamage(err) {
			t.Fatalf("%T: %v", err, err)
		}
		return
	}
	defer c.Close()
	if err := c.Damage(); err != nil && !known(err) {
		t.Fatalf("%T: %v", err, err)
	}
	for i, s := range c.Streams() {
		for j, d := range s.Dirs {
			src := c.Read(RefOf(i, j))
			var total, gaps int64
			buf := make([]byte, 32<<10)
			for total < 1<<20 {
				n, err := src.Read(buf)
				total += int64(n)
				if _, ok := err.(*Gap); ok {
					gaps++
				} else if err == io.EOF || known(err) {
					if d.Bytes >= 0 && (total != d.Bytes || int(gaps) != d.Gaps) {
						t.Errorf("%d bytes and %d gaps, listed as %+v", total, gaps, d)
					}
					break
				} else if err != nil {
					t.Fatalf("%T: %v", err, err)
				}
			}
			if held := cap(src.queue.data); held > 64<<20 {
				t.Errorf("%d bytes in memory", held)
			}
			src.Close()
		}
	}
}

func known(err error) bool {
	var f *FileError
	var s *SyntaxError
	return errors.As(err, &f) || errors.As(err, &s)
}

func FuzzPcap(f *testing.F) {
	for _, rec := range recordings {
		t := &testing.T{}
		f.Add(written(t, format{link: layers.LinkTypeEthernet}, rec.packets))
		f.Add(written(t, format{link: layers.LinkTypeRaw, ng: true}, rec.packets))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		Detect(raw)
		readAll(t, raw, Pcap)
	})
}

func FuzzHexdump(f *testing.F) {
	for _, d := range dumps {
		f.Add([]byte(d.dump))
	}
	for _, name := range []string{"hex_nulruns_hexdump_C.txt", "hex_dns_tshark_follow_hex.txt"} {
		raw, err := os.ReadFile("../../../testdata/captures/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw[:min(len(raw), 3000)])
	}
	t := &testing.T{}
	var frames []frame
	for _, p := range hello {
		frames = append(frames, frame{data: frameOf(t, format{link: layers.LinkTypeEthernet}, p)})
	}
	f.Add([]byte(tcpdump(frames, true)))
	f.Add([]byte(tshark(frames, "", true)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, n := range []int{len(raw) / 4, len(raw) / 2, len(raw) - 1} {
			if n > 0 && !Undecided(raw[:n]) && Detect(raw[:n]) != Detect(raw) {
				t.Errorf("%d bytes were decided to be kind %d, all bytes are kind %d", n, Detect(raw[:n]), Detect(raw))
			}
		}
		readAll(t, raw, Hexdump)
	})
}
