package capture

import (
	"bytes"
	"unicode/utf8"
)

// detectSize is how many bytes of a file Detect looks at.
const detectSize = 4 << 10

// A Kind is the kind of a file.
type Kind int

// The kinds.
const (
	Raw     Kind = iota // no capture: the file is the stream itself
	Pcap                // pcap or pcapng
	Hexdump             // text with bytes in hex
)

// Detect returns the kind of a file from its first bytes. It looks at 4 KiB at most. It
// returns Hexdump only if every line of head looks like one of a dump, because text that is
// mistaken for a dump could not be read as a stream. The last line may be incomplete.
func Detect(head []byte) Kind {
	head = head[:min(len(head), detectSize)]
	order, _ := pcapOrder(head)
	if order != nil && (len(head) < 6 || order.Uint16(head[4:]) == 2) || isPcapng(head) {
		return Pcap
	}
	if _, ok := recognise(head); ok {
		return Hexdump
	}
	return Raw
}

// recognise returns the style of a dump, if it is certain that head is one.
func recognise(head []byte) (style, bool) {
	if !isText(head) {
		return style{}, false
	}
	for _, s := range styles {
		t, last := examined(head, s)
		if !t.undecided(last) {
			continue
		}
		if t.sure() {
			return s, true
		}
		if len(last) > 0 && len(head) < detectSize { // the last line may be complete
			if t.line(last); !t.ruledOut() && t.sure() {
				return s, true
			}
		}
	}
	return style{}, false
}

// likeliest returns the style that reads most lines of head, which must be a dump. If no
// style reads a line, it returns the one that gives the best error.
func likeliest(head []byte) style {
	best, most := plainStyle, 0
	if n := digits(head); n >= 4 && n < len(head) && head[n] == ':' {
		best = xxdStyle
	} else if n >= 8 && bytes.HasPrefix(head[n:], []byte("  ")) {
		best = canonStyle
	}
	for _, s := range styles {
		t := counted(head, s)
		if s.name == viewStyle.name && (t.first == nil || !t.first.mark) {
			continue
		}
		if score := 2*t.rows - t.bad; t.rows > 0 && score > most {
			best, most = s, score
		}
	}
	return best
}

// isText reports whether b is text without control characters, which binary streams soon
// contain. Its last character may be incomplete.
func isText(b []byte) bool {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return !utf8.FullRune(b[i:])
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
			return false
		}
		i += n
	}
	return true
}

// A tally counts how the lines of a text look when they are read in a style.
type tally struct {
	style                  style
	rows, bad, notes, ends int
	texts                  int  // rows whose text column shows their bytes
	asBig, asLittle        int  // the same for xxd, if its numbers are big-endian or little-endian
	steps, misses          int  // offsets that continue the row before, or do not
	bytes, longest         int  // bytes in all rows, and in the longest
	letters, numerals      bool // a hex digit from a to f, and one from 0 to 9
	first                  *row // the first row with bytes
	before                 int  // notes before it, without those at the start of a conversation
	headed                 bool // one of these notes is a heading
	over                   bool // the dump has ended: a line of a terminal follows it
	separate               int  // rows of plain hex in pairs
	full                   int  // rows as long as those of xxd -p
	bars, right, columns   bool // a text column between bars, a right-aligned number, any text column
	sections, packets      bool // a heading of tshark, and rows that are packets
	listed                 bool // the first line of xxd -i

	last   [2]string // offset of the row before, by direction
	length [2]int    // bytes of the row before, by direction
	star   bool
	word   int
}

// counted counts the lines of head. Of an incomplete last line it counts what can be read.
func counted(head []byte, s style) (t tally) {
	t.style = s
	if end := bytes.LastIndexByte(head, '\n'); end >= 0 && len(head) >= detectSize {
		head = head[:end]
	}
	for line := range bytes.Lines(head) {
		var r row
		cut := line[len(line)-1] != '\n'
		line = bytes.TrimRight(line, "\r\n")
		if s.read(line, &r); cut && r.kind == rowBad {
			s.readCut(line, &r)
		}
		t.add(&r, line)
	}
	return t
}

// examined counts the complete lines of head, until it is certain that head is no dump of
// this style. Last is what follows the last line end.
func examined(head []byte, s style) (t tally, last []byte) {
	t.style = s
	end := bytes.LastIndexByte(head, '\n') + 1
	for line := range bytes.Lines(head[:end]) {
		if t.line(line); t.ruledOut() {
			break
		}
	}
	return t, head[end:]
}

// line counts a line. A line that is not of a dump counts as bad.
func (t *tally) line(line []byte) {
	var r row
	line = bytes.TrimRight(line, "\r\n")
	if !t.allows(line) {
		t.bad++
		return
	}
	t.style.read(line, &r)
	if t.rows == 0 && r.kind == rowNote && !blank(line) {
		switch {
		case t.headed || t.style.heading(&r, line):
			t.headed = true
		default:
			t.bad++
		}
	}
	t.add(&r, line)
}

// allows reports whether this line, or the start of a line, may follow.
func (t *tally) allows(line []byte) bool {
	return t.style.notes && (t.rows > 0 || t.headed) || mayStartRow(bytes.TrimRight(line, "\r"))
}

// undecided reports whether it can still become certain that this is a dump, if more lines
// follow. Last is the start of the next line.
func (t *tally) undecided(last []byte) bool { return !t.ruledOut() && t.allows(last) }

// heading reports whether a note before the first row is a heading of this style.
func (s style) heading(r *row, line []byte) bool {
	switch s.name {
	case viewStyle.name:
		address := len(bytes.Fields(line)) == 1 && bytes.IndexByte(line, ':') >= 0
		return bytes.HasPrefix(line, []byte("stream ")) || bytes.HasPrefix(line, []byte("conn ")) || address
	case tsharkStyle.name:
		return r.kind == rowSection || bytes.Contains(line, []byte("→"))
	case tcpdumpStyle.name:
		has := func(s string) bool { return bytes.Contains(line, []byte(s)) }
		return has("IP") && has(" > ") || has("IP (") || has("IP6 (") || has("ARP, ") || has(" ethertype ")
	}
	return true
}

// ruledOut reports whether this can be no dump of this style, whatever lines follow.
func (t *tally) ruledOut() bool {
	texts := t.texts == t.rows || t.asLittle == t.rows
	if t.style.name == rawStyle.name {
		return t.bad > 0 || !t.sections && (t.rows > 0 || t.notes > 2) // the heading comes first
	}
	if t.bad > 0 || t.before > 2 || t.rows == 0 && t.ends > 0 || t.misses > 0 && !texts {
		return true
	}
	if t.rows == 0 {
		return false
	}
	switch t.style.name {
	case viewStyle.name:
		return !t.first.mark || t.texts < t.rows
	case tsharkStyle.name:
		return t.columns && !texts || !t.columns && t.longest > 16
	case odStyle.name:
		short := t.rows > 1 && t.longest < 8 && len(bytes.Trim(t.first.offset, "0")) > 0
		return (len(t.first.offset) == 0 || short) && !texts
	case plainStyle.name:
		// Decimal numbers consist of hex digits, too.
		return t.separate < t.rows && t.full < t.rows && !t.postscript() || t.bytes >= 64 && !t.letters
	}
	return false
}

// postscript reports whether the rows are those of xxd -p. Hashes are lines of hex too, but
// have other lengths.
func (t *tally) postscript() bool {
	return t.full >= 2 && t.longest == postscriptRow && t.rows-t.full <= 1
}

func (t *tally) add(r *row, line []byte) {
	switch r.kind {
	case rowBad:
		t.bad++
	case rowNote:
		t.notes++
		t.listed = t.listed || r.mark
		switch {
		case t.style.name == rawStyle.name: // its heading has five lines
		case !blank(line) && t.style.name == canonStyle.name:
			t.sections = true
		case t.first == nil:
			t.before++
		}
	case rowBeside:
		t.over = t.rows > 0 && !t.style.notes
	case rowSection:
		t.sections = true
	case rowRepeat:
		if t.star = true; t.rows == 0 {
			t.bad++
		}
	case rowEnd:
		t.ends++
		t.step(r)
	case rowBytes:
		if t.rows++; t.over {
			t.bad++
		}
		t.row(r, line)
		t.step(r)
	}
}

func (t *tally) row(r *row, line []byte) {
	if t.first == nil {
		first := *r
		t.first = &first
		t.packets = beginsPacket(r.data)
	}
	if t.style.name == plainStyle.name && r.mark {
		t.separate++
	}
	if len(r.data) == postscriptRow {
		t.full++
	}
	shows := bytes.Equal(r.text, shown(r.data))
	switch {
	case t.style.name == viewStyle.name:
		shows = bytes.Contains(r.text, shown(r.data))
	case t.style.name == canonStyle.name, t.style.name == tsharkStyle.name: // Wireshark puts a space in the middle
		shows = bytes.Equal(unspaced(r.text), unspaced(shown(r.data)))
	}
	if shows {
		t.texts++
	}
	if r.swapped != nil && len(r.text) == len(r.data) {
		if shows {
			t.asBig++
		}
		if bytes.Equal(r.text, shown(r.swapped)) {
			t.asLittle++
		}
	}
	t.right = t.right || r.right
	t.columns = t.columns || len(r.text) > 0
	t.bars = t.bars || bytes.HasSuffix(bytes.TrimSpace(line), []byte("|"))
	t.bytes += len(r.data)
	t.longest = max(t.longest, len(r.data))
	for _, c := range line {
		t.letters = t.letters || isHex(c) && c > '9'
		t.numerals = t.numerals || c >= '0' && c <= '9'
	}
}

// step counts whether the offset of r continues the row before.
func (t *tally) step(r *row) {
	if last := t.last[r.dir]; last != "" && len(r.offset) > 0 {
		n := int64(t.length[r.dir])
		follows := false
		for _, base := range r.bases() {
			step, ok := offsetStep(last, r.offset, base)
			follows = follows || ok && fits(step, n, t.star, t.word)
		}
		again := len(bytes.Trim(r.offset, "0")) == 0 && (t.style.name == tcpdumpStyle.name || t.style.name == tsharkStyle.name)
		switch {
		case follows:
			t.steps++
		case again:
			t.packets = true
		default:
			t.misses++
		}
	}
	t.last[r.dir], t.length[r.dir], t.star, t.word = string(r.offset), len(r.data), false, r.word
}

// little reports whether the groups of xxd are little-endian numbers.
func (t *tally) little() bool { return t.right || t.asLittle > t.asBig }

// postscriptRow is how many bytes xxd -p writes on a line. Its manual calls this the
// PostScript style.
const postscriptRow = 30

// sure reports whether it is certain that the text is a dump of this style.
func (t *tally) sure() bool {
	texts := t.texts == t.rows || t.asLittle == t.rows
	if t.style.name == rawStyle.name { // its first row may be longer than what is looked at
		return t.sections && t.bad == 0
	}
	if t.rows == 0 || t.bad > 0 || t.misses > 0 && !texts {
		return false
	}
	switch t.style.name {
	case viewStyle.name:
		return t.first.mark && t.before <= 2 && t.texts == t.rows
	case tcpdumpStyle.name:
		return t.before <= 2 && (t.steps > 0 || t.rows == 1 && t.packets)
	case tsharkStyle.name:
		if !t.columns { // Wireshark copies packets without their text, too
			return t.before == 0 && t.steps > 0 && t.longest == 16
		}
		return t.before <= 2 && texts && (t.packets && t.steps > 0 || t.notes == 0)
	case canonStyle.name:
		return texts || t.sections || t.steps > 0 && !t.columns
	case xxdStyle.name:
		return texts || t.steps > 2
	case includeStyle.name:
		return t.listed || t.rows > 1 && t.longest >= 8
	case odStyle.name:
		if len(t.first.offset) == 0 {
			return texts
		}
		whole := bytes.Trim(t.first.offset, "0")
		return t.steps > 0 && (texts || t.longest >= 8 || len(whole) == 0 && t.ends == 1)
	case plainStyle.name:
		return t.letters && t.numerals && t.bytes >= 4 && (t.separate == t.rows || t.postscript())
	}
	return false
}

func unspaced(b []byte) []byte { return bytes.ReplaceAll(b, []byte(" "), nil) }

// shown returns the text column of b: "." for a byte that is not printable ASCII.
func shown(b []byte) []byte {
	text := make([]byte, len(b))
	for i, c := range b {
		if text[i] = c; c < ' ' || c > '~' {
			text[i] = '.'
		}
	}
	return text
}
