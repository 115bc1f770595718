package views

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
)

// A dirSum is the counts of one direction of a stream.
type dirSum struct {
	stream    int
	direction string
	ends      string // the sender and the receiver; "" if they are unknown
	framing   string // that was found; "" if it was given
	pump.Counts
}

// manyDirections is how many directions of a capture are so many that a summary is a table with a
// row for each, and the counts of all.
const manyDirections = 4

// writeSums writes a table with a row for each direction. On a terminal, width is its width in
// columns; else 0.
func writeSums(b *strings.Builder, sums []*dirSum, width int) {
	titles := []string{"stream", "from → to", "frames", "bytes", "payload"}
	rows := make([][]string, len(sums))
	titles = append(titles, "") // notes
	widths := make([]int, len(titles))
	fit := func(cells []string) {
		for i := range titles {
			widths[i] = max(widths[i], utf8.RuneCountInString(cells[i]))
		}
	}
	fit(titles)
	for i, s := range sums {
		rows[i] = []string{fmt.Sprintf("%d %s", s.stream, s.direction), s.ends, fmt.Sprint(s.Frames), fmt.Sprint(s.Bytes), fmt.Sprint(s.Payload), s.notes()}
		fit(rows[i])
	}
	if width > 0 {
		others := widths[0] + widths[2] + widths[3] + widths[4] + 2*(len(titles)-1)
		widths[1] = min(widths[1], max(9, width-others-widths[5]))
		widths[5] = max(1, min(widths[5], width-others-widths[1]))
	}
	write := func(cells []string) {
		b.WriteString(strings.TrimRight(report.Sanitize(fmt.Sprintf("%*s  %s  %*s  %*s  %*s  %s", widths[0], cells[0], pad(cutEnd(cells[1], widths[1]), widths[1]),
			widths[2], cells[2], widths[3], cells[3], widths[4], cells[4], cutEnd(cells[5], widths[5]))), " ") + "\n")
	}
	write(titles)
	for _, r := range rows {
		write(r)
	}
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}

// notes returns what is known besides the counts of frames.
func (s *dirSum) notes() string {
	notes := s.framing
	for _, more := range []struct {
		name string
		n    int64
	}{{"errors", s.Errors}, {"leftover", s.Leftover}, {"undecoded", s.Undecoded}, {"skipped", s.Skipped}, {"fill", s.Fill}} {
		if more.n > 0 {
			notes = strings.TrimPrefix(fmt.Sprintf("%s, %s %d", notes, more.name, more.n), ", ")
		}
	}
	return notes
}
