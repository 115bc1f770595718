// Package formats reads and writes messages outside their frames: lines, hex, JSON and the
// other values of -i and -o.
//
// Start with In or Out, which return a Format for a value of --in or --out. An input Format is
// a framing: a framing.Reader reads messages in it. NewSink returns a Sink, which writes
// messages in a Format.
package formats

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// A Format is a way to write messages outside their frames. All formats are framings, so that
// one Reader and one Writer serve them, except json and dir:PATH as output.
type Format struct {
	Name    string
	Framing framing.Framing // nil for json and dir:PATH as output
	// Marks returns the header and trailer that a message brings with it; nil if messages
	// bring none.
	Marks func(body []byte) framing.Marks
	Dir   string         // the PATH of dir:PATH
	Embed bool           // json as output: embed payloads that are JSON
	Spec  bool           // the format is a framing SPEC; its bytes may be binary
	Entry *framing.Entry // the row of Framing, for input; nil if it has none
}

// Frames returns the format of frames of f.
func Frames(f framing.Framing) Format {
	return Format{Name: f.String(), Framing: f, Spec: true, Entry: framing.EntryOf(f)}
}

// textFormats are the formats that write text.
var textFormats = []string{"lines", "hex", "base64", "escaped", "json"}

// FormatHelp explains the formats that are not framings.
var FormatHelp = []struct{ Name, Text string }{
	{"lines", "one message per line"},
	{"raw", "each FILE is one message; as output, nothing between messages"},
	{"hex", "hex digits, one message per line"},
	{"base64", "base64, one message per line"},
	{"escaped", "text with C escapes, one message per line"},
	{"json", "one JSON object per message: see framecat help json"},
	{"dir:", "one file per message in this directory"},
}

// Raw returns the input format in which the whole input is one message.
func Raw() Format { return Format{Name: "raw", Framing: rawIn{}} }

// In returns the format that the value of --in names. Its error is a *report.Failure.
func In(name string) (Format, error) {
	switch name {
	case "lines":
		return Format{Name: name, Framing: textLines()}, nil
	case "raw":
		return Raw(), nil
	case "json":
		return Format{Name: name, Framing: JSONObjects{}, Marks: jsonMarks}, nil
	}
	if strings.HasPrefix(name, "dir:") {
		return Format{}, report.Usage("--in %s: dir is only for output", report.Sanitize(name))
	}
	return coderOrSpec("--in", name)
}

// Out returns the format that the value of --out names. Its error is a *report.Failure.
func Out(name string) (Format, error) {
	switch name {
	case "lines":
		return Format{Name: name, Framing: textLines()}, nil
	case "raw":
		return Format{Name: name, Framing: rawOut{}}, nil
	case "json":
		return Format{Name: name}, nil
	}
	if dir, ok := strings.CutPrefix(name, "dir:"); ok {
		if dir == "" {
			return Format{}, report.Usage("--out dir: needs a directory, as in dir:messages")
		}
		return Format{Name: name, Dir: dir}, nil
	}
	return coderOrSpec("--out", name)
}

// coderOrSpec returns the format of a coder or of a framing SPEC.
func coderOrSpec(flag, name string) (Format, error) {
	for _, c := range coders {
		if c.name == name {
			c.lines = textLines()
			return Format{Name: name, Framing: c}, nil
		}
	}
	f, err := framing.Parse(name)
	if lower := strings.ToLower(name); err == nil && isFormat(lower) { // the format lines, not the framing
		fail := report.Usage("%s: there is no format or framing %q", flag, name)
		fail.Hints = []string{"did you mean " + lower + "?"}
		return Format{}, fail
	}
	if err != nil {
		fail := SpecFailure(err)
		fail.Text = flag + ": " + fail.Text
		if _, ok := err.(*framing.SpecError); ok && !strings.Contains(name, ":") {
			formats := slices.Insert(slices.Clone(textFormats), 1, "raw")
			fail.Text = flag + ": there is no format or framing " + strconv.Quote(name)
			if flag == "--out" {
				formats = append(formats, "dir:PATH")
			}
			fail.Hints = []string{"the formats are " + strings.Join(formats, " ") + " and every framing"}
			if advice := AdviceFor(name); advice != "" {
				fail.Hints = []string{advice}
			} else if near := report.Nearest(name, append(formats, framingNames()...)); near != "" {
				fail.Hints = []string{"did you mean " + near + "?"}
			}
		}
		return Format{}, fail
	}
	if framing.Lookup(name).Name == "ndjson" && name != "ndjson" && flag == "--out" {
		fail := report.Usage("--out: %s may mean JSON objects, or payloads as lines", report.Sanitize(name))
		fail.Hints = []string{"-o json prints a JSON object for each message; -o ndjson writes each payload as a line"}
		return Format{}, fail
	}
	return Format{Name: name, Framing: f, Spec: true}, nil
}

// Carriers returns those of the named formats that can carry payload.
func Carriers(payload []byte, formats ...string) (names []string) {
	for _, name := range formats {
		f, err := Out(name)
		if err != nil {
			continue
		}
		if _, err := f.Framing.Append(nil, framing.Marks{}, payload); err == nil {
			names = append(names, name)
		}
	}
	return names
}

// FitsUnescaped reports whether payload has C escapes, and f could carry what they mean.
func FitsUnescaped(f framing.Framing, payload []byte) bool {
	if bytes.IndexByte(payload, '\\') < 0 {
		return false
	}
	meant, _, err := decodeEscaped(nil, payload)
	if err == nil {
		_, err = f.Append(nil, framing.Marks{}, meant)
	}
	return err == nil
}

// rawIn is a framing in which the whole stream is one message.
type rawIn struct{}

func (rawIn) String() string { return "raw" }

func (rawIn) Scan(b []byte, c *framing.Cursor) (framing.Extent, error) {
	if !c.EOF || c.Stream == 1 {
		return framing.Extent{Body: int64(len(b))}, framing.ErrMore
	}
	c.Stream = 1 // the message has been read
	return framing.Extent{Body: int64(len(b))}, nil
}

func (rawIn) Append(dst []byte, _ framing.Marks, payload []byte) ([]byte, error) {
	return append(dst, payload...), nil
}

// rawOut is a framing that writes payloads with nothing between them.
type rawOut struct{ rawIn }

// AppendAll appends the bodies of several frames at once.
func (rawOut) AppendAll(dst, src []byte, spans []framing.Span) ([]byte, int) {
	for _, s := range spans {
		dst = append(dst, src[s.HeaderEnd:s.BodyEnd]...)
	}
	return dst, len(spans)
}

// framingNames returns the names of the framings, and then their other names.
func framingNames() (names []string) {
	var others []string
	for _, k := range framing.Entries() {
		names = append(names, k.Name)
		others = append(others, k.Details().Traits().Aliases...)
	}
	return append(names, others...)
}

// isFormat reports whether name is a format that is not a framing.
func isFormat(name string) bool {
	return name == "raw" || slices.Contains(textFormats, name)
}
