package input

import (
	"fmt"
	"io"
	"os"
	"strings"

	"framecat/commands/internal/capture"

	"framecat/commands/internal/report"
)

// A Choice says what inputs are and which of their streams to read.
type Choice struct {
	Kind      string // of --capture
	Stream    int64  // -1 is all
	Direction string // "" is both
}

// noCapture complains if a stream was chosen where there is just one, without a name.
func (ch Choice) noCapture() error {
	if ch.Stream >= 0 || ch.Direction != "" {
		return report.Usage("this is no capture: --stream and --direction have nothing to choose from")
	}
	return nil
}

// Silence says that a capture has packets, and no bytes in them.
const Silence = "the TCP packets of the capture carry no bytes"

// Streams are the byte streams of an input: itself, or those of a capture. Done is to
// be called when they were read.
func (in Input) Streams(ch Choice) (all []Input, done func(), err error) {
	done = func() {}
	if in.Text != nil {
		return []Input{in}, done, nil
	}
	if ch.Kind == "raw" {
		return []Input{in}, done, ch.noCapture()
	}
	src, err := in.openFile()
	if err != nil {
		return nil, done, err
	}
	kind, head, err := kindOf(src.file, ch.Kind)
	if err == nil && kind == capture.Raw {
		in.file, in.head = src.file, head // a pipe can't be opened again
		return []Input{in}, src.Close, ch.noCapture()
	}
	if err != nil {
		src.Close()
		return nil, done, err
	}
	var from io.Reader = src.file
	if len(head) > 0 {
		from = io.MultiReader(strings.NewReader(string(head)), src.file)
	}
	c, err := capture.Open(from, kind)
	if err != nil {
		src.Close()
		return nil, done, err
	}
	done = func() { c.Close(); src.Close() }
	var refs []capture.Ref
	for i, s := range c.Streams() {
		for d, dir := range s.Dirs {
			if (dir.Bytes != 0 || dir.Gaps > 0) && (ch.Stream < 0 || ch.Stream == int64(i)) && (ch.Direction == "" || dir.Name == "" || ch.Direction == dir.Name) {
				one := in
				one.Recorded = &recorded{c, s, capture.Ref{Stream: i, Dir: d}}
				all = append(all, one)
				refs = append(refs, capture.Ref{Stream: i, Dir: d})
			}
		}
	}
	c.Plan(refs...)
	if len(all) == 0 {
		if err = c.Damage(); err == nil && (ch.Stream >= 0 || ch.Direction != "") {
			err = report.Usage("the capture holds no such stream: it has %s", report.Count(int64(len(c.Streams())), "stream"))
		}
	}
	return all, done, err
}

// kindOf looks at the start of a file. What it had to take from a pipe, it returns.
func kindOf(f *os.File, kind string) (k capture.Kind, head []byte, err error) {
	switch kind {
	case "pcap":
		return capture.Pcap, nil, nil
	case "hexdump":
		return capture.Hexdump, nil, nil
	}
	head = make([]byte, 4<<10)
	if isRegular(f) {
		at, err := f.Seek(0, io.SeekCurrent)
		if err != nil {
			return 0, nil, err
		}
		n, err := f.ReadAt(head, at)
		return capture.Detect(head[:n]), nil, noEOF(err)
	}
	n := 0
	for err == nil && n < len(head) && capture.Undecided(head[:n]) { // what is live must not wait for more
		var k int
		k, err = f.Read(head[n:])
		n += k
	}
	return capture.Detect(head[:n]), head[:n], noEOF(err)
}

// A recorded stream is one direction of a connection in a capture.
type recorded struct {
	capture *capture.Capture
	Stream  capture.Stream
	Ref     capture.Ref
}

// Direction is what the capture tells of it.
func (r *recorded) Direction() capture.Direction { return r.Stream.Dirs[r.Ref.Dir] }

// named says whether it is one of several: the one stream of a dump needs no name.
func (r *recorded) named() bool { return r != nil && r.Direction().Name != "" }

// Name is what --stream and --direction call it.
func (r *recorded) Name() string {
	return fmt.Sprintf("stream %d %s", r.Ref.Stream, r.Direction().Name)
}

// Label says who sent it to whom.
func (r *recorded) Label() string {
	if !r.named() {
		return ""
	}
	d := r.Direction()
	s := r.Name()
	if ends := r.Stream.Label(r.Ref.Dir); ends != "" {
		s += "  " + ends
	}
	if d.Bytes >= 0 {
		s += "  " + report.Count(d.Bytes, "byte")
	}
	if d.Segments >= 0 {
		s += " in " + report.Count(int64(d.Segments), "segment")
	}
	if d.Gaps > 0 {
		s += ", " + report.Count(int64(d.Gaps), "gap")
	}
	return s
}

// OneStream complains if there are several streams where one is needed.
func OneStream(all []Input) error {
	if len(all) < 2 {
		return nil
	}
	first, last := all[0].Recorded.Ref.Stream, all[len(all)-1].Recorded.Ref.Stream
	text := fmt.Sprintf("the capture holds %d streams", len(all))
	hint := "choose one with --stream N, and --direction c2s or s2c; inspect shows them all"
	if first == last {
		text = fmt.Sprintf("stream %d has two directions, and --direction is missing", first)
		hint = "choose one with --direction c2s or s2c; inspect shows both"
	}
	for i, in := range all {
		if i == 20 {
			text += fmt.Sprintf("\n    … %d more", len(all)-i)
			break
		}
		text += "\n    " + in.Recorded.Label()
	}
	f := report.Usage("%s", text)
	f.Hints = []string{hint}
	return f
}

// Damaged is what is wrong with a capture file behind what could be read of it.
func (r *recorded) Damaged() error {
	if r == nil {
		return nil
	}
	return r.capture.Damage()
}

// Members are those of a JSON object that tell which stream of a capture it is about.
func (r *recorded) Members() []byte {
	if !r.named() {
		return nil
	}
	return fmt.Appendf(nil, `,"stream":%d,"direction":%q`, r.Ref.Stream, r.Direction().Name)
}

// name, appendTags and appendFrameTags make the stream of a capture a sender.
func (s *Source) Name() string { return s.of.Name() }

func (s *Source) AppendTags(dst []byte) []byte { return append(dst, s.of.Members()...) }

// AppendFrameTags appends when a frame came, and in how many segments.
func (s *Source) AppendFrameTags(dst []byte, offset, size int64) []byte {
	first, segments := s.Recorded.At(offset, size)
	if first.IsZero() {
		return dst
	}
	dst = first.AppendFormat(append(dst, `,"time":"`...), "2006-01-02T15:04:05.000000000Z07:00")
	return fmt.Appendf(dst, `","segments":%d`, segments)
}
