package formats

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"framecat/framing"

	"framecat/commands/internal/report"
)

// A Format is a way to write messages outside their frames. All but json's and
// dir's output are framings, so one reader and one writer serve them.
type Format struct {
	Name    string
	Framing framing.Framing
	// marks reads the header and trailer that a message brings along; nil if none.
	Marks func(body []byte) framing.Marks
	Dir   string // of dir:PATH
	Spec  bool   // it is a framing SPEC, binary perhaps
}

// Frames is the format of frames of f.
func Frames(f framing.Framing) Format { return Format{Name: f.String(), Framing: f, Spec: true} }

// textFormats carry any payload, or refuse it, and suit a terminal.
var textFormats = []string{"lines", "hex", "base64", "escaped", "json"}

// FormatHelp explains the formats that are no framings.
var FormatHelp = []struct{ Name, Text string }{
	{"lines", "one message per line"},
	{"raw", "each FILE is one message; as output, nothing between messages"},
	{"hex", "hex digits, one message per line"},
	{"base64", "base64, one message per line"},
	{"escaped", "text with C escapes, one message per line"},
	{"json", "one JSON object per message"},
	{"dir:", "one file per message in this directory"},
}

// Raw is the input format of which all is one message.
func Raw() Format { return Format{Name: "raw", Framing: rawIn{}} }

// In reads the value of --in.
func In(name string) (Format, error) {
	switch name {
	case "lines":
		return Format{Name: name, Framing: framing.TextLines()}, nil
	case "raw":
		return Raw(), nil
	case "json":
		return Format{Name: name, Framing: JsonObjects{}, Marks: jsonMarks}, nil
	}
	if strings.HasPrefix(name, "dir:") {
		return Format{}, report.Usage("--in %s: dir is a format for output only", report.Sanitize(name))
	}
	return codedOrSpec("--in", name)
}

// Out reads the value of --out.
func Out(name string) (Format, error) {
	switch name {
	case "lines":
		return Format{Name: name, Framing: framing.TextLines()}, nil
	case "raw":
		return Format{Name: name, Framing: RawOut{}}, nil
	case "json":
		return Format{Name: name}, nil
	}
	if dir, ok := strings.CutPrefix(name, "dir:"); ok {
		if dir == "" {
			return Format{}, report.Usage("--out dir: needs the folder, as in dir:messages")
		}
		return Format{Name: name, Dir: dir}, nil
	}
	return codedOrSpec("--out", name)
}

func codedOrSpec(flag, name string) (Format, error) {
	for _, c := range coders {
		if c.name == name {
			return Format{Name: name, Framing: c}, nil
		}
	}
	f, err := framing.Parse(name)
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
			if near := cmp.Or(renamed(name), framing.Nearest(name, append(formats, framingNames()...))); near != "" {
				fail.Hints = []string{"did you mean " + near + "?"}
			}
		}
		return Format{}, fail
	}
	return Format{Name: name, Framing: f, Spec: true}, nil
}

// Carriers names those of the formats that can carry payload.
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

// rawIn makes all that comes one message.
type rawIn struct{}

func (rawIn) String() string { return "raw" }

func (rawIn) Scan(b []byte, c *framing.Cursor) (framing.Extent, error) {
	if !c.EOF || c.Stream == 1 {
		return framing.Extent{Body: int64(len(b))}, framing.ErrMore
	}
	c.Stream = 1 // that was the message
	return framing.Extent{Body: int64(len(b))}, nil
}

func (rawIn) Append(dst []byte, _ framing.Marks, payload []byte) ([]byte, error) {
	return append(dst, payload...), nil
}

// RawOut writes payloads with nothing between.
type RawOut struct{ rawIn }

func (RawOut) AppendAll(dst, src []byte, spans []framing.Span) ([]byte, int) {
	for _, s := range spans {
		dst = append(dst, src[s.Header:s.Body]...)
	}
	return dst, len(spans)
}

func framingNames() (names []string) {
	for _, k := range framing.Kinds() {
		names = append(names, k.Name)
	}
	return names
}

// isFormat says whether name is a format that is no framing.
func isFormat(name string) bool {
	return name == "raw" || slices.Contains(textFormats, name)
}
