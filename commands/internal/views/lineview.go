package views

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/conversation"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/framing/detect"
)

// LineOptions set the look of a list of messages.
type LineOptions struct {
	Width int    // columns of a line; 0 is no limit
	Time  string // "clock", "delta", "elapsed" or "none"
	Color bool
	ASCII bool // show nothing but ASCII
	First int  // the number of the first stream
}

// A lineView shows a message a line:
//
//	12:04:05.123456  1 →  #0    152  {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"pro…
//	time        stream │  │     │    header fields, payload
//	            direction │     size of the payload
//	                      index in its direction, or a mark
//
// The marks are ! for bytes that are no frame, < for a leftover, ~ for fill, and ? for bytes of a
// stream without a framing.
type lineView struct {
	noView
	LineOptions
	out    io.Writer
	err    error // of out; it stays
	buf    []byte
	col    int   // columns of the line so far
	open   bool  // the line can get more
	inside bool  // a large message is on its way: the line stays open when it is written
	bytes  int   // bytes of the stream that the line shows
	from   *turn // the direction of the next line; nil if there is only one
	begun  bool  // a heading was shown

	first, last time.Time // of the lines so far; zero if none has a time
}

// maxShown is how many bytes a line shows that are in no frame.
const maxShown = 256

func (v *lineView) begin(_ input.Input, heading string) {
	if v.from = nil; heading == "" {
		return
	}
	if v.begun {
		v.text("")
	}
	v.begun = true
	v.text(report.Sanitize(heading))
}

func (v *lineView) turn(d *turn) {
	if d != v.from {
		v.close() // what comes is about another direction than the open line
	}
	v.from = d
}

func (v *lineView) frame(f framing.Frame, fields []framing.FieldText, src source) {
	var at time.Time
	if src != nil {
		at = src.Came(f.Offset, f.Size)
	}
	v.message(at, f, fields, int64(len(f.Payload)))
	v.escaped(f.Payload)
	v.close()
}

// large shows the start of a payload that is not in memory.
func (v *lineView) large(f framing.Frame, fields []framing.FieldText, body int64) io.Writer {
	v.message(time.Time{}, f, fields, body)
	v.inside = true
	return writerFunc(v.escaped)
}

func (v *lineView) largeEnd([]byte) { v.close() }

// message begins the line of a message.
func (v *lineView) message(at time.Time, f framing.Frame, fields []framing.FieldText, size int64) {
	v.line(at, "#"+strconv.FormatInt(f.Index, 10), size)
	for _, field := range fields {
		v.paint(faint)
		v.put(report.Sanitize(field.Name + "=" + field.Text))
		v.paint(plain)
		v.put(" ")
	}
	if f.Silent {
		v.put("no message")
	}
}

func (v *lineView) fill(_ int64, b []byte) {
	v.line(time.Time{}, "~", int64(len(b)))
	v.put("fill")
	v.close()
}

func (v *lineView) gap(g *capture.Gap, _ int) {
	v.line(time.Time{}, "!", noSize)
	if v.from != nil && v.from.live {
		v.put(report.Count(g.Bytes, "byte") + " are not shown: more came than could be shown")
	} else {
		v.put(g.Error())
	}
	v.close()
}

func (v *lineView) fault(e *framing.Error, _ int) {
	mark, text := "!", "not a frame: "+report.Sanitize(e.Detail)
	if e.Fault == framing.Truncated {
		mark, text = "<", leftoverNote(e)
	}
	v.line(time.Time{}, mark, noSize)
	v.put(text)
	v.open = true
}

func (v *lineView) unknown(int64) { v.close() }

// unread adds bytes to the line of a fault, or begins a line.
func (v *lineView) unread(_ int64, b []byte) {
	if !v.open {
		v.line(time.Time{}, "?", int64(len(b)))
		v.open = true
	} else if v.bytes == 0 {
		v.put(": ")
	}
	n := min(len(b), maxShown-v.bytes)
	v.bytes += n
	v.escaped(b[:n])
}

func (v *lineView) event(s *conversation.Stream, dir int, at time.Time, what, details string) {
	v.close()
	v.col, v.bytes = 0, 0
	v.stamp(at)
	v.source(s.Index+v.First, dir)
	v.paint(plain)
	switch what {
	case "open", "found", "closed":
		v.paint(faint)
	}
	v.put(fmt.Sprintf("%-10s  ", what))
	if v.ASCII {
		details = strings.ReplaceAll(details, "→", ">")
	}
	v.put(report.Sanitize(details))
	v.paint(plain)
	v.close()
}

func (v *lineView) upgraded(t *turn, to string) {
	v.event(t.d.Stream, -1, t.d.At(), "upgraded", upgradedTo(to))
}

// source writes the stream and the direction of a line.
func (v *lineView) source(stream, dir int) {
	v.put(fmt.Sprintf("%2d ", stream))
	if dir < 0 {
		v.put("   ")
		return
	}
	v.paint(directionColors[dir])
	v.put(v.arrow(dir))
	v.put("  ")
}

func (v *lineView) candidates(all []detect.Candidate, seen, again string) {
	writeCandidates(v.text, all, seen, v.Width)
	v.text(again)
	v.text("")
}

func (v *lineView) end(t *pump.Tally) { v.text(t.Line()) }

func (v *lineView) flush() error {
	if !v.inside {
		v.close()
	}
	if len(v.buf) > 0 && v.err == nil {
		_, v.err = v.out.Write(v.buf)
	}
	v.buf = v.buf[:0]
	return v.err
}

// noSize is the size of a line that is not about a payload.
const noSize = -1

// line begins a line. At is zero if the time of the line is unknown: then it is that of the
// events that are being shown.
func (v *lineView) line(at time.Time, mark string, size int64) {
	v.close()
	v.col, v.bytes = 0, 0
	if at.IsZero() && v.from != nil {
		at = v.from.d.At()
	}
	v.stamp(at)
	if f := v.from; f != nil {
		v.source(f.d.Stream.Index+v.First, f.d.Dir)
	}
	if size == noSize {
		v.put(fmt.Sprintf("%-10s", mark))
	} else {
		v.put(fmt.Sprintf("%-3s %6d", mark, size))
	}
	if v.from != nil {
		v.paint(plain)
	}
	v.put("  ")
}

// stamp writes the time of a line.
func (v *lineView) stamp(at time.Time) {
	if at.IsZero() || v.Time == "none" {
		return
	}
	if v.first.IsZero() {
		v.first, v.last = at, at
	}
	v.paint(faint)
	switch v.Time {
	case "delta":
		v.put(fmt.Sprintf("%+12.6f", at.Sub(v.last).Seconds()))
	case "elapsed":
		v.put(fmt.Sprintf("%12.6f", at.Sub(v.first).Seconds()))
	default:
		v.put(at.Format("15:04:05.000000"))
	}
	v.paint(plain)
	v.put(" ")
	v.last = at
}

func (v *lineView) arrow(dir int) string {
	arrows := [2]string{"→", "←"}
	if v.ASCII {
		arrows = [2]string{">", "<"}
	}
	return arrows[dir]
}

// The colours of the directions have the same lightness on black and on white.
const (
	faint = "\x1b[2m"
	plain = "\x1b[0m"
)

var directionColors = [2]string{"\x1b[38;5;32m", "\x1b[38;5;166m"}

func (v *lineView) paint(code string) {
	if v.Color {
		v.buf = append(v.buf, code...)
	}
}

// put adds text to the line, as much as fits. It must not hold control characters.
func (v *lineView) put(text string) {
	if n := utf8.RuneCountInString(text); v.Width == 0 || v.col+n <= v.Width {
		v.buf, v.col = append(v.buf, text...), v.col+n
		return
	}
	for _, r := range text {
		if v.col >= v.Width-1 {
			v.cut()
			return
		}
		v.buf, v.col = utf8.AppendRune(v.buf, r), v.col+1
	}
}

// escaped adds bytes to the line as C escapes, as many as fit.
func (v *lineView) escaped(b []byte) {
	if v.Width == 0 {
		for _, c := range b {
			v.buf = report.AppendEscapedByte(v.buf, c)
		}
		return
	}
	for i, c := range b {
		at := len(v.buf)
		v.buf = report.AppendEscapedByte(v.buf, c)
		n := len(v.buf) - at
		if last := i == len(b)-1; v.col+n > v.Width || v.col+n == v.Width && !last {
			v.buf = v.buf[:at]
			v.cut()
			return
		}
		v.col += n
	}
}

// cut ends the text of a line that is too long.
func (v *lineView) cut() {
	if v.col >= v.Width {
		return
	}
	v.col = v.Width
	if v.ASCII {
		v.buf = append(v.buf, '>')
		return
	}
	v.buf = append(v.buf, "…"...)
}

// close ends the line, if one is begun.
func (v *lineView) close() {
	if v.col > 0 {
		v.buf = append(bytes.TrimRight(v.buf, " "), '\n')
	}
	v.col, v.open, v.inside = 0, false, false
	if len(v.buf) > flushAt {
		out := v.buf
		if v.err == nil {
			_, v.err = v.out.Write(out)
		}
		v.buf = out[:0]
	}
}

// flushAt is how many bytes are buffered at most before they are written.
const flushAt = 64 << 10

// text writes a line of its own.
func (v *lineView) text(s string) {
	v.close()
	v.buf = append(append(v.buf, s...), '\n')
}
