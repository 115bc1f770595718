package formats

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/creack/pty"

	"framecat/commands/internal/report"
	"framecat/framing"
)

func plainReport(w io.Writer) *report.Reporter {
	return &report.Reporter{W: w, Marks: report.NewStyle(false), Clear: func() {}}
}

// batchOf returns a batch of all frames of f in wire.
func batchOf(t *testing.T, spec, wire string) (framing.Framing, *framing.Batch) {
	t.Helper()
	f, err := framing.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	b, err := framing.NewReader(strings.NewReader(wire), f).NextBatch()
	if err != nil {
		t.Fatal(err)
	}
	return f, &b
}

// A FORMAT is one of a few words, or a framing. Any other value is an error, with a hint about
// what was meant, if that is known.
func TestFormats(t *testing.T) {
	for _, row := range []struct{ name, in, out string }{ // "" is accepted; others are a part of the error
		{"lines", "", ""},
		{"raw", "", ""},
		{"hex", "", ""},
		{"base64", "", ""},
		{"escaped", "", ""},
		{"json", "", ""},
		{"u32be", "", ""},
		{"delim:;", "", ""},
		{"dir:x", "dir is only for output", ""},
		{"dir:", "dir is only for output", "as in dir:messages"},
		{"jsno", "did you mean json?", "did you mean json?"},
		{"Lines", "did you mean lines?", "did you mean lines?"},
		{"uint32", "choose the byte order: u32be", "choose the byte order: u32be"},
		{"jsonrpc", "use -f lsp if", "use -f lsp if"},
		{"jsonl", "", "-o json prints a JSON object for each message"},
		{"xyzzy", "the formats are lines raw hex base64 escaped json and every framing", "json dir:PATH and every framing"},
		{"u32be:foo", "u32be:foo\n", "u32be:foo\n"},
		{"dir", "", ""},
		{"", `""`, `""`},
	} {
		for flag, parse := range map[string]func(string) (Format, error){"--in": In, "--out": Out} {
			want := row.in
			if flag == "--out" {
				want = row.out
			}
			format, err := parse(row.name)
			var f *report.Failure
			switch {
			case row.name == "dir": // dir:PATH without its path
				if err == nil {
					t.Errorf("%s dir is taken", flag)
				}
			case want == "":
				if err != nil || format.Name != row.name && format.Framing.String() != row.name {
					t.Errorf("%s %s: %+v, %v", flag, row.name, format, err)
				}
			case !errors.As(err, &f) || f.Status != report.StatusUsage || !strings.HasPrefix(f.Text, flag) || !strings.Contains(f.Text+"\n"+strings.Join(f.Hints, "\n"), want):
				t.Errorf("%s %s: %v, hints %q; want %q", flag, row.name, err, f.Hints, want)
			}
		}
	}
}

// The caret is under the wrong place, also in a spec with escaped characters. The hint names
// what was meant.
func TestSpecFailure(t *testing.T) {
	for _, row := range []struct{ spec, shown, hint string }{
		{"u32b", "u32b\n    ^", "did you mean u32be?"},
		{"u32be:ofset=2", "u32be:ofset=2\n          ^", "did you mean offset?"},
		{"u32be:foo=2", "u32be:foo=2\n          ^", "framecat framings"},
		{"xyzzy", "xyzzy\n    ^", "framecat framings"},
		{"auto", "auto\n    ^", "framecat inspect"},
		{"dir:x", "dir:x\n    ^", "-o"},
		{"hex", "hex\n    ^", "FORMAT"},
		{"raw", "raw\n    ^", "FORMAT"},
		{"int64", "int64\n    ^", "choose the byte order: u64be"},
		{"int8", "int8\n    ^", "did you mean u8?"},
		{"i8", "i8\n    ^", "did you mean u8?"},
		{"\x1b:x", `\x1b:x` + "\n    ^", "framecat framings"},
	} {
		_, err := framing.Parse(row.spec)
		f := SpecFailure(err)
		if f.Status != report.StatusUsage || !strings.HasSuffix(f.Text, "\n    "+row.shown) || !strings.Contains(strings.Join(f.Hints, "\n"), row.hint) {
			t.Errorf("%q: %q, hints %q; want %q, %q", row.spec, f.Text, f.Hints, row.shown, row.hint)
		}
	}
	if f := SpecFailure(io.ErrNoProgress); f.Status != report.StatusUsage || f.Text != io.ErrNoProgress.Error() {
		t.Errorf("of another error: %+v", f)
	}
}

// Carriers returns the formats that can carry a payload.
func TestCarriers(t *testing.T) {
	all := []string{"lines", "nul", "netstring", "hex", "base64", "escaped"}
	for payload, want := range map[string]string{
		"plain":     "lines nul netstring hex base64 escaped",
		"":          "lines nul netstring hex base64 escaped",
		"two\nline": "nul netstring hex base64 escaped",
		"nul\x00":   "lines netstring hex base64 escaped",
		"\n\x00":    "netstring hex base64 escaped",
	} {
		if got := strings.Join(Carriers([]byte(payload), all...), " "); got != want {
			t.Errorf("%q: %s, want %s", payload, got, want)
		}
	}
	if got := Carriers(nil, "no such format"); got != nil {
		t.Errorf("%q", got)
	}
}

// Headers are kept if messages come in JSON or in frames of the same framing. Otherwise the
// default header is written, and -v reports it.
func TestHeaders(t *testing.T) {
	const stderr = "\x02\x00\x00\x00\x00\x00\x00\x02hi"
	const stdout = "\x01\x00\x00\x00\x00\x00\x00\x02hi"
	jsonIn, _ := In("json")
	docker, _ := framing.Parse("docker")
	fcgi, _ := framing.Parse("u64be")
	for _, row := range []struct {
		name    string
		in      Format
		wire    string
		to      string
		want    string
		details string
	}{
		{"the same framing", Frames(docker), stderr, "docker", stderr, ""},
		{"the same framing, strict", Frames(docker), stderr, "docker:strict", stderr, ""},
		{"the same framing with limits", Frames(mustParse("docker:min=1,max=100")), stderr, "docker:strict", stderr, ""},
		{"the names of one side", Frames(mustParse("postgres")), "S\x00\x00\x00\x04", "postgres:role=frontend", "S\x00\x00\x00\x04", ""},
		{"another framing", Frames(fcgi), "\x00\x00\x00\x00\x00\x00\x00\x02hi", "docker", stdout, ""},
		{"JSON with a header", jsonIn, `{"text":"hi","header":"0200000000000002"}`, "docker", stderr, ""},
		{"JSON with the header of another length", jsonIn, `{"text":"hi","header":"0200000000000099"}`, "docker", stderr, ""},
		{"JSON without a header", jsonIn, `{"text":"hi"}`, "docker", stdout, ""},
		{"JSON with the header of another framing", jsonIn, `{"text":"hi","header":"07"}`, "docker", stdout, "message 0: docker cannot write the header that the message has"},
		{"JSON with a header that is not hex", jsonIn, `{"text":"hi","header":"xy"}`, "docker", stdout, "message 0: docker cannot write the header that the message has"},
	} {
		var out, printed bytes.Buffer
		r := plainReport(&printed)
		r.Verbose = true
		f, err := framing.Parse(row.to)
		if err != nil {
			t.Fatal(err)
		}
		s := NewFrameSink(f, row.in, "-f", &out, r)
		b, err := framing.NewReader(strings.NewReader(row.wire), row.in.Framing).NextBatch()
		if err != nil {
			t.Fatal(row.name, err)
		}
		if n, err := s.Write(&b, Origin{}); n != 1 || err != nil || s.Flush() != nil || out.String() != row.want {
			t.Errorf("%s: %d written, %v, %q; want %q", row.name, n, err, out.String(), row.want)
		}
		if !strings.Contains(printed.String(), row.details) || (printed.Len() > 0) != (row.details != "") {
			t.Errorf("%s: printed %q, want %q", row.name, printed.String(), row.details)
		}
	}
}

// Framings have the same layout if they differ only in keys for reading.
func TestLayout(t *testing.T) {
	for _, row := range []struct {
		a, b string
		same bool
	}{
		{"mqtt", "mqtt:strict", true},
		{"http2:role=client,max=20000", "http2:strict", true},
		{"u16be:offset=2,max=9", "u16be:offset=2", true},
		{"u16be:offset=2", "u16be:offset=1", false},
		{"u16be", "u16le", false},
		{"websocket", "websocket:role=client", false},
		{`u16be:offset=9,magic=a\,strict`, `u16be:offset=9,magic=a\,`, false},
	} {
		if a, b := layout(mustParse(row.a)), layout(mustParse(row.b)); (a == b) != row.same {
			t.Errorf("%s and %s: %s, %s, want the same: %v", row.a, row.b, a, b, row.same)
		}
	}
}

func mustParse(spec string) framing.Framing {
	f, err := framing.Parse(spec)
	if err != nil {
		panic(err)
	}
	return f
}

// Lines become payloads of the framing: for Redis, words become a command.
func TestCompose(t *testing.T) {
	lines, _ := In("lines")
	resp, _ := framing.Parse("resp")
	b, err := framing.NewReader(strings.NewReader("PING\nSET a b\n"), lines.Framing).NextBatch()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	s := NewFrameSink(resp, lines, "-f", &out, plainReport(io.Discard))
	if n, err := s.Write(&b, Origin{}); n != 2 || err != nil || s.Flush() != nil {
		t.Errorf("%d written, %v", n, err)
	}
	if want := "*1\r\n$4\r\nPING\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// All messages before the one that does not fit are written.
func TestUnfit(t *testing.T) {
	_, b := batchOf(t, "u8", "\x01a\x01b\x02c\n\x01d")
	for _, name := range []string{"lines", "u8"} {
		out, _ := Out(name)
		from, _ := framing.Parse("u8")
		var dst bytes.Buffer
		s := NewSink(out, Frames(from), &dst, plainReport(io.Discard))
		n, err := s.Write(b, Origin{})
		if want := map[string]int{"lines": 2, "u8": 4}[name]; n != want || (n < 4) != errors.Is(err, framing.ErrPayload) {
			t.Errorf("-o %s: %d written, %v; want %d", name, n, err, want)
		}
	}
}

// A terminal gets no bytes that could control it, unless --force is given.
func TestFitTerminal(t *testing.T) {
	master, terminal, err := pty.Open()
	if err != nil {
		t.Skip("this system has no terminals: ", err)
	}
	defer master.Close()
	defer terminal.Close()
	const payload = "a\x1b[31m\xffé"
	for _, row := range []struct {
		name     string
		terminal bool
		force    bool
		want     string // "" is an error
	}{
		{"lines", true, false, `a\x1b[31m\xffé` + "\n"},
		{"lines", true, true, payload + "\n"},
		{"lines", false, false, payload + "\n"},
		{"raw", true, false, ""},
		{"raw", true, true, payload},
		{"raw", false, false, payload},
		{"u8", true, false, ""},
		{"u8", false, false, "\x09" + payload},
		{"hex", true, false, "611b5b33316dffc3a9\n"},
		{"escaped", true, false, `a\x1b[31m\xff\xc3\xa9` + "\n"},
	} {
		var to *os.File
		if row.terminal {
			to = terminal
		}
		out, err := Out(row.name)
		if err != nil {
			t.Fatal(err)
		}
		out, err = FitTerminal(out, to, row.force)
		var f *report.Failure
		if row.want == "" {
			if !errors.As(err, &f) || f.Status != report.StatusUsage || !strings.Contains(f.Text, "-o "+row.name) {
				t.Errorf("-o %s to a terminal: %v", row.name, err)
			}
			continue
		}
		if got, fail := out.Framing.Append(nil, framing.Marks{}, []byte(payload)); string(got) != row.want || fail != nil || err != nil {
			t.Errorf("-o %s, terminal %t, force %t: %q, %v, %v; want %q", row.name, row.terminal, row.force, got, fail, err, row.want)
		}
	}
}

// Innermost finds a sink that is wrapped by others.
func TestInnermost(t *testing.T) {
	inner := &DirSink{}
	if got := Innermost(inner); got != Sink(inner) {
		t.Errorf("of itself: %T", got)
	}
	if got := Innermost(wrapped{inner}); got != Sink(inner) {
		t.Errorf("inside: %T", got)
	}
}

type wrapped struct{ *DirSink }

func (w wrapped) Inner() Sink { return w.DirSink }
