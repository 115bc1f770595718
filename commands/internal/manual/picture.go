package manual

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// drawParts draws a frame as boxes, with the offsets that are the same in each frame
// above and sizes below the names.
func drawParts(b *strings.Builder, k *framing.Entry, f framing.Framing) {
	header, payload, trailer := k.Details().Parts(f)
	type cell struct{ at, name, size, group string }
	var cells []cell
	add := func(group string, p part) {
		c := cell{name: p.Name, size: p.Size, group: group}
		if p.At >= 0 {
			c.at = strconv.Itoa(p.At)
		}
		cells = append(cells, c)
	}
	for _, p := range header {
		add("header", part(p))
	}
	add("payload", part(payload))
	for _, p := range trailer {
		add("trailer", part(p))
	}
	for len(cells) > 0 {
		var top, edge, names, sizes, foot strings.Builder
		n := 0
		for ; n < len(cells); n++ {
			c := cells[n]
			w := max(utf8.RuneCountInString(c.name), utf8.RuneCountInString(c.size), len(c.at)) + 2
			if n > 0 && 4+utf8.RuneCountInString(names.String())+w+1 > report.PageWidth {
				break
			}
			above, below := "┬", "┴"
			if n == 0 {
				above, below = "┌", "└"
			}
			edge.WriteString(above + strings.Repeat("─", w))
			foot.WriteString(below + strings.Repeat("─", w))
			fmt.Fprintf(&top, " %-*s", w, c.at)
			fmt.Fprintf(&names, "│ %-*s", w-1, c.name)
			fmt.Fprintf(&sizes, "│ %-*s", w-1, c.size)
		}
		fmt.Fprintf(b, "  %s\n  %s┐\n  %s│\n", strings.TrimRight(top.String(), " "), edge.String(), names.String())
		if strings.Trim(sizes.String(), "│ ") != "" {
			fmt.Fprintf(b, "  %s│\n", sizes.String())
		}
		fmt.Fprintf(b, "  %s┘\n", foot.String())
		cells = cells[n:]
	}
}

// example shows a payload and its frame, part by part.
func example(b *strings.Builder, k *framing.Entry, spec, message string) {
	f, err := framing.Parse(spec)
	if err != nil {
		return // a test sees to it that there is none
	}
	frame, err := f.Append(nil, framing.Marks{}, []byte(message))
	if err != nil {
		return
	}
	e, err := f.Scan(frame, &framing.Cursor{EOF: true})
	if err != nil {
		return
	}
	payload := strconv.Quote(message)
	if len(payload) > 40 {
		payload = payload[:37] + "…"
	}
	fmt.Fprintf(b, "    %s with -f %s\n", payload, spec)
	row := func(bytes []byte, what string) {
		for i := 0; i < len(bytes); i += 12 {
			if i == 24 && len(bytes) > 36 {
				fmt.Fprintf(b, "      … %d more bytes\n", len(bytes)-i)
				return
			}
			line := fmt.Sprintf("      %-36s %s", fmt.Sprintf("% x", bytes[i:min(i+12, len(bytes))]), what)
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			what = ""
		}
	}
	h := e.Skip + e.Header
	body := h + int(e.Body)
	row(frame[:e.Skip], "fill")
	var parts, after []part
	shown, _, last := k.Details().Parts(f)
	for _, p := range shown {
		parts = append(parts, part(p))
	}
	for _, p := range last {
		after = append(after, part(p))
	}
	for _, p := range headerPieces(parts, frame[e.Skip:h]) {
		if p.name == fmt.Sprintf("% x", p.bytes) || p.name == strconv.Quote(string(p.bytes)) {
			p.name = "magic"
		}
		row(p.bytes, strings.TrimSpace(p.name+"  "+valueText(k, p.name, frame[e.Skip:h])))
	}
	row(frame[h:body], "payload")
	trailer := frame[body:]
	if n := sumSize(k, f, after, trailer); n > 0 {
		row(trailer[:n], after[0].Name)
		trailer = trailer[n:]
	}
	row(trailer, "trailer")
}

// sumSize returns the size of the checksum that a trailer with these parts begins with, or 0 if
// it does not: there is none, or it is escaped with the payload.
func sumSize(k *framing.Entry, f framing.Framing, parts []part, trailer []byte) int {
	if k.Details().Checksum(f) == "" {
		return 0
	}
	size := 0
	for _, p := range parts {
		n, _ := strconv.Atoi(p.Size)
		size += n
	}
	if size != len(trailer) {
		return 0
	}
	n, _ := strconv.Atoi(parts[0].Size)
	return n
}

// A part is a piece of a frame in its picture.
type part struct {
	Name string
	Size string // "4", "1-4", "4 if masked"; "" is any number of bytes
	At   int    // offset in the frame, or -1 if that differs
}

type piece struct {
	name  string
	bytes []byte
}

// headerPieces cuts a header into its parts, as long as their sizes are known.
func headerPieces(parts []part, header []byte) (out []piece) {
	for i, p := range parts {
		n, err := strconv.Atoi(p.Size)
		if err != nil && i == len(parts)-1 {
			n, err = len(header), nil
		}
		if err != nil || n > len(header) {
			break
		}
		out = append(out, piece{p.Name, header[:n]})
		header = header[n:]
	}
	if len(header) > 0 {
		out = append(out, piece{"header", header})
	}
	return out
}

// valueText is the value of the field with this name.
func valueText(k *framing.Entry, name string, header []byte) string {
	short := func(f framing.Field) bool { return f.Name == name && f.Size <= 8 }
	if !slices.ContainsFunc(k.Fields, short) {
		return ""
	}
	for _, f := range k.Describe(nil, nil, framing.Frame{Header: header}) {
		if f.Name == name {
			return f.Text
		}
	}
	return ""
}
