package views

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/records"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/hexview"
)

// A seen stream has the output of Inspect.
type seen struct {
	out, errs string
	status    int
}

func fileOf(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// inspect runs Inspect with files. The spec "auto" is -f auto.
func inspect(t *testing.T, spec string, change func(o *Options), files ...string) seen {
	t.Helper()
	var errs bytes.Buffer
	o := Options{
		Last: pump.NoLimit, Left: pump.NoLimit, Max: 16 << 20, Choice: input.Choice{Stream: -1},
		Report: &report.Reporter{W: &errs, Marks: report.NewStyle(false), Clear: func() {}},
	}
	if o.Auto = spec == "auto"; !o.Auto {
		f, err := framing.Parse(spec)
		if err != nil {
			t.Fatal(err)
		}
		o.Framing, o.Kind = f, framing.EntryOf(f)
	}
	if change != nil {
		change(&o)
	}
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	err = Inspect(out, input.Files(files, nil, 0, -1), o)
	var f *report.Failure
	if errors.As(err, &f) && !f.Reported {
		errs.WriteString("returned: " + f.Text)
	}
	text, fail := os.ReadFile(out.Name())
	if fail != nil {
		t.Fatal(fail)
	}
	if _, err := records.CheckOutput(string(text)); err != nil {
		t.Error(err)
	}
	s := seen{out: string(text), errs: errs.String()}
	if f != nil {
		s.status = f.Status
	}
	return s
}

func asJSON(o *Options)    { o.JSON = true }
func asSummary(o *Options) { o.Summary = true }

// lossy is a dump of crlf frames, with gaps: "ab\r\ncd" lost "efgh" lost "ij\r\nkl\r\n".
const lossy = "00000000  61 62 0d 0a 63 64  |ab..cd|\n00000010  65 66 67 68  |efgh|\n00000020  69 6a 0d 0a 6b 6c 0d 0a  |ij..kl..|\n"

// Every byte of a stream is shown once, in order: in a frame, as fill, as a malformed frame, or
// as bytes after it. The rows here do not have the column of text.
func TestRows(t *testing.T) {
	for _, row := range []struct {
		name, spec, stream string
		skip               bool
		rows               []string // offset, marks and bytes; then the note beside them
		sum                string
		status             int
	}{
		{"frames", "u8", "\x01a\x00\x02bc", false, []string{"00000000 [01|61 #0 payload 1", "00000002 [00 #1 payload 0", "00000003 [02|62 63 #2 payload 2"}, "3 frames, 6 bytes, payload 3 bytes (50.0%)", 0},
		{"nothing", "u8", "", false, nil, "0 frames, 0 bytes, payload 0 bytes", 0},
		{"a trailer", "netstring", "1:a,", false, []string{"00000000 [31 3a|61/2c #0 payload 1"}, "1 frame, 4 bytes, payload 1 byte (25.0%)", 0},
		{"fill", "slip", "\xc0a\xc0\xc0b\xc0", false, []string{"00000000 ~c0 fill 1 byte", "00000001 |61/c0 #0 payload 1", "00000003 ~c0 fill 1 byte", "00000004 |62/c0 #1 payload 1"}, "2 frames, 4 bytes, payload 2 bytes (50.0%); fill 2 bytes", 0},
		{"no message", "http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", false, []string{"00000000 [50 52", "#0 no message", "00000010 "}, "1 frame, 24 bytes, payload 0 bytes (0.0%)", 0},
		{"a leftover payload", "u8", "\x01a\x05bc", false, []string{"00000000 [01|61 #0", "00000002 <05|62 63 leftover 3 of 6 bytes, 3 more to come"}, "leftover 3 bytes", report.StatusTruncated},
		{"a leftover header", "u32be", "\x00\x00", false, []string{"00000000 <00 00 leftover 2 bytes, more to come"}, "leftover 2 bytes", report.StatusTruncated},
		{"a frame must follow", "chunked", "1\r\na\r\n", false, []string{"00000000 [31 0d 0a|61/0d 0a", "another frame must follow"}, "1 frame", report.StatusTruncated},
		{"a wrong trailer", "netstring", "1:a,1:bX1:c,", false, []string{"00000000 [31 3a|61/2c #0", "00000004 <31 3a|62!58 31 3a 63 2c"}, "undecoded 8 bytes", report.StatusMalformed},
		{"a wrong byte", "slip", "\xc0a\xc0\xdbx\xc0b\xc0", true, []string{"00000000 ~c0 fill 1 byte", "00000001 |61/c0 #0", "00000003 <db!78 c0", "00000006 |62/c0 #2 payload 1"}, "2 frames, 4 bytes, payload 2 bytes (50.0%); fill 1 byte; skipped 3 bytes", report.StatusMalformed},
		{"over the limit", "u32be", "\x00\x00\x00\x01a\x7f\x00\x00\x00b", false, []string{"00000000 [00 00 00 01|61 #0", "00000005 !7f 00 00 00 62"}, "undecoded 5 bytes", report.StatusMalformed},
		{"a gap", "crlf", lossy, false, []string{"00000000 |61 62/0d 0a #0 payload 2", "00000004 <63 64 leftover 2 bytes, more to come", "gap: the capture lost 10 bytes here", "00000010 65 66 67 68", "gap: the capture lost 12 bytes here", "00000020 69 6a 0d 0a 6b 6c 0d 0a"}, "leftover 2 bytes", report.StatusMalformed},
		{"a gap, skipped", "crlf", lossy, true, []string{"00000000 |61 62/0d 0a #0 payload 2", "00000004 <63 64 leftover", "gap: the capture lost 10 bytes here", "00000010 65 66 67", "00000013 <68 leftover 1 byte", "gap: the capture lost 12 bytes here", "00000020 69 6a 0d 0a", "00000024 |6b 6c/0d 0a #2 payload 2"}, "2 frames, 8 bytes, payload 4 bytes (50.0%); skipped 10 bytes", report.StatusMalformed},
	} {
		got := inspect(t, row.spec, func(o *Options) { o.Skip = row.skip }, fileOf(t, row.stream))
		rest := withoutText(got.out)
		for _, want := range append(row.rows, row.sum) {
			_, after, ok := strings.Cut(rest, want)
			if rest = after; !ok {
				t.Errorf("%s: no %q, in this order, in\n%s", row.name, want, withoutText(got.out))
				break
			}
		}
		if got.status != row.status || (got.errs == "") != (row.status == 0) && !strings.Contains(row.name, "leftover") && !strings.Contains(row.name, "must follow") {
			t.Errorf("%s: status %d, %q; want %d", row.name, got.status, got.errs, row.status)
		}
	}
}

// withoutText removes the column with the bytes as text, and spaces that align.
func withoutText(view string) string {
	var b strings.Builder
	for line := range strings.Lines(view) {
		line = strings.TrimSuffix(line, "\n")
		if len(line) > 58 && strings.HasPrefix(line, "000") {
			note := line[58:]
			if len(note) > 17 {
				note = note[17:]
			} else {
				note = ""
			}
			line = line[:58] + note
		}
		b.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
	}
	return b.String()
}

// There is one record per frame or event. No part of the stream is in two records.
func TestRecords(t *testing.T) {
	for _, row := range []struct {
		name, spec, stream string
		skip               bool
		want               []string // a part of each record, in this order
		status             int
	}{
		{"frames", "u8", "\x01a\x01\xff", false, []string{
			`{"type":"frame","index":0,"file":"FILE","offset":0,"size":1,"wire":2,"header":"01","trailer":"","text":"a"}`,
			`{"type":"frame","index":1,"file":"FILE","offset":2,"size":1,"wire":2,"header":"01","trailer":"","base64":"/w=="}`,
			`{"type":"summary","file":"FILE","frames":2,"silent":0,"bytes":4,"payload":2,"fill":0,"leftover":0,"errors":0,"skipped":0,"undecoded":0,"sizes":{"min":1,"median":1,"p99":1,"max":1,"histogram":[{"from":1,"to":1,"frames":2}]}}`}, 0},
		{"nothing", "u8", "", false, []string{`{"type":"summary","file":"FILE","frames":0,`}, 0},
		{"fields", "docker", "\x02\x00\x00\x00\x00\x00\x00\x01a", false, []string{`"fields":{"stream":"stderr","reserved":0},"text":"a"}`, `{"type":"summary"`}, 0},
		{"a leftover", "u8", "\x05ab", false, []string{`{"type":"leftover","file":"FILE","frame":0,"offset":0,"at":3,"have":3,"need":6,"kind":"truncated","detail":"`, `"leftover":3,"errors":0,`}, report.StatusTruncated},
		{"an error", "netstring", "1:aX1:b,", false, []string{`{"type":"error","file":"FILE","frame":0,"offset":0,"at":3,"have":3,"need":4,"kind":"bad-trailer","detail":"`, `"errors":1,"skipped":0,"undecoded":8}`}, report.StatusMalformed},
		{"an error, skipped", "slip", "\xc0a\xc0\xdbx\xc0b\xc0", true, []string{`{"type":"fill","file":"FILE","offset":0,"wire":1}`, `{"type":"frame","index":0,`, `{"type":"error","file":"FILE","frame":1,"offset":3,"at":4,"have":1,"need":3,"kind":"bad-escape"`, `{"type":"frame","index":2,`, `"errors":1,"skipped":3,"undecoded":0,`}, report.StatusMalformed},
		{"a gap", "crlf", lossy, true, []string{`{"type":"frame","index":0,`, `{"type":"leftover","file":"FILE","frame":1,"offset":4,"at":6,"have":2,"kind":"truncated"`, `{"type":"gap","file":"FILE","offset":6,"lost":10,"held":2}`,
			`{"type":"leftover","file":"FILE","frame":1,"offset":19,"at":20,"have":1`, `{"type":"gap","file":"FILE","offset":20,"lost":12,"held":1}`, `{"type":"frame","index":2,`, `"errors":2,"skipped":10,`}, report.StatusMalformed},
		{"a stream of a capture", "crlf", "00000000  61 0d 0a                                          a..\n    00000000  62 0d 0a                                          b..\n", false, []string{
			`{"type":"stream","file":"FILE","stream":0,"direction":"c2s","bytes":3,"gaps":0}`, `"text":"a"`, `{"type":"summary","file":"FILE","stream":0,"direction":"c2s"`,
			`{"type":"stream","file":"FILE","stream":0,"direction":"s2c",`, `"text":"b"`, `{"type":"summary"`}, 0},
	} {
		file := fileOf(t, row.stream)
		got := inspect(t, row.spec, func(o *Options) { o.JSON, o.Skip = true, row.skip }, file)
		lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(got.out, file, "FILE")), "\n")
		if len(lines) != len(row.want) || got.status != row.status {
			t.Errorf("%s: %d records, status %d; want %d, %d\n%s", row.name, len(lines), got.status, len(row.want), row.status, got.out)
			continue
		}
		for i, want := range row.want {
			if !strings.Contains(lines[i], want) {
				t.Errorf("%s: record %d is\n%s, want\n%s", row.name, i, lines[i], want)
			}
		}
	}
}

// --summary shows only the counts of a stream.
func TestSummary(t *testing.T) {
	for _, row := range []struct {
		name, spec, stream string
		want               string
	}{
		{"nothing", "u8", "", "frames      0\nbytes       0\npayload     0\n"},
		{"frames", "u8", "\x01a\x00\x03bcd", "frames      3\nbytes       7\npayload     4\noverhead    3 (42.9%)\nsizes       min 0, median 1, p99 3, max 3\n" +
			"                    0         1  ########################################\n                    1         1  ########################################\n                  2-3         1  ########################################\n"},
		{"no message", "http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "frames      1\nno message  1 of them\nbytes       24\npayload     0\noverhead    24 (100.0%)\n"},
		{"a leftover", "u8", "\x05a", "frames      0\nbytes       0\npayload     0\nleftover    2\n"},
		{"an error", "netstring", "xyz", "frames      0\nbytes       0\npayload     0\nerrors      1\nundecoded   3\n"},
	} {
		if got := inspect(t, row.spec, asSummary, fileOf(t, row.stream)); got.out != row.want {
			t.Errorf("%s:\n%swant\n%s", row.name, got.out, row.want)
		}
	}
	got := inspect(t, "u8", func(o *Options) { o.JSON, o.Summary = true, true }, fileOf(t, "\x01a\x05b"))
	if strings.Count(got.out, `{"type":"`) != 2 || strings.Contains(got.out, `"frame"`+`,"index"`) || !strings.Contains(got.out, `{"type":"summary"`) {
		t.Errorf("as a record:\n%s", got.out)
	}
}

// Only wanted frames are shown, and only these are counted.
func TestSelection(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(o *Options)
		want   string // numbers of frames
	}{
		{"all", func(*Options) {}, "0 1 2 3"},
		{"some", func(o *Options) { o.First, o.Last = 1, 2 }, "1 2"},
		{"the first", func(o *Options) { o.Left = 1 }, "0"},
		{"none", func(o *Options) { o.Left = 0 }, ""},
		{"some of some", func(o *Options) { o.First, o.Left = 1, 2 }, "1 2"},
		{"by payload", func(o *Options) {
			o.Where, _ = pump.NewFrameTest([]string{"payload~x"}, o.Kind, o.Framing, pump.NoDirection)
		}, "1 3"},
		{"by payload, one", func(o *Options) {
			o.Where, _ = pump.NewFrameTest([]string{"payload~x"}, o.Kind, o.Framing, pump.NoDirection)
			o.Left = 1
		}, "1"},
	} {
		for _, layout := range []string{"rows", "json", "summary"} {
			got := inspect(t, "u8", func(o *Options) {
				o.JSON, o.Summary = layout == "json", layout == "summary"
				row.change(o)
			}, fileOf(t, "\x01a\x01x\x01b\x01x"))
			n := len(strings.Fields(row.want))
			want := map[string]string{"rows": fmt.Sprintf("\n%d frame", n), "json": fmt.Sprintf(`"frames":%d,`, n), "summary": fmt.Sprintf("\nframes      %d\n", n)}[layout]
			if !strings.Contains("\n"+got.out, want) || got.status != 0 {
				t.Errorf("%s, as %s: status %d, no %q in\n%s", row.name, layout, got.status, want, got.out)
			}
			for i := range 4 {
				mark := map[string]string{"rows": fmt.Sprintf("#%d ", i), "json": fmt.Sprintf(`"index":%d,`, i), "summary": "no number"}[layout]
				if shown := strings.Contains(row.want, fmt.Sprint(i)); layout != "summary" && shown != strings.Contains(got.out, mark) {
					t.Errorf("%s, as %s: frame %d shown: %t, want %t", row.name, layout, i, !shown, shown)
				}
			}
		}
	}
}

// A large frame is selected by its size, its number and its fields, also by one at the start of
// its body.
func TestSelectionOfLarge(t *testing.T) {
	stream := "\x30\x83\x10\x00\x04\x02\x01\x07\x64" + strings.Repeat("y", 1<<20) + "\x30\x05\x02\x01\x02\x63\x00"
	for test, want := range map[string]string{"operation=searchResEntry": "searchResEntry", "size>1MiB": "searchResEntry", "index=1": "searchRequest", "message=2": "searchRequest"} {
		got := inspect(t, "ldap", func(o *Options) {
			o.View.Rows = 1
			o.Where, _ = pump.NewFrameTest([]string{test}, o.Kind, o.Framing, pump.NoDirection)
		}, fileOf(t, stream))
		if !strings.Contains(got.out, want) || !strings.Contains(got.out, "\n1 frame") || got.status != 0 {
			t.Errorf("%s: status %d\n%.400s", test, got.status, got.out)
		}
	}
}

// Several files have headings, and frame numbers continue from file to file. A file that
// cannot be read is reported, and the others are shown.
func TestFiles(t *testing.T) {
	a, b, missing := fileOf(t, "\x01a"), fileOf(t, "\x01b"), filepath.Join(t.TempDir(), "missing")
	got := inspect(t, "u8", nil, a, missing, b)
	rest := withoutText(got.out)
	for _, want := range []string{a + "\n", "#0 payload 1", "1 frame,", "\n\n" + b + "\n", "00000000 ", "#1 payload 1", "1 frame,"} {
		_, after, ok := strings.Cut(rest, want)
		if rest = after; !ok {
			t.Errorf("no %q in\n%s", want, got.out)
		}
	}
	if got.status != report.StatusIO || got.errs != "framecat: "+missing+": no such file or directory\n" {
		t.Errorf("status %d, %s", got.status, got.errs)
	}
	if got := inspect(t, "u8", nil, a); strings.Contains(got.out, a) {
		t.Errorf("one file has a heading:\n%s", got.out)
	}
	if got := inspect(t, "u8", asSummary, a, b); !strings.HasPrefix(got.out, a+"\nframes ") || !strings.Contains(got.out, "\n\n"+b+"\nframes ") {
		t.Errorf("summaries:\n%s", got.out)
	}
}

// A frame that is too large for memory is shown as it arrives, complete or not.
func TestLargeFrame(t *testing.T) {
	const size = 2 << 20
	large := "\x00\x20\x00\x00" + strings.Repeat("x", size)
	for _, row := range []struct {
		name, stream string
		change       func(o *Options)
		want         []string
		status       int
	}{
		{"whole", large + "\x00\x00\x00\x02hi", nil, []string{"#0 payload 2097152", "00200004 [00 00 00 02|68 69", "2 frames, 2097162 bytes"}, 0},
		{"cut", large[:size], nil, []string{"#0 payload 2097152", "leftover 2097152 of 2097156 bytes", "0 frames"}, report.StatusTruncated},
		{"not wanted", large + "\x00\x00\x00\x02hi", func(o *Options) { o.First = 1 }, []string{"00200004 [00 00 00 02|68 69", "1 frame, 6 bytes"}, 0},
		{"in JSON", large, func(o *Options) { o.JSON, o.Max = true, 1<<20 }, []string{`"kind":"length-too-large"`}, report.StatusMalformed},
		{"summary", large, asSummary, []string{"frames      1\n", "max 2097152"}, 0},
	} {
		got := inspect(t, "u32be", func(o *Options) {
			o.View = hexview.Options{Rows: 1}
			if row.change != nil {
				row.change(o)
			}
		}, fileOf(t, row.stream))
		rest := got.out
		for _, want := range row.want {
			_, after, ok := strings.Cut(rest, want)
			if rest = after; !ok {
				t.Errorf("%s: no %q in\n%.2000s", row.name, want, got.out)
			}
		}
		if got.status != row.status || len(got.out) > 4000 {
			t.Errorf("%s: status %d, want %d; %d bytes are shown", row.name, got.status, row.status, len(got.out))
		}
	}
}

// If the output fails, the run ends.
func TestOutputFails(t *testing.T) {
	for name, change := range map[string]func(o *Options){"rows": func(*Options) {}, "json": asJSON, "summary": asSummary, "nothing": func(o *Options) { o.Left = 0 }} {
		f, _ := framing.Parse("u8")
		var errs bytes.Buffer
		o := Options{
			Framing: f, Kind: framing.Lookup("u8"), Last: pump.NoLimit, Left: pump.NoLimit, Choice: input.Choice{Stream: -1},
			Report: &report.Reporter{W: &errs, Marks: report.NewStyle(false), Clear: func() {}},
		}
		change(&o)
		closed, err := os.Create(filepath.Join(t.TempDir(), "out"))
		if err != nil {
			t.Fatal(err)
		}
		closed.Close()
		var fail *report.Failure
		if err := Inspect(closed, input.Files([]string{fileOf(t, "\x01a")}, nil, 0, -1), o); !errors.As(err, &fail) || fail.Status != report.StatusIO || !strings.HasPrefix(fail.Text, "standard output: ") {
			t.Errorf("%s: %v, %s", name, err, errs.String())
		}
	}
}
