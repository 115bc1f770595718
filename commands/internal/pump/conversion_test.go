package pump

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A converted run has the output of a conversion, its messages on stderr and its status.
type converted struct {
	out, errs string
	err       error
}

func (c converted) status() int {
	var f *report.Failure
	if errors.As(c.err, &f) {
		return f.Status
	}
	return 0
}

// convertAll converts inputs of frames of a spec to an output format.
func convertAll(t *testing.T, spec, to string, change func(c *Conversion), inputs ...input.Input) converted {
	t.Helper()
	f, _ := parse(t, spec)
	format, err := formats.Out(to)
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	r := &report.Reporter{W: &errs, Marks: report.NewStyle(false), Clear: func() {}}
	c := New(formats.Frames(f), formats.NewSink(format, formats.Frames(f), &out, r), r, 0)
	if change != nil {
		change(c)
	}
	err = c.Run(inputs)
	return converted{out.String(), errs.String(), err}
}

// fileOf returns an open file that has this text.
func fileOf(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Messages are selected by number and by --where; -n counts the messages that are written.
func TestChoice(t *testing.T) {
	for _, row := range []struct {
		stream      string
		first, last int64
		count       int64
		where, want string
	}{
		{"1:a,1:b,1:c,1:d,", 0, NoLimit, NoLimit, "", "a b c d"},
		{"1:a,1:b,1:c,1:d,", 1, 2, NoLimit, "", "b c"},
		{"1:a,1:b,1:c,1:d,", 2, NoLimit, NoLimit, "", "c d"},
		{"1:a,1:b,1:c,1:d,", 9, NoLimit, NoLimit, "", ""},
		{"1:a,1:b,1:c,1:d,", 0, NoLimit, 3, "", "a b c"},
		{"1:a,1:b,1:c,1:d,", 1, NoLimit, 2, "", "b c"},
		{"1:a,1:b,1:c,1:d,", 0, NoLimit, 0, "", ""},
		{"2:ax,1:b,2:cx,2:dx,", 0, NoLimit, NoLimit, "payload~x", "ax cx dx"},
		{"2:ax,1:b,2:cx,2:dx,", 0, NoLimit, 2, "payload~x", "ax cx"},
		{"2:ax,1:b,2:cx,2:dx,", 1, 2, NoLimit, "payload~x", "cx"},
		{"2:ax,1:b,2:cx,2:dx,", 0, NoLimit, NoLimit, "payload=b", "b"},
	} {
		got := convertAll(t, "netstring", "lines", func(c *Conversion) {
			c.First, c.Last, c.Left = row.first, row.last, row.count
			if row.where != "" {
				f, kind := parse(t, "netstring")
				var err error
				if c.Where, err = NewFrameTest([]string{row.where}, kind, f, NoDirection); err != nil {
					t.Fatal(err)
				}
			}
		}, input.Text(row.stream))
		if words := strings.Join(strings.Fields(got.out), " "); words != row.want || got.err != nil || got.errs != "" {
			t.Errorf("%s, frames %d to %d, -n %d, --where %q: %q, %v, %s; want %q", row.stream, row.first, row.last, row.count, row.where, words, got.err, got.errs, row.want)
		}
	}
}

// After the last wanted message nothing more is read, so that a later error is not found.
func TestEnoughEndsReading(t *testing.T) {
	for _, change := range []func(c *Conversion){
		func(c *Conversion) { c.Left = 1 },
		func(c *Conversion) { c.Last = 0 },
	} {
		if got := convertAll(t, "netstring", "lines", change, input.Text("1:a,xyz"), input.Text("xyz")); got.out != "a\n" || got.err != nil || got.errs != "" {
			t.Errorf("%q, %v, %s", got.out, got.err, got.errs)
		}
	}
}

// Frames are numbered over all inputs; offsets start at 0 in each. If one input fails, the
// others are still read. The first failure gives the status.
func TestInputs(t *testing.T) {
	good, cut, bad := fileOf(t, "good", "1:a,"), fileOf(t, "cut", "1:b,5:xy"), fileOf(t, "bad", "1:c,!")
	missing := filepath.Join(t.TempDir(), "missing")
	for _, row := range []struct {
		name   string
		files  []string
		out    string
		status int
		errs   []string
	}{
		{"both are fine", []string{good, good}, "a a", 0, nil},
		{"a cut one", []string{cut, good}, "b a", report.StatusTruncated, []string{cut + ": frame 1 at byte 4: "}},
		{"a bad one after a cut one", []string{good, cut, bad, good}, "a b c a", report.StatusTruncated, []string{cut + ": frame 2 at byte 4: ", bad + ": frame 3 at byte 4: "}},
		{"a missing one", []string{missing, good}, "a", report.StatusIO, []string{missing + ": no such file or directory\n"}},
		{"a missing one after a bad one", []string{bad, missing}, "c", report.StatusMalformed, []string{bad, missing}},
	} {
		got := convertAll(t, "netstring", "lines", nil, input.Files(row.files, nil, 0, -1)...)
		if words := strings.Join(strings.Fields(got.out), " "); words != row.out || got.status() != row.status {
			t.Errorf("%s: %q, status %d; want %q, %d", row.name, words, got.status(), row.out, row.status)
		}
		rest := got.errs
		for _, want := range row.errs {
			if _, after, ok := strings.Cut(rest, want); ok {
				rest = after
			} else {
				t.Errorf("%s: no %q in %q", row.name, want, rest)
			}
		}
		if len(row.errs) == 0 && got.errs != "" {
			t.Errorf("%s: printed %q", row.name, got.errs)
		}
	}
}

// With --on-error skip, the frames before and after a bad one are written, and the number of
// skipped bytes is reported. Otherwise nothing after the bad frame is written.
func TestSkip(t *testing.T) {
	for _, row := range []struct {
		spec, stream string
		skip         bool
		out          string
		status       int
		errs         []string
	}{
		{"slip", "\xc0a\xc0\xc0b\xdbx\xc0c\xc0", false, "a", report.StatusMalformed, []string{"frame 1 at byte 4: "}},
		{"slip", "\xc0a\xc0\xc0b\xdbx\xc0c\xc0", true, "a c", report.StatusMalformed, []string{"frame 1 at byte 4: ", "skipped 4 bytes"}},
		{"u8", "\x01a\x05bc", true, "a", report.StatusTruncated, []string{"frame 1 at byte 2: "}},
		{"netstring", "1:a,x1:b,", true, "a", report.StatusMalformed, []string{"frame 1 at byte 4: ", "netstring "}},
		{"slip", "\xc0a\xc0\xc0b\xdbx\xc0c", true, "a", report.StatusMalformed, []string{"frame 1 ", "skipped ", "frame 2 at byte "}},
	} {
		got := convertAll(t, row.spec, "lines", func(c *Conversion) { c.Skip = row.skip }, input.Text(row.stream))
		if words := strings.Join(strings.Fields(got.out), " "); words != row.out || got.status() != row.status {
			t.Errorf("%s of %q, skip %t: %q, status %d; want %q, %d", row.spec, row.stream, row.skip, words, got.status(), row.out, row.status)
		}
		lines := strings.Split(strings.TrimSuffix(got.errs, "\n"), "\n")
		lines = deleteHints(lines)
		if len(lines) != len(row.errs) {
			t.Errorf("%s of %q, skip %t: printed %q, want %q", row.spec, row.stream, row.skip, lines, row.errs)
			continue
		}
		for i, want := range row.errs {
			if !strings.Contains(lines[i], want) {
				t.Errorf("%s of %q, skip %t: printed %q, want %q in it", row.spec, row.stream, row.skip, lines[i], want)
			}
		}
	}
}

func deleteHints(lines []string) (out []string) {
	for _, l := range lines {
		if !strings.HasPrefix(l, "framecat: hint: ") {
			out = append(out, l)
		}
	}
	return out
}

// A large payload is passed on as it arrives, up to the limit if one is set. If the payload is
// tested, or the format needs all of it, it is held, up to the limit.
func TestLarge(t *testing.T) {
	const size = 2 << 20
	payload := strings.Repeat("0123456789abcdef", size/16)
	stream := "\x00\x20\x00\x00" + payload + "\x00\x00\x00\x02hi"
	for _, row := range []struct {
		name, out string
		change    func(c *Conversion)
		want      string
		status    int
	}{
		{"it streams", "raw", nil, payload + "hi", 0},
		{"the format holds it", "lines", func(c *Conversion) { c.max = size - 1 }, "", report.StatusMalformed},
		{"its stream is over the limit", "raw", func(c *Conversion) { c.max = size - 1 }, "", report.StatusMalformed},
		{"its stream is at the limit", "raw", func(c *Conversion) { c.max = size }, payload + "hi", 0},
		{"it is not asked for", "raw", func(c *Conversion) { c.First = 1 }, "hi", 0},
		{"only it is asked for", "raw", func(c *Conversion) { c.Last = 0 }, payload, 0},
		{"one is enough", "raw", func(c *Conversion) { c.Left = 1 }, payload, 0},
		{"a test of the payload holds it", "raw", func(c *Conversion) {
			f, kind := parse(t, "u32be")
			c.max = size - 1
			c.Where, _ = NewFrameTest([]string{"payload~hi"}, kind, f, NoDirection)
		}, "", report.StatusMalformed},
	} {
		got := convertAll(t, "u32be", row.out, row.change, input.Text(stream))
		if got.out != row.want || got.status() != row.status {
			t.Errorf("%s: %d bytes, status %d, %s; want %d, %d", row.name, len(got.out), got.status(), got.errs, len(row.want), row.status)
		}
	}
	cut := convertAll(t, "u32be", "raw", nil, input.Text(stream[:1<<20+4]))
	if cut.out != payload[:1<<20] || cut.status() != report.StatusTruncated || !strings.Contains(cut.errs, "already written: 1048576 bytes of the frame") {
		t.Errorf("cut: %d bytes, status %d, %s", len(cut.out), cut.status(), cut.errs)
	}
}

// A large file becomes the payload of one frame, and is not read into memory.
func TestEncodeFile(t *testing.T) {
	const size = 3 << 20 // more than is read at once
	text := strings.Repeat("x", size)
	file := fileOf(t, "large", text)
	for _, row := range []struct {
		spec   string
		change func(c *Conversion)
		begins string
		n      int
		status int
	}{
		{"u32be", nil, "\x00\x30\x00\x00xxx", 4 + size, 0},
		{"netstring", nil, "3145728:xxx", 8 + size + 1, 0},
		{"u16be", nil, "", 0, report.StatusPayload},
		{"u32be", func(c *Conversion) { c.max = size - 1 }, "", 0, report.StatusMalformed},
		{"lines", func(c *Conversion) { c.max = size - 1 }, "", 0, report.StatusMalformed}, // lines do not announce a length
	} {
		f, _ := parse(t, row.spec)
		var out, errs bytes.Buffer
		r := &report.Reporter{W: &errs, Marks: report.NewStyle(false), Clear: func() {}}
		c := New(formats.Raw(), formats.NewFrameSink(f, formats.Raw(), "-f", &out, r), r, 0)
		if row.change != nil {
			row.change(c)
		}
		err := c.Run(input.Files([]string{file}, nil, 0, -1))
		if got := (converted{out.String(), errs.String(), err}); len(got.out) != row.n || !strings.HasPrefix(got.out, row.begins) || got.status() != row.status {
			t.Errorf("%s: %d bytes, status %d, %s; want %d, %d", row.spec, len(got.out), got.status(), got.errs, row.n, row.status)
		}
		if row.n > 0 && (c.Index() != 1 || c.Stats.Messages.Load() != 1) {
			t.Errorf("%s: %d messages, the next is %d", row.spec, c.Stats.Messages.Load(), c.Index())
		}
	}
}

// A message that does not fit ends the run before a byte of it is written. A hint names what
// could carry it.
func TestUnfit(t *testing.T) {
	for _, row := range []struct{ from, to, stream, out, errs, hint string }{
		{"u8", "lines", "\x01a\x03b\nc\x01d", "a\n", "message 1 at byte 2: ", "to write it, use -o nul, hex, base64, escaped or json"},
		{"u8", "nul", "\x01a\x03b\x00c", "a\x00", "message 1 at byte 2: ", "to write it, use -o lines, hex, "},
		{"u16be", "u8", "\x00\x01a\x01\x00" + strings.Repeat("x", 256), "\x01a", "message 1 at byte 3: ", "-o u16be"},
	} {
		got := convertAll(t, row.from, row.to, nil, input.Text(row.stream))
		if got.out != row.out || got.status() != report.StatusPayload || !strings.Contains(got.errs, row.errs) || !strings.Contains(got.errs, row.hint) {
			t.Errorf("%s to %s: %q, status %d, %s; want %q, %q, %q", row.from, row.to, got.out, got.status(), got.errs, row.out, row.errs, row.hint)
		}
	}
}

// An error in an input format names a message, not a frame.
func TestBadMessages(t *testing.T) {
	for _, row := range []struct {
		in, text, errs string
		status         int
	}{
		{"hex", "61\nxy\n", "message 1 at byte 3: ", report.StatusMalformed},
		{"json", `{"text":"a"} {"text":`, "message 1 at byte ", report.StatusMalformed},
		{"json", `{"text":"a"} []`, "message 1 at byte ", report.StatusMalformed},
	} {
		in, err := formats.In(row.in)
		if err != nil {
			t.Fatal(err)
		}
		f, _ := parse(t, "u8")
		var out, errs bytes.Buffer
		r := &report.Reporter{W: &errs, Marks: report.NewStyle(false), Clear: func() {}}
		err = New(in, formats.NewFrameSink(f, in, "-f", &out, r), r, 0).Run([]input.Input{input.Text(row.text)})
		if got := (converted{out.String(), errs.String(), err}); got.status() != row.status || out.String()[:1] != "\x01" || !strings.Contains(got.errs, row.errs) || strings.Contains(got.errs, "frame ") {
			t.Errorf("%s of %q: status %d, %s; want %q", row.in, row.text, got.status(), got.errs, row.errs)
		}
	}
}

// A failing output ends the run at once: no other input is read.
func TestOutputEndsRun(t *testing.T) {
	for _, row := range []struct{ out, name string }{{"raw", "standard output"}, {"json", "standard output"}} {
		f, _ := parse(t, "u8")
		out, err := formats.Out(row.out)
		if err != nil {
			t.Fatal(err)
		}
		var errs bytes.Buffer
		r := &report.Reporter{W: &errs, Marks: report.NewStyle(false), Clear: func() {}}
		c := New(formats.Frames(f), formats.NewSink(out, formats.Frames(f), fullDisk{}, r), r, -1)
		err = c.Run([]input.Input{input.Text("\x01a"), input.Text("\x05b")})
		if !IsFatal(err) || errs.String() != "framecat: "+row.name+": no space left on device\n" {
			t.Errorf("-o %s: %v, printed %q", row.out, err, errs.String())
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "000001.bin"), []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := convertAll(t, "u8", "dir:"+dir, nil, input.Text("\x01a\x01b\x01c"))
	if got.status() != report.StatusIO || !strings.Contains(got.errs, filepath.Join(dir, "000001.bin")+": file exists") {
		t.Errorf("status %d, %s", got.status(), got.errs)
	}
	if names, _ := filepath.Glob(dir + "/*"); len(names) != 2 {
		t.Errorf("the directory has %q", names)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// Messages that were read are written before the next read, which may block.
func TestWritesBeforeItWaits(t *testing.T) {
	f, _ := parse(t, "u8")
	var out bytes.Buffer
	r := &report.Reporter{W: io.Discard, Marks: report.NewStyle(false), Clear: func() {}}
	lines, _ := formats.Out("lines")
	c := New(formats.Frames(f), formats.NewSink(lines, formats.Frames(f), &out, r), r, -1)
	reader := c.NewReader(newLossy("\x01a\x01b\x01|wait|c"))
	if err := c.Frames(reader); err != framing.ErrWait || out.String() != "a\nb\n" {
		t.Errorf("%v, wrote %q", err, out.String())
	}
	if err := c.Frames(reader); err != nil || c.To.Flush() != nil || out.String() != "a\nb\nc\n" {
		t.Errorf("%v, wrote %q", err, out.String())
	}
}
