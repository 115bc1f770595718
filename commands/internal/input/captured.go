package input

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/report"
)

// A Choice selects the type of the inputs, and which streams of a capture to read.
type Choice struct {
	Kind       string // the value of --capture
	Decompress string // the value of --decompress; "" is auto
	Stream     int64  // -1 is all
	Direction  string // "" is both
	Empty      bool   // choose streams without bytes too
	Starts     bool   // only the first DetectSize bytes of each stream will be read
	Timed      bool   // times count: the start of a pipe is looked at as it comes, and is not waited for
	Count      int64  // the value of --count, which commands in hints repeat; 0 is none
}

// checkNotCapture returns an error if a stream was chosen, for an input that is not a capture.
func (ch Choice) checkNotCapture() error {
	if ch.Stream >= 0 || ch.Direction != "" {
		return report.Usage("the input is not a capture: --stream and --direction are only for captures")
	}
	return nil
}

// NoData is the note for a capture that has no stream to read.
const NoData = "the TCP packets of the capture carry no bytes"

// Streams are the byte streams of an input: the input itself, or those of a capture.
type Streams struct {
	in      Input
	capture *capture.Capture // nil if the input is not a capture
	refs    []capture.Ref    // the directions that were chosen; of millions of streams, only this is held
}

// Len returns how many streams there are.
func (s Streams) Len() int { return len(s.refs) }

// At returns a stream as an input of its own.
func (s Streams) At(i int) Input {
	in := s.in
	if s.capture != nil {
		in.Recorded = &recorded{s.in.packed, s.capture, s.capture.Stream(int(s.refs[i].Stream)), s.refs[i]}
	}
	return in
}

// Note returns a note for --verbose about how the input is read, or "".
func (s Streams) Note() string {
	if s.in.packed == nil {
		return ""
	}
	return fmt.Sprintf("%s: decompressing %s data", s.in.Shown(), s.in.packed.name)
}

// just returns the input itself as the only stream.
func just(in Input) Streams { return Streams{in: in, refs: make([]capture.Ref, 1)} }

// A recognised input is open, and it is known what it is.
type recognised struct {
	src  *Source // nil if it need not be opened
	kind capture.Kind
}

// Recognise opens an input and finds out whether it is a capture. Then call Streams or Follow of
// the input that it returns.
func (in Input) Recognise(ch Choice) (Input, error) {
	if in.known != nil {
		return in, nil
	}
	in.choice, in.known = ch, &recognised{}
	if in.text != nil || ch.Kind == "raw" {
		return in, nil
	}
	gate := in.work.gate()
	gate.Leave() // the start of a pipe must arrive
	defer gate.Enter()
	src, err := in.openFile()
	if err != nil {
		return in, err
	}
	if err = in.look(src.file, ch); err == nil {
		in.known.kind, err = in.kindOf(ch.Kind)
	}
	if in.known.src = src; err != nil {
		src.Close()
	}
	return in, err
}

// IsCapture reports whether an input that was recognised is a capture.
func (in Input) IsCapture() bool { return in.known != nil && in.known.kind != capture.Raw }

// Piped reports whether an input that was recognised comes through a pipe, or another file that
// cannot be read again.
func (in Input) Piped() bool { return !isRegular(in.file) }

// Again reports whether Follow can read an input that was recognised after Streams.
func (in Input) Again() bool { return in.packed == nil && !in.Piped() }

// Streams returns the byte streams of an input. The caller calls done when it has read them,
// also after an error.
func (in Input) Streams(ch Choice) (all Streams, done func(), err error) {
	done = func() {}
	if in, err = in.Recognise(ch); err != nil {
		return all, done, err
	}
	src := in.known.src
	if !in.IsCapture() {
		if src != nil {
			done = src.Close
		}
		if in.text == nil {
			err = ch.checkNotCapture()
		}
		return just(in), done, err
	}
	gate := in.work.gate()
	gate.Leave() // a capture is read to its end
	defer gate.Enter()
	in.work.lists(src.file)
	c, err := capture.Open(in.sound(), in.known.kind, in.limits())
	if err != nil {
		src.Close()
		return all, done, cmp.Or(in.packed.damage(), err)
	}
	done = func() { c.Close(); src.Close() }
	all = Streams{in, c, ch.of(c)}
	if ch.Starts && in.seek == 0 { // a start ends at a gap, after which the bytes to read may lie
		c.PlanStarts(DetectSize, all.refs...)
	} else {
		c.Plan(all.refs...)
	}
	if all.Len() == 0 {
		err = cmp.Or(in.packed.damage(), c.Damage(), ch.notFound(c))
	}
	return all, done, err
}

// notFound returns the error for a choice of which a capture has no bytes, or nil if all streams
// are chosen.
func (ch Choice) notFound(c *capture.Capture) error {
	from := map[string]string{"": "no bytes", "c2s": "no bytes from the client (c2s)", "s2c": "no bytes from the server (s2c)"}[ch.Direction]
	switch n := int64(c.Len()); {
	case ch.Stream < 0 && ch.Direction == "":
		return nil
	case ch.Stream < 0:
		return report.Usage("this capture has %s, with %s", report.Count(n, "stream"), from)
	case ch.Stream < n:
		return report.Usage("stream %d has %s", ch.Stream, from)
	case n == 1:
		return report.Usage("there is no stream %d: this capture has 1 stream, number 0", ch.Stream)
	default:
		return report.Usage("there is no stream %d: this capture has %s, 0 to %d", ch.Stream, report.Count(n, "stream"), n-1)
	}
}

// limits lets the * of a dump stand for any number of bytes if --length bounds what is read.
func (in Input) limits() (l capture.Limits) {
	if in.length >= 0 {
		l.Repeats = math.MaxInt64
	}
	return l
}

// of returns the directions of a capture that are chosen.
func (ch Choice) of(c *capture.Capture) (refs []capture.Ref) {
	for i, s := range c.Streams() {
		for d, dir := range s.Dirs {
			if (ch.Empty || dir.Bytes != 0 || dir.Gaps > 0) && (ch.Stream < 0 || ch.Stream == int64(i)) && (ch.Direction == "" || dir.Name == "" || ch.Direction == dir.Name) {
				refs = append(refs, capture.RefOf(i, d))
			}
		}
	}
	return refs
}

// look opens the input: it is not opened again, because a pipe can be read only once. If the
// file is compressed, what it holds is the input.
func (in *Input) look(f *os.File, ch Choice) (err error) {
	if in.file = f; ch.Decompress != "never" {
		in.packed, in.head, err = decompressed(f)
	}
	return err
}

// whole returns a reader of all bytes of an input that look has opened.
func (in *Input) whole() io.Reader {
	if in.packed != nil {
		return in.afterHead(in.packed)
	}
	return in.afterHead(in.file)
}

// sound returns the reader for a capture, which ends where compressed data is damaged: what was
// recorded before is shown first.
func (in *Input) sound() io.Reader {
	if in.packed != nil {
		return in.afterHead(soundPart{in.packed})
	}
	return in.afterHead(in.file)
}

func (in *Input) afterHead(rest io.Reader) io.Reader {
	if len(in.head) == 0 {
		return rest
	}
	return io.MultiReader(bytes.NewReader(in.head), rest)
}

// headSize is how many bytes of an input are read to find out what it is.
const headSize = 4 << 10

// kindOf returns what kind of capture an input is, from its start. What it has to read for that
// is added to the head of the input, unless it can be read again.
func (in *Input) kindOf(kind string) (k capture.Kind, err error) {
	switch kind {
	case "pcap":
		return capture.Pcap, nil
	case "hexdump":
		return capture.Hexdump, nil
	}
	if isRegular(in.file) && in.packed == nil {
		head := make([]byte, headSize)
		at, err := in.file.Seek(0, io.SeekCurrent)
		if err != nil {
			return 0, err
		}
		n, err := in.file.ReadAt(head, at)
		return capture.Detect(head[:n]), noEOF(err)
	}
	all := in.whole()
	head := make([]byte, headSize)
	n := 0
	for err == nil && n < len(head) && capture.Undecided(head[:n]) && !(in.choice.Timed && n > 0) { // do not wait for more of a live input than is needed
		var read int
		read, err = all.Read(head[n:])
		n += read
	}
	if in.packed != nil {
		err = nil // it comes again, after the head
	}
	in.head = head[:n]
	return capture.Detect(in.head), noEOF(err)
}

// A recorded stream is one direction of a connection in a capture.
type recorded struct {
	packed  *decompressor // that the capture is read from, or nil
	capture *capture.Capture
	Stream  capture.Stream
	Ref     capture.Ref
}

// Direction returns what the capture knows about this direction.
func (r *recorded) Direction() capture.Direction { return r.Stream.Dirs[r.Ref.Dir] }

// Dir returns the direction of the stream of an input: 0 is from the client to the server, 1 is
// back, -1 is unknown.
func (in *Input) Dir() int {
	if !in.Recorded.named() {
		return -1
	}
	return int(in.Recorded.Ref.Dir)
}

// named reports whether the stream has a name. The only stream of a hex dump has none.
func (r *recorded) named() bool { return r != nil && r.Direction().Name != "" }

// name returns the words that --stream and --direction use for the stream.
func (r *recorded) name() string {
	return fmt.Sprintf("stream %d %s", r.Ref.Stream, r.Direction().Name)
}

// Folder returns a name for a directory of the stream.
func (r *recorded) Folder() string { return fmt.Sprintf("%d-%s", r.Ref.Stream, r.Direction().Name) }

// Label returns a heading for the stream: its name, who sent it to whom, and how much.
func (r *recorded) Label() string {
	if !r.named() {
		return ""
	}
	d := r.Direction()
	s := r.name()
	if ends := r.Stream.Label(int(r.Ref.Dir)); ends != "" {
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

// count counts the directions of a capture that were chosen, and its streams: this is how all
// messages count them.
func (s Streams) count() string {
	return report.Count(int64(s.Len()), "direction") + " of " + report.Count(int64(s.capture.Len()), "stream")
}

// OneStream returns an error that lists the streams if there are several: the output can hold
// only one.
func OneStream(all Streams) error {
	n := all.Len()
	if n < 2 {
		return nil
	}
	first, last := all.refs[0].Stream, all.refs[n-1].Stream
	text := "the output can hold one direction only, and the capture has " + all.count() + ":"
	choose := "--stream N --direction c2s or s2c"
	if first == last {
		text = fmt.Sprintf("the output can hold one direction only, and stream %d has two:", first)
		choose = "--direction c2s or s2c"
	}
	const most = 20
	for i := range min(n, most) {
		text += "\n    " + all.At(i).Recorded.Label()
	}
	if n > most {
		text += fmt.Sprintf("\n    … %d more", n-most)
	}
	f := report.Usage("%s", text)
	f.Hints = []string{"choose one with " + choose + ", or write all with -o json or -o dir:PATH; to list them, run framecat inspect --list" + all.in.argument()}
	return f
}

// Damaged returns the error that ended the reading of the capture file, or nil. If its
// compressed data is damaged, that is the error.
func (r *recorded) Damaged() error {
	if r == nil {
		return nil
	}
	return cmp.Or(r.packed.damage(), r.capture.Damage())
}

// Members returns the members of a JSON object that name the stream, each after a comma.
func (r *recorded) Members() []byte {
	if !r.named() {
		return nil
	}
	return StreamMembers(int(r.Ref.Stream), r.Direction().Name)
}

// StreamMembers returns the members of a JSON object that name a direction of a stream, each
// after a comma.
func StreamMembers(stream int, direction string) []byte {
	return fmt.Appendf(nil, `,"stream":%d,"direction":%q`, stream, direction)
}

// Name returns the name of the stream. With AppendTags and AppendFrameTags it makes a Source
// of a capture a formats.Sender.
func (s *Source) Name() string { return s.stream.name() }

// AppendTags appends the members of a JSON object that name the stream.
func (s *Source) AppendTags(dst []byte) []byte { return append(dst, s.stream.Members()...) }

// Came returns when the first of size bytes at offset came, or the zero time if that is not known.
// Offsets must not go back.
func (s *Source) Came(offset, size int64) time.Time {
	if s.Recorded == nil {
		return time.Time{}
	}
	first, _ := s.Recorded.At(offset, size)
	return first
}

// AppendFrameTags appends when a frame came, and in how many TCP segments.
func (s *Source) AppendFrameTags(dst []byte, offset, size int64) []byte {
	first, segments := s.Recorded.At(offset, size)
	if first.IsZero() {
		return dst
	}
	return fmt.Appendf(formats.AppendTime(dst, first), `,"segments":%d`, segments)
}
