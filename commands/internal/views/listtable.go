package views

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing/detect"
)

// A listTable shows connections as rows of a table. On a terminal that is too narrow, numbers are
// shortened, then the start of addresses and the end of framings is cut, and then packets and
// durations are left out.
type listTable struct {
	out      io.Writer
	terminal int  // its width in columns; 0 is no limit
	counted  bool // the framing is given, and frames are counted
	buf      strings.Builder

	begun  bool
	named  bool // the connections have directions
	short  bool
	narrow bool  // the columns after the bytes are left out
	ends   int   // the most columns of both addresses; 0 is any
	widths []int // of the columns before the framing
}

// colEnds is the column of the addresses.
const colEnds = 1

// colNarrow is the first column that a narrow table leaves out.
const colNarrow = 4

// How many columns both addresses, and the framing of both directions, have at least on a terminal.
const (
	minEnds    = 16
	minFraming = 15
)

func (v *listTable) begin(_ input.Input, heading string, all input.Streams) {
	if v.begun {
		v.buf.WriteByte('\n')
	}
	if v.begun = true; heading != "" {
		fmt.Fprintln(&v.buf, report.Sanitize(heading))
	}
	v.short, v.narrow, v.ends = false, false, 0
	room := v.measure(all)
	if v.terminal > 0 && v.named && room < 2*minFraming {
		v.short = true
		room = v.measure(all)
	}
	if v.terminal > 0 && v.named && room < minFraming {
		v.ends = max(minEnds, v.widths[colEnds]-len(" > ")-(minFraming-room))
		v.widths[colEnds] = min(v.widths[colEnds], v.ends+len(" > "))
		if v.narrow = v.room() < 1; v.narrow {
			v.widths = v.widths[:colNarrow]
		}
	}
	if v.named {
		v.row(v.titles(), cutEnd(v.framingTitle(), v.most()))
	}
}

// measure sets the widths of the columns. It returns how many columns are left for the framing.
func (v *listTable) measure(all input.Streams) (room int) {
	v.widths = nil
	v.named = true
	for c := range all.Connections() {
		if v.named = c.Named(); v.widths == nil {
			v.fit(v.titles())
		}
		v.fit(v.cells(&c))
	}
	return v.room()
}

// fit makes the columns wide enough for some cells.
func (v *listTable) fit(cells []string) {
	for i, c := range cells {
		if len(v.widths) <= i {
			v.widths = append(v.widths, 0)
		}
		v.widths[i] = max(v.widths[i], utf8.RuneCountInString(c))
	}
}

// room is how many columns of a terminal are left for the framing.
func (v *listTable) room() int {
	room := v.terminal
	for _, w := range v.widths {
		room -= w + v.gap()
	}
	return room
}

// gap is how many spaces are between columns.
func (v *listTable) gap() int {
	if v.short {
		return 1
	}
	return 2
}

// most is how many columns the framing may have; 0 is any.
func (v *listTable) most() int {
	if v.terminal == 0 {
		return 0
	}
	return max(1, v.room())
}

func (v *listTable) titles() []string {
	switch {
	case !v.named:
		return []string{"bytes"}
	case v.short:
		return []string{"#", "client → server", "bytes→", "←", "pkts→", "←", "time"}
	}
	return []string{"stream", "client → server", "bytes→", "←bytes", "packets→", "←packets", "duration"}
}

func (v *listTable) framingTitle() string {
	title := "framing"
	if v.counted {
		title = "frames"
	}
	if v.named {
		title += "→, ←"
	}
	return title
}

// cells returns the columns of a connection. What is unknown is empty.
func (v *listTable) cells(c *input.Connection) []string {
	if !c.Named() {
		return []string{v.number(c.Dirs[0].Bytes)}
	}
	var bytes, packets [2]string
	for _, d := range c.Dirs {
		at := 0
		if d.Name == "s2c" {
			at = 1
		}
		bytes[at], packets[at] = v.number(d.Bytes), v.number(int64(d.Packets))
	}
	duration := ""
	if !c.Start.IsZero() {
		duration = v.duration(c.Duration)
	}
	return []string{fmt.Sprint(c.Index), v.label(c.Stream), bytes[0], bytes[1], packets[0], packets[1], duration}
}

// label names the ends of a connection as headings do.
func (v *listTable) label(s capture.Stream) string {
	if v.ends == 0 || s.Client == "" {
		return s.Label(0)
	}
	c, half := len(s.Client), v.ends/2
	if c > half {
		c = max(half, v.ends-len(s.Server)) // the server may leave more
	}
	return cutStart(s.Client, c) + " → " + cutStart(s.Server, v.ends-min(c, len(s.Client)))
}

func (v *listTable) connection(c *listed) {
	cells := v.cells(&c.Connection)
	if !v.named { // its size was not known before
		v.fit(cells)
		v.row(v.titles(), cutEnd(v.framingTitle(), v.most()))
	}
	v.row(cells, framingCell(c, v.most()))
}

// row writes the cells of a row, each in its column, and the last cell as it is.
func (v *listTable) row(cells []string, last string) {
	if v.narrow {
		cells = cells[:colNarrow]
	}
	line := ""
	for i, c := range cells {
		if i > 0 {
			line += strings.Repeat(" ", v.gap())
		}
		pad := strings.Repeat(" ", max(0, v.widths[i]-utf8.RuneCountInString(c)))
		if v.named && i == colEnds {
			line += c + pad
		} else {
			line += pad + c
		}
	}
	v.buf.WriteString(strings.TrimRight(report.Sanitize(line+strings.Repeat(" ", v.gap())+last), " ") + "\n")
}

// framingCell returns what is known of the frames in each direction, in at most room columns; 0 is
// any.
func framingCell(c *listed, room int) string {
	cell := c.frames(false)
	if room > 0 && utf8.RuneCountInString(cell) > room {
		cell = cutEnd(c.frames(true), room)
	}
	return cell
}

// frames describes the frames in each direction. A framing that both have is named once.
func (c *listed) frames(short bool) string {
	text := ""
	for i, d := range c.Dirs {
		same := i > 0 && d.guess != nil && d.framing == c.Dirs[0].framing
		part := ""
		switch {
		case c.Connection.Dirs[i].Bytes == 0:
			part = "-"
		case d.framing == "":
			part = "?"
		case d.guess == nil:
			part = d.frameCount.text(short)
		case d.guess.Bits < detect.MinBits: // it is that of the other direction
			part = d.framing
		case same && short:
			continue
		case same:
			part = fmt.Sprint(int(d.guess.Bits))
		case short:
			part = d.framing
		default:
			part = fmt.Sprintf("%s %d", d.framing, int(d.guess.Bits))
		}
		if i > 0 {
			text += ", "
		}
		text += part
	}
	return text
}

// text describes frames that were counted.
func (n *frameCount) text(short bool) string {
	why, mark := "", ""
	switch {
	case n.malformed:
		why, mark = "malformed", "!"
	case n.gap:
		why, mark = "gap", "…"
	case n.leftover > 0:
		why, mark = fmt.Sprintf("leftover %d", n.leftover), "<"
	}
	switch {
	case why == "":
		return fmt.Sprint(n.frames)
	case short:
		return fmt.Sprint(n.frames) + mark
	}
	return fmt.Sprintf("%d (%s)", n.frames, why)
}

func (v *listTable) end(t *listTotal) {
	v.buf.WriteString(report.Count(t.streams, "stream"))
	if t.packets >= 0 {
		v.buf.WriteString(", " + report.Count(t.packets, "packet"))
	}
	if t.bytes >= 0 {
		v.buf.WriteString(", " + report.Count(t.bytes, "byte"))
	}
	if t.gaps > 0 {
		v.buf.WriteString(", " + report.Count(t.gaps, "gap"))
	}
	v.buf.WriteByte('\n')
}

func (v *listTable) flush() error {
	_, err := io.WriteString(v.out, v.buf.String())
	v.buf.Reset()
	return err
}

// duration returns a duration: "312µs", "9.90ms", "1.25s", "12m05s", or a digit less.
func (v *listTable) duration(d time.Duration) string {
	minutes, seconds := int64(d/time.Minute), int64(d/time.Second)
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%dµs", d/time.Microsecond)
	case d < time.Second:
		return v.digits(float64(d)/1e6) + "ms"
	case seconds < 100:
		return v.digits(d.Seconds()) + "s"
	case minutes < 100:
		return fmt.Sprintf("%dm%02ds", minutes, seconds%60)
	}
	return fmt.Sprintf("%dh%02dm", minutes/60, minutes%60)
}

// digits returns a number with three digits, or with two.
func (v *listTable) digits(x float64) string {
	decimals := 2
	for y := x; y >= 10 && decimals > 0; y /= 10 {
		decimals--
	}
	if v.short && decimals > 0 {
		decimals--
	}
	return fmt.Sprintf("%.*f", decimals, x)
}

// number returns a number, or "" if it is unknown. A short one has at most 5 characters, with K, M
// and so on for powers of 1024.
func (v *listTable) number(n int64) string {
	switch {
	case n < 0:
		return ""
	case !v.short || n < 1e5:
		return fmt.Sprint(n)
	}
	size, unit := float64(n), 0
	for ; size >= 1000; unit++ {
		size /= 1024
	}
	return v.digits(size) + " KMGTPE"[unit:unit+1]
}
