package framing

import (
	"fmt"
	"strconv"
	"strings"
)

// A specWriter writes the spec of a framing, with the arguments that differ from their defaults.
type specWriter struct {
	b    strings.Builder
	args bool
}

func newSpec(name string) *specWriter {
	w := new(specWriter)
	w.b.WriteString(name)
	return w
}

func (w *specWriter) arg(format string, args ...any) {
	before := byte(':')
	if w.args {
		before = ','
	}
	w.b.WriteByte(before)
	w.args = true
	fmt.Fprintf(&w.b, format, args...)
}

func (w *specWriter) word(name string, set bool) {
	if set {
		w.arg("%s", name)
	}
}

func (w *specWriter) bytes(key, value string) {
	if value != "" {
		if !readable(value) {
			w.arg("%s=0x%x", key, value)
			return
		}
		w.arg("%s=%s", key, escapeSpec(value))
	}
}

// readable reports whether bytes are text, with or without line ends and tabs.
func readable(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' || c > '~') && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return true
}

// shown returns bytes as errors show them: in quotes if they are text, else in hex.
func shown(s string) string {
	if readable(s) {
		return strconv.Quote(s)
	}
	return fmt.Sprintf("%#x", s)
}

// escapeSpec returns bytes as a VALUE of a spec: text with escapes.
func escapeSpec(s string) string {
	var b strings.Builder
	if strings.HasPrefix(s, "0x") {
		b.WriteString(`\x30`)
		s = s[1:]
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == 0:
			b.WriteString(`\0`)
		case c == 0x1b:
			b.WriteString(`\e`)
		case c == '\\' || c == ',':
			b.WriteString(`\` + s[i:i+1])
		case c < 0x20 || c > 0x7e:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
